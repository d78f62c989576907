"""Every extreme equilibrium of a game, exactly, degenerate or not.

The vertices of the two best-response polytopes that together carry every label are the extreme equilibria (Mangasarian
1964; von Stengel 2002, theorem 2.14). All other equilibria are mixtures of these: see ``components``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shieldwall.economics.games.polytope import Rows, Vertex, vertices

Pair = tuple[Vertex, Vertex]
"""A strategy of the row and one of the column player."""


@dataclass(frozen=True, slots=True)
class Polytopes:
    """The vertices of both best-response polytopes.

    Attributes:
        row: Extreme strategies of the row player, with the column player's best replies.
        column: Extreme strategies of the column player, with the row player's best replies.
        shape: The numbers of pure strategies.
    """

    row: tuple[Vertex, ...]
    column: tuple[Vertex, ...]
    shape: tuple[int, int]

    @classmethod
    def of(cls, row: Rows, replies: Rows, limit: float) -> Polytopes | None:
        """Enumerate both.

        Args:
            row: The row player's payoffs.
            replies: The column player's payoffs, that player's own strategies as rows.
            limit: The most rays to hold at once.

        Returns:
            Both; None if one of them needs more rays.
        """
        mine = vertices(replies, limit)
        theirs = None if mine is None else vertices(row, limit)
        if mine is None or theirs is None:
            return None
        return cls(_ordered(mine), _ordered(theirs), (len(row), len(replies)))

    @property
    def degenerate(self) -> bool:
        """Whether some mixed strategy has more pure best replies than pure strategies in its support.

        The vertices decide: the unplayed strategies and best replies of any point are among those of each vertex of
        the smallest face that holds it.
        """
        return crowded(self.row, self.shape[0]) or crowded(self.column, self.shape[1])

    def equilibria(self) -> Iterator[Pair]:
        """The pairs of vertices at which each pure strategy is unplayed or a best reply."""
        rows, columns = self.shape
        full = (1 << rows + columns) - 1
        theirs = [(vertex, vertex.replies | vertex.unplayed << rows) for vertex in self.column]
        for vertex in self.row:
            mine = vertex.unplayed | vertex.replies << rows
            for other, labels in theirs:
                if mine | labels == full:
                    yield vertex, other


def crowded(some: Iterable[Vertex], size: int) -> bool:
    """Whether a vertex has more labels than its player has strategies: more best replies than support."""
    return any(vertex.unplayed.bit_count() + vertex.replies.bit_count() > size for vertex in some)


def by_support(vertex: Vertex) -> tuple[int, int, tuple[int, ...]]:
    """A key to sort by: small supports first, low strategies first; it does not depend on how vertices were found."""
    return -vertex.unplayed.bit_count(), -vertex.unplayed, vertex.weights


def _ordered(found: Sequence[Vertex]) -> tuple[Vertex, ...]:
    return tuple(sorted(found, key=by_support))
