"""The cooperative regimes of two firms that may choose differently: the optimum over (s_1, t_1, s_2, t_2).

Gal-Or & Ghose let the planner choose alike for both. That is a restriction even when firms are equal, and impossible
when they differ. The best point of many Newton ascents is returned; that no better one exists is not proven here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import TINY_STEP
from shieldwall.economics.sharing.prices import fixed_costs, intercepts, quantities

_STEPS = 100
_HALVINGS = 20
_DIFFERENCE = 1e-6
_LAST_STEPS = 3
_CLOSE = 1e-4
_TOP = np.array([1.0, 1.0, np.inf, np.inf])


@dataclass(frozen=True, slots=True)
class Joint:
    """The total objective of markets of two firms over choices z = (s_1, s_2, t_1, t_2) of shape (N, 4).

    Attributes:
        weight, apart: What (X_1 + X_2)^2 / 2 and (X_1 - X_2)^2 / 2 are worth, shape (N,).
        prices: What firms charge; a choice counts only if prices, where charged, and quantities are positive.
    """

    markets: Market
    weight: Floats
    apart: Floats
    prices: Callable[[Market, Any], Any]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Joint:
        """The objectives of some markets, which may repeat."""
        rows = np.arange(len(self.markets))[rows]
        return Joint(self.markets.take(rows), self.weight[rows], self.apart[rows], self.prices)

    def value(self, z: Any) -> Any:
        """The objective, whatever the signs of prices."""
        sharing, investment = z[:, :2], z[:, 2:]
        x = intercepts(self.markets, sharing, investment)
        gained = self.weight * (x[:, 0] + x[:, 1]) ** 2 / 2 + self.apart * (x[:, 0] - x[:, 1]) ** 2 / 2
        return gained - fixed_costs(self.markets, sharing, investment).sum(axis=1)

    def admissible_value(self, z: Floats) -> Floats:
        """The objective, minus infinity where a price or quantity is not positive."""
        x = intercepts(self.markets, z[:, :2], z[:, 2:])
        price = self.prices(self.markets, x)
        charged = (price > 0).all(axis=1) | (price == 0).all(axis=1)
        admissible = charged & (quantities(self.markets, x, price) > 0).all(axis=1)
        return np.where(admissible, self.value(z), -np.inf)

    def gradient(self, z: Floats) -> Floats:
        """Its gradient by complex steps, exact to rounding; shape (N, 4)."""
        steps = (z[:, None] + 1j * TINY_STEP * np.eye(4)).reshape(-1, 4)
        values = self.take(np.repeat(np.arange(len(z)), 4)).value(steps)
        return np.asarray(values.imag.reshape(-1, 4) / TINY_STEP)

    def hessian(self, z: Floats, size: Floats) -> Floats:
        """Its Hessian to about six digits, from differences of gradients; shape (N, 4, 4)."""
        step = _DIFFERENCE * size[:, :, None] * np.eye(4)
        moved = np.stack((z[:, None] + step, z[:, None] - step), axis=1).reshape(-1, 4)
        slopes = self.take(np.repeat(np.arange(len(z)), 8)).gradient(moved).reshape(-1, 2, 4, 4)
        table = (slopes[:, 0] - slopes[:, 1]) / (2 * _DIFFERENCE * size[:, :, None])
        return np.asarray((table + table.swapaxes(1, 2)) / 2)

    def strict_maximum(self, z: Floats) -> NDArray[np.bool_]:
        """Whether the objective is strictly concave over the choices that are not held at an edge; (N,)."""
        size = _size(z)
        held = (z <= 0) | (z >= _TOP)
        table = self.hessian(z, size) * size[:, :, None] * size[:, None, :]
        table = np.where(held[:, :, None] | held[:, None, :], -np.eye(4), table)
        strict: NDArray[np.bool_] = np.linalg.eigvalsh(table)[:, -1] < 0
        return strict


def least_cost(joint: Joint) -> Floats:
    """A k above which the unrestricted objective surely has a maximum; shape (N,).

    For a given direction of growth the worth is convex in sharing, hence greatest at a corner of [0, 1]^2; there it is
    a quadratic form in the two investments, and full saving bounds their cost from below.
    """
    markets = joint.markets
    kept = np.where(markets.cost_spillover > 0, 1 - markets.cost.max_saving[:, None], 1.0)
    most = np.zeros(len(markets))
    for first in (0.0, 1.0):
        for second in (0.0, 1.0):
            gift = markets.demand_spillover[:, None] * np.array([first, second]) - markets.rivalry[:, None]
            together, apart = 1 + gift, (1 - gift) * np.array([1, -1])
            own = (joint.weight[:, None] * together**2 + joint.apart[:, None] * apart**2) / 2 / kept
            cross = (joint.weight * together.prod(axis=1) + joint.apart * apart.prod(axis=1)) / 2
            cross = cross / np.sqrt(kept.prod(axis=1))
            middle, spread = own.mean(axis=1), (own[:, 0] - own[:, 1]) / 2
            most = np.maximum(most, np.where(cross > 0, middle + np.hypot(spread, cross), own.max(axis=1)))
    return 2 * most


def ascend(joint: Joint, z: Floats) -> tuple[Floats, Floats]:
    """The local maximum that Newton's method reaches from each start, and its value; z of shape (N, 4)."""
    z, value = z.copy(), joint.admissible_value(z)
    active = np.flatnonzero(np.isfinite(value))
    for _ in range(_STEPS):
        if not len(active):
            break
        part, here = joint.take(active), z[active]
        slope, size = part.gradient(here), _size(here)
        step = _newton_step(part.hessian(here, size), slope, _free(here, slope), size)
        found, gained = _search(part, here, step, value[active])
        moved = gained > value[active]
        z[active], value[active] = found, np.maximum(gained, value[active])
        active = active[moved]
    # A value is flat at its maximum: its last digits say nothing about the last half of the digits of the choice.
    for _ in range(_LAST_STEPS):
        slope, size = joint.gradient(z), _size(z)
        table = joint.hessian(z, size)
        step = _newton_step(table, slope, _free(z, slope), size)
        z = np.where(abs(step) <= _CLOSE * size, np.clip(z + step, 0, _TOP), z)
    return z, value


