"""The one objective behind the four cooperative regimes, and its global maximum.

Per firm, W (a + B)^2 - f(t, c t s) with B = (1 - rivalry) t + spillover t s - A s^2. The best investment for a given
sharing is found exactly, which leaves one dimension: every sign change of the derivative of what remains is a
stationary point. Which prices belong to a regime, and its accounts, are in ``cooperative``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats, QuadraticCost, across

SHARING_CELLS = 64
"""Cells of [0, 1] on each of which the derivative may change its sign once."""

INVESTMENT_POINTS = 24
"""Points, in equal ratios, among which the best investment is bracketed; the cost has at most two local optima."""

NEWTON_STEPS = 80
"""Safeguarded by bisection, so this is a bound that is met only at a bracket of 1e24 roundings."""

_RESOLUTION = 4e-15
"""Relative step below which Newton's method only moves rounding."""

TINY_STEP = 1e-30
"""Of the complex steps: its square is below every rounding."""


def _joint_profit(b1: Any, b2: Any) -> Any:
    return b1 / (2 * b1 - b2) ** 2


def _collusion(b1: Any, b2: Any) -> Any:
    return 1 / (4 * (b1 - b2))


def _planner(b1: Any, b2: Any) -> Any:
    return b1 * (3 * b1 - 2 * b2) / (2 * (b1 - b2) * (2 * b1 - b2) ** 2)


def _first_best(b1: Any, b2: Any) -> Any:
    return 1 / (2 * (b1 - b2))


