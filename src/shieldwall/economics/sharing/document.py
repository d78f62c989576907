"""The sharing market as data in, data out: reads JSON, solves it as arrays, tells the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

import numpy as np

from shieldwall.economics.model import Entry, Model, Progress
from shieldwall.economics.parameters import Parameters, as_number
from shieldwall.economics.precision import use_float64
from shieldwall.economics.sharing.forms import Exponential, Hyperbolic, Leakage, QuadraticCost
from shieldwall.economics.sharing.market import Market, Volume, stack
from shieldwall.economics.sharing.proof import prove
from shieldwall.economics.sharing.result import Equilibrium, Kind, Solution
from shieldwall.economics.sharing.sensitivity import sensitivity
from shieldwall.economics.sharing.solve import REGIMES, solve_many
from shieldwall.economics.sharing.story import tell
from shieldwall.errors import InvalidInput

MAX_FIRMS = 10_000
"""Largest number of firms that is read; the answer lists one value for each."""


def model(regime: str | None, *, proving: bool = False) -> Model[Market]:
    """The model in one regime, the simultaneous one unless named.

    Args:
        proving: Attach to each equilibrium what ``proof.prove`` establishes.

    Raises:
        InvalidInput: If there is no such regime.
        MissingPackage: If JAX is not installed, or python-flint where it has to prove.
    """
    chosen = "nash" if regime is None else regime
    if chosen not in REGIMES:
        raise InvalidInput("regime", regime, f"one of {', '.join(REGIMES)}")
    use_float64()
    return Model(
        name="sharing",
        read=read,
        solve=lambda markets, progress: solve(markets, chosen, progress, proving=proving),
        tell=tell,
        unread={"regime": chosen, "equilibria": [], "complete": False},
    )


def read(given: Parameters) -> Market:
    """Read one market. Ranges are left to the solver, which answers ``inadmissible``.

    Raises:
        InvalidInput: If a key is missing or no number.
    """
    firms = given.integer("firms", least=2, most=MAX_FIRMS) if given.has("firms") else 2
    return Market(
        _each(given, "a", firms),
        given.number("b1"),
        given.number("b2"),
        demand_spillover=given.number("demand_spillover"),
        cost_spillover=_each(given, "cost_spillover", firms),
        rivalry=given.number("rivalry"),
        leakage=_leakage(given.child("leakage")),
        cost=_cost(given.child("cost")),
        volume=_volume(given.child("volume")) if given.has("volume") else None,
        firms=firms,
    )


def solve(markets: Sequence[Market], regime: str, progress: Progress, *, proving: bool = False) -> list[Entry]:
    """Solve markets, those of one form together; one entry each, in order."""
    entries: list[Entry] = [{}] * len(markets)
    groups: dict[object, list[int]] = {}
    for place, market in enumerate(markets):
        groups.setdefault((type(market.cost), market.volume is None, market.firms), []).append(place)
    done = 0
    for places in groups.values():
        for start in range(0, len(places), _CHUNK):
            chunk = places[start : start + _CHUNK]
            together = stack([markets[place] for place in chunk])
            solutions = solve_many(together, regime)
            if regime == "nash":
                solutions = with_sensitivity(together, solutions)
            if proving:
                solutions = with_proofs(together, regime, solutions)
            for place, solution in zip(chunk, solutions, strict=True):
                entries[place] = {"regime": regime, **solution.as_json()}
            done += len(chunk)
            progress(done, len(markets))
    return entries


_CHUNK = 1000


def with_sensitivity(markets: Market, solutions: Sequence[Solution]) -> list[Solution]:
    """Attach comparative statics to the stable interior equilibria of equal firms, unless unit costs hold sharing."""
    equal = markets.equal
    found = [
        (row, equilibrium)
        for row, solution in enumerate(solutions)
        for equilibrium in solution.equilibria
        if equal[row]
        and equilibrium.kind is Kind.INTERIOR
        and equilibrium.stable
        and not equilibrium.extra.get("held_by_unit_cost")
    ]
    if not found:
        return list(solutions)
    sharing, investment = np.array([(one.sharing[0], one.investment[0]) for _, one in found]).T
    moves = sensitivity(markets.take(np.array([row for row, _ in found])), sharing, investment)
    told = {
        id(one): replace(one, extra={**one.extra, **moves.as_json(place, one.sharing[0], one.investment[0])})
        for place, (_, one) in enumerate(found)
    }

    def attach(equilibria: Iterable[Equilibrium]) -> tuple[Equilibrium, ...]:
        return tuple(told.get(id(one), one) for one in equilibria)

    return [replace(solution, equilibria=attach(solution.equilibria)) for solution in solutions]


def with_proofs(markets: Market, regime: str, solutions: Sequence[Solution]) -> list[Solution]:
    """Attach what is proved of each equilibrium; null where the method does not apply."""
    told = []
    for market, solution in zip(markets, solutions, strict=True):
        equilibria = []
        for one in solution.equilibria:
            proofs = [asdict(proof) for proof in prove(market, regime, one)]
            equilibria.append(replace(one, extra={**one.extra, "proof": proofs or None}))
        told.append(replace(solution, equilibria=tuple(equilibria)))
    return told


def _each(given: Parameters, key: str, firms: int) -> float | tuple[float, ...]:
    expected = f"a number, or a list of {firms}, one for each firm"
    value = given.take(key, expected)
    if not isinstance(value, list):
        return as_number(given.path(key), value)
    if len(value) != firms:
        raise InvalidInput(given.path(key), f"a list of {len(value)}", expected)
    return tuple(as_number(f"{given.path(key)}[{place}]", item) for place, item in enumerate(value))


def _leakage(given: Parameters) -> Leakage:
    leakage = Leakage(given.number("own"), given.number("rival"), given.number("joint"))
    given.close()
    return leakage


def _cost(given: Parameters) -> QuadraticCost:
    form = given.choice("form", ("hyperbolic", "exponential")) if given.has("form") else "hyperbolic"
    k, saving = given.number("k"), given.number("max_saving")
    rate = given.number("rate") if form == "exponential" or given.has("rate") else None
    given.close()
    return Hyperbolic(k, saving) if rate is None or form == "hyperbolic" else Exponential(k, saving, rate)


def _volume(given: Parameters) -> Volume:
    technology = given.items("technology", "a list of three numbers, F0, F1 and F2")
    if len(technology) != 3:
        raise InvalidInput(given.path("technology"), f"a list of {len(technology)}", "F0, F1 and F2")
    path = given.path("technology")
    numbers = tuple(as_number(f"{path}[{place}]", item) for place, item in enumerate(technology))
    volume = Volume(given.number("unit_cost"), given.number("spillover"), numbers)
    given.close()
    return volume
