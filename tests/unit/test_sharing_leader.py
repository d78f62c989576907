"""Sequential entry: a leader's global optimum against a follower that answers best."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import sharing_exact
from sharing_duopoly import Duopoly, duopoly

from shieldwall.economics.sharing import solve, solve_many
from shieldwall.economics.sharing.leader import follower, leader_payoff
from shieldwall.economics.sharing.result import Kind
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.sharing.stackelberg import follower_limit, leader_limit
from shieldwall.economics.status import Status

PLAIN = Duopoly((6, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)


def answer_on_a_grid(game: Duopoly, s: float, t: float, most: float) -> tuple[float, float, float]:
    """The follower's best (s, t) and profit among 400 x 400 choices, by nothing but its profit."""
    shares, spent = np.meshgrid(np.linspace(0, 1, 400), np.linspace(0, most, 400), indexing="ij")
    fine = np.minimum(*game.prices((s, shares), (t, spent))) > 0
    worth = np.where(fine, game.profit(1, (s, shares), (t, spent)), -np.inf)
    place = np.unravel_index(worth.argmax(), worth.shape)
    return float(shares[place]), float(spent[place]), float(worth[place])


def led(game: Duopoly, s: float, t: float, most: float) -> float:
    """What the leader earns if the follower answers the best of a grid."""
    theirs_s, theirs, _ = answer_on_a_grid(game, s, t, most)
    both = (s, theirs_s), (t, theirs)
    return float(game.profit(0, *both)) if min(game.prices(*both)) > 0 else -np.inf


def test_no_choice_of_the_leader_beats_the_solution() -> None:
    markets = random_markets(24, seed=2)
    draw, tested = np.random.default_rng(0), 0
    for row, solution in enumerate(solve_many(markets, "stackelberg")):
        for found in solution.equilibria:
            game, most = duopoly(markets, row), 6 * max(found.investment)
            scale = found.price[0] * found.quantity[0]
            assert led(game, found.sharing[0], found.investment[0], most) == pytest.approx(
                found.profit[0], abs=0.05 * scale
            )
            for _ in range(15):
                s, t = draw.uniform(0, 1), found.investment[0] * np.exp(draw.normal(0, 1))
                # The grid answers almost best, which may leave the leader a little more.
                assert led(game, s, t, most) <= found.profit[0] + 0.02 * scale
                tested += 1
    assert tested > 200


CRAMPED = Duopoly(
    (1.9045987233356187,) * 2, 1.591539899821969, 0.4808616182410848, 0.2819895030677395, (0.4074738132138454,) * 2,
    0.7357294902372913, 1.1667803651748427, 0.23204952933298897, 0.1593271768299138, 0.6245347285438894,
    0.8101907870929574,
)  # fmt: skip


def test_a_follower_whose_growth_would_end_the_leaders_price_leaves_the_leader_an_optimum() -> None:
    assert follower_limit(CRAMPED.market())[0] > CRAMPED.k
    assert min(CRAMPED.prices((1, 1), (50, 1e4))) < 0
    (found,) = solve(CRAMPED.market(), "stackelberg").equilibria
    assert found.profit[0] > solve(CRAMPED.market()).equilibria[0].profit[0]
    most = 12 * max(found.investment)
    answer = answer_on_a_grid(CRAMPED, found.sharing[0], found.investment[0], most)
    assert answer[2] <= found.profit[1] * (1 + 1e-12)
    for s in np.linspace(0, 1, 5):
        for t in found.investment[0] * np.geomspace(0.05, 20, 12):
            assert led(CRAMPED, s, t, most) <= found.profit[0] * (1 + 5e-3)


@pytest.mark.parametrize("gd", [0.6, -0.3])
def test_who_leads_and_who_follows_are_classified_by_what_they_share(gd: float) -> None:
    game = Duopoly((6, 6), 1, 0.6, gd, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)
    (found,) = solve(game.market(), "stackelberg").equilibria
    assert found.investment[0] != found.investment[1]
    assert found.kind is (Kind.INTERIOR if gd > 0 else Kind.NO_SHARING)


def test_the_followers_answer_is_its_best_choice_on_a_grid() -> None:
    markets = random_markets(15, seed=6)
    for row, solution in enumerate(solve_many(markets, "stackelberg")):
        for found in solution.equilibria:
            game = duopoly(markets, row)
            s, t = found.sharing[0], found.investment[0]
            seen = answer_on_a_grid(game, s, t, 4 * found.investment[1])
            assert found.profit[1] == pytest.approx(float(game.profit(1, found.sharing, found.investment)))
            scale = found.price[1] * found.quantity[1]
            assert seen[2] <= found.profit[1] + 1e-12 * scale
            assert seen[2] >= found.profit[1] - 1e-2 * scale


@pytest.mark.parametrize("gd", [-0.6, -0.1])
def test_a_follower_whose_sharing_would_harm_the_leader_answers_best(gd: float) -> None:
    game = Duopoly((6, 6), 1, 0.8, gd, (0.5, 0.5), 0.6, 0.9, 0.3, 0.5, 3, 0.4)
    for s in (0.0, 0.4, 1.0):
        for t in (0.1, 1.0):
            best = follower(game.market(), np.array([s]), np.array([t]))
            seen = answer_on_a_grid(game, s, t, 6.0)
            assert bool(best.proven[0])
            here = game.profit(1, (s, best.sharing[0]), (t, best.investment[0]))
            assert float(here) == pytest.approx(float(best.payoff[0]))
            assert seen[2] <= best.payoff[0] * (1 + 1e-12)
            assert best.payoff[0] <= seen[2] * (1 + 1e-3)


