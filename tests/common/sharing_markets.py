"""The markets that several tests of the sharing market look at."""

from __future__ import annotations

from shieldwall.economics.sharing import Hyperbolic, Leakage, Market


def three(a: float | tuple[float, float] = 2.0) -> Market:
    """Three symmetric equilibria if the firms are equal: interior, unstable interior, full sharing."""
    return Market(
        a, 1, 0.4, demand_spillover=0.8, cost_spillover=0.9, rivalry=0.3,
        leakage=Leakage(0.5, 0.1, 0.1), cost=Hyperbolic(1.9, 0.4),
    )  # fmt: skip


def market(**changes: object) -> Market:
    """The example of the reference page, changed."""
    given: dict[str, object] = {
        "a": 6,
        "b1": 1,
        "b2": 0.6,
        "demand_spillover": 0.6,
        "cost_spillover": 0.5,
        "rivalry": 0.2,
        "leakage": Leakage(2, 0.5, 0.3),
        "cost": Hyperbolic(14, 0.4),
    }
    return Market(**{**given, **changes})  # type: ignore[arg-type]
