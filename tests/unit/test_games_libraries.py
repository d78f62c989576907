"""On games with random payoffs, where libraries are right, they agree; ``benchmarks/games.py`` takes 10,000."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from shieldwall.economics.games import Bimatrix, solve_game

nashpy = pytest.importorskip("nashpy")
quantecon = pytest.importorskip("quantecon")


def test_random_games_have_the_equilibria_that_two_libraries_find() -> None:
    generator = np.random.default_rng(12)
    for shape in ((2, 2), (2, 3), (3, 3)):
        for _ in range(20):
            row, column = generator.random((2, *shape))
            exact = {
                tuple(np.round([float(weight) for weight in (*item.row, *item.column)], 8))
                for item in solve_game(Bimatrix.of(row, column)).equilibria
            }
            players = quantecon.game_theory.Player(row), quantecon.game_theory.Player(np.ascontiguousarray(column.T))
            theirs = quantecon.game_theory.support_enumeration(quantecon.game_theory.NormalFormGame(players))
            assert {tuple(np.round(np.concatenate(profile), 8)) for profile in theirs} == exact
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                others = list(nashpy.Game(row, column).support_enumeration())
            # Nashpy loses an equilibrium now and then to rounding, and invents none.
            assert {tuple(np.round(np.concatenate(profile), 8)) for profile in others} <= exact
