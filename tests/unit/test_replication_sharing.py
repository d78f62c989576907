"""The verdicts on Gal-Or & Ghose's claims come from solved markets, change with them, and survive plain arithmetic."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import plain_sharing as plain
import pytest
from sharing_duopoly import Duopoly, duopoly

from shieldwall.economics.precision import use_float64
from shieldwall.economics.replication import Finding, Verdict
from shieldwall.economics.replication.sharing import (
    CLAIMS,
    appendix_b,
    complements,
    cooperation,
    existence,
    forms,
    planner,
    prices,
    reports,
    responses,
    samples,
    sequence,
    statics,
    unequal,
    value,
    volume,
    volume_effects,
    welfare,
)
from shieldwall.economics.replication.sharing.trial import Trial, judged
from shieldwall.economics.sharing import Exponential, Hyperbolic, Leakage, Market, Volume
from shieldwall.economics.sharing.cooperative import objective_of
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.objective import maximise

BY_ID = {claim.id.removeprefix("sharing."): claim for claim in CLAIMS}

EXPECTED = {
    Verdict.HOLDS: """
        prices-21 prop-1-i prop-1-ii negative-spillover lemma-1-i prop-2-i prop-2-ii prop-2-iii
        cross-investment negative-spillover-idle weaker-bound negative-spillover-investment
        direct-effect-of-investment larger-firm welfare-9 planner-27-28 nash-12-29
        joint-profit-13-14 planner-shares-more planner-invests-more collusive-price
        collusion-given-choices prop-5-ii-joint-profit prop-6 sequence-profits prop-7-i
    """,
    Verdict.CONDITIONAL: """
        cost-assumptions leakage-example demand-slopes lemma-1-ii cross-sharing existence
        full-sharing assumption-1-likelier prop-3-i prop-3-ii strategic-effect prop-4-i prop-4-ii
        prop-4-iii value-positive value-and-size value-and-b2 prop-5-i prop-5-ii-planner
        coordination-improves quantities-short expenditure-at-nash leader-15-16 technology-first
        volume-32 prop-7-ii
    """,
    Verdict.FAILS: """
        demand-20 leakage-from-utility willingness-to-pay cross-sharing-investment uniqueness
        first-order direct-effect-of-sharing effects-by-slope effects-with-size
        value-and-competition prop-5-proof collusion-harms planner-symmetric
        negative-spillover-planner volume-33 volume-condition volume-sign volume-slope
        volume-opposite unequal-cost-spillovers subsidy costless participation objective-38 no-rents
        truth first-best-private
    """,
}


@cache
def found(name: str) -> Finding:
    use_float64()
    finding: Finding = BY_ID[name].check()
    return finding


def against(name: str) -> Mapping[str, Any]:
    """The counterexample: the numbers of its market, and what else describes it."""
    case: dict[str, Any] = dict(found(name).counterexample)
    market: dict[str, Any] = case.pop("market")
    return market | case


@pytest.mark.parametrize("name", BY_ID)
def test_each_claim_has_the_verdict_that_was_worked_out_beforehand(name: str) -> None:
    expected = [verdict for verdict, names in EXPECTED.items() if name in names.split()]
    assert [found(name).verdict] == expected


def test_no_expected_verdict_is_without_its_claim() -> None:
    assert {name for names in EXPECTED.values() for name in names.split()} == set(BY_ID)


@pytest.mark.parametrize("name", BY_ID)
def test_every_finding_tells_what_is_true_and_a_failing_one_what_would_mend_it(name: str) -> None:
    finding = found(name)
    assert "another verdict" not in finding.ours
    assert finding.verdict is not Verdict.FAILS or finding.figures["would be true if"]


# --- verdicts follow what they are given ---

ORDINARY = Market(
    6, 1, 0.6, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.2,
    leakage=Leakage(2, 0.5, 0.3), cost=Hyperbolic(14, 0.4),
)  # fmt: skip
RIVALS = replace(ORDINARY, rivalry=np.array([0.9]))
ONE = np.ones(1)


def nash(market: Market = ORDINARY) -> samples.Interior:
    return samples.interior_of(market)


def off_equilibrium() -> samples.Interior:
    """A point at which a rival that shares more lowers one's own price; at an equilibrium that is impossible."""
    market = replace(ORDINARY, b2=np.array([0.95]), leakage=Leakage(10, 0.01, 0), cost_spillover=np.zeros((1, 2)))
    return replace(nash(market), sharing=0.9 * ONE, investment=0.01 * ONE)


