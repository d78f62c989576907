"""The regimes in which one decision maker chooses sharing and investment for all firms, Gal-Or & Ghose section 2.2.

They differ by what is maximised, which is one weight on the square of the demand intercept, and by how prices are set
afterwards. Equal firms choose alike here, as in the paper; ``unrestricted`` asks whether that costs anything, and
solves unequal firms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from shieldwall.economics.sharing.accounts import Accounts, accounts
from shieldwall.economics.sharing.forms import Floats, Leakage, QuadraticCost, across
from shieldwall.economics.sharing.market import Market, Violation
from shieldwall.economics.sharing.objective import PER_FIRM_WEIGHTS, Objective, Optimum, coercivity, maximise
from shieldwall.economics.sharing.prices import bertrand_prices, intercepts
from shieldwall.economics.sharing.result import Equilibrium, Solution
from shieldwall.economics.sharing.unrestricted import (
    FEW_STARTS,
    MANY_STARTS,
    Joint,
    least_cost,
    unrestricted_optimum,
)
from shieldwall.economics.sharing.verify import Table, assumptions
from shieldwall.economics.status import Status


def _collusive_prices(markets: Market, intercept: Any) -> Any:
    """Half of what would stop demand: the prices that maximise joint profit at given demand intercepts."""
    other = markets.b2 / (markets.firms - 1)
    total = intercept.sum(axis=-1, keepdims=True)
    own, gap = across(markets.b1 + other, intercept), across(markets.b1 - markets.b2, intercept)
    return (intercept + across(other, intercept) / gap * total) / (2 * own)


def _no_prices(markets: Market, intercept: Any) -> Any:
    return np.zeros_like(intercept)


PRICES: dict[str, Callable[[Market, Any], Any]] = {
    "joint-profit": bertrand_prices,
    "collusion": _collusive_prices,
    "planner": bertrand_prices,
    "first-best": _no_prices,
}
"""What firms charge at given demand intercepts of shape (N, firms)."""


def objective_of(markets: Market, regime: str) -> Objective:
    """What the decision maker maximises per firm when all choose alike, after ``markets.equal``."""
    leakage = markets.leakage
    return Objective(
        weight=PER_FIRM_WEIGHTS[regime](markets.b1, markets.b2),
        intercept=markets.a[:, 0],
        net_investment=1 - markets.rivalry,
        spillover=markets.demand_spillover,
        net_leakage=leakage.own - leakage.rival - leakage.joint,
        cost_spillover=markets.cost_spillover[:, 0],
        cost=markets.cost,
    )


def solve_joint_profit(markets: Market) -> Sequence[Solution]:
    """Sharing and investment that maximise the sum of profits at Bertrand prices, Gal-Or & Ghose (13), (14)."""
    return solve_cooperative(markets, "joint-profit")


def solve_collusion(markets: Market) -> Sequence[Solution]:
    """Sharing, investment and prices that maximise the sum of profits, Gal-Or & Ghose section 2.2."""
    return solve_cooperative(markets, "collusion")


def solve_planner(markets: Market) -> Sequence[Solution]:
    """Sharing and investment that maximise welfare at Bertrand prices, Gal-Or & Ghose (9), (27), (28)."""
    return solve_cooperative(markets, "planner")


def solve_first_best(markets: Market) -> Sequence[Solution]:
    """Sharing, investment and prices that maximise welfare; prices are then the marginal cost, 0."""
    return solve_cooperative(markets, "first-best")


def solve_cooperative(markets: Market, regime: str) -> list[Solution]:
    """The optimum of one decision maker, one solution for each market.

    Args:
        markets: Admissible; of any number of equal firms, or two unequal ones.
        regime: A key of ``PRICES``.
    """
    if not (isinstance(markets.cost, QuadraticCost) and isinstance(markets.leakage, Leakage)):
        return [_not_proven("the search is exhaustive for the built-in leakage and costs only")] * len(markets)
    solutions = np.empty(len(markets), dtype=object)
    for alike, solver in ((True, _solve_equal), (False, solve_unrestricted)):
        rows = np.flatnonzero(markets.equal == alike)
        if len(rows):
            solutions[rows] = solver(markets.take(rows), regime)
    return list(solutions)


def _not_proven(why: str) -> Solution:
    return Solution(Status.NOT_PROVEN, reason=why)


def _solve_equal(markets: Market, regime: str) -> list[Solution]:
    objective = objective_of(markets, regime)
    bound = coercivity(objective)
    bounded = np.flatnonzero(bound.left > bound.right)
    solved = iter(_symmetric(markets.take(bounded), regime, objective.take(bounded)) if len(bounded) else ())
    return [
        next(solved) if left > right else unbounded(float(k), float(least))
        for k, least, left, right in zip(markets.cost.k, bound.least_k, bound.left, bound.right, strict=True)
    ]


def unbounded(k: float, least_k: float) -> Solution:
    """No choice is best, because the objective grows with investment without limit.

    Args:
        least_k: What k must exceed.
    """
    inequality = "cost.k > 2 W (1 - rivalry + max(demand_spillover, 0))^2 / (1 - cost.max_saving)"
    broken = Violation(inequality, k, least_k, float(np.nextafter(least_k, np.inf)))
    return Solution(Status.UNBOUNDED, reason=str(broken), extra={"violation": asdict(broken)})


def _symmetric(markets: Market, regime: str, objective: Objective) -> list[Solution]:
    optimum = maximise(objective)
    sharing, investment = (
        np.repeat(part[:, None], markets.firms, axis=1) for part in (optimum.sharing, optimum.investment)
    )
    gain = markets.firms * np.maximum(optimum.second_best - optimum.value, 0.0)
    found = _optima(markets, regime, sharing, investment, gain, _strict(objective, optimum))
    if markets.firms > 2:
        return [Solution(Status.SOLVED, (item,)) for item in found]
    joint = joint_of(markets, regime)
    apart = unrestricted_optimum(joint, optimum.sharing, optimum.investment, FEW_STARTS)[1]
    alike = np.where(markets.cost.k > least_cost(joint), apart <= 2 * optimum.value * (1 + _RELATIVE), False)
    return [
        Solution(Status.SOLVED, (replace(item, extra={"symmetric_optimum_is_global": bool(best)}),))
        for item, best in zip(found, alike, strict=True)
    ]


_RELATIVE = 1e-10
"""Values closer than this are the same optimum."""


def joint_of(markets: Market, regime: str) -> Joint:
    """What the decision maker maximises when two firms may choose differently."""
    worth = PER_FIRM_WEIGHTS[regime]
    return Joint(markets, worth(markets.b1, markets.b2), worth(markets.b1, -markets.b2), PRICES[regime])


def solve_unrestricted(markets: Market, regime: str) -> list[Solution]:
    """The optimum of two firms, equal or not, that may choose differently: the best point of many ascents."""
    if markets.firms > 2:
        return [_not_proven("more than two firms that differ are not searched")] * len(markets)
    joint = joint_of(markets, regime)
    middle = replace(
        objective_of(markets, regime),
        intercept=markets.a.mean(axis=1),
        cost_spillover=markets.cost_spillover.min(axis=1),
    )
    surely, least = least_cost(joint), coercivity(middle).least_k
    bounded = np.flatnonzero(markets.cost.k > surely)
    solved = iter(_apart(markets.take(bounded), regime, middle.take(bounded)) if len(bounded) else ())
    return [
        next(solved)
        if k > sure
        else unbounded(float(k), float(needed))
        if k <= needed
        else _not_proven(f"cost.k > {sure:g} would prove that an optimum exists; got {k:g}")
        for k, sure, needed in zip(markets.cost.k, surely, least, strict=True)
    ]


def _apart(markets: Market, regime: str, middle: Objective) -> list[Solution]:
    joint, typical = joint_of(markets, regime), maximise(middle)
    z, value = unrestricted_optimum(joint, typical.sharing, typical.investment, MANY_STARTS)
    strict = joint.strict_maximum(z)
    found = _optima(markets, regime, z[:, :2], z[:, 2:], np.zeros(len(z)), strict)
    why = "no admissible optimum was found: one firm would be driven out of the market"
    return [
        Solution(Status.SOLVED, (item,)) if np.isfinite(best) else _not_proven(why)
        for item, best in zip(found, value, strict=True)
    ]


def _optima(
    markets: Market, regime: str, sharing: Floats, investment: Floats, gain: Floats, strict: Any
) -> list[Equilibrium]:
    first, second = assumptions(markets, sharing, investment)
    kept = accounts_of(markets, regime, sharing, investment)
    radius = np.where(strict, 0.0, np.inf)
    table = Table(
        np.arange(len(markets)), sharing, investment, kept, gain, strict, radius, first, second, markets.equal
    )
    return [table.at(row) for row in range(len(markets))]


def accounts_of(markets: Market, regime: str, sharing: Floats, investment: Floats) -> Accounts:
    """Accounts at the prices that belong to the regime, for choices of shape (N, firms)."""
    price = PRICES[regime](markets, intercepts(markets, sharing, investment))
    return accounts(markets, sharing, investment, price=price)


def _strict(objective: Objective, optimum: Optimum) -> Any:
    """Whether the point is a strict local maximum: of both choices, or of investment with sharing held at its edge."""
    by_s = objective.gradient(optimum.sharing, optimum.investment)[0]
    ss, st, tt = objective.hessian(optimum.sharing, optimum.investment)
    inner = (optimum.sharing > 0) & (optimum.sharing < 1)
    edge = np.where(optimum.sharing == 0, -by_s, by_s) > 0
    return (tt < 0) & np.where(inner, ss * tt - st**2 > 0, edge | (ss * tt - st**2 > 0))
