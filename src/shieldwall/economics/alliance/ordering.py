"""Orders of joining: their cost, good ones, and a proven bound below all of them.

Member i joins at the cost max(0, level_i - slope_i * stock before it). Read backwards this is weighted tardiness on a
single machine: length stock_i, weight slope_i, due date (all stock) - level_i / slope_i; strongly NP-hard in general
(Lawler 1977), so beyond the programmes of ``order_programmes`` an order comes with a bound. Costs are integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from shieldwall.economics.alliance.members import ratio

QUADRATIC = 3_000
"""Members up to which searches of quadratic cost are run."""

STEPS = 1 << 10
"""Multipliers of the bound are multiples of one part in this many."""


@dataclass(frozen=True, slots=True)
class Joining:
    """The members still to be ordered; ``base`` is the stock of those who joined before.

    Args:
        base: Stock already there.
        stock: What each member brings, > 0.
        level: What each would be paid if nobody had joined.
        slope: What each unit of stock before it saves, > 0.
    """

    base: int
    stock: tuple[int, ...]
    level: tuple[int, ...]
    slope: tuple[int, ...]

    def cost(self, order: Sequence[int]) -> int:
        """What an order costs."""
        reach, paid = self.base, 0
        for member in order:
            paid += max(0, self.level[member] - self.slope[member] * reach)
            reach += self.stock[member]
        return paid

    def floor_binds(self, order: Sequence[int]) -> bool:
        """Whether somebody joins for nothing with room to spare."""
        reach = self.base
        for member in order:
            if self.level[member] < self.slope[member] * reach:
                return True
            reach += self.stock[member]
        return False

    def by_smith(self) -> list[int]:
        """Knowledge per dependence, descending: best if nobody joins for nothing (Smith 1956, Chan 2025)."""
        return sorted(range(len(self.stock)), key=lambda member: Fraction(self.slope[member], self.stock[member]))

    def by_threshold(self) -> list[int]:
        """Who needs the least knowledge before it joins for nothing comes first."""
        return sorted(range(len(self.stock)), key=lambda member: ratio(self.level[member], self.slope[member]))

    def free_first(self, order: Sequence[int]) -> list[int]:
        """The order with everybody who would join for nothing moved to the front; it never costs more."""
        free, at = self.by_threshold(), 0
        taken, made, reach = [False] * len(order), [], self.base
        for chosen in order:
            while at < len(free) and self.level[free[at]] <= self.slope[free[at]] * reach:
                reach += 0 if taken[free[at]] else self.stock[free[at]]
                if not taken[free[at]]:
                    taken[free[at]] = True
                    made.append(free[at])
                at += 1
            if not taken[chosen]:
                taken[chosen] = True
                made.append(chosen)
                reach += self.stock[chosen]
        return made


@dataclass(frozen=True, slots=True)
class _Floats:
    """A ``Joining`` in float64, scaled: it only proposes orders and multipliers."""

    base: float
    stock: npt.NDArray[np.float64]
    level: npt.NDArray[np.float64]
    slope: npt.NDArray[np.float64]

    @classmethod
    def of(cls, game: Joining) -> _Floats:
        reach, paid = game.base + sum(game.stock), max(map(abs, game.level))
        return cls(
            game.base / reach,
            np.array([stock / reach for stock in game.stock]),
            np.array([ratio(level, paid) for level in game.level]),
            np.array([min(ratio(slope * reach, paid), 1e100) for slope in game.slope]),
        )


def best_order(game: Joining) -> list[int]:
    """The best of Smith's order, ascending thresholds and greed, bettered by moving single members."""
    orders = [game.by_smith(), game.by_threshold()]
    small = len(game.stock) <= QUADRATIC
    if small:
        orders.append(_greedy(_Floats.of(game)))
    best = min((game.free_first(order) for order in orders), key=game.cost)
    if not small:
        return best
    moved = game.free_first(_insert(_Floats.of(game), best))
    return min(best, moved, key=game.cost)


