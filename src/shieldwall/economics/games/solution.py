"""What is known about the equilibria of a game, and how exact vertices become it.

Which vertices are paired is the work of ``enumeration`` and ``faces``; which of them to use, of ``solve``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from shieldwall.economics.games.bimatrix import Bimatrix, Number, Strategy, denominator, integers
from shieldwall.economics.games.components import Component, components
from shieldwall.economics.games.dominance import Dominance
from shieldwall.economics.games.enumeration import Pair
from shieldwall.economics.games.polytope import Rows, Vertex
from shieldwall.economics.games.selection import Selection, selection
from shieldwall.economics.status import Status
from shieldwall.errors import EconomicsError

MOST_LISTED = 10_000
"""Extreme equilibria that are listed. Only degenerate games of that size have more."""

MOST_NUMBERS = 5_000_000
"""Probabilities that are listed: of a long game fewer equilibria."""


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """A profile from which no player gains by deviating.

    Attributes:
        row: The row player's probabilities.
        column: The column player's.
        payoffs: What the row and the column player get.
        regret: The most either could gain by deviating, computed from the payoffs; 0 when exact.
    """

    row: Strategy
    column: Strategy
    payoffs: tuple[Number, Number]
    regret: Number


@dataclass(frozen=True, slots=True)
class GameSolution:
    """What is known about the equilibria of a game.

    Attributes:
        status: Solved, or not proven.
        exact: Whether probabilities and payoffs are exact fractions.
        degenerate: Whether some mixed strategy has more pure best replies than its support; None if not known.
        complete: Whether every extreme equilibrium is in the list.
        equilibria: The extreme equilibria, each once. In a game that is not degenerate these are all equilibria.
        components: The connected sets of all equilibria; empty unless the list is complete.
        dominance: Dominated strategies.
        selection: Payoff and risk dominance between two strict equilibria of a 2x2 game, else None.
        reason: Why the list may be incomplete; empty if it is not.
    """

    status: Status
    exact: bool
    degenerate: bool | None
    complete: bool
    equilibria: tuple[Equilibrium, ...]
    components: tuple[Component, ...]
    dominance: Dominance
    selection: Selection | None
    reason: str = ""


def exact_solution(
    game: Bimatrix, pairs: Iterable[Pair], degenerate: bool | None, dominated: Dominance
) -> GameSolution:
    """A solution from all extreme equilibria of a game, each checked against the payoffs.

    Args:
        game: The game.
        pairs: Its extreme equilibria, in order.
        degenerate: Whether it is degenerate, if that is known.
        dominated: Its dominated strategies.

    Returns:
        The solution; not complete if there are more than ``MOST_LISTED`` or ``MOST_NUMBERS`` allow.

    Raises:
        EconomicsError: If one is no equilibrium.
    """
    rows, columns = _Side(game.replies), _Side(game.row)
    most = min(MOST_LISTED, MOST_NUMBERS // sum(game.shape))
    listed = list(islice(pairs, most + 1))
    equilibria = []
    for mine, theirs in listed[:most]:
        row, column = rows.of(mine), columns.of(theirs)
        if row.played & ~column.best or column.played & ~row.best:
            raise EconomicsError("an extreme equilibrium failed its check: the enumeration is wrong")
        equilibria.append(Equilibrium(row.weights, column.weights, (column.pays, row.pays), _ZERO))
    complete = len(listed) <= most
    return GameSolution(
        Status.SOLVED if complete else Status.NOT_PROVEN,
        exact=True,
        degenerate=degenerate,
        complete=complete,
        equilibria=tuple(equilibria),
        components=components([(found.row, found.column) for found in equilibria]) if complete else (),
        dominance=dominated,
        selection=selection(game),
        reason="" if complete else f"the game has more than {most:,} extreme equilibria: the first of them are listed",
    )


_ZERO, _ONE = Fraction(0), Fraction(1)


def _probability(weight: int, total: int) -> Fraction:
    if not weight:
        return _ZERO
    return _ONE if weight == total else Fraction(weight, total)


@dataclass(frozen=True, slots=True)
class _Strategy:
    """An extreme strategy: its probabilities, what the opponent gets against it, and the sets played and best."""

    weights: tuple[Fraction, ...]
    pays: Fraction
    played: int
    best: int


class _Side:
    """One player's extreme strategies in fractions, each worked out once."""

    def __init__(self, payoffs: tuple[tuple[Fraction, ...], ...]) -> None:
        """Take the opponent's payoffs, the opponent's strategies as rows."""
        self._payoffs: Rows = integers(payoffs)
        self._scale = denominator(payoffs)
        self._known: dict[int, tuple[Vertex, _Strategy]] = {}

    def of(self, vertex: Vertex) -> _Strategy:
        """A vertex as a strategy; best replies are taken from the payoffs, not from its labels."""
        if id(vertex) not in self._known:
            self._known[id(vertex)] = vertex, self._made(vertex)
        return self._known[id(vertex)][1]

    def _made(self, vertex: Vertex) -> _Strategy:
        played = [(place, weight) for place, weight in enumerate(vertex.weights) if weight]
        values = [sum(weight * line[place] for place, weight in played) for line in self._payoffs]
        most, total = max(values), sum(vertex.weights)
        return _Strategy(
            tuple([_probability(weight, total) for weight in vertex.weights]),
            Fraction(most, total * self._scale),
            sum(1 << place for place, _ in played),
            sum(1 << number for number, value in enumerate(values) if value == most),
        )
