"""How the extreme equilibria of a game hang together: maximal Nash subsets and connected components.

Two extreme equilibria that share a strategy are joined by equilibria, so the extreme equilibria are the edges of a
graph between strategies of the row and of the column player. A maximal clique of it, all rows R with all columns C,
spans a maximal Nash subset: every mixture of R against every mixture of C is an equilibrium, and every equilibrium is
in one of these sets (Winkels 1979; Avis, Rosenberg, Savani and von Stengel 2010, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shieldwall.economics.games.bimatrix import Strategy

MOST_SUBSETS = 2_000
"""A component with more maximal Nash subsets than this is described by its extreme equilibria alone."""

Profile = tuple[Strategy, Strategy]
Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NashSubset:
    """A set of equilibria: every mixture of the row strategies against every mixture of the column strategies.

    Attributes:
        row: Its extreme strategies of the row player: one a point, two the ends of a segment.
        column: Its extreme strategies of the column player.
    """

    row: tuple[Strategy, ...]
    column: tuple[Strategy, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A connected set of equilibria.

    Attributes:
        equilibria: Places of its extreme equilibria in the list that was given.
        subsets: Its maximal Nash subsets, of which it is the union; None if they are too many.
    """

    equilibria: tuple[int, ...]
    subsets: tuple[NashSubset, ...] | None


def components(profiles: Sequence[Profile], most: int = MOST_SUBSETS) -> tuple[Component, ...]:
    """Group the extreme equilibria of a game.

    Args:
        profiles: All of them: of some, the subsets would not be maximal.
        most: Give up on the subsets of a component beyond this number.

    >>> found = components([((1, 0), (1, 0)), ((1, 0), (0, 1)), ((0, 1), (0, 1))])
    >>> [(subset.row, subset.column) for subset in found[0].subsets]
    [(((1, 0),), ((1, 0), (0, 1))), (((1, 0), (0, 1)), ((0, 1),))]
    """
    rows, row_named = _numbered([row for row, _ in profiles])
    columns, column_named = _numbered([column for _, column in profiles])
    edges = list(zip(rows, columns, strict=True))
    found = []
    for places in _connected(edges):
        cliques = _cliques([edges[place] for place in places], most)
        subsets = [
            NashSubset(tuple(row_named[row] for row in clique[0]), tuple(column_named[column] for column in clique[1]))
            for clique in cliques or ()
        ]
        found.append(Component(tuple(places), tuple(subsets) or None))
    return tuple(found)


def _numbered(strategies: Sequence[Strategy]) -> tuple[list[int], list[Strategy]]:
    """A number for each, equal ones alike, and what the numbers stand for."""
    # Profiles share strategies, and to hash fractions takes far longer than to know an object again.
    known: dict[int, int] = {}
    numbers: dict[Strategy, int] = {}
    for strategy in strategies:
        if id(strategy) not in known:
            known[id(strategy)] = numbers.setdefault(strategy, len(numbers))
    return [known[id(strategy)] for strategy in strategies], list(numbers)


def _connected(edges: Sequence[Edge]) -> list[list[int]]:
    """Places of the edges, those together that share an end, directly or through others."""
    groups: list[tuple[set[int], set[int], list[int]]] = []
    for place, (row, column) in enumerate(edges):
        rows, columns, places = {row}, {column}, [place]
        apart = []
        for group in groups:
            if row in group[0] or column in group[1]:
                rows |= group[0]
                columns |= group[1]
                places += group[2]
            else:
                apart.append(group)
        groups = [*apart, (rows, columns, places)]
    return sorted(sorted(places) for _, _, places in groups)


def _cliques(edges: Sequence[Edge], most: int) -> list[tuple[list[int], list[int]]] | None:
    """The maximal cliques: their columns are the intersections of what single rows are paired with."""
    partners: dict[int, set[int]] = {}
    for row, column in edges:
        partners.setdefault(row, set()).add(column)
    closed: set[frozenset[int]] = set()
    for columns in partners.values():
        closed |= {frozenset(columns), *(other & columns for other in closed)}
        closed.discard(frozenset())
        if len(closed) > most:
            return None
    return sorted(
        (sorted(row for row, theirs in partners.items() if columns <= theirs), sorted(columns)) for columns in closed
    )
