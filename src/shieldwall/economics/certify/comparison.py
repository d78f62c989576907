"""After some epochs: what a certificate predicted beside what the members did, and the estimates anew.

A prediction holds if the measured figure is on the right side of the predicted one, or off by no more than the margin
of the certificate: within that margin honest sharing is still an equilibrium. Not here: reading the books
(``services.behaviour``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

from shieldwall.domain.access import Level
from shieldwall.domain.amounts import MICRO
from shieldwall.domain.behaviour import Behaviour, CaseFigures, MemberFigures
from shieldwall.domain.certificates import Certificate
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.certificate import PPM, certify
from shieldwall.economics.certify.exclusion import MARKING, worth_after
from shieldwall.economics.certify.members import COLUMNS, MOST_CONTRIBUTIONS, RAREST, MemberClass, MembersFile
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
        silent: Members without an accepted contribution in all that time.
        exclusion: What such a member loses at its present level; for want of one, at the lowest level.
    """

    years: Fraction
    contributions: int
    paid: int
    silent: tuple[MemberFigures, ...]
    exclusion: Fraction

    @property
    def pay(self) -> Fraction:
        """Micro-credits per contribution."""
        return Fraction(self.paid, self.contributions)


def compare(behaviour: Behaviour, policy: Policy, prediction: Certificate | None, grant: int = 0) -> dict[str, object]:
    """Compare a certificate with the epochs that were closed, whatever policies they were closed under.

    Args:
        behaviour: The books.
        policy: The policy whose access rules and re-certification are shown.
        prediction: What was predicted; None where nothing was.
        grant: As in `certify`.

    Returns:
        A JSON document of integers and texts.

    Raises:
        InvalidInput: If no epoch with a paid contribution is closed yet.
    """
    measured = _measure(behaviour, policy)
    checks = _checks(behaviour, measured, prediction) if prediction is not None else []
    return {
        "policy": policy.hash,
        "certificate": prediction.hash if prediction is not None else None,
        "epochs": [_epoch(behaviour, place) for place in range(len(behaviour.epochs))],
        "members": [_member(member) for member in behaviour.members],
        "measured": _figures(behaviour, measured),
        "predictions": checks,
        "failed": [check["what"] for check in checks if check["held"] is False],
        "estimates": _estimates(behaviour, measured, policy, prediction, grant),
    }


