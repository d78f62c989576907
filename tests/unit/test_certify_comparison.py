"""Prediction against behaviour: what the books bear out holds, what they do not is named, and estimates follow them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from rule_samples import POLICY

from shieldwall.domain.access import Level
from shieldwall.domain.behaviour import Behaviour, CaseFigures, EpochFigures, MemberFigures
from shieldwall.domain.members import Tier
from shieldwall.economics.certify import certify, read_members
from shieldwall.economics.certify.comparison import compare
from shieldwall.economics.certify.measuring import gini, mean_a_year, years_inside
from shieldwall.errors import InvalidInput

MEMBERS = read_members(
    "name,tier,count,contributions,severity,benefit,risk,fee\n"
    "Alder,core,1,13,7.5,100,40,4500\nBirch,core,1,13,7.5,100,40,4500\nCedar,core,1,13,7.5,100,40,4500\n"
)
PREDICTION = certify(POLICY, MEMBERS)
LENGTH = timedelta(days=365) / 13


def books(*, silent: bool = False, pay: int = 300_000_000, level: Level = Level.FULL) -> Behaviour:
    """Thirteen epochs, one contribution a member and epoch; ``silent``: Cedar keeps its knowledge."""
    sharing = 2 if silent else 3
    case = CaseFigures(severity=75, critical=False, contributions=1)
    epoch = EpochFigures(1, LENGTH, 1_000_000_000, pay * sharing, 15_000 * sharing, POLICY.hash, (case,) * sharing)
    active, idle = ((15_000,) * 13, (pay,) * 13), ((0,) * 13, (0,) * 13)
    return Behaviour(
        epochs=tuple(replace(epoch, number=number) for number in range(1, 14)),
        members=(
            MemberFigures("Alder", Tier.CORE, Level.FULL, *active),
            MemberFigures("Birch", Tier.CORE, Level.FULL, *active),
            MemberFigures("Cedar", Tier.CORE, level, *(idle if silent else active)),
        ),
    )


def held(found: dict[str, object]) -> dict[str, bool]:
    checks: Any = found["predictions"]
    return {check["what"]: check["held"] for check in checks}


def test_the_prediction_was_positive() -> None:
    assert PREDICTION.certified


def test_members_who_all_share_and_are_paid_as_predicted_bear_everything_out() -> None:
    found = compare(books(), POLICY, PREDICTION)
    assert found["failed"] == []
    assert all(held(found).values())
    measured: Any = found["measured"]
    assert measured["free_riders_ppm"] == 0
    assert measured["exclusion_ppm"] == 341_566
    assert measured["gini_of_points_ppm"] == 0
    estimates: Any = found["estimates"]
    assert estimates["contributions_a_year"] == 39
    assert estimates["severity_tenths"] == 75
    assert estimates["certified"] is True


def test_a_member_that_keeps_its_knowledge_is_counted_and_what_it_really_loses() -> None:
    found = compare(books(silent=True, level=Level.FULL), POLICY, PREDICTION)
    assert held(found)["members that keep their knowledge"] is False
    assert held(found)["exclusion"] is False  # its access is still full, though its grace epochs are over
    measured: Any = found["measured"]
    assert measured["free_riders"] == ["Cedar"]
    assert measured["free_riders_ppm"] == 333_333
    assert measured["exclusion_ppm"] == 0
    members: Any = found["members"]
    assert members[2]["shared"] == [False] * 13
    at_basic = compare(books(silent=True, level=Level.BASIC), POLICY, PREDICTION)
    assert held(at_basic)["exclusion"] is True


def test_pay_below_what_the_margin_allows_fails() -> None:
    found = compare(books(pay=1_000_000), POLICY, PREDICTION)
    assert held(found)["pay per contribution"] is False
    assert held(found)["pay a year to a core member"] is False
    assert "pay per contribution" in found["failed"]  # type: ignore[operator]


def test_an_epoch_that_pays_more_than_its_money_is_named() -> None:
    whole = books()
    spent = replace(whole, epochs=(replace(whole.epochs[0], money=1), *whole.epochs[1:]))
    assert held(compare(spent, POLICY, PREDICTION))["epochs that pay more than their money"] is False


def test_without_a_prediction_the_measures_stand_alone() -> None:
    found = compare(books(), POLICY, None)
    assert found["predictions"] == []
    assert found["certificate"] is None
    assert "certified" not in found["estimates"]  # type: ignore[operator]


def cut(whole: Behaviour, epochs: int, days: int = 28) -> Behaviour:
    """The first epochs only, of so many days each."""
    return Behaviour(
        epochs=tuple(replace(one, length=timedelta(days=days)) for one in whole.epochs[:epochs]),
        members=tuple(replace(one, points=one.points[:epochs], paid=one.paid[:epochs]) for one in whole.members),
    )


def test_a_member_expected_to_contribute_less_than_once_so_far_is_not_called_a_deviator() -> None:
    whole = books(silent=True)
    assert held(compare(cut(whole, 3, days=9), POLICY, PREDICTION))["members that keep their knowledge"] is True
    assert held(compare(cut(whole, 3, days=10), POLICY, PREDICTION))["members that keep their knowledge"] is False


def test_full_access_in_the_grace_epochs_fails_no_prediction() -> None:
    whole = books(silent=True)
    for epochs in (1, 2):
        found = compare(cut(whole, epochs), POLICY, PREDICTION)
        assert held(found)["exclusion"] is True
        assert held(found)["members that keep their knowledge"] is True
        assert found["measured"]["free_riders"] == []  # type: ignore[index]
    assert POLICY.access.grace_epochs == 3
    past = compare(cut(whole, 3), POLICY, PREDICTION)
    assert held(past)["exclusion"] is False
    assert held(past)["members that keep their knowledge"] is False


def joined(after: int, *, points: int) -> Behaviour:
    """The books of three who share, and a fourth member in them from epoch ``after`` + 1 on."""
    whole, stay = books(), 13 - after
    course = (None,) * after
    new = MemberFigures(
        "New", Tier.CORE, Level.FULL, (*course, *(points,) * stay), (*course, *(20_000 * points,) * stay)
    )
    return replace(whole, members=(*whole.members, new))


def test_a_member_that_joined_in_the_last_epoch_fails_no_prediction() -> None:
    found = compare(joined(12, points=0), POLICY, PREDICTION)
    assert found["failed"] == []
    assert found["measured"]["free_riders"] == []  # type: ignore[index]


def test_a_late_member_counts_for_the_time_that_it_was_there() -> None:
    """It is paid like the others from the epoch after it joined; over all epochs that would be a third of theirs."""
    late = joined(8, points=15_000)
    assert years_inside(late, late.members[3]) == 4 * years_inside(late, late.members[0]) / 13
    paid = mean_a_year(late, Tier.CORE, "paid")
    assert paid == mean_a_year(books(), Tier.CORE, "paid")
    assert held(compare(late, POLICY, PREDICTION))["pay a year to a core member"] is True
    assert mean_a_year(late, Tier.SMALL, "paid") is None
    silent = compare(joined(8, points=0), POLICY, PREDICTION)
    assert silent["measured"]["free_riders"] == ["New"]  # type: ignore[index]


def test_nothing_is_compared_before_anything_was_paid() -> None:
    with pytest.raises(InvalidInput, match="ledger: got '0 closed epochs, 0 paid contributions'"):
        compare(Behaviour((), ()), POLICY, PREDICTION)


def test_concentration_is_that_of_its_definition() -> None:
    values = [0, 1, 4, 9, 9]
    pairs = sum(abs(one - other) for one in values for other in values)
    assert gini(values) == Fraction(pairs, 2 * len(values) * sum(values))
