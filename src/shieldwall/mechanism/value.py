"""The value of a judged case in points, V = S X P T R Q N D (mechanism 2.1; decisions 12 and 13).

Not here: what a point is worth (``price``), who earns it (``split``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from math import floor

from shieldwall.domain.cases import Evidence, Judged
from shieldwall.domain.contributions import Features
from shieldwall.domain.epochs import Factors, Valued
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.errors import MechanismError

PPM = 1_000_000


def value(judged: Judged, affected_tiers: Sequence[Tier], members: int, policy: Policy) -> Valued:
    """Value one judged case.

    Args:
        judged: The frozen case; its first contribution decides novelty and timeliness.
        affected_tiers: One tier for each affected member organisation; empty when no sighting says so.
        members: Number of member organisations in the alliance.

    Returns:
        Its factors and points; ``points`` is one floor of the product of the factors, in milli-points.
        The severity factor of an invalid case is 0, and so are its points.

    Raises:
        MechanismError: More organisations are affected than there are, or a figure is out of range.

    Source: mechanism 2.1; decisions 12 and 13.
    """
    verdict, evidence = judged.verdict, judged.evidence
    first = judged.filed[0].contribution
    in_time = [filed for filed in judged.filed if filed.contribution.accepted_at <= judged.judged_at]
    parts = frozenset[str]().union(*(filed.contribution.features.parts for filed in in_time))
    factors = Factors(
        severity=severity_points(verdict.severity) if verdict.valid else 0,
        exploitation=exploitation(evidence, policy),
        scope=scope(len(affected_tiers), members),
        tier=tier(affected_tiers, policy),
        specificity=specificity(verdict.root, policy),
        actionability=actionability(parts, policy),
        novelty=novelty(first.features, evidence, first.accepted_at, policy),
        timeliness=timeliness(first.features, evidence, first.accepted_at, policy),
    )
    product = (
        factors.severity
        * factors.exploitation
        * factors.scope
        * factors.tier
        * factors.specificity
        * factors.actionability
        * factors.novelty
        * factors.timeliness
    )
    return Valued(case=judged.case, opened_epoch=judged.opened_epoch, factors=factors, points=floor(product))


def severity_points(tenths: int) -> int:
    """Turn a severity c into milli-points, S = 40 * 2^((c - 9.5) / 2) points, rounded down; 0 for c = 0.

    Args:
        tenths: Severity in tenths, 0 to 100.

    Raises:
        MechanismError: The severity is outside 0 to 100.

    Source: mechanism 2.1, row S; decision 13.

    >>> [severity_points(tenths) for tenths in (95, 75, 55, 35, 0)]
    [40000, 20000, 10000, 5000, 0]
    """
    if not 0 <= tenths <= 100:
        raise MechanismError(f"severity {tenths} is outside 0 to 100 tenths")
    if tenths == 0:
        return 0
    # An integer's 20th power is at most a quotient exactly when it is at most the quotient's floor.
    return _root((40_000**20 << max(tenths - 95, 0)) >> max(95 - tenths, 0), 20)


def exploitation(evidence: Evidence, policy: Policy) -> Fraction:
    """Factor X: the greater of 1 + EPSS and, for a CVE listed as exploited, the policy's multiplier."""
    predicted = 1 + (evidence.epss or Fraction(0))
    return predicted if evidence.exploited_on is None else max(predicted, policy.value.exploited)


def scope(affected: int, members: int) -> Fraction:
    """Factor P: 1 + the share of member organisations affected, from 1 to 2.

    Raises:
        MechanismError: More are affected than there are.

    >>> scope(3, 12)
    Fraction(5, 4)
    """
    if not 0 <= affected <= members:
        raise MechanismError(f"{affected} of {members} organisations cannot be affected")
    return 1 + Fraction(affected, max(members, 1))


def tier(affected_tiers: Sequence[Tier], policy: Policy) -> Fraction:
    """Factor T: the highest multiplier among the tiers affected, 1 for none; never the reporter's tier."""
    return max((policy.value.tier[affected] for affected in affected_tiers), default=Fraction(1))


def specificity(root: bool, policy: Policy) -> Fraction:
    """Factor R: the policy's multiplier for a root cause, 1 for a specific instance."""
    return policy.value.root if root else Fraction(1)


def actionability(parts: Collection[str], policy: Policy) -> Fraction:
    """Factor Q: the policy's base and a step for each of evidence, context, detection and mitigation."""
    return policy.value.actionability_base + len(parts) * policy.value.actionability_step


def novelty(first: Features, evidence: Evidence, accepted_at: datetime, policy: Policy) -> Fraction:
    """Factor N: the share of the first contribution's observables that the alliance did not hold.

    Args:
        first: Features of the case's first contribution; 1 if it has no observables.
        evidence: At most ``policy.value.public_novelty`` if the CVE was listed on or before ``accepted_at``.

    Raises:
        MechanismError: More observables were known than there are.
    """
    held, total = first.known, len(first.observables)
    if not 0 <= held <= total:
        raise MechanismError(f"{held} of {total} observables cannot have been known")
    new = Fraction(total - held, total) if total else Fraction(1)
    return new if _age_days(evidence, accepted_at) is None else min(new, policy.value.public_novelty)


def timeliness(first: Features, evidence: Evidence, accepted_at: datetime, policy: Policy) -> Fraction:
    """Factor D: 1 - (t / tau)^(1 / delta), rounded down to parts per million, at least 0.

    Args:
        first: Features of the case's first contribution; its decay class gives tau and delta.
        evidence: t is the number of days from the day the CVE was listed as exploited; without that, or if
            it was listed after ``accepted_at``, D is 1.

    Source: mechanism 2.1, row D (the MISP polynomial decay); decision 13.
    """
    decay = policy.value.decay[first.decay]
    days = _age_days(evidence, accepted_at)
    if days is None:
        return Fraction(1)
    if days >= decay.days:
        return Fraction(0)
    # (t/tau)^(q/p) in ppm is the p-th root of 10^(6p) t^q / tau^q; rounded up, so that D is rounded down.
    p, q = decay.delta.numerator, decay.delta.denominator
    power = -(-(PPM**p * days**q) // decay.days**q)
    lost = _root(power - 1, p) + 1 if power else 0
    return Fraction(PPM - lost, PPM)


def _age_days(evidence: Evidence, accepted_at: datetime) -> int | None:
    """Days since the CVE was publicly listed as exploited, None if it was not by then."""
    if evidence.exploited_on is None:
        return None
    days = (accepted_at.astimezone(UTC).date() - evidence.exploited_on).days
    return days if days >= 0 else None


def _root(number: int, degree: int) -> int:
    """Floor of the ``degree``-th root of a non-negative integer, by Newton's method from above."""
    if number == 0:
        return 0
    guess = 1 << -(-number.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better
