"""Newton ascents of many small problems at once, within boxes, with exact gradients by complex steps.

Each ascent ends at a local maximum; which of them is best, and against what it is tested, is up to those who call.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.objective import TINY_STEP

_STEPS = 100
_HALVINGS = 20
_DIFFERENCE = 1e-6
_LAST_STEPS = 3
_CLOSE = 1e-4
_LEAST = 1e-3

Flags = NDArray[np.bool_]


class Hill(Protocol):
    """N problems: a value to climb over choices z of shape (N, d), within bounds ``low`` and ``top`` of that shape.

    The choices of which ``top`` is at most 1 are measured in units of 1, the others in units of themselves.
    """

    @property
    def low(self) -> Floats: ...
    @property
    def top(self) -> Floats: ...
    def take(self, rows: Any) -> Any:
        """The problems of some rows, which may repeat."""

    def value(self, z: Any) -> Any:
        """What is climbed; takes complex choices."""

    def admissible_value(self, z: Floats) -> Floats:
        """The same, minus infinity where a choice does not count."""


H = TypeVar("H", bound=Hill)


def gradient(hill: Hill, z: Floats) -> Floats:
    """The gradient, exact to rounding; shape (N, d)."""
    count, width = z.shape
    steps = (z[:, None] + 1j * TINY_STEP * np.eye(width)).reshape(-1, width)
    values = hill.take(np.repeat(np.arange(count), width)).value(steps)
    return np.asarray(values.imag.reshape(-1, width) / TINY_STEP)


def hessian(hill: Hill, z: Floats) -> Floats:
    """The Hessian to about six digits, from differences of gradients; shape (N, d, d)."""
    count, width = z.shape
    size = _size(hill, z)[:, :, None]
    step = _DIFFERENCE * size * np.eye(width)
    moved = np.stack((z[:, None] + step, z[:, None] - step), axis=1).reshape(-1, width)
    slopes = gradient(hill.take(np.repeat(np.arange(count), 2 * width)), moved).reshape(-1, 2, width, width)
    table = (slopes[:, 0] - slopes[:, 1]) / (2 * _DIFFERENCE * size)
    return np.asarray((table + table.swapaxes(1, 2)) / 2)


def strict_maximum(hill: Hill, z: Floats) -> Flags:
    """Whether the value is strictly concave over the choices that are not held at an edge; (N,)."""
    size = _size(hill, z)
    held = (z <= hill.low) | (z >= hill.top)
    table = hessian(hill, z) * size[:, :, None] * size[:, None, :]
    table = np.where(held[:, :, None] | held[:, None, :], -np.eye(z.shape[1]), table)
    strict: Flags = np.linalg.eigvalsh(np.nan_to_num(table))[:, -1] < 0
    return strict


def ascend(hill: Hill, z: Floats) -> tuple[Floats, Floats]:
    """The local maximum that Newton's method reaches from each start, and its value; z of shape (N, d)."""
    z, value = z.copy(), hill.admissible_value(z)
    active = np.flatnonzero(np.isfinite(value))
    for _ in range(_STEPS):
        if not len(active):
            break
        part, here = hill.take(active), z[active]
        found, gained = _search(part, here, _newton_step(part, here), value[active])
        moved = gained > value[active]
        z[active], value[active] = found, np.maximum(gained, value[active])
        active = active[moved]
    # A value is flat at its maximum: its last digits say nothing about the last half of the digits of the choice.
    for _ in range(_LAST_STEPS):
        step = _newton_step(hill, z)
        z = np.where(abs(step) <= _CLOSE * _size(hill, z), np.clip(z + step, hill.low, hill.top), z)
    return z, value


def best_ascent(hill: Hill, starts: Floats) -> tuple[Floats, Floats]:
    """The best point that ascents from the starts of each problem reach, and its value.

    Args:
        starts: Shape (N, S, d).

    Returns:
        Choices (N, d) and values (N,); minus infinity where no start was admissible.
    """
    count, number, width = starts.shape
    found, value = ascend(hill.take(np.repeat(np.arange(count), number)), starts.reshape(-1, width))
    value = value.reshape(count, number)
    rows, pick = np.arange(count), value.argmax(axis=1)
    return found.reshape(starts.shape)[rows, pick], value[rows, pick]


def _size(hill: Hill, z: Floats) -> Floats:
    return np.where(hill.top <= 1, 1.0, np.maximum(abs(z), _LEAST))


def _newton_step(hill: Hill, z: Floats) -> Floats:
    """A Newton step over the choices not held at an edge that goes up also where the value is not concave."""
    slope, size = gradient(hill, z), _size(hill, z)
    free = ~(((z <= hill.low) & (slope <= 0)) | ((z >= hill.top) & (slope >= 0)))
    scaled = hessian(hill, z) * size[:, :, None] * size[:, None, :]
    # Parameters of extreme size overflow here; such a start goes nowhere.
    roots, axes = np.linalg.eigh(np.nan_to_num(np.where(free[:, :, None] & free[:, None, :], scaled, 0.0)))
    along = np.einsum("nij,ni->nj", axes, np.where(free, slope * size, 0.0))
    steps = along / np.maximum(abs(roots), 1e-9 * abs(roots).max(axis=1, keepdims=True) + 1e-300)
    return np.where(free, np.einsum("nij,nj->ni", axes, steps) * size, 0.0)


def _search(hill: Hill, z: Floats, step: Floats, value: Floats) -> tuple[Floats, Floats]:
    """The best of a step and its halves, kept within bounds; the point itself where none is better."""
    halves = 0.5 ** np.arange(_HALVINGS)
    trial = np.clip(z[:, None] + halves[:, None] * step[:, None], hill.low[:, None], hill.top[:, None])
    many = hill.take(np.repeat(np.arange(len(z)), _HALVINGS))
    gained = many.admissible_value(trial.reshape(-1, z.shape[1])).reshape(-1, _HALVINGS)
    rows, pick = np.arange(len(z)), gained.argmax(axis=1)
    better = gained[rows, pick] > value
    return np.where(better[:, None], trial[rows, pick], z), np.where(better, gained[rows, pick], value)
