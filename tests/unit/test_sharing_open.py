"""What Gal-Or & Ghose leave open: what a subsidy buys, who free-rides, lies, leaves and joins, who else gains."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from sharing_duopoly import Duopoly, duopoly

from shieldwall.economics.sharing import (
    Claims,
    FreeRiding,
    Industries,
    Joining,
    Kind,
    Market,
    Reneging,
    Subsidised,
    Truth,
    Unsolved,
    free_riding,
    least_subsidy,
    link_industries,
    renege,
    solve,
    subsidise,
    subsidise_claims,
    truthful_sharing,
    value_of_joining,
)
from shieldwall.economics.sharing.game import best_response, market_game
from shieldwall.economics.sharing.joining import membership_game
from shieldwall.economics.sharing.response import best_response as exact_best_response
from shieldwall.economics.sharing.response import facing
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

PLAIN = Duopoly((6, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)
RIDDEN = Duopoly((19.2, 19.2), 1.42, 1.15, 0.837, (0.392, 0.89), 0.528, 0.347, 0.11, 0.0261, 7.1, 0.367)

S, T = (part.ravel() for part in np.meshgrid(np.linspace(0, 1, 301), np.geomspace(0.01, 20, 900), indexing="ij"))


def grid_best(game: Duopoly, s: float, t: float, bonus: Any = 0.0) -> float:
    """The most the first firm earns against (s, t) on a dense grid, a bonus on each point added."""
    choice = (S, np.full_like(S, s)), (T, np.full_like(T, t))
    price = game.prices(*choice)
    return float(np.where((price[0] > 0) & (price[1] > 0), game.profit(0, *choice) + bonus, -np.inf).max())


# The search itself


def test_the_search_finds_what_the_exact_best_response_finds() -> None:
    markets, draw, compared = random_markets(60, seed=8), np.random.default_rng(8), 0
    for row in range(60):
        market = markets.take(slice(row, row + 1))
        game = market_game(market, lambda s, _t: 0 * s)
        s, t = draw.uniform(0, 1, 2), game.scale * draw.uniform(0, 4, 2)
        exact = exact_best_response(facing(market, 0, s[1:], t[1:]))
        if not exact.proven[0] or exact.investment[0] > 500 * game.scale:
            continue
        compared += 1
        _, _, worth = best_response(game, 0, s, t)
        size = market.cost.k[0] * exact.investment[0] ** 2 + abs(exact.payoff[0])
        assert worth == pytest.approx(exact.payoff[0], abs=1e-12 * size)
    assert compared > 30


# What a subsidy buys


def subsidised(rate: float, base: str, game: Duopoly = PLAIN) -> Subsidised:
    (found,) = subsidise(game.market(), [rate], base)
    assert isinstance(found, Subsidised)
    return found


@pytest.mark.parametrize("base", ["sharing", "knowledge"])
def test_no_point_of_a_dense_grid_beats_the_choice_under_a_subsidy(base: str) -> None:
    for rate in (0.5, 4.0, 16.0):
        found = subsidised(rate, base)
        s, t = found.sharing[0], found.investment[0]
        bonus, own = (rate * S, rate * s) if base == "sharing" else (rate * S * T, rate * s * t)
        here = PLAIN.profit(0, (s, s), (t, t)) + own
        assert found.profit[0] == pytest.approx(here - own, rel=1e-12)
        best = grid_best(PLAIN, s, t, bonus)
        assert here - 1e-3 * abs(here) <= best <= here + 1e-9
        assert found.paid == pytest.approx(2 * own)
        price = PLAIN.prices((s, s), (t, t))
        assert found.welfare == pytest.approx(PLAIN.welfare((s, s), (t, t), price), rel=1e-12)


def test_no_subsidy_leaves_the_market_equilibrium() -> None:
    found, free = subsidised(0, "sharing"), solve(PLAIN.market()).equilibria[0]
    assert found.sharing == pytest.approx(free.sharing, rel=1e-9)
    assert found.paid == 0 and found.self_financing
    assert found.welfare_change == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("base", ["sharing", "knowledge"])
def test_marginal_sharing_is_the_slope_of_the_curve(base: str) -> None:
    low, middle, high = (subsidised(rate, base) for rate in (1.999, 2.0, 2.001))
    slope = (high.sharing[0] - low.sharing[0]) / 0.002
    assert middle.stable
    assert middle.marginal_sharing == pytest.approx(slope, rel=1e-6)
    assert middle.sharing_per_credit == pytest.approx(slope * 0.002 / (high.paid - low.paid), rel=1e-6)


def test_a_small_subsidy_pays_for_itself_a_larger_one_serves_customers_only_and_a_huge_one_nobody() -> None:
    small, large, huge = (
        subsidised(rate, base) for rate, base in ((4, "knowledge"), (8, "knowledge"), (16, "sharing"))
    )
    assert small.self_financing and "fixed fees can repay it" in small.sentence
    assert not large.self_financing and large.welfare_change > 0 and "customers gain" in large.sentence
    assert huge.welfare_change < 0 and "loses by it" in huge.sentence


def test_the_least_subsidy_reaches_its_target_and_a_smaller_one_does_not() -> None:
    for base in ("sharing", "knowledge"):
        found = least_subsidy(PLAIN.market(), 0.3, base)
        assert isinstance(found, Subsidised)
        assert min(found.sharing) >= 0.3 and min(found.sharing) == pytest.approx(0.3, rel=1e-9)
        assert min(subsidised(found.rate * (1 - 1e-6), base).sharing) < 0.3


def test_a_target_that_the_market_reaches_needs_no_subsidy() -> None:
    found = least_subsidy(PLAIN.market(), 0.01)
    assert isinstance(found, Subsidised) and found.rate == 0


def test_unequal_members_and_three_of_them_can_be_subsidised() -> None:
    unequal = subsidised(4, "knowledge", replace(PLAIN, a=(6, 5), gc=(0.2, 0.8)))
    assert unequal.investment[0] > unequal.investment[1] and unequal.deviation_gain < 1e-9
    three = replace(PLAIN.market(), firms=3, a=np.full((1, 3), 6.0), cost_spillover=np.full((1, 3), 0.5))
    now, paid = subsidise(three, [0, 4])
    assert isinstance(now, Subsidised) and isinstance(paid, Subsidised)
    assert len(paid.sharing) == 3 and paid.sharing[0] > now.sharing[0] and paid.deviation_gain < 1e-9


def test_subsidies_that_make_no_sense_are_refused_and_unsolved_markets_say_why() -> None:
    for rates, base in (([-1.0], "sharing"), ([2.0, 1.0], "sharing"), ([1.0], "claims"), ([np.nan], "sharing")):
        with pytest.raises(InvalidInput):
            subsidise(PLAIN.market(), rates, base)
    with pytest.raises(InvalidInput):
        least_subsidy(PLAIN.market(), 1.5)
    for found in (
        subsidise(replace(PLAIN, k=0.1).market(), [1.0])[0],
        least_subsidy(replace(PLAIN, k=0.1).market(), 1),
    ):
        assert isinstance(found, Unsolved)
        assert found.status is Status.UNBOUNDED and "Nothing follows" in found.sentence


# Free-riding


def test_the_less_able_member_can_free_ride_and_the_abler_one_does_more() -> None:
    found = free_riding(RIDDEN.market())
    assert isinstance(found, FreeRiding)
    assert found.abler == 1 and found.free_rider == 0 and not found.abler_does_less
    s, t = found.equilibrium.sharing, found.equilibrium.investment
    assert found.gives == (s[0] * t[0], s[1] * t[1])
    alone = solve(RIDDEN.market(), "no-sharing").equilibria[0]
    for firm in (0, 1):
        assert found.gain[firm] == pytest.approx(RIDDEN.profit(firm, s, t) - alone.profit[firm])
    # The ability of one member serves the other more than itself.
    assert found.gain_by_ability[0] > found.gain_by_ability[1] > 0
    assert "less able member free-rides" in found.sentence


def test_swapping_the_members_swaps_the_free_rider() -> None:
    found = free_riding(replace(RIDDEN, gc=RIDDEN.gc[::-1]).market())
    assert isinstance(found, FreeRiding) and found.free_rider == 1 and found.abler == 0


def test_equal_members_do_not_free_ride() -> None:
    found = free_riding(PLAIN.market())
    assert isinstance(found, FreeRiding) and found.free_rider is None and found.abler is None
    assert "Nobody" in found.sentence


def test_the_conjecture_that_the_abler_member_does_less_fails_in_a_random_sample() -> None:
    draw, solved, riders = np.random.default_rng(0), 0, 0
    for row in range(12, 27):
        market = replace(random_markets(1, seed=row), cost_spillover=draw.uniform(0, 1, (1, 2)))
        found = free_riding(market)
        if isinstance(found, FreeRiding):
            solved += 1
            riders += found.free_rider is not None
            assert not found.abler_does_less
            assert found.free_rider != found.abler
    assert solved > 12 and riders > 0


# Claims


def told(agreement: str, verification: float, penalty: float) -> Truth:
    found = truthful_sharing(PLAIN.market(), agreement, verification, penalty)
    assert isinstance(found, Truth)
    return found


def test_the_temptation_is_what_a_grid_of_hidden_sharing_finds() -> None:
    found = told("joint-profit", 0, 0)
    s, t = found.agreed.sharing, found.agreed.investment
    secret = np.linspace(0, s[0], 200_001)
    earned = PLAIN.profit(0, (secret, s[1]), t)
    assert found.temptation[0] == pytest.approx(earned.max() - PLAIN.profit(0, s, t), rel=1e-6)
    assert found.hidden[0] == pytest.approx(secret[earned.argmax()], abs=1e-5)
    # What is left without verification answers itself.
    left = found.unverified[1]
    own = secret[PLAIN.profit(0, (secret, left), t).argmax()]
    assert own == pytest.approx(found.unverified[0], abs=1e-5)
    assert found.unverified[0] < found.hidden[0] < s[0]


def test_truth_is_an_equilibrium_exactly_from_the_least_penalty_and_verification_on() -> None:
    least = told("planner", 0.1, 0).least_penalty
    assert least is not None
    assert told("planner", 0.1, least * (1 + 1e-9)).truthful
    assert not told("planner", 0.1, least * (1 - 1e-9)).truthful
    often = told("planner", 0, 5).least_verification
    assert often is not None and told("planner", often * (1 + 1e-9), 5).truthful
    assert not told("planner", often * (1 - 1e-9), 5).truthful
    assert told("planner", 1, 0.5).least_verification is None
    assert told("planner", 0, 5).least_penalty is None


def test_what_the_market_shares_anyway_needs_no_verification() -> None:
    found = told("nash", 0, 0)
    assert found.truthful and found.least_penalty == 0 and found.least_verification == 0
    assert "claim" in found.sentence
    assert "without verification no penalty helps" in told("planner", 0, 0).sentence


def claimed(rate: float, verification: float, penalty: float) -> Claims:
    found = subsidise_claims(PLAIN.market(), rate, verification, penalty)
    assert isinstance(found, Claims)
    return found


@pytest.mark.parametrize(("verification", "penalty"), [(0.5, 1), (0.5, 5), (0, 5)])
def test_no_pair_of_sharing_and_claim_beats_the_equilibrium_of_a_subsidy_on_claims(
    verification: float, penalty: float
) -> None:
    rate, expected = 2.0, verification * penalty
    found = claimed(rate, verification, penalty)
    s, t, c = found.shared.sharing[0], found.shared.investment[0], found.claimed[0]
    here = PLAIN.profit(0, (s, s), (t, t)) + rate * c - expected * (c - s)
    for part in np.linspace(0, 1, 11):
        claim = S + part * (1 - S)
        assert grid_best(PLAIN, s, t, rate * claim - expected * (claim - S)) <= here + 1e-9
    assert found.paid == pytest.approx(2 * (rate * c - expected * (c - s)))
    assert found.truthful == (c == s)


def test_unverified_claims_cost_everything_and_buy_nothing() -> None:
    found, free = claimed(2, 0, 5), solve(PLAIN.market()).equilibria[0]
    assert found.paid == 4 and found.claimed == (1, 1)
    assert found.shared.sharing == pytest.approx(free.sharing, rel=1e-9)
    assert claimed(2, 0.5, 5).truthful and claimed(2, 0.5, 5).shared.sharing[0] > 5 * free.sharing[0]


# Reneging


def reneged(**choice: Any) -> Reneging:
    found = renege(PLAIN.market(), **choice)
    assert isinstance(found, Reneging)
    return found


@pytest.mark.parametrize("detection", [1.0, 0.3])
@pytest.mark.parametrize("breach", ["sharing", "everything"])
def test_the_critical_discount_factor_is_where_a_simulated_breach_stops_paying(breach: str, detection: float) -> None:
    found = reneged(breach=breach, detection=detection)
    critical = found.critical[0]
    assert critical is not None and 0 < critical < 1
    for discount, pays in ((critical - 1e-3, True), (critical + 1e-3, False)):
        unnoticed, value = 1.0, 0.0
        for period in range(4000):
            value += discount**period * (unnoticed * found.broken[0] + (1 - unnoticed) * found.punished[0])
            unnoticed *= 1 - detection
        assert (value > found.kept[0] / (1 - discount)) == pays
        assert found.holds(discount) != pays


def test_the_breach_is_the_best_one() -> None:
    for breach in ("sharing", "everything"):
        found = reneged(breach=breach)
        s, t = found.agreed.sharing, found.agreed.investment
        if breach == "everything":
            best = grid_best(PLAIN, s[1], t[1])
        else:
            best = float(PLAIN.profit(0, (np.linspace(0, 1, 100_001), s[1]), t).max())
        assert found.broken[0] == pytest.approx(best, rel=1e-5)
        assert found.broken[0] >= best - 1e-9


def test_a_harsher_punishment_and_better_detection_make_agreements_easier_to_keep() -> None:
    mild, harsh, blind = reneged(), reneged(punishment="no-sharing"), reneged(detection=0.2)
    assert mild.critical[0] and harsh.critical[0] and blind.critical[0]
    assert harsh.critical[0] < mild.critical[0] < blind.critical[0]


def test_an_agreement_worse_than_its_punishment_is_never_kept_and_the_market_always_is() -> None:
    never = reneged(agreement="planner")
    assert never.critical == (None, None) and not never.holds(0.999999) and "No patience" in never.sentence
    always = reneged(agreement="nash", breach="everything")
    assert always.critical == (0, 0) and always.holds(0) and "without any threat" in always.sentence


def test_agreements_that_make_no_sense_are_refused() -> None:
    for choice in ({"agreement": "collusion"}, {"punishment": "war"}, {"breach": "prices"}, {"detection": 0.0}):
        with pytest.raises(InvalidInput):
            renege(PLAIN.market(), **choice)
    with pytest.raises(InvalidInput):
        truthful_sharing(PLAIN.market(), "nash", verification=1.5)
    assert isinstance(renege(replace(PLAIN, k=0.1).market()), Unsolved)


# Two industries


@cache
def linked(demand: float, cost: float) -> Industries:
    found = link_industries(PLAIN.market(), replace(PLAIN, a=(4, 4), gd=0.9).market(), demand=demand, cost=cost)
    assert isinstance(found, Industries)
    return found


def helped_game(game: Duopoly, knowledge: float, demand: float, cost: float) -> Duopoly:
    """The plain formulas of an industry that hears the other: larger demand, costs that save in y again."""
    saved = game.ph * cost * knowledge / (1 + cost * knowledge)
    return replace(game, a=(game.a[0] + demand * knowledge,) * 2, k=game.k * (1 - saved))


def test_no_firm_of_either_industry_gains_by_any_deviation() -> None:
    found = linked(0.5, 0.5)
    games = PLAIN, replace(PLAIN, a=(4, 4), gd=0.9)
    for i in (0, 1):
        there, here = found.equilibria[1 - i], found.equilibria[i]
        given = there.sharing[0] * there.investment[0]
        assert found.knowledge[1 - i] == pytest.approx(given, rel=1e-9)
        game = helped_game(games[i], given, 0.5, 0.5)
        earned = game.profit(0, here.sharing, here.investment)
        assert earned == pytest.approx(here.profit[0], rel=1e-9)
        assert earned - 1e-3 <= grid_best(game, here.sharing[0], here.investment[0]) <= earned + 1e-9
    assert found.residual < 1e-12


def test_the_external_worth_is_the_slope_of_the_others_welfare() -> None:
    found = linked(0.5, 0.5)
    s, t = found.equilibria[1].sharing, found.equilibria[1].investment
    welfare = []
    for step in (-1e-4, 1e-4):
        game = helped_game(replace(PLAIN, a=(4, 4), gd=0.9), found.knowledge[0] + step, 0.5, 0.5)
        welfare.append(game.welfare(s, t, game.prices(s, t)))
    assert found.external_worth[0] == pytest.approx((welfare[1] - welfare[0]) / 2e-4, rel=1e-6)


def test_a_link_raises_sharing_in_both_industries_and_no_link_changes_nothing() -> None:
    apart, tied = linked(0, 0), linked(1, 1)
    assert apart.equilibria == apart.alone and apart.external_worth == (0, 0) and "do not touch" in apart.sentence
    for i in (0, 1):
        assert tied.equilibria[i].sharing[0] > apart.equilibria[i].sharing[0]
        assert tied.welfare_change[i] > 0 == apart.welfare_change[i]


def test_links_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidInput):
        link_industries(PLAIN.market(), PLAIN.market(), demand=-1, cost=0)
    assert isinstance(link_industries(PLAIN.market(), replace(PLAIN, k=0.1).market(), demand=0, cost=0), Unsolved)


# Joining


def trio(game: Duopoly = PLAIN) -> Market:
    return replace(game.market(), firms=3, a=np.full((1, 3), game.a[0]), cost_spillover=np.full((1, 3), game.gc[0]))


def joined(reach: float, market: Market | None = None) -> Joining:
    found = value_of_joining(trio() if market is None else market, reach)
    assert isinstance(found, Joining)
    return found


def profits(game: Duopoly, hears: Any, s: Any, t: Any) -> Any:
    """Profits of three firms written out number by number; prices from the first-order conditions."""
    right, cost = [], []
    for i in range(3):
        j, k = (other for other in range(3) if other != i)
        heard = hears[i] * (t[j] * s[j] + t[k] * s[k]) / 2
        leak = game.al1 * s[i] ** 2 - game.al2 * (s[j] ** 2 + s[k] ** 2) / 2 - game.al3 * s[i] * (s[j] + s[k]) / 2
        right.append(game.a[0] + t[i] - game.de * (t[j] + t[k]) / 2 + game.gd * heard - leak)
        y = game.gc[0] * heard
        cost.append(game.k / 2 * t[i] ** 2 * (1 - game.ph * y / (1 + y)))
    table = np.full((3, 3), -game.b2 / 2) + np.eye(3) * (2 * game.b1 + game.b2 / 2)
    price = np.linalg.solve(table, np.array(right))
    return game.b1 * price**2 - np.array(cost), price


@pytest.mark.parametrize("reach", [0.0, 0.7])
def test_no_random_deviation_of_member_or_outsider_gains(reach: float) -> None:
    game = membership_game(trio(), (True, True, False), reach)
    found, draw = joined(reach), np.random.default_rng(3)
    s = np.array(found.sharing_outside)
    t = np.array([best_response(game, firm, s, np.full(3, 0.33))[1] for firm in range(3)])
    for _ in range(30):
        t = np.array([best_response(game, firm, s, t)[1] for firm in range(3)])
    here, _ = profits(PLAIN, (1, 1, reach), s, t)
    assert here == pytest.approx(found.profit_outside, rel=1e-9)
    for _ in range(2000):
        firm = int(draw.integers(3))
        other_s, other_t = s.copy(), t.copy()
        other_s[firm], other_t[firm] = draw.uniform(0, 1) * (firm < 2), t[firm] * np.exp(draw.normal())
        earned, price = profits(PLAIN, (1, 1, reach), other_s, other_t)
        assert earned[firm] <= here[firm] + 1e-9 or price.min() <= 0


def test_with_everybody_inside_it_is_the_market_of_three_firms() -> None:
    whole = solve(trio()).equilibria[0]
    assert joined(0).sharing_inside == pytest.approx(whole.sharing, rel=1e-9)
    assert joined(0).profit_inside == pytest.approx(whole.profit, rel=1e-12)


def test_an_outsider_that_hears_more_gains_less_by_joining() -> None:
    values = [joined(reach).value for reach in (0, 0.5, 1)]
    assert values[0] > values[1] > values[2] > 0
    assert all(joined(reach).sharing_outside[2] == 0 for reach in (0, 0.5, 1))


def test_who_pays_whom_for_joining_follows_from_both_values() -> None:
    def with_six(seed: int) -> Market:
        return trio(replace(duopoly(random_markets(1, seed=seed), 0), a=(6, 6), gc=(0.5, 0.5)))

    assert "without any fee" in joined(0).sentence
    paid = joined(1, with_six(0))
    assert paid.value < 0 < paid.value_to_members and paid.fees == (-paid.value_to_members, paid.value)
    assert "entry fee between -" in paid.sentence
    bought = joined(0, with_six(11))
    assert bought.value > 0 > bought.value_to_members and bought.fees is not None and bought.fees[0] > 0
    refused = joined(0, with_six(2))
    assert refused.fees is None and "no entry fee" in refused.sentence


def test_joining_needs_three_firms_and_an_admissible_market() -> None:
    for market, status in ((PLAIN.market(), Status.NOT_PROVEN), (trio(replace(PLAIN, b2=2)), Status.INADMISSIBLE)):
        found = value_of_joining(market)
        assert isinstance(found, Unsolved) and found.status is status
    with pytest.raises(InvalidInput):
        value_of_joining(trio(), 1.5)
    assert solve(trio()).equilibria[0].kind is Kind.INTERIOR
