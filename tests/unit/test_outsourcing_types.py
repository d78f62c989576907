"""Types of clients: the search against full enumeration of the client-level profit."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from shieldwall.economics.model import answer
from shieldwall.economics.outsourcing.client_types import ClientType, solve_types
from shieldwall.economics.outsourcing.document import model
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.terms import Terms
from shieldwall.economics.outsourcing.type_search import Market, branch_and_bound
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput


def client_level_profit(terms: Terms, types: list[ClientType], served: tuple[int, ...]) -> float:
    """The provider's profit, adding up breaches client by client; written without the module's sums."""
    values = [types[kind].system_value for kind, number in enumerate(served) for _ in range(number)]
    chance, spill = terms.attack_probability, terms.spillover
    harms = [chance * value + spill * chance * (sum(values) - value) for value in values]
    qualities = [min(max(harm / terms.provider_cost, terms.floor), terms.ceiling) for harm in harms]
    breaches = [chance * (1 - quality) for quality in qualities]
    profit = 0.0
    for value, quality, breach in zip(values, qualities, breaches, strict=True):
        loss = breach + spill * (sum(breaches) - breach)
        own = max(min(chance * value / terms.client_cost, 1.0), terms.inhouse_floor)
        stay = (1 - chance * (1 - own)) * value - terms.client_cost * own**2 / 2
        profit += (1 - loss) * value - stay - terms.provider_cost * quality**2 / 2
    return profit


def drawn(rng: np.random.Generator, regime: Regime, most: int = 5) -> tuple[Terms, list[ClientType]]:
    types = [
        ClientType(int(rng.integers(1, most)), float(rng.uniform(0.5, 10))) for _ in range(int(rng.integers(1, 4)))
    ]
    largest = max(one.system_value for one in types)
    chance = rng.uniform(0.02, 1) * min(1.0, 1 / largest)
    total = sum(one.clients * one.system_value for one in types) * chance
    spill = rng.uniform(0, 1.5) * (1 - chance * largest) / max(total - chance * largest, 0.1)
    terms = Terms(chance, 1.0, 1 / rng.uniform(0.05, 0.98), float(min(spill, 1.0)), float(rng.uniform(0, 1)), regime)
    return terms, types


@pytest.mark.parametrize("regime", list(Regime))
def test_both_searches_agree_with_full_enumeration_of_the_client_level_profit(regime: Regime) -> None:
    rng = np.random.default_rng(50)
    for _ in range(60):
        terms, types = drawn(rng, regime)
        vectors = list(product(*(range(one.clients + 1) for one in types)))
        profits = [client_level_profit(terms, types, vector) for vector in vectors]
        most = max(profits)
        tied = [vector for vector, profit in zip(vectors, profits, strict=True) if profit >= most - 1e-12]
        smallest = min(tied, key=lambda vector: (sum(vector), vector))
        for limit, method in ((10**6, "enumeration"), (0, "branch and bound")):
            solved = solve_types(terms, types, most_evaluations=limit)
            assert solved.outsourcing_clients == smallest
            assert solved.provider_profit == pytest.approx(most, abs=1e-12)
            assert (solved.status, solved.gap, solved.method) == (Status.SOLVED, 0.0, method)
            assert solved.welfare_gap < 1e-12


def test_one_type_at_most_is_served_in_part() -> None:
    rng = np.random.default_rng(51)
    for index in range(300):
        terms, types = drawn(rng, list(Regime)[index % 6], most=30)
        served = solve_types(terms, types).outsourcing_clients
        assert sum(0 < number < one.clients for number, one in zip(served, types, strict=True)) <= 1


@pytest.mark.parametrize(
    ("requirement", "served"), [(0.3, (0, 3)), (0.35, (4, 0)), (0.4, (5, 0)), (0.5, (5, 1)), (0.6, (5, 5))]
)
def test_high_types_leave_as_the_requirement_rises_and_come_back(requirement: float, served: tuple[int, int]) -> None:
    terms = Terms(0.05, 1.0, 2.0, 0.05, requirement, Regime.REQUIREMENT)
    assert solve_types(terms, [ClientType(5, 5.0), ClientType(5, 10.0)]).outsourcing_clients == served


@pytest.mark.parametrize("regime", list(Regime))
def test_one_type_is_the_homogeneous_model(regime: Regime) -> None:
    market = Service.of(
        clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.02, requirement=0.45
    )
    whole = solve(market, regime, integer=True)
    solved = solve_types(Terms.of(market, regime), [ClientType(15, 10.0)])
    assert solved.outsourcing_clients == (int(whole.outsourcing_clients),)
    assert solved.welfare == pytest.approx(float(whole.welfare), rel=1e-13)
    assert solved.provider_shirks == bool(whole.provider_shirks)
    if solved.fee[0] is not None:
        assert solved.fee[0] == pytest.approx(float(whole.fee), rel=1e-12)
        assert solved.expected_loss[0] == pytest.approx(float(whole.expected_loss), rel=1e-12)


def test_equal_types_tie_and_the_lexicographically_smallest_choice_wins() -> None:
    terms = Terms(0.05, 1.0, 2.0, 0.05, 0.0, Regime.NONE)
    alone = solve_types(terms, [ClientType(10, 8.0)]).outsourcing_clients[0]
    assert 0 < alone < 5
    for limit in (10**6, 0):
        assert solve_types(terms, [ClientType(5, 8.0)] * 2, most_evaluations=limit).outsourcing_clients == (0, alone)


def test_nobody_is_served_where_a_checked_requirement_costs_more_than_it_saves() -> None:
    terms = Terms(0.05, 1.0, 2.0, 0.01, 0.9, Regime.CLIENTS_SHIRK)
    solved = solve_types(terms, [ClientType(5, 2.0), ClientType(5, 4.0)], most_evaluations=0)
    assert (solved.outsourcing_clients, solved.corner, solved.provider_profit) == ((0, 0), "exit", 0.0)
    assert (solved.service_quality, solved.fee, solved.expected_loss) == ((None, None),) * 3
    assert all(quality > 0 for quality in solved.inhouse_quality)
    lower = solve_types(
        Terms(0.05, 1.0, 2.0, 0.01, 0.2, Regime.CLIENTS_SHIRK), [ClientType(5, 2.0), ClientType(5, 4.0)]
    )
    assert lower.corner != "exit"


def test_a_search_cut_short_says_so_and_bounds_what_it_missed() -> None:
    rng = np.random.default_rng(3)
    types = [ClientType(40, float(value)) for value in rng.uniform(1, 9, 12)]
    exposure = 0.05 * np.array([one.system_value for one in types])
    market = Market(Terms(0.05, 1.0, 2.0, 0.002, 0.5, Regime.REQUIREMENT), np.full(12, 40), exposure)
    full, nothing = branch_and_bound(market)
    short, gap = branch_and_bound(market, most_nodes=2)
    assert nothing == 0.0 < gap
    assert float(market.profit(full)) <= float(market.profit(short)) + gap + 1e-12


def entry_of(regime: str, **document: object) -> dict[str, object]:
    found = answer(model(regime), {"provider_cost": 1, "client_cost": 2, "attack_probability": 0.05, **document})
    assert isinstance(found, dict)
    return found


def test_the_command_answers_with_lists_per_type() -> None:
    kinds = [{"clients": 5, "system_value": 5}, {"clients": 5, "system_value": 10}]
    told = entry_of("requirement", types=kinds, spillover=1e-2, requirement=1)
    assert told["status"] == "solved"
    assert told["outsourcing_clients"] == [5, 5]
    assert all(isinstance(told[key], list) for key in ("service_quality", "inhouse_quality", "fee", "expected_loss"))
    assert told["corner"] == "all"
    assert told["provider_shirks"] is True


@pytest.mark.parametrize(
    "kinds", [[], [{"clients": 0, "system_value": 5}], [{"clients": 2}], [{"clients": 2, "x": 1}], 7]
)
def test_malformed_types_are_refused_by_name(kinds: object) -> None:
    told = entry_of("none", types=kinds)
    assert told["status"] == "invalid"
    assert "types" in str(told["reason"])


def test_types_of_nobody_or_nothing_are_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="types: got"):
        solve_types(Terms(0.05, 1.0, 2.0, 0.05, 0.0, Regime.NONE), [])
    with pytest.raises(InvalidInput, match="clients: got 0"):
        ClientType(0, 1.0)
    with pytest.raises(InvalidInput, match="system_value: got 0"):
        ClientType(1, 0.0)


def test_a_broken_note_8_is_warned_of_with_both_sides() -> None:
    kinds = [{"clients": 3, "system_value": 5}, {"clients": 1, "system_value": 10}]
    assert entry_of("none", types=kinds, spillover=0.1)["warnings"] == []
    warned = entry_of("none", types=kinds, spillover=0.9)["warnings"]
    assert isinstance(warned, list)
    assert "the left side is 1.175, the right 1" in warned[0]
