"""Maxima and roots of many functions of one variable, where no closed form bounds how many there are.

A scan, so what lies between two points of it can be missed: the solvers that use it say so by ``complete`` = False.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats

Family: TypeAlias = Callable[[Floats], Floats]
"""N functions at once: points of shape (N, P) to values of that shape; minus infinity where not admissible."""

POINTS = 200
GOLDEN = (5**0.5 - 1) / 2
_SHRINKS = 75


def scan_points(near: Floats, end: Floats) -> Floats:
    """Points from 0 to an end: in equal steps, in equal ratios, and densely around a point; shape (N, 3 POINTS)."""
    near = np.clip(near, 1e-12, np.maximum(end, 1e-12))
    steps = np.linspace(0, 1, POINTS)
    low, high = near / 1e3, np.maximum(end, near * (1 + 1e-9))
    ratios = low[:, None] * (high / low)[:, None] ** steps
    around = near[:, None] * (0.5 + steps * 1.5)
    return np.sort(np.column_stack((steps * high[:, None], ratios, np.minimum(around, high[:, None]))), axis=1)


def scan_maximum(family: Family, points: Floats) -> tuple[Floats, Floats]:
    """The best point of each function, by its best three cells and golden sections inside them; shape (N,)."""
    values = family(points)
    last = points.shape[1] - 1
    peak = values.copy()
    peak[:, 1:] = np.where(values[:, :-1] > values[:, 1:], -np.inf, peak[:, 1:])
    peak[:, :-1] = np.where(values[:, 1:] > values[:, :-1], -np.inf, peak[:, :-1])
    places = np.argsort(peak, axis=1)[:, -3:]
    low = np.take_along_axis(points, np.maximum(places - 1, 0), axis=1)
    high = np.take_along_axis(points, np.minimum(places + 1, last), axis=1)
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = family(left), family(right)
    for _ in range(_SHRINKS):
        falls = at_left >= at_right
        low, high = np.where(falls, low, left), np.where(falls, right, high)
        new = np.where(falls, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        at_new = family(new)
        left, right, at_left, at_right = (
            np.where(falls, new, right),
            np.where(falls, left, new),
            np.where(falls, at_new, at_right),
            np.where(falls, at_left, at_new),
        )
    every = np.column_stack((left, np.take_along_axis(points, places, axis=1)))
    worth = np.column_stack((at_left, np.take_along_axis(values, places, axis=1)))
    rows, pick = np.arange(len(points)), worth.argmax(axis=1)
    return every[rows, pick], worth[rows, pick]


def scan_roots(
    function: Callable[[NDArray[np.intp], Floats], Floats], points: Floats
) -> tuple[NDArray[np.intp], Floats]:
    """The points where functions fall or rise through 0, by the cells of a scan and bisection inside them.

    Args:
        function: Values of the functions of some rows at one point each.
        points: Rising, shape (N, P); a value that is not a number is no sign.

    Returns:
        The row and the point of each root; rows rising.
    """
    count, width = points.shape
    values = function(np.repeat(np.arange(count), width), points.ravel()).reshape(count, width)
    row, cell = np.nonzero((values[:, :-1] > 0) != (values[:, 1:] > 0))
    finite = np.isfinite(values[row, cell]) & np.isfinite(values[row, cell + 1])
    row, cell = row[finite], cell[finite]
    low, high, positive = points[row, cell], points[row, cell + 1], values[row, cell] > 0
    for _ in range(200):
        middle = (low + high) / 2
        if np.all((middle <= low) | (middle >= high)):
            break
        same = (function(row, middle) > 0) == positive
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return row, low
