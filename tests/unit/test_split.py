"""Who is paid for a case, and in which parts."""

from __future__ import annotations

import pytest
from rule_samples import POLICY, filed, judged, lookup, member, policy_with

from shieldwall.mechanism.split import counted, independent, split

MEMBERS = {
    "first": member("m1", "alpha"),
    "again": member("m2", "alpha"),
    "other": member("m3", "beta"),
    "other-later": member("m4", "beta"),
    "third": member("m5", "gamma"),
    "feed": member("m6", "delta", aggregator=True),
}


def corroborators(*contributions: tuple[str, int], judged_after: int = 1000) -> list[str]:
    case = judged(*(filed(name, hours) for name, hours in contributions), judged_after=judged_after)
    first, others = counted(case, lookup(MEMBERS))
    assert first.contribution.id == contributions[0][0]
    return [other.contribution.id for other in others]


def test_another_organisation_corroborates_and_the_same_one_does_not() -> None:
    assert corroborators(("first", 0), ("other", 1)) == ["other"]
    assert corroborators(("first", 0), ("again", 1)) == []


def test_only_the_earliest_contribution_of_an_organisation_counts() -> None:
    assert corroborators(("first", 0), ("other", 1), ("third", 2), ("other-later", 3)) == ["other", "third"]


def test_an_aggregator_never_corroborates_but_may_be_first() -> None:
    assert corroborators(("first", 0), ("feed", 1), ("third", 2)) == ["third"]
    assert corroborators(("feed", 0), ("third", 2)) == ["third"]


def test_only_what_was_accepted_up_to_the_verdict_corroborates() -> None:
    assert corroborators(("first", 0), ("other", 5), judged_after=5) == ["other"]
    assert corroborators(("first", 0), ("other", 6), judged_after=5) == []


def test_independence_can_be_asked_before_a_verdict() -> None:
    first, others = independent([filed("first"), filed("third", 9)], lookup(MEMBERS))
    assert (first.contribution.id, [other.contribution.id for other in others]) == ("first", ["third"])


def test_first_reporter_alone_takes_all() -> None:
    assert split(1_000_003, 0, POLICY) == (1_000_003,)


@pytest.mark.parametrize(
    ("first_reporter", "shares"),
    [("3/4", (8333, 833, 833)), ("1", (10_000, 0, 0)), ("0", (3333, 3333, 3333))],
)
def test_lambda_leads_from_equal_parts_to_first_takes_all(first_reporter: str, shares: tuple[int, ...]) -> None:
    policy = policy_with(('first_reporter = "3/4"', f'first_reporter = "{first_reporter}"'))
    assert split(10_000, 2, policy) == shares
