"""Every extreme equilibrium of a game, exactly, degenerate or not.

The vertices of the two best-response polytopes that together carry every label are the extreme equilibria (Mangasarian
1964; von Stengel 2002, theorem 2.14). All other equilibria are mixtures of these: see ``components``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from shieldwall.economics.games.bimatrix import Matrix
from shieldwall.economics.games.polytope import Rows, Vertex, vertices


def denominator(payoffs: Matrix) -> int:
    """The least number that makes all payoffs of a player integers when they are multiplied by it."""
    return lcm(*(value.denominator for line in payoffs for value in line))


def integers(payoffs: Matrix) -> list[list[int]]:
    """A player's payoffs in units of one over their common denominator."""
    scale = denominator(payoffs)
    return [[value.numerator * (scale // value.denominator) for value in line] for line in payoffs]


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
        return any(
            vertex.unplayed.bit_count() + vertex.replies.bit_count() > size
            for side, size in zip((self.row, self.column), self.shape, strict=True)
            for vertex in side
        )

    def equilibria(self) -> list[tuple[int, int]]:
        """The pairs of vertices at which each pure strategy is unplayed or a best reply."""
        rows, columns = self.shape
        full = (1 << rows + columns) - 1
        theirs = [(number, vertex.replies | vertex.unplayed << rows) for number, vertex in enumerate(self.column)]
        return [
            (number, other)
            for number, vertex in enumerate(self.row)
            for mine in (vertex.unplayed | vertex.replies << rows,)
            for other, labels in theirs
            if mine | labels == full
        ]


def _ordered(found: Sequence[Vertex]) -> tuple[Vertex, ...]:
    """Small supports first, low strategies first: the list does not depend on how the vertices were found."""
    return tuple(sorted(found, key=lambda vertex: (-vertex.unplayed.bit_count(), -vertex.unplayed, vertex.weights)))
