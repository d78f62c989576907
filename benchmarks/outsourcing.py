"""Measures the outsourcing solver: how exact it is in every regime, and how fast beside a SciPy loop.

Run ``python benchmarks/outsourcing.py [points]``; about a minute. Exactness: the largest relative error of any number
against a solution in 60 digits that compares every candidate, over random admissible markets. Speed: markets per
second in one process, and how many a loop over ``scipy.optimize.minimize_scalar`` (bounded, from the end points and
two brackets, the least that finds the global optimum) solves in the same run. Shared with the tests: the oracle.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "common"))

from outsourcing_oracle import COMPLY, REGIMES, VERIFIED, Exact, admissible, point, relative

from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import CORNERS, solve

RESULT = Path(__file__).parent / "results" / "outsourcing.json"
NUMBERS = (
    "outsourcing_clients", "service_quality", "inhouse_quality", "client_utility", "fee", "expected_loss",
    "provider_profit", "welfare",
)  # fmt: skip
POINTS, MARKETS, LOOPED, REPEATS = 10_000, 1_000_000, 300, 5


def exactness(regime: str, points: int) -> dict[str, Any]:
    """The largest relative error of each number, and how many corners and flags differ."""
    service = admissible(points, seed=7)
    solved = solve(service, regime)
    errors = dict.fromkeys(NUMBERS, 0.0)
    differ = 0
    for index in range(points):
        exact = Exact(point(service, index), regime).outcome()
        for name in NUMBERS:
            errors[name] = max(errors[name], relative(getattr(solved, name)[index], exact[name]))
        differ += CORNERS[solved.corner[index]] != exact["corner"]
        differ += bool(solved.provider_shirks[index]) != exact["provider_shirks"]
    corners = {name: int(count) for name, count in zip(CORNERS, np.bincount(solved.corner, minlength=4), strict=True)}
    return {"points": points, "largest": max(errors.values()), "errors": errors, "differ": differ, "corners": corners}


def loop(service: Service, regime: str) -> list[float]:
    """The best profit of each market by a SciPy loop, the profit written with plain floats."""
    return [_looped(point(service, index), regime) for index in range(service.clients.size)]


def _looped(given: dict[str, float], regime: str) -> float:
    n, e, required = given["clients"], given["spillover"], given["requirement"]
    loss, c_s, c_k = given["attack_probability"] * given["system_value"], given["provider_cost"], given["client_cost"]
    q_k = max(loss / c_k, required) if regime in COMPLY else loss / c_k
    reserve = loss * q_k - 0.5 * c_k * q_k**2
    floor = required if regime in VERIFIED else 0.0
    effort = float(regime != "no-commitment")

    def minus_profit(m: float) -> float:
        spread = 1.0 + e * (m - 1.0)
        q = min(max(effort * spread * loss / c_s, floor), 1.0)
        return -m * (loss - loss * (1.0 - q) * spread - reserve - 0.5 * c_s * q * q)

    middle = 0.5 * (1.0 + n)
    inside = [
        minimize_scalar(minus_profit, bounds=bounds, method="bounded", options={"xatol": 1e-9}).fun
        for bounds in ((1.0, middle), (middle, n))
    ]
    return max(0.0, -minus_profit(1.0), -minus_profit(n), *(-value for value in inside))


def speed(regime: str) -> dict[str, float]:
    """Markets per second, the best of a few runs, and of the loop on the first markets."""
    service = admissible(MARKETS, seed=8)
    seconds, busy = [], []
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        solved = solve(service, regime)
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    few = Service(*(getattr(service, name)[:LOOPED] for name in Service.__slots__))
    start = time.perf_counter()
    theirs = np.array(loop(few, regime))
    looped = time.perf_counter() - start
    ours = solved.provider_profit[:LOOPED]
    rate, peer = MARKETS / min(seconds), LOOPED / looped
    short = float(np.max((ours - theirs) / np.maximum(ours, 1e-12 * few.exposure)))
    above = float(np.max((theirs - ours) / np.maximum(ours, 1e-12 * few.exposure)))
    return {
        "per_second": rate,
        "per_cpu_second": MARKETS / min(busy),
        "scipy_per_second": peer,
        "ratio": rate / peer,
        "scipy_short": short,
        "scipy_above": above,
    }


def main() -> None:
    """Print the tables and write the numbers."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else POINTS
    results: dict[str, Any] = {}
    print(f"{'regime':<14}{'points':>8}{'rel. error':>12}{'differ':>8}  corners")
    for regime in REGIMES:
        found = exactness(regime, points)
        results[regime] = {"exactness": found}
        print(f"{regime:<14}{points:>8}{found['largest']:>12.1e}{found['differ']:>8}  {found['corners']}")
    print(f"\n{'regime':<14}{'markets/s':>12}{'per CPU s':>12}{'SciPy loop/s':>14}{'ratio':>8}{'loop short by':>15}")
    for regime in REGIMES:
        rates = speed(regime)
        results[regime]["speed"] = rates
        print(
            f"{regime:<14}{rates['per_second']:>12,.0f}{rates['per_cpu_second']:>12,.0f}"
            f"{rates['scipy_per_second']:>14,.0f}{rates['ratio']:>8,.0f}{rates['scipy_short']:>15.1e}"
        )
    RESULT.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
