"""The kinds of 2x2 games, which the order of each player's four payoffs decides.

A game that a change of payoffs as small as you like can turn into games of two kinds is ``BOUNDARY``. Kinds do not
depend on how strategies are numbered, nor on which player is called the row player.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from fractions import Fraction
from functools import cache
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
Cells = tuple[int, ...]
Profile = tuple[int, int]
Payoffs = Mapping[Profile, int]

CELLS = tuple(product((0, 1), repeat=2))


class GameClass(IntEnum):
    """A kind of 2x2 game; each member's meaning is on the theory page and in ``meaning``.

    >>> GameClass.STAG_HUNT.label
    'stag_hunt'
    """

    BOUNDARY = 0
    PRISONERS_DILEMMA = 1
    DEADLOCK = 2
    HARMONY = 3
    BOTH_DOMINANT = 4
    ONE_DOMINANT = 5
    STAG_HUNT = 6
    CHICKEN = 7
    BATTLE_OF_THE_SEXES = 8
    MATCHING_PENNIES = 9

    @property
    def label(self) -> str:
        """The name in JSON."""
        return self.name.lower()

    @property
    def meaning(self) -> str:
        """One sentence for a reader."""
        return _MEANINGS[self]


_MEANINGS = {
    GameClass.BOUNDARY: "a tie between payoffs: the smallest change of them makes it a game of another kind",
    GameClass.PRISONERS_DILEMMA: "each player has a dominant strategy, and both would be better off if neither used it",
    GameClass.DEADLOCK: "each player has a dominant strategy and wishes that the other had not",
    GameClass.HARMONY: "each player has a dominant strategy, and it serves the other too",
    GameClass.BOTH_DOMINANT: "each player has a dominant strategy, and what these mean to the other differs",
    GameClass.ONE_DOMINANT: "one player has a dominant strategy, and the other answers it",
    GameClass.STAG_HUNT: "two strict equilibria, of which both players prefer the same",
    GameClass.CHICKEN: "two strict equilibria; each player prefers another, and one outcome is a compromise",
    GameClass.BATTLE_OF_THE_SEXES: "two strict equilibria; each player prefers another, and no outcome is a compromise",
    GameClass.MATCHING_PENNIES: "no equilibrium in pure strategies, one in mixed ones",
}

ORDERS = tuple(ranks for ranks in product(range(4), repeat=4) if set(ranks) == set(range(max(ranks) + 1)))
"""The 75 ways to order four payoffs, ties included: the ranks of the cells 00, 01, 10, 11."""

_PLACES = {ranks: place for place, ranks in enumerate(ORDERS)}


def kind_of(row: Sequence[Fraction | int], column: Sequence[Fraction | int]) -> GameClass:
    """The class of one game, exactly.

    Args:
        row: The row player's payoffs in the cells 00, 01, 10, 11.
        column: The column player's.

    >>> kind_of((3, 0, 5, 1), (3, 5, 0, 1)).label
    'prisoners_dilemma'
    """
    return GameClass(int(kinds()[_PLACES[_ranks(row)], _PLACES[_ranks(column)]]))


def _ranks(payoffs: Sequence[Fraction | int]) -> tuple[int, ...]:
    values = sorted(set(payoffs))
    return tuple([values.index(payoff) for payoff in payoffs])


@cache
def kinds() -> Codes:
    """The class for each pair of orders: that of the strict orders a small change may turn them into, if it is one."""
    strict = list(permutations(range(4)))
    becomes = np.array([[_refines(order, ranks) for order in strict] for ranks in ORDERS], int)
    named = np.array([[_strict_kind(row, column) for column in strict] for row in strict])
    possible = np.array([becomes @ (named == kind) @ becomes.T > 0 for kind in GameClass])
    found: Codes = np.where(possible.sum(axis=0) == 1, possible.argmax(axis=0), GameClass.BOUNDARY).astype(np.uint8)
    return found


def _refines(order: Cells, ranks: Cells) -> bool:
    return all(order[one] < order[other] for one, other in permutations(range(4), 2) if ranks[one] < ranks[other])


def _strict_kind(row: Cells, column: Cells) -> GameClass:
    """The class of a game in which no player has a tie."""
    a, b = {(i, j): row[2 * i + j] for i, j in CELLS}, {(i, j): column[2 * i + j] for i, j in CELLS}
    best_row = [int(a[1, j] > a[0, j]) for j in (0, 1)]
    best_column = [int(b[i, 1] > b[i, 0]) for i in (0, 1)]
    dominant = (best_row[0] == best_row[1]) + (best_column[0] == best_column[1])
    if dominant == 2:
        return _with_dominance(a, b, best_row[0], best_column[0])
    if dominant == 1:
        return GameClass.ONE_DOMINANT
    strict = [(i, j) for i, j in CELLS if best_row[j] == i and best_column[i] == j]
    return _with_two_strict(a, b, *strict) if strict else GameClass.MATCHING_PENNIES


def _with_dominance(a: Payoffs, b: Payoffs, i: int, j: int) -> GameClass:
    """The class when (i, j) is the equilibrium in dominant strategies: what it is to each player."""
    opposite = (1 - i, 1 - j)
    to_both = {_serves(a, (i, j), opposite, (i, 1 - j)), _serves(b, (i, j), opposite, (1 - i, j))}
    return to_both.pop() if len(to_both) == 1 else GameClass.BOTH_DOMINANT


def _serves(payoffs: Payoffs, here: Profile, opposite: Profile, other_deviates: Profile) -> GameClass:
    if payoffs[opposite] > payoffs[here]:
        return GameClass.PRISONERS_DILEMMA
    return GameClass.DEADLOCK if payoffs[other_deviates] > payoffs[here] else GameClass.HARMONY


def _with_two_strict(a: Payoffs, b: Payoffs, first: Profile, second: Profile) -> GameClass:
    if (a[first] > a[second]) == (b[first] > b[second]):
        return GameClass.STAG_HUNT
    to_row, to_column = (first, second) if a[first] > a[second] else (second, first)
    # Each plays its part in the equilibrium that the other prefers.
    meeting = to_column[0], to_row[1]
    compromise = a[meeting] > a[to_column] and b[meeting] > b[to_row]
    return GameClass.CHICKEN if compromise else GameClass.BATTLE_OF_THE_SEXES
