"""Measures the simultaneous sharing market: accuracy, completeness and speed.

Run ``python benchmarks/sharing.py``. Accuracy: relative residuals, and the distance from solutions in 40 digits.
Completeness: random markets against a brute-force scan of the plain payoff, and every equilibrium against a grid of
deviations. Speed: all symmetric equilibria with verification, and a SciPy loop doing the same job in the same run.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from scipy.optimize import brentq, minimize_scalar

from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.sample import random_markets

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "common"))
import plain_sharing as plain

RESULT = Path(__file__).parent / "results" / "sharing.json"


def accuracy(exponential: bool, count: int = 300) -> dict[str, Any]:
    """Residuals, and the worst relative error against mpmath, of every equilibrium of some markets."""
    markets = random_markets(count, 11, exponential=exponential)
    table = symmetric_equilibria(markets)
    of = plain.numbers(markets)
    mpmath.mp.dps = 40
    errors, residuals = [], []
    for place, row in enumerate(table.row):
        here = plain.one(of, int(row), mpmath.mpf)
        if not exponential:
            here["rate"] = None
        s, t = float(table.sharing[place, 0]), float(table.investment[place, 0])
        marginal = _marginal(here, corner=s == 1)
        start = (mpmath.mpf(t),) if s == 1 else (mpmath.mpf(s), mpmath.mpf(t))
        values = [abs(value) for value in marginal(*start)]
        residuals.append(float(values[-1] / (here["k"] * t)))
        exact = mpmath.findroot(marginal, start, tol=1e-60, maxsteps=60)
        exact = list(exact) if isinstance(exact, mpmath.matrix) else [exact]
        errors += [float(abs(1 - ours / truth)) for ours, truth in zip(start, exact, strict=True)]
    return {
        "markets": count,
        "equilibria": len(table),
        "worst relative residual": max(residuals),
        "worst relative error against 40 digits": max(errors),
    }


def _marginal(of: Any, *, corner: bool) -> Any:
    """Marginal profits at equal choices by central differences in 40 digits: exact to 25, for profits are smooth."""
    step = mpmath.mpf("1e-13")

    def by(change: Any) -> Any:
        return (change(step) - change(-step)) / (2 * step) - (
            change(2 * step) - 2 * change(step) + 2 * change(-step) - change(-2 * step)
        ) / (12 * step)

    def marginal(*choice: Any) -> Any:
        s, t = (mpmath.mpf(1), choice[0]) if corner else choice
        down = by(lambda d: plain.profit(of, (s, t + d), (s, t), mpmath.exp))
        if corner:
            return [down]
        return [by(lambda d: plain.price(of, (s + d, t), (s, t))), down]

    return marginal


def completeness(exponential: bool, count: int = 10_000, chunk: int = 500) -> dict[str, Any]:
    """Equilibria a scan finds that we miss, and equilibria of ours that a deviation on a grid beats."""
    markets = random_markets(count, 12, exponential=exponential)
    table = symmetric_equilibria(markets)
    ours: list[list[float]] = [[] for _ in range(count)]
    for place, row in enumerate(table.row):
        ours[row].append(float(table.investment[place, 0]))
    missed = scanned = beaten = 0
    for start in range(0, count, chunk):
        part = markets.take(slice(start, start + chunk))
        rows: list[int] = []
        s: list[float] = []
        t: list[float] = []
        for row, roots in enumerate(plain.symmetric_scan(part)):
            for share, investment in roots:
                rows, s, t = [*rows, row], [*s, share], [*t, investment]
        chosen = part.take(np.array(rows))
        gain = plain.grid_gain(chosen, np.array(s), np.array(t), shares=33, steps=120)
        for row, investment, more in zip(rows, t, gain, strict=True):
            near = any(abs(investment - known) <= 1e-7 * known for known in ours[start + row])
            scanned += more <= 1e-9
            missed += more <= 1e-9 and not near and not _refuted(part.take(slice(row, row + 1)), s, t, rows, investment)
        mine = (table.row >= start) & (table.row < start + chunk)
        found = markets.take(table.row[mine])
        gain = plain.grid_gain(found, table.sharing[mine, 0], table.investment[mine, 0], shares=33, steps=120)
        beaten += int((gain > 1e-9 * np.maximum(1, table.accounts.profit[mine, 0])).sum())
    return {
        "markets": count,
        "equilibria": len(table),
        "scan found": int(scanned),
        "missed": int(missed),
        "beaten": beaten,
    }


def _refuted(market: Any, s: Any, t: Any, rows: Any, investment: float) -> bool:
    """Whether a root that a coarse grid of deviations lets pass is beaten on a fine one."""
    share = s[t.index(investment)]
    gain = plain.grid_gain(market, np.array([share]), np.array([investment]), shares=801, steps=6000)
    return bool(gain[0] > 1e-9)


def speed(count: int = 100_000, peers: int = 300) -> dict[str, Any]:
    """Markets in a second: ours, and a SciPy loop over some of the same markets."""
    markets = random_markets(count, 13)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        table = symmetric_equilibria(markets)
        times.append(time.perf_counter() - begin)
    of = plain.numbers(markets)
    found: list[list[float]] = []
    begin = time.perf_counter()
    for row in range(peers):
        found.append(_scipy_equilibria({name: float(value[row]) for name, value in of.items()}))
    peer = peers / (time.perf_counter() - begin)
    agree = sum(
        len(known) == int((table.row == row).sum())
        and np.allclose(sorted(known), table.investment[table.row == row, 0], rtol=1e-6)
        for row, known in enumerate(found)
    )
    ours = count / float(np.median(times))
    return {
        "markets": count,
        "equilibria": len(table),
        "markets/s": ours,
        "SciPy markets/s": peer,
        "ratio": ours / peer,
        "SciPy agrees": f"{agree} of {peers}",
    }


def _scipy_equilibria(of: dict[str, float]) -> list[float]:
    """Brackets on a grid, ``brentq``, then ``minimize_scalar`` over own investment as deviation test."""
    big, b2, b1 = 4 * of["b1"] ** 2 - of["b2"] ** 2, of["b2"], of["b1"]
    curb = (4 * b1 * of["own"] - 2 * b2 * of["rival"]) / big
    pull, lift = (2 * b1 + b2) * of["joint"] / big, b2 * of["demand_spillover"] / big

    def best_share(t: Any, s: Any) -> Any:
        return np.minimum((pull * s + lift * t) / curb, 1)

    def slope(t: Any) -> Any:
        s = np.minimum(lift * t / (curb - pull), 1)
        worth = of["cost_spillover"] * s * t
        rise = (2 * b1 - b2 * of["rivalry"]) / big + lift * s
        cost = of["k"] * t * (1 - of["max_saving"] * worth / (1 + worth))
        return 2 * b1 * plain.price(of, (s, t), (s, t)) * rise - cost

    grid = of["a"] / (of["k"] * b1) * np.concatenate(([0.0], np.geomspace(1e-3, 1e4, 200)))
    signs = slope(grid) > 0
    kept = []
    for place in np.flatnonzero(signs[:-1] != signs[1:]):
        t = brentq(slope, grid[place], grid[place + 1], xtol=1e-14, rtol=1e-14)
        s = float(np.minimum(lift * t / (curb - pull), 1))

        def loss(own: Any, s: float = s, t: float = t) -> Any:
            share = best_share(own, s)
            positive = (plain.price(of, (share, own), (s, t)) > 0) & (plain.price(of, (s, t), (share, own)) > 0)
            return np.where(positive, -plain.profit(of, (share, own), (s, t)), np.inf)

        tried = t * np.concatenate(([0.0], np.geomspace(1e-3, 1e3, 200)))
        losses = loss(tried)
        best = int(losses.argmin())
        bounds = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
        polished = minimize_scalar(loss, bounds=bounds, method="bounded")
        if best < len(tried) - 1 and loss(t) - min(polished.fun, losses[best]) <= 1e-8 * abs(loss(t)):
            kept.append(float(t))
    return kept


def main() -> None:
    """Measure, print the tables and write the JSON file."""
    document: dict[str, Any] = {}
    for name, exponential in (("hyperbolic", False), ("exponential", True)):
        document[f"accuracy, {name}"] = accuracy(exponential)
        document[f"completeness, {name}"] = completeness(exponential)
    document["speed"] = speed()
    for name, figures in document.items():
        print(name)
        for key, value in figures.items():
            print(f"    {key:42}{value:,.3g}" if isinstance(value, float) else f"    {key:42}{value}")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
