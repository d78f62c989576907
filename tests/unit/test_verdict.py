"""What ballots add up to, and what stands in for them."""

from __future__ import annotations

from datetime import date

import pytest
from rule_samples import POLICY, features, policy_with

from shieldwall.domain.cases import Ballot, Evidence, Method, Verdict
from shieldwall.errors import MechanismError
from shieldwall.panel.verdict import automatic, by_ballots, lower_median

EXPLOITED = Evidence(exploited_on=date(2026, 1, 1), cvss=98)


def ballots(*opinions: tuple[bool, int, bool]) -> list[Ballot]:
    return [Ballot(*opinion) for opinion in opinions]


def test_an_even_number_takes_the_lower_median() -> None:
    assert lower_median([40]) == 40
    assert lower_median([90, 10]) == 10
    assert lower_median([10, 90, 40, 60]) == 40
    assert lower_median([10, 90, 40, 60, 70]) == 60


def test_no_ballot_is_refused() -> None:
    with pytest.raises(MechanismError):
        by_ballots([])


def test_ballots_give_median_and_majorities() -> None:
    assert by_ballots(ballots((True, 90, True), (True, 50, True), (False, 0, False))) == Verdict(
        valid=True, severity=50, root=True, method=Method.BALLOTS, ballots=3
    )


def test_a_tie_is_no_majority() -> None:
    tied = ballots((True, 90, True), (True, 80, False), (False, 0, True), (False, 10, False))
    found = by_ballots(tied)
    assert (found.valid, found.root, found.severity) == (False, False, 10)
    assert by_ballots([*tied, Ballot(valid=True, severity=50, root=True)]).valid


def test_a_listed_cve_skips_the_ballots_with_its_cvss() -> None:
    assert automatic([features(impact=50)], 0, EXPLOITED, POLICY) == Verdict(
        valid=True, severity=98, root=False, method=Method.EXPLOITED, ballots=0
    )
    off = policy_with(("exploited = true", "exploited = false"))
    assert automatic([features()], 0, EXPLOITED, off) is None


def test_two_corroborators_skip_the_ballots_with_the_highest_impact() -> None:
    filed = [features(impact=25), features(impact=70), features(impact=50)]
    assert automatic(filed, 2, Evidence(), POLICY) == Verdict(
        valid=True, severity=70, root=False, method=Method.CORROBORATED, ballots=0
    )
    assert automatic(filed, 1, Evidence(), POLICY) is None


def test_zero_corroborators_in_the_policy_switch_the_criterion_off() -> None:
    off = policy_with(("\ncorroborators = 2", "\ncorroborators = 0"))
    assert automatic([features()], 9, Evidence(), off) is None
    assert automatic([features()], 9, Evidence(), POLICY) is not None
