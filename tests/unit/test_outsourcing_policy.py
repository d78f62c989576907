"""Answers for a regulator: liability, collateral, the best mandate, all switching points, platforms."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from outsourcing_oracle import REGIMES, admissible, point

from shieldwall.economics.outsourcing import liability, mandate, switching
from shieldwall.economics.outsourcing.client_types import ClientType
from shieldwall.economics.outsourcing.contest import Hacker
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.terms import Terms
from shieldwall.errors import InvalidInput


def market(**changes: Any) -> Service:
    given = {"clients": 15, "attacks": 0.5, "system_value": 10, "provider_cost": 1, "client_cost": 2}
    return Service.of(**{**given, "spillover": 0.01, **changes})


FIGURE_8 = {"clients": 10, "attacks": 0.05, "system_value": 50, "client_cost": 1.25, "spillover": 0.08}
WAVERING = {"attacks": 0.75, "client_cost": 1.25, "spillover": 0.065}


def test_full_liability_is_what_the_provider_would_choose() -> None:
    service = admissible(300, seed=41)
    shares = np.linspace(0.0, 1.0, 21)[:, None]
    for regime in ("none", "requirement"):
        profit = solve(service, regime, liability=shares).provider_profit
        assert np.all(np.diff(profit, axis=0) >= -1e-12 * np.abs(profit[1:]))
        assert np.all(profit[-1] > profit[-2])


def test_the_slope_of_profit_in_liability_is_its_difference_quotient() -> None:
    service, served, share, step = market(spillover=0.05), 7.0, 0.6, 1e-6
    slope = float(liability.profit_from_liability(service, served, share))

    def profit(beta: float) -> float:
        breach = float(service.exposure) * (1 + 0.05 * (served - 1))
        quality = float(liability.effort(service, served, beta))
        return served * (-breach * (1 - quality) - 0.5 * quality**2)

    assert slope == pytest.approx((profit(share + step) - profit(share - step)) / (2 * step), rel=1e-8)
    assert float(liability.profit_from_liability(service, served, 1.0)) == 0.0


def test_the_line_of_lemma_2_keeps_its_promise_at_full_liability_only() -> None:
    one = market(clients=1, attacks=1 / 30)
    full, half = liability.promise(one, "none", 1.0), liability.promise(one, "none", 0.5)
    assert float(full.shortfall) == 0.0 and full.supplied_quality == full.promised_quality
    assert float(half.supplied_quality) == pytest.approx(1 / 6)
    assert float(half.client_utility) < float(full.client_utility)


def test_collateral_covers_the_mean_and_is_reached_by_the_worst_case() -> None:
    service = admissible(500, seed=42)
    needed = liability.collateral(service, solve(service, "requirement"))
    assert np.all(needed.expected <= needed.worst * (1 + 1e-12))
    two = market(clients=2, attacks=1, system_value=0.8)
    solved = solve(two, "none", integer=True)
    assert float(solved.outsourcing_clients) == 2
    assert float(liability.collateral(two, solved).worst) == pytest.approx(0.8 * 1.01)
    nobody = solve(market(requirement=0.2), "no-commitment")
    assert float(liability.collateral(market(), nobody).worst) == 0.0


@pytest.mark.parametrize("regime", REGIMES)
def test_no_mandate_on_a_grid_beats_a_harmless_one_and_every_higher_one_costs(regime: str) -> None:
    service = admissible(200, seed=43)
    grid = np.linspace(0.0, 1.0, 51)[:, None]
    highest = mandate.highest_harmless_mandate(service, regime)
    cost = mandate.welfare_cost(service.change(requirement=np.broadcast_to(grid, (51, 200))), regime)
    size = np.abs(solve(service, "none").welfare) + service.clients * service.exposure
    assert np.all(cost >= -1e-12 * size)
    assert np.all(np.where(grid <= highest, cost, 0.0) <= 1e-12 * size)
    higher = grid > highest + 0.02
    assert np.all(cost[higher] > 0.0)


def test_a_mandate_is_harmless_where_all_outsource_and_harms_otherwise() -> None:
    """Figures 4 to 6 with five clients: welfare 48.567111 for every requirement; with fifteen it falls."""
    few = market(clients=5, attack_probability=1 / 30, attacks=None, requirement=np.linspace(0, 1, 11))
    assert np.ptp(solve(few, "requirement").welfare) < 1e-12
    assert float(solve(few, "requirement").welfare[0]) == pytest.approx(48.567111, abs=5e-7)
    assert float(mandate.welfare_cost(market(requirement=0.3))) > 0


def test_truthful_and_shirking_alternate_as_the_requirement_rises() -> None:
    found = switching.switching_points(market(**WAVERING), "requirement")
    turns = [(round(one.requirement, 6), change) for one in found for change in one.changes if "shirk" in change]
    assert turns == [(0.518685, "begins to shirk"), (0.874427, "ceases to shirk"), (0.955, "begins to shirk")]


def test_a_window_of_shirking_narrower_than_the_grid_is_found() -> None:
    """Between 0.7620706 and 0.7620984 the provider shirks: a sixteenth of the grid's step."""
    narrow = market(clients=20, attacks=10, system_value=1.25, client_cost=1.24, spillover=0.03001859)
    found = [one for one in switching.switching_points(narrow, "requirement") if "jumps" not in one.changes]
    assert [one.changes[0] for one in found] == ["begins to shirk", "ceases to shirk", "begins to shirk"]
    assert 0 < found[1].requirement - found[0].requirement < 1 / (8 * switching.GRID)


