"""The closed form for arrays of 2x2 games agrees with exact enumeration, and classes follow their inequalities."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from shieldwall.economics.games import Bimatrix, GameClass, classify, solve_game
from shieldwall.economics.games.kinds import kind_of
from shieldwall.errors import InvalidInput

NAMED = {
    # cells 00, 01, 10, 11 of the row player; the column player's are symmetric unless given.
    "prisoners_dilemma": [(3, 0, 5, 1)],
    "deadlock": [(2, 0, 4, 3), (1, 0, 4, 3)],
    "harmony": [(4, 3, 2, 1), (4, 2, 3, 1)],
    "stag_hunt": [(4, 0, 3, 2), (4, 0, 2, 2), (2, 0, 0, 1)],
    "chicken": [(3, 2, 4, 1), (0, -1, 1, -10)],
}


@pytest.mark.parametrize(
    ("label", "cells"), [(label, cells) for label, all_cells in NAMED.items() for cells in all_cells]
)
def test_symmetric_games_of_the_textbooks_have_their_names(label: str, cells: tuple[int, ...]) -> None:
    row = np.reshape(cells, (2, 2))
    assert GameClass(int(classify(row, row.T).classes)).label == label


@pytest.mark.parametrize(
    ("label", "row", "column"),
    [
        ("battle_of_the_sexes", (2, 0, 0, 1), (1, 0, 0, 2)),
        ("matching_pennies", (1, -1, -1, 1), (-1, 1, 1, -1)),
        ("one_dominant", (1, 1, 0, 0), (1, 0, 0, 1)),
        ("both_dominant", (3, 2, 1, 0), (3, 1, 4, 2)),
        ("boundary", (2, 0, 0, 2), (1, 0, 0, 2)),
        ("boundary", (1, 0, 1, 0), (1, 2, 3, 4)),
        ("boundary", (2, 0, 3, 2), (2, 3, 0, 2)),
        ("boundary", (0, 0, 0, 0), (0, 0, 0, 0)),
    ],
)
def test_other_games_have_their_names(label: str, row: tuple[int, ...], column: tuple[int, ...]) -> None:
    found = classify(np.reshape(row, (2, 2)), np.reshape(column, (2, 2)))
    assert GameClass(int(found.classes)).label == label
    assert kind_of(row, column).label == label


def test_a_tie_that_decides_nothing_is_no_boundary() -> None:
    # Stag hunt with equal payoffs for the hunter left alone and for the one who never hunts: still ranked coordination.
    assert kind_of((4, 0, 2, 2), (4, 2, 0, 2)) is GameClass.STAG_HUNT
    assert kind_of((4, 0, 2, 4), (4, 2, 0, 4)) is GameClass.BOUNDARY


def test_a_boundary_is_where_small_changes_lead_to_two_classes() -> None:
    generator = np.random.default_rng(1)
    changes = generator.choice([-1e-3, 1e-3], (60, 2, 2, 2)) * generator.permuted(
        np.tile([1, 2, 3, 4], (60, 2, 1)), axis=2
    ).reshape(60, 2, 2, 2)
    for _ in range(400):
        row, column = generator.integers(0, 4, (2, 2, 2))
        around = {int(kind) for kind in classify(row + changes[:, 0], column + changes[:, 1]).classes}
        kind = int(classify(row, column).classes)
        assert GameClass.BOUNDARY not in around
        assert ({kind} == around) if kind != GameClass.BOUNDARY else len(around) > 1, (row, column)


def test_a_class_does_not_depend_on_the_names_of_strategies_and_players() -> None:
    orders = np.array(list(permutations(range(4)))).reshape(-1, 2, 2)
    row, column = (orders[list(places)] for places in zip(*product(range(24), repeat=2), strict=True))
    kinds = classify(row, column).classes
    assert (classify(row[:, ::-1], column[:, ::-1]).classes == kinds).all()
    assert (classify(row[:, :, ::-1], column[:, :, ::-1]).classes == kinds).all()
    assert (classify(column.swapaxes(1, 2), row.swapaxes(1, 2)).classes == kinds).all()
    assert set(kinds.tolist()) == set(GameClass) - {GameClass.BOUNDARY}


def games(values: int) -> tuple[np.ndarray, np.ndarray]:
    cells = np.array(list(product(range(values), repeat=4)), float).reshape(-1, 2, 2)
    places = np.array(list(product(range(len(cells)), repeat=2)))
    return cells[places[:, 0]], cells[places[:, 1]]


def test_all_6561_games_have_the_extreme_equilibria_of_exact_enumeration() -> None:
    row, column = games(3)
    found = classify(row, column)
    assert int(found.extreme.sum()) == 13_932
    for place in range(0, len(row), 7):
        exact = solve_game(Bimatrix.of(row[place], column[place]))
        expected = {tuple(map(float, (*item.row, *item.column))) for item in exact.equilibria}
        listed = [(*rows, *columns) for rows, columns in found.profiles(place)]
        assert len(listed) == len(expected)
        assert all(any(np.allclose(item, other) for other in expected) for item in listed), place


def test_random_games_are_solved_as_by_exact_enumeration_and_keep_the_shape_of_their_array() -> None:
    row, column = np.random.default_rng(2).normal(size=(2, 10, 20, 2, 2))
    found = classify(row, column)
    assert found.classes.shape == (10, 20)
    assert found.extreme.shape == (10, 20, 3, 3)
    for place in np.ndindex(10, 20):
        exact = solve_game(Bimatrix.of(row[place], column[place]))
        assert {tuple(np.round([*rows, *columns], 9)) for rows, columns in found.profiles(place)} == {
            tuple(np.round([float(weight) for weight in (*item.row, *item.column)], 9)) for item in exact.equilibria
        }


def test_masks_say_where_values_are() -> None:
    row, column = games(3)
    found = classify(row, column)
    assert (np.isfinite(found.row_mix) & np.isfinite(found.column_mix) == found.mixed).all()
    assert (found.boundary == found.where(GameClass.BOUNDARY)).all()
    assert (found.pure.sum(axis=(1, 2)) == 0).sum() == found.where(GameClass.MATCHING_PENNIES).sum()
    assert ((found.row_mix > 0) & (found.row_mix < 1) | np.isnan(found.row_mix)).all()


def test_an_array_of_no_games_and_one_larger_than_a_block_are_answered() -> None:
    assert classify(np.empty((0, 2, 2)), np.empty((0, 2, 2))).classes.shape == (0,)
    row = np.broadcast_to([[3.0, 0.0], [5.0, 1.0]], (40_000, 2, 2))
    assert (classify(row, row.swapaxes(1, 2)).classes == GameClass.PRISONERS_DILEMMA).all()


@pytest.mark.parametrize(
    ("row", "column", "named"),
    [
        (np.ones((3, 2)), np.ones((3, 2)), r"row: got \(3, 2\)"),
        (np.ones(4), np.ones(4), r"row: got \(4,\)"),
        (np.ones((3, 2, 2)), np.ones((2, 2, 2)), r"column: got \(2, 2, 2\)"),
        ([[1, 2], [3, float("nan")]], np.ones((2, 2)), r"row\[1, 1\]: got nan"),
        (np.ones((2, 2)), [[1, 2], [float("inf"), 1]], r"column\[1, 0\]: got inf"),
        (np.ones((2, 2)), [[1, 2], [1e301, 1]], r"column\[1, 0\]: got 1e\+301"),
        ([["a", "b"], ["c", "d"]], np.ones((2, 2)), "row: got .* an array of numbers"),
    ],
)
def test_what_is_no_array_of_games_is_refused_and_the_cell_named(row: object, column: object, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        classify(row, column)  # type: ignore[arg-type]
