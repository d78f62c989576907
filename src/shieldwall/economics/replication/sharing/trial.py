"""A claim tried on many cases, and the verdict that follows; the claims themselves are in the other modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.replication.claim import Finding, Verdict
from shieldwall.economics.replication.trial import counts, found, verdict
from shieldwall.economics.sharing import Exponential, Market

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trial:
    """A claim tried on M cases.

    Attributes:
        markets: The market of each case.
        held: Whether the claim holds there; shape (M,).
        shown: What else describes a case, by name; arrays with M rows.
    """

    markets: Market
    held: Flags
    shown: Mapping[str, Any] = field(default_factory=dict)

    def case(self, row: int) -> dict[str, object]:
        """One case with its numbers: the market, as ``solve sharing`` reads it, then what else describes it."""
        return {"market": parameters(self.markets, row)} | {
            name: _short(value[row]) for name, value in self.shown.items()
        }

    def smallest(self, rows: Flags) -> dict[str, object]:
        """Of some cases, the one with the smallest demand intercept."""
        places = np.flatnonzero(rows)
        return self.case(int(places[self.markets.a.max(axis=1)[places].argmin()]))


def judged(
    trial: Trial,
    told: Mapping[Verdict, str],
    *,
    within: Flags | None = None,
    condition: str = "",
    figures: Mapping[str, object] | None = None,
    true_if: str = "",
) -> Finding:
    """The verdict: holds if in all cases, under the condition if in all cases within it, else fails.

    Args:
        trial: At least one case.
        told: What is true, by the verdict that the words suit.
        within: The cases that meet the condition.
        true_if: What would mend the claim; told unless it holds.
    """
    against = ~trial.held
    if within is not None and (against & within).any():
        against = against & within
    return found(
        verdict(trial.held, within),
        told,
        condition=condition,
        counterexample=trial.smallest(against) if against.any() else {},
        true_if=true_if,
        figures={**counts(trial.held, within), **(figures or {})},
    )


def in_all(flags: Any) -> Flags:
    """Whether all flags of each case are set; any shape with M rows."""
    every: Flags = np.all(np.reshape(flags, (len(flags), -1)), axis=1)
    return every


def parameters(markets: Market, row: int) -> dict[str, object]:
    """One market as ``shieldwall solve sharing`` reads it."""
    cost = markets.cost
    form: dict[str, object] = {"form": "exponential" if isinstance(cost, Exponential) else "hyperbolic"}
    form |= {name: float(getattr(cost, name)[row]) for name in ("k", "max_saving")}
    if isinstance(cost, Exponential):
        form["rate"] = float(cost.rate[row])
    given: dict[str, object] = {
        "a": _alike(markets.a[row]),
        "b1": float(markets.b1[row]),
        "b2": float(markets.b2[row]),
        "demand_spillover": float(markets.demand_spillover[row]),
        "cost_spillover": _alike(markets.cost_spillover[row]),
        "rivalry": float(markets.rivalry[row]),
        "leakage": {name: float(getattr(markets.leakage, name)[row]) for name in ("own", "rival", "joint")},
        "cost": form,
    }
    if markets.volume is not None:
        volume = markets.volume
        given["volume"] = {
            "unit_cost": float(volume.unit_cost[row]),
            "spillover": float(volume.spillover[row]),
            "technology": [float(part[row]) for part in volume.technology],
        }
    return given


def _alike(values: Any) -> object:
    first, *rest = (float(value) for value in values)
    return first if all(value == first for value in rest) else [first, *rest]


def _short(value: Any) -> object:
    if np.ndim(value):
        return [_short(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return float(f"{float(value):.10g}")
