"""The two-member game follows its narrative, exactly, and refuses what is no game."""

from __future__ import annotations

from fractions import Fraction

import pytest

from shieldwall.economics.pair import Member, Pair
from shieldwall.errors import InvalidInput


def as_text(pair: Pair) -> list[list[str]]:
    return [[f"{float(first):g}, {float(second):g}" for first, second in row] for row in pair.payoffs()]


def test_the_narrative_without_reward_gives_these_payoffs_with_no_and_with_full_exclusion() -> None:
    open_, closed = (Pair.of_knowledge(3, 1, risk="1/2", exclusion=exclusion) for exclusion in (0, 1))
    assert as_text(open_) == [["3.5, 3.5", "2.5, 4"], ["4, 0.5", "3, 1"]]
    assert as_text(closed) == [["3.5, 3.5", "2.5, 1"], ["3, 0.5", "3, 1"]]


def test_the_narrative_with_reward_gives_these_payoffs_with_no_and_with_full_exclusion() -> None:
    open_, closed = (Pair.of_knowledge(3, 1, risk="0.3", rate="0.2", exclusion=exclusion) for exclusion in (0, 1))
    assert as_text(open_) == [["4.3, 3.9", "3.3, 4"], ["4, 0.9", "3, 1"]]
    assert as_text(closed) == [["4.3, 3.9", "3.3, 1"], ["3, 0.9", "3, 1"]]


def test_gains_are_the_differences_of_payoffs() -> None:
    members = Member.of("7/3", "5/2", "1/3"), Member.of("1/5", 2, 4)
    pair = Pair.of(*members, rate="2/7", flat="-1/9", exclusion="3/4")
    cells = pair.payoffs()
    for column, other_shares in enumerate((True, False)):
        assert pair.gain(0, other_shares=other_shares) == cells[0][column][0] - cells[1][column][0]
        assert pair.gain(1, other_shares=other_shares) == cells[column][0][1] - cells[column][1][1]


def test_swapping_the_members_turns_the_payoffs_round() -> None:
    first, second = Member.of(3, 2, 1), Member.of("1/2", 5, "1/4")
    pair, turned = (Pair.of(*members, rate=1, exclusion="1/3") for members in ((first, second), (second, first)))
    for i in (0, 1):
        for j in (0, 1):
            assert pair.payoffs()[i][j] == turned.payoffs()[j][i][::-1]


def test_the_bimatrix_holds_the_payoffs_exactly() -> None:
    pair = Pair.of_knowledge(3, 1, risk="0.3", rate="0.2", exclusion="1/3")
    game = pair.bimatrix()
    assert tuple(zip(game.row[0], game.column[0], strict=True)) == pair.payoffs()[0]
    assert tuple(zip(game.row[1], game.column[1], strict=True)) == pair.payoffs()[1]


def test_decimals_given_as_text_are_exact() -> None:
    assert Pair.of_knowledge(3, 1, risk="0.1").members[0].risk == Fraction(1, 10)


@pytest.mark.parametrize("exclusion", ["0", "1", "1/30"])
def test_an_exclusion_from_0_to_1_is_taken(exclusion: str) -> None:
    assert Pair.of_knowledge(3, 1, risk=1, exclusion=exclusion).exclusion == Fraction(exclusion)


@pytest.mark.parametrize("exclusion", ["-1/100", "101/100", "nan", "full", "1/0"])
def test_another_exclusion_is_refused_by_name(exclusion: str) -> None:
    with pytest.raises(InvalidInput, match="exclusion"):
        Pair.of_knowledge(3, 1, risk=1, exclusion=exclusion)


@pytest.mark.parametrize("field", ["knowledge", "access", "risk"])
def test_a_member_has_nothing_negative(field: str) -> None:
    zero: dict[str, int | str | Fraction] = {"knowledge": 0, "access": 0, "risk": 0}
    assert Member.of(**zero).knowledge == 0
    with pytest.raises(InvalidInput, match=f"{field}.*at least 0"):
        Member.of(**zero | {field: "-1/1000"})
