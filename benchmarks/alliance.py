"""Measures the alliance game: agreement with brute force, the optimum of the search, and how costs grow.

Run ``python benchmarks/alliance.py [--quick]``. The peers run beside ours: every set of sharers, every order of
joining, the linear programme over all sets (HiGHS).
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "common"))

from alliance_oracle import cheapest_order, draw, equilibria, least_potential_total, potential, sets

from shieldwall.economics.alliance import (
    Alliance,
    full_sharing,
    greatest_equilibrium,
    least_equilibrium,
    potential_rewards,
    unique_rewards,
)
from shieldwall.economics.alliance.document import model
from shieldwall.economics.alliance.ordering import Joining, best_order, lower_bound
from shieldwall.economics.model import answer
from shieldwall.economics.parameters import load_json

RESULT = Path(__file__).parent / "results" / "alliance.json"


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """The result of a call and the seconds it took."""
    start = time.perf_counter()
    made = work()
    return made, time.perf_counter() - start


def agreement(sample: int) -> dict[str, object]:
    """How often ours and brute force agree, notion by notion, on random alliances of one to six members."""
    rng = random.Random(1)
    agree = dict.fromkeys(("equilibria", "nash", "dominant", "unique", "maximiser", "unique total", "potential"), 0)
    seconds = {"ours": 0.0, "brute force": 0.0}
    for _ in range(sample):
        alliance = draw(rng, rng.randint(1, 6), zeros=False)
        everybody = tuple(range(len(alliance)))
        start = time.perf_counter()
        ours = (
            least_equilibrium(alliance),
            greatest_equilibrium(alliance),
            full_sharing(alliance),
            unique_rewards(alliance).total,
            potential_rewards(alliance),
        )
        middle = time.perf_counter()
        found = equilibria(alliance)
        gains = [alliance.gain(member, sharers) for member in everybody for sharers in sets(len(alliance))]
        best = max(potential(alliance, sharers) for sharers in sets(len(alliance)))
        order, programme = cheapest_order(alliance), least_potential_total(alliance)
        seconds["ours"] += middle - start
        seconds["brute force"] += time.perf_counter() - middle
        least, greatest, full, total, paid = ours
        agree["equilibria"] += (
            least in found and greatest in found and all(set(least) <= set(who) <= set(greatest) for who in found)
        )
        agree["nash"] += full.nash == (everybody in found)
        agree["dominant"] += full.dominant == (min(gains) >= 0)
        agree["unique"] += full.unique == (found == [everybody])
        agree["maximiser"] += full.potential_maximiser == (potential(alliance, everybody) == best)
        agree["unique total"] += total == order
        agree["potential"] += (
            abs(float(paid.total) - programme) < 1e-7 * (1 + programme)
            and full_sharing(alliance.paying(paid.rewards)).potential_maximiser
        )
    return {"instances": sample, "agree": agree, "seconds": seconds}


def search_quality(sample: int) -> dict[str, float]:
    """The search and its bound as multiples of the optimum, eleven members (where the programme is exact)."""
    rng = random.Random(2)
    above, below = [], []
    for _ in range(sample):
        count = 11
        stock, level, slope = ([rng.randint(1, most) for _ in range(count)] for most in (20, 300, 6))
        optimum = unique_rewards(Alliance(stock, slope, level, [0] * count, 1))
        game = Joining(0, tuple(stock), tuple(level), tuple(slope))
        found = game.cost(best_order(game))
        if optimum.total:
            above.append(float(found / optimum.total))
            below.append(float(lower_bound(game, found) / optimum.total))
    return {"mean": float(np.mean(above)), "worst": max(above), "bound mean": float(np.mean(below))}


def classes(counts: tuple[int, ...], knowledge: tuple[int, ...], benefit: Fraction, base: int) -> Alliance:
    """Members in classes with risk base + k / 10."""
    held = [value for value, count in zip(knowledge, counts, strict=True) for _ in range(count)]
    return Alliance(held, [benefit] * len(held), [base + Fraction(k, 10) for k in held], [0] * len(held), 1)


def rewards_table() -> list[dict[str, object]]:
    """Unique rewards by types, over subsets and by search."""
    rows = []
    rng = np.random.default_rng(3)
    cases: list[tuple[str, Alliance]] = [
        ("60 in three classes", classes((3, 15, 42), (50, 15, 3), Fraction(1, 20), 1)),
        ("10,000 in two classes", classes((5000, 5000), (50, 15), Fraction(1, 2000), 40)),
    ]
    for count in (16, 20, 60, 300, 2000, 10_000):
        knowledge, benefit, risk = (rng.integers(1, most, count).tolist() for most in (100, 50, 1200 * count))
        cases.append((f"{count:,} all different", Alliance(knowledge, benefit, risk, [0] * count, 1)))
    for name, alliance in cases:
        found, seconds = timed(lambda alliance=alliance: unique_rewards(alliance))
        rows.append(
            {"case": name, "seconds": seconds, "method": found.method, "exact": found.exact, "gap": float(found.gap)}
        )
    return rows


def growth(sizes: tuple[int, ...]) -> list[dict[str, float]]:
    """Seconds for both equilibria, over n and over n log n, and for the rest of the way from JSON."""
    rows = []
    for count in sizes:
        rng = np.random.default_rng(4)
        columns = [np.round(rng.random(count) * most, 3).tolist() for most in (5, 2, count / 2, 1)]
        members = [
            dict(zip(("knowledge", "benefit", "risk", "reward"), row, strict=True))
            for row in zip(*columns, strict=True)
        ]
        text = json.dumps({"members": members, "exclusion": 0.5})
        document, parse = timed(lambda text=text: load_json(text))
        alliance, build = timed(lambda columns=columns: Alliance(*([str(x) for x in c] for c in columns), "0.5"))
        _, least = timed(lambda alliance=alliance: least_equilibrium(alliance))
        _, greatest = timed(lambda alliance=alliance: greatest_equilibrium(alliance))
        _, verdicts = timed(lambda alliance=alliance: full_sharing(alliance))
        row = {"members": count, "json": parse, "build": build, "least": least, "greatest": greatest}
        row |= {"verdicts": verdicts, "us per n log2 n": (least + greatest) / (count * np.log2(count)) * 1e6}
        if count <= 10_000:
            row["whole document"] = timed(lambda document=document: answer(model(None), document))[1]
        rows.append(row)
    return rows


def main() -> None:
    """Measure, print the tables and write the JSON file."""
    quick = "--quick" in sys.argv
    sample = 100 if quick else 1000
    agreed = agreement(sample)
    print(f"agreement with brute force on {sample} alliances of 1 to 6 members")
    for notion, count in agreed["agree"].items():
        print(f"  {notion:14}{count:>6}")
    print(f"  seconds: ours {agreed['seconds']['ours']:.2f}, brute force {agreed['seconds']['brute force']:.2f}")
    quality = search_quality(30 if quick else 100)
    print("search, eleven members, multiples of the optimum: " + ", ".join(f"{k} {v:.3f}" for k, v in quality.items()))
    table = rewards_table()
    print(f"{'unique rewards':24}{'seconds':>9}{'gap':>9}  method")
    for row in table:
        print(f"{row['case']:24}{row['seconds']:>9.3f}{row['gap']:>9.2%}  {row['method']}")
    curve = growth((1000, 10_000) if quick else (1000, 3000, 10_000, 30_000, 100_000))
    print("".join(f"{name:>17}" for name in curve[0]))
    for line in curve:
        print("".join(f"{value:>17.4g}" for value in line.values()))
    document = {"agreement": agreed, "search": quality, "unique_rewards": table, "growth": curve}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
