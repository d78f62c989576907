"""Measures the regimes of the sharing market other than the simultaneous one: accuracy, optimality and speed.

Run ``python benchmarks/sharing_regimes.py [markets]``. Accuracy is the largest relative difference in sharing and
investment to a solution in 40 digits; optimality the largest gain, as a share of the value, that random choices find
against a solution. Speed is compared with SciPy's L-BFGS-B from six starts on the same objective, market by market.
Markets are ``random_markets``; those without a bounded problem are left out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from shieldwall.economics.sharing import Market, Solution, solve_many
from shieldwall.economics.sharing.cooperative import objective_of
from shieldwall.economics.sharing.leader import leader_payoff
from shieldwall.economics.sharing.objective import Objective, coercivity, maximise
from shieldwall.economics.sharing.result import Kind
from shieldwall.economics.sharing.sample import random_markets

ROOT = Path(__file__).parents[1]
RESULT = Path(__file__).parent / "results" / "sharing_regimes.json"
COOPERATIVE = ("joint-profit", "collusion", "planner", "first-best")
EXACT_SAMPLE = 60
PEER_SAMPLE = 60
STARTS = [(s, level) for s in (0.1, 0.9) for level in (0.3, 1.0, 3.0)]

sys.path.append(str(ROOT / "tests" / "common"))
import sharing_exact  # noqa: E402 - the oracle of the tests
from sharing_duopoly import duopoly  # noqa: E402
from sharing_volume import exact_volume, firms_of, random_volume  # noqa: E402


def exact_error(markets: Market, regime: str, solutions: list[Solution]) -> tuple[float, int]:
    """The largest relative difference to 40 digits, and over how many solutions."""
    worst, count = 0.0, 0
    for row, solution in enumerate(solutions):
        for found in solution.equilibria:
            game, s, t = duopoly(markets, row), found.sharing, found.investment
            if regime == "volume":
                unit = found.extra["unit_cost"]
                if found.kind is not Kind.INTERIOR or not isinstance(unit, list) or unit[0] < 1e-12:
                    continue  # Where unit costs reach 0 sharing is held there.
                pairs = zip((s[0], t[0]), exact_volume(firms_of(markets, row), s[0], t[0]), strict=True)
            elif regime == "stackelberg":
                free = markets.leakage.joint[row] * s[0] * (2 * game.b1 + game.b2) + game.b2 * game.gd * t[1]
                if s[1] == 1 and abs(free / (4 * game.b1 * game.al1 - 2 * game.b2 * game.al2) - 1) < 1e-9:
                    continue  # At the kink the optimum solves other conditions.
                pairs = zip((*s, *t), sharing_exact.stackelberg(game, s, t), strict=True)
            elif regime == "technology-first":
                if found.kind is not Kind.INTERIOR:
                    continue
                pairs = zip((s[0], t[0]), sharing_exact.technology_first(game, t[0]), strict=True)
            else:
                pairs = zip((s[0], t[0]), sharing_exact.cooperative(game, regime, s[0], t[0]), strict=True)
            worst = max([worst, *(abs(one / float(true) - 1) for one, true in pairs if true)])
            count += 1
    return worst, count


def worst_gain(markets: Market, solutions: list[Solution], value: Callable[..., Any], draws: int = 300) -> float:
    """The largest gain of random choices over the solutions, as a share of their value; negative if none gains."""
    rows = np.array([row for row, one in enumerate(solutions) if one.equilibria])
    part = markets.take(rows)
    s = np.array([solutions[row].equilibria[0].sharing[0] for row in rows])
    t = np.array([solutions[row].equilibria[0].investment[0] for row in rows])
    best = value(part, rows, s, t)
    draw = np.random.default_rng(1)
    worst = -np.inf
    for _ in range(draws):
        tried = value(part, rows, draw.uniform(0, 1, len(rows)), t * np.exp(draw.normal(0, 1, len(rows))))
        worst = max(worst, float(((tried - best) / np.abs(best)).max()))
    return worst


def admissible(objective: Objective, s: Any, t: Any) -> Any:
    """The value where demand is positive."""
    return np.where(objective.demand(s, t) > 0, objective.value(s, t), -np.inf)


def peer(markets: Market, regime: str) -> tuple[float, int]:
    """Seconds that SciPy takes for each market, and how often the best of its starts is worse than ours by 1e-9."""
    objective = objective_of(markets, regime)
    ours = maximise(objective)
    worse, begin = 0, time.perf_counter()
    for row in range(len(markets)):
        one = objective.take(np.array([row]))

        def loss(z: Any, one: Any = one) -> tuple[float, Any]:
            s, t = z[:1], z[1:]
            if one.demand(s, t)[0] <= 0:
                return 1e9, np.zeros(2)
            slope = one.gradient(s, t)
            return -float(one.value(s, t)[0]), -np.array([slope[0][0], slope[1][0]])

        scale = float(2 * one.weight[0] * one.intercept[0] / one.cost.k[0])
        runs = [
            minimize(loss, (s, level * scale), jac=True, method="L-BFGS-B", bounds=((0, 1), (0, None)), tol=1e-14)
            for s, level in STARTS
        ]
        worse += int(-min(run.fun for run in runs) < ours.value[row] * (1 - 1e-9))
    return (time.perf_counter() - begin) / len(markets), worse


def bounded(markets: Market, regime: str) -> Market:
    """The markets in which a cooperative regime has an optimum."""
    bound = coercivity(objective_of(markets, regime))
    return markets.take(np.flatnonzero(bound.left > bound.right))


def main() -> None:
    """Measure, print the tables and write the JSON file."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    markets, sample = random_markets(count, seed=1), random_markets(EXACT_SAMPLE, seed=2)
    table: dict[str, dict[str, float]] = {}
    for regime in (*COOPERATIVE, "technology-first", "stackelberg", "volume"):
        asked = "nash" if regime == "volume" else regime
        if regime == "volume":
            markets, sample = random_volume(count, seed=1), random_volume(EXACT_SAMPLE, seed=2)
        begin = time.perf_counter()
        solutions = list(solve_many(markets, asked))
        seconds = time.perf_counter() - begin
        error, compared = exact_error(sample, regime, list(solve_many(sample, asked)))
        row: dict[str, float] = {
            "markets": count,
            "solved": sum(bool(one.equilibria) for one in solutions),
            "markets/s": count / seconds,
            "compared with 40 digits": compared,
            "largest relative error": error,
        }
        if regime in COOPERATIVE:
            objective = objective_of(markets, regime)
            row["random gain"] = worst_gain(
                markets, solutions, lambda part, rows, s, t, o=objective: admissible(o.take(rows), s, t)
            )
            few = bounded(random_markets(PEER_SAMPLE, seed=3), regime)
            begin = time.perf_counter()
            maximise(objective_of(bounded(markets, regime), regime))
            ours = (time.perf_counter() - begin) / len(bounded(markets, regime))
            theirs, worse = peer(few, regime)
            row |= {"times SciPy": theirs / ours, "SciPy worse": worse, "of": len(few)}
        if regime == "stackelberg":
            row["random gain"] = worst_gain(markets, solutions, lambda part, rows, s, t: leader_payoff(part, s, t))
        table[regime] = row
        print(regime, *(f"{name} {value:.4g}" for name, value in row.items()), sep="; ", flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
