"""The provider's problem: against 40 digits, at every corner, and where the published conditions mislead."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from outsourcing_oracle import REGIMES, Exact, admissible, point, relative

from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import CORNERS, solve
from shieldwall.economics.outsourcing.switching import exit_requirement
from shieldwall.errors import EconomicsError, InvalidInput

SAMPLE = 150
PAPER: dict[str, Any] = {"clients": 15, "attacks": 0.5, "system_value": 10.0, "provider_cost": 1.0, "client_cost": 2.0}


def market(**changes: Any) -> Service:
    return Service.of(**{**PAPER, "spillover": 0.01, **changes})


def small(attacks: float, client_cost: float, spillover: float | list[float]) -> Service:
    """Two clients, v = c_s = 1: the smallest market in which published conditions fail."""
    return Service.of(
        clients=2, attacks=attacks, system_value=1.0, provider_cost=1.0, client_cost=client_cost, spillover=spillover
    )


def corner(solved: Any) -> str:
    return CORNERS[int(solved.corner)]


def check(service: Service, solved: Any, index: int, exact: Exact, integer: bool = False) -> None:
    for name, value in exact.outcome(integer).items():
        ours = getattr(solved, name).flat[index]
        if name == "corner":
            assert CORNERS[ours] == value, (name, point(service, index))
        elif name == "provider_shirks":
            assert bool(ours) == value, (name, point(service, index))
        else:
            assert relative(ours, value) < 1e-12, (name, ours, value, point(service, index))


@pytest.mark.parametrize("regime", REGIMES)
def test_every_number_agrees_with_forty_digits(regime: str) -> None:
    service = admissible(SAMPLE, seed=20)
    solved = solve(service, regime)
    for index in range(SAMPLE):
        check(service, solved, index, Exact(point(service, index), regime))


@pytest.mark.parametrize("regime", REGIMES)
def test_whole_clients_agree_with_trying_every_number(regime: str) -> None:
    service = admissible(SAMPLE, seed=21, most_clients=12)
    solved = solve(service, regime, integer=True)
    for index in range(SAMPLE):
        check(service, solved, index, Exact(point(service, index), regime), integer=True)


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("regime", ["none", "requirement", "clients-shirk"])
def test_any_liability_share_agrees_with_forty_digits(regime: str, share: float) -> None:
    service = admissible(60, seed=22)
    solved = solve(service, regime, liability=share)
    for index in range(60):
        check(service, solved, index, Exact(point(service, index), regime, share))


def test_spillover_beyond_note_8_still_gives_the_global_optimum() -> None:
    service = admissible(60, seed=23)
    service = service.change(spillover=service.spillover * 4.0)
    for regime in REGIMES:
        solved = solve(service, regime)
        assert regime == "no-commitment" or np.nanmax(solved.service_quality) == 1.0
        for index in range(60):
            check(service, solved, index, Exact(point(service, index), regime))


def test_the_two_stationary_points_of_one_market_are_a_maximum_and_a_minimum() -> None:
    solved = solve(small(1.2, 5.0, 0.37), "none")
    assert float(solved.stationary_maximum) == pytest.approx(1.78723, abs=5e-6)
    assert float(solved.stationary_minimum) == pytest.approx(1.94850, abs=5e-6)
    assert float(solved.outsourcing_clients) == float(solved.stationary_maximum)


def test_a_stationary_point_inside_loses_to_serving_all() -> None:
    solved = solve(small(1.22, 5.0, 0.45), "none")
    assert float(solved.stationary_maximum) == pytest.approx(1.52953, abs=5e-6)
    assert corner(solved) == "all"
    assert float(solved.provider_profit) == pytest.approx(0.158920, abs=5e-7)


def test_the_only_stationary_point_inside_may_be_a_minimum() -> None:
    solved = solve(small(1.28, 2.0, 0.46), "none")
    assert 1.0 < float(solved.stationary_minimum) < 2.0
    assert corner(solved) == "one"
    assert float(solved.provider_profit) == pytest.approx(0.1024, rel=1e-12)


def test_clients_and_quality_jump_while_welfare_does_not() -> None:
    jumpy = market(clients=10, spillover=0.1, requirement=[0.57596, 0.57597])
    solved = solve(jumpy, "requirement")
    assert solved.outsourcing_clients.round(2).tolist() == [6.0, 10.0]
    assert solved.service_quality.round(2).tolist() == [0.75, 0.95]
    assert abs(solved.welfare[1] - solved.welfare[0]) < 1e-4


@pytest.mark.parametrize("required", [0.0, 0.1, 0.3, 0.5, 1.0])
def test_one_client_is_lemma_1_and_proposition_1(required: float) -> None:
    """D = 1/3: effort, utility and profit are those of equations 4, 5, 7 and 8, welfare is untouched."""
    loss = 0.5
    one = market(clients=1, attacks=loss, system_value=1.0, requirement=required, spillover=0.3)
    solved = solve(one, "requirement")
    binding = required > loss / 2
    reserve = loss * required - required**2 if binding else loss**2 / 4
    assert corner(solved) == "one"
    assert float(solved.service_quality) == loss
    assert float(solved.client_utility) == pytest.approx(0.5 + reserve, rel=1e-14)
    assert float(solved.provider_profit) == pytest.approx(loss**2 / 2 - reserve, rel=1e-14)
    assert float(solved.welfare) == pytest.approx(float(solve(one, "none").welfare), rel=1e-14)
    assert bool(solved.provider_shirks) == (required > loss)


def test_shirking_starts_above_the_supplied_quality_not_at_it() -> None:
    one = market(clients=1, attacks=0.5, system_value=1.0, requirement=[0.5, 0.5 + 1e-9])
    assert solve(one, "requirement").provider_shirks.tolist() == [False, True]


@pytest.mark.parametrize("regime", REGIMES)
def test_without_spillover_all_or_nobody_outsource(regime: str) -> None:
    solved = solve(market(spillover=0.0, requirement=np.linspace(0, 1, 21)), regime)
    assert set(solved.corner.tolist()) <= {0, 3}
    assert np.all(np.isfinite(solved.welfare))


def test_nobody_serves_without_commitment_until_compliance_costs_more_than_nothing() -> None:
    """D = 1/2, c_k = 2: in-house protection at the requirement is worth nothing at 2 D/c_k = 1/2, exactly."""
    service = market(clients=10, attacks=5, system_value=1.0, requirement=[0.4, 0.5, 0.5 + 1e-9])
    solved = solve(service, "no-commitment")
    assert [CORNERS[code] for code in solved.corner] == ["exit", "exit", "one"]
    assert np.isnan(solved.service_quality[:2]).all() and np.isnan(solved.fee[:2]).all()
    assert solved.service_quality[2] == 0.0
    assert solved.provider_shirks.tolist() == [False, False, True]


def test_the_provider_exits_when_clients_may_shirk_and_he_may_not() -> None:
    """D/c_s = 1/4 and c_s/c_k = 0.8: exit from (1/4)(1 + √0.2) on; the paper does not mention it."""
    service = market(clients=10, attacks=0.05, system_value=50, client_cost=1.25, requirement=[0.361, 0.362])
    solved = solve(service, "clients-shirk")
    assert [CORNERS[code] for code in solved.corner] == ["one", "exit"]
    assert solved.provider_profit[0] > 0 == solved.provider_profit[1]
    assert solve(service, "verifiable").corner.min() > 0


def test_a_checked_provider_may_exceed_the_requirement_when_he_serves_more() -> None:
    """Against Proposition 5: at 0.87 he shirks unchecked, and checked he supplies 0.955."""
    service = market(attacks=0.75, client_cost=1.25, spillover=0.065, requirement=0.87)
    free, checked = solve(service, "requirement"), solve(service, "verifiable")
    assert bool(free.provider_shirks)
    assert float(checked.service_quality) == pytest.approx(0.955, rel=1e-12)


def test_full_quality_and_full_requirement_divide_nothing_by_zero() -> None:
    for regime in REGIMES:
        solved = solve(market(requirement=1.0, spillover=[0.0, 0.01, 0.5]), regime)
        assert np.all(np.isfinite(solved.welfare)) and np.all(solved.welfare_gap < 1e-12)


def test_without_attacks_only_compliance_is_sold() -> None:
    idle = market(attacks=0.0, requirement=[0.0, 0.2])
    solved = solve(idle, "requirement")
    assert [CORNERS[code] for code in solved.corner] == ["exit", "all"]
    assert solved.provider_profit.tolist() == [0.0, pytest.approx(15 * 0.5 * 2 * 0.04)]


def test_equal_profits_go_to_the_smaller_number() -> None:
    """Two clients earn as much as one, up to rounding, on both sides of a spillover found by bisection."""
    low, high = 0.3, 0.99
    for _ in range(60):
        middle = 0.5 * (low + high)
        tried = Exact(point(small(1.0, 1.05, middle), 0), "none")
        low, high = (middle, high) if tried.profit(2) < tried.profit(1) else (low, middle)
    solved = solve(small(1.0, 1.05, [low, high]), "none", integer=True)
    assert solved.outsourcing_clients.tolist() == [1.0, 1.0]


def test_arrays_give_what_single_markets_give() -> None:
    service = admissible(40, seed=24)
    together = solve(service, "verifiable")
    for index in range(40):
        alone = solve(Service.of(**point(service, index)), "verifiable")
        assert float(alone.welfare) == together.welfare[index]
    grid = solve(market(requirement=np.linspace(0, 1, 6).reshape(2, 3)), "requirement")
    assert grid.welfare.shape == (2, 3)


def test_welfare_counted_two_ways_is_the_same() -> None:
    for regime in REGIMES:
        assert solve(admissible(2000, seed=25), regime).welfare_gap.max() < 1e-14


def test_what_makes_no_sense_is_refused_with_its_name() -> None:
    with pytest.raises(InvalidInput, match="clients"):
        market(clients=1.5)
    with pytest.raises(InvalidInput, match=r"requirement: got 1\.5"):
        market(requirement=[0.5, 1.5])
    with pytest.raises(InvalidInput, match="system_value"):
        market(system_value=float("nan"))
    with pytest.raises(InvalidInput, match="shapes"):
        market(requirement=[0.1, 0.2], spillover=[0.1, 0.2, 0.3])
    with pytest.raises(InvalidInput, match="attacks"):
        Service.of(**PAPER, attack_probability=0.1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"attacks": [1, 16]},
            "attack_probability = attacks / clients <= 1 (Assumption 2) does not hold: the left side is 1.06",
        ),
        ({"attacks": [1, -1]}, "0 <= attack_probability (Assumption 2) does not hold"),
        (
            {"client_cost": [2, 0.5]},
            "provider_cost < client_cost (Assumption 4) does not hold: the left side is 1, the right 0.5",
        ),
        (
            {"system_value": [1, 9990]},
            "<= provider_cost (Assumption 6) does not hold: the left side is 333, the right 1",
        ),
    ],
)
def test_one_inadmissible_market_of_an_array_is_refused_with_both_sides_and_its_place(
    changes: dict[str, Any], told: str
) -> None:
    service = market(**changes)
    for regime in REGIMES:
        with pytest.raises(EconomicsError, match=rf"{re.escape(told)}.*\(market \(1,\)\)"):
            solve(service, regime)
    with pytest.raises(EconomicsError, match=re.escape(told)):
        exit_requirement(service)
    admissible_one = {name: values[0] for name, values in changes.items()}
    assert np.isfinite(solve(market(**admissible_one), "requirement").welfare)


def test_an_exposure_above_the_cost_is_solved_where_it_is_asked_for() -> None:
    solved = solve(market(system_value=31), "none", any_exposure=True)
    assert float(solved.service_quality) == 1.0 and corner(solved) == "all"
    with pytest.raises(EconomicsError, match="Assumption 4"):
        solve(market(client_cost=1), "none", any_exposure=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clients": [2, 3], "attacks": [0.1, 0.2, 0.3]}, "service"),
        ({"clients": "x"}, "clients"),
        ({"attacks": "x"}, "attacks"),
        ({"attacks": 10**400}, "attacks"),
        ({"clients": 1e308}, "clients"),
        ({"clients": 0}, "clients"),
        ({"system_value": 1e308}, "system_value"),
        ({"client_cost": {}}, "client_cost"),
        ({"spillover": [[1], [1, 2]]}, "spillover"),
        ({"spillover": -1}, "spillover"),
        ({"attacks": None, "attack_probability": np.inf}, "attack_probability"),
    ],
)
def test_no_argument_fails_with_anything_but_its_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        market(**changes)
    assert refused.value.field == field


def test_a_liability_or_regime_that_does_not_exist_is_refused_by_name() -> None:
    for liability in (1.1, -0.1, np.nan, [0.5, 2.0], "all"):
        with pytest.raises(InvalidInput, match="liability"):
            solve(market(), "none", liability=liability)
    with pytest.raises(InvalidInput, match="shapes"):
        solve(market(requirement=[0.1, 0.2]), "none", liability=[0.1, 0.2, 0.3])
    with pytest.raises(InvalidInput, match="regime: got 'bogus'; expected one of none, requirement"):
        solve(market(), "bogus")


@pytest.mark.parametrize("regime", ["requirement", "both-shirk"])
def test_a_quality_below_the_requirement_by_rounding_is_the_requirement(regime: str) -> None:
    one = market(clients=1, attacks=0.3, system_value=1.7)
    supplied = float(solve(one, regime).service_quality)
    steps = np.array([supplied, np.nextafter(supplied, 1), supplied * (1 + 1e-15), supplied * (1 + 1e-14)])
    solved = solve(one.change(requirement=steps), regime)
    assert solved.service_quality.tolist() == [*steps[:3], supplied]
    assert solved.provider_shirks.tolist() == [False, False, False, True]
    assert np.array_equal(solved.provider_shirks, solved.service_quality < steps)
