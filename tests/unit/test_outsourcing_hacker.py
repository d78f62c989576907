"""The strategic hacker: every equilibrium against a scan of Φ, and the known markets without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shieldwall.economics.model import answer
from shieldwall.economics.outsourcing.contest import Contest, Hacker
from shieldwall.economics.outsourcing.document import model
from shieldwall.economics.outsourcing.hacker import describe, solve_hacker
from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput


def market(**changes: float) -> Service:
    given = {"clients": 10.0, "system_value": 1.0, "provider_cost": 1.0, "client_cost": 2.0, "attacks": 0.0, **changes}
    return Service.of(**given)


def reply(service: Service, hacker: Hacker, regime: Regime, chance: Floats, integer: bool) -> Floats:
    """Φ(a), through the solver of the market at a and the definition of the hacker's gain."""
    solved = solve(service.change(attack_probability=chance), regime, integer=integer, any_exposure=True)
    clients, served = float(service.clients), solved.outsourcing_clients
    shielded = (clients - served) * solved.inhouse_quality + np.where(served > 0, served * solved.service_quality, 0.0)
    success = shielded if hacker.thrill else clients - np.nan_to_num(shielded)
    attacks = hacker.benefit / hacker.cost * success / clients
    most = clients if hacker.capacity is None else min(clients, hacker.capacity)
    return np.asarray(np.clip(attacks, 0.0, most) / clients)


def crossings(service: Service, hacker: Hacker, regime: Regime, integer: bool) -> list[float]:
    """Zeros of Φ(a) − a on a fine grid, jumps left out."""
    most = 1.0 if hacker.capacity is None else min(1.0, hacker.capacity / float(service.clients))
    grid = np.linspace(0.0, most, 2001)
    excess = reply(service, hacker, regime, grid, integer) - grid
    found = [0.0] if excess[0] == 0.0 else []
    for index in np.flatnonzero(excess[:-1] * excess[1:] < 0.0) if most else ():
        low, high = grid[index], grid[index + 1]
        for _ in range(50):
            middle = (low + high) / 2
            inside = reply(service, hacker, regime, np.array(middle), integer) - middle
            low, high = (middle, high) if inside * excess[index] > 0 else (low, middle)
        ends = reply(service, hacker, regime, np.array([low, high]), integer) - [low, high]
        if abs(ends[0] - ends[1]) < 1e-8:
            found.append(float(high))
    return found + ([most] if most and excess[-1] == 0.0 else [])


@pytest.mark.parametrize("integer", [False, True])
@pytest.mark.parametrize("regime", list(Regime))
def test_the_equilibria_are_the_crossings_of_the_best_answers(regime: Regime, integer: bool) -> None:
    rng = np.random.default_rng(60)
    for _ in range(12):
        clients = int(np.exp(rng.uniform(0, np.log(40))))
        value = float(rng.uniform(0.5, 1.2))
        spill = float(rng.uniform(0, 1) * max(1 / value - 1, 0.02) / max(clients - 1, 1))
        service = market(
            clients=clients,
            system_value=value,
            client_cost=1 / rng.uniform(0.1, 0.98),
            spillover=spill,
            requirement=float(rng.uniform(0, 1)),
        )
        capacity = None if rng.random() < 0.7 else float(rng.uniform(0.01, clients))
        hacker = Hacker(float(np.exp(rng.uniform(-2, 4)) * clients), 1.0, capacity)
        found = solve_hacker(service, hacker, regime, integer=integer)
        expected = crossings(service, hacker, regime, integer)
        assert [one.attack_probability for one in found.equilibria] == pytest.approx(expected, abs=1e-8)
        assert found.status is (Status.SOLVED if expected else Status.NO_EQUILIBRIUM)


@pytest.mark.parametrize("benefit", [16.4, 20.0, 80.0, 146.0])
def test_a_jump_is_no_equilibrium(benefit: float) -> None:
    found = solve_hacker(market(spillover=0.06), Hacker(benefit, 1.0), "none")
    assert (found.status, found.equilibria) == (Status.NO_EQUILIBRIUM, ())
    assert found.mixed is not None
    assert found.mixed.attack_probability == pytest.approx(0.6219894, abs=1e-7)


@pytest.mark.parametrize(("benefit", "everybody"), [(16.3, False), (148.0, True)])
def test_beside_the_interval_without_equilibrium_there_is_one(benefit: float, everybody: bool) -> None:
    found = solve_hacker(market(spillover=0.06), Hacker(benefit, 1.0), "none")
    assert len(found.equilibria) == 1
    assert (found.equilibria[0].outsourcing_clients == 10) is everybody


