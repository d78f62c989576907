"""Measures the choice among clients of several types: time at 10,000 clients, and agreement with full enumeration.

Run ``python benchmarks/outsourcing_types.py``. The peer is the enumeration of every integer vector, vectorised over
blocks, on instances small enough for it; its time at 10,000 clients is extrapolated from its own vectors per second.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np

from shieldwall.economics.outsourcing.client_types import ClientType, solve_types
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.terms import Terms
from shieldwall.economics.outsourcing.type_search import Market

RESULT = Path(__file__).parent / "results" / "outsourcing_types.json"
SMALL = 3000
SIZES = ((3, 10_000), (5, 10_000), (8, 10_000), (12, 10_000), (20, 10_000))
REPEATS = 20


def drawn(rng: np.random.Generator, regime: Regime, types: int, clients: int) -> tuple[Terms, list[ClientType]]:
    """An instance whose spill-over reaches up to note 8's bound, one in four times beyond it."""
    kinds = [ClientType(max(1, clients // types), float(rng.uniform(0.5, 10))) for _ in range(types)]
    largest = max(one.system_value for one in kinds)
    chance = rng.uniform(0.02, 1) / max(largest, 1.0)
    total = chance * sum(one.clients * one.system_value for one in kinds)
    bound = (1 - chance * largest) / max(total - chance * largest, 0.1)
    spill = min(1.0, float(rng.uniform(0, 4 / 3) * bound))
    return Terms(chance, 1.0, 1 / rng.uniform(0.05, 0.98), spill, float(rng.uniform(0, 1)), regime), kinds


def enumerated(terms: Terms, kinds: list[ClientType]) -> tuple[tuple[int, ...], float, int]:
    """The smallest best of all vectors, its profit, and how many vectors there are."""
    vectors = np.array(list(product(*(range(one.clients + 1) for one in kinds))))
    exposure = terms.attack_probability * np.array([one.system_value for one in kinds])
    market = Market(terms, np.array([one.clients for one in kinds]), exposure)
    best = market.smallest_best(vectors)
    return tuple(best.tolist()), float(market.profit(best)), len(vectors)


def agreement() -> dict[str, object]:
    """Both searches against full enumeration on small instances."""
    rng, wrong, vectors, peer, ours = np.random.default_rng(1), 0, 0, 0.0, 0.0
    for index in range(SMALL):
        types = int(rng.integers(2, 5))
        terms, kinds = drawn(rng, list(Regime)[index % 6], types, int(rng.integers(2, 7)) * types)
        started = time.perf_counter()
        best, _, count = enumerated(terms, kinds)
        peer += time.perf_counter() - started
        vectors += count
        started = time.perf_counter()
        found = solve_types(terms, kinds)
        ours += time.perf_counter() - started
        bounded = solve_types(terms, kinds, most_evaluations=0)
        wrong += (found.outsourcing_clients != best) + (bounded.outsourcing_clients != best)
    return {
        "instances": SMALL,
        "different": wrong,
        "peer_vectors_per_s": round(vectors / peer),
        "peer_s": round(peer, 2),
        "ours_s": round(ours, 2),
    }


def timing(types: int, clients: int, peer_speed: float) -> dict[str, object]:
    """Seconds per instance over all regimes, and the peer's extrapolated."""
    rng, seconds, proven, method = np.random.default_rng(types), [], 0, ""
    for index in range(REPEATS * 6):
        terms, kinds = drawn(rng, list(Regime)[index % 6], types, clients)
        started = time.perf_counter()
        found = solve_types(terms, kinds)
        seconds.append(time.perf_counter() - started)
        proven += found.gap == 0.0
        method = found.method
    peer = float((clients // types + 1) ** types) / peer_speed
    return {
        "types": types,
        "clients": clients,
        "method": method,
        "proven": f"{proven}/{len(seconds)}",
        "median_s": round(float(np.median(seconds)), 4),
        "largest_s": round(max(seconds), 4),
        "full_enumeration_s": float(f"{peer:.3g}"),
    }


def main() -> None:
    """Print the tables and keep them as JSON."""
    agreed = agreement()
    print(
        f"{agreed['instances']} small instances in six regimes, both searches: {agreed['different']} different choices"
    )
    print("types clients method            proven   median s  largest s  full enumeration s (extrapolated)")
    rows = [timing(types, clients, float(str(agreed["peer_vectors_per_s"]))) for types, clients in SIZES]
    for row in rows:
        print(
            f"{row['types']:>5} {row['clients']:>7} {row['method']:<17} {row['proven']:>7} {row['median_s']:>9} "
            f"{row['largest_s']:>10} {row['full_enumeration_s']:>12}"
        )
    RESULT.parent.mkdir(exist_ok=True)
    result = {"measured": datetime.now(UTC).date().isoformat(), "agreement": agreed, "rows": rows}
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {RESULT}")


if __name__ == "__main__":
    main()
