"""The markets that the claims are tried on: random ones, and a grid of round numbers for short counterexamples.

All of them meet Assumptions 2, 4, 6 and 7 and note 8. Random parameters have three digits, so that each is exact as
printed; a seed fixes them. The markets of the paper's figures are here too.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import Solution

Flags = NDArray[np.bool_]

SEED = 2012
COUNT = 50_000
SAMPLE = f"{COUNT:,} random markets of 2 to 300 clients, three digits each, seed {SEED}; and a grid of round numbers"
FINE = f"{COUNT:,} random markets, seed {SEED}; and a grid of 2 and 3 clients, a in hundredths"
FIGURES_4_TO_6 = "the parameters of Figures 4 to 6; requirement 0, 0.001, ..., 1"


@lru_cache
def draws(count: int = COUNT, seed: int = SEED) -> Service:
    """Random markets, each with a requirement that binds in-house."""
    rng = np.random.default_rng(seed)
    clients = np.round(np.exp(rng.uniform(np.log(2.0), np.log(300.5), count))).astype(np.float64)
    chance = three_digits(rng.uniform(0.01, 1.0, count))
    value = three_digits(rng.uniform(0.01, 0.99, count) / chance)
    cost = three_digits(1.0 / rng.uniform(0.02, 0.98, count))
    exposure = chance * value
    widest = (1.0 / exposure - 1.0) / (clients - 1.0)
    spillover = three_digits(np.maximum(rng.uniform(0.0, 1.0, count) * widest, 1e-6))
    requirement = three_digits(rng.uniform(exposure / cost, 1.0))
    kept = (exposure < 1.0) & (cost > 1.0) & (spillover < widest) & (requirement > exposure / cost)
    every = (clients, chance, value, np.ones(count), cost, spillover, requirement)
    return take(Service(*every), kept)


@lru_cache
def rounds() -> Service:
    """Markets of round numbers, smallest first."""
    tenths = np.arange(1, 10) / 10
    return lattice((2, 3, 5, 10), tenths, (1.25, 1.5, 2, 5), (0.01, 0.02, 0.05, *tenths), np.arange(11) / 10)


@lru_cache
def hundredths() -> Service:
    """Two and three clients, a in steps of a hundredth, e in steps of a fiftieth, for what is rare."""
    chance, spillover = np.arange(1, 100) / 100, np.arange(1, 50) / 50
    return lattice((2, 3), chance, (1.25, 1.5, 2, 5), spillover, (0.0, 0.2, 0.5, 0.8))


def lattice(
    clients: ArrayLike,
    chance: ArrayLike,
    client_cost: ArrayLike,
    spillover: ArrayLike,
    requirement: ArrayLike,
    value: float = 1.0,
) -> Service:
    """All admissible combinations with c_s = 1."""
    grid = np.meshgrid(clients, chance, client_cost, spillover, requirement, indexing="ij")
    many, probability, cost, spill, mandate = (np.asarray(one, dtype=np.float64).ravel() for one in grid)
    one = np.ones_like(many)
    return take(
        Service(many, probability, value * one, one, cost, spill, mandate),
        spill < (1.0 / (value * probability) - 1.0) / (many - 1.0) - 1e-12,
    )


def figure(number: int, requirement: ArrayLike = 0.0) -> Service:
    """The market of Figures 4 to 6 (also taken for 2 and 3), 8 or 9."""
    given: dict[str, Any] = {
        8: {"clients": 10, "attacks": 0.05, "system_value": 50, "client_cost": 1.25, "spillover": 0.08},
        9: {"clients": 10, "attacks": 0.05, "system_value": 10, "client_cost": 2, "spillover": 0.05},
    }.get(number, {"clients": 15, "attacks": 0.5, "system_value": 10, "client_cost": 2, "spillover": 0.01})
    return Service.of(provider_cost=1, requirement=requirement, **given)


def requirements(steps: int = 1000) -> Floats:
    """From 0 to 1 in equal steps."""
    return np.arange(steps + 1) / steps


def three_digits(values: Floats) -> Floats:
    """Positive numbers rounded to three significant digits, each the double nearest to its decimal."""
    shift = 2.0 - np.floor(np.log10(values))
    up, down = 10.0 ** np.maximum(shift, 0.0), 10.0 ** np.maximum(-shift, 0.0)
    short: Floats = np.round(values * up / down) / up * down
    return short


def take(service: Service, rows: Any) -> Service:
    """Some of the markets."""
    return Service(*(getattr(service, field.name)[rows] for field in fields(Service)))


def binds(service: Service) -> Flags:
    """q̲ > av/c_k: the requirement is above what a client would do anyway."""
    return service.requirement > service.exposure / service.client_cost * (1.0 + 1e-12)


def inhouse_gain(service: Service, solution: Solution) -> Floats:
    """ρ = u_k − (1 − a) v, what in-house protection is worth to a client, without cancellation."""
    quality = solution.inhouse_quality
    return service.exposure * quality - 0.5 * service.client_cost * quality**2


def surplus(service: Service, solution: Solution) -> Floats:
    """W − n (1 − a) v = n ρ + π: welfare without the part that nobody can change."""
    return service.clients * inhouse_gain(service, solution) + solution.provider_profit


def noise(service: Service) -> Floats:
    """Differences of profits or welfare below this are rounding."""
    weight = service.exposure + 0.5 * service.client_cost * service.requirement**2
    return 1e-13 * service.clients * weight