def best(market: Market, regime: str) -> Any:
    return maximise(objective_of(market, regime))


def volumes(spillover: float) -> volume.Volumes:
    fine = Volume(0.5, spillover, (0, 0.2, 0.02))
    return volume.equilibria_of(replace(ORDINARY, cost_spillover=0 * ORDINARY.cost_spillover, volume=fine))


def plan(market: Market, choice: Any) -> reports.Plans:
    return reports.Plans(market, np.broadcast_to(choice, (1, 3, 3, 4)), reports.TYPES)


MENDED: dict[str, Callable[[], Finding]] = {
    "demand (20)": lambda: forms.demand_follows(forms.demand_corrected),
    "slopes": lambda: forms.one_own_slope(equal=True),
    "leakage from utility": lambda: forms.leakage_of_sharing_alone(carried=True),
    "one equilibrium": lambda: existence.only_one(ORDINARY, symmetric_equilibria(ORDINARY)),
    "never full": lambda: existence.never_full(ORDINARY, symmetric_equilibria(ORDINARY)),
    "exists": lambda: existence.exists(ORDINARY, symmetric_equilibria(ORDINARY)),
    "joint leakage": lambda: complements.cross_with_sharing(nash()),
    "strategic effect": lambda: statics.strategic_effect(nash()),
    "welfare of sharing": lambda: cooperation.welfare_above_no_sharing(nash()),
    "coordination": lambda: cooperation.coordination_improves(nash(), best(ORDINARY, "joint-profit")),
    "collusion": lambda: cooperation.collusion_harms(nash(), best(ORDINARY, "joint-profit"), best(ORDINARY, "planner")),
    "planner above joint profit": lambda: cooperation.planner_above_joint_profit(
        ((nash(), best(ORDINARY, "joint-profit"), best(ORDINARY, "planner")),)
    ),
    "symmetric planner": lambda: planner.planner_is_symmetric(ORDINARY),
    "margin (33)": lambda: volume.printed_margin(volumes(0.05), -1),
    "inner factor": lambda: volume.derivative_of_condition(volumes(0.05), extra_factor=False),
    "sign of (32)": lambda: volume.mixed_derivative(volumes(0.05)),
    "less able": lambda: unequal.efficient_does_less(
        replace(unequal.unlike().take(slice(0, 20)), cost_spillover=unequal.unlike().cost_spillover[:20, ::-1])
    ),
    "no rents": lambda: reports.no_rents(ORDINARY, replace(best(ORDINARY, "planner"), sharing=np.zeros(1))),
    "first best": lambda: reports.first_best_anyway(plan(ORDINARY, [0.3, 0.3, 1, 1])),
    "taking part": lambda: appendix_b.participation(replace(nash(), profit=-ONE), best(ORDINARY, "planner")),
    "harmful planner": lambda: planner.harmful_planner(
        harmful := replace(ORDINARY, demand_spillover=np.array([-0.9])), best(harmful, "planner")
    ),
}
BROKEN: dict[str, Callable[[], Finding]] = {
    "own and rival investment": lambda: prices.price_rises(RIVALS, np.zeros((1, 2)), np.ones((1, 2))),
    "peak of the price": lambda: prices.price_peaks(ORDINARY, 0.5 * ONE, 1e3 * ONE),
    "harmful spillover": lambda: prices.nobody_shares(replace(ORDINARY, leakage=Leakage(0.002, 0.001, 0))),
    "conditions": lambda: responses.lemma_conditions(replace(nash(), sharing=2 * nash().sharing)),
    "answers to investment": lambda: responses.answers_to_investment(nash(RIVALS)),
    "complements": lambda: responses.complements(nash(RIVALS)),
    "answers to sharing": lambda: responses.answers_to_sharing(off_equilibrium()),
    "idle spillovers": lambda: complements.harmful_spillovers_are_idle(ORDINARY),
    "cross of investments": lambda: complements.cross_of_investments(nash(RIVALS)),
    "first order": lambda: existence.first_order_suffices(ORDINARY, np.zeros(1, dtype=int), 0.5 * ONE, 3 * ONE),
    "joint profit": lambda: cooperation.joint_profit_above_nash(
        nash(), replace(best(ORDINARY, "planner"), sharing=0 * ONE)
    ),
    "larger firm": lambda: value.larger_firm(replace(ORDINARY, a=np.array([[5.0, 6.0]]))),
    "integral": lambda: welfare.welfare_integral(replace(ORDINARY, a=np.array([[5.0, 6.0]])), 0.5 * ONE, ONE),
    "planner's conditions": lambda: welfare.planner_conditions(
        replace(ORDINARY, cost_spillover=np.array([[0.5, 0.1]])), 0.5 * ONE, ONE
    ),
    "planner shares more": lambda: welfare.planner_shares_more(replace(nash(), sharing=0.99 * ONE)),
    "planner invests more": lambda: welfare.planner_invests_more(
        replace(RIVALS, b2=np.array([0.01])), 0 * ONE, ONE
    ),
    "collusive price": lambda: welfare.collusive_price(replace(ORDINARY, a=np.array([[5.0, 6.0]])), 0.5 * ONE, ONE),
    "leader": lambda: sequence.leader_does_more(nash(), 0.5 * twice(nash().sharing), twice(nash().investment)),
    "profits in sequence": lambda: sequence.both_earn_more(nash(), twice(nash().profit) * [1.1, 0.9]),
    "technology first": lambda: sequence.technology_first(nash(), nash().sharing, nash().investment),
    "both signs": lambda: volume_effects.both_signs(volumes(0.05)),
    "prop. 7(ii)": lambda: volume_effects.less_sharing(volumes(0.05), 0 * ONE, ONE),
}  # fmt: skip


