"""All equilibria of a large game in floating point, if its best-response polytopes are found to be simple.

The vertices come from Qhull, as in ``quantecon.game_theory.vertex_enumeration``, which hides them and so cannot tell a
degenerate game from another; here they are looked at. A list of vertices is accepted when at each of them exactly as
many inequalities bind as there are dimensions, all others hold by more than rounding can explain, and each edge leads
to another vertex of the list. The graph of a polytope is connected, so a list that its edges do not leave is complete.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.games.bimatrix import Bimatrix
from shieldwall.economics.games.profiles import Profiles, Scaled, checked
from shieldwall.economics.precision import economics_extra

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_STRATEGIES = 30
"""Of both players together. Beyond it the vertices are too many, whatever finds them."""

SAFETY = 100
"""A slack must exceed the estimate of its rounding error by this factor."""


@dataclass(frozen=True, slots=True)
class _Simple:
    """The vertices of a simple polytope {x >= 0, payoffs x <= 1}.

    Attributes:
        weights: A line for each vertex; the strategy times a positive factor.
        labels: The inequalities that bind there: i for x_i >= 0, then one for each line of payoffs.
    """

    weights: Floats
    labels: Integers


def simple_equilibria(game: Bimatrix) -> Profiles | None:
    """Every equilibrium of a game whose best-response polytopes are simple.

    Returns:
        The profiles, their regret checked; None if the game is too large, degenerate, or so close to degenerate that
        rounding leaves a doubt.

    Raises:
        MissingPackage: If SciPy is not installed.
    """
    if sum(game.shape) > MOST_STRATEGIES:
        return None
    row, replies = Scaled.of(game.row), Scaled.of(game.replies)
    mine, theirs = _vertices(replies.payoffs), _vertices(row.payoffs)
    if mine is None or theirs is None:
        return None
    rows, columns = game.shape
    full = np.uint64((1 << rows + columns) - 1)
    missing = full ^ _bits((theirs.labels + rows) % (rows + columns))
    _, here, there = np.intersect1d(_bits(mine.labels), missing, assume_unique=True, return_indices=True)
    # The origin is a vertex too, but no strategy.
    played = mine.weights[here].any(axis=1)
    here, there = here[played], there[played]
    found = checked(row, replies, mine.weights[here], theirs.weights[there])
    return found if len(found.regret) == len(here) else None


def _bits(labels: Integers) -> NDArray[np.uint64]:
    """Sets of labels as the bits of one number each."""
    bits: NDArray[np.uint64] = np.bitwise_or.reduce(np.uint64(1) << labels.astype(np.uint64), axis=1)
    return bits


def _vertices(payoffs: Floats) -> _Simple | None:
    """The vertices of {x >= 0, payoffs x <= 1}, payoffs positive; None unless all are certainly simple.

    Qhull takes the polar dual around the inner point (shift, ..., shift): each inequality is a point there, each facet
    of the hull a vertex here.
    """
    with economics_extra():
        from scipy.spatial import ConvexHull, QhullError  # noqa: PLC0415 - slow to import
    size = payoffs.shape[1]
    sums = payoffs.sum(axis=1)
    shift = 1 / (2 * sums.max())
    points = np.vstack([-np.eye(size), shift * payoffs / (1 - shift * sums)[:, None]])
    try:
        hull = ConvexHull(points)
    except QhullError:
        return None
    at = -hull.equations[:, :-1] / hull.equations[:, -1:]
    if not _certain(points, at, hull.simplices, hull.neighbors):
        return None
    weights = np.maximum(at + 1, 0)
    lines, places = np.nonzero(hull.simplices < size)
    weights[lines, hull.simplices[lines, places]] = 0
    return _Simple(weights, hull.simplices.astype(np.int64))


def _certain(points: Floats, at: Floats, labels: Integers, neighbours: Integers) -> bool:
    """Whether the vertices ``at`` are simple beyond rounding and no edge leaves the list.

    Args:
        points: The inequalities point · z <= 1.
        at: One vertex in each line.
        labels: The inequalities that should bind there, one for each dimension.
        neighbours: In the same places, the vertex at the other end of the edge along which that one ceases to bind.
    """
    slack = 1 - at @ points.T
    lines = np.arange(len(at))[:, None]
    rounding = np.abs(slack[lines, labels]).max(axis=1) + np.finfo(np.float64).eps * (1 + np.abs(at).sum(axis=1))
    gained = slack[neighbours, labels]
    if (neighbours < 0).any() or (gained <= 0).any() or not _closed(labels, neighbours):
        return False
    slack[lines, labels] = np.inf
    least = slack.min(axis=1)
    # A vertex moves with the rounding of its slacks as the inverse of its binding inequalities says, a column of which
    # is an edge divided by the slack gained along it. No edge is longer than its ends are far from the origin together,
    # which is enough nearly everywhere; elsewhere the edges are measured.
    far = np.abs(at).sum(axis=1)
    error = rounding * (1 + ((far[neighbours] + far[:, None]) / gained).sum(axis=1))
    close = np.flatnonzero(least <= SAFETY * error)
    edges = np.abs(at[neighbours[close]] - at[close, None]).sum(axis=2)
    error = rounding[close] * (1 + (edges / gained[close]).sum(axis=1))
    return bool((least[close] > SAFETY * error).all())


def _closed(labels: Integers, neighbours: Integers) -> bool:
    """Whether every neighbour has all labels but the one left behind."""
    own = _bits(labels)
    left = np.uint64(1) << labels.astype(np.uint64)
    return bool((own[neighbours] & own[:, None] == own[:, None] ^ left).all()) and len(np.unique(own)) == len(own)