def test_every_switching_point_is_bracketed_by_neighbouring_doubles() -> None:
    for regime in REGIMES:
        for one in switching.switching_points(market(**WAVERING), regime):
            assert one.changes
            assert one.requirement == np.nextafter(one.below, 2.0)


SMALL = {"clients": 15, "attacks": None, "provider_cost": 1}
EXITING = {**SMALL, "attack_probability": 0.5, "system_value": 1.08, "client_cost": 3.28, "spillover": 0.0061}
ENTERING = {**SMALL, "attack_probability": 0.33, "system_value": 1.2, "client_cost": 2.3, "spillover": 1e-5}
CROWDED = {
    **SMALL, "clients": 200, "attack_probability": 0.5, "system_value": 1.06, "client_cost": 2.46, "spillover": 0.0013,
}  # fmt: skip


@pytest.mark.parametrize(("changes", "before"), [(EXITING, ["all to interior"]), (CROWDED, [])])
def test_changes_that_share_a_step_of_the_grid_are_all_found_and_so_is_the_exit(
    changes: dict[str, Any], before: list[str]
) -> None:
    service = market(**changes)
    found = switching.switching_points(service, "clients-shirk")
    assert [one.changes[-1] for one in found] == [*before, "interior to one", "one to exit"]
    assert "exits" in found[-1].changes
    assert found[-1].requirement == pytest.approx(float(switching.exit_requirement(service)), rel=1e-14)


def test_the_clients_who_come_one_after_the_other_within_a_step_are_told_one_by_one() -> None:
    found = switching.switching_points(market(**ENTERING), "no-commitment")
    assert [one.changes[-1] for one in found] == ["exit to one", "one to interior", "interior to all"]
    assert [round(one.requirement, 7) for one in found] == [0.3443478, 0.3443578, 0.3446376]


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("share", [1e-5, 1e-3, 0.999])
def test_behaviour_after_each_switching_point_is_that_before_the_next(regime: str, share: float) -> None:
    drawn = admissible(4, seed=47)
    drawn = drawn.change(spillover=drawn.widest_spillover * share)
    for index in range(4):
        service = Service.of(**point(drawn, index))
        found = switching.switching_points(service, regime)
        edges = [0.0, *(edge for one in found for edge in (one.below, one.requirement)), 1.0]
        solved = solve(service.change(requirement=edges), regime)
        for behaviour in (solved.corner, solved.provider_shirks):
            assert np.array_equal(behaviour[0::2], behaviour[1::2])
        if regime == "clients-shirk" and (exits := float(switching.exit_requirement(service))) < 1:
            assert found[-1].requirement == pytest.approx(exits, rel=1e-9)