def twice(values: Any) -> Any:
    return np.repeat(values[:, None], 2, axis=1)


@pytest.mark.parametrize("name", MENDED)
def test_what_does_not_hold_in_print_holds_where_its_premise_is_mended(name: str) -> None:
    assert MENDED[name]().verdict is Verdict.HOLDS


@pytest.mark.parametrize("name", BROKEN)
def test_what_holds_in_print_does_not_where_its_premise_is_broken(name: str) -> None:
    assert BROKEN[name]().verdict is not Verdict.HOLDS


def test_a_trial_without_cases_has_no_verdict() -> None:
    with pytest.raises(ValueError, match="a case"):
        judged(Trial(ORDINARY, np.zeros(0, dtype=bool)), {})


def test_the_condition_must_hold_in_some_case_and_the_counterexample_has_the_smallest_intercept() -> None:
    three = replace(ORDINARY.take(np.zeros(3, dtype=int)), a=np.array([[3.0, 3.0], [1.0, 1.0], [2.0, 2.0]]))
    trial = Trial(three, np.array([False, True, False]))

    def intercept(finding: Finding) -> object:
        market: Any = finding.counterexample["market"]
        return market["a"]

    kept = judged(trial, {}, within=trial.held, condition="so")
    assert (kept.verdict, intercept(kept)) == (Verdict.CONDITIONAL, 2.0)
    assert judged(trial, {}, within=trial.held & False, condition="so").verdict is Verdict.FAILS
    assert intercept(judged(trial, {}, within=np.array([True, False, False]), condition="so")) == 3.0


@pytest.mark.parametrize("name", ["demand-20", "prop-1-i", "uniqueness", "prop-5-i", "planner-symmetric"])
def test_a_claim_tried_again_from_nothing_finds_the_same(name: str) -> None:
    before = json.dumps(BY_ID[name].as_json(found(name)), allow_nan=False)
    for cached in (samples.drawn, samples.interior, existence._table):
        cached.cache_clear()
    assert json.dumps(BY_ID[name].as_json(BY_ID[name].check()), allow_nan=False) == before


# --- counterexamples, by plain formulas ---


