"""Measures finite games beside QuantEcon and Nashpy in one run: what is missed, and how long it takes.

Run ``python benchmarks/games.py``. Reference for what is missed is exact enumeration, itself tested against trying
every basis in fractions. Times are the best of interleaved repetitions on one thread; building a library's game object
is not counted. A profile is found if one within 1e-6 of it is listed.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import nashpy
import numpy as np
from quantecon.game_theory import NormalFormGame, Player, support_enumeration, vertex_enumeration
from scipy.spatial import ConvexHull

from shieldwall.economics.games import Bimatrix, classify, solve_game
from shieldwall.economics.games import simple as floating
from shieldwall.economics.games.document import model
from shieldwall.economics.model import answer

RESULT = Path(__file__).parent / "results" / "games.json"
Game = tuple[np.ndarray, np.ndarray]
Profiles = list[np.ndarray]


def quantecon_game(game: Game) -> NormalFormGame:
    """The game as QuantEcon takes it."""
    row, column = (np.ascontiguousarray(payoffs, float) for payoffs in game)
    return NormalFormGame((Player(row), Player(np.ascontiguousarray(column.T))))


def quantecon(method: Callable[[Any], Any]) -> Callable[[Game], Profiles]:
    """One of QuantEcon's methods as a function to profiles."""
    return lambda game: [np.concatenate(found) for found in method(quantecon_game(game))]