def _greedy(game: _Floats) -> list[int]:
    """Next comes who brings the most knowledge per unit it must be paid."""
    left, order, reach = np.ones(len(game.stock), dtype=bool), [], game.base
    for _ in range(len(game.stock)):
        paid = np.maximum(game.level - game.slope * reach, 1e-300)
        chosen = int(np.argmax(np.where(left, game.stock / paid, -1.0)))
        left[chosen] = False
        order.append(chosen)
        reach += game.stock[chosen]
    return order


def _insert(game: _Floats, start: Sequence[int], passes: int = 10) -> list[int]:
    """Move one member at a time to its best place until no move helps."""
    order = np.array(start)
    for _ in range(passes if len(order) <= QUADRATIC // 10 else 1):
        moved = False
        for member in order.copy():
            rest = order[order != member]
            before = game.base + np.concatenate([[0.0], np.cumsum(game.stock[rest])])
            without = np.maximum(game.level[rest] - game.slope[rest] * before[:-1], 0)
            behind = np.maximum(game.level[rest] - game.slope[rest] * (before[:-1] + game.stock[member]), 0)
            cost = np.concatenate([[0.0], np.cumsum(without)]) + np.maximum(
                game.level[member] - game.slope[member] * before, 0
            )
            cost += np.concatenate([np.cumsum(behind[::-1])[::-1], [0.0]])
            place, now = int(np.argmin(cost)), int(np.flatnonzero(order == member)[0])
            if cost[place] < cost[now] * (1 - 1e-12) - 1e-15:
                order, moved = np.insert(rest, place, member), True
        if not moved:
            break
    return [int(member) for member in order]


def lower_bound(game: Joining, best: int) -> int:
    """No order costs less: the greater of the Nash level and a Lagrangian bound (Potts & Van Wassenhove 1985).

    max(0, x) >= m x for every multiplier m in [0, 1], and for given multipliers Smith's rule minimises the sum. The
    multipliers come from a subgradient search in float64, the bound from them in integers.

    Args:
        best: Cost of the best order known.
    """
    reach = game.base + sum(game.stock)
    nash = sum(
        max(0, level - slope * (reach - stock))
        for level, slope, stock in zip(game.level, game.slope, game.stock, strict=True)
    )
    shares = [
        round(float(share) * STEPS) for share in _multipliers(_Floats.of(game), ratio(best, max(map(abs, game.level))))
    ]
    found = max(nash, -(-_relaxed(game, shares) // STEPS), -(-_relaxed(game, [STEPS] * len(shares)) // STEPS))
    return min(found, best)


def _relaxed(game: Joining, shares: Sequence[int]) -> int:
    """The least sum of share times (level - slope * stock before), over all orders."""
    order = sorted(
        range(len(shares)), key=lambda member: Fraction(shares[member] * game.slope[member], game.stock[member])
    )
    reach, paid = game.base, 0
    for member in order:
        paid += shares[member] * (game.level[member] - game.slope[member] * reach)
        reach += game.stock[member]
    return paid


def _multipliers(game: _Floats, best: float) -> npt.NDArray[np.float64]:
    count = len(game.stock)
    share = np.ones(count)
    kept, bound, pace = share, -np.inf, 1.0
    for _ in range(max(20, min(300, 3_000_000 // count))):
        order = np.argsort(share * game.slope / game.stock, kind="stable")
        reach = game.base + np.concatenate([[0.0], np.cumsum(game.stock[order])[:-1]])
        slack = np.empty(count)
        slack[order] = game.level[order] - game.slope[order] * reach
        value = float(share @ slack)
        if value > bound:
            kept, bound = share, value
        else:
            pace *= 0.97
        norm = float(slack @ slack)
        if norm == 0 or bound >= best:
            break
        share = np.clip(share + pace * max(best - value, 0.0) / norm * slack, 0, 1)
    return kept
