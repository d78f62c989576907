"""Which function solves a market with a cost of each unit in each regime: the names that ``solve`` looks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from shieldwall.economics.sharing.forms import Leakage, QuadraticCost
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Equilibrium, Solution, not_proven
from shieldwall.economics.sharing.volume import VolumeGame
from shieldwall.economics.sharing.volume_equilibria import pair_equilibria, symmetric_equilibria
from shieldwall.economics.sharing.volume_optimum import solve_optimum
from shieldwall.economics.status import Status


def solve_nash(markets: Market) -> Sequence[Solution]:
    """The equilibria that a search finds of two firms that choose at once: all symmetric ones if they are equal."""
    return _simultaneous(markets, sharing=True)


def solve_no_sharing(markets: Market) -> Sequence[Solution]:
    """The same where nobody shares."""
    return _simultaneous(markets, sharing=False)


def _simultaneous(markets: Market, *, sharing: bool) -> list[Solution]:
    if markets.firms > 2 or not _built_in(markets):
        return [not_proven("costs of each unit are solved for two firms that choose at once")] * len(markets)
    found: list[list[Equilibrium]] = [[] for _ in range(len(markets))]
    for alike, search in ((True, symmetric_equilibria), (False, pair_equilibria)):
        rows = np.flatnonzero(markets.equal == alike)
        if len(rows):
            for index, equilibrium in search(VolumeGame(markets.take(rows), sharing)):
                found[rows[index]].append(equilibrium)
    why = "no choice with positive margins that the search found survived the test of global deviations"
    return [Solution(Status.SOLVED, tuple(items)) if items else not_proven(why) for items in found]


def _one_decides(markets: Market, regime: str) -> Sequence[Solution]:
    if not _built_in(markets):
        return [not_proven("costs of each unit are solved for the built-in forms")] * len(markets)
    rows = np.flatnonzero(markets.equal)
    solved = iter(solve_optimum(markets.take(rows), regime) if len(rows) else ())
    why = "with costs of each unit, one decision maker is solved for equal firms"
    return [next(solved) if alike else not_proven(why) for alike in markets.equal]


def _built_in(markets: Market) -> bool:
    return isinstance(markets.leakage, Leakage) and isinstance(markets.cost, QuadraticCost)


def _elsewhere(markets: Market) -> Sequence[Solution]:
    """The answer of the regimes in which firms move one after the other."""
    why = "with costs of each unit, moves in sequence are not solved; the paper has them in nash and no-sharing"
    return [not_proven(why)] * len(markets)


Solver = Callable[[Market], Sequence[Solution]]

solve_joint_profit: Solver = partial(_one_decides, regime="joint-profit")
solve_collusion: Solver = partial(_one_decides, regime="collusion")
solve_planner: Solver = partial(_one_decides, regime="planner")
solve_first_best: Solver = partial(_one_decides, regime="first-best")
solve_technology_first = solve_stackelberg = _elsewhere
