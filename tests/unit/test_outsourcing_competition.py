"""Competition: costs, prices under each rationing rule, and deviations tried one by one."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from shieldwall.economics.model import answer
from shieldwall.economics.outsourcing import rationing
from shieldwall.economics.outsourcing.competition import solve_competition
from shieldwall.economics.outsourcing.document import model
from shieldwall.economics.outsourcing.rationing import PriceGame, mixed_prices
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput, ShieldwallError


def market(**changes: float) -> Service:
    given = {"clients": 15.0, "attacks": 0.5, "system_value": 10.0, "provider_cost": 1.0, "client_cost": 2.0}
    return Service.of(**{**given, "spillover": 0.01, **changes})


@pytest.mark.parametrize("regime", list(Regime))
def test_supply_beats_every_other_number_of_clients(regime: Regime) -> None:
    rng = np.random.default_rng(70)
    for index in range(60):
        clients, value = int(rng.integers(1, 40)), float(rng.uniform(0.1, 0.95))
        spill = float(rng.uniform(0, 1.2)) * (1 / value - 1) / max(clients - 1, 1)
        service = market(
            clients=clients,
            attacks=clients,
            system_value=value,
            client_cost=1 / rng.uniform(0.1, 0.98),
            spillover=spill,
            requirement=float(rng.uniform(0, 1)),
        )
        costs = Costs.of(service, regime, integer=bool(index % 2))
        price, most = (
            float(rng.uniform(0.3, 1.3)) * costs.highest_price,
            float(rng.uniform(1, clients)) if clients > 1 else 1.0,
        )
        grid = np.arange(np.floor(most) + 1) if costs.integer else np.append(0.0, np.linspace(1, most, 4001))
        served, best = costs.supply(price, most)
        tried = grid * price - costs.total(grid)
        assert float(best) >= tried.max() - 1e-12
        assert float(best) == pytest.approx(float(served * price - costs.total(served)), abs=1e-12)
        assert served == 0 or 1 <= served <= most


@pytest.mark.parametrize("regime", list(Regime))
def test_one_provider_alone_is_the_monopoly(regime: Regime) -> None:
    for integer in (False, True):
        service = market(requirement=0.3)
        alone, monopoly = (
            solve_competition(service, 1, regime, integer=integer),
            solve(service, regime, integer=integer),
        )
        assert alone.case == "islands"
        assert sum(alone.equilibrium.split) == pytest.approx(float(monopoly.outsourcing_clients), rel=1e-9)
        assert alone.equilibrium.welfare == pytest.approx(float(monopoly.welfare), rel=1e-13)
        assert alone.equilibrium.provider_profit == pytest.approx(float(monopoly.provider_profit), rel=1e-9, abs=1e-12)


def test_marginal_cost_lies_above_average_cost_and_pays_a_profit() -> None:
    found = solve_competition(market(), 3, "none")
    zero, marginal = found.pricing["zero_profit"], found.pricing["marginal_cost"]
    assert zero is not None and marginal is not None
    assert zero.price == zero.average_cost == pytest.approx(0.2865778, abs=1e-7)
    assert marginal.price == marginal.marginal_cost == pytest.approx(0.2974667, abs=1e-7)
    step = 1e-6
    costs = Costs.of(market(), "none")
    slope = (float(costs.total(5 + step)) - float(costs.total(5 - step))) / (2 * step)
    assert marginal.price == pytest.approx(slope, rel=1e-8)
    assert zero.provider_profit == pytest.approx(0, abs=1e-13)
    assert marginal.provider_profit == pytest.approx(15 * (marginal.price - zero.price))
    assert zero.welfare == pytest.approx(marginal.welfare, rel=1e-14)


def test_serving_everybody_at_zero_profit_is_not_always_best() -> None:
    found = solve_competition(market(), 2, "none")
    zero, best, islands = (found.pricing[name] for name in ("zero_profit", "welfare_maximising", "islands"))
    assert zero is not None and best is not None and islands is not None
    assert zero.welfare == pytest.approx(145.620187, abs=1e-6)
    assert best.welfare == pytest.approx(145.621736, abs=1e-6)
    assert islands.welfare == pytest.approx(best.welfare, rel=1e-12)
    many = solve_competition(market(), 15, "none").pricing
    assert many["zero_profit"] is not None and many["welfare_maximising"] is not None
    assert many["zero_profit"].welfare == pytest.approx(many["welfare_maximising"].welfare, rel=1e-13)


def deviation_gain_with_capacities(costs: Costs, price: float, split: tuple[float, ...]) -> float:
    """The best of many (price, capacity) deviations when every rival has room for all at ``price``."""
    now = split[0] * price - float(costs.total(split[0]))
    gain = 0.0
    for other in np.append(np.linspace(0.5, 1.0, 60) * price, np.linspace(price * 1.001, costs.highest_price, 20)):
        if other > price:
            gain = max(gain, 0.0 - now)
            continue
        caps = np.linspace(1, costs.clients, 400)
        gain = max(gain, float(np.max(caps * other - costs.total(caps))) - now)
    return gain


@pytest.mark.parametrize("providers", [3, 4, 5, 8, 15, 40])
def test_marginal_cost_is_a_pure_price_when_capacities_are_announced(providers: int) -> None:
    found = solve_competition(market(), providers, "none")
    price = found.rules["price and capacity"].low
    assert (found.status, found.case) == (Status.SOLVED, "contested")
    assert price is not None
    costs = Costs.of(market(), "none")
    assert deviation_gain_with_capacities(costs, price, found.equilibrium.split) <= 1e-12
    assert deviation_gain_with_capacities(costs, price * 1.01, found.equilibrium.split) > 0


@pytest.mark.parametrize(("providers", "integer"), [(3, False), (3, True), (4, True), (8, False)])
def test_the_serve_all_interval_is_where_no_price_pays_better(providers: int, integer: bool) -> None:
    found = solve_competition(market(), providers, "none", integer=integer)
    rule = found.rules["serve all"]
    costs, split = Costs.of(market(), "none"), found.equilibrium.split
    assert rule.low is not None and rule.high is not None

    def stable(price: float) -> bool:
        shares = [size * price - float(costs.total(size)) for size in split]
        undercut = 15 * price * (1 - 1e-12) - float(costs.total(15.0))
        return all(share >= -1e-12 and undercut <= share + 1e-9 for share in shares)

    for price in np.linspace(rule.low, rule.high, 9):
        assert stable(float(price))
    assert not stable(rule.low * 0.999)
    assert not stable(rule.high * 1.001) or rule.high == pytest.approx(costs.highest_price)


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize("integer", [False, True])
def test_a_single_provider_who_must_serve_all_asks_the_most_they_pay(regime: Regime, integer: bool) -> None:
    seen = set()
    for spill in (0.0001, 0.01):
        service = market(requirement=0.3, spillover=spill)
        costs = Costs.of(service, regime, integer=integer)
        rule = solve_competition(service, 1, regime, integer=integer).rules["serve all"]
        pays = float(costs.average(15.0)) <= costs.highest_price
        assert (rule.low, rule.high) == ((costs.highest_price,) * 2 if pays else (None, None))
        seen.add(pays)
    if regime in (Regime.NONE, Regime.BOTH_SHIRK, Regime.CLIENTS_SHIRK):
        assert seen == {True, False}


@pytest.mark.parametrize(
    ("providers", "integer"), [(1, False), (2, False), (3, True), (4, True), (8, False), (20, True)]
)
def test_a_regret_is_what_the_best_deviation_gains_and_absent_without_a_price(providers: int, integer: bool) -> None:
    rules = solve_competition(market(), providers, "none", integer=integer).rules
    costs = Costs.of(market(), "none", integer=integer)
    split = solve_competition(market(), providers, "none", integer=integer).equilibrium.split
    numbers = np.arange(16.0) if integer else np.append(0.0, np.linspace(1, 15, 2001))
    for name, rule in rules.items():
        if rule.low is None or rule.high is None:
            assert rule.regret is None
            continue
        assert rule.regret is not None
        assert rule.regret <= 1e-9
        for price in (rule.low, rule.high):
            tried = np.array([0.0, 15.0]) if name == "serve all" else numbers
            shares = [15 / providers] * providers if name == "serve all" and not integer else split
            now = min(size * price - float(costs.total(size)) for size in shares)
            assert float(np.max(tried * price - costs.total(tried))) - now <= rule.regret + 1e-12
    assert (rules["voluntary rationing"].low is None) == (providers in (3, 4, 8))


def test_known_prices_of_three_and_five_providers() -> None:
    rule = solve_competition(market(), 3, "none").rules["serve all"]
    assert [rule.low, rule.high] == pytest.approx([0.286578, 0.305556], abs=1e-6)
    whole = solve_competition(market(), 5, "none", integer=True).rules["voluntary rationing"]
    assert [whole.low, whole.high] == pytest.approx([0.290978] * 2, abs=1e-6)


def served_by_queue(costs: Costs, prices: list[float]) -> list[float]:
    """Profits under voluntary rationing with whole clients: cheapest first, each as many as pays, equals in turn."""
    left, profits = costs.clients, [0.0] * len(prices)
    for price in sorted(set(prices)):
        names = [name for name, other in enumerate(prices) if other == price]
        wanted = max(
            range(int(costs.clients) + 1), key=lambda m: (round(m * price - float(costs.total(float(m))), 12), m)
        )
        for index, name in enumerate(names):
            share = min(float(wanted), left / (len(names) - index) // 1)
            profits[name] = share * price - float(costs.total(share))
            left -= share
    return profits


def test_indifferent_rivals_absorb_the_clients_of_a_deviator() -> None:
    costs = Costs.of(market(), "none", integer=True)
    price = solve_competition(market(), 5, "none", integer=True).rules["voluntary rationing"].low
    assert price is not None
    now = served_by_queue(costs, [price] * 5)[0]
    for other in np.linspace(0.27, costs.highest_price, 40):
        assert served_by_queue(costs, [float(other), *[price] * 4])[0] <= now + 1e-12
    assert solve_competition(market(), 3, "none", integer=True).rules["voluntary rationing"].low is None


@pytest.mark.parametrize(("providers", "integer"), [(3, False), (4, False), (3, True)])
def test_without_a_pure_price_providers_mix_with_small_regret(providers: int, integer: bool) -> None:
    found = solve_competition(market(), providers, "none", integer=integer)
    assert found.rules["voluntary rationing"].low is None
    mixed = mixed_prices(Costs.of(market(), "none", integer=integer), providers)
    assert mixed.verified
    assert sum(mixed.chances) == pytest.approx(1)
    assert mixed.regret < 2e-3 * mixed.profit


def test_mixed_prices_hold_no_dust_and_their_regret_is_that_of_the_chances_told() -> None:
    costs = Costs.of(market(), "none")
    mixed = mixed_prices(costs, 3)
    chances = np.array(mixed.chances)
    assert 0.0 in mixed.chances
    assert chances[chances > 0].min() >= 1e-12
    assert chances.sum() == pytest.approx(1, abs=1e-15)
    profits = PriceGame(costs, 3, len(chances)).profits(chances)
    assert mixed.regret == float(profits.max() - chances @ profits)


def test_prices_are_mixed_on_request_and_only_where_none_is_pure() -> None:
    assert solve_competition(market(), 3, "none").mixed is None
    assert solve_competition(market(), 3, "none", mix=True).mixed == mixed_prices(Costs.of(market(), "none"), 3)
    assert solve_competition(market(), 2, "none", mix=True).mixed is None
    assert solve_competition(market(), 5, "none", integer=True, mix=True).mixed is None
    assert solve_competition(market(), 9, "none", mix=True).mixed is None


@pytest.mark.parametrize(("providers", "prices"), [(1, 31), (3, 1)])
def test_nobody_mixes_alone_or_over_one_price(providers: int, prices: int) -> None:
    with pytest.raises(InvalidInput):
        mixed_prices(Costs.of(market(), "none"), providers, prices=prices)


def test_nobody_mixes_where_nobody_would_sell() -> None:
    with pytest.raises(InvalidInput, match="costs"):
        mixed_prices(Costs.of(market(), "no-commitment"), 3)


def test_expected_profits_agree_with_adding_up_every_combination_of_prices() -> None:
    game = PriceGame(Costs.of(market(), "none"), 3, 5)
    chances = np.array([0.1, 0.2, 0.3, 0.15, 0.25])
    expected = np.zeros(5)
    for own, first, second in product(range(5), repeat=3):
        cheaper = sum(int(game.supply[other]) for other in (first, second) if other < own)
        ties = sum(other == own for other in (first, second))
        lots = max(game.lots - cheaper, 0) // (ties + 1)
        sizes = np.arange(lots + 1) * 15 / game.lots
        earned = np.where((sizes == 0) | (sizes >= 1), sizes * game.prices[own] - game_total(sizes), -np.inf)
        expected[own] += chances[first] * chances[second] * earned.max()
    assert game.profits(chances) == pytest.approx(expected, rel=1e-10)


def game_total(
    sizes: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    times = 1 + 0.01 * (sizes - 1)
    exposure = 10 / 30
    quality = times * exposure
    return np.asarray(sizes * ((1 - quality) * times * exposure + quality**2 / 2))


def test_the_regret_of_two_mixing_providers_holds_when_clients_queue_one_by_one() -> None:
    costs = Costs.of(market(clients=6, spillover=0.1), "none", integer=True)
    found = mixed_prices(costs, 2, prices=15)
    chances = np.array(found.chances)
    payoff = np.array([[served_by_queue(costs, [own, other])[0] for other in found.prices] for own in found.prices])
    expected = payoff @ chances
    # A rival at the lowest price is indifferent to his last client: the two ways to count differ there.
    assert float(chances @ expected) == pytest.approx(found.profit, rel=1e-6)
    assert float(expected.max()) - found.profit == pytest.approx(found.regret, abs=1e-7)
    assert found.verified
    even = np.full(15, 1 / 15)
    assert float((payoff @ even).max() - even @ payoff @ even) > 10 * found.regret


def entry_of(regime: str, **document: object) -> dict[str, object]:
    given = {"clients": 15, "attacks": 0.5, "system_value": 10, "provider_cost": 1, "client_cost": 2, "spillover": 0.01}
    found = answer(model(regime), {**given, **document})
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("regime", list(Regime))
def test_the_command_tells_split_costs_and_welfare_under_each_pricing(regime: Regime) -> None:
    told = entry_of(regime.value, providers=4, requirement=0.2)
    assert told["status"] == "solved"
    split, pricing = told["split"], told["pricing"]
    assert isinstance(split, list) and isinstance(pricing, dict)
    assert sum(split) == pytest.approx(told["outsourcing_clients"])
    assert set(pricing) == {"zero_profit", "marginal_cost", "islands", "welfare_maximising"}
    utility, profit = float(str(told["client_utility"])), float(str(told["provider_profit"]))
    assert float(str(told["welfare"])) == pytest.approx(15 * utility + profit, rel=1e-12)


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize("providers", [1, 2, 4, 20])
@pytest.mark.parametrize("integer", [False, True])
def test_the_costs_told_are_those_of_the_split_told(regime: Regime, providers: int, integer: bool) -> None:
    told = entry_of(regime.value, providers=providers, requirement=0.7, integer_clients=integer)
    split, pricing = told["split"], told["pricing"]
    assert isinstance(split, list) and isinstance(pricing, dict)
    costs = Costs.of(market(requirement=0.7), regime, integer=integer)
    most = max(split)
    if most:
        assert told["average_cost"] == pytest.approx(float(costs.total(most)) / most, rel=1e-14)
        assert told["marginal_cost"] == pytest.approx(float(costs.marginal(most)), rel=1e-14)
    else:
        assert told["average_cost"] is told["marginal_cost"] is None
    equal = float(np.ceil(15 / providers)) if integer else max(15 / providers, 1.0)
    assert pricing["zero_profit"]["average_cost"] == pytest.approx(float(costs.average(equal)), rel=1e-14)


def keys(entry: object) -> set[str]:
    """Every key of an answer, at any depth, but for the names of pricings and rules, which have rows of their own."""
    if isinstance(entry, list):
        return set().union(*(keys(one) for one in entry))
    if not isinstance(entry, dict):
        return set()
    return {key for key in entry if " " not in key} | keys(list(entry.values()))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"providers": 3},
        {"types": [{"clients": 15, "system_value": 10}]},
        {"hacker": {"benefit": 1, "cost": 1, "capacity": None, "thrill": True}},
        {"clients": 10, "system_value": 1, "spillover": 0.06, "hacker": {"benefit": 20, "cost": 1}},
        {"provider_cost": 3},
    ],
)
def test_every_key_in_and_out_is_in_the_reference(document: dict[str, object]) -> None:
    page = (Path(__file__).parents[2] / "docs/reference/solve-outsourcing.md").read_text(encoding="utf-8")
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", page))))
    assert keys(document) | keys(entry_of("requirement", **document)) <= told


CROWDED = {"clients": 207, "attacks": 207, "system_value": 0.8893, "spillover": 1, "providers": 3}


def test_without_an_equilibrium_nothing_is_told_of_one() -> None:
    told = entry_of("none", **CROWDED)
    assert told["status"] == "not_proven"
    assert "marginal cost of the equal split" in str(told["reason"])
    absent = {key for key, value in told.items() if value is None}
    assert absent >= {"outsourcing_clients", "service_quality", "client_utility", "fee", "expected_loss", "welfare"}
    assert absent >= {"provider_profit", "provider_shirks", "corner", "split", "average_cost", "marginal_cost"}
    assert isinstance(told["inhouse_quality"], float)
    prices = told["equilibrium_prices"]
    assert isinstance(prices, dict)
    assert prices["price and capacity"] == {"low": None, "high": None, "regret": None}
    assert "reason" not in entry_of("none", providers=3)


def test_mixed_prices_that_were_not_verified_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert entry_of("none", providers=3)["warnings"] == []
    monkeypatch.setattr(rationing, "REGRET", 0.0)
    told = entry_of("none", providers=3)
    mixed, warnings = told["mixed_prices"], told["warnings"]
    assert isinstance(mixed, dict) and isinstance(warnings, list)
    assert mixed["verified"] is False
    assert len(warnings) == 1
    assert "mixed_prices is no equilibrium" in warnings[0]


@pytest.mark.parametrize(
    ("service", "providers"),
    [
        (market(), 0),
        (market(), 1001),
        (market(client_cost=0.5), 2),
        (market(attacks=16.0), 2),
        (Service.of(clients=[2, 3], attacks=0.5, system_value=1, provider_cost=1, client_cost=2), 2),
    ],
)
def test_markets_without_meaning_are_refused_from_python_too(service: Service, providers: int) -> None:
    with pytest.raises(ShieldwallError):
        solve_competition(service, providers, "none")


@pytest.mark.parametrize("providers", [0, 1.5, "two", 100000])
def test_a_malformed_number_of_providers_is_refused_by_name(providers: object) -> None:
    told = entry_of("none", providers=providers)
    assert told["status"] == "invalid"
    assert "providers" in str(told["reason"])
