"""Every extreme equilibrium of a game in which one player has few strategies, exactly.

Who has few strategies has few extreme ones, however many the opponent has. Against each of them the opponent plays best
replies only: on a face of its own polytope, whose vertices are those of a game with these replies alone. What is
strictly dominated is never a best reply, so it costs nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shieldwall.economics.games.enumeration import Pair, by_support, crowded
from shieldwall.economics.games.polytope import Rows, Vertex, vertices

FEW = 2
"""Strategies up to which one pure strategy of the opponent decides whether that side of a game is degenerate."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The extreme equilibria.

    Attributes:
        pairs: A strategy of the row and one of the column player; small supports of the row player first.
        degenerate: As for a solution; None if not known.
    """

    pairs: tuple[Pair, ...]
    degenerate: bool | None

    @classmethod
    def of(cls, row: Rows, replies: Rows, limit: int) -> Faces | None:
        """Find them.

        Args:
            row: The row player's payoffs.
            replies: The column player's payoffs, that player's own strategies as rows.
            limit: The most rays to hold at once, and the most equilibria.

        Returns:
            All; None if they, or the vertices of some face, are more than the limit.
        """
        turned = len(row) > len(replies)
        few, many = (replies, row) if turned else (row, replies)
        own = vertices(many, limit)
        pairs = None if own is None else _pairs(few, own, limit)
        if own is None or pairs is None:
            return None
        degenerate = _degenerate(few, own, pairs)
        if turned:
            pairs = [(other, mine) for mine, other in pairs]
        pairs.sort(key=lambda pair: (by_support(pair[0]), by_support(pair[1])))
        return cls(tuple(pairs), degenerate)


def _pairs(payoffs: Rows, own: Sequence[Vertex], limit: int) -> list[Pair] | None:
    """The equilibria, those with the few strategies first in each.

    Args:
        payoffs: Of the player with few strategies, these as rows.
        own: That player's extreme strategies.
        limit: The most vertices of a face, and the most pairs.
    """
    faces: dict[int, list[Vertex] | None] = {}
    found: list[Pair] = []
    for mine in own:
        if mine.replies not in faces:
            faces[mine.replies] = _face(payoffs, mine.replies, limit)
        face = faces[mine.replies]
        if face is None:
            return None
        played = ~mine.unplayed & (1 << len(payoffs)) - 1
        found += [(mine, other) for other in face if not played & ~other.replies]
        if len(found) > limit:
            return None
    return found


def _face(payoffs: Rows, replies: int, limit: int) -> list[Vertex] | None:
    """The opponent's extreme strategies that play some of its strategies only, as strategies of the whole game."""
    size = len(payoffs[0])
    used = [place for place in range(size) if replies >> place & 1]
    found = vertices([[line[place] for place in used] for line in payoffs], limit)
    if found is None:
        return None
    lifted = []
    for vertex in found:
        weights, unplayed = [0] * size, (1 << size) - 1
        for place, weight in zip(used, vertex.weights, strict=True):
            if weight:
                weights[place] = weight
                unplayed ^= 1 << place
        lifted.append(Vertex(tuple(weights), vertex.height, unplayed, vertex.replies))
    return lifted


def _degenerate(payoffs: Rows, own: Sequence[Vertex], pairs: Sequence[Pair]) -> bool | None:
    """Whether some mixed strategy has more pure best replies than its support; of ``FEW`` strategies always known.

    A strategy of the opponent has at most ``len(payoffs)`` best replies, so with one or two it has too many only if it
    is pure; whether it is ever a best reply, or dominated, does not matter.
    """
    tied = any(column.count(max(column)) > 1 for column in zip(*payoffs, strict=True))
    if tied or crowded(own, len(payoffs)) or crowded([other for _, other in pairs], len(payoffs[0])):
        return True
    return False if len(payoffs) <= FEW else None
