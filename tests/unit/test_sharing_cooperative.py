"""The cooperative regimes: global optima, each with its own prices, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sharing_exact
from sharing_duopoly import Duopoly, duopoly

from shieldwall.economics.sharing import Exponential, Hyperbolic, Leakage, Market, cooperative, solve, solve_many
from shieldwall.economics.sharing.cooperative import (
    challenge,
    gain_alike,
    joint_of,
    objective_of,
    solve_unrestricted,
)
from shieldwall.economics.sharing.objective import PER_FIRM_WEIGHTS, coercivity, maximise
from shieldwall.economics.sharing.result import Equilibrium, Kind
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.sharing.unrestricted import least_cost
from shieldwall.economics.status import Status

REGIMES = ("joint-profit", "collusion", "planner", "first-best")

PLAIN = Duopoly((6, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)


def optimum(game: Duopoly, regime: str) -> Equilibrium:
    solution = solve(game.market(), regime)
    assert solution.status is Status.SOLVED, solution.reason
    (found,) = solution.equilibria
    return found


def worth(game: Duopoly, regime: str, found: Equilibrium) -> float:
    return float(game.objective(regime, found.sharing, found.investment))


@pytest.mark.parametrize("exponential", [False, True])
@pytest.mark.parametrize("regime", REGIMES)
def test_no_point_of_a_brute_force_grid_beats_the_optimum(regime: str, exponential: bool) -> None:
    markets = random_markets(35, seed=4, exponential=exponential)
    solved = 0
    for row, solution in enumerate(solve_many(markets, regime)):
        if solution.status is Status.UNBOUNDED:
            continue
        solved += 1
        game, found = duopoly(markets, row), solution.equilibria[0]
        s, t = np.meshgrid(np.linspace(0, 1, 121), np.linspace(0, 4 * found.investment[0], 300), indexing="ij")
        grid = np.where(game.demand((s, s), (t, t))[0] > 0, game.objective(regime, (s, s), (t, t)), -np.inf)
        best = worth(game, regime, found)
        assert grid.max() <= best * (1 + 1e-12)
        assert grid.max() >= best - 0.05 * abs(best)
    assert solved > 15


def test_first_order_residuals_are_rounding() -> None:
    for exponential in (False, True):
        markets = random_markets(60, seed=11, exponential=exponential)
        for regime in REGIMES:
            objective = objective_of(markets, regime)
            bound = coercivity(objective)
            objective = objective.take(np.flatnonzero(bound.left > bound.right))
            best = maximise(objective)
            inner = (best.sharing > 0) & (best.sharing < 1)
            for slope, size, where in zip(
                objective.gradient(best.sharing, best.investment),
                objective.scale(best.sharing, best.investment),
                (inner, best.investment > 0),
                strict=True,
            ):
                assert np.max(abs(slope[where]) / size[where]) < 1e-12


@pytest.mark.parametrize("regime", REGIMES)
def test_optima_agree_with_forty_digits(regime: str) -> None:
    markets = random_markets(12, seed=21)
    for row, solution in enumerate(solve_many(markets, regime)):
        if solution.status is Status.SOLVED:
            found = solution.equilibria[0]
            s, t = sharing_exact.cooperative(duopoly(markets, row), regime, found.sharing[0], found.investment[0])
            assert found.sharing[0] == pytest.approx(float(s), rel=1e-9)
            assert found.investment[0] == pytest.approx(float(t), rel=1e-9)


@pytest.mark.parametrize("regime", REGIMES)
def test_a_cost_at_the_bound_is_unbounded_and_the_nearest_admissible_one_is_solved(regime: str) -> None:
    game = PLAIN
    weight = PER_FIRM_WEIGHTS[regime](game.b1, game.b2)
    least = 2 * weight * (1 - game.de + game.gd) ** 2 / (1 - game.ph)
    market = game.market()
    refused = solve(
        Market(6, 1, 0.6, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.2, leakage=market.leakage,
               cost=Hyperbolic(0.9 * least, 0.4)), regime
    )  # fmt: skip
    assert refused.status is Status.UNBOUNDED
    assert not refused.equilibria
    violation = refused.extra["violation"]
    assert isinstance(violation, dict)
    assert violation["left"] == 0.9 * least
    assert violation["right"] == pytest.approx(least)
    assert "cost.k >" in refused.reason
    runaway = Duopoly((6, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 0.9 * least, 0.4)
    far = [float(runaway.objective(regime, (1, 1), (t, t))) for t in (1e2, 1e3, 1e4)]
    assert far[0] < far[1] < far[2]
    accepted = solve(
        Market(6, 1, 0.6, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.2, leakage=market.leakage,
               cost=Hyperbolic(1.01 * least, 0.4)), regime
    )  # fmt: skip
    assert accepted.status is Status.SOLVED


def test_negative_spillover_is_unbounded_by_the_bound_at_no_sharing_not_at_full_sharing() -> None:
    weight, k, saving = 1 / 1.4**2, 1.0, 0.4
    assert k * (1 - saving) / 2 > weight * (1 - 0.2 - 0.5) ** 2
    assert k * (1 - saving) / 2 < weight * (1 - 0.2) ** 2
    game = Duopoly((6, 6), 1, 0.6, -0.5, (0.5, 0.5), 0.2, 2, 0.5, 0.3, k, saving)
    assert solve(game.market(), "joint-profit").status is Status.UNBOUNDED
    far = [float(game.objective("joint-profit", (t**-0.5,) * 2, (t, t))) for t in (1e4, 1e6, 1e8)]
    assert far[0] < far[1] < far[2]


@pytest.mark.parametrize("regime", REGIMES)
def test_accounts_follow_the_prices_of_the_regime(regime: str) -> None:
    found = optimum(PLAIN, regime)
    s, t = found.sharing, found.investment
    price = PLAIN.regime_prices(regime, s, t)
    quantity = PLAIN.quantities(s, t, price)
    assert found.price == pytest.approx(price)
    assert found.quantity == pytest.approx(quantity)
    assert found.profit == pytest.approx([price[i] * quantity[i] - PLAIN.cost(i, s, t) for i in (0, 1)])
    assert found.welfare == pytest.approx(PLAIN.welfare(s, t, price))
    assert found.consumer_surplus == pytest.approx(found.welfare - sum(found.profit))


def test_collusive_prices_maximise_joint_profit_and_bertrand_prices_do_not() -> None:
    found = optimum(PLAIN, "collusion")
    s, t = found.sharing, found.investment

    def joint(p: tuple[float, float]) -> float:
        q = PLAIN.quantities(s, t, p)
        return float(p[0] * q[0] + p[1] * q[1])

    best = joint(found.price[:2])  # type: ignore[arg-type]
    for step in (-1e-3, 1e-3):
        assert joint((found.price[0] + step, found.price[1])) < best
        assert joint((found.price[0] + step, found.price[1] + step)) < best
    assert joint(PLAIN.prices(s, t)) < best


def test_first_best_sells_at_marginal_cost_and_no_other_price_gives_more_welfare() -> None:
    found = optimum(PLAIN, "first-best")
    assert found.price == (0.0, 0.0)
    for price in (-0.01, 0.01):
        assert PLAIN.welfare(found.sharing, found.investment, (price, price)) < found.welfare


def test_a_planner_may_share_less_than_a_joint_profit_maker_with_exponential_savings() -> None:
    game = Duopoly((3, 3), 2.4, 1.4, 0.01, (0.8, 0.8), 0, 0.4, 0.1, 0.05, 5, 0.75, 3)
    found = {regime: optimum(game, regime) for regime in ("joint-profit", "planner", "first-best")}
    shared = [round(one.sharing[0], 3) for one in found.values()]
    assert shared == [0.836, 0.386, 0.324]
    assert [one.investment[0] for one in found.values()] == pytest.approx([1.61, 8.37, 12.3], rel=5e-3)


def test_collusion_that_also_chooses_sharing_can_raise_welfare() -> None:
    game = Duopoly((10, 10), 1, 0.8, 0.5, (0.5, 0.5), 0, 1, 0.3, 0.2, 16, 0.5)
    nash = solve(game.market()).equilibria[0].welfare
    rest = [optimum(game, regime).welfare for regime in ("joint-profit", "collusion")]
    assert [nash, *rest] == pytest.approx([550.7, 811.4, 1489.2], abs=0.05)


def test_equal_firms_may_do_better_by_choosing_differently_and_it_is_told() -> None:
    markets = random_markets(120, seed=5)
    better, alike, endless, close = 0, 0, 0, 0
    for row, solution in enumerate(solve_many(markets, "planner")):
        if solution.status is not Status.SOLVED:
            continue
        found, game = solution.equilibria[0], duopoly(markets, row)
        flag, gain = found.extra["symmetric_optimum_is_global"], found.extra["asymmetric_gain"]
        apart = solve_unrestricted(markets.take(slice(row, row + 1)), "planner")[0]
        if flag:
            alike += 1
            assert gain == 0
            assert worth(game, "planner", apart.equilibria[0]) <= worth(game, "planner", found) * (1 + 1e-10)
        elif gain is None:
            endless += 1
            assert apart.status is Status.UNBOUNDED
        else:
            better += 1
            other = apart.equilibria[0]
            more = worth(game, "planner", other) - worth(game, "planner", found)
            assert isinstance(gain, float)
            assert 0 < gain <= more * (1 + 1e-6)
            close += gain >= 0.999 * more
            assert min(*other.price, *other.quantity) > 0
    assert min(better, alike, endless) >= 1
    assert close > better / 2


def test_more_than_two_firms_are_not_searched_for_different_choices() -> None:
    markets = random_markets(1, seed=5)
    three = replace(markets, a=np.repeat(markets.a[:, :1], 3, 1), firms=3,
                    cost_spillover=np.repeat(markets.cost_spillover[:, :1], 3, 1))  # fmt: skip
    extra = solve(three, "joint-profit").equilibria[0].extra
    assert extra["symmetric_optimum_is_global"] is None
    assert extra["asymmetric_gain"] is None


def test_a_search_that_stops_short_is_found_out_by_choices_it_did_not_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    market = PLAIN.market()
    objective = objective_of(market, "planner")
    best = maximise(objective)
    assert gain_alike(objective, best)[0] <= 1e-14 * best.value[0]
    t = best.investment * 0.9
    worse = replace(best, investment=t, value=objective.value(best.sharing, t))
    assert gain_alike(objective, worse)[0] > 0.5 * (best.value[0] - worse.value[0])
    monkeypatch.setattr(cooperative, "maximise", lambda objective: worse)
    refused = solve(market, "planner")
    assert refused.status is Status.NOT_PROVEN
    assert not refused.equilibria


def test_a_point_of_unequal_firms_that_is_no_optimum_is_beaten_by_the_challenge() -> None:
    game = Duopoly((8, 6), 1, 0.6, 0.6, (0.2, 0.8), 0.2, 0.9, 0.3, 0.2, 30, 0.4)
    found, joint = optimum(game, "planner"), joint_of(game.market(), "planner")
    z = np.array([[*found.sharing, *found.investment]])
    assert challenge(joint, z, seed=99)[1] == pytest.approx(joint.value(z), rel=1e-12)
    moved = z * np.array([1, 1, 0.8, 1])
    assert challenge(joint, moved, seed=99)[1] > joint.value(moved) * (1 + 1e-4)


@pytest.mark.parametrize("gd", [-0.4, 0.1, 0.6])
@pytest.mark.parametrize("regime", REGIMES)
def test_the_bound_for_firms_that_differ_is_exact(regime: str, gd: float) -> None:
    game = Duopoly((8, 6), 1, 0.6, gd, (0.5, 0.0), 0.9, 2, 0.5, 0.3, 1, 0.7)
    least = float(least_cost(joint_of(game.market(), regime))[0])

    def growth(k: float) -> float:
        """The most that any direction adds to the objective, far out, where all prices and quantities are positive."""
        part = replace(game, k=k)
        angle = np.linspace(1e-3, np.pi / 2 - 1e-3, 2001)
        most = -np.inf
        for share in (1.0, 1e-4):
            t = 1e8 * np.cos(angle), 1e8 * np.sin(angle)
            s = (share + 0 * t[0],) * 2
            price = part.regime_prices(regime, s, t)
            fine = (np.minimum(*part.quantities(s, t, price)) > 0) & (np.minimum(*price) >= 0)
            most = max(most, np.where(fine, part.objective(regime, s, t), -np.inf).max())
        return float(most)

    assert growth(0.97 * least) > 0 > growth(1.03 * least)
    refused = solve(replace(game, k=0.97 * least).market(), regime)
    assert refused.status is Status.UNBOUNDED
    assert refused.extra["violation"]["right"] == pytest.approx(least)  # type: ignore[index]
    assert solve(replace(game, k=1.03 * least).market(), regime).status is Status.SOLVED


@pytest.mark.parametrize("regime", REGIMES)
def test_unequal_firms_are_at_a_maximum_no_random_choice_beats(regime: str) -> None:
    draw = np.random.default_rng(8)
    for gap in (0.5, 2.0):
        game = Duopoly((6 + gap, 6), 1, 0.6, 0.6, (0.2, 0.8), 0.2, 0.9, 0.3, 0.2, 30, 0.4)
        found = optimum(game, regime)
        assert found.investment[0] != found.investment[1]
        s = draw.uniform(0, 1, (2, 20000))
        t = draw.uniform(0, 2, (2, 20000)) * np.array(found.investment)[:, None]
        price = game.regime_prices(regime, s, t)
        sold = game.quantities(s, t, price)
        fine = (np.minimum(*sold) > 0) & (np.minimum(*price) >= 0)
        assert game.objective(regime, s, t)[fine].max() < worth(game, regime, found)
        z = sharing_exact.unequal(game, regime, found.sharing, found.investment)
        assert (*found.sharing, *found.investment) == pytest.approx([float(x) for x in z], rel=1e-9)


def test_unequal_firms_tend_to_the_equal_optimum_as_they_become_alike() -> None:
    nearly = Duopoly((6 + 1e-9, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)
    for regime in REGIMES:
        alike, close = optimum(PLAIN, regime), optimum(nearly, regime)
        assert close.sharing == pytest.approx(alike.sharing, rel=1e-6)
        assert close.investment == pytest.approx(alike.investment, rel=1e-6)


def test_the_price_slopes_of_the_weights_are_those_of_the_accounts() -> None:
    joint = joint_of(PLAIN.market(), "planner")
    z = np.array([[0.3, 0.6, 0.5, 0.9]])
    expected = PLAIN.objective("planner", (0.3, 0.6), (0.5, 0.9))
    assert joint.value(z)[0] == pytest.approx(expected)


def test_harmful_spillover_is_shared_only_where_savings_outweigh_it() -> None:
    for gd, shares in ((-0.5, False), (-0.001, True)):
        game = Duopoly((6, 6), 1, 0.6, gd, (1, 1), 0.2, 0.2, 0.05, 0.05, 14, 0.8)
        found = optimum(game, "joint-profit")
        assert (found.sharing[0] > 0) is shares
        assert (found.kind is Kind.NO_SHARING) is not shares


@pytest.mark.parametrize("firms", [2, 3, 10])
def test_more_firms_repeat_the_choice_per_firm(firms: int) -> None:
    market = Market(6, 1, 0.6, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.2,
                    leakage=Leakage(2, 0.5, 0.3), cost=Hyperbolic(14, 0.4), firms=firms)  # fmt: skip
    for regime in REGIMES:
        found, pair = solve(market, regime).equilibria[0], optimum(PLAIN, regime)
        assert found.sharing == pytest.approx([pair.sharing[0]] * firms)
        assert found.investment == pytest.approx([pair.investment[0]] * firms)
        assert found.welfare == pytest.approx(pair.welfare * firms / 2)


def test_without_any_use_of_sharing_nothing_is_shared() -> None:
    market = Market(6, 1, 0.6, demand_spillover=0, cost_spillover=0, rivalry=0.2,
                    leakage=Leakage(2, 0.5, 0.3), cost=Exponential(14, 0, 1))  # fmt: skip
    found = solve(market, "planner").equilibria[0]
    assert found.sharing == (0.0, 0.0)
    weight = PER_FIRM_WEIGHTS["planner"](1, 0.6)
    assert found.investment[0] == pytest.approx(2 * weight * 0.8 * 6 / (14 - 2 * weight * 0.64))
