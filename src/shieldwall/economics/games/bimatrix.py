"""A finite two-player game with exact payoffs, and how its numbers were read.

Also what needs one look at the payoffs: best responses to pure strategies and the regret of a profile. Finding
equilibria is ``solve``'s work.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Rational

import numpy as np

from shieldwall.economics.parameters import EXACT, as_rational, plain
from shieldwall.errors import InvalidInput

Number = Fraction | float
Strategy = tuple[Number, ...]
Matrix = tuple[tuple[Fraction, ...], ...]

PAIR = "a pair [row player's payoff, column player's payoff]"
_READ = {
    "integer": "integers as written",
    "decimal": "decimals as written",
    "text": "text as fractions",
    "fraction": "fractions as given",
    "float": "floats as the binary values they hold",
}


@dataclass(frozen=True, slots=True)
class Bimatrix:
    """Payoffs of two players, one cell for each pair of pure strategies.

    Attributes:
        row: The row player's payoffs; ``row[i][j]`` when the row player plays i and the column player j.
        column: The column player's payoffs, in the same places.
        read: How the numbers were read, in words.

    >>> game = Bimatrix.of([[(3, 3), (0, 5)], [(5, 0), (1, "1/2")]])
    >>> game.shape, game.column[1][1], game.read
    ((2, 2), Fraction(1, 2), 'text as fractions')
    """

    row: Matrix
    column: Matrix
    read: str

    @classmethod
    def of(cls, payoffs: object, column: object = None, *, field: str = "payoffs") -> Bimatrix:
        """Read a game, from pairs or from one matrix for each player.

        Args:
            payoffs: Rows of pairs; or, when ``column`` is given, the row player's payoffs. Lists, tuples or arrays of
                integers, decimals, fractions, text such as ``"7/2"``, or floats. Apart from integers, all numbers of
                a game are of one kind. A float is read as the binary value it holds, so 0.1 is a little more than 1/10.
            column: The column player's payoffs, of the same shape.
            field: What a message calls the payoffs.

        Raises:
            InvalidInput: If the game is empty or not rectangular, or a payoff is no finite number; the cell is named.

        >>> Bimatrix.of([[1, 0]], [[2.5, 0.0]]).read
        'floats as the binary values they hold'
        """
        rows = _rows(payoffs, field)
        if column is not None:
            rows = _paired(rows, _rows(column, "column"), field)
        kinds: dict[str, str] = {}
        cells = [
            [_cell(cell, f"{field}[{i}][{j}]", kinds) for j, cell in enumerate(line)] for i, line in enumerate(rows)
        ]
        kind = next(iter(kinds), "integer")
        return cls(
            tuple(tuple(cell[0] for cell in line) for line in cells),
            tuple(tuple(cell[1] for cell in line) for line in cells),
            _READ[kind],
        )

    @property
    def shape(self) -> tuple[int, int]:
        """How many pure strategies the row and the column player have."""
        return len(self.row), len(self.row[0])

    @property
    def replies(self) -> Matrix:
        """The column player's payoffs with that player's own strategies as rows."""
        return tuple(zip(*self.column, strict=True))


def _rows(value: object, field: str) -> list[list[object]]:
    """The lines of a matrix, all of one length."""
    listed = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(listed, list | tuple) or not listed:
        raise InvalidInput(field, plain(listed), "a list of rows, at least one")
    lines: list[list[object]] = []
    for i, line in enumerate(listed):
        cells = line.tolist() if isinstance(line, np.ndarray) else line
        if not isinstance(cells, list | tuple) or not cells:
            raise InvalidInput(f"{field}[{i}]", plain(cells), "a row of cells, at least one")
        if lines and len(cells) != len(lines[0]):
            expected = f"{len(lines[0])} cells, as in the first row"
            raise InvalidInput(f"{field}[{i}]", f"{len(cells)} cells", expected, "A game is rectangular")
        lines.append(list(cells))
    return lines


def _paired(row: list[list[object]], column: list[list[object]], field: str) -> list[list[object]]:
    shapes = [f"{len(lines)} x {len(lines[0])}" for lines in (row, column)]
    if shapes[0] != shapes[1]:
        raise InvalidInput("column", shapes[1], f"{shapes[0]}, the shape of {field}")
    return [list(zip(mine, theirs, strict=True)) for mine, theirs in zip(row, column, strict=True)]


def _cell(cell: object, field: str, kinds: dict[str, str]) -> tuple[Fraction, Fraction]:
    if not isinstance(cell, list | tuple) or len(cell) != 2:
        raise InvalidInput(field, plain(cell), PAIR)
    return _payoff(cell[0], f"{field}[0]", kinds), _payoff(cell[1], f"{field}[1]", kinds)


def _payoff(value: object, field: str, kinds: dict[str, str]) -> Fraction:
    """One payoff; ``kinds`` remembers where the first number of each kind stood, integers apart."""
    if type(value) is int:
        return Fraction(value)
    kind, number = _number(value, field)
    if kind != "integer" and kind not in kinds:
        for other, place in kinds.items():
            raise InvalidInput(
                field,
                plain(value),
                f"a number written like {place}, which is {_ARTICLE[other]}",
                "One game mixes only integers with one other kind of number, so that all are read alike",
            )
        kinds[kind] = field
    return number


_ARTICLE = {"decimal": "a decimal", "text": "text", "fraction": "a fraction", "float": "a float"}


def _number(value: object, field: str) -> tuple[str, Fraction]:
    if isinstance(value, bool):
        raise InvalidInput(field, value, EXACT)
    if isinstance(value, float) and math.isfinite(value):
        return "float", Fraction(value)
    if isinstance(value, Decimal) and value.is_finite():
        return "decimal", Fraction(value)
    if isinstance(value, Rational):
        exact = Fraction(int(value.numerator), int(value.denominator))
        return ("fraction" if isinstance(value, Fraction) else "integer"), exact
    if isinstance(value, str):
        return "text", as_rational(field, value)
    raise InvalidInput(field, plain(value), EXACT)


def denominator(payoffs: Matrix) -> int:
    """The least number that makes all payoffs of a player integers when they are multiplied by it."""
    return math.lcm(*[value.denominator for line in payoffs for value in line])


def integers(payoffs: Matrix) -> list[list[int]]:
    """A player's payoffs in units of one over their common denominator."""
    scale = denominator(payoffs)
    if scale == 1:
        return [[value.numerator for value in line] for line in payoffs]
    return [[value.numerator * (scale // value.denominator) for value in line] for line in payoffs]


@dataclass(frozen=True, slots=True)
class BestResponses:
    """The best replies to each pure strategy.

    Attributes:
        row: For each column, the rows that are best against it.
        column: For each row, the columns that are best against it.
    """

    row: tuple[tuple[int, ...], ...]
    column: tuple[tuple[int, ...], ...]


def best_responses(game: Bimatrix) -> BestResponses:
    """The best replies of each player to each pure strategy of the other.

    >>> best_responses(Bimatrix.of([[(2, 1), (0, 0)], [(0, 0), (1, 2)]])).row
    ((0,), (1,))
    """
    row, column = integers(game.row), integers(game.column)
    return BestResponses(tuple(map(_greatest, zip(*row, strict=True))), tuple(map(_greatest, column)))


def _greatest(values: Sequence[int]) -> tuple[int, ...]:
    best = max(values)
    return tuple([place for place, value in enumerate(values) if value == best])


def expected(payoffs: Iterable[Sequence[Fraction]], strategy: Sequence[Number]) -> list[Number]:
    """What each line of payoffs gives against a mixed strategy."""
    played = [(place, weight) for place, weight in enumerate(strategy) if weight]
    return [sum((weight * line[place] for place, weight in played), Fraction(0)) for line in payoffs]


def regret(game: Bimatrix, row: Sequence[Number], column: Sequence[Number]) -> Number:
    """The most that either player could gain by playing something else, in payoff units.

    Args:
        game: The game.
        row: The row player's mixed strategy: one probability for each row.
        column: The column player's, likewise.

    Returns:
        Zero at an equilibrium and only there; exact when the probabilities are.

    >>> game = Bimatrix.of([[(3, 3), (0, 5)], [(5, 0), (1, 1)]])
    >>> regret(game, (0, 1), (0, 1)), regret(game, (1, 0), (1, 0))
    (Fraction(0, 1), Fraction(2, 1))
    """
    gains = []
    for payoffs, own, other in ((game.row, row, column), (game.replies, column, row)):
        values = expected(payoffs, other)
        got = sum((weight * value for weight, value in zip(own, values, strict=True)), Fraction(0))
        gains.append(max(values) - got)
    return max(gains)
