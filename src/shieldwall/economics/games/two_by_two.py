"""Arrays of 2x2 games in closed form: all extreme equilibria of each, and what kind of game it is.

Which candidates are equilibria depends on four signs: whether the row player's first strategy is better, worse or no
different against each column, and the column player's against each row. The class depends on the order of each player's
payoffs. Both are tabulated once from their definitions; a game is then looked up. Payoffs are compared as the floats
they are, without tolerance: whoever means 1/10 and not the float 0.1 takes ``solve_game``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shieldwall.economics.games.kinds import ORDERS, GameClass, kinds
from shieldwall.errors import InvalidInput

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Codes = NDArray[np.uint8]

LARGEST = 1e300
"""Payoffs beyond this are refused: their differences would overflow."""

BLOCK = 16_384
"""Games treated at a time, so that what is computed on the way stays in the processor's cache."""

MIXED = 2
"""The third candidate of each player, beside the two pure strategies: the one that leaves the opponent indifferent."""

SIGNS = tuple(product((-1, 0, 1), repeat=4))
"""The sign patterns in the order of their number: row player against column 0 and 1, column player against row 0, 1."""


def _extreme(signs: tuple[int, ...]) -> list[list[bool]]:
    """Which pairs of candidates are equilibria: each plays only best replies to the other."""
    row, column = signs[:2], signs[2:]
    return [[_plays_best(i, j, row, column) and _plays_best(j, i, column, row) for j in range(3)] for i in range(3)]


def _plays_best(own: int, other: int, gains: tuple[int, ...], other_gains: tuple[int, ...]) -> bool:
    """Whether a candidate exists and plays only best replies.

    Args:
        own: The player's candidate: 0, 1 or ``MIXED``, which exists if the opponent's gains have opposite signs.
        other: The opponent's.
        gains: Signs of what strategy 0 gains the player over strategy 1, against each strategy of the opponent.
        other_gains: Likewise for the opponent.
    """
    if own == MIXED and other_gains[0] * other_gains[1] >= 0:
        return False
    if other == MIXED:
        return True
    return gains[other] == 0 if own == MIXED else gains[other] * (1, -1)[own] >= 0


EXTREME = np.array([_extreme(signs) for signs in SIGNS])
"""For each pattern, a 3x3 table of candidates: strategy 0, strategy 1, ``MIXED``."""


@dataclass(frozen=True, slots=True, eq=False)
class TwoByTwo:
    """What ``classify`` found; every array begins with the shape of the array of games.

    Attributes:
        pattern: Number of the sign pattern, 0 to 80, an index of ``SIGNS``.
        classes: The class of each game, a ``GameClass`` as a number.
        row_mix: The probability of row 0 that leaves the column player indifferent; NaN where there is none in (0, 1).
        column_mix: The probability of column 0 that leaves the row player indifferent, likewise.
    """

    pattern: Codes
    classes: Codes
    row_mix: Floats
    column_mix: Floats

    @property
    def extreme(self) -> Mask:
        """Shape (..., 3, 3): which pairs of candidates (strategy 0, strategy 1, mixed) are extreme equilibria."""
        found: Mask = EXTREME[self.pattern]
        return found

    @property
    def pure(self) -> Mask:
        """Shape (..., 2, 2): which cells are equilibria."""
        return self.extreme[..., :MIXED, :MIXED]

    @property
    def mixed(self) -> Mask:
        """Whether ``row_mix`` against ``column_mix`` is an equilibrium."""
        return self.extreme[..., MIXED, MIXED]

    @property
    def boundary(self) -> Mask:
        """Whether the game is on the border of its class."""
        return self.where(GameClass.BOUNDARY)

    def where(self, kind: GameClass) -> Mask:
        """Which games are of a class."""
        found: Mask = self.classes == kind
        return found

    def profiles(self, index: int | tuple[int, ...] = ()) -> list[tuple[tuple[float, float], tuple[float, float]]]:
        """The extreme equilibria of one game: the probabilities of the rows, and of the columns.

        Args:
            index: Its place in the array of games.

        >>> classify([[3, 0], [5, 1]], [[3, 5], [0, 1]]).profiles()
        [((0.0, 1.0), (0.0, 1.0))]
        """
        rows, columns = (
            ((1.0, 0.0), (0.0, 1.0), (float(mix[index]), 1 - float(mix[index])))
            for mix in (self.row_mix, self.column_mix)
        )
        return [(rows[i], columns[j]) for i, j in np.argwhere(self.extreme[index])]


