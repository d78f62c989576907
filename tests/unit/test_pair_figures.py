"""The equilibrium map: its areas, which come from solved games, meet its lines, which come from closed forms."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import pytest

from shieldwall.economics.games import solve_game
from shieldwall.economics.pair import Notion, Outcome, Pair, full_sharing_is, outcome
from shieldwall.economics.pair.figures import (
    AREA,
    CELLS,
    COLOURS,
    FIGURES,
    LARGE,
    RISKS,
    SMALL,
    STYLES,
    boundaries,
    map_data,
)

DATA = map_data()
NASH, BELIEFS, LARGER_ALONE, SMALLER_ALONE = STYLES
TINY = Fraction(1, 10**6)


def line(risk: Fraction, name: str, rate: Fraction) -> Fraction | None:
    """The exclusion of a line at a rate, None where the line is not."""
    corners = boundaries(risk)[name]
    for (start, low), (end, high) in pairwise(corners):
        if start <= rate <= end and start < end:
            return low + (high - low) * (rate - start) / (end - start)
    return None


def told_by_the_lines(risk: Fraction, rate: Fraction, exclusion: Fraction) -> Outcome:
    if rate > boundaries(risk)[SMALLER_ALONE][0][0]:
        return Outcome.ALL_DOMINANT
    nash, beliefs = line(risk, NASH, rate), line(risk, BELIEFS, rate)
    assert nash is not None
    if rate > boundaries(risk)[LARGER_ALONE][0][0]:
        return Outcome.ALL if exclusion > nash else Outcome.FIRST_ONLY
    assert beliefs is not None
    if exclusion < nash:
        return Outcome.NOBODY
    return Outcome.ALL_OR_NOBODY_ALL_RISK_DOMINANT if exclusion > beliefs else Outcome.ALL_OR_NOBODY


def test_the_cells_of_the_map_are_on_the_side_of_the_lines_that_their_colour_says() -> None:
    cells = [row for row in DATA.rows if row[0] == AREA]
    assert len(cells) == len(RISKS) * CELLS[0] * CELLS[1]
    wrong = [
        (risk, rate, exclusion, which)
        for _, risk, rate, exclusion, which in cells[::4]  # every column: their number is odd
        if told_by_the_lines(*(Fraction(str(value)) for value in (risk, rate, exclusion))).value != which
    ]
    assert not wrong


def test_no_cell_lies_on_a_boundary_and_every_other_area_but_one_is_on_the_map() -> None:
    shown = {row[4] for row in DATA.rows if row[0] == AREA}
    # With equal risks the smaller member never shares alone under a proportional reward.
    assert shown == {each.value for each in Outcome} - {Outcome.BOUNDARY.value, Outcome.SECOND_ONLY.value}
    assert set(COLOURS) == set(Outcome)


@pytest.mark.parametrize(("risk", "rate"), list(product(RISKS, [Fraction(step, 50) for step in range(1, 25)])))
def test_full_sharing_begins_just_above_the_solid_line_by_enumeration(risk: Fraction, rate: Fraction) -> None:
    bound = line(risk, NASH, rate)
    if bound is None or bound <= 0:
        return
    above, below = (
        Pair.of_knowledge(LARGE, SMALL, risk=risk, rate=rate, exclusion=bound + step) for step in (TINY, -TINY)
    )
    shared = [
        any(each.row[0] == each.column[0] == 1 for each in solve_game(pair.bimatrix()).equilibria)
        for pair in (above, below)
    ]
    assert shared == [True, False]


@pytest.mark.parametrize("risk", RISKS)
def test_risk_dominance_begins_just_above_the_dashed_line(risk: Fraction) -> None:
    for step in range(1, 10):
        rate = risk / LARGE * step / 10
        bound = line(risk, BELIEFS, rate)
        assert bound is not None
        at = [
            Pair.of_knowledge(LARGE, SMALL, risk=risk, rate=rate, exclusion=bound + more) for more in (-TINY, 0, TINY)
        ]
        assert [full_sharing_is(Notion.RISK_DOMINANT, pair) for pair in at] == [False, False, True]
        assert outcome(at[1]) is Outcome.BOUNDARY


def test_the_figure_is_found_by_its_name_and_drawn_the_same_each_time() -> None:
    [figure] = [each for each in FIGURES if each.name == "equilibrium-map"]
    drawn = figure.render(DATA, "svg")
    assert drawn == figure.render(DATA, "svg")
    assert drawn.startswith(b"<?xml")
