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

from shieldwall.economics.sharing.ascent import best_ascent
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import fixed_costs, intercepts, quantities


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

    @property
    def low(self) -> Floats:
        """The least choices."""
        return np.zeros((len(self.markets), 4))

    @property
    def top(self) -> Floats:
        """The greatest choices."""
        return np.tile([1.0, 1.0, np.inf, np.inf], (len(self.markets), 1))

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Joint:
        """The objectives of some markets, which may repeat."""
        rows = np.arange(len(self.markets))[rows]
        return Joint(self.markets.take(rows), self.weight[rows], self.apart[rows], self.prices)

    def worth(self, x: Any) -> Any:
        """What demand intercepts of shape (N, 2) are worth, before costs."""
        return self.weight * (x[:, 0] + x[:, 1]) ** 2 / 2 + self.apart * (x[:, 0] - x[:, 1]) ** 2 / 2

    def value(self, z: Any) -> Any:
        """The objective, whatever the signs of prices."""
        sharing, investment = z[:, :2], z[:, 2:]
        gained = self.worth(intercepts(self.markets, sharing, investment))
        return gained - fixed_costs(self.markets, sharing, investment).sum(axis=1)

    def admissible_value(self, z: Floats) -> Floats:
        """The objective, minus infinity where a price or quantity is not positive."""
        x = intercepts(self.markets, z[:, :2], z[:, 2:])
        price = self.prices(self.markets, x)
        charged = (price > 0).all(axis=1) | (price == 0).all(axis=1)
        admissible = charged & (quantities(self.markets, x, price) > 0).all(axis=1)
        return np.where(admissible, self.value(z), -np.inf)


def least_cost(joint: Joint) -> Floats:
    """The k above which the unrestricted objective has a maximum, and below which it grows without limit; (N,).

    What is charged and sold rises with both intercepts, and so does what they are worth. Hence the best growth of
    demand is at full sharing, or at none if the demand spillover is harmful, with full savings either way; a
    direction in which a price or quantity falls is none. What is left is a ratio of quadratic forms on an arc of
    directions of investment: greatest at an eigenvector, or at an end of the arc.
    """
    markets = joint.markets
    count = len(markets)
    kept = np.where(markets.cost_spillover > 0, 1 - markets.cost.max_saving[:, None], 1.0)
    gift = np.maximum(markets.demand_spillover, 0) - markets.rivalry

    def grown(angle: Floats) -> tuple[Floats, Floats]:
        """Intercepts by a unit of cost in a direction."""
        first, second = np.cos(angle) / np.sqrt(kept[:, 0]), np.sin(angle) / np.sqrt(kept[:, 1])
        return first + gift * second, second + gift * first

    def worth(angle: Floats) -> Floats:
        return np.asarray(joint.worth(np.column_stack(grown(angle))))

    # The form is m + r cos(2 angle - v): three values tell its greatest angle.
    at = [worth(np.full(count, angle)) for angle in (0.0, np.pi / 4, np.pi / 2)]
    middle = (at[0] + at[2]) / 2
    turn = np.arctan2(at[1] - middle, at[0] - middle) / 2
    # The quantity of a firm is u X_i + v X_j: what each intercept adds to it, read off the prices.
    unit = np.tile([1.0, 0.0], (count, 1))
    sold = quantities(markets, unit, joint.prices(markets, unit))
    straight, crossed = sold[:, 0], np.maximum(sold[:, 1], 0)
    # Both firms sell: (u + v g) t_i + (u g + v) t_j >= 0.
    fall = np.maximum(-(straight * gift + crossed), 0) / (straight + crossed * gift)
    ratio = np.sqrt(kept[:, 1] / kept[:, 0])
    low, high = np.arctan(fall * ratio), np.arctan2(ratio, fall)
    return np.asarray(2 * np.max([worth(angle) for angle in (low, high, np.clip(turn, low, high))], axis=0))


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
    return best_ascent(joint, z)


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
