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
from shieldwall.economics.sharing.admissible import Violation
from shieldwall.economics.sharing.ascent import best_ascent, strict_maximum
from shieldwall.economics.sharing.forms import Floats, Leakage, QuadraticCost, across
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import PER_FIRM_WEIGHTS, Objective, Optimum, coercivity, maximise
from shieldwall.economics.sharing.prices import bertrand_prices, intercepts
from shieldwall.economics.sharing.result import Solution, not_proven
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
        return [not_proven("the search is exhaustive for the built-in leakage and costs only")] * len(markets)
    solutions = np.empty(len(markets), dtype=object)
    for alike, solver in ((True, _solve_equal), (False, solve_unrestricted)):
        rows = np.flatnonzero(markets.equal == alike)
        if len(rows):
            solutions[rows] = solver(markets.take(rows), regime)
    return list(solutions)


def _solve_equal(markets: Market, regime: str) -> list[Solution]:
    objective = objective_of(markets, regime)
    bound = coercivity(objective)
    bounded = np.flatnonzero(bound.left > bound.right)
    solved = iter(_symmetric(markets.take(bounded), regime, objective.take(bounded)) if len(bounded) else ())
    return [
        next(solved) if left > right else unbounded(float(k), float(least))
        for k, least, left, right in zip(markets.cost.k, bound.least_k, bound.left, bound.right, strict=True)
    ]


ALIKE = "cost.k > 2 W (1 - rivalry + max(demand_spillover, 0))^2 / (1 - cost.max_saving)"
APART = "cost.k > 2 max over t of (W (x_1 + x_2)^2 + V (x_1 - x_2)^2) / (2 (r_1 t_1^2 + r_2 t_2^2))"


def unbounded(k: float, least_k: float, inequality: str = ALIKE) -> Solution:
    """No choice is best, because the objective grows with investment without limit.

    Args:
        least_k: What k must exceed.
        inequality: Why, as it is shown.
    """
    broken = Violation(inequality, k, least_k, float(np.nextafter(least_k, np.inf)))
    return Solution(Status.UNBOUNDED, reason=str(broken), extra={"violation": asdict(broken)})


def _symmetric(markets: Market, regime: str, objective: Objective) -> list[Solution]:
    optimum = maximise(objective)
    both = (np.repeat(part[:, None], markets.firms, axis=1) for part in (optimum.sharing, optimum.investment))
    gain = markets.firms * gain_alike(objective, optimum)
    solutions = optima(markets, regime, (*both,), gain, _strict(objective, optimum))
    apart = _gain_apart(markets, regime, optimum) if markets.firms == 2 else [NOT_SEARCHED] * len(markets)
    return [
        replace(solution, equilibria=tuple(replace(one, extra=told) for one in solution.equilibria))
        for solution, told in zip(solutions, apart, strict=True)
    ]


NOT_SEARCHED: dict[str, object] = {"symmetric_optimum_is_global": None, "asymmetric_gain": None}
"""What is told of equal choices where different ones were not tried."""


def _gain_apart(markets: Market, regime: str, optimum: Optimum) -> list[dict[str, object]]:
    """Whether the best equal choice is the best of all, and what choosing differently gains; nothing if no limit."""
    joint = joint_of(markets, regime)
    z = np.column_stack((optimum.sharing, optimum.sharing, optimum.investment, optimum.investment))
    planned = unrestricted_optimum(joint, optimum.sharing, optimum.investment, FEW_STARTS)[1]
    apart = np.maximum(planned, challenge(joint, z, seed=0)[1])
    gain = np.where(apart > 2 * optimum.value * (1 + _RELATIVE), apart - 2 * optimum.value, 0.0)
    limited = markets.cost.k > least_cost(joint)
    return [
        {"symmetric_optimum_is_global": bool(some and more == 0), "asymmetric_gain": float(more) if some else None}
        for some, more in zip(limited, gain, strict=True)
    ]


_RELATIVE = 1e-10
"""Values closer than this, as a share of revenue and cost together, are the same optimum."""


def gain_alike(objective: Objective, optimum: Optimum) -> Floats:
    """The most that choices the search did not visit earn beyond an optimum, per firm; never below 0; (N,)."""
    slope = objective.net_investment + np.maximum(objective.spillover, 0)
    # Beyond this investment even full sharing and full savings do not pay.
    kept = objective.cost.k / 2 * (1 - objective.cost.max_saving)
    most = 2 * objective.weight * objective.intercept * slope / (kept - objective.weight * slope**2)
    most = np.where(kept > objective.weight * slope**2, most, 10 * optimum.investment)
    draw = np.random.default_rng(_SEED)
    far, near = draw.random((2, _PROBES)), draw.normal(0, 1, (2, _PROBES)) * 10.0 ** draw.uniform(-8, 0, _PROBES)
    s = np.column_stack((0 * most[:, None] + _edged(far[0]), optimum.sharing[:, None] + near[0]))
    t = np.column_stack((most[:, None] * 10 ** (-6 * far[1]), optimum.investment[:, None] * abs(1 + near[1])))
    s = np.clip(s, 0, 1)
    worth = np.where(objective.demand(s, t) > 0, objective.value(s, t), -np.inf)
    return np.asarray(np.maximum(worth.max(axis=1) - objective.value(optimum.sharing, optimum.investment), 0))


_SEED, _PROBES = 7, 64


def _edged(uniform: Floats) -> Floats:
    """Sharing in [0, 1] that often lies at an edge."""
    return np.clip(1.5 * uniform - 0.25, 0, 1)


def joint_of(markets: Market, regime: str) -> Joint:
    """What the decision maker maximises when two firms may choose differently."""
    worth = PER_FIRM_WEIGHTS[regime]
    return Joint(markets, worth(markets.b1, markets.b2), worth(markets.b1, -markets.b2), PRICES[regime])


