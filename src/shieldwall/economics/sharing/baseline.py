"""What rules are compared with: the market without them, its accounts, and why a question may have no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shieldwall.economics.sharing.forms import Floats, Leakage, QuadraticCost
from shieldwall.economics.sharing.market import Market, violations
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.prices import bertrand_prices, consumer_surplus, fixed_costs, intercepts
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.sharing.solve import solve
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

AGREEMENTS = ("joint-profit", "planner", "nash")
"""Regimes with Bertrand prices whose sharing and investment members can agree on."""


@dataclass(frozen=True, slots=True)
class Unsolved:
    """Why a question has no answer here."""

    status: Status
    reason: str

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        return f"Nothing follows for an alliance: {self.reason}."


def decided(market: Market, regime: str) -> Equilibrium | Unsolved:
    """What a regime of ``solve`` leads to; of several equilibria the stable one of least investment.

    That is where firms come from that start without an alliance. Equal firms choose alike.

    Raises:
        InvalidInput: If there is no such regime, or there are several markets.
    """
    if not built_in(market):
        return Unsolved(Status.NOT_PROVEN, "only built-in forms without a cost of each unit are covered")
    if regime == "nash" and len(market) == 1 and market.equal[0] and not violations(market):
        table = symmetric_equilibria(market)
        if table.stable.any():
            return table.at(int(table.stable.argmax()))
    solution = solve(market, regime)
    if solution.status is not Status.SOLVED:
        return Unsolved(solution.status, solution.reason)
    steady = [one for one in solution.equilibria if one.stable]
    if not steady:
        return Unsolved(Status.NOT_PROVEN, "no stable equilibrium was found to compare with")
    return steady[0]


def agreement_on(market: Market, regime: str) -> Equilibrium | Unsolved:
    """The choices of a regime that members may agree on, prices being set by each firm for itself.

    Raises:
        InvalidInput: If there is no such regime, or prices are different there.
    """
    if regime not in AGREEMENTS:
        raise InvalidInput("agreement", regime, f"one of {', '.join(AGREEMENTS)}")
    return decided(market, regime)


def built_in(market: Market) -> bool:
    """Whether the market has the paper's leakage, a built-in cost and no cost of each unit."""
    return isinstance(market.leakage, Leakage) and isinstance(market.cost, QuadraticCost) and market.volume is None


def outcome(market: Market, sharing: Any, investment: Any) -> tuple[Any, Any, Any]:
    """Prices (N, firms), profits (N, firms) and consumer surplus (N,) at Bertrand prices; complex numbers allowed."""
    price = bertrand_prices(market, intercepts(market, sharing, investment))
    sold = market.b1 * price.T
    profit = price * sold.T - fixed_costs(market, sharing, investment)
    return price, profit, consumer_surplus(market, sold.T)


def natural_scale(market: Market) -> float:
    """About what a firm invests when nobody shares."""
    slope = 2 * market.b1 * weights(market).slope
    return float((market.a.max(axis=1) / (2 * market.b1 - market.b2) * slope / market.cost.k)[0])


def best_sharing(market: Market, sharing: Floats, investment: Floats) -> Floats:
    """Each of two firms' best sharing at given investments against the other's sharing, exactly; shape (2,).

    The own price is strictly concave in own sharing: s = (G s_j + h t_i) / E within [0, 1], Gal-Or & Ghose (5).
    """
    of = weights(market)
    drive = of.pull * sharing[::-1] + of.rival * market.demand_spillover * investment
    best: Floats = np.clip(drive / of.curb, 0, 1)
    return best


def at_least_zero(name: str, value: float) -> float:
    """Pass a finite number of at least 0 on.

    Raises:
        InvalidInput: If it is none.
    """
    if not 0 <= value < np.inf:
        raise InvalidInput(name, value, "a finite number of at least 0")
    return value
