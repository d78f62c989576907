"""Mixed profiles in floating point, and the check that each of them is an equilibrium.

A library's answer enters a result through ``checked`` only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.games.bimatrix import Matrix

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Largest regret of an accepted profile, in parts of the range of that player's payoffs."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A player's payoffs brought to [1, 2] exactly, before they became floats.

    Attributes:
        payoffs: The scaled payoffs, own strategies as rows.
        least: What 1 stands for, in payoff units.
        span: One unit of the scaled payoffs, in payoff units.
    """

    payoffs: Floats
    least: float
    span: float

    @classmethod
    def of(cls, payoffs: Matrix) -> Scaled:
        """Scale one player's payoffs; if all are equal they become 1."""
        values = [value for line in payoffs for value in line]
        least, span = min(values), (max(values) - min(values)) or 1
        scaled = np.array([[float((value - least) / span) for value in line] for line in payoffs]) + 1
        return cls(scaled, float(least), float(span))


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles, one in each line.

    Attributes:
        row: The row player's probabilities.
        column: The column player's.
        payoffs: What the row and the column player get, in payoff units.
        regret: The most either could gain by deviating, in payoff units.
    """

    row: Floats
    column: Floats
    payoffs: Floats
    regret: Floats


def checked(row: Scaled, replies: Scaled, rows: Floats, columns: Floats) -> Profiles:
    """The equilibria among some profiles: those whose regret is within ``TOLERANCE``.

    Args:
        row: The row player's payoffs.
        replies: The column player's, that player's own strategies as rows.
        rows: The row player's strategy in each profile, up to a positive factor; negative rounding errors are dropped.
        columns: The column player's, likewise.
    """
    rows, columns = (np.maximum(side, 0) for side in (rows, columns))
    rows, columns = (side / side.sum(axis=1, keepdims=True) for side in (rows, columns))
    to_row, to_column = columns @ row.payoffs.T, rows @ replies.payoffs.T
    got = np.stack([(rows * to_row).sum(axis=1), (columns * to_column).sum(axis=1)], axis=1)
    regret = np.maximum(np.stack([to_row.max(axis=1), to_column.max(axis=1)], axis=1) - got, 0)
    good = (regret <= TOLERANCE).all(axis=1)
    span = np.array([row.span, replies.span])
    payoffs = (got - 1) * span + np.array([row.least, replies.least])
    return Profiles(rows[good], columns[good], payoffs[good], (regret * span).max(axis=1)[good])