def classify(row: ArrayLike, column: ArrayLike) -> TwoByTwo:
    """Solve and name every game of an array.

    Args:
        row: The row player's payoffs, shape (..., 2, 2), finite, of magnitude up to 1e300.
        column: The column player's, of the same shape, in the same places.

    Returns:
        All extreme equilibria and the class of each game.

    Raises:
        InvalidInput: If the shapes are wrong, or a payoff is not such a number; the first bad game is named.

    >>> rewards = np.array([0.0, 0.5, 2.0])
    >>> share = np.array([[1, -1], [0, 0]]) + rewards[:, None, None] * [[1, 1], [0, 0]]
    >>> found = classify(share, share.swapaxes(1, 2))
    >>> [GameClass(kind).label for kind in found.classes], found.row_mix.round(2).tolist()
    (['stag_hunt', 'stag_hunt', 'harmony'], [0.5, 0.25, nan])
    """
    rows, columns = _games("row", row), _games("column", column)
    if rows.shape != columns.shape:
        raise InvalidInput("column", columns.shape, f"{rows.shape}, the shape of row")
    shape = rows.shape[:-2]
    rows, columns = rows.reshape(-1, 2, 2), columns.reshape(-1, 2, 2)
    pattern, classes = np.empty(len(rows), np.uint8), np.empty(len(rows), np.uint8)
    row_mix, column_mix = np.empty(len(rows)), np.empty(len(rows))
    tables = _tables()
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        # One line for each cell, so that comparisons run over neighbours in memory.
        a, b = (np.ascontiguousarray(payoffs[part].reshape(-1, 4).T) for payoffs in (rows, columns))
        if not _within(a) or not _within(b):
            _refuse("row", np.asarray(row, np.float64))
            _refuse("column", np.asarray(column, np.float64))
        orders = tables.order.take(_comparisons(a)) * len(ORDERS) + tables.order.take(_comparisons(b))
        tables.classes.take(orders, out=classes[part], mode="clip")
        tables.pattern.take(orders, out=pattern[part], mode="clip")
        _balance(b[2] - b[3], b[0] - b[1], tables.row_mixes.take(orders), row_mix[part])
        _balance(a[1] - a[3], a[0] - a[2], tables.column_mixes.take(orders), column_mix[part])
    return TwoByTwo(pattern.reshape(shape), classes.reshape(shape), row_mix.reshape(shape), column_mix.reshape(shape))


def _games(name: str, payoffs: ArrayLike) -> Floats:
    try:
        games = np.asarray(payoffs, np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(name, payoffs, "an array of numbers") from error
    if games.shape[-2:] != (2, 2) or games.ndim < 2:
        raise InvalidInput(name, games.shape, "an array of shape (..., 2, 2)")
    return games


def _within(payoffs: Floats) -> bool:
    return bool(payoffs.max() <= LARGEST and payoffs.min() >= -LARGEST)


def _refuse(name: str, payoffs: Floats) -> None:
    """Name the first payoff that is not a number of moderate size, if there is one."""
    for place in np.argwhere(~(np.abs(payoffs) <= LARGEST)).tolist():
        expected = f"a finite number of magnitude up to {LARGEST:g}"
        raise InvalidInput(f"{name}{place}", float(payoffs[tuple(place)]), expected)


PAIRS = tuple(combinations(range(4), 2))
"""The pairs of cells compared, in the order of the digits of ``_comparisons``."""


def _comparisons(payoffs: Floats) -> NDArray[np.int16]:
    """The six comparisons of four payoffs as a number in base 3, 0 to 728; the lines are the cells 00, 01, 10, 11."""
    halves = []
    for pairs in (PAIRS[:3], PAIRS[3:]):
        half = np.full(payoffs.shape[1], 13, np.int8)
        for weight, (one, other) in zip((9, 3, 1), pairs, strict=True):
            more, less = payoffs[one] > payoffs[other], payoffs[one] < payoffs[other]
            half += np.int8(weight) * (more.view(np.int8) - less.view(np.int8))
        halves.append(half)
    return halves[0] * np.int16(27) + halves[1]


def _balance(other: Floats, own: Floats, exists: Floats, weight: Floats) -> None:
    """Write the weight on ``own`` that balances two gains of opposite sign; NaN where ``exists`` is NaN and not 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(other, other - own, out=weight)
        np.multiply(weight, exists, out=weight)


@dataclass(frozen=True, slots=True)
class _Tables:
    """What is looked up.

    Attributes:
        order: For the number of six comparisons, the number of the order of payoffs.
        classes: For both players' orders, the class.
        pattern: For both players' orders, the sign pattern.
        row_mixes: For both players' orders, 1 if some mixture of rows leaves the column player indifferent, else NaN.
        column_mixes: 1 if some mixture of columns leaves the row player indifferent, else NaN.
    """

    order: NDArray[np.intp]
    classes: Codes
    pattern: Codes
    row_mixes: Floats
    column_mixes: Floats


@cache
def _tables() -> _Tables:
    ranks = np.array(ORDERS, np.float64).T
    order = np.zeros(3**6, np.intp)
    order[_comparisons(ranks)] = np.arange(len(ORDERS))
    to_row = 27 * np.sign(ranks[0] - ranks[2]) + 9 * np.sign(ranks[1] - ranks[3])
    to_column = 3 * np.sign(ranks[0] - ranks[1]) + np.sign(ranks[2] - ranks[3])
    pattern = (to_row[:, None] + to_column + len(SIGNS) // 2).astype(np.uint8).ravel()
    row_mixes = np.array([1 if signs[2] * signs[3] < 0 else np.nan for signs in SIGNS])
    column_mixes = np.array([1 if signs[0] * signs[1] < 0 else np.nan for signs in SIGNS])
    return _Tables(order, kinds().ravel(), pattern, row_mixes[pattern], column_mixes[pattern])
