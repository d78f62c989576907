"""Random admissible markets, for claims, tests and benchmarks that speak of a sample."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.sharing.forms import Exponential, Hyperbolic, Leakage
from shieldwall.economics.sharing.market import Market


def random_markets(count: int, seed: int, *, exponential: bool = False) -> Market:
    """Markets of two equal firms; sizes, slopes and costs spread over orders of magnitude.

    Args:
        exponential: Whether the cost is of that form.

    >>> len(random_markets(5, seed=1))
    5
    """
    draw = np.random.default_rng(seed)

    def between(low: float, high: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return draw.uniform(low, high, count)

    b1 = between(0.5, 3)
    rival, joint = np.exp(between(-3, 1)), np.exp(between(-4, 0))
    k, saving = np.exp(between(0, 3)), between(0, 0.8)
    return Market(
        np.exp(between(-0.5, 3)),
        b1,
        b1 * between(0, 0.95),
        demand_spillover=between(0, 1),
        cost_spillover=between(0, 1),
        rivalry=between(0, 0.95),
        leakage=Leakage((rival + joint) * (1 + np.exp(between(-2, 2))), rival, joint),
        cost=Exponential(k, saving, between(0.1, 3)) if exponential else Hyperbolic(k, saving),
    )