def test_solutions_agree_with_forty_digits() -> None:
    markets = random_markets(7, seed=12)
    tested = 0
    for row, solution in enumerate(solve_many(markets, "stackelberg")):
        for found in solution.equilibria:
            z = [float(x) for x in sharing_exact.stackelberg(duopoly(markets, row), found.sharing, found.investment)]
            assert (*found.sharing, *found.investment) == pytest.approx(z, rel=1e-9)
            tested += 1
    assert tested >= 4


def test_the_leader_never_earns_less_than_in_the_simultaneous_regime() -> None:
    markets = random_markets(40, seed=14)
    for led, at_once in zip(solve_many(markets, "stackelberg"), solve_many(markets), strict=True):
        if led.equilibria and at_once.equilibria:
            most = max(one.profit[0] for one in at_once.equilibria)
            assert led.equilibria[0].profit[0] >= most * (1 - 1e-12)


def test_the_follower_earns_more_than_the_leader_and_both_more_than_at_once() -> None:
    led, at_once = solve(PLAIN.market(), "stackelberg").equilibria[0], solve(PLAIN.market()).equilibria[0]
    assert led.assumption_1
    assert led.profit[1] > led.profit[0] > at_once.profit[0]
    assert min(led.sharing) > at_once.sharing[0]
    assert min(led.investment) > at_once.investment[0]


def test_the_leader_may_stop_where_the_follower_just_reaches_full_sharing() -> None:
    game = Duopoly((0.67, 0.67), 1.117, 0.433, 0.9556, (0.88, 0.88), 0.0093, 0.282, 0.0613, 0.0511, 2.035, 0.1195)
    found = solve(game.market(), "stackelberg").equilibria[0]
    assert found.sharing == (1.0, 1.0)
    e = 4 * game.b1 * game.al1 - 2 * game.b2 * game.al2
    free = (2 * game.b1 + game.b2) * game.al3 * found.sharing[0] + game.b2 * game.gd * found.investment[1]
    assert free / e == pytest.approx(1, abs=1e-12)
    market, one = game.market(), np.array([1.0])
    for factor in (1 - 1e-5, 1 + 1e-5):
        beside = leader_payoff(market, one, factor * found.investment[0] * one)[0]
        # A kink: the payoff falls on both sides in proportion to the distance, not to its square.
        assert found.profit[0] - beside > 1e-7 * abs(beside)


def test_unequal_firms_depend_on_who_leads() -> None:
    large_first = Duopoly((7, 5), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)
    small_first = Duopoly((5, 7), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)
    led, follows = (solve(game.market(), "stackelberg").equilibria[0] for game in (large_first, small_first))
    assert led.profit[0] > follows.profit[0]
    assert led.profit[0] != pytest.approx(follows.profit[1], rel=1e-9)


def test_a_leader_without_bound_is_refused_with_the_cost_it_needs() -> None:
    def game(k: float) -> Duopoly:
        return Duopoly((6, 6), 1, 0.6, 0.9, (0.5, 0.5), 0.1, 0.5, 0.2, 0.1, k, 0.4)

    limit = float(leader_limit(game(1.0).market())[0])
    assert limit > follower_limit(game(1.0).market())[0]
    refused = solve(game(0.98 * limit).market(), "stackelberg")
    assert refused.status is Status.UNBOUNDED
    assert not refused.equilibria
    violation = refused.extra["violation"]
    assert isinstance(violation, dict)
    assert violation["left"] == 0.98 * limit
    assert violation["nearest"] == pytest.approx(limit)
    market = game(0.98 * limit).market()
    far = [float(leader_payoff(market, np.array([1.0]), np.array([t]))[0]) for t in (1e3, 1e4, 1e5)]
    assert far[0] < far[1] < far[2]
    assert solve(game(1.05 * limit).market(), "stackelberg").status is Status.SOLVED


def test_a_follower_whose_payoff_grows_without_limit_is_named_as_the_reason() -> None:
    cheap = Duopoly((6, 6), 1, 0.6, 0.9, (0.5, 0.5), 0.1, 0.5, 0.2, 0.1, 0.5, 0.4)
    refused = solve(cheap.market(), "stackelberg")
    assert refused.status is Status.UNBOUNDED
    limit = float(follower_limit(cheap.market())[0])
    assert refused.reason.startswith(f"cost.k > 2 b1 (d p / d t)^2 / (1 - max_saving) fails: 0.5 against {limit:g}")
    assert "the follower's payoff grows without limit" in refused.reason
    choices = [((1.0, 1.0), (1e3, t)) for t in (1e3, 1e4, 1e5, 1e6)]
    assert all(min(cheap.prices(*choice)) > 0 for choice in choices)
    worth = [cheap.profit(1, *choice) for choice in choices]
    assert all(more > 20 * less > 0 for less, more in pairwise(worth))
