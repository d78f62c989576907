"""Reciprocity: how much of the pool a member's own contributions open to it, and how soon (mechanism 2.7).

Not here: the release rows that follow from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median

from shieldwall.domain.access import Level
from shieldwall.domain.cases import Evidence, Verdict
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.stix.markings import Tlp


def index(points: Sequence[int], memory: Fraction) -> Fraction:
    """Sum a member's points over the closed epochs, each weighing ``memory`` times the one after it.

    Args:
        points: Milli-points per closed epoch, newest first.

    Returns:
        Contribution index in milli-points.

    Source: mechanism 2.7, C_i before its division by the target.

    >>> index([1000, 400], Fraction(1, 2))
    Fraction(1200, 1)
    """
    total = Fraction(0)
    for earned in reversed(points):
        total = total * memory + earned
    return total


def targets(indices: Mapping[Tier, Collection[Fraction]], policy: Policy) -> dict[Tier, Fraction]:
    """Set each tier's target: a share of the median index of its members, at least the policy's floor.

    Args:
        indices: The members' contribution indices by tier, in milli-points.

    Returns:
        Milli-points for every tier.
    """
    rules = policy.access
    medians = {tier: median(indices[tier]) if indices.get(tier) else Fraction(0) for tier in Tier}
    return {tier: max(Fraction(rules.floor), rules.target_share * medians[tier]) for tier in Tier}


def level(index: Fraction, target: Fraction, epochs: int, policy: Policy) -> Level:
    """Choose a member's access level: the highest whose share of the target its index reaches.

    Args:
        index: The member's contribution index, in milli-points.
        target: The target of its tier, in milli-points.
        epochs: Epochs closed since it joined; full access during the first ``grace_epochs`` of them.
    """
    if epochs < policy.access.grace_epochs:
        return Level.FULL
    return [step for step in Level if index >= policy.access.levels[step].index * target][-1]


def critical(verdict: Verdict, evidence: Evidence, policy: Policy) -> bool:
    """Whether a case reaches everybody at once: valid, and severe enough or listed as exploited."""
    severe = verdict.severity >= policy.access.critical_severity
    return verdict.valid and (severe or evidence.exploited_on is not None)


def reach(now: datetime, level: Level, policy: Policy) -> tuple[datetime, Tlp]:
    """Say what has reached a level by now.

    Returns:
        The time up to which releases have arrived, which those of critical cases do not wait for, and the
        strictest marking that arrives at all, critical or not.
    """
    rules = policy.access.levels[level]
    return now - timedelta(hours=rules.delay_hours), rules.tlp
