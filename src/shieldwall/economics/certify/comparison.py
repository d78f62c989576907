"""After some epochs: what a certificate predicted beside what the members did, and the estimates anew.

A prediction holds if the measured figure is on the right side of the predicted one, or off by no more than the
certificate's margin of ``strict``. Not here: what is measured (``measuring``), and reading the books
(``services.behaviour``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from shieldwall.domain.behaviour import Behaviour, MemberFigures
from shieldwall.domain.certificates import Certificate
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.again import rows_of
from shieldwall.economics.certify.certificate import PPM, certify
from shieldwall.economics.certify.measuring import Measured, cases_of, figures, mean_a_year, measure, years_inside
from shieldwall.economics.certify.members import MOST_CONTRIBUTIONS, RAREST, MembersFile


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
    measured = measure(behaviour, policy)
    checks = _checks(behaviour, measured, prediction) if prediction is not None else []
    return {
        "policy": policy.hash,
        "certificate": prediction.hash if prediction is not None else None,
        "epochs": [_epoch(behaviour, place) for place in range(len(behaviour.epochs))],
        "members": [_member(member) for member in behaviour.members],
        "measured": figures(behaviour, measured),
        "predictions": checks,
        "failed": [check["what"] for check in checks if check["held"] is False],
        "estimates": _estimates(behaviour, measured, policy, prediction, grant),
    }


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


def _checks(behaviour: Behaviour, measured: Measured, prediction: Certificate) -> list[Mapping[str, object]]:
    document: Mapping[str, Any] = prediction.document
    rows = rows_of(prediction).classes
    margin = document["sharing"]["margins_per_mille"]["strict"] or 0
    rewards = [one["reward_micro_credits"] for one in document["game"]["classes"]]
    knowledge = sum(row.count * row.contributions for row in rows)
    paid = sum(row.count * reward for row, reward in zip(rows, rewards, strict=True))
    # Whoever was expected to contribute less than once cannot be told from one who keeps its knowledge.
    expected = {tier: min(row.contributions for row in rows if row.tier is tier) for tier in {row.tier for row in rows}}
    silent = [
        member
        for member in measured.free_riders
        if expected.get(member.tier, Fraction(0)) * years_inside(behaviour, member) >= 1
    ]
    people = sum(row.count for row in rows)
    checks = [
        _none("members that keep their knowledge", len(silent)),
        _at_least("members", "count", people, Fraction(len(behaviour.members)), 0),
        _at_least("contributions a year", "count", knowledge, measured.contributions / measured.years, margin),
        _at_least("pay per contribution", "micro_credits", paid / knowledge, measured.pay, margin),
        _at_least("exclusion", "ppm", document["game"]["exclusion_ppm"], measured.exclusion * PPM, margin),
    ]
    for tier in Tier:
        of_class = [(row.count, reward) for row, reward in zip(rows, rewards, strict=True) if row.tier is tier]
        earned = mean_a_year(behaviour, tier, "paid")
        if of_class and earned is not None:
            mean = Fraction(sum(many * reward for many, reward in of_class), sum(many for many, _ in of_class))
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
    cases = cases_of(behaviour)
    severity = Fraction(sum(case.severity for case in cases), len(cases))
    corroborated = Fraction(sum(case.contributions > 1 for case in cases), len(cases))
    yearly = measured.contributions / measured.years
    estimates: dict[str, object] = {
        "contributions_a_year": floor(yearly),
        "severity_tenths": round(severity),
        "corroborated_ppm": floor(corroborated * PPM),
        "critical_ppm": PPM * sum(case.critical for case in cases) // len(cases),
        "points_a_year_milli_by_tier": {
            tier.value: floor(points) for tier in Tier if (points := mean_a_year(behaviour, tier, "points")) is not None
        },
    }
    if prediction is not None and yearly <= MOST_CONTRIBUTIONS:
        again = certify(policy, _estimated(rows_of(prediction), yearly, severity, corroborated), grant)
        estimates["certified"] = again.certified
        estimates["reasons"] = list(again.reasons)
        estimates["sharing"] = again.document["sharing"]
    return estimates


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
