"""The forms of leakage and of the cost of investment, with their derivatives.

The built-in costs are quadratic in the own investment: f(t, y) = (k/2) t^2 r(y), where y is what the rivals' shared
knowledge is worth and r falls from 1 to 1 - max_saving. That is what makes best responses exact; forms written by a
user are in ``custom``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
"""One value for each market, shape (N,), or for each market and firm, shape (N, firms)."""


def across(parameter: Any, like: Any) -> Any:
    """Give a parameter of shape (N,) the trailing axes of ``like``, so that the two broadcast."""
    return parameter.reshape(parameter.shape + (1,) * (like.ndim - parameter.ndim)) if parameter.ndim else parameter


def floats(value: ArrayLike) -> Floats:
    """The value as an array of doubles; an array of another library, such as a JAX tracer, stays what it is."""
    foreign = hasattr(value, "__array_namespace__") and not isinstance(value, np.ndarray | np.generic)
    return value if foreign else np.asarray(value, dtype=np.float64)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Leakage:
    """Demand a firm loses by sharing: g_i = own s_i^2 - rival s_j^2 - joint s_i s_j, Gal-Or & Ghose (2), (3).

    Args:
        own: Loss from own sharing; more than ``rival + joint``.
        rival: Gain from a rival's sharing; positive.
        joint: Relief when both share; at least 0.
    """

    own: Floats
    rival: Floats
    joint: Floats

    def __init__(self, own: ArrayLike, rival: ArrayLike, joint: ArrayLike) -> None:
        for name, value in (("own", own), ("rival", rival), ("joint", joint)):
            object.__setattr__(self, name, floats(value))

    def value(self, own: Any, rival: Any) -> Any:
        """g at own and rival sharing, arrays of shape (N,) or (N, firms)."""
        loss, gain, relief = (across(item, own) for item in (self.own, self.rival, self.joint))
        return loss * own**2 - gain * rival**2 - relief * own * rival


@dataclass(frozen=True, slots=True)
class QuadraticCost:
    """A cost f(t, y) = (k/2) t^2 r(y); the subclasses say what r is.

    Args:
        k: Steepness of the marginal cost, f_t = k t r(y); positive.
        max_saving: Share of the cost that shared knowledge can save at most, in [0, 1).
    """

    k: Floats
    max_saving: Floats

    def remaining(self, y: Any) -> Any:
        """r(y), the share of the cost that remains."""
        return 1 - across(self.max_saving, y) * self.saved(y)

    def slope(self, y: Any) -> Any:
        """r'(y), at most 0."""
        return -across(self.max_saving, y) * self.saved_slope(y)

    def value(self, t: Any, y: Any) -> Any:
        """f(t, y)."""
        return across(self.k, t) / 2 * t**2 * self.remaining(y)

    def f_t(self, t: Any, y: Any) -> Any:
        """The marginal cost of investment."""
        return across(self.k, t) * t * self.remaining(y)

    def f_y(self, t: Any, y: Any) -> Any:
        """What a unit of shared knowledge changes; at most 0."""
        return across(self.k, t) / 2 * t**2 * self.slope(y)

    def saved(self, y: Any) -> Any:
        """The part of ``max_saving`` that is reached, from 0 to 1."""
        raise NotImplementedError

    def saved_slope(self, y: Any) -> Any:
        """Derivative of ``saved``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Hyperbolic(QuadraticCost):
    """f(t, y) = (k/2) t^2 [1 - max_saving y / (1 + y)]; the default.

    >>> float(Hyperbolic(2, 0.5).value(np.array(3.0), np.array(1.0)))
    6.75
    """

    def __init__(self, k: ArrayLike, max_saving: ArrayLike) -> None:
        object.__setattr__(self, "k", floats(k))
        object.__setattr__(self, "max_saving", floats(max_saving))

    def saved(self, y: Any) -> Any:
        """y / (1 + y)."""
        return y / (1 + y)

    def saved_slope(self, y: Any) -> Any:
        """1 / (1 + y)^2."""
        return 1 / (1 + y) ** 2


@dataclass(frozen=True, slots=True)
class Exponential(QuadraticCost):
    """f(t, y) = (k/2) t^2 [1 - max_saving (1 - exp(-rate y))].

    Args:
        rate: How fast the saving is reached; positive.
    """

    rate: Floats

    def __init__(self, k: ArrayLike, max_saving: ArrayLike, rate: ArrayLike) -> None:
        object.__setattr__(self, "k", floats(k))
        object.__setattr__(self, "max_saving", floats(max_saving))
        object.__setattr__(self, "rate", floats(rate))

    def saved(self, y: Any) -> Any:
        """1 - exp(-rate y)."""
        return -namespace(y).expm1(-across(self.rate, y) * y)

    def saved_slope(self, y: Any) -> Any:
        """rate exp(-rate y)."""
        rate = across(self.rate, y)
        return rate * namespace(y).exp(-rate * y)


def namespace(value: Any) -> Any:
    """The array library of a value: NumPy, or JAX where the value is its array."""
    return value.__array_namespace__() if hasattr(value, "__array_namespace__") else np