def test_the_mixed_equilibrium_leaves_provider_and_hacker_content() -> None:
    service, hacker = market(spillover=0.06), Hacker(50.0, 1.0)
    mixed = solve_hacker(service, hacker, "none").mixed
    assert mixed is not None
    at = service.change(attack_probability=mixed.attack_probability)
    profits, gains = [], []
    for served in mixed.outsourcing_clients:
        exposure = mixed.attack_probability
        times = 1 + 0.06 * (served - 1)
        quality = times * exposure
        profits.append(served * (exposure - (1 - quality) * times * exposure - quality**2 / 2 - exposure**2 / 4))
        gains.append(50 * (10 - (10 - served) * exposure / 2 - served * quality) / 100)
    assert profits[0] == pytest.approx(profits[1], rel=1e-9)
    assert profits[0] == pytest.approx(float(solve(at, "none").provider_profit), rel=1e-9)
    assert mixed.weight * gains[0] + (1 - mixed.weight) * gains[1] == pytest.approx(mixed.attack_probability, rel=1e-9)


@pytest.mark.parametrize(
    ("regime", "changes"),
    [
        ("no-commitment", {"spillover": 0.0, "requirement": 0.6}),
        ("clients-shirk", {"spillover": 0.0, "requirement": 0.6}),
        ("clients-shirk", {"spillover": 0.01, "requirement": 1.0}),
    ],
)
def test_where_the_provider_is_indifferent_he_serves_the_fewest_and_no_other_number_is_an_equilibrium(
    regime: str, changes: dict[str, float]
) -> None:
    """Where profit is linear in the clients it is 0 for every number at one a; only some number in between fits it."""
    service, counted = market(**changes), 0
    for benefit in (0.5, 2.0, 6.0, 8.0, 11.0, 30.0, 300.0):
        found = solve_hacker(service, Hacker(benefit, 1.0), regime)
        for one in found.equilibria:
            at = service.change(attack_probability=one.attack_probability)
            assert one.outsourcing_clients == float(solve(at, regime, any_exposure=True).outsourcing_clients)
        if not found.equilibria:
            counted += 1
            assert found.status is Status.NO_EQUILIBRIUM and found.mixed is not None
            assert set(found.mixed.outsourcing_clients) == {0.0, 10.0}
    assert 0 < counted < 7


def test_the_indifferent_provider_of_the_command_leaves_no_equilibrium() -> None:
    """At a = 0.6 compliance is worth exactly nothing: below it all outsource, from it on nobody does."""
    given = {"spillover": 0, "requirement": 0.6}
    none = entry_of("no-commitment", **given, hacker={"benefit": 8, "cost": 1, "capacity": None})
    assert (none["status"], none["pure_equilibria"], none["attack_probability"]) == ("no_equilibrium", 0, None)
    one = entry_of("no-commitment", **given, hacker={"benefit": 5, "cost": 1, "capacity": None})
    assert (one["pure_equilibria"], one["outsourcing_clients"]) == (1, 10)


@pytest.mark.parametrize("spillover", [0.001, 0.0010523640304106133, 0.0012])
def test_an_equilibrium_close_to_serving_all_is_counted_once(spillover: float) -> None:
    service = market(system_value=0.6, client_cost=1.5, spillover=spillover)
    found = solve_hacker(service, Hacker(2.0, 1.0), "none").equilibria
    assert len(found) == 1
    at = service.change(attack_probability=found[0].attack_probability)
    assert found[0].outsourcing_clients == float(solve(at, "none").outsourcing_clients)
    if spillover == 0.0010523640304106133:
        assert found[0].outsourcing_clients == pytest.approx(9.99986, abs=5e-6)


@pytest.mark.parametrize("benefit", [1.0, 1e4, 1e9, 1e14])
def test_an_eager_hacker_has_his_equilibrium_however_steep_his_answer(benefit: float) -> None:
    """One client and D = a: a = b (1 − a)."""
    found = solve_hacker(market(clients=1), Hacker(benefit, 1.0), "none")
    assert [one.attack_probability for one in found.equilibria] == pytest.approx([benefit / (1 + benefit)], rel=1e-12)


def contests() -> Iterator[Contest]:
    for regime in Regime:
        yield Contest(market(spillover=0.04, requirement=0.4), Hacker(7.0, 1.0), regime, integer=False)


@pytest.mark.parametrize("served", [0.0, 1.0, 3.5, 10.0])
@pytest.mark.parametrize("chance", [0.2, 0.55, 0.9])
def test_the_wish_is_the_maximum_of_the_hackers_gain(chance: float, served: float) -> None:
    """b A (mean of 1 − q) − ½ c_h A² over A on a grid, qualities from the definition."""
    for contest in contests():
        rules = rules_of(contest.regime)
        quality = min((1 + 0.04 * (served - 1)) * chance, 1.0) if rules.compensates else 0.0
        quality = max(quality, 0.4) if rules.effort_verified else quality
        inhouse = max(chance / 2, 0.4) if rules.clients_comply else chance / 2
        share = 1 - ((10 - served) * inhouse + served * quality) / 10
        attacks = np.linspace(0.0, 10.0, 100_001)
        best = attacks[np.argmax(7.0 * attacks * share - 0.5 * attacks**2)]
        assert 10 * float(contest.wish(np.array(chance), np.array(served))) == pytest.approx(best, abs=1e-4)


