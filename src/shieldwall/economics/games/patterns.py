"""One 2x2 game, exactly, by the signs of four differences of payoffs.

The signs decide which strategies are extreme, which pairs of them are equilibria, how these hang together, what is
dominated and whether the game is degenerate. Each of the 81 patterns is enumerated once, for the game of its signs;
what is left for another game of the pattern are the weights of mixed strategies and the payoffs. Arrays of floats: see
``two_by_two``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from shieldwall.economics.games.bimatrix import Bimatrix, Matrix, Strategy, integers
from shieldwall.economics.games.components import Component, NashSubset
from shieldwall.economics.games.dominance import thin_dominance
from shieldwall.economics.games.faces import Faces
from shieldwall.economics.games.selection import selection
from shieldwall.economics.games.solution import Equilibrium, GameSolution, exact_solution
from shieldwall.errors import EconomicsError

Signs = tuple[int, int]
"""Against each strategy of the opponent: 1 if strategy 0 is better than strategy 1, 0 if as good, -1 if worse."""

_ZERO, _HALF = Fraction(0), Fraction(1, 2)
PURE: tuple[Strategy, Strategy] = (Fraction(1), _ZERO), (_ZERO, Fraction(1))
CANDIDATES = (*PURE, (_HALF, _HALF))
"""The extreme strategies in a game of signs, the last one if it leaves the opponent indifferent."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What the games of a pattern have in common.

    Attributes:
        solution: Of the game of its signs.
        pairs: Its equilibria as places in ``CANDIDATES``.
        mixes: Whether an equilibrium mixes.
    """

    solution: GameSolution
    pairs: tuple[tuple[int, int], ...]
    mixes: bool


def solve_two_by_two(game: Bimatrix) -> GameSolution:
    """The exact solution of a 2x2 game, as enumeration finds it.

    >>> [found.payoffs[0] for found in solve_two_by_two(Bimatrix.of([[(2, 1), (0, 0)], [(0, 0), (1, 2)]])).equilibria]
    [Fraction(2, 1), Fraction(1, 1), Fraction(2, 3)]
    """
    replies = game.replies
    signs = _signs(game.row), _signs(replies)
    pattern = _pattern(*signs)
    columns, row_pays = _opposite(game.row, signs[0])
    rows, column_pays = _opposite(replies, signs[1])
    common = pattern.solution
    return GameSolution(
        common.status,
        exact=True,
        degenerate=common.degenerate,
        complete=True,
        equilibria=tuple(
            Equilibrium(rows[i], columns[j], (row_pays[j], column_pays[i]), _ZERO) for i, j in pattern.pairs
        ),
        components=_with(common.components, rows, columns) if pattern.mixes else common.components,
        dominance=common.dominance,
        selection=common.selection and selection(game),
    )


def _signs(payoffs: Matrix) -> Signs:
    (left, right), (lower_left, lower_right) = integers(payoffs)
    return (left > lower_left) - (left < lower_left), (right > lower_right) - (right < lower_right)


@cache
def _pattern(row: Signs, column: Signs) -> _Pattern:
    """Enumerate the game of its signs.

    Args:
        row: The row player's signs, against column 0 and 1.
        column: The column player's, against row 0 and 1.
    """
    game = Bimatrix.of([row, (0, 0)], [(sign, 0) for sign in column])
    payoffs, replies = integers(game.row), integers(game.replies)
    found = Faces.of(payoffs, replies, 9)
    if found is None:
        raise EconomicsError("a 2x2 game has more than nine extreme equilibria: the enumeration is wrong")
    solution = exact_solution(game, found.pairs, found.degenerate, thin_dominance(payoffs, replies))
    pairs = tuple((CANDIDATES.index(item.row), CANDIDATES.index(item.column)) for item in solution.equilibria)
    return _Pattern(solution, pairs, any(2 in pair for pair in pairs))


def _opposite(payoffs: Matrix, signs: Signs) -> tuple[tuple[Strategy, ...], tuple[Fraction, ...]]:
    """The opponent's extreme strategies in the order of ``CANDIDATES``, and a player's best payoff against each.

    Args:
        payoffs: The player's, own strategies as rows.
        signs: Theirs.
    """
    (left, right), (lower_left, lower_right) = payoffs
    pays = left if signs[0] > 0 else lower_left, right if signs[1] > 0 else lower_right
    if signs[0] * signs[1] >= 0:
        return PURE, pays
    gain, lost = abs(left - lower_left), abs(right - lower_right)
    both = gain + lost
    return (*PURE, (lost / both, gain / both)), (*pays, (lost * left + gain * right) / both)


def _with(
    found: tuple[Component, ...], rows: tuple[Strategy, ...], columns: tuple[Strategy, ...]
) -> tuple[Component, ...]:
    """Components of the game of signs with the strategies of another game of the pattern."""

    def named(strategies: tuple[Strategy, ...], own: tuple[Strategy, ...]) -> tuple[Strategy, ...]:
        return tuple(own[CANDIDATES.index(strategy)] for strategy in strategies)

    return tuple(
        Component(
            component.equilibria,
            component.subsets
            and tuple(
                NashSubset(named(subset.row, rows), named(subset.column, columns)) for subset in component.subsets
            ),
        )
        for component in found
    )