def market_of(case: Mapping[str, Any]) -> Market:
    cost = case["cost"]
    form = (
        Hyperbolic(cost["k"], cost["max_saving"])
        if cost["form"] == "hyperbolic"
        else Exponential(cost["k"], cost["max_saving"], cost["rate"])
    )
    pair = case["cost_spillover"]
    return Market(
        case["a"], case["b1"], case["b2"], demand_spillover=case["demand_spillover"],
        cost_spillover=tuple(pair) if isinstance(pair, list) else pair, rivalry=case["rivalry"],
        leakage=Leakage(**case["leakage"]), cost=form,
    )  # fmt: skip


def game_of(name: str) -> tuple[Mapping[str, Any], Duopoly]:
    return against(name), duopoly(market_of(against(name)), 0)


def equilibria_by_scan(market: Market) -> list[tuple[float, float]]:
    [points] = plain.symmetric_scan(market)
    s, t = np.array(points).T
    gain = plain.grid_gain(market.take(np.zeros(len(s), dtype=int)), s, t)
    return [point for point, more in zip(points, gain, strict=True) if more <= 1e-9]


@pytest.mark.parametrize(("name", "key"), [("uniqueness", "equilibria (s, t)"), ("full-sharing", "all (s, t)")])
def test_the_market_with_several_equilibria_has_them_by_brute_force(name: str, key: str) -> None:
    case = against(name)
    assert np.array(case[key]) == pytest.approx(np.array(equilibria_by_scan(market_of(case))), rel=1e-6)
    assert len(case[key]) > 1
    if name == "full-sharing":
        assert case[key][-1][0] == 1.0


def test_the_root_that_is_no_equilibrium_solves_its_conditions_and_is_beaten_by_brute_force() -> None:
    case = against("first-order")
    market, s, t = market_of(case), np.array([case["sharing"]]), np.array([case["investment"]])
    assert plain.grid_gain(market, s, t, steps=2000)[0] > 1e-9
    of = plain.one(plain.numbers(market), 0, complex)
    of["rate"] = None
    rise = plain.profit(of, (s[0], t[0] + 1e-20j), (s[0], t[0])).imag / 1e-20
    assert abs(rise) < 1e-5 * case["cost"]["k"] * t[0]


@pytest.mark.parametrize(
    ("name", "parameter", "sign"),
    [("prop-3-i", "b1", -1), ("prop-3-ii", "b2", 1), ("prop-4-i", "a", 1), ("prop-4-iii", "rivalry", -1)],
)
def test_at_the_unstable_counterexample_the_scanned_equilibrium_moves_against_the_printed_sign(
    name: str, parameter: str, sign: int
) -> None:
    case = against(name)
    at = np.array([case["sharing"], case["investment"]])

    def nearest(change: float) -> Any:
        points = np.array(plain.symmetric_scan(market_of({**case, parameter: case[parameter] * (1 + change)}), 6000)[0])
        return points[np.abs(points[:, 1] - at[1]).argmin()]

    moved = (nearest(1e-4) - nearest(-1e-4)) / (2e-4 * case[parameter])
    assert (sign * moved < 0).all()
    assert moved == pytest.approx(np.array(case[f"(s, t) by {parameter}"]), rel=1e-2)


