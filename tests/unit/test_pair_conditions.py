"""The closed forms of full sharing agree with exact enumeration, boundaries included.

The oracle knows nothing of gains: it takes the four cells and asks at which probabilities nobody wants to change.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.economics.games import solve_game
from shieldwall.economics.pair import (
    Lever,
    Member,
    Notion,
    Outcome,
    Pair,
    critical_belief,
    full_sharing_is,
    outcome,
    threshold,
)
from shieldwall.errors import EconomicsError

Cells = tuple[tuple[tuple[Fraction, Fraction], ...], ...]
Point = tuple[Fraction, Fraction]
ZERO, ONE = Fraction(0), Fraction(1)
ALL, NOBODY = (ONE, ONE), (ZERO, ZERO)


def lead(cells: Cells, player: int, other: Fraction) -> Fraction:
    """How much more sharing pays a player when the other shares with a probability."""
    by_choice = [
        cells[0][place][0] - cells[1][place][0] if player == 0 else cells[place][0][1] - cells[place][1][1]
        for place in (0, 1)
    ]
    return other * by_choice[0] + (1 - other) * by_choice[1]


def is_best(probability: Fraction, ahead: Fraction) -> bool:
    return (probability == 0 or ahead >= 0) and (probability == 1 or ahead <= 0)


def turning_points(cells: Cells, player: int) -> list[Fraction]:
    """The probabilities of the other's sharing at which a player's best reply may change, and points between them."""
    low, high = lead(cells, player, ZERO), lead(cells, player, ONE)
    ends = [ZERO, ONE]
    if low != high and 0 < -low / (high - low) < 1:
        ends.insert(1, -low / (high - low))
    return ends + [(first + second) / 2 for first, second in pairwise(ends)]


@cache
def enumerated(cells: Cells) -> frozenset[Point]:
    """Every equilibrium among the points where something changes, and one from each stretch between them."""
    rows = [(row, lead(cells, 1, row)) for row in turning_points(cells, 1)]
    columns = [(column, lead(cells, 0, column)) for column in turning_points(cells, 0)]
    return frozenset(
        (row, column)
        for (row, column_ahead), (column, row_ahead) in product(rows, columns)
        if is_best(row, row_ahead) and is_best(column, column_ahead)
    )


def holds(notion: Notion, cells: Cells) -> bool:
    """The notion by its definition, from the cells alone."""
    found = enumerated(cells)
    gains = [[lead(cells, player, other) for other in (ONE, ZERO)] for player in (0, 1)]
    strict = gains[0][0] > 0 and gains[1][0] > 0
    other_strict = gains[0][1] < 0 and gains[1][1] < 0
    # Product of the losses from leaving (C,C) against that from leaving (D,D), if that is an equilibrium.
    losses = gains[0][1] * gains[1][1] if NOBODY in found else ZERO
    return {
        Notion.NASH: ALL in found,
        Notion.STRICT: strict,
        Notion.DOMINANT: all(gain >= 0 for each in gains for gain in each),
        Notion.STRICTLY_DOMINANT: all(gain > 0 for each in gains for gain in each),
        Notion.UNIQUE: found == {ALL},
        Notion.STAG_HUNT: strict and other_strict,
        Notion.RISK_DOMINANT: strict and gains[0][0] * gains[1][0] > losses,
        Notion.PAYOFF_DOMINANT: all(cells[0][0][player] > cells[1][1][player] for player in (0, 1)),
    }[notion]


def small_pairs(count: int, seed: int) -> list[Pair]:
    """Games of few small numbers, so that ties and boundaries are common."""
    draw = random.Random(seed)  # noqa: S311 - a sample, not a secret

    def number(most: int) -> Fraction:
        return Fraction(draw.randint(0, most), draw.choice((1, 2, 3)))

    return [
        Pair(
            (Member(number(3), number(3), number(3)), Member(number(3), number(3), number(3))),
            number(1),
            number(2) - 1,
            Fraction(draw.randint(0, 4), 4),
        )
        for _ in range(count)
    ]


SAMPLE = small_pairs(2000, seed=5)
CELLS = [pair.payoffs() for pair in SAMPLE]


@pytest.mark.parametrize("notion", Notion)
def test_each_closed_form_agrees_with_enumeration(notion: Notion) -> None:
    expected = [holds(notion, cells) for cells in CELLS]
    assert [full_sharing_is(notion, pair) for pair in SAMPLE] == expected
    assert 40 < sum(expected) < len(SAMPLE) - 40, "the sample must have both"


def test_the_sample_has_games_on_every_boundary() -> None:
    zero = [
        [pair.gain(member, other_shares=shares) == 0 for pair in SAMPLE]
        for member in (0, 1)
        for shares in (True, False)
    ]
    assert all(sum(ties) > 40 for ties in zero)


def test_at_the_threshold_full_sharing_may_be_strict_and_still_not_unique() -> None:
    pair = Pair.of_knowledge(1, 1, risk="1/2", flat="1/2", exclusion=1)
    assert full_sharing_is(Notion.STRICT, pair)
    assert not full_sharing_is(Notion.UNIQUE, pair)
    assert enumerated(pair.payoffs()) >= {ALL, NOBODY}


def test_in_a_stag_hunt_risk_dominance_is_that_critical_beliefs_add_up_to_less_than_1() -> None:
    hunts = [pair for pair in SAMPLE if full_sharing_is(Notion.STAG_HUNT, pair)]
    for pair in hunts:
        beliefs = [critical_belief(pair, member) for member in (0, 1)]
        assert None not in beliefs
        total = sum((belief for belief in beliefs if belief is not None), ZERO)
        assert (total < 1) == full_sharing_is(Notion.RISK_DOMINANT, pair)
    assert len(hunts) > 40


def test_every_stag_hunt_of_sharing_is_payoff_dominated_by_full_sharing() -> None:
    assert all(
        full_sharing_is(Notion.PAYOFF_DOMINANT, pair) for pair in SAMPLE if full_sharing_is(Notion.STAG_HUNT, pair)
    )


@pytest.mark.parametrize("member", [0, 1])
def test_a_member_shares_at_its_critical_belief_and_not_below(member: int) -> None:
    for pair in SAMPLE:
        belief = critical_belief(pair, member)
        at_sure = ONE if belief is None else belief

        def gain(other: Fraction, pair: Pair = pair) -> Fraction:
            return other * pair.gain(member, other_shares=True) + (1 - other) * pair.gain(member, other_shares=False)

        assert (gain(at_sure) >= 0) == (belief is not None)
        assert belief in (None, 0) or gain(at_sure / 2) < 0


def test_the_mixed_equilibrium_of_a_stag_hunt_is_at_the_critical_beliefs() -> None:
    pair = Pair.of_knowledge(3, 1, risk="1/2", exclusion=1)
    first, second = (critical_belief(pair, member) for member in (0, 1))
    assert (second, first) == (Fraction(1, 6), Fraction(1, 2))
    mixed = [each for each in solve_game(pair.bimatrix()).equilibria if each.row[0] not in (0, 1)]
    assert [(each.row[0], each.column[0]) for each in mixed] == [(second, first)]


OUTCOMES = {
    Outcome.NOBODY: {NOBODY},
    Outcome.FIRST_ONLY: {(ONE, ZERO)},
    Outcome.SECOND_ONLY: {(ZERO, ONE)},
    Outcome.ALL: {ALL},
    Outcome.ALL_DOMINANT: {ALL},
}


def test_the_outcome_tells_the_enumerated_equilibria() -> None:
    seen = set()
    for pair in SAMPLE:
        told, found = outcome(pair), enumerated(pair.payoffs())
        seen.add(told)
        if told in OUTCOMES:
            assert found == OUTCOMES[told]
        elif told is not Outcome.BOUNDARY:
            assert len(found) == 3
            assert found > {ALL, NOBODY}
            favoured = told is Outcome.ALL_OR_NOBODY_ALL_RISK_DOMINANT
            assert favoured == full_sharing_is(Notion.RISK_DOMINANT, pair)
    assert seen == set(Outcome)


def test_a_sample_solved_by_the_games_package_has_the_enumerated_extreme_equilibria() -> None:
    for pair in SAMPLE[:300]:
        solution = solve_game(pair.bimatrix())
        found = {(each.row[0], each.column[0]) for each in solution.equilibria}
        assert solution.complete
        assert found <= enumerated(pair.payoffs())
        assert (len(found) == 1) == (len(enumerated(pair.payoffs())) == 1)


LEVERED = [notion for notion in Notion if notion is not Notion.STAG_HUNT]


def moved(pair: Pair, lever: Lever, value: Fraction) -> Pair:
    rules = {"rate": pair.rate, "flat": pair.flat, "exclusion": pair.exclusion} | {lever.value: value}
    return Pair(pair.members, **rules)


@pytest.mark.parametrize("lever", Lever)
@pytest.mark.parametrize("notion", LEVERED)
def test_a_property_begins_at_its_threshold_and_nowhere_below(notion: Notion, lever: Lever) -> None:
    some = 0
    for pair in SAMPLE[:100]:
        found = threshold(pair, lever, notion)
        most = ONE if lever is Lever.EXCLUSION else Fraction(100)
        if found is None:
            assert not holds(notion, moved(pair, lever, most).payoffs())
            continue
        some += 1
        tiny = Fraction(1, 10**6)
        assert 0 <= found.value <= most
        assert holds(notion, moved(pair, lever, found.value).payoffs()) == found.attained
        assert found.value == most or holds(notion, moved(pair, lever, found.value + tiny).payoffs())
        assert found.value == 0 or not holds(notion, moved(pair, lever, found.value - tiny).payoffs())
    assert some > 3


@pytest.mark.parametrize(
    ("rate", "lever", "notion", "told"),
    [
        (0, Lever.EXCLUSION, Notion.NASH, "exclusion >= 1/2"),
        (0, Lever.EXCLUSION, Notion.STRICT, "exclusion > 1/2"),
        (0, Lever.EXCLUSION, Notion.RISK_DOMINANT, "exclusion > 2/3"),
        (0, Lever.EXCLUSION, Notion.UNIQUE, "None"),
        ("1/5", Lever.EXCLUSION, Notion.UNIQUE, "exclusion > 1/10"),
        (0, Lever.RATE, Notion.STRICTLY_DOMINANT, "rate > 1/2"),
        (0, Lever.FLAT, Notion.DOMINANT, "flat >= 1/2"),
    ],
)
def test_the_thresholds_of_the_narrative(rate: int | str, lever: Lever, notion: Notion, told: str) -> None:
    assert str(threshold(Pair.of_knowledge(3, 1, risk="1/2", rate=rate), lever, notion)) == told


def test_a_stag_hunt_has_no_threshold_because_a_greater_reward_ends_it() -> None:
    with pytest.raises(EconomicsError, match="stag hunt"):
        threshold(SAMPLE[0], Lever.RATE, Notion.STAG_HUNT)


rationals = st.fractions(min_value=0, max_value=5, max_denominator=50)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    members = [Member(draw(rationals), draw(rationals), draw(rationals)) for _ in range(2)]
    exclusion = draw(st.fractions(min_value=0, max_value=1, max_denominator=20))
    return Pair((members[0], members[1]), draw(rationals), draw(rationals) - 2, exclusion)


@settings(max_examples=50)
@given(pairs())
def test_notions_imply_one_another(pair: Pair) -> None:
    true = {notion for notion in Notion if full_sharing_is(notion, pair)}
    for stronger, weaker in (
        (Notion.STRICT, Notion.NASH),
        (Notion.STRICTLY_DOMINANT, Notion.DOMINANT),
        (Notion.STRICTLY_DOMINANT, Notion.UNIQUE),
        (Notion.UNIQUE, Notion.RISK_DOMINANT),
        (Notion.RISK_DOMINANT, Notion.STRICT),
        (Notion.DOMINANT, Notion.NASH),
        (Notion.STRICT, Notion.PAYOFF_DOMINANT),
    ):
        assert stronger not in true or weaker in true


@settings(max_examples=50)
@given(pairs(), st.sampled_from(LEVERED), st.sampled_from(Lever), rationals)
def test_more_of_a_lever_never_undoes_a_property(pair: Pair, notion: Notion, lever: Lever, step: Fraction) -> None:
    value = getattr(pair, lever.value) + step
    more = moved(pair, lever, min(value, ONE) if lever is Lever.EXCLUSION else value)
    assert not full_sharing_is(notion, pair) or full_sharing_is(notion, more)


@settings(max_examples=50)
@given(pairs())
def test_without_exclusion_only_dominance_makes_full_sharing_strict(pair: Pair) -> None:
    open_ = replace(pair, exclusion=ZERO)
    assert full_sharing_is(Notion.STRICT, open_) == full_sharing_is(Notion.STRICTLY_DOMINANT, open_)


@settings(max_examples=50)
@given(pairs())
def test_closed_forms_agree_with_enumeration_on_any_rationals(pair: Pair) -> None:
    for notion in Notion:
        assert full_sharing_is(notion, pair) == holds(notion, pair.payoffs())
