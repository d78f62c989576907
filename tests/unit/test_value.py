"""The factors of a case's value, each against its published formula."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

import pytest
from rule_samples import POLICY, START, features, filed, judged, policy_with, verdict

from shieldwall.domain.cases import Evidence
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import DECAY_CLASSES
from shieldwall.errors import MechanismError
from shieldwall.mechanism.value import (
    actionability,
    exploitation,
    novelty,
    scope,
    severity_points,
    specificity,
    tier,
    timeliness,
    value,
)


def listed(days_before: int, epss: Fraction | None = None) -> Evidence:
    return Evidence(exploited_on=START.date() - timedelta(days=days_before), epss=epss)


def test_severity_ladder_is_the_published_one() -> None:
    assert [severity_points(tenths) for tenths in (95, 75, 55, 35)] == [40_000, 20_000, 10_000, 5_000]


def test_severity_agrees_with_a_high_precision_oracle_at_every_step() -> None:
    with localcontext() as context:
        context.prec = 60
        for tenths in range(1, 101):
            exact = 40_000 * Decimal(2) ** (Decimal(tenths - 95) / 20)
            assert severity_points(tenths) == floor(exact + Decimal("1e-40")), tenths


def test_no_severity_is_worth_nothing() -> None:
    assert severity_points(0) == 0


@pytest.mark.parametrize("tenths", [-1, 101])
def test_severity_outside_the_scale_is_refused(tenths: int) -> None:
    with pytest.raises(MechanismError, match=str(tenths)):
        severity_points(tenths)


def test_exploitation_is_the_greater_of_prediction_and_listing() -> None:
    assert exploitation(Evidence(), POLICY) == 1
    assert exploitation(Evidence(epss=Fraction(3, 10)), POLICY) == Fraction(13, 10)
    assert exploitation(listed(0, Fraction(3, 10)), POLICY) == 2
    weak = policy_with(('exploited = "2"', 'exploited = "1.1"'))
    assert exploitation(listed(0, Fraction(3, 10)), weak) == Fraction(13, 10)


def test_scope_is_one_plus_the_share_affected() -> None:
    assert scope(0, 0) == 1
    assert scope(3, 12) == Fraction(5, 4)
    assert scope(12, 12) == 2


def test_more_affected_than_there_are_is_refused() -> None:
    with pytest.raises(MechanismError, match="13 of 12"):
        scope(13, 12)


def test_tier_is_the_highest_affected_and_one_for_none() -> None:
    assert tier((), POLICY) == 1
    assert tier((Tier.SMALL, Tier.CRITICAL, Tier.CORE), POLICY) == 2


def test_a_root_cause_counts_double() -> None:
    assert specificity(True, POLICY) == 2
    assert specificity(False, POLICY) == 1


def test_actionability_rises_by_a_quarter_a_part() -> None:
    assert actionability((), POLICY) == Fraction(1, 2)
    assert actionability({"evidence", "context", "detection", "mitigation"}, POLICY) == Fraction(3, 2)


def test_novelty_is_the_share_of_new_observables() -> None:
    assert novelty(features("abcd", known=1), Evidence(), START, POLICY) == Fraction(3, 4)
    assert novelty(features(()), Evidence(), START, POLICY) == 1


def test_novelty_of_what_was_already_public_is_capped() -> None:
    assert novelty(features(()), listed(0), START, POLICY) == Fraction(1, 4)
    assert novelty(features("abcdefgh", known=7), listed(9), START, POLICY) == Fraction(1, 8)
    assert novelty(features(()), listed(-1), START, POLICY) == 1


def test_more_known_than_there_are_is_refused() -> None:
    with pytest.raises(MechanismError, match="5 of 4"):
        novelty(features("abcd", known=5), Evidence(), START, POLICY)


@pytest.mark.parametrize("decay", DECAY_CLASSES)
def test_timeliness_agrees_with_a_high_precision_oracle_every_day(decay: str) -> None:
    rules = POLICY.value.decay[decay]
    with localcontext() as context:
        context.prec = 60
        exponent = Decimal(rules.delta.denominator) / Decimal(rules.delta.numerator)
        for days in range(1, rules.days):
            exact = 1 - (Decimal(days) / Decimal(rules.days)) ** exponent
            # A day whose root is a whole number of parts per million may come out a hair below it.
            expected = floor(exact * 10**6 + Decimal("1e-40"))
            assert timeliness(features(decay=decay), listed(days), START, POLICY) == Fraction(expected, 10**6)


def test_timeliness_is_one_without_dated_evidence_and_nothing_when_too_late() -> None:
    for evidence in (Evidence(), listed(0), listed(-30)):
        assert timeliness(features(), evidence, START, POLICY) == 1
    assert timeliness(features(), listed(120), START, POLICY) == 0
    assert timeliness(features(), listed(119), START, POLICY) > 0


def test_points_are_one_floor_of_the_whole_product() -> None:
    found = value(
        judged(
            filed("first", of=features("abc", known=1, parts=["evidence"])),
            filed("second", 5, features(parts=["mitigation"])),
            found=verdict(63, root=True),
            evidence=Evidence(epss=Fraction(1, 3)),
        ),
        [Tier.CORE, Tier.SMALL],
        7,
        POLICY,
    )
    # S 13195, X 4/3, P 9/7, T 3/2, R 2, Q 1, N 2/3, D 1
    assert found.factors.severity == 13_195
    assert found.points == floor(Fraction(13_195 * 4 * 9 * 3 * 2 * 2, 3 * 7 * 2 * 3))


def test_public_and_late_evidence_reaches_the_points() -> None:
    found = value(judged(found=verdict(95), evidence=listed(30)), (), 5, POLICY)
    # S 40, X 2, Q 1, N 1/4, D 1 - (30/120)^(1/2)
    assert found.points == 40_000 * 2 // 4 // 2


def test_parts_that_came_after_the_verdict_do_not_count() -> None:
    first = filed("first", of=features(parts=["evidence"]))
    on_time = filed("second", 10, features(parts=["mitigation"]))
    assert value(judged(first, on_time, judged_after=10), (), 5, POLICY).factors.actionability == 1
    assert value(judged(first, on_time, judged_after=9), (), 5, POLICY).factors.actionability == Fraction(3, 4)


def test_an_invalid_case_has_no_points() -> None:
    assert value(judged(found=verdict(90, valid=True)), (), 5, POLICY).points > 0
    assert value(judged(found=verdict(90, valid=False)), (), 5, POLICY).points == 0
