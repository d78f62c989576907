"""Where in the space of rewards and exclusion who shares: an alliance of sixty in three classes, in closed form.

Classes of equal members share or keep their knowledge together at the least and at the greatest equilibrium, so each
boundary is made of a few straight lines, computed exactly. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import combinations, permutations

from shieldwall.economics.alliance.equilibria import greatest_equilibrium, least_equilibrium
from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.alliance.ranking import holds
from shieldwall.economics.alliance.tariffs import Notion

COUNTS, KNOWLEDGE = (3, 15, 42), (50, 15, 3)
"""Large, medium and small members, and what each of them knows."""

RISK = tuple(1 + Fraction(k, 10) for k in KNOWLEDGE)
"""What sharing costs a member of each class: a part for all, and a part that grows with its knowledge."""

BENEFIT = Fraction(1, 40)

TOTAL = sum(count * k for count, k in zip(COUNTS, KNOWLEDGE, strict=True))
TOTAL_RISK = sum((count * risk for count, risk in zip(COUNTS, RISK, strict=True)), Fraction())

TARIFFS = {
    "reward per unit of knowledge": tuple(k * TOTAL_RISK / TOTAL for k in KNOWLEDGE),
    "reward in two parts, like the risk": RISK,
}
"""What a member of each class is paid where all rewards together are the sum of all risks."""


class Sharers(StrEnum):
    """Who shares at the least and at the greatest equilibrium, and how firmly full sharing holds."""

    NOBODY = "nobody shares"
    NOBODY_OR_SOME = "nobody or some share"
    SOME = "some share at every equilibrium, all at none"
    NOBODY_OR_ALL = "nobody or all share"
    NOBODY_OR_ALL_POTENTIAL = "nobody or all share; full sharing maximises the potential"
    SOME_OR_ALL = "some or all share"
    SOME_OR_ALL_POTENTIAL = "some or all share; full sharing maximises the potential"
    ALL = "all share at the only equilibrium"
    ALL_DOMINANT = "all share whatever the others do"


SOME, NASH, POTENTIAL, FIRST, UNIQUE, DOMINANT = BOUNDARIES = (
    "somebody shares at the greatest equilibrium above",
    "full sharing is an equilibrium above",
    "full sharing maximises the potential above",
    "the first class shares even alone to the right",
    "full sharing is the only equilibrium above",
    "full sharing is dominant to the right",
)
"""What begins at each line."""


def alliance_at(tariff: str, reward: Fraction, exclusion: Fraction) -> Alliance:
    """The sixty members where all rewards together are ``reward`` times the sum of all risks."""
    classes = zip(COUNTS, KNOWLEDGE, RISK, [reward * paid for paid in TARIFFS[tariff]], strict=True)
    members = [one for count, *one in classes for _ in range(count)]
    knowledge, risks, rewards = zip(*members, strict=True)
    return Alliance(knowledge, [BENEFIT] * len(members), risks, rewards, exclusion)


def sharers(alliance: Alliance) -> tuple[Sharers, int, int]:
    """The kind of a game, and how many share at its least and at its greatest equilibrium."""
    least, greatest = len(least_equilibrium(alliance)), len(greatest_equilibrium(alliance))
    if least == len(alliance):
        kind = Sharers.ALL_DOMINANT if holds(alliance, Notion.DOMINANT) else Sharers.ALL
    elif greatest == len(alliance):
        firm = holds(alliance, Notion.POTENTIAL)
        if least:
            kind = Sharers.SOME_OR_ALL_POTENTIAL if firm else Sharers.SOME_OR_ALL
        else:
            kind = Sharers.NOBODY_OR_ALL_POTENTIAL if firm else Sharers.NOBODY_OR_ALL
    elif greatest:
        kind = Sharers.SOME if least else Sharers.NOBODY_OR_SOME
    else:
        kind = Sharers.NOBODY
    return kind, least, greatest


Line = tuple[Fraction, Fraction]
"""(p, q) for the exclusion p - q * reward."""

Corner = tuple[Fraction, Fraction]
"""Reward and exclusion."""


def boundaries(tariff: str) -> dict[str, tuple[Corner, ...]]:
    """The corners of each line at which something changes; between corners they are straight.

    With net risk c_i = r_i - reward * t_i and classes of equal members, of which at an extreme equilibrium all share or
    none does: with sharers S a member of S stays from the exclusion c_i / (b (k(S) - k_i)) on, another joins above
    c_i / (b k(S)). Full sharing maximises the potential from the greatest, over sets T of classes, of
    2 (sum of k_i c_i over T) / (b (K^2 - k(S)^2 - sum of k_i^2 over T)) on, where S are the other classes.

    >>> one, other = TARIFFS
    >>> [[str(reward) for reward, _ in boundaries(tariff)[DOMINANT]] for tariff in (one, other)]
    [['2171/1101', '2171/1101'], ['1', '1']]
    """
    paid, classes = TARIFFS[tariff], range(len(COUNTS))
    zeros = [risk / reward for risk, reward in zip(RISK, paid, strict=True)]
    first, last = min(zeros), max(zeros)

    def line(group: Iterable[int], weight: Sequence[int], reach: int) -> Line:
        scale = 1 / (BENEFIT * reach)
        return (
            sum((weight[i] * RISK[i] for i in group), Fraction()) * scale,
            sum((weight[i] * paid[i] for i in group), Fraction()) * scale,
        )

    def staying(inside: Sequence[int]) -> list[Line]:
        return [line((i,), (1, 1, 1), _known(inside) - KNOWLEDGE[i]) for i in inside]

    def joining(order: Sequence[int]) -> list[Line]:
        return [line((i,), (1, 1, 1), _known(order[:place])) for place, i in enumerate(order) if place]

    groups = [group for size in (1, 2, 3) for group in combinations(classes, size)]
    weight = [count * k for count, k in zip(COUNTS, KNOWLEDGE, strict=True)]
    squares = [count * k * k for count, k in zip(COUNTS, KNOWLEDGE, strict=True)]
    leaving = []
    for group in groups:
        stay = TOTAL - _known(group)
        # The factor 2 of the formula is in the weights.
        reach = TOTAL**2 - stay**2 - sum(squares[i] for i in group)
        leaving.append(line(group, [2 * each for each in weight], reach))
    orders = [order for order in permutations(classes) if zeros[order[0]] == first]
    zero, one = Fraction(0), Fraction(1)
    return {
        SOME: _lowest([staying(group) for group in groups], zero, first),
        NASH: _lowest([staying(tuple(classes))], zero, last),
        POTENTIAL: _lowest([leaving], zero, last),
        FIRST: ((first, zero), (first, one)),
        UNIQUE: _lowest([joining(order) for order in orders], first, last),
        DOMINANT: ((last, zero), (last, one)),
    }


def _known(classes: Iterable[int]) -> int:
    return sum(COUNTS[i] * KNOWLEDGE[i] for i in classes)


def _lowest(alternatives: Sequence[Sequence[Line]], start: Fraction, stop: Fraction) -> tuple[Corner, ...]:
    """The corners, from start to stop, of the least over alternatives of the greatest of their lines and 0."""
    lines = {line for lines in alternatives for line in lines} | {(Fraction(0), Fraction(0))}
    crossings = {(p - u) / (q - v) for (p, q), (u, v) in combinations(lines, 2) if q != v}
    at = sorted({start, stop} | {reward for reward in crossings if start < reward < stop})

    def value(reward: Fraction) -> Fraction:
        return min(max(Fraction(0), *(p - q * reward for p, q in lines)) for lines in alternatives)

    corners = [(reward, value(reward)) for reward in at]
    return tuple(
        corner
        for place, corner in enumerate(corners)
        if place in (0, len(corners) - 1) or not _straight(*corners[place - 1 : place + 2])
    )


def _straight(before: Corner, here: Corner, after: Corner) -> bool:
    return (here[1] - before[1]) * (after[0] - here[0]) == (after[1] - here[1]) * (here[0] - before[0])
