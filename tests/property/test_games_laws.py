"""Laws that hold for every game: equilibria exist, move with the strategies' names and not with units of payoff."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.economics.games import Bimatrix, GameSolution, regret, solve_game

Cells = list[list[tuple[int, int]]]


@st.composite
def games(draw: st.DrawFn) -> Cells:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    payoffs = st.integers(-2, 2) if draw(st.booleans()) else st.integers(-(10**9), 10**9)
    return [[(draw(payoffs), draw(payoffs)) for _ in range(columns)] for _ in range(rows)]


def profiles(solution: GameSolution) -> set[tuple[object, object]]:
    return {(item.row, item.column) for item in solution.equilibria}


@given(games())
@settings(max_examples=60)
def test_there_is_an_equilibrium_and_none_has_a_regret(cells: Cells) -> None:
    game = Bimatrix.of(cells)
    solution = solve_game(game)
    assert solution.equilibria
    for item in solution.equilibria:
        assert sum(item.row) == sum(item.column) == 1
        assert min(*item.row, *item.column) >= 0
        assert regret(game, item.row, item.column) == 0
        assert item.payoffs == tuple(
            sum(p * q * payoffs[i][j] for i, p in enumerate(item.row) for j, q in enumerate(item.column))
            for payoffs in (game.row, game.column)
        )


@given(games())
@settings(max_examples=60)
def test_a_game_without_degeneracy_has_an_odd_number_of_equilibria(cells: Cells) -> None:
    solution = solve_game(Bimatrix.of(cells))
    assert solution.degenerate or len(solution.equilibria) % 2 == 1


@given(games(), st.fractions(Fraction(1, 9), 9), st.integers(-5, 5))
@settings(max_examples=40)
def test_units_of_payoff_and_sums_that_ones_own_choice_cannot_change_do_not_matter(
    cells: Cells, factor: Fraction, extra: int
) -> None:
    moved = [[(a * factor + extra * j, b + extra * i) for j, (a, b) in enumerate(line)] for i, line in enumerate(cells)]
    before, after = solve_game(Bimatrix.of(cells)), solve_game(Bimatrix.of(moved))
    assert profiles(before) == profiles(after)
    assert before.degenerate == after.degenerate
    assert before.dominance == after.dominance


@given(games())
@settings(max_examples=40)
def test_the_players_may_change_places(cells: Cells) -> None:
    turned = [[(b, a) for a, b in line] for line in zip(*cells, strict=True)]
    swapped = {(column, row) for row, column in profiles(solve_game(Bimatrix.of(turned)))}
    assert swapped == profiles(solve_game(Bimatrix.of(cells)))


@given(games())
@settings(max_examples=40)
def test_no_equilibrium_plays_what_iterated_elimination_removes(cells: Cells) -> None:
    solution = solve_game(Bimatrix.of(cells))
    rows, columns = solution.dominance.survivors
    for item in solution.equilibria:
        assert {place for place, weight in enumerate(item.row) if weight} <= set(rows)
        assert {place for place, weight in enumerate(item.column) if weight} <= set(columns)
