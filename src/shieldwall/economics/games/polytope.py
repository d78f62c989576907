"""The vertices of a best-response polytope, exactly, with every inequality that binds at each.

Double description in integers (Motzkin and others 1953; Fukuda and Prodon 1996); for a player of two strategies the
upper envelope of lines. Neither needs general position: a vertex of a degenerate polytope comes once, with all its
labels. Nothing here knows what an equilibrium is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Rows = Sequence[Sequence[int]]

MODEST = 4_004
"""Rays that exact enumeration handles in about a second. No game up to 10 x 10 has more (McMullen's upper bound)."""

MANY = 100
"""Rays from which an array of their labels is quicker to search than a list of numbers."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """An extreme point of one player's best-response polytope.

    Attributes:
        weights: Integers in the proportions of the mixed strategy; with ``height`` they have no common factor.
        height: The opponent's greatest payoff against it, times the sum of the weights.
        unplayed: Bit i is set when pure strategy i has no weight.
        replies: Bit j is set when the opponent's pure strategy j is a best reply.
    """

    weights: tuple[int, ...]
    height: int
    unplayed: int
    replies: int


@dataclass(frozen=True, slots=True)
class _Ray:
    coordinates: tuple[int, ...]
    tight: int


def vertices(payoffs: Rows, limit: float = math.inf) -> list[Vertex] | None:
    """Every extreme point of {(x, v): x >= 0, sum x = 1, payoffs[j] · x <= v for all j}.

    Args:
        payoffs: The opponent's payoffs: one row for each of the opponent's pure strategies, one column for each of
            the player's.
        limit: The most rays to hold at once. Two strategies have at most one vertex more than the opponent has
            strategies, and are not limited.

    Returns:
        The vertices; None if the limit was passed.

    >>> [(vertex.weights, bin(vertex.replies)) for vertex in vertices([[2, 0], [0, 1]]) or ()]
    [((1, 0), '0b1'), ((1, 2), '0b11'), ((0, 1), '0b10')]
    """
    size = len(payoffs[0])
    if size == 2:
        return _envelope(payoffs)
    rays = _first_cone(payoffs[0])
    for number, row in enumerate(payoffs[1:], start=size + 1):
        rays = _cut(rays, row, 1 << number, size + 1, limit)
        if len(rays) > limit:
            return None
    unplayed = (1 << size) - 1
    return [
        Vertex(ray.coordinates[:-1], ray.coordinates[-1], ray.tight & unplayed, ray.tight >> size)
        for ray in rays
        if ray.tight & unplayed != unplayed
    ]


def _envelope(payoffs: Rows) -> list[Vertex]:
    """The vertices for a player of two strategies: where the greatest of some lines bends, and the two ends.

    The lines that bend it are corners of the hull of the points (payoff to strategy 0, to strategy 1), on its upper
    right from the highest point to the rightmost.
    """
    corners: list[tuple[int, int]] = []
    for right, up in sorted({(line[0], line[1]) for line in payoffs}):
        while corners and up >= corners[-1][1]:
            corners.pop()
        while len(corners) > 1:
            (first, high), (second, low) = corners[-2:]
            if (second - first) * (up - low) < (right - second) * (low - high):
                break
            corners.pop()
        corners.append((right, up))
    bends = [(high - low, right - left) for (left, high), (right, low) in pairwise(corners)]
    found = []
    for one, two in [(1, 0), *reversed(bends), (0, 1)]:
        divisor = math.gcd(one, two)
        weights = one // divisor, two // divisor
        values = [weights[0] * line[0] + weights[1] * line[1] for line in payoffs]
        height = max(values)
        replies = sum(1 << number for number, value in enumerate(values) if value == height)
        found.append(Vertex(weights, height, (not one) | (not two) << 1, replies))
    return found


def _first_cone(row: Sequence[int]) -> list[_Ray]:
    """The rays of {x >= 0, v >= row · x}: one for each pure strategy, and v alone."""
    size = len(row)
    everything = (1 << size + 1) - 1
    rays = [_Ray((*(int(i == k) for k in range(size)), value), everything ^ 1 << i) for i, value in enumerate(row)]
    return [*rays, _Ray((*[0] * size, 1), everything ^ 1 << size)]


def _cut(rays: list[_Ray], row: Sequence[int], label: int, dimension: int, limit: float) -> list[_Ray]:
    """Add the inequality v >= row · x to a cone given by its extreme rays; stop when they pass the limit."""
    kept: list[_Ray] = []
    above: list[tuple[_Ray, int]] = []
    below: list[tuple[_Ray, int]] = []
    for ray in rays:
        slack = ray.coordinates[-1] - sum(a * x for a, x in zip(row, ray.coordinates, strict=False) if x)
        if slack > 0:
            above.append((ray, slack))
            kept.append(ray)
        elif slack < 0:
            below.append((ray, -slack))
        else:
            kept.append(_Ray(ray.coordinates, ray.tight | label))
    tight = [ray.tight for ray in rays]
    table = _words(tight if len(tight) >= MANY else [], label.bit_length() // 64 + 1)
    for high, slack in above:
        if len(kept) > limit:
            break
        for low, lack in below:
            common = high.tight & low.tight
            if common.bit_count() >= dimension - 2 and _is_edge(high, low, common, dimension, tight, table):
                kept.append(_between(high, low, slack, lack, common | label))
    return kept


def _is_edge(high: _Ray, low: _Ray, common: int, dimension: int, tight: list[int], table: NDArray[np.uint64]) -> bool:
    """Whether the smallest face that holds two extreme rays holds no third; ``table`` is ``tight`` in words."""
    if dimension - 1 in {high.tight.bit_count(), low.tight.bit_count()}:
        # The inequalities that bind at a simple ray are independent, so dimension - 2 of them leave an edge.
        return True
    if len(tight) < MANY:
        return sum(common & other == common for other in tight) == 2
    words = _words([common], table.shape[1])
    return int(((table & words) == words).all(axis=1).sum()) == 2


def _words(sets: Sequence[int], count: int) -> NDArray[np.uint64]:
    """Sets of labels as lines of 64-bit words."""
    text = b"".join(labels.to_bytes(8 * count, "little") for labels in sets)
    return np.frombuffer(text, np.uint64).reshape(-1, count)


def _between(high: _Ray, low: _Ray, slack: int, lack: int, tight: int) -> _Ray:
    """The ray of the edge between two that meets the new inequality."""
    mixed = [slack * b + lack * a for a, b in zip(high.coordinates, low.coordinates, strict=True)]
    divisor = math.gcd(*mixed)
    return _Ray(tuple(value // divisor for value in mixed), tight)
