"""Components, dominance and selection say what their definitions say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from shieldwall.economics.games import Bimatrix, Selection, dominance, regret, selection, solve_game
from shieldwall.economics.games.bimatrix import integers
from shieldwall.economics.games.components import components
from shieldwall.economics.games.dominance import Dominated, pure_dominance

ONE, TWO = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))


def test_a_segment_of_equilibria_is_told_as_a_set() -> None:
    # In row 0 the column player does not care, and row 0 is best unless column 1 is likelier than column 0.
    solution = solve_game(Bimatrix.of([[(2, 1), (2, 1)], [(0, 0), (4, 1)]]))
    middle = (Fraction(1, 2), Fraction(1, 2))
    segment = next(component for component in solution.components if len(component.equilibria) == 2)
    assert segment.subsets is not None
    assert [(subset.row, set(subset.column)) for subset in segment.subsets] == [((ONE,), {ONE, middle})]
    assert solution.degenerate


def test_if_nobody_cares_the_whole_square_is_one_nash_subset() -> None:
    solution = solve_game(Bimatrix.of([[(0, 0), (0, 0)], [(0, 0), (0, 0)]]))
    assert len(solution.equilibria) == 4
    (component,) = solution.components
    assert component.subsets is not None
    ((subset),) = component.subsets
    assert set(subset.row) == set(subset.column) == {ONE, TWO}


def test_every_mixture_in_a_nash_subset_is_an_equilibrium_and_each_extreme_one_is_in_a_subset() -> None:
    generator = np.random.default_rng(8)
    for _ in range(60):
        game = Bimatrix.of(*generator.integers(0, 2, (2, 3, 3)))
        solution = solve_game(game)
        held = set()
        for component in solution.components:
            assert component.subsets is not None
            for subset in component.subsets:
                row = [Fraction(sum(weights), len(subset.row)) for weights in zip(*subset.row, strict=True)]
                column = [Fraction(sum(weights), len(subset.column)) for weights in zip(*subset.column, strict=True)]
                assert regret(game, row, column) == 0
                held |= {(x, y) for x in subset.row for y in subset.column}
        assert held == {(item.row, item.column) for item in solution.equilibria}


def test_components_meet_nowhere_and_hold_every_equilibrium() -> None:
    profiles = [((a,), (b,)) for a, b in [(0, 0), (1, 1), (0, 2), (3, 2), (4, 4)]]
    found = components(profiles)
    assert [component.equilibria for component in found] == [(0, 2, 3), (1,), (4,)]


def test_a_component_with_too_many_subsets_keeps_its_equilibria() -> None:
    profiles = [((row,), (column,)) for row in range(6) for column in range(6) if row != column]
    few, many = components(profiles, most=10), components(profiles)
    assert few[0].subsets is None
    assert few[0].equilibria == many[0].equilibria
    assert many[0].subsets is not None
    assert len(many[0].subsets) == 2**6 - 2


def test_a_strategy_that_only_a_mixture_dominates_is_found() -> None:
    payoffs = [[(4, 0), (0, 0)], [(0, 0), (4, 0)], [(1, 0), (1, 0)]]
    assert dominance(Bimatrix.of(payoffs)).row == Dominated((2,), (2,))
    payoffs[2] = [(2, 0), (2, 0)]
    assert dominance(Bimatrix.of(payoffs)).row == Dominated((), ())


def test_weak_domination_is_not_strict_and_a_copy_is_neither() -> None:
    found = dominance(Bimatrix.of([[(1, 0), (2, 0)], [(1, 0), (1, 0)]]))
    assert found.row == Dominated((), (1,))
    assert found.survivors == ((0, 1), (0, 1))
    assert dominance(Bimatrix.of([[(1, 0), (2, 0)], [(1, 0), (2, 0)]])).row == Dominated((), ())


def test_elimination_goes_round_by_round_and_keeps_every_equilibrium() -> None:
    # Column 2 goes first, then row 1, then column 0: then one cell is left.
    game = Bimatrix.of([[(3, 0), (2, 1), (0, -9)], [(0, 5), (1, 4), (9, -9)]])
    found = dominance(game)
    assert found.rounds == (((), (2,)), ((1,), ()), ((), (0,)))
    assert found.survivors == ((0,), (1,))
    (only,) = solve_game(game).equilibria
    assert (only.row[0], only.column[1]) == (1, 1)


def test_domination_by_pure_strategies_is_never_more_than_by_mixed_ones() -> None:
    generator = np.random.default_rng(9)
    differ = 0
    for _ in range(80):
        game = Bimatrix.of(*generator.integers(0, 6, (2, 4, 3)))
        mixed, pure = dominance(game), pure_dominance(integers(game.row), integers(game.replies))
        for all_of_them, some in ((mixed.row, pure.row), (mixed.column, pure.column)):
            assert set(some.strict) <= set(all_of_them.strict)
            assert set(some.weak) <= set(all_of_them.weak)
            assert set(all_of_them.strict) <= set(all_of_them.weak)
        differ += mixed.row != pure.row
    assert differ


HUNT = [[(4, 4), (0, 3)], [(3, 0), (2, 2)]]


def test_risk_dominance_compares_the_products_of_losses_and_the_critical_beliefs() -> None:
    chosen = selection(Bimatrix.of(HUNT))
    assert chosen == Selection(((0, 0), (1, 1)), (Fraction(2, 3), Fraction(2, 3)), (0, 0), (1, 1))


def test_at_its_critical_belief_a_player_is_indifferent() -> None:
    game = Bimatrix.of([["9", "1"], ["5", "2"]], [["3", "1"], ["0", "4"]])
    chosen = selection(game)
    assert chosen is not None
    first, second = chosen.critical_beliefs
    assert game.row[0][0] * first + game.row[0][1] * (1 - first) == game.row[1][0] * first + game.row[1][1] * (
        1 - first
    )
    column = game.column
    assert column[0][0] * second + column[1][0] * (1 - second) == column[0][1] * second + column[1][1] * (1 - second)
    assert chosen.risk_dominant == ((0, 0) if first + second < 1 else (1, 1))


def test_equal_claims_leave_neither_dominant() -> None:
    chosen = selection(Bimatrix.of([[(2, 1), (0, 0)], [(0, 0), (1, 2)]]))
    assert chosen is not None
    assert chosen.risk_dominant is None
    assert chosen.payoff_dominant is None


def test_equilibria_off_the_diagonal_are_compared_too() -> None:
    chosen = selection(Bimatrix.of([[(0, 0), (3, 3)], [(5, 5), (0, 0)]]))
    assert chosen is not None
    assert chosen.strict == ((0, 1), (1, 0))
    assert chosen.payoff_dominant == chosen.risk_dominant == (1, 0)


@pytest.mark.parametrize(
    "payoffs",
    [
        [[(3, 3), (0, 5)], [(5, 0), (1, 1)]],
        [[(1, 1), (0, 0)], [(0, 0), (0, 0)]],
        [[(1, 1), (0, 0), (0, 0)], [(0, 0), (1, 1), (0, 0)]],
    ],
)
def test_without_two_strict_equilibria_of_a_2x2_game_nothing_is_selected(payoffs: list[list[tuple[int, int]]]) -> None:
    assert selection(Bimatrix.of(payoffs)) is None
