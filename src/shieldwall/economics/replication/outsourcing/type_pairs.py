"""The markets of two types of clients that the claims are tried on, each solved without its requirement and with it.

The claims are in ``client_types``; the markets of equal clients are in ``samples``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np

from shieldwall.economics.outsourcing.client_types import ClientType, TypesSolution, solve_types
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Floats
from shieldwall.economics.outsourcing.terms import Terms

SEED = 1718
COUNT = 400
SAMPLE = f"markets of round numbers, smallest first, then {COUNT} random ones of up to 12 clients per type, seed {SEED}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A market of two types, the low value first, solved without its requirement and with it."""

    types: tuple[ClientType, ClientType]
    terms: Terms
    free: TypesSolution
    bound: TypesSolution

    @classmethod
    def of(cls, types: tuple[ClientType, ClientType], terms: Terms) -> Pair:
        """Solve it both ways."""
        return cls(types, terms, solve_types(replace(terms, regime=Regime.NONE), types), solve_types(terms, types))

    @property
    def exposure(self) -> Floats:
        """(D_0, D_1)."""
        return self.terms.attack_probability * np.array([one.system_value for one in self.types])

    @property
    def own(self) -> Floats:
        """av_t/c_k."""
        return self.exposure / self.terms.client_cost

    def quality(self, solved: TypesSolution) -> Floats:
        """Equation 17, also for a type of which nobody is served."""
        spill = self.terms.spillover
        harm = (1.0 - spill) * self.exposure + spill * float(np.array(solved.outsourcing_clients) @ self.exposure)
        return harm / self.terms.provider_cost

    def clients(self, solved: TypesSolution) -> Floats:
        """The right sides of equation 18."""
        exposure, quality = self.exposure, self.quality(solved)
        served = np.array(solved.outsourcing_clients, dtype=np.float64)
        inhouse = np.array(solved.inhouse_quality)
        kept = exposure * inhouse - 0.5 * self.terms.client_cost * inhouse**2
        gain = exposure * quality - kept - 0.5 * self.terms.provider_cost * quality**2
        other = 0.5 * served[::-1] * (exposure[::-1] / exposure + (1.0 - quality[::-1]) / (1.0 - quality))
        result: Floats = 0.5 + gain / (2.0 * self.terms.spillover * exposure * (1.0 - quality)) - other
        return result

    def shown(self) -> dict[str, object]:
        """Its numbers under the keys of the interface, and who outsources."""
        return {
            "types": [{"clients": one.clients, "system_value": one.system_value} for one in self.types],
            "attack_probability": self.terms.attack_probability,
            "provider_cost": self.terms.provider_cost,
            "client_cost": self.terms.client_cost,
            "spillover": self.terms.spillover,
            "requirement": self.terms.requirement,
            "clients without": list(self.free.outsourcing_clients),
            "clients with": list(self.bound.outsourcing_clients),
        }


@lru_cache
def pairs(*, between: bool = False) -> tuple[Pair, ...]:
    """The sample; Assumption 6 holds, and quality stays below 1 even with everybody served.

    Args:
        between: Random markets only, with a requirement that binds for low types only.
    """
    drawn = _random(between=True) if between else (*_rounds(), *_random())
    return tuple(Pair.of(types, terms) for types, terms in drawn)


def binding_pairs() -> tuple[Pair, ...]:
    """Those of the sample whose requirement binds both types, q̲ > av_1/c_k."""
    return tuple(pair for pair in pairs() if pair.terms.requirement > pair.own[1])


def _rounds() -> Iterator[tuple[tuple[ClientType, ClientType], Terms]]:
    grid = product((1, 2, 3, 5), (0.05, 0.1), (1.25, 2.0, 5.0), (0.05, 0.1), (0.3, 0.5, 0.6, 0.8, 1.0))
    for clients, chance, cost, spill, mandate in grid:
        types = (ClientType(clients, 5.0), ClientType(clients, 10.0))
        if _admissible(types, chance, spill):
            yield types, Terms(chance, 1.0, cost, spill, mandate, Regime.REQUIREMENT)


def _random(*, between: bool = False) -> Iterator[tuple[tuple[ClientType, ClientType], Terms]]:
    rng = np.random.default_rng(SEED)
    kept = 0
    while kept < COUNT:
        many, few = (int(one) for one in rng.integers(1, 13, 2))
        least, most = (0.02, 1.0, 1.02, 0.001, 0.0), (0.1, 9.5, 8.0, 0.3, 1.0)
        chance, value, cost, spill, mandate = (round(float(one), 3) for one in rng.uniform(least, most))
        types = (ClientType(many, value), ClientType(few, 10.0))
        if between:
            mandate = round(chance * (value + (10.0 - value) * mandate) / cost, 4)
        if _admissible(types, chance, spill):
            kept += 1
            yield types, Terms(chance, 1.0, cost, spill, mandate, Regime.REQUIREMENT)


def _admissible(types: tuple[ClientType, ClientType], chance: float, spill: float) -> bool:
    together = sum(one.clients * one.system_value for one in types)
    return chance * ((1.0 - spill) * types[1].system_value + spill * together) < 1.0
