"""Large games: floating point only where it is proven enough, and never a list that is silently short."""

from __future__ import annotations

import numpy as np
import pytest

from shieldwall.economics.games import Bimatrix, solve_game
from shieldwall.economics.games import search as searching
from shieldwall.economics.games import solve as solving
from shieldwall.economics.games.polytope import vertices
from shieldwall.economics.games.simple import simple_equilibria
from shieldwall.economics.status import Status

pytest.importorskip("scipy")


def drawn(seed: int, size: int, values: int = 10**6) -> Bimatrix:
    return Bimatrix.of(*np.random.default_rng(seed).integers(0, values, (2, size, size)))


@pytest.mark.parametrize("seed", range(6))
def test_floating_point_finds_what_exact_enumeration_finds(seed: int) -> None:
    game = drawn(seed, 6)
    found, exact = simple_equilibria(game), solve_game(game)
    assert found is not None
    floats = sorted(map(tuple, np.hstack([found.row, found.column, found.payoffs]).tolist()))
    fractions = sorted(tuple(map(float, (*item.row, *item.column, *item.payoffs))) for item in exact.equilibria)
    assert np.allclose(floats, fractions, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("values", [2, 3])
def test_floating_point_refuses_a_degenerate_game(values: int) -> None:
    game = drawn(values, 6, values)
    assert solve_game(game).degenerate
    assert simple_equilibria(game) is None


def test_floating_point_refuses_a_game_that_rounding_cannot_tell_from_a_degenerate_one() -> None:
    payoffs = np.random.default_rng(4).random((2, 5, 5))
    payoffs[0, 1] = payoffs[0, 0] + 2.0**-50
    assert simple_equilibria(Bimatrix.of(*payoffs)) is None
    payoffs[0, 1] = payoffs[0, 0] + np.linspace(-0.1, 0.2, 5)
    assert simple_equilibria(Bimatrix.of(*payoffs)) is not None


def test_beyond_exact_enumeration_the_answer_is_complete_and_says_that_it_is_not_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    game = drawn(1, 7)
    exact = solve_game(game)
    monkeypatch.setattr(solving, "MODEST", 3)
    solution = solve_game(game)
    assert (solution.status, solution.exact, solution.degenerate, solution.complete) == ("solved", False, False, True)
    assert len(solution.equilibria) == len(exact.equilibria)
    assert len(solution.components) == len(solution.equilibria)
    assert max(item.regret for item in solution.equilibria) <= 1e-9 * 10**6
    assert not solution.dominance.by_mixed
    assert exact.dominance.by_mixed


def test_a_degenerate_game_beyond_floating_point_is_enumerated_exactly_if_that_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    game = drawn(2, 5, 2)
    exact = solve_game(game)
    monkeypatch.setattr(solving, "MODEST", 3)
    assert solve_game(game) == exact


def test_what_cannot_be_enumerated_is_not_proven_and_what_is_listed_is_an_equilibrium(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("quantecon")
    monkeypatch.setattr(solving, "MODEST", 100)
    monkeypatch.setattr(solving, "GENEROUS", 200)
    game = drawn(3, 40, 3)
    solution = solve_game(game)
    assert solution.status is Status.NOT_PROVEN
    assert (solution.exact, solution.degenerate, solution.complete) == (False, None, False)
    assert "there may be others" in solution.reason
    assert solution.equilibria
    row, column = np.array(game.row, float), np.array(game.column, float)
    for item in solution.equilibria:
        x, y = np.array(item.row), np.array(item.column)
        assert (row @ y).max() - x @ row @ y <= 1e-8
        assert (x @ column).max() - x @ column @ y <= 1e-8
    assert len({(item.row, item.column) for item in solution.equilibria}) == len(solution.equilibria)
    assert solution.components == ()


def test_a_game_in_which_nothing_is_found_is_not_proven_with_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "MODEST", 3)
    monkeypatch.setattr(solving, "GENEROUS", 3)
    monkeypatch.setattr(searching, "_paths", lambda row, replies: [])
    rock_paper_scissors_twice = np.kron([[1, 1], [1, 1]], [[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    solution = solve_game(Bimatrix.of(rock_paper_scissors_twice, -rock_paper_scissors_twice))
    assert (solution.status, solution.equilibria, solution.complete) == (Status.NOT_PROVEN, (), False)


def test_a_very_large_game_gives_up_before_it_fills_the_memory() -> None:
    payoffs = np.random.default_rng(0).integers(0, 10**6, (150, 150)).tolist()
    assert vertices(payoffs, limit=4_004) is None
