"""Some equilibria of a game that is too large or too degenerate for a list of all of them."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.games.bimatrix import Bimatrix, best_responses
from shieldwall.economics.games.profiles import Floats, Profiles, Scaled, checked
from shieldwall.economics.precision import economics_extra

MOST_PIVOTS = 10_000
MOST_STARTS = 60
SAME = 1e-7
"""Two profiles whose probabilities differ by less are taken for one."""


def some_equilibria(game: Bimatrix) -> Profiles:
    """The pure equilibria, and what Lemke and Howson's algorithm finds from its first ``MOST_STARTS`` labels.

    Returns:
        Profiles with their regret checked, each once; often there are others.

    Raises:
        MissingPackage: If QuantEcon is not installed.
    """
    row, replies = Scaled.of(game.row), Scaled.of(game.replies)
    profiles = _pure(game) + _paths(row, replies)
    rows, columns = (
        np.array([profile[side] for profile in profiles]).reshape(-1, size) for side, size in enumerate(game.shape)
    )
    found = checked(row, replies, rows, columns)
    both = np.round(np.hstack([found.row, found.column]) / SAME).astype(np.int64)
    _, first = np.unique(both, axis=0, return_index=True)
    kept = np.sort(first)
    return Profiles(found.row[kept], found.column[kept], found.payoffs[kept], found.regret[kept])


def _pure(game: Bimatrix) -> list[tuple[Floats, Floats]]:
    rows, columns = map(np.eye, game.shape)
    replies = best_responses(game)
    return [(rows[i], columns[j]) for j, best in enumerate(replies.row) for i in best if j in replies.column[i]]


def _paths(row: Scaled, replies: Scaled) -> list[tuple[Floats, Floats]]:
    """Ends of the paths that converge."""
    with economics_extra():
        from quantecon.game_theory import NormalFormGame, Player, lemke_howson  # noqa: PLC0415 - compiles at import
    game = NormalFormGame((Player(row.payoffs), Player(replies.payoffs)))
    runs = (
        lemke_howson(game, init_pivot=label, max_iter=MOST_PIVOTS, full_output=True)
        for label in range(min(sum(game.nums_actions), MOST_STARTS))
    )
    return [strategies for strategies, run in runs if run.converged]