def _size(z: Floats) -> Floats:
    return np.column_stack((np.ones((len(z), 2)), np.maximum(z[:, 2:], 1e-3)))


def _free(z: Floats, slope: Floats) -> NDArray[np.bool_]:
    """Which choices are not held at an edge."""
    return ~(((z <= 0) & (slope <= 0)) | ((z >= _TOP) & (slope >= 0)))


def _newton_step(hessian: Floats, slope: Floats, free: NDArray[np.bool_], size: Floats) -> Floats:
    """A Newton step over the free choices that goes up also where the objective is not concave."""
    scaled = np.where(free[:, :, None] & free[:, None, :], hessian * size[:, :, None] * size[:, None, :], 0.0)
    roots, axes = np.linalg.eigh(scaled)
    along = np.einsum("nij,ni->nj", axes, np.where(free, slope * size, 0.0))
    steps = along / np.maximum(abs(roots), 1e-9 * abs(roots).max(axis=1, keepdims=True) + 1e-300)
    return np.where(free, np.einsum("nij,nj->ni", axes, steps) * size, 0.0)


def _search(joint: Joint, z: Floats, step: Floats, value: Floats) -> tuple[Floats, Floats]:
    """The best of a step and its halves, kept within bounds; the point itself where none is better."""
    halves = 0.5 ** np.arange(_HALVINGS)
    trial = np.clip(z[:, None] + halves[:, None] * step[:, None], 0, _TOP)
    many = joint.take(np.repeat(np.arange(len(z)), _HALVINGS))
    gained = many.admissible_value(trial.reshape(-1, 4)).reshape(-1, _HALVINGS)
    rows, pick = np.arange(len(z)), gained.argmax(axis=1)
    better = gained[rows, pick] > value
    return np.where(better[:, None], trial[rows, pick], z), np.where(better, gained[rows, pick], value)


def unrestricted_optimum(
    joint: Joint, sharing: Floats, investment: Floats, starts: tuple[tuple[float, ...], ...]
) -> tuple[Floats, Floats]:
    """The best point found from starts around a typical choice, and its value.

    Args:
        sharing, investment: The choice, shape (N,).
        starts: Rows of (s_1, s_2, t_1, t_2), investment in units of the typical one; ``TYPICAL`` for its sharing.

    Returns:
        Choices (N, 4) and values (N,); minus infinity where no start was admissible.
    """
    table = np.array(starts)
    z = np.empty((len(sharing), len(table), 4))
    z[..., :2] = np.where(table[:, :2] == TYPICAL, sharing[:, None, None], table[:, :2])
    z[..., 2:] = table[:, 2:] * investment[:, None, None]
    found, value = ascend(joint.take(np.repeat(np.arange(len(sharing)), len(table))), z.reshape(-1, 4))
    value = value.reshape(len(sharing), len(table))
    pick = value.argmax(axis=1)
    rows = np.arange(len(sharing))
    return found.reshape(z.shape)[rows, pick], value[rows, pick]


TYPICAL = -1.0

FEW_STARTS = (
    (TYPICAL, TYPICAL, 1.05, 0.95),
    (1.0, 0.0, 1.0, 1.0),
    (1.0, 0.0, 1.3, 0.6),
    (1.0, 0.0, 0.6, 1.3),
    (1.0, TYPICAL, 1.5, 0.5),
)
"""Enough to tell whether equal firms gain by choosing differently."""

MANY_STARTS = tuple(
    (first, second, *investment)
    for first in (0.05, 0.5, 1.0)
    for second in (0.05, 0.5, 1.0)
    for investment in ((1.0, 1.0), (1.5, 0.5), (0.5, 1.5), (2.0, 2.0))
)
"""For firms that differ."""
