"""The least rewards under which full sharing is an equilibrium, dominant, or the only equilibrium.

They are paid in place of the given rewards and are never negative. Those that make it a potential maximiser are in
``potential``; rules that pay by knowledge or alike for all are in ``tariffs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from shieldwall.economics.alliance.members import MAX_BITS, Alliance, ratio
from shieldwall.economics.alliance.order_programmes import Kind, by_layers, by_rows, fits_int64, states
from shieldwall.economics.alliance.ordering import Joining, best_order, lower_bound

MAX_ROWS = 20_000
MAX_STATES = 120_000_000
"""The programme by rows runs up to so many rows and states (one byte each)."""

MAX_STEPS = 25_000_000
"""The programme by layers runs up to so many states times types; in integers beyond 64 bits up to an eighth."""


@dataclass(frozen=True, slots=True)
class UniqueRewards:
    """Rewards above which full sharing is the only equilibrium.

    Attributes:
        order: The members in the order of joining; each joins because of those before it.
        rewards: One per member, in member order: infima, any margin above them suffices.
        total: Their sum, exactly.
        lower_bound: What no order undercuts; equals ``total`` if ``exact``.
        method: How the order was found.
        exact: Whether no order is cheaper.
    """

    order: tuple[int, ...]
    rewards: tuple[Fraction, ...]
    total: Fraction
    lower_bound: Fraction
    method: str
    exact: bool

    @property
    def gap(self) -> Fraction:
        """Between the total and the lower bound, as a share of the total; 0 if nothing is paid."""
        return (self.total - self.lower_bound) / self.total if self.total else Fraction()


def nash_rewards(alliance: Alliance) -> tuple[Fraction, ...]:
    """The least rewards under which nobody gains by leaving alone: max(0, r_i - rho b_i (K - k_i)).

    >>> nash_rewards(Alliance([3, 1], [1, 1], [2, 2], [0, 0], "1/2"))
    (Fraction(3, 2), Fraction(1, 2))
    """
    total = alliance.total
    return tuple(
        max(Fraction(), risk - own * (total - knowledge))
        for risk, own, knowledge in zip(alliance.risk, alliance.dependence, alliance.knowledge, strict=True)
    )


def dominant_rewards(alliance: Alliance) -> tuple[Fraction, ...]:
    """The least rewards under which nobody gains by keeping its knowledge, whatever others do: max(0, r_i)."""
    return tuple(max(Fraction(), risk) for risk in alliance.risk)


def unique_rewards(alliance: Alliance) -> UniqueRewards:
    """The infimum of rewards under which full sharing is the only equilibrium (Segal 2003, Winter 2004).

    Exactly: if everybody joins for nothing, if Smith's rule leaves nobody room to spare, by types, and over subsets up
    to about 20 members. Beyond, the best order found with a proven bound.

    >>> found = unique_rewards(Alliance([3, 1], [1, 1], [2, 2], [0, 0], 1))
    >>> found.order, found.rewards, found.total, found.exact
    ((0, 1), (Fraction(2, 1), Fraction(0, 1)), Fraction(2, 1), True)
    """
    first, rest, last = _phases(alliance)
    game, scale = _game(alliance, first, rest)
    middle, method, bound = _order(game) if rest else ([], "free", 0)
    order = first + [rest[member] for member in middle] + last
    rewards, reach = [Fraction()] * len(alliance), Fraction()
    dependence = alliance.dependence
    for member in order:
        rewards[member] = max(Fraction(), alliance.risk[member] - dependence[member] * reach)
        reach += alliance.knowledge[member]
    fixed = sum((rewards[member] for member in first + last), Fraction())
    total = fixed + sum((rewards[member] for member in rest), Fraction())
    least = fixed + Fraction(bound, scale)
    return UniqueRewards(tuple(order), tuple(rewards), total, least, method, alliance.exact and least == total)


def _phases(alliance: Alliance) -> tuple[list[int], list[int], list[int]]:
    """Who joins first in some best order (for nothing, or at a price that waiting does not lower), the rest, and last.

    Members without knowledge come last: they bring nobody anything and lose nothing by waiting.
    """
    first, waiting, last, reach = [], [], [], 0
    bare = alliance.paying((0,) * len(alliance))
    for member, (stock, pull, hold) in enumerate(zip(bare.stock, bare.pull, bare.hold, strict=True)):
        if not stock:
            last.append(member)
        elif hold <= 0 or not pull:
            first.append(member)
            reach += stock
        else:
            waiting.append(member)
    waiting.sort(key=lambda member: ratio(bare.hold[member], bare.pull[member]))
    before = -1
    while before != len(first):
        before, rest = len(first), []
        for member in waiting:
            if bare.pull[member] * reach >= bare.hold[member]:
                first.append(member)
                reach += bare.stock[member]
            else:
                rest.append(member)
        waiting = rest
    return first, waiting, last


def _game(alliance: Alliance, first: Sequence[int], rest: Sequence[int]) -> tuple[Joining, int]:
    """The ordering of the rest in integers, with their scale; rounded so that no order gets dearer if too long."""
    dependence = alliance.dependence
    slopes = [dependence[member] / alliance.unit for member in rest]
    scale, exact = 1, True
    for member, slope in zip(rest, slopes, strict=True):
        scale = lcm(scale, alliance.risk[member].denominator, slope.denominator)
        if scale.bit_length() > MAX_BITS:
            scale, exact = 1 << (128 + sum(alliance.stock).bit_length()), False
            break
    return Joining(
        sum(alliance.stock[member] for member in first),
        tuple(alliance.stock[member] for member in rest),
        tuple(int(alliance.risk[member] * scale // 1) for member in rest),
        tuple(int(-(-slope * scale // 1)) if not exact else int(slope * scale) for slope in slopes),
    ), scale


def _order(game: Joining) -> tuple[list[int], str, int]:
    """A best order, or the best found; how it was found; and what no order undercuts."""
    smith = game.by_smith()
    if not game.floor_binds(smith):
        return smith, "Smith's rule", game.cost(smith)
    members: dict[tuple[int, int, int], list[int]] = {}
    for member, kind in enumerate(zip(game.stock, game.level, game.slope, strict=True)):
        members.setdefault(kind, []).append(member)
    alike = sorted(members.items(), key=lambda item: len(item[1]))
    kinds = [Kind(len(same), *kind) for kind, same in alike]
    programme = _programme(kinds, game)
    if programme is None:
        best = best_order(game)
        return best, "search", lower_bound(game, game.cost(best))
    types, rounded = programme
    waiting = [iter(same) for _, same in alike]
    best = [next(waiting[at]) for at in types]
    paid = game.cost(best)
    if not rounded:
        return best, "programme by types", paid
    doubt = (len(best) * sum(game.level) >> 48) + 1
    return best, "programme by types in float64", max(paid - doubt, lower_bound(game, paid))


def _programme(kinds: Sequence[Kind], game: Joining) -> tuple[list[int], bool] | None:
    """The types in a best order and whether it was rounded; nothing if there are too many states."""
    size = states(kinds)
    by_row = kinds[-1].count >= 250 and size <= MAX_STATES and size // (kinds[-1].count + 1) <= MAX_ROWS
    if not by_row and size * len(kinds) > MAX_STEPS:
        return None
    solve = by_rows if by_row else by_layers
    if fits_int64(kinds, game.base):
        return solve(kinds, game.base, np.int64), False
    if size * len(kinds) <= MAX_STEPS // 8:
        return solve(kinds, game.base, object), False
    reach, paid = game.base + sum(game.stock), max(game.level)
    scaled = [
        Kind(kind.count, kind.stock / reach, kind.level / paid, min(ratio(int(kind.slope * reach), paid), 1e100))
        for kind in kinds
    ]
    return solve(scaled, game.base / reach, np.float64), True
