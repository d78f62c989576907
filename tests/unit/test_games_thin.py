"""Games in which one player has few strategies: every equilibrium, however many strategies the other has."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from shieldwall.economics.games import Bimatrix, dominance, regret, solve_game
from shieldwall.economics.games import solve as solving
from shieldwall.economics.games.dominance import pure_dominance
from shieldwall.economics.games.polytope import MODEST
from shieldwall.economics.games.solution import MOST_LISTED
from shieldwall.economics.status import Status


def drawn(seed: int, rows: int, columns: int, values: int) -> Bimatrix:
    return Bimatrix.of(*np.random.default_rng(seed).integers(0, values, (2, rows, columns)).tolist())


def count_on_the_envelope(game: Bimatrix) -> int:
    """Equilibria of a 2xn game without ties, by a walk along the column player's upper envelope."""
    gains = [above - below for above, below in zip(*game.row, strict=True)]
    at, now = Fraction(0), max(range(game.shape[1]), key=lambda j: game.column[1][j])
    found = int(gains[now] < 0)
    while True:
        meets = []
        for j in range(game.shape[1]):
            rise = (game.column[0][j] - game.column[1][j]) - (game.column[0][now] - game.column[1][now])
            if rise > 0:
                meets.append(((game.column[1][now] - game.column[1][j]) / rise, j))
        where, following = min(meets, default=(Fraction(2), -1))
        if where >= 1:
            return found + int(gains[now] > 0)
        assert where > at
        found += int(gains[now] * gains[following] < 0)
        at, now = where, following


@pytest.mark.parametrize("columns", [200, 300, 400])
def test_random_thin_games_are_solved_with_as_many_equilibria_as_the_upper_envelope_has(columns: int) -> None:
    for seed in range(6):
        game = drawn(seed, 2, columns, 10**9)
        solution = solve_game(game)
        assert (solution.status, solution.exact, solution.complete) == (Status.SOLVED, True, True)
        assert solution.degenerate is False
        assert len(solution.equilibria) == count_on_the_envelope(game)
        assert len(solution.equilibria) % 2 == 1
        assert all(regret(game, item.row, item.column) == 0 for item in solution.equilibria)
        assert len(solution.components) == len(solution.equilibria)


def test_thin_games_are_told_as_enumeration_of_both_polytopes_tells_them() -> None:
    for seed in range(150):
        rows, columns, values = (1, 2, 2)[seed % 3], 1 + seed % 7, (2, 3, 6, 1000)[seed % 4]
        game = drawn(seed, rows, columns, values)
        turned = Bimatrix.of(
            [
                [(b, a) for a, b in zip(*lines, strict=True)]
                for lines in zip(zip(*game.row, strict=True), zip(*game.column, strict=True), strict=True)
            ]
        )
        for one in (game, turned):
            assert solve_game(one) == solving.enumerated(one, MODEST), one


def test_a_tie_against_a_dominated_strategy_makes_a_thin_game_degenerate() -> None:
    # Column 2 is strictly dominated; against it both rows are best replies.
    tied = Bimatrix.of([[(2, 3), (0, 1), (5, 0)], [(1, 1), (1, 2), (5, 0)]])
    apart = Bimatrix.of([[(2, 3), (0, 1), (5, 0)], [(1, 1), (1, 2), (4, 0)]])
    assert dominance(tied).column.strict == (2,)
    assert solve_game(tied).degenerate is True
    assert solve_game(apart).degenerate is False
    assert [item.row for item in solve_game(tied).equilibria] == [item.row for item in solve_game(apart).equilibria]


def test_domination_by_mixtures_is_found_in_long_thin_games() -> None:
    middling = range(1, 299)
    column = [[600, 0, *middling], [0, 600, *reversed(middling)]]
    for row, column_of in (([[0] * 300, [1] * 300], column), ([[1] * 300, [0] * 300], column)):
        found = dominance(Bimatrix.of(row, column_of))
        assert found.by_mixed
        assert found.column.strict == found.column.weak == tuple(range(2, 300))
        assert not pure_dominance(row, list(zip(*column_of, strict=True))).column.strict
    assert found.survivors == ((0,), (0,))


def test_one_strategy_against_two_thousand_is_solved_directly() -> None:
    game = drawn(3, 1, 2000, 10**9)
    (only,) = solve_game(game).equilibria
    assert only.column.index(1) == max(range(2000), key=lambda j: game.column[0][j])
    assert solve_game(Bimatrix.of([[(0, 1), (0, 1), (0, 0)]])).degenerate is True


def test_a_few_more_strategies_are_complete_and_degeneracy_is_left_open() -> None:
    solution = solve_game(drawn(5, 3, 120, 10**9))
    assert (solution.status, solution.exact, solution.complete) == (Status.SOLVED, True, True)
    assert solution.degenerate is None
    assert len(solution.equilibria) % 2 == 1


def test_more_equilibria_than_are_listed_are_not_proven_and_the_first_are_told() -> None:
    solution = solve_game(Bimatrix.of(np.zeros((101, 100), int), np.zeros((101, 100), int)))
    assert (solution.status, solution.complete, solution.exact) == (Status.NOT_PROVEN, False, True)
    assert solution.degenerate is True
    assert len(solution.equilibria) == MOST_LISTED
    assert "more than 10,000" in solution.reason
    assert solution.components == ()
    all_of_them = solve_game(Bimatrix.of(np.zeros((50, 50), int), np.zeros((50, 50), int)))
    assert all_of_them.complete and len(all_of_them.equilibria) == 2_500
