"""What the access rules leave to a member that shares, and to one that does not (mechanism 2.7).

Levels, delays and markings are those of ``mechanism.access``; the policy's own decay curves say what a delay costs.
Not here: what that is worth to a member (``game``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import floor
from statistics import median

from shieldwall.domain.access import Level
from shieldwall.domain.cases import Evidence
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.members import MemberClass
from shieldwall.economics.certify.year import (
    DAYS_A_YEAR,
    MEASURED_EPOCHS,
    NOON,
    SETTLING_EPOCHS,
    arrivals,
    judged_sample,
)
from shieldwall.mechanism.access import critical, index, level, reach, targets
from shieldwall.mechanism.value import timeliness
from shieldwall.stix.markings import Tlp

MARKING = Tlp.AMBER
"""What contributions are marked: the marking assumed of an object that carries none."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Where the members come to stand under the access rules.

    Attributes:
        sharing: Part of the epochs that a sharing member of each class spends at each level.
        keeping: Levels of a member that shares nothing, one for each tier that has members.
    """

    sharing: tuple[Mapping[Level, Fraction], ...]
    keeping: frozenset[Level]


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of what the others share reaches the members.

    Attributes:
        levels: The levels it was computed for.
        retained: Part of its worth that a contribution keeps on its way to each level, mean over contributions.
        sharing: Retained part for a member of each class that shares.
        keeping: Retained part for a member that shares nothing.
    """

    levels: Levels
    retained: Mapping[Level, Fraction]
    sharing: tuple[Fraction, ...]
    keeping: Fraction

    @property
    def exclusion(self) -> Fraction:
        """What a member that shares nothing loses."""
        return 1 - self.keeping


def levels_of(classes: Sequence[MemberClass], points: Sequence[int], policy: Policy) -> Levels:
    """Find the levels that members reach once the grace epochs are over, all of them sharing.

    Args:
        points: Milli-points of one contribution, by class.
    """
    indices = [_indices(row, worth, policy) for row, worth in zip(classes, points, strict=True)]
    goal = _targets(classes, indices, policy)
    grace = policy.access.grace_epochs
    sharing = tuple(
        _shares([level(index, goal[row.tier], grace, policy) for index in path])
        for row, path in zip(classes, indices, strict=True)
    )
    return Levels(sharing, frozenset(level(Fraction(0), goal[row.tier], grace, policy) for row in classes))


def reach_of(classes: Sequence[MemberClass], levels: Levels, policy: Policy) -> Reach:
    """Find what reaches the members at these levels."""
    retained = {step: _retained(classes, step, policy) for step in Level}
    sharing = tuple(
        sum((part * retained[step] for step, part in lived.items()), Fraction()) for lived in levels.sharing
    )
    # A tier without a target would let a member in that shares nothing: the tier that is let in furthest counts.
    return Reach(levels, retained, sharing, max(retained[step] for step in levels.keeping))


def _retained(classes: Sequence[MemberClass], step: Level, policy: Policy) -> Fraction:
    """Mean over all contributions: 1 at once, less when it comes late, 0 if its marking never reaches the level."""
    arrived_by, tlp = reach(NOON, step, policy)
    if tlp < MARKING:
        return Fraction(0)
    late = {decay: worth_after(NOON - arrived_by, decay, policy) for decay in {row.decay for row in classes}}
    kept = total = Fraction(0)
    for row in classes:
        judged = judged_sample(row)
        at_once = critical(judged.verdict, judged.evidence, policy)
        total += row.count * row.contributions
        kept += row.count * row.contributions * (1 if at_once else late[row.decay])
    return kept / total


def worth_after(delay: timedelta, decay: str, policy: Policy) -> Fraction:
    """Part of its worth that knowledge of a decay class keeps over a delay: factor D, linear within a day.

    >>> from shieldwall.domain.policy import parse_policy
    >>> from importlib.resources import files
    >>> policy = parse_policy(files("shieldwall.domain").joinpath("default_policy.toml").read_text())
    >>> float(worth_after(timedelta(days=14), "network", policy))  # mechanism 2.7
    0.658434
    """
    hours = Fraction(delay // timedelta(hours=1))
    days = floor(hours / 24)
    whole, next_ = (_worth(days + more, decay, policy) for more in (0, 1))
    return whole + (next_ - whole) * (hours / 24 - days)


def _worth(days: int, decay: str, policy: Policy) -> Fraction:
    sample = judged_sample(MemberClass("", Tier.CORE, Fraction(1), 0, Fraction(0), Fraction(0), 0, decay=decay))
    features = sample.filed[0].contribution.features
    return timeliness(features, Evidence(exploited_on=NOON.date() - timedelta(days=days)), NOON, policy)


def _indices(row: MemberClass, worth: int, policy: Policy) -> list[Fraction]:
    """The contribution index of one member of a class, epoch by epoch, while it shares."""
    rate = row.contributions * policy.epoch.days / DAYS_A_YEAR
    # Of a case that is corroborated a part of the points goes with the pay to the other reporter.
    own = worth * (1 - row.corroborated * (1 - policy.split.first_reporter) / 2)
    measured = max(MEASURED_EPOCHS, floor(2 / rate) + 1)
    path = [Fraction(0)]
    for epoch in range(SETTLING_EPOCHS + measured):
        earned = floor(own * arrivals(rate, epoch, Fraction(1, 2)))
        path.append(Fraction(floor(index([earned, floor(path[-1])], policy.access.memory))))
    return path[SETTLING_EPOCHS + 1 :]


def _targets(
    classes: Sequence[MemberClass], indices: Sequence[Sequence[Fraction]], policy: Policy
) -> Mapping[Tier, Fraction]:
    """Targets from the members' indices in the middle of their course."""
    middle = [Fraction(median(path)) for path in indices]
    return targets(
        {
            tier: [one for row, one in zip(classes, middle, strict=True) if row.tier is tier for _ in range(row.count)]
            for tier in Tier
        },
        policy,
    )


def _shares(levels: Sequence[Level]) -> dict[Level, Fraction]:
    return {step: Fraction(levels.count(step), len(levels)) for step in Level}
