"""The least and the greatest equilibrium, and how firmly full sharing holds.

The game has strategic complements, so every equilibrium, mixed ones included, lies between the least and the greatest
(Milgrom & Roberts 1990). Both are found by letting members join, or leave, while they strictly gain.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from shieldwall.economics.alliance.members import Alliance, ratio
from shieldwall.economics.alliance.potential import maximises_potential


@dataclass(frozen=True, slots=True)
class FullSharing:
    """How firmly full sharing holds under the given rewards.

    Attributes:
        nash: Nobody gains by leaving alone.
        strict: Everybody loses by leaving alone.
        dominant: Nobody gains by keeping its knowledge, whatever the others do.
        unique: It is the only equilibrium, in pure and in mixed strategies.
        potential_maximiser: It maximises the weighted potential; with two members: it is risk-dominant.
        gains: What each member gains by sharing when all others do.
        deviators: The members who gain by leaving alone.
        exact: Whether every verdict was computed without rounding.
    """

    nash: bool
    strict: bool
    dominant: bool
    unique: bool
    potential_maximiser: bool
    gains: tuple[Fraction, ...]
    deviators: tuple[int, ...]
    exact: bool


def least_equilibrium(alliance: Alliance) -> tuple[int, ...]:
    """The smallest set of sharers that is an equilibrium, in O(n log n).

    Returns:
        Their indices, ascending.

    >>> stag_hunt = Alliance([3, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)
    >>> least_equilibrium(stag_hunt), greatest_equilibrium(stag_hunt)
    ((), (0, 1))
    """
    return joining(alliance, ())


def joining(alliance: Alliance, founders: tuple[int, ...]) -> tuple[int, ...]:
    """Who shares in the end if ``founders`` share for good and others join while they strictly gain.

    Returns:
        The founders and those who join, ascending.
    """
    pull, hold, stock = alliance.pull, alliance.hold, alliance.stock
    inside = set(founders)
    reach = sum(stock[member] for member in inside)
    waiting = [member for member in range(len(alliance)) if member not in inside]
    # The order is only as exact as a float; repeating the pass until nobody joins makes the result exact.
    waiting.sort(key=lambda member: ratio(hold[member], pull[member]))
    before = -1
    while before != len(inside):
        before, rest = len(inside), []
        for member in waiting:
            if pull[member] * reach > hold[member]:
                inside.add(member)
                reach += stock[member]
            else:
                rest.append(member)
        waiting = rest
    return tuple(sorted(inside))


def greatest_equilibrium(alliance: Alliance) -> tuple[int, ...]:
    """The largest set of sharers that is an equilibrium, in O(n log n).

    Returns:
        Their indices, ascending.
    """
    return staying(alliance, tuple(range(len(alliance))))


def staying(alliance: Alliance, sharers: tuple[int, ...]) -> tuple[int, ...]:
    """Who of ``sharers`` still shares in the end if members leave while they strictly gain by it.

    Returns:
        Those who stay, ascending.
    """
    pull, hold, stock = alliance.pull, alliance.hold, alliance.stock
    reach = sum(stock[member] for member in sharers)
    inside = sorted(sharers, key=lambda member: -ratio(hold[member] + pull[member] * stock[member], pull[member]))
    before = -1
    while before != len(inside):
        before, rest = len(inside), []
        for member in inside:
            if pull[member] * (reach - stock[member]) < hold[member]:
                reach -= stock[member]
            else:
                rest.append(member)
        inside = rest
    return tuple(sorted(inside))


def full_sharing(alliance: Alliance) -> FullSharing:
    """How firmly full sharing holds: Nash and dominance are weak, strictness and uniqueness strict.

    >>> full_sharing(Alliance([3, 1], [1, 1], [1, 1], [0, 0], 1)).deviators  # exactly at the threshold
    ()
    """
    margins = full_margins(alliance)
    common = alliance.exclusion.denominator * alliance.unit
    gains = tuple(
        Fraction(margin, common * benefit.denominator * risk.denominator * reward.denominator)
        for margin, benefit, risk, reward in zip(margins, alliance.benefit, alliance.risk, alliance.reward, strict=True)
    )
    maximal, exact = maximises_potential(alliance)
    return FullSharing(
        nash=min(margins) >= 0,
        strict=min(margins) > 0,
        dominant=max(alliance.hold) <= 0,
        unique=len(least_equilibrium(alliance)) == len(alliance),
        potential_maximiser=maximal,
        gains=gains,
        deviators=tuple(member for member, margin in enumerate(margins) if margin < 0),
        exact=exact and alliance.exact,
    )


def full_margins(alliance: Alliance) -> list[int]:
    """What each member gains by sharing when all others do, each in a unit of its own: only the signs compare."""
    reach = sum(alliance.stock)
    return [
        pull * (reach - stock) - hold
        for pull, hold, stock in zip(alliance.pull, alliance.hold, alliance.stock, strict=True)
    ]
