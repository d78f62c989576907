"""Leakage and cost written by a user in JAX, and the paper's assumptions that they must meet, tried on a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from shieldwall.economics.precision import economics_extra, require_float64

Scalar = Callable[[Any, Any], Any]
Condition = tuple[str, float, str, str, float]
"""What is asked, its value at the worst point of the grid, and the bound: as (name, left, sign, bound, right)."""

_ZERO = 1e-12


@dataclass(frozen=True, slots=True)
class CustomLeakage:
    """Leakage g(own sharing, rival's sharing) as a JAX function of two scalars.

    >>> from shieldwall.economics.precision import use_float64
    >>> use_float64()
    >>> next(CustomLeakage(lambda own, rival: rival - own).conditions())
    ('leakage: dg/ds_i at s_i = s_j', -1.0, '>', '0', 0.0)
    """

    function: Scalar

    def value(self, own: Any, rival: Any) -> Any:
        """g, elementwise."""
        return _elementwise(self.function, own, rival)

    def conditions(self) -> Iterator[Condition]:
        """The assumptions of Gal-Or & Ghose section 2 on leakage.

        That g rises in own sharing is asked where both share alike: their example (2) falls in own sharing
        where the rival shares much more.
        """
        part = np.linspace(0, 1, 21)
        own, rival = (axis.ravel() for axis in np.meshgrid(part, part))
        first, second = _derivatives(self.function, own, rival)
        alike, some = own == rival, (own > 0) & (rival > 0)
        yield "leakage: dg/ds_i at s_i = s_j", float(first[alike & some, 0].min()), ">", "0", 0.0
        yield "leakage: dg/ds_j", float(first[some, 1].max()), "<", "0", 0.0
        yield "leakage: d2g/ds_i2", float(second[some, 0, 0].min()), ">", "0", 0.0
        yield "leakage: d2g/ds_j2", float(second[some, 1, 1].max()), "<", "0", 0.0
        yield "leakage: d2g/ds_i ds_j", float(second[some, 0, 1].max()), "<=", "0", 0.0
        slopes = np.abs(first[alike & some])
        yield "leakage: |dg/ds_i| - |dg/ds_j| at s_i = s_j", float((slopes[:, 0] - slopes[:, 1]).min()), ">", "0", 0.0
        curves = np.abs(second[alike & some])
        worst = float((curves[:, 0, 0] - curves[:, 1, 1]).min())
        yield "leakage: |d2g_i/ds_i2| - |d2g_j/ds_i2| at s_i = s_j", worst, ">", "0", 0.0


@dataclass(frozen=True, slots=True)
class CustomCost:
    """Cost f(own investment t, shared knowledge y) as a JAX function of two scalars.

    Args:
        function: f.
        reach: The grid of the check ends at this t and y.
    """

    function: Scalar
    reach: float = 10.0

    def value(self, t: Any, y: Any) -> Any:
        """f, elementwise."""
        return _elementwise(self.function, t, y)

    def conditions(self) -> Iterator[Condition]:
        """The assumptions of Gal-Or & Ghose section 2 on the cost; those in y weakly, so that none may be saved."""
        part = np.linspace(0, self.reach, 41)
        t, y = (axis.ravel() for axis in np.meshgrid(part, part))
        first, second = _derivatives(self.function, t, y)
        some = t > 0
        yield "cost: f_t", float(first[some, 0].min()), ">", "0", 0.0
        yield "cost: f_y", float(first[some, 1].max()), "<=", "0", 0.0
        yield "cost: f_ty", float(second[some, 0, 1].max()), "<=", "0", 0.0
        yield "cost: f_tt", float(second[some, 0, 0].min()), ">", "0", 0.0
        yield "cost: |f_t(0, y)|", float(np.abs(first[~some, 0]).max()), "<=", "0", _ZERO


def _elementwise(function: Scalar, left: Any, right: Any) -> Any:
    """Apply a function of two scalars to NumPy arrays, or to values JAX traces."""
    if not isinstance(left, np.ndarray):
        return function(left, right)
    with economics_extra():
        import jax  # noqa: PLC0415
    require_float64()
    sides = np.broadcast_arrays(left, right)
    return np.asarray(jax.vmap(function)(*(side.ravel() for side in sides))).reshape(sides[0].shape)


def _derivatives(function: Scalar, left: Any, right: Any) -> tuple[Any, Any]:
    """Gradients (N, 2) and Hessians (N, 2, 2) at N points."""
    with economics_extra():
        import jax  # noqa: PLC0415
    require_float64()

    def of_pair(pair: Any) -> Any:
        return function(pair[0], pair[1])

    both = jax.jit(jax.vmap(lambda pair: (jax.grad(of_pair)(pair), jax.hessian(of_pair)(pair))))
    first, second = both(np.column_stack((left, right)))
    return np.asarray(first), np.asarray(second)