def solve_unrestricted(markets: Market, regime: str) -> list[Solution]:
    """The optimum of two firms, equal or not, that may choose differently: the best point of many ascents."""
    if markets.firms > 2:
        return [not_proven("more than two firms that differ are not searched")] * len(markets)
    least = least_cost(joint_of(markets, regime))
    bounded = np.flatnonzero(markets.cost.k > least)
    solved = iter(_apart(markets.take(bounded), regime) if len(bounded) else ())
    return [
        next(solved) if k > needed else unbounded(float(k), float(needed), APART)
        for k, needed in zip(markets.cost.k, least, strict=True)
    ]


def _apart(markets: Market, regime: str) -> list[Solution]:
    joint, (sharing, investment) = joint_of(markets, regime), _typical(markets, regime)
    z, value = unrestricted_optimum(joint, sharing, investment, MANY_STARTS)
    gain = np.full(len(z), np.inf)
    for seed in range(_ROUNDS):
        rows = np.flatnonzero(gain > _RELATIVE * abs(value))
        if not len(rows):
            break
        found, best = challenge(joint.take(rows), z[rows], seed)
        gain[rows] = np.maximum(best - value[rows], 0)
        if seed < _ROUNDS - 1:
            better = rows[best > value[rows]]
            z[better], value[better] = found[best > value[rows]], best[best > value[rows]]
    solutions = optima(markets, regime, (z[:, :2], z[:, 2:]), gain, strict_maximum(joint, z))
    why = "no admissible optimum was found: one firm would be driven out of the market"
    return [solution if np.isfinite(best) else not_proven(why) for solution, best in zip(solutions, value, strict=True)]


_ROUNDS = 4
"""How often an optimum that is beaten gives way to what beats it; the last one must not be."""


def _typical(markets: Market, regime: str) -> tuple[Floats, Floats]:
    """What equal firms of the mean size would choose; k is raised to where they would stop."""
    middle = replace(
        objective_of(markets, regime),
        intercept=markets.a.mean(axis=1),
        cost_spillover=markets.cost_spillover.min(axis=1),
    )
    k = np.maximum(markets.cost.k, 1.1 * coercivity(middle).least_k)
    optimum = maximise(replace(middle, cost=replace(middle.cost, k=k)))
    return optimum.sharing, optimum.investment


def challenge(joint: Joint, z: Floats, seed: int) -> tuple[Floats, Floats]:
    """Where ascents from the best of random choices end, and what is earned there; choices of shape (N, 4)."""
    draw = np.random.default_rng(seed)
    table = np.column_stack((_edged(draw.random((_JOINT_PROBES, 2))), np.exp(draw.normal(0, 1, (_JOINT_PROBES, 2)))))
    probes = np.repeat(table[None], len(z), axis=0)
    probes[..., 2:] *= z[:, 2:].max(axis=1)[:, None, None]
    many = joint.take(np.repeat(np.arange(len(z)), _JOINT_PROBES))
    worth = many.admissible_value(probes.reshape(-1, 4)).reshape(len(z), -1)
    best = np.argsort(worth, axis=1)[:, -_CLIMBED:, None]
    return best_ascent(joint, np.take_along_axis(probes, best, axis=1))


_JOINT_PROBES, _CLIMBED = 256, 4


def optima(
    markets: Market, regime: str, choice: tuple[Floats, ...], gain: Floats, strict: Any, unit_cost: Any = 0.0
) -> list[Solution]:
    """Optima with their accounts; those that another choice beats by more than rounding are not proven.

    Args:
        choice: Sharing and investment, shape (N, firms).
        gain: The most that another choice was seen to earn beyond it, shape (N,).
        strict: Whether it is a strict local maximum, shape (N,).
        unit_cost: Of each unit sold, shape (N, firms).
    """
    sharing, investment = choice
    first, second = assumptions(markets, sharing, investment)
    kept = accounts_of(markets, regime, sharing, investment, unit_cost)
    radius = np.where(strict, 0.0, np.inf)
    table = Table(
        np.arange(len(markets)), sharing, investment, kept, gain, strict, radius, first, second, markets.equal
    )
    size = abs(kept.consumer_surplus) + (2 * kept.price * kept.quantity + abs(kept.profit)).sum(axis=1)
    good = np.isfinite(kept.welfare) & (gain <= _RELATIVE * size)
    why = "another choice was found to be better than what the search returned"
    return [Solution(Status.SOLVED, (table.at(row),)) if good[row] else not_proven(why) for row in range(len(markets))]


def accounts_of(markets: Market, regime: str, sharing: Floats, investment: Floats, unit_cost: Any = 0.0) -> Accounts:
    """Accounts at the prices that belong to the regime, for choices and costs of each unit of shape (N, firms)."""
    # Margins answer the demand that is left when every price is its unit cost; equal firms have equal costs.
    left = intercepts(markets, sharing, investment) - across(markets.b1 - markets.b2, sharing) * unit_cost
    price = PRICES[regime](markets, left) + unit_cost
    return accounts(markets, sharing, investment, price=price, unit_cost=unit_cost)


def _strict(objective: Objective, optimum: Optimum) -> Any:
    """Whether the point is a strict local maximum: of both choices, or of investment with sharing held at its edge."""
    by_s = objective.gradient(optimum.sharing, optimum.investment)[0]
    ss, st, tt = objective.hessian(optimum.sharing, optimum.investment)
    inner = (optimum.sharing > 0) & (optimum.sharing < 1)
    edge = np.where(optimum.sharing == 0, -by_s, by_s) > 0
    return (tt < 0) & np.where(inner, ss * tt - st**2 > 0, edge | (ss * tt - st**2 > 0))
