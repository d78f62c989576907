"""The least that the mechanism pays a member whoever else shares: a bound over all sets of sharers, without a run.

Pay is not monotone in who shares: it may be lower under a part of the members than under all and than alone. Not here:
what it is when all share (``year``).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from shieldwall.domain.amounts import MILLI
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.members import MemberClass
from shieldwall.economics.certify.year import DAYS_A_YEAR, SETTLING_EPOCHS
from shieldwall.mechanism.split import split


def least_rewards(classes: Sequence[MemberClass], points: Sequence[int], policy: Policy) -> tuple[Fraction, ...]:
    """Bound a member's pay from below over every set of sharers it is in, by class.

    A case is paid its points at the least price, or its part of an epoch's budget where the cut binds. Whatever is
    corroborated of a class counts as wholly corroborated, and nothing is earned as a corroborator.

    Args:
        points: Milli-points of one contribution, by class.

    Returns:
        Micro-credits a year. Source: docs/theory/certificate.md, "Pay".
    """
    price = _least_price(classes, points, policy)
    most = _most_points(classes, points, policy, 1)
    rewards = []
    for row, worth in zip(classes, points, strict=True):
        paid = min(price * worth // MILLI, policy.epoch.budget * worth // most) if most else 0
        rewards.append(row.contributions * (split(paid, 1, policy)[0] if row.corroborated else paid))
    return tuple(rewards)


def _least_price(classes: Sequence[MemberClass], points: Sequence[int], policy: Policy) -> int:
    """Least posted price once the run has settled, in micro-credits per point.

    `next_post` rises with the money, with the price before and as points fall. The money is at least the budget, and
    the points of a full memory at most those of everybody; the first price, which an idle memory brings back, bounds
    what the recursion from the bottom of the band climbs to.
    """
    rules = policy.price
    lowest = ceil(rules.initial_post / rules.band)
    most = _most_points(classes, points, policy, rules.memory_epochs)
    aim = rules.share * policy.epoch.budget * MILLI * rules.memory_epochs / most if most else rules.initial_post
    price = lowest
    for _ in range(SETTLING_EPOCHS - rules.memory_epochs):
        price = max(lowest, floor(min(aim, price * rules.step, rules.initial_post)))
    return price


def _most_points(classes: Sequence[MemberClass], points: Sequence[int], policy: Policy, epochs: int) -> int:
    """Most milli-points that arrive evenly in so many epochs."""
    years = Fraction(epochs * policy.epoch.days, DAYS_A_YEAR)
    return sum(ceil(row.count * row.contributions * years) * worth for row, worth in zip(classes, points, strict=True))
