"""All real roots of many functions at once, each in an interval of its own.

Between two neighbouring sign changes of a derivative the function is monotone and has one root at most. Starting from
a derivative whose sign changes are known and going down, every level brackets the next: nothing is scanned, and no
root is missed but for a double one that rounding hides.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats

Derivative = Callable[[int, Floats, NDArray[np.intp]], Floats]
"""Evaluates the derivative of an order at points (M,) of the functions in some rows (M,)."""

_STEPS = 200
"""Far above what bisection needs from the widest bracket."""


def roots_between(derivative: Derivative, order: int, low: Floats, breaks: Floats, high: Floats) -> Floats:
    """The roots of N functions, each within [low, high].

    Args:
        derivative: Evaluates the functions (order 0) and their derivatives up to ``order``.
        order: Of the derivative whose sign changes at ``breaks`` only; at least 1.
        low, high: Ends, shape (N,).
        breaks: Rising, within the ends, shape (N, m); a point that is no sign change does no harm.

    Returns:
        Shape (N, m + order), each row rising; NaN where there is no root.

    >>> cubic = np.array([[-6.0, 11.0, -6.0, 1.0]])
    >>> ends = np.array([0.0]), np.empty((1, 0)), np.array([10.0])
    >>> [round(root, 12) for root in roots_between(polynomial(cubic), 3, *ends)[0].tolist()]
    [1.0, 2.0, 3.0]
    """
    points = np.column_stack((low, breaks, high))
    for level in range(order - 1, -1, -1):
        found = _monotone_roots(derivative, level, points)
        points = np.column_stack((low, np.where(np.isnan(found), points[:, :-1], found), high))
    return found


def polynomial(coefficients: Floats) -> Derivative:
    """The derivatives of polynomials; coefficients of shape (N, degree + 1) from the constant up."""
    tables = [coefficients]
    while tables[-1].shape[1] > 1:
        tables.append(tables[-1][:, 1:] * np.arange(1, tables[-1].shape[1]))

    def evaluate(order: int, x: Floats, rows: NDArray[np.intp]) -> Floats:
        table = tables[order][rows]
        value = table[:, -1].copy()
        for column in range(table.shape[1] - 2, -1, -1):
            value *= x
            value += table[:, column]
        return value

    return evaluate


def _monotone_roots(derivative: Derivative, level: int, points: Floats) -> Floats:
    """The root in each interval between neighbours, NaN where the sign does not change."""
    count, width = points.shape
    rows = np.repeat(np.arange(count), width)
    negative = (derivative(level, points.ravel(), rows) < 0).reshape(count, width)
    row, column = np.nonzero((negative[:, :-1] != negative[:, 1:]) & (points[:, :-1] < points[:, 1:]))
    found = np.full((count, width - 1), np.nan)
    found[row, column] = _bracketed(
        derivative, level, points[row, column], points[row, column + 1], row, negative[row, column]
    )
    return found


def _bracketed(
    derivative: Derivative, level: int, low: Floats, high: Floats, rows: NDArray[np.intp], rising: NDArray[np.bool_]
) -> Floats:
    """Newton's method inside a bracket that bisection shrinks when Newton does not."""
    result = (low + high) / 2
    active = np.arange(len(result))
    x, width = result.copy(), high - low
    for _ in range(_STEPS):
        if not len(active):
            break
        value = derivative(level, x, rows)
        right = (value < 0) == rising
        low, high = np.where(right, x, low), np.where(right, high, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = x - value / derivative(level + 1, x, rows)
        slow = 2 * (high - low) > width
        inside = (newton > low) & (newton < high)
        step = np.where(inside & ~(slow & (np.abs(newton - x) > width / 4)), newton, (low + high) / 2)
        result[active] = step
        tiny = 4e-16 * np.abs(step)
        going = (np.abs(step - x) > tiny) & (high - low > tiny) & (value != 0)
        result[active[value == 0]] = x[value == 0]
        width = high - low
        active, rows, rising, x = active[going], rows[going], rising[going], step[going]
        low, high, width = low[going], high[going], width[going]
    return result
