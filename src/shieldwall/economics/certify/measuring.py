"""What the books of the closes show of the members: who shares nothing, what that costs it, how even the points are.

Not here: what was predicted (``comparison``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import floor

from shieldwall.domain.access import Level
from shieldwall.domain.behaviour import Behaviour, CaseFigures, MemberFigures
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.certificate import PPM
from shieldwall.economics.certify.exclusion import MARKING, worth_after
from shieldwall.economics.certify.year import DAYS_A_YEAR, NOON
from shieldwall.errors import InvalidInput
from shieldwall.mechanism.access import reach

_INSTANT = timedelta(microseconds=1)
_YEAR = timedelta(days=DAYS_A_YEAR) // _INSTANT


@dataclass(frozen=True, slots=True)
class Measured:
    """What the books show.

    Attributes:
        years: From the opening of the first closed epoch to the close of the last.
        free_riders: Members past their grace epochs without an accepted contribution since they joined.
        exclusion: What such a member loses at its present level; for want of one, at the lowest level.
    """

    years: Fraction
    contributions: int
    paid: int
    free_riders: tuple[MemberFigures, ...]
    exclusion: Fraction

    @property
    def pay(self) -> Fraction:
        """Micro-credits per contribution."""
        return Fraction(self.paid, self.contributions)


def measure(behaviour: Behaviour, policy: Policy) -> Measured:
    """Measure the closed epochs.

    Args:
        policy: The policy whose grace epochs and access levels count.

    Raises:
        InvalidInput: If no epoch with a paid contribution is closed yet.
    """
    cases = cases_of(behaviour)
    contributions = sum(case.contributions for case in cases)
    years = _years(behaviour, 0)
    if not contributions or not years:
        seen = f"{len(behaviour.epochs)} closed epochs, {contributions} paid contributions"
        raise InvalidInput(
            "ledger", seen, "a closed epoch with a paid contribution", "Compare after some `shieldwall epoch close`"
        )
    free_riders = tuple(
        member
        for member in behaviour.members
        if not any(member.points) and sum(points is not None for points in member.points) >= policy.access.grace_epochs
    )
    levels = [member.level for member in free_riders] or [Level.BASIC]
    kept = sum((_retained(cases, level, policy) for level in levels), Fraction()) / len(levels)
    return Measured(
        years=years,
        contributions=contributions,
        paid=sum(epoch.paid for epoch in behaviour.epochs),
        free_riders=free_riders,
        exclusion=1 - kept,
    )


def cases_of(behaviour: Behaviour) -> list[CaseFigures]:
    """The settled cases of all epochs."""
    return [case for epoch in behaviour.epochs for case in epoch.cases]


def years_inside(behaviour: Behaviour, member: MemberFigures) -> Fraction:
    """Years of the epochs that a member was in from their opening on; the first members count from the first epoch."""
    return _years(behaviour, first_whole(member))


def first_whole(member: MemberFigures) -> int:
    """Place of the first epoch that a member was in from its opening on: the one after it joined."""
    joined = sum(points is None for points in member.points)
    return joined + 1 if joined else 0


def _years(behaviour: Behaviour, since: int) -> Fraction:
    length = sum((epoch.length for epoch in behaviour.epochs[since:]), timedelta())
    return Fraction(length // _INSTANT, _YEAR)


def _retained(cases: Sequence[CaseFigures], level: Level, policy: Policy) -> Fraction:
    """What reaches a level of the cases there were, by their own severities."""
    arrived_by, tlp = reach(NOON, level, policy)
    if tlp < MARKING:
        return Fraction(0)
    late = worth_after(NOON - arrived_by, "network", policy)
    at_once = Fraction(sum(case.critical for case in cases), len(cases))
    return at_once + (1 - at_once) * late


def figures(behaviour: Behaviour, measured: Measured) -> Mapping[str, object]:
    """The figures of a comparison that no prediction is needed for."""
    points = sorted(sum(one or 0 for one in member.points) for member in behaviour.members)
    total = max(sum(points), 1)
    return {
        "days": floor(measured.years * DAYS_A_YEAR),
        "contributions": measured.contributions,
        "paid_micro_credits": measured.paid,
        "pay_per_contribution_micro_credits": floor(measured.pay),
        "free_riders": [member.name for member in measured.free_riders],
        "free_riders_ppm": PPM * len(measured.free_riders) // max(len(behaviour.members), 1),
        "exclusion_ppm": floor(measured.exclusion * PPM),
        "gini_of_points_ppm": floor(gini(points) * PPM),
        "top_member_ppm": PPM * max(points, default=0) // total,
    }


def gini(values: Sequence[int]) -> Fraction:
    """Gini coefficient: 0 where all are equal, towards 1 where one has everything.

    >>> gini([1, 1, 1]), gini([0, 0, 3])
    (Fraction(0, 1), Fraction(2, 3))
    """
    ordered, total = sorted(values), sum(values)
    if not total:
        return Fraction(0)
    weighted = sum(place * value for place, value in enumerate(ordered, start=1))
    return Fraction(2 * weighted - (len(ordered) + 1) * total, len(ordered) * total)


def mean_a_year(behaviour: Behaviour, tier: Tier, of: str) -> Fraction | None:
    """Mean of ``points`` or ``paid`` a year of a member of this tier, over the whole epochs each was in.

    Returns:
        Milli-points or micro-credits; None where none of the tier was in for a whole epoch.
    """
    members = [member for member in behaviour.members if member.tier is tier]
    years = sum((years_inside(behaviour, member) for member in members), Fraction())
    total = sum(one or 0 for member in members for one in getattr(member, of)[first_whole(member) :])
    return total / years if years else None
