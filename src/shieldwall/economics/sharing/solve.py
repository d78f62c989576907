"""One entry for every regime: which function solves it, and what is refused before any solver sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module

import numpy as np

from shieldwall.economics.sharing.admissible import Violation, violations
from shieldwall.economics.sharing.custom import is_custom
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Solution
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

Solver = Callable[[Market], Sequence[Solution]]
"""Solves admissible markets: one solution for each, in order. It raises nothing for a well-posed market."""

_PACKAGE = "shieldwall.economics.sharing"

REGIMES = {
    "nash": ("nash", "solve_nash"),
    "technology-first": ("technology_first", "solve_technology_first"),
    "stackelberg": ("stackelberg", "solve_stackelberg"),
    "joint-profit": ("cooperative", "solve_joint_profit"),
    "collusion": ("cooperative", "solve_collusion"),
    "planner": ("cooperative", "solve_planner"),
    "first-best": ("cooperative", "solve_first_best"),
    "no-sharing": ("no_sharing", "solve_no_sharing"),
}
"""Module and function of each regime; of markets with a volume cost the function of that name in ``volume_solve``."""


_OWN_FORMS = "forms written by a user are solved in the simultaneous regime only"


def solve(market: Market, regime: str = "nash") -> Solution:
    """Solve one market.

    Args:
        regime: A key of ``REGIMES``: who decides what, and when.

    Raises:
        InvalidInput: If there is no such regime, or there are several markets.
    """
    if len(market) != 1:
        raise InvalidInput("market", f"{len(market)} markets", "one market", "Use solve_many for arrays")
    return solve_many(market, regime)[0]


def solve_many(markets: Market, regime: str = "nash") -> Sequence[Solution]:
    """Solve many markets at once; one solution for each, in order.

    Raises:
        InvalidInput: If there is no such regime.
    """
    if regime not in REGIMES:
        raise InvalidInput("regime", regime, f"one of {', '.join(REGIMES)}")
    if is_custom(markets) and regime != "nash":
        return [Solution(Status.NOT_PROVEN, reason=_OWN_FORMS)] * len(markets)
    broken = violations(markets)
    rows = np.setdiff1d(np.arange(len(markets)), list(broken))
    # Parameters of extreme size overflow on the way; what cannot be computed fails its verification.
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        solved = iter(_solver(markets, regime)(markets.take(rows) if broken else markets) if len(rows) else ())
    return [_inadmissible(broken[row]) if row in broken else next(solved) for row in range(len(markets))]


def _inadmissible(broken: Violation) -> Solution:
    return Solution(Status.INADMISSIBLE, reason=str(broken), extra={"violation": asdict(broken)})


def _solver(markets: Market, regime: str) -> Solver:
    module, function = REGIMES[regime]
    solver: Solver = getattr(
        import_module(f"{_PACKAGE}.{'volume_solve' if markets.volume is not None else module}"), function
    )
    return solver
