"""The simultaneous sharing game written from its demand and cost alone, as an oracle: nothing is simplified.

Works on NumPy arrays, on complex numbers and on mpmath numbers: only + - * / and ``exp`` are used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from shieldwall.economics.sharing import Exponential, Market

Numbers = dict[str, Any]


def numbers(markets: Market, convert: Callable[[Any], Any] = lambda value: value) -> Numbers:
    """The parameters of markets of two equal firms by name, each converted."""
    cost = markets.cost
    values = {name: getattr(markets, name) for name in ("b1", "b2", "demand_spillover", "rivalry")}
    values |= {name: getattr(markets.leakage, name) for name in ("own", "rival", "joint")}
    values |= {"a": markets.a[:, 0], "cost_spillover": markets.cost_spillover[:, 0]}
    values |= {"k": cost.k, "max_saving": cost.max_saving}
    values["rate"] = cost.rate if isinstance(cost, Exponential) else np.full(len(markets), np.nan)
    return {name: convert(value) for name, value in values.items()}


def one(of: Numbers, row: int, convert: Callable[[float], Any]) -> Numbers:
    """The parameters of one market."""
    return {name: convert(float(value[row])) for name, value in of.items()}


def price(of: Numbers, own: tuple[Any, Any], rival: tuple[Any, Any]) -> Any:
    """Own Bertrand price: the linear system 2 b1 p_i - b2 p_j = X_i, solved by Cramer's rule."""

    def intercept(first: tuple[Any, Any], second: tuple[Any, Any]) -> Any:
        (s, t), (their_s, their_t) = first, second
        leak = of["own"] * s * s - of["rival"] * their_s * their_s - of["joint"] * s * their_s
        return of["a"] + t - of["rivalry"] * their_t + of["demand_spillover"] * their_t * their_s - leak

    own_slope = 2 * of["b1"]
    mine, theirs = intercept(own, rival), intercept(rival, own)
    return (own_slope * mine + of["b2"] * theirs) / (own_slope * own_slope - of["b2"] * of["b2"])


def profit(of: Numbers, own: tuple[Any, Any], rival: tuple[Any, Any], exp: Callable[[Any], Any] = np.exp) -> Any:
    """Own profit (p q - f) at the Bertrand prices, with q from the demand function."""
    p = price(of, own, rival)
    worth = of["cost_spillover"] * rival[0] * rival[1]
    saved = worth / (1 + worth) if of["rate"] is None or _nan(of["rate"]) else 1 - exp(-of["rate"] * worth)
    return of["b1"] * p * p - of["k"] / 2 * own[1] * own[1] * (1 - of["max_saving"] * saved)


def _nan(value: Any) -> bool:
    return bool(np.isnan(np.asarray(value, dtype=float)).all())


def symmetric_scan(markets: Market, points: int = 2000) -> list[list[tuple[float, float]]]:
    """Sign changes of the marginal profits along equal choices, each refined by bisection; for every market.

    Derivatives are complex steps of the plain payoff. The own marginal price of sharing is linear in common sharing.
    """
    of = {name: value[:, None] for name, value in numbers(markets).items()}
    span = np.concatenate(([0.0], np.geomspace(1e-5, 1e5, points)))
    t = (markets.a[:, 0] / (markets.cost.k * markets.b1))[:, None] * span

    def slope(t: Any) -> tuple[Any, Any]:
        def push(s: Any) -> Any:
            return price(of, (s + 1e-30j, t), (s, t)).imag

        at_0, at_1 = push(np.zeros_like(t)), push(np.ones_like(t))
        s = np.clip(-at_0 / (at_1 - at_0), 0, 1)
        return profit(of, (s, t + 1e-30j), (s, t)).imag * 1e30, s

    value, _ = slope(t)
    row, column = np.nonzero((value[:, :-1] > 0) != (value[:, 1:] > 0))
    low, high, falls = t[row, column], t[row, column + 1], value[row, column] > 0
    of = {name: part[row, 0] for name, part in of.items()}
    for _ in range(200):
        middle = (low + high) / 2
        right = (slope(middle)[0] > 0) == falls
        low, high = np.where(right, middle, low), np.where(right, high, middle)
    _, s = slope(low)
    found: list[list[tuple[float, float]]] = [[] for _ in range(len(markets))]
    for place, market in enumerate(row):
        found[market].append((float(s[place]), float(low[place])))
    return found


def grid_gain(markets: Market, sharing: Any, investment: Any, *, shares: int = 65, steps: int = 400) -> Any:
    """The most a firm gains by deviating to a point of a grid with positive prices, per market and equal choice."""
    of = {name: value[:, None] for name, value in numbers(markets).items()}
    s, t = np.meshgrid(np.linspace(0, 1, shares), np.concatenate(([0.0], np.geomspace(1e-3, 1e3, steps))))
    rival = sharing[:, None], investment[:, None]
    own = s.ravel()[None, :], t.ravel()[None, :] * investment[:, None]
    positive = (price(of, own, rival) > 0) & (price(of, rival, own) > 0)
    worth = np.where(positive, profit(of, own, rival), -np.inf)
    return worth.max(axis=1) - profit(of, rival, rival)[:, 0]