def test_on_its_piece_the_sides_solve_the_hackers_equation() -> None:
    """Wherever N/P gives an a whose qualities are those of the piece, a is the wish at a."""
    settled = 0
    served = np.array([0.0, 1.0, 4.0, 10.0])
    for contest in contests():
        for inhouse, service in contest.pieces():
            above, below = contest.sides(served, inhouse, service)
            assert np.all((above >= 0.0) & (above <= 10.0) & (below >= 1.0))
            chance = contest.eagerness * above / below
            exposure = chance * contest.value
            own, his = exposure / 2.0, contest.exposed(served) * exposure
            here = contest.terms.inhouse_quality(exposure) == (own if inhouse is None else inhouse)
            here &= contest.terms.quality(his) == (his if service is None else service)
            assert contest.wish(chance, served)[here] == pytest.approx(chance[here], rel=1e-14)
            settled += int(here.sum())
    assert settled >= 6 * served.size


def test_the_marginal_is_the_difference_quotient_of_the_profit_on_each_piece() -> None:
    served, exposure, step = 4.0, 0.37, 1e-5

    def profit(contest: Contest, number: float, inhouse: float | None, service: float | None) -> float:
        harm = (1 + 0.04 * (number - 1)) * exposure
        quality, own = harm if service is None else service, exposure / 2 if inhouse is None else inhouse
        return number * (exposure - (1 - quality) * harm - quality**2 / 2 - exposure * own + own**2)

    for contest in contests():
        for piece in contest.pieces():
            square, linear, constant = contest.marginal(served, *piece)
            slope = square * exposure**2 + linear * exposure + constant
            quotient = (profit(contest, served + step, *piece) - profit(contest, served - step, *piece)) / (2 * step)
            assert slope == pytest.approx(quotient, abs=1e-9)


def test_candidates_come_in_pairs_of_an_attack_probability_and_clients_in_range() -> None:
    for contest in contests():
        for chance, served in [*contest.fixed(), *contest.interior()]:
            assert chance.shape == served.shape
            assert np.all((served == 0.0) | ((served >= 1.0) & (served <= 10.0)))
        assert all(np.all(served >= 1.0) for _, served in contest.interior())


@pytest.mark.parametrize(
    ("field", "value"), [("benefit", -1.0), ("cost", 0.0), ("capacity", -1.0), ("benefit", np.nan)]
)
def test_a_hacker_out_of_range_is_refused_by_name(field: str, value: float) -> None:
    changes: dict[str, Any] = {field: value}
    with pytest.raises(InvalidInput, match=field):
        replace(Hacker(1.0, 1.0), **changes)
    assert Hacker(1.0, 1.0, 0.0).capacity == 0.0


def test_whole_clients_can_leave_no_equilibrium_where_divisible_ones_have_it() -> None:
    service, hacker = market(clients=4, spillover=0.02), Hacker(1.2, 1.0)
    assert solve_hacker(service, hacker, "none", integer=True).status is Status.NO_EQUILIBRIUM
    assert len(solve_hacker(service, hacker, "none").equilibria) == 1


@pytest.mark.parametrize(
    ("clients", "changes", "benefit", "served"),
    [
        (8, {"client_cost": 2.0, "spillover": 0.048, "requirement": 0.34}, 3.69, [4, 3]),
        (4, {"client_cost": 1.25, "spillover": 0.092, "requirement": 0.78}, 6.02, [4, 3]),
    ],
)
def test_several_equilibria_are_all_told_and_the_mildest_first(
    clients: int, changes: dict[str, float], benefit: float, served: list[int]
) -> None:
    service, hacker = market(clients=clients, **changes), Hacker(benefit, 1.0)
    found = solve_hacker(service, hacker, "requirement", integer=True).equilibria
    assert [one.outsourcing_clients for one in found] == served
    assert found[0].attack_probability < found[1].attack_probability
    for one in found:
        chance = np.array(one.attack_probability)
        assert reply(service, hacker, Regime.REQUIREMENT, chance, True) == pytest.approx(chance, rel=1e-9)
    told = entry_of(
        "requirement", clients=clients, integer_clients=True, hacker={"benefit": benefit, "cost": 1}, **changes
    )
    assert told["pure_equilibria"] == 2
    assert told["attack_probability"] == found[0].attack_probability
    listed = told["equilibria"]
    assert isinstance(listed, list)
    assert [one["outsourcing_clients"] for one in listed] == served


