"""Access levels and delays."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from rule_samples import POLICY, START, verdict

from shieldwall.domain.access import Level
from shieldwall.domain.cases import Evidence
from shieldwall.domain.members import Tier
from shieldwall.mechanism.access import critical, index, level, reach, targets
from shieldwall.stix.markings import Tlp

MEMORY = POLICY.access.memory


def test_index_forgets_a_little_each_epoch() -> None:
    assert index([], MEMORY) == 0
    assert index([0, 0, 1000], MEMORY) == 1000 * MEMORY**2
    assert index([7, 5, 3], MEMORY) == 7 + 5 * MEMORY + 3 * MEMORY**2


def test_index_can_be_carried_from_epoch_to_epoch() -> None:
    assert index([7, index([5, 3], MEMORY).numerator], Fraction(0)) == 7
    assert index([7, 5, 3], MEMORY) == 7 + MEMORY * index([5, 3], MEMORY)


def test_target_is_half_the_median_of_the_tier_but_at_least_the_floor() -> None:
    found = targets({Tier.CORE: [Fraction(90_000), Fraction(0), Fraction(40_000)], Tier.SMALL: [Fraction(100)]}, POLICY)
    assert found == {Tier.CORE: 20_000, Tier.SMALL: 5_000, Tier.CRITICAL: 5_000}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (0, Level.BASIC),
        (2_499, Level.BASIC),
        (2_500, Level.PARTIAL),
        (9_999, Level.PARTIAL),
        (10_000, Level.FULL),
    ],
)
def test_level_follows_the_share_of_the_target(points: int, expected: Level) -> None:
    assert level(Fraction(points), Fraction(10_000), 3, POLICY) is expected


def test_a_new_member_has_full_access_during_grace_and_not_after() -> None:
    assert [level(Fraction(0), Fraction(1), epochs, POLICY) for epochs in (0, 2, 3)] == [
        Level.FULL,
        Level.FULL,
        Level.BASIC,
    ]


def test_a_case_is_critical_when_severe_or_exploited_and_never_when_invalid() -> None:
    exploited = Evidence(exploited_on=date(2026, 1, 1))
    assert critical(verdict(90), Evidence(), POLICY)
    assert not critical(verdict(89), Evidence(), POLICY)
    assert critical(verdict(10), exploited, POLICY)
    assert not critical(verdict(100, valid=False), exploited, POLICY)


def test_lower_levels_wait_longer() -> None:
    arrived = [reach(START, step, POLICY)[0] for step in Level]
    assert arrived == [START - timedelta(days=14), START - timedelta(hours=48), START]


def test_the_lowest_level_alone_receives_nothing_above_amber_and_none_receives_red() -> None:
    assert [reach(START, step, POLICY)[1] for step in Level] == [Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.AMBER_STRICT]