def nashpy_support(game: Game) -> Profiles:
    """Nashpy's support enumeration."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = list(nashpy.Game(*game).support_enumeration())
    return [np.concatenate(profile) for profile in found]


def ours(game: Game) -> Profiles:
    """Exact enumeration."""
    return [np.array([*found.row, *found.column], float) for found in solve_game(Bimatrix.of(*game)).equilibria]


LIBRARIES: dict[str, Callable[[Game], Profiles]] = {
    "quantecon support": quantecon(support_enumeration),
    "quantecon vertex": quantecon(vertex_enumeration),
    "nashpy support": nashpy_support,
}


def without(profiles: Profiles, others: Profiles) -> int:
    """How many profiles are in the first list and not in the second."""
    return sum(all(np.abs(profile - other).max() > 1e-6 for other in others) for profile in profiles)


def compare(games: Sequence[Game], names: Iterable[str]) -> dict[str, Any]:
    """What each library misses of the exact list, and what it lists beyond it."""
    exact = [ours(game) for game in games]
    rows: dict[str, Any] = {"games": len(games), "equilibria": sum(map(len, exact))}
    for name in names:
        listed = [LIBRARIES[name](game) for game in games]
        missed = [without(reference, found) for reference, found in zip(exact, listed, strict=True)]
        more = sum(without(found, reference) for reference, found in zip(exact, listed, strict=True))
        rows[name] = {"missed": sum(missed), "in_games": sum(map(bool, missed)), "not_in_exact": more}
        print(
            f"  {name:<18} missed {sum(missed):>5} of {rows['equilibria']} "
            f"in {rows[name]['in_games']:>5} games, {more} more"
        )
    return rows


def all_2x2() -> list[Game]:
    """Every 2x2 game with payoffs 0, 1 and 2."""
    cells = np.array(list(product(range(3), repeat=4))).reshape(-1, 2, 2)
    return list(product(cells, repeat=2))


def best(functions: dict[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """The shortest time of each function, in seconds; they take turns."""
    spent = dict.fromkeys(functions, np.inf)
    for _ in range(repetitions):
        for name, function in functions.items():
            started = time.perf_counter()
            function()
            spent[name] = min(spent[name], time.perf_counter() - started)
    return spent


def arrays(generator: np.random.Generator) -> dict[str, Any]:
    """Games per second: an array of 2x2 games in closed form against one call a game."""
    row, column = generator.random((2, 100_000, 2, 2))
    few = [quantecon_game(game) for game in zip(row[:2_000], column[:2_000], strict=True)]
    support_enumeration(few[0])
    spent = best(
        {
            "closed form": lambda: classify(row, column),
            "quantecon support": lambda: [support_enumeration(game) for game in few],
        },
        25,
    )
    speeds = {
        "closed form": len(row) / spent["closed form"],
        "quantecon support": len(few) / spent["quantecon support"],
    }
    ratio = speeds["closed form"] / speeds["quantecon support"]
    for name, speed in speeds.items():
        print(f"  {name:<18} {speed:>12,.0f} games/s")
    print(f"  ratio {ratio:.0f}")
    return {name: round(speed) for name, speed in speeds.items()} | {"ratio": round(ratio, 1)}


def batch(generator: np.random.Generator) -> dict[str, Any]:
    """Games per second of a JSON batch, exact."""
    document = [{"payoffs": generator.integers(0, 9, (2, 2, 2)).tolist()} for _ in range(2_000)]
    speed = len(document) / best({"batch": lambda: answer(model(None), document)}, 3)["batch"]
    print(f"  exact, through JSON objects: {speed:,.0f} games/s")
    return {"exact_2x2_per_s": round(speed)}


def large(generator: np.random.Generator, size: int) -> dict[str, Any]:
    """One random game: exact, floating point with its checks, and QuantEcon."""
    game = (generator.random((size, size)), generator.random((size, size)))
    bimatrix, theirs = Bimatrix.of(*game), quantecon_game(game)
    functions: dict[str, Callable[[], object]] = {
        "vertex": lambda: vertex_enumeration(theirs),
        "float": lambda: floating.simple_equilibria(bimatrix),
    }
    if size <= 9:
        functions["support"] = lambda: support_enumeration(theirs)
    if size <= 10:
        functions["exact"] = lambda: solve_game(bimatrix)
    spent = best(functions, 3)
    checks = time_checks(bimatrix)
    found = floating.simple_equilibria(bimatrix)
    listed = vertex_enumeration(theirs)
    row = {
        "size": size,
        "equilibria": len(listed),
        "proven_simple": found is not None,
        "agree": found is not None and len(found.regret) == len(listed),
        "largest_regret": None if found is None else float(found.regret.max()),
        "checks_s": round(checks, 5),
        "checks_to_vertex": round(checks / spent["vertex"], 2),
    } | {f"{name}_s": round(seconds, 5) for name, seconds in spent.items()}
    cells = [
        f"{spent[name] * 1e3:>9.1f}" if name in spent else f"{'-':>9}"
        for name in ("support", "vertex", "exact", "float")
    ]
    print(f"  {size:>4} {len(listed):>5} {' '.join(cells)} {checks * 1e3:>9.1f} {checks / spent['vertex']:>8.0%}")
    return row


def time_checks(game: Bimatrix) -> float:
    """Seconds that ``simple_equilibria`` spends on checks: the best of three."""
    spent = 0.0

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            nonlocal spent
            started = time.perf_counter()
            found = function(*arguments)
            spent += time.perf_counter() - started
            return found

        return run

    kept = floating._certain, floating.checked
    shortest = np.inf
    floating._certain, floating.checked = timed(kept[0]), timed(kept[1])
    for _ in range(3):
        spent = 0.0
        floating.simple_equilibria(game)
        shortest = min(shortest, spent)
    floating._certain, floating.checked = kept
    return float(shortest)


def main() -> None:
    """Print the tables and keep them as JSON."""
    started = time.perf_counter()
    generator = np.random.default_rng(20261121)
    print("Arrays of 2x2 games, one thread")
    figures: dict[str, Any] = {"arrays": arrays(generator), "batch": batch(generator)}
    print("All 2x2 games with payoffs 0, 1, 2: extreme equilibria")
    figures["all_2x2"] = compare(all_2x2(), LIBRARIES)
    print("1,500 3x3 games with payoffs 0, 1: extreme equilibria")
    figures["3x3"] = compare([tuple(generator.integers(0, 2, (2, 3, 3))) for _ in range(1_500)], LIBRARIES)
    print("10,000 games with random payoffs: equilibria")
    shapes = [(2, 2)] * 4_000 + [(2, 3)] * 2_500 + [(3, 3)] * 3_000 + [(4, 4)] * 500
    figures["random"] = compare(
        [tuple(generator.random((2, *shape))) for shape in shapes], ("quantecon support", "nashpy support")
    )
    print("Large games with random payoffs, ms; checks in parts of quantecon's vertex enumeration")
    print("  size  eq.   support    vertex     exact     float    checks")
    ConvexHull(generator.random((9, 3)))
    figures["large"] = [large(generator, size) for size in (3, 4, 5, 6, 7, 8, 9, 10, 12, 14)]
    RESULT.parent.mkdir(exist_ok=True)
    result = {
        "measured": datetime.now(UTC).date().isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
        **figures,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {RESULT}")


if __name__ == "__main__":
    main()