def rows_of(certificate: Certificate) -> MembersFile:
    """The estimates that a certificate was computed from.

    Raises:
        InvalidInput: If its rows cannot be read, which no certificate of ours brings about.
    """
    rows: list[dict[str, Any]] = certificate.document["members"]  # type: ignore[assignment]
    try:
        classes = tuple(
            MemberClass(
                name=row["name"],
                tier=Tier(row["tier"]),
                count=row["count"],
                contributions=Fraction(row["contributions"]),
                severity=row["severity_tenths"],
                benefit=Fraction(row["benefit_credits"]) * MICRO,
                risk=Fraction(row["risk_credits"]) * MICRO,
                fee=row["fee_micro_credits"],
                corroborated=Fraction(row["corroborated"]),
                root=row["root"],
                parts=row["parts"],
                decay=row["decay"],
            )
            for row in rows
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("certificate.members", str(error), "the rows that `shieldwall certify` writes") from error
    return MembersFile(certificate.members_file, COLUMNS, classes)


def _measure(behaviour: Behaviour, policy: Policy) -> Measured:
    cases = _cases(behaviour)
    contributions = sum(case.contributions for case in cases)
    length = sum((epoch.length for epoch in behaviour.epochs), timedelta())
    if not contributions or not length:
        seen = f"{len(behaviour.epochs)} closed epochs, {contributions} paid contributions"
        raise InvalidInput(
            "ledger", seen, "a closed epoch with a paid contribution", "Compare after some `shieldwall epoch close`"
        )
    silent = tuple(member for member in behaviour.members if not any(points for points in member.points))
    levels = [member.level for member in silent] or [Level.BASIC]
    kept = sum((_retained(cases, level, policy) for level in levels), Fraction()) / len(levels)
    return Measured(
        years=Fraction(length // _INSTANT, _YEAR),
        contributions=contributions,
        paid=sum(epoch.paid for epoch in behaviour.epochs),
        silent=silent,
        exclusion=1 - kept,
    )


def _cases(behaviour: Behaviour) -> list[CaseFigures]:
    return [case for epoch in behaviour.epochs for case in epoch.cases]


def _retained(cases: Sequence[CaseFigures], level: Level, policy: Policy) -> Fraction:
    """What reaches a level of the cases there were, by their own severities."""
    arrived_by, tlp = reach(NOON, level, policy)
    if tlp < MARKING:
        return Fraction(0)
    late = worth_after(NOON - arrived_by, "network", policy)
    at_once = Fraction(sum(case.critical for case in cases), len(cases))
    return at_once + (1 - at_once) * late


def _epoch(behaviour: Behaviour, place: int) -> Mapping[str, object]:
    epoch = behaviour.epochs[place]
    present = [member for member in behaviour.members if member.points[place] is not None]
    sharing = sum(bool(member.points[place]) for member in present)
    return {
        "epoch": epoch.number,
        "policy": epoch.policy,
        "members": len(present),
        "sharing": sharing,
        "contributions": sum(case.contributions for case in epoch.cases),
        "points_milli": epoch.points,
        "paid_micro_credits": epoch.paid,
        "money_micro_credits": epoch.money,
    }


def _member(member: MemberFigures) -> Mapping[str, object]:
    return {
        "name": member.name,
        "tier": member.tier.value,
        "level": member.level.value,
        "shared": [None if points is None else bool(points) for points in member.points],
        "points_milli": sum(points or 0 for points in member.points),
        "paid_micro_credits": sum(paid or 0 for paid in member.paid),
    }


def _figures(behaviour: Behaviour, measured: Measured) -> Mapping[str, object]:
    points = sorted(sum(one or 0 for one in member.points) for member in behaviour.members)
    total = max(sum(points), 1)
    return {
        "days": floor(measured.years * DAYS_A_YEAR),
        "contributions": measured.contributions,
        "paid_micro_credits": measured.paid,
        "pay_per_contribution_micro_credits": floor(measured.pay),
        "silent_members": [member.name for member in measured.silent],
        "free_riders_ppm": PPM * len(measured.silent) // max(len(behaviour.members), 1),
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


def _checks(behaviour: Behaviour, measured: Measured, prediction: Certificate) -> list[Mapping[str, object]]:
    document: Mapping[str, Any] = prediction.document
    rows = rows_of(prediction).classes
    margin = document["sharing"]["margins_per_mille"]["strict"] or 0
    rewards = [one["reward_micro_credits"] for one in document["game"]["classes"]]
    knowledge = sum(row.count * row.contributions for row in rows)
    paid = sum(row.count * reward for row, reward in zip(rows, rewards, strict=True))
    # Whoever was expected to contribute less than once cannot be told from one who keeps its knowledge.
    expected = {tier: min(row.contributions for row in rows if row.tier is tier) for tier in {row.tier for row in rows}}
    silent = [member for member in measured.silent if expected.get(member.tier, Fraction(0)) * measured.years >= 1]
    people = sum(row.count for row in rows)
    checks = [
        _none("members that keep their knowledge", len(silent)),
        _at_least("members", "count", people, Fraction(len(behaviour.members)), 0),
        _at_least("contributions a year", "count", knowledge, measured.contributions / measured.years, margin),
        _at_least("pay per contribution", "micro_credits", paid / knowledge, measured.pay, margin),
        _at_least("exclusion", "ppm", document["game"]["exclusion_ppm"], measured.exclusion * PPM, margin),
    ]
    for tier in Tier:
        of_tier = [member for member in behaviour.members if member.tier is tier]
        of_class = [(row.count, reward) for row, reward in zip(rows, rewards, strict=True) if row.tier is tier]
        if of_tier and of_class:
            mean = Fraction(sum(many * reward for many, reward in of_class), sum(many for many, _ in of_class))
            earned = sum(sum(one or 0 for one in member.paid) for member in of_tier) / measured.years / len(of_tier)
            checks.append(_at_least(f"pay a year to a {tier.value} member", "micro_credits", mean, earned, margin))
    over = sum(epoch.paid > epoch.money for epoch in behaviour.epochs)
    return [*checks, _none("epochs that pay more than their money", over)]


def _none(what: str, measured: int) -> Mapping[str, object]:
    return {"what": what, "unit": "count", "predicted": 0, "at_least": None, "measured": measured, "held": not measured}


def _at_least(what: str, unit: str, predicted: Fraction | int, measured: Fraction, margin: int) -> Mapping[str, object]:
    least = Fraction(predicted) * (1 - Fraction(margin, 1000))
    return {
        "what": what,
        "unit": unit,
        "predicted": floor(predicted),
        "at_least": ceil(least),
        "measured": floor(measured),
        "held": measured >= least,
    }


def _estimates(
    behaviour: Behaviour, measured: Measured, policy: Policy, prediction: Certificate | None, grant: int
) -> Mapping[str, object]:
    """The estimates as the books suggest them, and what a certificate computed from them would say."""
    cases = _cases(behaviour)
    severity = Fraction(sum(case.severity for case in cases), len(cases))
    corroborated = Fraction(sum(case.contributions > 1 for case in cases), len(cases))
    yearly = measured.contributions / measured.years
    estimates: dict[str, object] = {
        "contributions_a_year": floor(yearly),
        "severity_tenths": round(severity),
        "corroborated_ppm": floor(corroborated * PPM),
        "critical_ppm": PPM * sum(case.critical for case in cases) // len(cases),
        "points_a_year_milli_by_tier": _points_by_tier(behaviour, measured),
    }
    if prediction is not None and yearly <= MOST_CONTRIBUTIONS:
        again = certify(policy, _estimated(rows_of(prediction), yearly, severity, corroborated), grant)
        estimates["certified"] = again.certified
        estimates["reasons"] = list(again.reasons)
        estimates["sharing"] = again.document["sharing"]
    return estimates


def _points_by_tier(behaviour: Behaviour, measured: Measured) -> Mapping[str, int]:
    """Milli-points a year of one member of each tier."""
    points = {}
    for tier in Tier:
        of_tier = [member for member in behaviour.members if member.tier is tier]
        if of_tier:
            total = sum(sum(one or 0 for one in member.points) for member in of_tier)
            points[tier.value] = floor(total / measured.years / len(of_tier))
    return points


def _estimated(members: MembersFile, yearly: Fraction, severity: Fraction, corroborated: Fraction) -> MembersFile:
    """The same members, their contributions scaled and their severities shifted to the measured means."""
    before = sum(row.count * row.contributions for row in members.classes)
    mean = sum(row.count * row.contributions * row.severity for row in members.classes) / before
    scale, shift = Fraction(yearly) / before, round(severity - mean)
    return replace(
        members,
        classes=tuple(
            replace(
                row,
                contributions=max(row.contributions * scale, RAREST),
                severity=min(max(row.severity + shift, 0), 100),
                corroborated=corroborated,
            )
            for row in members.classes
        ),
    )
