"""Rewards by a published rule: a price per unit of knowledge, a flat sum, or both; the cheapest rule for a notion.

A rule pays flat + rate * k_i. Each notion asks for linear inequalities in the two numbers, added as they are violated
(cutting planes), and the small programme is solved exactly at its corners.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations

from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.alliance.potential import potential_rewards, worst_leavers
from shieldwall.economics.alliance.rewards import dominant_rewards, nash_rewards
from shieldwall.errors import EconomicsError

Cut = tuple[Fraction, Fraction, Fraction]
"""``(a, b, c)`` asks for a * flat + b * rate >= c."""


class Notion(StrEnum):
    """How firmly full sharing shall hold."""

    NASH = "nash"
    STRICT = "strict"
    DOMINANT = "dominant"
    UNIQUE = "unique"
    POTENTIAL = "potential"


@dataclass(frozen=True, slots=True)
class Tariff:
    """A rule of payment.

    Attributes:
        flat: Paid to everybody who shares.
        rate: Paid per unit of knowledge shared.
        rewards: What each member is paid.
        total: Their sum.
        overpaid: Who is paid more than the least rewards for the notion give it.
        attained: False for strictness: any margin above these numbers reaches it, they themselves do not.
    """

    flat: Fraction
    rate: Fraction
    rewards: tuple[Fraction, ...]
    total: Fraction
    overpaid: tuple[int, ...]
    attained: bool


def proportional(alliance: Alliance, notion: Notion) -> Tariff | None:
    """The least rate per unit of knowledge; nothing if no rate reaches the notion (a member without knowledge).

    >>> cheapest = proportional(Alliance([3, 1], [1, 1], ["0.3", "0.3"], [0, 0], 1), Notion.DOMINANT)
    >>> cheapest.rate, cheapest.overpaid  # the small member sets the price, the large one gains by it
    (Fraction(3, 10), (0,))
    """
    return _cheapest(alliance, notion, (False, True))


def flat(alliance: Alliance, notion: Notion) -> Tariff | None:
    """The least equal reward for all."""
    return _cheapest(alliance, notion, (True, False))


def two_part(alliance: Alliance, notion: Notion) -> Tariff | None:
    """The flat part and rate of least total; exact for risks r0 + r1 k_i: it then pays dominance at no loss."""
    return _cheapest(alliance, notion, (True, True))


def _cheapest(alliance: Alliance, notion: Notion, free: tuple[bool, bool]) -> Tariff | None:
    least, violated = _demands(alliance, notion)
    weight = (Fraction(len(alliance)), alliance.total)
    cuts: list[Cut] = []
    while True:
        corner = _corner(cuts, weight, free)
        if corner is None:
            return None
        rewards = tuple(corner[0] + corner[1] * knowledge for knowledge in alliance.knowledge)
        cut = violated(rewards)
        if cut is None:
            break
        cuts.append(cut)
    overpaid = tuple(at for at, (paid, needed) in enumerate(zip(rewards, least, strict=True)) if paid > needed)
    return Tariff(*corner, rewards, sum(rewards, Fraction()), overpaid, notion is not Notion.STRICT)


def _demands(
    alliance: Alliance, notion: Notion
) -> tuple[tuple[Fraction, ...], Callable[[tuple[Fraction, ...]], Cut | None]]:
    """The least rewards for a notion, and what finds an inequality that given rewards break."""
    if notion is Notion.UNIQUE:
        raise EconomicsError("no rule of two numbers is linear in uniqueness; use unique_rewards")
    levels = dominant_rewards(alliance) if notion is Notion.DOMINANT else nash_rewards(alliance)

    def short(rewards: tuple[Fraction, ...]) -> Cut | None:
        worst = max(range(len(alliance)), key=lambda member: levels[member] - rewards[member])
        if levels[worst] <= rewards[worst]:
            return None
        return Fraction(1), alliance.knowledge[worst], levels[worst]

    if notion is not Notion.POTENTIAL:
        return levels, short
    floor = tuple(
        max(Fraction(), risk) if not own else level
        for risk, own, level in zip(alliance.risk, alliance.dependence, levels, strict=True)
    )
    levels = floor

    def moved(rewards: tuple[Fraction, ...]) -> Cut | None:
        return short(rewards) or _leaving(alliance, worst_leavers(alliance.paying(rewards)))

    return potential_rewards(alliance).rewards, moved


def _leaving(alliance: Alliance, leavers: tuple[int, ...]) -> Cut | None:
    """The inequality under which the potential does not rise when ``leavers`` leave."""
    if not leavers:
        return None
    knowledge, dependence = alliance.knowledge, alliance.dependence
    gone = sum((knowledge[member] for member in leavers), Fraction())
    squares = sum((knowledge[member] ** 2 for member in leavers), Fraction())
    weights = {member: knowledge[member] / dependence[member] for member in leavers}
    cost = sum((weights[member] * alliance.risk[member] for member in leavers), Fraction())
    return (
        sum(weights.values(), Fraction()),
        sum((weights[member] * knowledge[member] for member in leavers), Fraction()),
        cost - alliance.total * gone + (gone * gone + squares) / 2,
    )


def _corner(
    cuts: list[Cut], weight: tuple[Fraction, Fraction], free: tuple[bool, bool]
) -> tuple[Fraction, Fraction] | None:
    """The cheapest point that satisfies every cut: some corner is one."""
    if not cuts:
        return Fraction(), Fraction()
    points = []
    for axis in (0, 1):
        if free[axis]:
            steps = [cut[2] / cut[axis] for cut in cuts if cut[axis] > 0]
            if steps:
                points.append((max(steps), Fraction()) if axis == 0 else (Fraction(), max(steps)))
    if all(free):
        for one, other in combinations(cuts, 2):
            twist = one[0] * other[1] - other[0] * one[1]
            if twist:
                points.append(
                    ((one[2] * other[1] - other[2] * one[1]) / twist, (one[0] * other[2] - other[0] * one[2]) / twist)
                )
    able = [
        point
        for point in points
        if min(point) >= 0 and all(cut[0] * point[0] + cut[1] * point[1] >= cut[2] for cut in cuts)
    ]
    return min(able, key=lambda point: (weight[0] * point[0] + weight[1] * point[1], point), default=None)
