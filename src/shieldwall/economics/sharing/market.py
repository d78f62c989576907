"""The sharing market: its parameters, for one market or for many at once.

Nothing is solved here, and what makes parameters admissible is in ``admissible``. Every field is an array over N
markets, so that one market is the case N = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shieldwall.economics.sharing.admissible import Violation, violations
from shieldwall.economics.sharing.custom_forms import CustomCost, CustomLeakage
from shieldwall.economics.sharing.forms import Floats, Leakage, QuadraticCost, floats
from shieldwall.errors import InvalidInput

__all__ = ["Market", "PerFirm", "Violation", "Volume", "stack", "violations"]

PerFirm = ArrayLike
"""A number or an array (N,) for all firms alike; a tuple or list of one such for each firm; an array (N, firms)."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A cost of each unit sold, F_i = (unit_cost - spillover t_j s_j) Phi(t_i), Gal-Or & Ghose section 4.

    Args:
        unit_cost: c, at least 0.
        spillover: What a rival's shared knowledge takes off it; at least 0.
        technology: (F0, F1, F2) of Phi(t) = F0 + F1 t + F2 t^2 / 2; at least 0 each.
    """

    unit_cost: Floats
    spillover: Floats
    technology: tuple[Floats, Floats, Floats]

    def __init__(self, unit_cost: ArrayLike, spillover: ArrayLike, technology: tuple[ArrayLike, ...]) -> None:
        object.__setattr__(self, "unit_cost", floats(unit_cost))
        object.__setattr__(self, "spillover", floats(spillover))
        object.__setattr__(self, "technology", tuple(floats(item) for item in technology))


@dataclass(frozen=True, slots=True)
class Market:
    """One market, or N markets at once; a number counts for all of them.

    q_i = a_i - b1 p_i + b2 mean p_j + t_i - rivalry mean t_j + demand_spillover mean(t_j s_j) - g_i, Gal-Or & Ghose
    (1), (3), and the cost of investment is f(t_i, y_i) with y_i = cost_spillover_i mean(t_j s_j). Means are over the
    rivals, so that two firms are the paper's duopoly.

    Args:
        a: Demand intercept of each firm; positive.
        b1: Own price slope; positive.
        b2: Cross price slope, 0 <= b2 < b1.
        demand_spillover: Of shared knowledge on the rival's demand, at most 1; negative counts as harm.
        cost_spillover: Of shared knowledge on the cost of each firm's own investment, in [0, 1].
        rivalry: Harm of a rival's investment to own demand, in [0, 1).
        leakage: Demand lost by sharing.
        cost: Cost of investment.
        volume: Cost of each unit sold, if any.
        firms: How many firms, the same in all markets.

    Raises:
        InvalidInput: If the shapes do not fit together or a value is not finite.

    >>> from shieldwall.economics.sharing.forms import Hyperbolic
    >>> market = Market(6, 1, 0.6, demand_spillover=0.6, cost_spillover=(0.2, 0.5), rivalry=0.2,
    ...                 leakage=Leakage(2, 0.5, 0.3), cost=Hyperbolic(14, 0.4))
    >>> len(market), market.a.tolist(), market.cost_spillover.tolist(), market.equal.tolist()
    (1, [[6.0, 6.0]], [[0.2, 0.5]], [False])
    """

    # A user's forms stand here too; solvers of the built-in ones, which need more of a form, never get them.
    a: Floats
    b1: Floats
    b2: Floats
    demand_spillover: Floats
    cost_spillover: Floats
    rivalry: Floats
    leakage: Leakage
    cost: QuadraticCost
    volume: Volume | None
    firms: int

    def __init__(
        self,
        a: PerFirm,
        b1: ArrayLike,
        b2: ArrayLike,
        *,
        demand_spillover: ArrayLike,
        cost_spillover: PerFirm,
        rivalry: ArrayLike,
        leakage: Leakage | CustomLeakage,
        cost: QuadraticCost | CustomCost,
        volume: Volume | None = None,
        firms: int = 2,
    ) -> None:
        if isinstance(firms, bool) or not isinstance(firms, int) or firms < 2:
            raise InvalidInput("firms", firms, "an integer of at least 2")
        given: dict[str, Any] = {
            "a": _per_firm("a", a, firms),
            "b1": floats(b1),
            "b2": floats(b2),
            "demand_spillover": floats(demand_spillover),
            "cost_spillover": _per_firm("cost_spillover", cost_spillover, firms),
            "rivalry": floats(rivalry),
            "leakage": leakage,
            "cost": cost,
            "volume": volume,
        }
        size = _size(given)
        for name, value in given.items():
            object.__setattr__(self, name, _map(lambda part: _stretch(part, size), value))
        object.__setattr__(self, "firms", firms)

    def __len__(self) -> int:
        return len(self.b1)

    def take(self, rows: NDArray[np.intp] | slice) -> Market:
        """The markets of some rows, which may repeat."""
        picked = {item.name: _map(lambda part: part[rows], getattr(self, item.name)) for item in fields(self)}
        return replace(self, **picked)

    def __iter__(self) -> Iterator[Market]:
        return (self.take(slice(row, row + 1)) for row in range(len(self)))

    @property
    def equal(self) -> NDArray[np.bool_]:
        """Whether the firms of each market are equal; shape (N,)."""
        alike: NDArray[np.bool_] = (self.a == self.a[:, :1]).all(axis=1)
        alike &= (self.cost_spillover == self.cost_spillover[:, :1]).all(axis=1)
        return alike


def stack(markets: list[Market]) -> Market:
    """Many markets as one; all of the same forms and number of firms."""
    first = markets[0]
    if len(markets) == 1:
        return first
    columns = {
        item.name: _join([getattr(market, item.name) for market in markets])
        for item in fields(first)
        if item.name != "firms"
    }
    return Market(**columns, firms=first.firms)


def _per_firm(name: str, value: PerFirm, firms: int) -> Floats:
    if isinstance(value, list | tuple):
        if len(value) != firms:
            raise InvalidInput(name, value, f"a number, or one for each of {firms} firms")
        return np.stack(np.broadcast_arrays(*(np.atleast_1d(floats(item)) for item in value)), axis=-1)
    array = floats(value)
    if array.ndim <= 1:
        return np.repeat(np.atleast_1d(array)[:, None], firms, axis=1)
    if array.ndim != 2 or array.shape[1] != firms:
        raise InvalidInput(name, array.shape, f"an array of shape (N, {firms})")
    return array


def _map(change: Callable[[Any], Any], value: Any) -> Any:
    """Apply a change to every array of a field, which may be a form, and leave the rest."""
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_map(change, item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return type(value)(**{item.name: _map(change, getattr(value, item.name)) for item in fields(value)})
    return value


def _size(given: dict[str, Any]) -> int:
    sizes: dict[str, int] = {}

    def note(name: str) -> Callable[[Any], Any]:
        def change(part: Any) -> Any:
            if not np.isfinite(part).all():
                raise InvalidInput(name, float(part[~np.isfinite(part)].flat[0]), "finite numbers")
            if part.ndim and len(part) != 1:
                sizes[name] = len(part)
            return part

        return change

    for name, value in given.items():
        _map(note(name), value)
    if len(set(sizes.values())) > 1:
        raise InvalidInput(next(iter(sizes)), sizes, "arrays of one length")
    return next(iter(sizes.values()), 1)


def _stretch(part: Any, size: int) -> Any:
    part = np.atleast_1d(part)
    return part if len(part) == size else np.repeat(part, size, axis=0)


def _join(parts: list[Any]) -> Any:
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, tuple):
        return tuple(_join(list(items)) for items in zip(*parts, strict=True))
    if hasattr(first, "__dataclass_fields__"):
        return type(first)(**{item.name: _join([getattr(part, item.name) for part in parts]) for item in fields(first)})
    return first
