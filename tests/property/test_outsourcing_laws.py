"""Laws of the outsourcing model that hold in every admissible market."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import Solution, solve

SHARES = st.floats(0.001, 0.999)
REQUIREMENTS = np.linspace(0.0, 1.0, 65)


@st.composite
def markets(draw: st.DrawFn) -> Service:
    """Markets within Assumptions 4 and 6 and note 8, with every requirement of a grid."""
    clients, chance, exposed = draw(st.integers(1, 200)), draw(SHARES), draw(SHARES)
    bound = (1.0 / exposed - 1.0) / max(clients - 1, 1)
    return Service.of(
        clients=clients,
        attack_probability=chance,
        system_value=exposed / chance,
        provider_cost=1.0,
        client_cost=1.0 / draw(SHARES),
        spillover=bound * draw(SHARES),
        requirement=REQUIREMENTS,
    )


def slack(service: Service) -> Any:
    """Rounding of money in a market."""
    return 1e-11 * float(np.max(service.clients * (service.system_value + service.client_cost)))


def rises(values: Any, tolerance: float) -> bool:
    return bool(np.all(np.diff(values) >= -tolerance))


@given(markets())
@settings(deadline=None)
def test_a_higher_requirement_never_lowers_clients_or_quality(service: Service) -> None:
    """Proposition 3, weakly: at corners nothing moves."""
    solved = solve(service, "requirement")
    assert rises(solved.outsourcing_clients, 1e-9 * float(service.clients[0]))
    assert rises(solved.service_quality, 1e-9)


@given(markets())
@settings(deadline=None)
def test_no_requirement_raises_welfare_in_any_regime(service: Service) -> None:
    """Proposition 4 and the ranking of section Shirking Clients, weakly."""
    best = solve(service, "none").welfare
    for regime in Regime:
        assert np.all(solve(service, regime).welfare <= best + slack(service))
    assert rises(-solve(service, "requirement").welfare, slack(service))


@given(markets())
@settings(deadline=None)
def test_checking_the_provider_costs_profit_and_welfare_and_lowers_loss(service: Service) -> None:
    """Proposition 5."""
    free, checked = solve(service, "requirement"), solve(service, "verifiable")
    assert np.all(checked.provider_profit <= free.provider_profit + slack(service))
    assert np.all(checked.welfare <= free.welfare + slack(service))
    assert not checked.provider_shirks.any()
    assert np.all(checked.service_quality >= free.service_quality - 1e-9)
    assert np.all(checked.expected_loss <= free.expected_loss + 1e-9)
    same = ~free.provider_shirks
    assert np.allclose(checked.outsourcing_clients[same], free.outsourcing_clients[same], rtol=1e-9)


@given(markets())
@settings(deadline=None)
def test_welfare_is_the_utility_of_all_plus_profit(service: Service) -> None:
    for regime in Regime:
        assert solve(service, regime).welfare_gap.max() < 1e-13


@given(markets(), st.integers(-40, 40), st.booleans())
@settings(deadline=None)
def test_the_unit_of_money_does_not_matter(service: Service, exponent: int, integer: bool) -> None:
    """Powers of two round nothing, so every number must be the same to the last bit."""
    unit = 2.0**exponent
    money = {name: getattr(service, name) * unit for name in ("system_value", "provider_cost", "client_cost")}
    scaled = {"client_utility", "fee", "provider_profit", "welfare"}
    for regime in Regime:
        ours = solve(service, regime, integer=integer)
        theirs = solve(service.change(**money), regime, integer=integer)
        for field in fields(Solution):
            name = field.name
            expected = getattr(ours, name) * (unit if name in scaled else 1)
            assert np.array_equal(getattr(theirs, name), expected, equal_nan=True), name


@given(markets())
@settings(deadline=None)
def test_whole_clients_never_earn_more_than_any_number(service: Service) -> None:
    for regime in Regime:
        whole, any_number = solve(service, regime, integer=True), solve(service, regime)
        assert np.all(whole.outsourcing_clients == np.floor(whole.outsourcing_clients))
        assert np.all(whole.provider_profit <= any_number.provider_profit + slack(service))


@given(markets())
@settings(deadline=None)
def test_corners_say_what_the_numbers_say(service: Service) -> None:
    for regime in Regime:
        solved: Solution = solve(service, regime)
        served, clients = solved.outsourcing_clients, service.clients
        expected = np.select([served == 0, served == 1, served == clients], [0, 1, 3], 2)
        assert np.array_equal(solved.corner, expected)
        assert np.array_equal(np.isnan(solved.service_quality), served == 0)
        assert np.all((solved.local_clients >= 1) & (solved.local_clients <= clients))
        assert np.all((served == 0) | ((served >= 1) & (served <= clients)))
