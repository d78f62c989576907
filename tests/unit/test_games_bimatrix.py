"""Payoffs are read exactly or refused by the name of their cell; best replies and regret follow their definitions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from shieldwall.economics.games import Bimatrix, best_responses, regret
from shieldwall.errors import InvalidInput


@pytest.mark.parametrize(
    ("payoff", "value", "read"),
    [
        (2, Fraction(2), "integers as written"),
        (Decimal("0.1"), Fraction(1, 10), "decimals as written"),
        ("7/2", Fraction(7, 2), "text as fractions"),
        (Fraction(1, 3), Fraction(1, 3), "fractions as given"),
        (0.1, Fraction(0.1), "floats as the binary values they hold"),
        (np.float64(0.1), Fraction(0.1), "floats as the binary values they hold"),
        (np.int64(2**62), Fraction(2**62), "integers as written"),
    ],
)
def test_a_payoff_is_read_exactly_and_says_how(payoff: object, value: Fraction, read: str) -> None:
    game = Bimatrix.of([[[payoff, 1], [0, 0]]])
    assert game.row[0][0] == value
    assert type(game.row[0][0].numerator) is int
    assert game.read == read


def test_two_arrays_and_an_array_of_pairs_give_the_same_game() -> None:
    row, column = np.array([[1.5, 2.0], [0.0, 1.0]]), np.array([[0.25, 1.0], [1.0, 0.0]])
    game = Bimatrix.of(row, column)
    assert game == Bimatrix.of(np.stack([row, column], axis=-1))
    assert game.shape == (2, 2)
    assert game.column[0][0] == Fraction(1, 4)


@pytest.mark.parametrize(
    ("payoffs", "named"),
    [
        ([], "payoffs: got []; expected a list of rows"),
        ([[]], "payoffs[0]: got []; expected a row of cells"),
        ({}, "payoffs: got {}; expected a list of rows"),
        ("12", "payoffs: got '12'"),
        ([[[1, 2]], [[1, 2], [3, 4]]], "payoffs[1]: got '2 cells'; expected 1 cells"),
        ([[[1, 2]], 3], "payoffs[1]: got 3; expected a row of cells"),
        ([[[1, 2], 3]], "payoffs[0][1]: got 3; expected a pair"),
        ([[[1, 2], [3]]], "payoffs[0][1]: got [3]; expected a pair"),
        ([[[1, 2, 3]]], "payoffs[0][0]: got [1, 2, 3]; expected a pair"),
        ([[[1, True]]], "payoffs[0][0][1]: got True"),
        ([[[1, None]]], "payoffs[0][0][1]: got None"),
        ([[[1, float("nan")]]], "payoffs[0][0][1]: got nan"),
        ([[[float("inf"), 1]]], "payoffs[0][0][0]: got inf"),
        ([[[Decimal("NaN"), 1]]], "payoffs[0][0][0]: got nan"),
        ([[["a lot", 1]]], "payoffs[0][0][0]: got 'a lot'"),
        ([[["1/0", 1]]], "payoffs[0][0][0]: got '1/0'"),
        ([[[1, 1 + 0j]]], "payoffs[0][0][1]: got (1+0j)"),
    ],
)
def test_what_is_no_game_is_refused_by_the_name_of_its_cell(payoffs: object, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Bimatrix.of(payoffs)
    assert str(refused.value).startswith(named)


@pytest.mark.parametrize("mixed", [(0.5, "1/2"), (Decimal("0.5"), "1/2"), (0.5, Fraction(1, 2)), (0.5, Decimal("0.5"))])
def test_numbers_of_two_kinds_are_refused_and_integers_go_with_any(mixed: tuple[object, object]) -> None:
    with pytest.raises(InvalidInput, match=r"payoffs\[0\]\[1\]\[0\]: .* like payoffs\[0\]\[0\]\[0\]"):
        Bimatrix.of([[[mixed[0], 1], [mixed[1], 1]]])
    for number in mixed:
        assert Bimatrix.of([[[number, 1], [2, 3]]]).row[0][0] == Fraction(1, 2)


def test_two_matrices_of_different_shapes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="column: got '1 x 2'; expected 2 x 1"):
        Bimatrix.of([[1], [2]], [[1, 2]])


def test_best_responses_list_every_tied_reply() -> None:
    replies = best_responses(Bimatrix.of([[(1, 0), (0, 5)], [(1, 2), (3, 2)]]))
    assert replies.row == ((0, 1), (1,))
    assert replies.column == ((1,), (0, 1))


def test_regret_is_the_greatest_gain_of_either_player() -> None:
    pennies = Bimatrix.of([[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]])
    half = (Fraction(1, 2), Fraction(1, 2))
    assert regret(pennies, half, half) == 0
    assert regret(pennies, (1, 0), half) == 1
    assert regret(pennies, (0.75, 0.25), (0.5, 0.5)) == pytest.approx(0.5)
