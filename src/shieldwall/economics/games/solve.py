"""All equilibria of a game, with what is proven about the list.

Exact enumeration wherever it ends in about a second; beyond that floating point (``simple``), and only for games that
pass its test of not being degenerate. What neither can do is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shieldwall.economics.games.bimatrix import Bimatrix, Number, Strategy
from shieldwall.economics.games.components import Component, components
from shieldwall.economics.games.dominance import Dominance, mixed_dominance, pure_dominance
from shieldwall.economics.games.enumeration import Polytopes, denominator, integers
from shieldwall.economics.games.polytope import MODEST, Rows, Vertex
from shieldwall.economics.games.profiles import Profiles
from shieldwall.economics.games.search import some_equilibria
from shieldwall.economics.games.selection import Selection, selection
from shieldwall.economics.games.simple import simple_equilibria
from shieldwall.economics.status import Status
from shieldwall.errors import EconomicsError

GENEROUS = 10_000
"""Rays for a degenerate game on which floating point cannot be trusted: half a minute at worst of what was tried."""

UNPROVEN = (
    "the game has too many extreme strategies for exact enumeration, and it is too large, degenerate or too close to "
    "degenerate for floating point: each equilibrium listed is verified, but there may be others"
)


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


def solve_game(game: Bimatrix) -> GameSolution:
    """Find every extreme equilibrium of a game and how they hang together.

    Args:
        game: Any size. Up to 10 x 10 the answer is always exact and complete.

    Returns:
        The equilibria with their regret. Beyond that size a game whose best-response polytopes test simple is
        solved in floating point, ``exact`` then false; a degenerate one is not proven if its vertices are too many.

    >>> solution = solve_game(Bimatrix.of([[(2, 1), (0, 0)], [(0, 0), (1, 2)]]))
    >>> [[str(weight) for weight in (*found.row, *found.column)] for found in solution.equilibria]
    [['1', '0', '1', '0'], ['0', '1', '0', '1'], ['2/3', '1/3', '1/3', '2/3']]
    >>> solution.exact, solution.degenerate, solution.complete
    (True, False, True)
    """
    solved = _exact(game, MODEST)
    if solved is not None:
        return solved
    found = simple_equilibria(game)
    if found is not None:
        return _floating(game, found, Status.SOLVED, degenerate=False)
    solved = _exact(game, GENEROUS)
    if solved is not None:
        return solved
    return _floating(game, some_equilibria(game), Status.NOT_PROVEN, degenerate=None)


def _exact(game: Bimatrix, limit: int) -> GameSolution | None:
    """The exact solution; None if a best-response polytope needs more rays than ``limit``."""
    row, replies = integers(game.row), integers(game.replies)
    polytopes = Polytopes.of(row, replies, limit)
    if polytopes is None:
        return None
    mine = [_strategy(vertex, denominator(game.column)) for vertex in polytopes.row]
    theirs = [_strategy(vertex, denominator(game.row)) for vertex in polytopes.column]
    equilibria = []
    for i, j in polytopes.equilibria():
        played, answered = polytopes.row[i].weights, polytopes.column[j].weights
        if _gains(row, played, answered) or _gains(replies, answered, played):
            raise EconomicsError("an extreme equilibrium failed its check: the enumeration is wrong")
        (own, to_column), (other, to_row) = mine[i], theirs[j]
        equilibria.append(Equilibrium(own, other, (to_row, to_column), Fraction(0)))
    return GameSolution(
        Status.SOLVED,
        exact=True,
        degenerate=polytopes.degenerate,
        complete=True,
        equilibria=tuple(equilibria),
        components=components([(found.row, found.column) for found in equilibria]),
        dominance=mixed_dominance(row, replies, polytopes),
        selection=selection(game),
    )


def _gains(payoffs: Rows, own: Sequence[int], other: Sequence[int]) -> bool:
    """Whether a player gains by deviating; strategies and payoffs as integers, up to positive factors."""
    values = [sum(value * weight for value, weight in zip(line, other, strict=True)) for line in payoffs]
    return max(values) * sum(own) > sum(weight * value for weight, value in zip(own, values, strict=True))


def _strategy(vertex: Vertex, scale: int) -> tuple[tuple[Fraction, ...], Fraction]:
    """A vertex as probabilities, and the opponent's greatest payoff against them."""
    total = sum(vertex.weights)
    return tuple(Fraction(weight, total) for weight in vertex.weights), Fraction(vertex.height, total * scale)


def _floating(game: Bimatrix, found: Profiles, status: Status, *, degenerate: bool | None) -> GameSolution:
    lines = (array.tolist() for array in (found.row, found.column, found.payoffs, found.regret))
    equilibria = tuple(
        Equilibrium(tuple(own), tuple(other), (payoffs[0], payoffs[1]), missed)
        for own, other, payoffs, missed in zip(*lines, strict=True)
    )
    complete = status is Status.SOLVED
    return GameSolution(
        status,
        exact=False,
        degenerate=degenerate,
        complete=complete,
        equilibria=equilibria,
        components=components([(found.row, found.column) for found in equilibria]) if complete else (),
        dominance=pure_dominance(integers(game.row), integers(game.replies)),
        selection=None,
        reason="" if complete else UNPROVEN,
    )
