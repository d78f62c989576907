"""Dominated strategies, and what is left when strictly dominated ones are removed round by round.

Domination by mixed strategies is counted: a strategy is strictly dominated exactly when it is never a best reply, and
weakly exactly when it is a best reply to no strategy of full support (Pearce 1984, lemmas 3 and 4). Where the vertices
of the best-response polytopes are too many to list, domination by pure strategies alone is reported, and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import numpy as np

from shieldwall.economics.games.bimatrix import Bimatrix, integers
from shieldwall.economics.games.enumeration import Polytopes
from shieldwall.economics.games.faces import FEW
from shieldwall.economics.games.polytope import MODEST, Rows, Vertex, vertices

Strategies = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dominated:
    """A player's dominated pure strategies.

    Attributes:
        strict: Those that do worse than some other strategy, pure or mixed, whatever the opponent plays.
        weak: Those that never do better than some other strategy, and somewhere worse; they include the strict ones.
    """

    strict: Strategies
    weak: Strategies


@dataclass(frozen=True, slots=True)
class Dominance:
    """Dominated strategies of a game.

    Attributes:
        row: The row player's.
        column: The column player's.
        rounds: For each round of elimination the rows and the columns that go, both at once.
        survivors: The rows and the columns that are left; every equilibrium plays these only.
        by_mixed: Whether domination by mixed strategies is counted, or by pure ones only.
    """

    row: Dominated
    column: Dominated
    rounds: tuple[tuple[Strategies, Strategies], ...]
    survivors: tuple[Strategies, Strategies]
    by_mixed: bool


def dominance(game: Bimatrix) -> Dominance:
    """Strict and weak domination, and iterated elimination of strictly dominated strategies.

    >>> found = dominance(Bimatrix.of([[(3, 3), (0, 5)], [(5, 0), (1, 1)]]))
    >>> found.row.strict, found.survivors
    ((0,), ((1,), (1,)))
    """
    row, replies = integers(game.row), integers(game.replies)
    if min(game.shape) <= FEW:
        return thin_dominance(row, replies)
    polytopes = Polytopes.of(row, replies, MODEST)
    return mixed_dominance(row, replies, polytopes) if polytopes else pure_dominance(row, replies)


def mixed_dominance(row: Rows, replies: Rows, polytopes: Polytopes) -> Dominance:
    """Domination by pure and mixed strategies.

    Args:
        row: The row player's payoffs, as integers.
        replies: The column player's, that player's own strategies as rows.
        polytopes: The vertices for these payoffs.
    """
    judged = _by_vertices(polytopes.column, len(row)), _by_vertices(polytopes.row, len(replies))
    rounds, survivors = _eliminate(row, replies, judged, lambda own: _by_vertices(vertices(own) or (), len(own)))
    return Dominance(*judged, rounds, survivors, by_mixed=True)


def thin_dominance(row: Rows, replies: Rows) -> Dominance:
    """Domination by pure and mixed strategies where a player has one or two; arguments as for ``mixed_dominance``."""
    judged = _thin(row), _thin(replies)
    return Dominance(*judged, *_eliminate(row, replies, judged, _thin), by_mixed=True)


def pure_dominance(row: Rows, replies: Rows) -> Dominance:
    """Domination by pure strategies only; arguments as for ``mixed_dominance``."""
    judged = _by_pure(row), _by_pure(replies)
    return Dominance(*judged, *_eliminate(row, replies, judged, _by_pure), by_mixed=False)


def _thin(payoffs: Rows) -> Dominated:
    """A player's dominated strategies where that player or the opponent has one or two."""
    if len(payoffs) > FEW:
        return _by_vertices(vertices(payoffs) or (), len(payoffs))
    # What a mixture of two strategies dominates, the other one dominates too.
    return _by_pure(payoffs)


def _by_vertices(opposite: Sequence[Vertex], size: int) -> Dominated:
    """A player's dominated strategies, from the opponent's extreme strategies.

    The opponent's strategies to which one is a best reply are the mixtures of the vertices where it is: one of full
    support is among them exactly when no pure strategy is unplayed at all of these vertices.
    """
    ever = reduce(or_, (vertex.replies for vertex in opposite))
    strict = tuple(own for own in range(size) if not ever >> own & 1)
    weak = tuple(
        own
        for own in range(size)
        if reduce(and_, (vertex.unplayed for vertex in opposite if vertex.replies >> own & 1), -1)
    )
    return Dominated(strict, weak)


def _by_pure(payoffs: Rows) -> Dominated:
    ranks = {value: rank for rank, value in enumerate(sorted({value for line in payoffs for value in line}))}
    lines = np.array([[ranks[value] for value in line] for line in payoffs])
    strict = tuple(own for own, line in enumerate(lines) if (lines > line).all(axis=1).any())
    weak = tuple(
        own for own, line in enumerate(lines) if ((lines >= line).all(axis=1) & (lines > line).any(axis=1)).any()
    )
    return Dominated(strict, weak)


def _eliminate(
    row: Rows, replies: Rows, judged: tuple[Dominated, Dominated], judge: Callable[[Rows], Dominated]
) -> tuple[tuple[tuple[Strategies, Strategies], ...], tuple[Strategies, Strategies]]:
    """Remove what is strictly dominated, both players at once, until nothing is.

    Args:
        judged: What is dominated at first.
        judge: Says what is dominated in the payoffs of one player, own strategies as rows.

    Returns:
        What went in each round, and what is left.
    """
    rows, columns = tuple(range(len(row))), tuple(range(len(replies)))
    gone_rows, gone_columns = judged[0].strict, judged[1].strict
    rounds = []
    while gone_rows or gone_columns:
        rounds.append((gone_rows, gone_columns))
        rows = tuple(own for own in rows if own not in gone_rows)
        columns = tuple(own for own in columns if own not in gone_columns)
        gone_rows = tuple(rows[own] for own in judge([[row[i][j] for j in columns] for i in rows]).strict)
        gone_columns = tuple(columns[own] for own in judge([[replies[j][i] for i in rows] for j in columns]).strict)
    return tuple(rounds), (rows, columns)
