"""Appendix B: what the corrected subsidy holds, what the printed one does, and what each rule of reports guarantees."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from sharing_duopoly import Duopoly

from shieldwall.economics.sharing import (
    Correction,
    Exponential,
    Mechanism,
    PrintedSubsidy,
    Types,
    Unsolved,
    corrected_subsidy,
    examine_printed,
    examine_rule,
    solve,
)
from shieldwall.economics.sharing.groves import Plans, planned, transfers
from shieldwall.economics.sharing.printed_subsidy import double_integral, printed_amount
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

PLAIN = Duopoly((6, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)
LEFT = Duopoly((3, 3), 2.2, 0.277, 0.936, (0.485, 0.485), 0.726, 1.49, 1.12, 0.0266, 2.74, 0.289)
HELD = Duopoly((1.81, 1.81), 2.49, 1.13, 0.47, (0.993, 0.993), 0.504, 2.03, 1.3, 0.0239, 1.39, 0.288)
"""In both the planner does better with unequal firms; one firm alone reaches better points in the first only."""

ABILITIES = Types.uniform(0.2, 0.8)


def corrected(game: Duopoly) -> Correction:
    found = corrected_subsidy(game.market())
    assert isinstance(found, Correction)
    return found


@cache
def rule(name: str, game: Duopoly = PLAIN, types: Types = ABILITIES) -> Mechanism:
    found = examine_rule(game.market(), types, name)
    assert isinstance(found, Mechanism)
    return found


def best_unilateral_welfare(game: Duopoly, s: tuple[float, ...], t: tuple[float, ...]) -> float:
    """The most welfare that the first firm reaches alone, on a dense grid."""
    own_s, own_t = np.meshgrid(np.linspace(0, 1, 401), np.linspace(0, 4 * max(t), 801), indexing="ij")
    choice = (own_s, np.full_like(own_s, s[1])), (own_t, np.full_like(own_t, t[1]))
    price = game.prices(*choice)
    worth = np.where((price[0] > 0) & (price[1] > 0), game.welfare(*choice, price), -np.inf)
    return float(worth.max())


def test_the_corrected_subsidy_pays_consumer_surplus_and_the_rivals_profit_once() -> None:
    found = corrected(PLAIN)
    s, t = found.target.sharing, found.target.investment
    welfare = PLAIN.welfare(s, t, PLAIN.prices(s, t))
    assert found.subsidy[0] == pytest.approx(welfare - PLAIN.profit(0, s, t), rel=1e-12)
    assert found.tax == found.subsidy
    assert found.budget == 0


def test_the_planners_point_is_an_equilibrium_where_it_is_the_best_of_all_points() -> None:
    found = corrected(PLAIN)
    assert found.implements and found.target_is_optimum
    assert best_unilateral_welfare(PLAIN, found.target.sharing, found.target.investment) <= found.target.welfare
    assert found.reached.proven
    assert found.reached.sharing == pytest.approx(found.target.sharing, rel=1e-6)


def test_the_planners_point_is_left_where_unequal_choices_are_better_and_one_firm_reaches_them() -> None:
    game, found = LEFT, corrected(LEFT)
    assert not found.implements and not found.target_is_optimum
    best = best_unilateral_welfare(game, found.target.sharing, found.target.investment)
    assert best - found.target.welfare == pytest.approx(found.deviation_gain, rel=0.01)
    assert "gains" in found.sentence


def test_a_point_that_is_not_the_best_of_all_can_be_an_equilibrium_all_the_same() -> None:
    """To be the unrestricted optimum suffices, and is not necessary: no firm alone reaches the better point."""
    game, found = HELD, corrected(HELD)
    assert found.implements and not found.target_is_optimum
    assert best_unilateral_welfare(game, found.target.sharing, found.target.investment) <= found.target.welfare


def test_individual_rationality_against_the_market_fails_where_the_printed_constraint_binds() -> None:
    found = corrected(PLAIN)
    free = solve(PLAIN.market()).equilibria[0]
    assert found.gain_over_market[0] == pytest.approx(13.829918781821313 - free.profit[0])
    assert found.gain_over_market[0] < -5
    assert "must be made to" in found.sentence


def test_a_market_without_a_planners_optimum_has_a_status_and_a_reason() -> None:
    found = corrected_subsidy(replace(PLAIN, k=0.1).market())
    assert isinstance(found, Unsolved)
    assert found.status is Status.UNBOUNDED and found.reason in found.sentence
    three = replace(random_markets(1, seed=0), firms=3, a=np.full((1, 3), 6.0), cost_spillover=np.full((1, 3), 0.5))
    for answer in (corrected_subsidy(three), examine_rule(three, ABILITIES, "agv"), examine_printed(three, ABILITIES)):
        assert isinstance(answer, Unsolved) and answer.status is not Status.SOLVED


# The printed scheme


def printed() -> PrintedSubsidy:
    found = examine_printed(PLAIN.market(), ABILITIES)
    assert isinstance(found, PrintedSubsidy)
    return found


def test_the_double_integral_of_35_is_the_integral_of_the_inverse_demand() -> None:
    s, t = (0.3, 0.5), (1.0, 0.7)
    price = PLAIN.prices(s, t)
    q = PLAIN.quantities(s, t, price)
    det = PLAIN.b1**2 - PLAIN.b2**2
    d, z = PLAIN.b1 / det, PLAIN.b2 / det
    r = price[0] + d * q[0] + z * q[1]
    # The midpoint rule is exact for an integrand that is linear.
    middle = (np.arange(50) + 0.5) / 50
    x, y = np.meshgrid(middle * q[0], middle * q[1], indexing="ij")
    integral = float((r - d * x - z * y).mean()) * q[0] * q[1]
    market = PLAIN.market()
    assert double_integral(market, np.array([s]), np.array([t]))[0, 0] == pytest.approx(integral, rel=1e-12)


def test_the_printed_subsidy_has_no_unit_and_no_maximum() -> None:
    found = printed()
    assert found.degree == pytest.approx(3, abs=1e-9)
    assert found.growth == pytest.approx(3, abs=1e-5)
    assert found.unbounded and found.status is Status.UNBOUNDED
    market, own = PLAIN.market(), 10.0 ** np.arange(2, 6)
    s, t = np.tile([1.0, 0.4], (4, 1)), np.column_stack((own, np.full(4, 1.5)))
    objective = [
        float(printed_amount(market, s[i : i + 1], t[i : i + 1])[0, 0] + PLAIN.profit(0, s[i], t[i])) for i in range(4)
    ]
    assert all(high > 100 * low > 0 for low, high in itertools.pairwise(objective))


def test_without_the_own_cost_even_the_correct_subsidy_has_no_maximum() -> None:
    assert printed().growth_without_cost == pytest.approx(2, abs=1e-5)


def test_the_printed_tax_depends_on_the_own_report_and_is_least_for_the_lowest() -> None:
    found = printed()
    assert found.tax_by_report == pytest.approx((80.64, 82.35, 84.76), abs=0.01)
    assert found.chosen_report == 0.2
    assert found.profit_in < found.profit_out
    assert "Do not run" in found.sentence


# Reports


def oracle_value(game: Duopoly, plans: Plans, paid: Any, i: int, j: int, true: float) -> float:
    """What the first firm of a true type gets at two reports, from the plain formulas."""
    s, t = plans.sharing[i, j], plans.investment[i, j]
    return float(replace(game, gc=(true, 0.0)).profit(0, s, t) + paid[i, j, 0])


@pytest.mark.parametrize("name", ["printed", "groves", "agv"])
def test_the_gains_from_lies_are_those_of_the_plain_formulas(name: str) -> None:
    plans = planned(PLAIN.market(), ABILITIES)
    assert isinstance(plans, Plans)
    paid, found = transfers(plans, ABILITIES.prior, name), rule(name)
    worst, average = 0.0, 0.0
    for true in range(3):
        value = np.array(
            [[oracle_value(PLAIN, plans, paid, i, j, ABILITIES.values[true]) for j in range(3)] for i in range(3)]
        )
        worst = max(worst, float((value - value[true]).max()))
        mean = value @ np.array(ABILITIES.prior)
        average = max(average, float((mean - mean[true]).max()))
        assert found.interim[true] == pytest.approx(mean, rel=1e-12)
    assert found.dominant_gain == pytest.approx(worst, abs=1e-9)
    assert found.bayesian_gain == pytest.approx(average, abs=1e-9)


def test_the_plan_for_reports_is_no_worse_than_any_point_of_a_random_search() -> None:
    plans, draw = planned(PLAIN.market(), ABILITIES), np.random.default_rng(5)
    assert isinstance(plans, Plans)
    game = replace(PLAIN, gc=(ABILITIES.values[0], ABILITIES.values[2]))
    s, t = draw.uniform(0, 1, (2, 40_000)), draw.uniform(0, 6, (2, 40_000))
    price = game.prices(s, t)
    best = float(np.where((price[0] > 0) & (price[1] > 0), game.welfare(s, t, price), -np.inf).max())
    at = plans.sharing[0, 2], plans.investment[0, 2]
    assert best <= game.welfare(*at, game.prices(*at)) <= best * 1.01


def test_the_printed_rule_makes_every_type_report_the_lowest() -> None:
    found = rule("printed")
    assert not found.truth_bayesian and not found.truth_dominant
    assert all(row[0] == max(row) for row in found.interim)
    assert found.interim[1] == pytest.approx((15.38, 13.79, 11.22), abs=0.01)
    assert "members lie" in found.sentence


def test_groves_makes_the_truth_dominant_and_balances_on_average_only() -> None:
    found = rule("groves")
    assert found.truth_dominant and found.truth_bayesian
    assert found.balanced_ex_ante and not found.balanced_ex_post
    assert found.largest_deficit > 1
    shifted = np.array(found.interim[1]) - found.interim[1][1]
    assert shifted == pytest.approx(np.array((96.016, 96.140, 95.981)) - 96.140, abs=2e-3)


def test_the_groves_tax_is_free_of_the_own_report_and_takes_the_expected_subsidy() -> None:
    types = Types((0.1, 0.4, 0.9), (0.2, 0.3, 0.5))
    plans = planned(replace(PLAIN, a=(6, 5), k=20).market(), types)
    assert isinstance(plans, Plans)
    paid, prior = transfers(plans, types.prior, "groves"), np.array(types.prior)
    tax = plans.subsidy - paid
    assert np.ptp(tax[:, :, 0], axis=0) == pytest.approx(0, abs=1e-9)
    assert np.ptp(tax[:, :, 1], axis=1) == pytest.approx(0, abs=1e-9)
    assert prior @ paid[:, :, 0] == pytest.approx(0, abs=1e-9)
    assert paid[:, :, 1] @ prior == pytest.approx(0, abs=1e-9)


def test_agv_always_balances_and_makes_the_truth_best_only_if_it_is_expected_of_the_other() -> None:
    found = rule("agv")
    assert found.truth_bayesian and not found.truth_dominant
    assert found.balanced_ex_post and found.balanced_ex_ante
    assert found.largest_deficit == 0


def test_no_rule_makes_members_of_this_market_better_off_than_the_market_does() -> None:
    for name in ("printed", "groves", "agv"):
        found = rule(name)
        assert found.against_market < 0 and found.against_no_sharing < 0 < found.against_exit
        assert "lose" in found.sentence


def test_joining_is_compared_with_the_markets_of_the_same_types() -> None:
    free = [
        solve(replace(PLAIN, gc=(ABILITIES.values[2], other)).market()).equilibria[0].profit[0]
        for other in ABILITIES.values
    ]
    loss = rule("agv").interim[2][2] - np.array(free) @ np.array(ABILITIES.prior)
    others = [rule("agv").interim[0][0] - 19.2792, rule("agv").interim[1][1] - 19.2792]
    assert rule("agv").against_market == pytest.approx(min(loss, *others), abs=1e-3)


def test_the_laws_of_both_rules_hold_in_markets_of_other_shapes() -> None:
    for game in (
        replace(PLAIN, a=(6, 5), gd=0.2, k=20),
        replace(PLAIN, gd=0.1, ph=0.75, rate=3.0, k=30),
        replace(PLAIN, b2=0.2, de=0.5, k=25),
    ):
        groves, agv = (rule(name, game, Types((0.1, 0.9), (0.3, 0.7))) for name in ("groves", "agv"))
        assert groves.truth_dominant and groves.balanced_ex_ante
        assert agv.truth_bayesian and agv.balanced_ex_post


def test_types_that_are_no_distribution_are_refused() -> None:
    for values, prior in (((0.5, 0.2), (0.5, 0.5)), ((0.2, 0.5), (0.5, 0.6)), ((0.2, 1.5), (0.5, 0.5)), ((), ())):
        with pytest.raises(InvalidInput):
            Types(values, prior)
    with pytest.raises(InvalidInput):
        Types.uniform(0.2, 0.8, 4)
    with pytest.raises(InvalidInput):
        rule("vickrey")
    assert sum(Types.uniform(0, 1, 7).prior) == pytest.approx(1)


def test_exponential_costs_are_planned_for_as_well() -> None:
    game = replace(PLAIN, rate=1.5)
    assert isinstance(game.market().cost, Exponential)
    assert corrected(game).implements