def test_attacks_can_rise_with_the_requirement() -> None:
    attacks = [
        20 * solve_hacker(service, Hacker(5.0, 1.0), "requirement").equilibria[0].attack_probability
        for service in (market(clients=20, client_cost=1.5, spillover=0.1, requirement=one) for one in (0.6, 0.7, 0.8))
    ]
    assert attacks == pytest.approx([2.81081, 2.82462, 2.89855], abs=5e-6)


@pytest.mark.parametrize(
    ("requirement", "welfare"), [(0.0, 98.28829), (0.2, 98.33813), (0.5, 98.00463), (0.8, 98.00463)]
)
def test_a_requirement_can_raise_welfare_against_a_strategic_hacker(requirement: float, welfare: float) -> None:
    service = market(system_value=10, spillover=0.05, requirement=requirement)
    found = solve_hacker(service, Hacker(0.2, 1.0), "requirement").equilibria
    assert [describe(service, one, "requirement")["welfare"] for one in found] == [pytest.approx(welfare, abs=1e-5)]


def test_a_binding_capacity_makes_welfare_fall_with_the_requirement_again() -> None:
    told = []
    for requirement in (0.0, 0.2, 0.5):
        service = market(system_value=10, spillover=0.05, requirement=requirement)
        found = solve_hacker(service, Hacker(0.2, 1.0, 0.1), "requirement").equilibria
        assert [one.attack_probability for one in found] == [0.01]
        told.append(float(str(describe(service, found[0], "requirement")["welfare"])))
    assert told[0] >= told[1] >= told[2]
    assert told[0] > told[2]


@pytest.mark.parametrize("regime", list(Regime))
def test_the_description_agrees_with_the_market_solved_at_that_probability(regime: Regime) -> None:
    service = market(spillover=0.02, requirement=0.4)
    found = solve_hacker(service, Hacker(6.0, 1.0), regime).equilibria
    assert len(found) == 1
    told = describe(service, found[0], regime)
    at = solve(service.change(attack_probability=found[0].attack_probability), regime)
    for key in ("outsourcing_clients", "inhouse_quality", "client_utility", "provider_profit", "welfare"):
        assert told[key] == pytest.approx(float(getattr(at, key)), rel=1e-7, abs=1e-9), key
    for key in ("service_quality", "fee", "expected_loss"):
        expected = float(getattr(at, key))
        assert (told[key] is None) if np.isnan(expected) else told[key] == pytest.approx(expected, rel=1e-7), key
    assert told["provider_shirks"] == bool(at.provider_shirks)
    assert rules_of(regime).mandated or not told["provider_shirks"]


def test_protection_attracts_a_thrill_seeking_hacker() -> None:
    told = [
        solve_hacker(market(clients=4, requirement=one), Hacker(0.2, 1.0, None, thrill=True), "verifiable").equilibria
        for one in (0.2, 0.8)
    ]
    assert all(told)
    assert told[1][-1].attack_probability > told[0][-1].attack_probability
    plain = [
        solve_hacker(market(clients=4, requirement=one), Hacker(0.2, 1.0), "verifiable").equilibria[0]
        for one in (0.2, 0.8)
    ]
    assert plain[1].attack_probability < plain[0].attack_probability


def entry_of(regime: str, **document: object) -> dict[str, object]:
    given = {"clients": 10, "system_value": 1, "provider_cost": 1, "client_cost": 2, "spillover": 0.06, **document}
    found = answer(model(regime), given)
    assert isinstance(found, dict)
    return found


def test_the_command_reports_absence_with_nulls_and_presence_with_a_count() -> None:
    none = entry_of("none", hacker={"benefit": 20, "cost": 1, "capacity": None})
    assert (none["status"], none["pure_equilibria"], none["attack_probability"]) == ("no_equilibrium", 0, None)
    assert none["reason"]
    one = entry_of("none", hacker={"benefit": 10, "cost": 1, "capacity": 3})
    assert (one["status"], one["pure_equilibria"], one["attack_probability"]) == ("solved", 1, pytest.approx(0.3))


@pytest.mark.parametrize("hacker", [{"benefit": 1}, {"benefit": -1, "cost": 1}, {"benefit": 1, "cost": 0}, {"b": 1}, 3])
def test_a_malformed_hacker_is_refused_by_name(hacker: object) -> None:
    told = entry_of("none", hacker=hacker)
    assert told["status"] == "invalid"
    assert "hacker" in str(told["reason"])


def test_the_thrill_is_marked_as_an_assumption_of_this_program() -> None:
    told = entry_of("none", hacker={"benefit": 0.2, "cost": 1, "thrill": True})
    assert "assumption of this program" in str(told["warnings"])
    assert entry_of("none", hacker={"benefit": 0.2, "cost": 1})["warnings"] == []
