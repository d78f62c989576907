"""The verdicts on Simmons' claims come from the printed tables and the game, and change with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import nashpy
import numpy as np
import pytest

from shieldwall.economics.pair import Lever, Member, Notion, Pair, full_sharing_is, threshold
from shieldwall.economics.replication import Claim, Finding, Verdict
from shieldwall.economics.replication.simmons import CLAIMS, equilibria, incentives, printed
from shieldwall.economics.replication.simmons.tables import (
    RATE_2,
    RISK_1,
    RISK_2,
    TABLE_1,
    TABLE_2,
    Table,
    differences,
    narrative,
    readings,
)
from shieldwall.economics.replication.simmons.tables import (
    equilibria as equilibria_of,
)

BY_ID = {claim.id.removeprefix("simmons."): claim for claim in CLAIMS}
STAG_HUNT = narrative(RISK_1, exclusion=1).payoffs()
HARMONY = narrative(RISK_2, RATE_2, exclusion=1).payoffs()
"""The games of the text with full exclusion: there what the paper says of its tables is true."""


def found(name: str) -> Finding:
    return BY_ID[name].check()


def pure_by_hand(table: Table) -> set[tuple[int, int]]:
    return {
        (i, j)
        for i in (0, 1)
        for j in (0, 1)
        if table[i][j][0] >= table[1 - i][j][0] and table[i][j][1] >= table[i][1 - j][1]
    }


def test_the_printed_tables_are_those_of_the_paper() -> None:
    as_floats = [[[float(payoff) for payoff in cell] for row in table for cell in row] for table in (TABLE_1, TABLE_2)]
    assert as_floats[0] == [[3.5, 3.5], [0.5, 4], [4, 0.5], [1, 1]]
    assert as_floats[1] == [[3.9, 4.3], [0.9, 3], [4, 0.9], [1, 1]]


@pytest.mark.parametrize("table", [TABLE_1, TABLE_2])
def test_nobody_sharing_is_the_only_equilibrium_of_each_printed_table_by_three_methods(table: Table) -> None:
    assert pure_by_hand(table) == {(1, 1)}
    assert equilibria_of(table) == (equilibria.NOBODY,)
    floats = np.array([[[float(payoff) for payoff in cell] for cell in row] for row in table])
    [(row, column)] = nashpy.Game(floats[:, :, 0], floats[:, :, 1]).support_enumeration()
    assert [*row, *column] == [0, 1, 0, 1]


EXPECTED = {
    Verdict.HOLDS: {"sharing-pays-both", "risk-of-half", "more-appealing", "no-clear-incentive", "non-cooperative"},
    Verdict.CONDITIONAL: {"scaled-rewards", "incentive-does-it", "larger-reluctant"},
}


@pytest.mark.parametrize("name", BY_ID)
def test_each_claim_has_the_verdict_that_was_worked_out_by_hand(name: str) -> None:
    verdict = next((verdict for verdict, names in EXPECTED.items() if name in names), Verdict.FAILS)
    assert found(name).verdict is verdict


@pytest.mark.parametrize("name", BY_ID)
def test_a_claim_that_fails_says_what_would_make_it_true(name: str) -> None:
    finding = found(name)
    assert finding.verdict is not Verdict.FAILS or finding.figures["would be true if"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("table-1-equilibria", "exclusion > 1/2"),
        ("table-2-equilibrium", "exclusion > 1/30"),
        ("table-2-equilibrium", "rate > 3/10"),
        ("table-2-equilibrium", "reward > 1/10"),
        ("interest-of-both", "rate > 3/10"),
        ("rewards-outweigh", "flat > 1/10"),
        ("shift", "exclusion > 1/30"),
    ],
)
def test_the_exact_threshold_is_told(name: str, told: str) -> None:
    assert told in str(found(name).figures["would be true if"])


def test_the_further_reward_needs_to_hold_only_the_cheaper_player_alone() -> None:
    hunt = Pair.of(Member.of(3, 1, "2/5"), Member.of(1, 3, "7/10"), exclusion=1)
    told = equilibria.only_full_sharing(hunt.payoffs()).figures["would be true if"]
    assert "a further reward > 2/5 for each" in str(told)
    paid = [replace(hunt, flat=Fraction(2, 5) + more).payoffs() for more in (0, Fraction(1, 1000))]
    assert [equilibria_of(cells) == (equilibria.ALL,) for cells in paid] == [False, True]


def test_the_incentive_alone_suffices_just_above_its_exclusion_and_not_at_it() -> None:
    assert found("incentive-does-it").condition == "exclusion > 1/10"
    at, above = (narrative(RISK_1, RATE_2, exclusion=Fraction(1, 10) + more) for more in (0, Fraction(1, 10**9)))
    assert equilibria_of(above.payoffs()) == (equilibria.ALL,)
    assert equilibria_of(at.payoffs()) != (equilibria.ALL,)


def test_the_two_equilibrium_claims_are_true_of_the_text_with_full_exclusion() -> None:
    assert equilibria.three_equilibria(STAG_HUNT).verdict is Verdict.HOLDS
    assert equilibria.is_stag_hunt(STAG_HUNT).verdict is Verdict.HOLDS
    assert equilibria.only_full_sharing(HARMONY).verdict is Verdict.HOLDS
    assert equilibria.shifts(STAG_HUNT, HARMONY).verdict is Verdict.HOLDS
    assert (
        incentives.both_gain(TABLE_1, HARMONY, (narrative(RISK_1), narrative(RISK_2, RATE_2))).verdict is Verdict.HOLDS
    )


DOMINANT = Pair.of_knowledge(3, 1, risk=RISK_2, rate="1/2").payoffs()
LARGER_SHARES = Pair.of_knowledge(3, 1, risk="1/2", rate=1).payoffs()


MENDED: dict[str, Callable[[], Finding]] = {
    "interest of both": lambda: equilibria.in_the_interest_of_both(DOMINANT),
    "software": lambda: equilibria.software_says({"Table 1": DOMINANT}, {"Table 1": {equilibria.ALL}}),
    "cells, no exclusion": lambda: printed.follows_the_text(narrative(RISK_2, RATE_2).payoffs(), RISK_2, RATE_2),
    "cells, full exclusion, swapped": lambda: printed.follows_the_text(
        narrative(RISK_2, RATE_2, exclusion=1, swapped=True).payoffs(), RISK_2, RATE_2
    ),
    "three times": lambda: printed.knows_three_times({"right": STAG_HUNT}, 3),
    "access": lambda: printed.access_by_sharing({"right": STAG_HUNT}),
    "rate": lambda: printed.rate_is(Fraction(1, 5), TABLE_2, RISK_2),
    "title": lambda: printed.same_title(TABLE_1, TABLE_1),
    "outweigh": lambda: incentives.rewards_outweigh(narrative(RISK_2, Fraction(2, 5))),
    "incentive alone": lambda: incentives.incentive_does_it(RISK_1, RISK_2, Fraction(3, 5)),
    "larger reluctant": lambda: incentives.larger_is_more_reluctant(
        narrative(RISK_1, exclusion=Fraction(1, 2)).payoffs(), RISK_1
    ),
    "utility": lambda: incentives.creates_utility(TABLE_1, HARMONY, Fraction(4, 5)),
}
BROKEN: dict[str, Callable[[], Finding]] = {
    "sharing pays both": lambda: printed.pays_both({"worse": (TABLE_1[1], TABLE_1[0])}, {}),
    "risk": lambda: printed.costs_the_risk(TABLE_1, RISK_2),
    "more appealing": lambda: incentives.becomes_more_appealing(TABLE_2, TABLE_1),
    "no clear incentive": lambda: incentives.no_clear_incentive(LARGER_SHARES, narrative(RISK_1)),
    "three equilibria, at the threshold": lambda: equilibria.three_equilibria(
        narrative(RISK_1, exclusion=Fraction(1, 2)).payoffs()
    ),
    "three equilibria, one": lambda: equilibria.three_equilibria(HARMONY),
    "only full sharing": lambda: equilibria.only_full_sharing(STAG_HUNT),
    "nobody shares": lambda: equilibria.nobody_may_share(HARMONY),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_fails_in_print_holds_when_its_premise_is_mended(name: str) -> None:
    assert MENDED[name]().verdict is Verdict.HOLDS


@pytest.mark.parametrize("name", BROKEN)
def test_what_holds_in_print_fails_when_its_premise_is_broken(name: str) -> None:
    assert BROKEN[name]().verdict is Verdict.FAILS


def test_the_cells_that_contradict_the_text_are_those_worked_out_by_hand() -> None:
    wrong = {
        (number, name): [payoff for payoff, _, _ in differences(table, pair.payoffs())]
        for number, table, risk, rate in ((1, TABLE_1, RISK_1, Fraction(0)), (2, TABLE_2, RISK_2, RATE_2))
        for name, pair in readings(risk, rate).items()
    }
    assert wrong[1, "no exclusion"] == ["row in (C,D)", "row in (D,D)"]
    assert wrong[1, "full exclusion"] == ["row in (C,D)", "column in (C,D)", "row in (D,C)", "row in (D,D)"]
    assert wrong[2, "no exclusion"] == [
        "row in (C,C)", "column in (C,C)", "row in (C,D)", "column in (C,D)", "row in (D,D)",
    ]  # fmt: skip
    assert wrong[2, "no exclusion, companies swapped"] == ["column in (C,D)", "column in (D,C)", "column in (D,D)"]


def test_the_printed_rate_of_a_fifth_of_a_percent_can_never_make_full_sharing_the_only_equilibrium() -> None:
    literal = narrative(RISK_2, Fraction(2, 1000))
    assert threshold(literal, Lever.EXCLUSION, Notion.UNIQUE) is None
    assert not full_sharing_is(Notion.UNIQUE, narrative(RISK_2, Fraction(2, 1000), exclusion=1))
    assert found("point-two-percent").figures["it is the only one at the printed rate if"] == "never"


def test_no_typing_slip_gives_three_equilibria_of_table_1() -> None:
    for change in equilibria.SLIPS.values():
        assert len(equilibria_of(change(TABLE_1))) < 3


def test_a_claim_is_an_object_that_can_be_shown_as_json() -> None:
    claim: Claim = BY_ID["table-1-equilibria"]
    shown = claim.as_json(claim.check())
    assert shown["verdict"] == "fails"
    assert shown["counterexample"] == {"profile": "(C,C)", "who leaves": "row", "C pays": "3.5", "D pays": "4"}