def test_thousands_of_whole_clients_come_in_an_unbroken_chain() -> None:
    many = market(clients=20_000, attacks=None, attack_probability=0.03, spillover=1e-5)
    found = switching.switching_points(many, "requirement", integer=True)
    clients = [one.clients for one in found if one.clients[0] != one.clients[1]]
    ends = [
        float(number)
        for number in solve(many.change(requirement=[0, 1]), "requirement", integer=True).outsourcing_clients
    ]
    assert len(clients) > 10_000
    assert [clients[0][0], clients[-1][1]] == ends
    assert all(before[1] == after[0] for before, after in pairwise(clients))


def test_a_jump_is_told_from_a_continuous_change() -> None:
    jumpy = switching.switching_points(market(clients=10, spillover=0.1), "requirement")
    jump = [one for one in jumpy if "jumps" in one.changes]
    assert [round(one.requirement, 7) for one in jump] == [0.5759601]
    assert jump[0].clients == pytest.approx((6.0, 10.0), abs=0.01)
    smooth = switching.switching_points(market(**FIGURE_8, attack_probability=None), "requirement")
    assert not any("jumps" in one.changes for one in smooth)


def test_whole_clients_change_by_jumps_only() -> None:
    found = switching.switching_points(market(), "requirement", integer=True)
    moved = [one.clients for one in found if one.clients[0] != one.clients[1]]
    assert moved == [(float(number), float(number + 1)) for number in range(7, 15)]
    assert all("jumps" in one.changes for one in found if one.clients[0] != one.clients[1])


def test_the_closed_form_of_exit_is_where_the_solver_exits() -> None:
    service = admissible(300, seed=44)
    found = switching.exit_requirement(service)
    inside = found < 1.0
    assert inside.sum() > 50
    service, found = Service.of(**{name: getattr(service, name)[inside] for name in Service.__slots__}), found[inside]
    assert np.all(solve(service.change(requirement=found * (1 - 1e-9)), "clients-shirk").corner > 0)
    assert np.all(solve(service.change(requirement=np.minimum(found * (1 + 1e-9), 1)), "clients-shirk").corner == 0)


def test_switching_points_of_random_markets_explain_every_change_on_a_finer_grid() -> None:
    service = admissible(12, seed=45)
    points = np.linspace(0.0, 1.0, 20_011)
    for index in range(12):
        one = Service.of(**point(service, index))
        found = switching.switching_points(one, "requirement")
        solved = solve(one.change(requirement=points), "requirement")
        changed = (np.diff(solved.corner) != 0) | (np.diff(solved.provider_shirks.astype(int)) != 0)
        between = [(points[place], points[place + 1]) for place in np.flatnonzero(changed)]
        assert all(any(low <= switch.requirement <= high for switch in found) for low, high in between)


def test_an_audit_never_helps_and_can_be_worse_than_no_liability_at_all() -> None:
    service = admissible(2000, seed=46)
    tried = mandate.compare_instruments(service)
    size = np.abs(tried.liability) + service.clients * service.exposure
    assert np.all(tried.audit_cost >= -1e-12 * size)
    assert np.all(tried.neither <= tried.liability + 1e-12 * size)
    figure = mandate.compare_instruments(market(**FIGURE_8, requirement=[0.54, 0.542]))
    assert figure.audit_worse_than_nothing.tolist() == [False, True]


def test_who_leaves() -> None:
    assert float(mandate.clients_leaving(market(requirement=0.3), "requirement")) < 0
    assert float(mandate.clients_leaving(market(**FIGURE_8, requirement=0.9), "clients-shirk")) == 1.0
    terms = Terms(0.05, 1.0, 2.0, 0.05, 0.35, Regime.REQUIREMENT)
    assert mandate.types_leaving(terms, [ClientType(5, 5.0), ClientType(5, 10.0)]) == (-4, 3)


