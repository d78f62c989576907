"""What makes a sharing market admissible: each assumption as an inequality, and the first that fails.

Whether a regime has a solution is not asked here, nor are the values read: see ``market`` for shapes and finiteness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shieldwall.economics.sharing.custom_forms import CustomCost, CustomLeakage
from shieldwall.economics.sharing.forms import Exponential, Leakage, QuadraticCost

if TYPE_CHECKING:
    from shieldwall.economics.sharing.market import Market


@dataclass(frozen=True, slots=True)
class Violation:
    """An assumption on the parameters that fails.

    Attributes:
        inequality: The assumption, such as ``b2 < b1``.
        left, right: The values of its two sides.
        nearest: The admissible value of the left side that lies nearest; None where that is no parameter.
    """

    inequality: str
    left: float
    right: float
    nearest: float | None

    def __str__(self) -> str:
        near = "" if self.nearest is None else f"; nearest admissible: {self.nearest!r}"
        return f"{self.inequality} fails: {self.left:g} against {self.right:g}{near}"


def violations(markets: Market) -> dict[int, Violation]:
    """The first assumption that each market breaks, by its row; a market that breaks none is absent."""
    found: dict[int, Violation] = {}
    for name, left, sign, bound, right in _assumptions(markets):
        left, right = (np.broadcast_to(side, len(markets)) for side in (left, right))  # noqa: PLW2901
        for row in np.flatnonzero(~_COMPARE[sign](left, right)):
            sides = float(left[row]), float(right[row])
            found.setdefault(int(row), Violation(f"{name} {sign} {bound}", *sides, _nearest(name, sign, sides[1])))
    return found


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


_SMALL, _LARGE = 1e-15, 1e15
"""Sizes and slopes outside leave no digits for the powers that solvers compute."""


def _magnitudes(markets: Market) -> Iterator[tuple[str, Any, str, str, Any]]:
    leakage, cost = markets.leakage, markets.cost
    sizes = {"a": markets.a.max(axis=1), "b1": markets.b1}
    if isinstance(leakage, Leakage):
        sizes["leakage.own"] = leakage.own
    if isinstance(cost, QuadraticCost):
        sizes["cost.k"] = cost.k
    if isinstance(cost, Exponential):
        sizes["cost.rate"] = cost.rate
    if markets.volume is not None:
        sizes |= {"volume.unit_cost": markets.volume.unit_cost, "volume.spillover": markets.volume.spillover}
        sizes |= {f"volume.technology[{place}]": part for place, part in enumerate(markets.volume.technology)}
    for name, size in sizes.items():
        yield name, size, "<=", "1e15", _LARGE


def _nearest(name: str, sign: str, bound: float) -> float | None:
    if ":" in name:
        return None
    return float(np.nextafter(bound, {"<": -np.inf, ">": np.inf}.get(sign, bound)))


def _assumptions(markets: Market) -> Iterator[tuple[str, Any, str, str, Any]]:
    leakage, cost = markets.leakage, markets.cost
    yield "a", markets.a.min(axis=1), ">=", "1e-15", _SMALL
    yield "b1", markets.b1, ">=", "1e-15", _SMALL
    yield "b2", markets.b2, ">=", "0", 0.0
    yield "b2", markets.b2, "<", "b1", markets.b1
    yield "demand_spillover", markets.demand_spillover, ">=", "-1", -1.0
    yield "demand_spillover", markets.demand_spillover, "<=", "1", 1.0
    yield "cost_spillover", markets.cost_spillover.min(axis=1), ">=", "0", 0.0
    yield "cost_spillover", markets.cost_spillover.max(axis=1), "<=", "1", 1.0
    yield "rivalry", markets.rivalry, ">=", "0", 0.0
    yield "rivalry", markets.rivalry, "<", "1", 1.0
    for form in (leakage, cost):
        if isinstance(form, CustomLeakage | CustomCost):
            yield from form.conditions()
    if isinstance(leakage, Leakage):
        yield "leakage.rival", leakage.rival, ">", "0", 0.0
        yield "leakage.joint", leakage.joint, ">=", "0", 0.0
        yield "leakage.own", leakage.own, ">", "leakage.rival + leakage.joint", leakage.rival + leakage.joint
    if isinstance(cost, QuadraticCost):
        yield "cost.k", cost.k, ">=", "1e-15", _SMALL
        yield "cost.max_saving", cost.max_saving, ">=", "0", 0.0
        yield "cost.max_saving", cost.max_saving, "<", "1", 1.0
    if isinstance(cost, Exponential):
        yield "cost.rate", cost.rate, ">=", "1e-15", _SMALL
    if markets.volume is not None:
        yield "volume.unit_cost", markets.volume.unit_cost, ">=", "0", 0.0
        yield "volume.spillover", markets.volume.spillover, ">=", "0", 0.0
        for place, part in enumerate(markets.volume.technology):
            yield f"volume.technology[{place}]", part, ">=", "0", 0.0
    yield from _magnitudes(markets)