PER_FIRM_WEIGHTS: dict[str, Callable[[Any, Any], Any]] = {
    "joint-profit": _joint_profit,
    "collusion": _collusion,
    "planner": _planner,
    "first-best": _first_best,
}
"""W by own and cross price slope: what the square of the demand intercept is worth to each decision maker, per firm,
when firms are alike. They rise in this order, and so does what is best: X and f. Of two firms, half the squared
difference of intercepts is worth W at a cross price slope of the opposite sign."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What one decision maker maximises per firm over symmetric (s, t); every field has shape (N,).

    Attributes:
        weight: W, positive.
        intercept: a, positive.
        net_investment: 1 - rivalry, positive.
        spillover: Demand spillover, of either sign.
        net_leakage: A = own - rival - joint leakage, positive.
        cost_spillover: c, at least 0.
        cost: f.
    """

    weight: Floats
    intercept: Floats
    net_investment: Floats
    spillover: Floats
    net_leakage: Floats
    cost_spillover: Floats
    cost: QuadraticCost

    def demand(self, s: Floats, t: Floats) -> Floats:
        """X = a + B, the demand intercept of each firm."""
        a, d, g, leak = (across(x, s) for x in (self.intercept, self.net_investment, self.spillover, self.net_leakage))
        demand: Floats = a + d * t + g * t * s - leak * s**2
        return demand

    def value(self, s: Floats, t: Floats) -> Floats:
        """The objective per firm."""
        spent: Floats = self.cost.value(t, across(self.cost_spillover, s) * t * s)
        earned: Floats = across(self.weight, s) * self.demand(s, t) ** 2
        return earned - spent

    def gradient(self, s: Floats, t: Floats) -> tuple[Floats, Floats]:
        """Its derivatives by sharing and by investment."""
        w, c = across(self.weight, s), across(self.cost_spillover, s)
        d, g, leak = (across(x, s) for x in (self.net_investment, self.spillover, self.net_leakage))
        x, y = self.demand(s, t), c * t * s
        f_t, f_y = self.cost.f_t(t, y), self.cost.f_y(t, y)
        return 2 * w * x * (g * t - 2 * leak * s) - c * t * f_y, 2 * w * x * (d + g * s) - f_t - c * s * f_y

    def scale(self, s: Floats, t: Floats) -> tuple[Floats, Floats]:
        """The sum of the absolute values of the terms of each derivative: what a relative residual is relative to."""
        w, c = across(self.weight, s), across(self.cost_spillover, s)
        d, g, leak = (across(x, s) for x in (self.net_investment, self.spillover, self.net_leakage))
        x, y = self.demand(s, t), c * t * s
        f_t, f_y = self.cost.f_t(t, y), self.cost.f_y(t, y)
        by_s = 2 * w * x * (abs(g) * t + 2 * leak * s) + c * t * abs(f_y)
        return by_s, 2 * w * x * (d + abs(g) * s) + f_t + c * s * abs(f_y)

    def hessian(self, s: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
        """Its second derivatives ss, st, tt, by complex steps, exact to rounding."""
        by_s = self.gradient(s + 1j * TINY_STEP, t + 0j)  # type: ignore[arg-type]
        by_t = self.gradient(s + 0j, t + 1j * TINY_STEP)  # type: ignore[arg-type]
        return by_s[0].imag / TINY_STEP, by_s[1].imag / TINY_STEP, by_t[1].imag / TINY_STEP

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Objective:
        """The objectives of some markets, which may repeat."""
        parts = {item.name: getattr(self, item.name)[rows] for item in fields(self) if item.name != "cost"}
        cost = replace(self.cost, **{item.name: getattr(self.cost, item.name)[rows] for item in fields(self.cost)})
        return Objective(**parts, cost=cost)


@dataclass(frozen=True, slots=True)
class Bound:
    """The inequality that keeps an objective bounded: ``left`` > ``right``.

    Attributes:
        left: (k/2) (1 - max_saving), or k/2 where nothing spills over to cost.
        right: W times the square of the most that a unit of investment adds to demand.
        least_k: The k at which both sides are equal.
    """

    left: Floats
    right: Floats
    least_k: Floats


def coercivity(objective: Objective) -> Bound:
    """What the cost must exceed for the objective to have a maximum.

    With a negative spillover the most that a unit adds is reached as s falls to 0 while t s still grows, so the
    saving counts in full and the spillover not at all.
    """
    kept = np.where(objective.cost_spillover > 0, 1 - objective.cost.max_saving, 1.0)
    right = objective.weight * (objective.net_investment + np.maximum(objective.spillover, 0)) ** 2
    return Bound(objective.cost.k / 2 * kept, right, 2 * right / kept)


def best_investment(objective: Objective, s: Floats) -> Floats:
    """The investment that is best for each sharing, of all t >= 0; needs ``coercivity``.

    Saving only lowers marginal cost, so the optimum is at least the one without saving; and at most the point from
    which even full saving does not pay for t.

    Args:
        s: Shape (N,) or (N, points), where the demand without investment is positive.
    """
    w, d, g, k = (
        across(x, s) for x in (objective.weight, objective.net_investment, objective.spillover, objective.cost.k)
    )
    kept = across(1 - objective.cost.max_saving * (objective.cost_spillover > 0), s)
    alone, slope = objective.demand(s, np.zeros_like(s)), np.maximum(d + g * s, 0)
    least = w * alone * slope / (k / 2 - w * slope**2)
    saving = (across(objective.cost_spillover * objective.cost.max_saving, s) * s > 0) & (least > 0)
    most = np.where(saving, 2 * w * alone * slope / (k / 2 * kept - w * slope**2), least)
    ratio = np.divide(most, least, out=np.ones_like(least), where=least > 0)
    powers = np.linspace(0, 1, INVESTMENT_POINTS)
    points = least[..., None] * ratio[..., None] ** powers
    values = objective.value(np.broadcast_to(s[..., None], points.shape), points)
    place = np.argmax(values, axis=-1)[..., None]
    low, best, high = (
        np.take_along_axis(points, np.clip(place + step, 0, INVESTMENT_POINTS - 1), axis=-1)[..., 0]
        for step in (-1, 0, 1)
    )
    return _falling_root(objective, s, low, best, high)


def _falling_root(objective: Objective, s: Floats, low: Floats, t: Floats, high: Floats) -> Floats:
    """Where the derivative by investment falls through 0, by Newton steps kept inside a shrinking bracket."""
    for _ in range(NEWTON_STEPS):
        slope = objective.gradient(s, t)[1]
        low, high = np.where(slope > 0, t, low), np.where(slope > 0, high, t)
        curvature = objective.gradient(s + 0j, t + 1j * TINY_STEP)[1].imag / TINY_STEP  # type: ignore[arg-type]
        step = t - slope / np.where(curvature < 0, curvature, -np.inf)
        new = np.where((step >= low) & (step <= high) & (curvature < 0), step, (low + high) / 2)
        if np.all(abs(new - t) <= _RESOLUTION * t):
            return new
        t = new
    return t


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best symmetric point of each market, shape (N,).

    Attributes:
        sharing, investment, value: Where and how much, per firm.
        second_best: The largest value among the other stationary points and all points of the search, to compare with.
    """

    sharing: Floats
    investment: Floats
    value: Floats
    second_best: Floats


def maximise(objective: Objective) -> Optimum:
    """The global maximum over s in [0, 1], t >= 0 with positive demand; needs ``coercivity``.

    Compares the edges s = 0 and s = 1 with every interior maximum of V(s) = max over t, bracketed by the sign changes
    of V'(s) on a grid. The edge t = 0 is V itself where nothing is invested.
    """
    count = len(objective.weight)
    limit = np.minimum(1.0, np.sqrt(objective.intercept / objective.net_leakage) * (1 - 1e-9))
    grid = limit[:, None] * np.linspace(0, 1, SHARING_CELLS + 1)
    t = best_investment(objective, grid)
    values, slopes = objective.value(grid, t), objective.gradient(grid, t)[0]
    best, place = values.max(axis=1), np.argmax(values, axis=1)
    rows = np.arange(count)
    sharing, investment = grid[rows, place], t[rows, place]
    market, cell = np.nonzero((slopes[:, :-1] > 0) & (slopes[:, 1:] <= 0))
    part = objective.take(market)
    s_found, t_found = _peak(part, grid[market, cell], grid[market, cell + 1])
    found = part.value(s_found, t_found)
    np.maximum.at(best, market, found)
    # The grid's own best differs from the refined one by rounding only where it is an edge, and then no cell wins.
    wins = found >= best[market] * (1 - 1e-15)
    sharing[market[wins]], investment[market[wins]] = s_found[wins], t_found[wins]
    return Optimum(sharing, investment, objective.value(sharing, investment), values.max(axis=1))


def _peak(objective: Objective, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The maximum of V between two points where V' is positive and negative."""
    s = (low + high) / 2
    t = best_investment(objective, s)
    for _ in range(NEWTON_STEPS):
        slope = objective.gradient(s, t)[0]
        low, high = np.where(slope > 0, s, low), np.where(slope > 0, high, s)
        ss, st, tt = objective.hessian(s, t)
        curvature = ss - np.divide(st**2, tt, out=np.zeros_like(tt), where=tt < 0)
        step = s - slope / np.where(curvature < 0, curvature, -np.inf)
        new = np.where((step >= low) & (step <= high) & (curvature < 0), step, (low + high) / 2)
        done = np.all(abs(new - s) <= _RESOLUTION * s)
        s, t = new, best_investment(objective, new)
        if done:
            break
    return s, t