def test_leaving_is_counted_against_the_same_regime_without_the_mandate() -> None:
    """Without commitment nobody outsources at requirement 0, so a mandate can only bring clients."""
    terms = Terms(0.05, 1.0, 2.0, 0.05, 0.9, Regime.NO_COMMITMENT)
    alone = Service.of(
        clients=5,
        attack_probability=0.05,
        system_value=10,
        provider_cost=1,
        client_cost=2,
        spillover=0.05,
        requirement=0.9,
    )
    counted = float(mandate.clients_leaving(alone, "no-commitment", integer=True))
    assert mandate.types_leaving(terms, [ClientType(5, 10.0)]) == (counted,)
    assert counted == -float(solve(alone, "no-commitment", integer=True).outsourcing_clients) < 0


def test_against_a_strategic_hacker_the_best_mandate_raises_welfare() -> None:
    service, hacker = market(clients=10, attacks=0, spillover=0.05), Hacker(0.2, 1.0)
    best = mandate.best_mandate(service, hacker)
    assert best is not None
    tried = service.change(requirement=[0.0, 0.2, best.requirement - 1e-4, best.requirement + 1e-4, 1.0])
    welfare = mandate.welfare_against(hacker, tried, "requirement")
    assert welfare[:2] == pytest.approx([98.28829, 98.33813], abs=1e-5)
    assert np.all(welfare < best.welfare)
    assert best.gain == pytest.approx(best.welfare - welfare[0], rel=1e-12)
    assert mandate.welfare_cost(tried, hacker=hacker) == pytest.approx(welfare[0] - welfare, abs=1e-12)
    assert float(mandate.welfare_cost(service.change(attack_probability=0.05, requirement=0.2))) >= 0.0


def test_a_mandate_nobody_heeds_is_best_at_nothing_and_without_equilibrium_there_is_no_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mandate, "STEP", 0.25)
    hacker = Hacker(20.0, 1.0)
    calm = mandate.best_mandate(market(clients=3, attacks=0, system_value=1, spillover=0.0), hacker, "both-shirk")
    assert calm is not None and (calm.requirement, calm.gain) == (0.0, 0.0)
    jumpy = market(clients=10, attacks=0, system_value=1, spillover=0.06)
    assert mandate.best_mandate(jumpy, hacker, "none") is None
    assert np.isnan(mandate.welfare_cost(jumpy, "none", hacker=hacker))


def test_policy_functions_refuse_what_they_cannot_answer_by_name() -> None:
    two = market(requirement=[0.1, 0.2])
    for asked in (
        lambda: switching.switching_points(two, "none"),
        lambda: mandate.split_platforms(two, "none", 3, 0.0),
        lambda: mandate.best_mandate(two, Hacker(1.0, 1.0)),
        lambda: Terms.of(two, "none"),
    ):
        with pytest.raises(InvalidInput, match="one market, of shape"):
            asked()
    with pytest.raises(InvalidInput, match="most"):
        mandate.split_platforms(market(), "none", 0, 0.0)
    with pytest.raises(InvalidInput, match="platform_cost"):
        mandate.split_platforms(market(), "none", 3, -1.0)
    with pytest.raises(InvalidInput, match="regime"):
        mandate.welfare_cost(market(), "bogus")
    for shared in (
        lambda: liability.effort(market(), 1, 2.0),
        lambda: liability.profit_from_liability(market(), 1, -0.5),
        lambda: liability.promise(market(), "none", 2.0),
        lambda: liability.collateral(market(), solve(market(), "none"), 2.0),
    ):
        with pytest.raises(InvalidInput, match="liability"):
            shared()
    for served in (0.5, 16.0, "all"):
        with pytest.raises(InvalidInput, match="served"):
            liability.effort(market(), served, 1.0)
    with pytest.raises(InvalidInput, match="shapes"):
        liability.effort(two, 1, [0.1, 0.2, 0.3])


def test_more_platforms_earn_more_before_their_cost_and_welfare_follows_profit() -> None:
    free = mandate.split_platforms(market(), "none", 15, platform_cost=0.0)
    assert np.all(np.diff(free.provider_profit) > 0) and free.best == 15
    dear = mandate.split_platforms(market(), "none", 15, platform_cost=10.0)
    assert dear.best == 1
    assert np.ptp(free.welfare - free.provider_profit) < 1e-12
    alone = solve(market(), "none")
    assert free.welfare[0] == pytest.approx(float(alone.welfare), rel=1e-15)
