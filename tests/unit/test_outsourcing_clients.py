"""The homogeneous, reduced problem against the one the paper states: client by client, attack by attack."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from outsourcing_oracle import REGIMES, VERIFIED, Exact, admissible, enumerated_loss, point

from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve

STEP = 0.05


@pytest.mark.parametrize("attacks", [1, 2, 3])
def test_the_loss_formula_is_the_mean_over_every_set_of_attacks_and_breaches(attacks: int) -> None:
    """L_j = a (1 − q_j) + e a Σ (1 − q_i), drawn without replacement (note 11)."""
    qualities, served, spillover = [0.1, 0.45, 0.8], [0, 2, 3], 0.3
    chance = attacks / 4
    for index, loss in enumerate(enumerated_loss(4, attacks, qualities, spillover, served)):
        others = sum(1 - quality for place, quality in enumerate(qualities) if place != index)
        assert loss == pytest.approx(chance * (1 - qualities[index]) + spillover * chance * others, rel=1e-12)


def client_level_profit(service: Service, reserve: float, qualities: tuple[float, ...], attacks: int) -> float:
    """Equation 10 with every participation constraint binding and losses enumerated."""
    clients, value = int(service.clients), float(service.system_value)
    losses = enumerated_loss(clients, attacks, list(qualities), float(service.spillover), list(range(len(qualities))))
    cost = float(service.provider_cost)
    return sum(
        (1 - loss) * value - reserve - cost * quality**2 / 2 for loss, quality in zip(losses, qualities, strict=True)
    )


@pytest.mark.parametrize("regime", [name for name in REGIMES if name != "no-commitment"])
@pytest.mark.parametrize("seed", range(3))
def test_no_set_of_clients_with_qualities_of_their_own_earns_more(regime: str, seed: int) -> None:
    """Every number of clients and every vector of qualities on a grid, for three clients and whole attacks."""
    rng = np.random.default_rng(seed)
    service = Service.of(
        clients=3,
        attacks=1,
        system_value=rng.uniform(0.5, 2.9),
        provider_cost=1.0,
        client_cost=rng.uniform(1.1, 4.0),
        spillover=rng.uniform(0.0, 0.4),
        requirement=rng.uniform(0.2, 0.9),
    )
    solved = solve(service, regime, integer=True)
    least = float(service.requirement) if regime in VERIFIED else 0.0
    grid = [least, *(quality for quality in np.arange(0.0, 1.0 + 1e-9, STEP) if quality > least)]
    best = 0.0
    for served in (1, 2, 3):
        vectors = (choice for choice in product(grid, repeat=served) if list(choice) == sorted(choice))
        best = max(best, *(client_level_profit(service, float(solved.client_utility), one, 1) for one in vectors))
    profit = float(solved.provider_profit)
    assert best <= profit + 1e-12
    assert best >= profit - 3 * 0.5 * STEP**2


@pytest.mark.parametrize("regime", REGIMES)
def test_no_number_of_clients_on_a_fine_grid_earns_more(regime: str) -> None:
    service = admissible(100, seed=31)
    solved = solve(service, regime)
    for index in range(100):
        exact = Exact(point(service, index), regime)
        best = float(solved.provider_profit[index])
        size = float(exact.D) * float(exact.n)
        for served in np.linspace(1.0, float(exact.n), 40):
            assert float(exact.profit(served)) <= best + 1e-12 * size


@pytest.mark.parametrize("regime", REGIMES)
def test_whole_clients_beside_the_optimum_are_compared_not_rounded(regime: str) -> None:
    """Every number of up to 12 clients in 40,000 markets; rounding the best number would fail in some of them."""
    service = admissible(40_000, seed=32, most_clients=12)
    solved = solve(service, regime, integer=True)
    exposure, ceiling = service.exposure, 0.0 if regime == "no-commitment" else 1.0
    reserve = exposure * solved.inhouse_quality - 0.5 * service.client_cost * solved.inhouse_quality**2
    floor = service.requirement if regime in VERIFIED else np.zeros(service.shape)
    best = np.zeros(service.shape)
    for served in range(1, 13):
        spread = 1.0 + service.spillover * (served - 1)
        quality = np.clip(np.maximum(spread * exposure / service.provider_cost, floor), 0.0, ceiling)
        each = exposure * (1 - (1 - quality) * spread) - reserve - 0.5 * service.provider_cost * quality**2
        best = np.maximum(best, np.where(served <= service.clients, served * each, 0.0))
    money = service.clients * (exposure + service.client_cost * service.requirement**2)
    assert np.all(np.abs(solved.provider_profit - best) <= 1e-13 * money)