def best_by_grid(of: Any, rival: tuple[float, float], near: tuple[float, float]) -> tuple[float, float]:
    s, t = near
    width = 0.3
    for _ in range(30):
        grid_s = np.clip(s * (1 + width * np.linspace(-1, 1, 41)), 0, 1)[:, None]
        grid_t = (t * (1 + width * np.linspace(-1, 1, 41)))[None, :]
        place = plain.profit(of, (grid_s, grid_t), rival).argmax()
        s, t = float(grid_s.ravel()[place // 41]), float(grid_t.ravel()[place % 41])
        width *= 0.6
    return s, t


def test_the_answer_that_falls_off_equilibrium_falls_by_brute_force() -> None:
    case = against("lemma-1-ii")
    of = plain.one(plain.numbers(market_of(case)), 0, float)
    (s, t), answer = case["rival (s, t)"], case["answer (s, t)"]
    assert best_by_grid(of, (s, t), tuple(answer)) == pytest.approx(tuple(answer), rel=1e-5)
    after, before = (best_by_grid(of, (s + step, t), tuple(answer)) for step in (0.02, -0.02))
    slope = [(up - down) / 0.04 for up, down in zip(after, before, strict=True)]
    printed = np.array(case["slopes of s by (s, t), of t by (s, t)"])[:, 0]
    assert min(slope) < 0
    assert slope == pytest.approx(printed, rel=0.05, abs=2e-3)


def test_closer_substitutes_make_sharing_less_valuable_by_scanned_equilibria_at_fixed_tastes() -> None:
    case = against("value-and-competition")
    a, b1, b2 = case["a"], case["b1"], case["b2"]
    d, z, r = b1 / (b1**2 - b2**2), b2 / (b1**2 - b2**2), a / (b1 - b2)

    def worth(z: float) -> float:
        closer = {"a": r / (d + z), "b1": d / (d**2 - z**2), "b2": z / (d**2 - z**2)}
        market = market_of({**case, **closer})
        game = duopoly(market, 0)
        [(s, t)] = equilibria_by_scan(market)
        nothing = replace(market, demand_spillover=0 * market.demand_spillover)
        [(none, t_0)] = equilibria_by_scan(nothing)
        assert none == 0
        return float(game.profit(0, (s, s), (t, t)) - game.profit(0, (0.0, 0.0), (t_0, t_0)))

    step = 1e-3 * z
    rise = (worth(z + step) - worth(z - step)) / (2 * step)
    assert rise < 0
    assert rise == pytest.approx(case["value rises by"], rel=1e-3)


def test_welfare_is_lower_with_sharing_at_the_counterexample_to_proposition_5_i() -> None:
    case, game = game_of("prop-5-i")
    [(s, t)] = equilibria_by_scan(market_of(case))
    nothing = replace(market_of(case), demand_spillover=np.zeros(1))
    [(_, t_0)] = equilibria_by_scan(nothing)
    shared, alone = ((s, s), (t, t)), ((0.0, 0.0), (t_0, t_0))
    assert game.objective("planner", *shared) < game.objective("planner", *alone)
    assert game.objective("planner", *shared) == pytest.approx(case["welfare"], rel=1e-6)


def grid_optimum(game: Duopoly, regime: str, near: Any) -> Any:
    s, t = near
    width = 0.9
    for _ in range(40):
        grid_s = np.clip(s + width * np.linspace(-1, 1, 41), 0, 1)[:, None] + 0 * np.zeros(41)
        grid_t = (t * np.exp(width * np.linspace(-1, 1, 41)))[None, :] + 0 * grid_s
        place = game.objective(regime, (grid_s, grid_s), (grid_t, grid_t)).argmax()
        s, t = float(grid_s.ravel()[place]), float(grid_t.ravel()[place])
        width *= 0.7
    return s, t


def test_the_planner_shares_less_than_joint_profit_by_brute_force_at_the_exponential_counterexample() -> None:
    case, game = game_of("prop-5-ii-planner")
    assert game.rate is not None
    joint, social = (
        grid_optimum(game, regime, (0.5, case["investment"] * 3)) for regime in ("joint-profit", "planner")
    )
    assert joint == pytest.approx(tuple(case["joint profit (s, t)"]), rel=1e-4)
    assert social == pytest.approx(tuple(case["planner (s, t)"]), rel=1e-4)
    assert social[0] < joint[0]


def test_collusion_leaves_more_welfare_than_competition_by_brute_force_at_its_counterexample() -> None:
    case, game = game_of("collusion-harms")
    [(s, t)] = equilibria_by_scan(market_of(case))
    chosen_s, chosen_t = grid_optimum(game, "collusion", case["colluding (s, t)"])
    pair = (chosen_s, chosen_s), (chosen_t, chosen_t)
    assert game.welfare(*pair, game.regime_prices("collusion", *pair)) > game.objective("planner", (s, s), (t, t))


def test_unequal_choices_give_more_welfare_with_positive_prices_at_the_counterexample() -> None:
    case, game = game_of("planner-symmetric")
    s1, s2, t1, t2 = case["better (s1, s2, t1, t2)"]
    (s, t), unlike = grid_optimum(game, "planner", case["equal (s, t)"]), ((s1, s2), (t1, t2))
    assert game.objective("planner", (s, s), (t, t)) == pytest.approx(case["welfare"], rel=1e-6)
    assert game.objective("planner", *unlike) > case["welfare"]
    assert min(game.prices(*unlike)) > 0


def test_the_planner_shares_in_spite_of_a_larger_harmful_spillover_by_brute_force() -> None:
    case, game = game_of("negative-spillover-planner")
    assert -case["demand_spillover"] > case["cost_spillover"]
    s, t = grid_optimum(game, "planner", (0.1, case["planner (s, t)"][1]))
    investments = t * np.linspace(0.5, 1.5, 200_001)
    alone = game.objective("planner", (0.0, 0.0), (investments, investments)).max()
    assert s > 0
    assert game.objective("planner", (s, s), (t, t)) > alone


def test_a_firm_earns_less_at_the_planners_choice_than_by_declining() -> None:
    case, game = game_of("participation")
    [(s, t)] = equilibria_by_scan(market_of(case))
    chosen = grid_optimum(game, "planner", case["planner (s, t)"])
    planned = game.profit(0, (chosen[0],) * 2, (chosen[1],) * 2)
    assert planned < game.profit(0, (s, s), (t, t))
    assert planned == pytest.approx(case["taking part"], rel=1e-4)


def test_the_firm_that_saves_more_does_more_by_brute_force_answers() -> None:
    case, game = game_of("unequal-cost-spillovers")
    (s1, s2), (t1, t2) = case["sharing"], case["investment"]
    assert case["cost_spillover"][0] > case["cost_spillover"][1]
    assert (s1 > s2, t1 > t2) == (True, True)
    for step_s, step_t in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        moved = s1 * (1 + step_s), t1 * (1 + step_t)
        assert game.profit(0, (moved[0], s2), (moved[1], t2)) < game.profit(0, (s1, s2), (t1, t2)) + 1e-13


def test_the_slope_of_the_margin_is_the_corrected_one_by_plain_differences() -> None:
    case, game = game_of("volume-33")
    of, s, t = case["volume"], case["sharing"], case["investment"]

    def margin(own: float) -> float:
        phi = [of["technology"][0] + of["technology"][1] * x + of["technology"][2] * x * x / 2 for x in (own, t)]
        cost = (
            (of["unit_cost"] - of["spillover"] * t * s) * phi[0],
            (of["unit_cost"] - of["spillover"] * own * s) * phi[1],
        )
        x = game.demand((s, s), (own, t))
        b1, b2 = game.b1, game.b2
        price = (2 * b1 * x[0] + b2 * x[1] + 2 * b1**2 * cost[0] + b1 * b2 * cost[1]) / (4 * b1**2 - b2**2)
        return float(price - cost[0])

    slope = (margin(t + 1e-5) - margin(t - 1e-5)) / 2e-5
    assert slope == pytest.approx(case["true"], rel=1e-6)
    assert slope != pytest.approx(case["formula"], rel=1e-3)


def test_own_sharing_lowers_own_demand_at_given_prices() -> None:
    case, game = game_of("direct-effect-of-sharing")
    s, t = case["sharing"], case["investment"]
    p = game.prices((s, s), (t, t))
    more, less = (game.quantities((s + step, s), (t, t), p)[0] for step in (s / 10, -s / 10))
    assert more < less


def test_the_expected_tax_of_the_counterexample_differs_between_reports_by_brute_force() -> None:
    case, game = game_of("truth")
    taxes = []
    for report in case["reports"]:
        # With the rival of the same type as the report, the plan is symmetric.
        same = replace(game, gc=(report, report))
        s, t = grid_optimum(same, "planner", (0.5, 1.0))
        pair = (s, s), (t, t)
        taxes.append(same.objective("planner", *pair) - same.profit(0, *pair))
    assert max(taxes) - min(taxes) > 1e-7 * max(taxes)
