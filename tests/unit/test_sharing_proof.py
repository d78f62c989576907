"""What the solver calls an equilibrium is proved to be one, rounding included; what is none is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shieldwall.economics.sharing import Exponential, Hyperbolic, Leakage, Market, Volume, solve, solve_many
from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.proof import prove
from shieldwall.economics.status import Status

COOPERATIVE = ("joint-profit", "collusion", "planner", "first-best")

THREE = Market(
    2, 1, 0.4, demand_spillover=0.8, cost_spillover=0.9, rivalry=0.3, leakage=Leakage(0.5, 0.1, 0.1),
    cost=Hyperbolic(1.9, 0.4),
)  # fmt: skip
"""Three symmetric equilibria: interior, unstable interior, full sharing."""

CALM = Market(
    3, 2.4, 1.4, demand_spillover=0.01, cost_spillover=0.8, rivalry=0, leakage=Leakage(0.4, 0.1, 0.05),
    cost=Exponential(5, 0.75, 3),
)  # fmt: skip


def random_markets(count: int, seed: int) -> Market:
    """Markets steep enough in cost for every regime to have an optimum."""
    draw = np.random.default_rng(seed)
    rival, joint = draw.uniform(0.05, 0.5, count), draw.uniform(0, 0.3, count)
    b1 = draw.uniform(0.8, 3, count)
    return Market(
        draw.uniform(1, 10, count), b1, b1 * draw.uniform(0, 0.6, count),
        demand_spillover=draw.uniform(0, 1, count), cost_spillover=draw.uniform(0, 1, count),
        rivalry=draw.uniform(0, 0.9, count), cost=Hyperbolic(draw.uniform(25, 60, count), draw.uniform(0, 0.8, count)),
        leakage=Leakage(rival + joint + draw.uniform(0.05, 2, count), rival, joint),
    )  # fmt: skip


def test_all_three_equilibria_of_one_market_are_proved_for_both_firms() -> None:
    found = solve(THREE).equilibria
    assert len(found) == 3
    for equilibrium in found:
        proofs = prove(THREE, "nash", equilibrium)
        assert [proof.proved for proof in proofs] == [True, True]
        assert all(proof.gain <= 1e-9 for proof in proofs)


@pytest.mark.parametrize("regime", ["nash", *COOPERATIVE])
def test_solutions_of_random_markets_are_proved(regime: str) -> None:
    markets = random_markets(12, seed=5)
    for market, solution in zip(markets, solve_many(markets, regime), strict=True):
        assert solution.status is Status.SOLVED
        for equilibrium in solution.equilibria:
            assert all(proof.proved for proof in prove(market, regime, equilibrium)), market


@pytest.mark.parametrize("regime", ["nash", *COOPERATIVE])
def test_a_point_beside_the_solution_is_not_proved(regime: str) -> None:
    (solution,) = solve(CALM, regime).equilibria
    beside = replace(solution, investment=tuple(1.001 * value for value in solution.investment))
    assert all(proof.proved for proof in prove(CALM, regime, solution))
    assert all(proof.better is not None for proof in prove(CALM, regime, beside))


def test_unequal_firms_are_proved_each_with_its_own_payoff() -> None:
    market = Market(
        (6, 4), 1, 0.5, demand_spillover=0.5, cost_spillover=(0.2, 0.7), rivalry=0.1, leakage=Leakage(1, 0.3, 0.2),
        cost=Hyperbolic(10, 0.5),
    )  # fmt: skip
    (equilibrium,) = solve(market).equilibria
    assert [proof.proved for proof in prove(market, "nash", equilibrium)] == [True, True]
    swapped = replace(equilibrium, investment=equilibrium.investment[::-1], sharing=equilibrium.sharing[::-1])
    assert not all(proof.proved for proof in prove(market, "nash", swapped))


@pytest.mark.parametrize("regime", ["nash", *COOPERATIVE])
def test_many_firms_that_are_alike_are_proved_and_a_point_beside_is_not(regime: str) -> None:
    for firms in (3, 7):
        pair = random_markets(1, seed=firms)
        market = Market(
            pair.a[:, 0], pair.b1, pair.b2, demand_spillover=pair.demand_spillover, cost_spillover=0.5,
            rivalry=pair.rivalry, leakage=pair.leakage, cost=pair.cost, firms=firms,
        )  # fmt: skip
        (solution,) = solve(market, regime).equilibria
        beside = replace(solution, investment=tuple(1.01 * value for value in solution.investment))
        (proof,) = prove(market, regime, solution)
        (refuted,) = prove(market, regime, beside)
        assert proof.proved
        assert refuted.better is not None


def test_of_one_decision_maker_the_slack_is_what_all_firms_gain_together() -> None:
    (best,) = solve(CALM, "planner").equilibria
    off = replace(best, investment=tuple(1.001 * value for value in best.investment))
    lost = best.welfare - accounts(CALM, np.array([off.sharing]), np.array([off.investment])).welfare[0]
    assert [proof.proved for proof in prove(CALM, "planner", off, slack=1.1 * lost)] == [True]
    assert [proof.proved for proof in prove(CALM, "planner", off, slack=0.9 * lost)] == [False]


def test_where_the_method_does_not_apply_nothing_is_claimed() -> None:
    (equilibrium,) = solve(CALM).equilibria
    volume = Market(
        3, 2.4, 1.4, demand_spillover=0.01, cost_spillover=0, rivalry=0, leakage=Leakage(0.4, 0.1, 0.05),
        cost=Exponential(5, 0.75, 3), volume=Volume(0.1, 0, (0, 1, 0)),
    )  # fmt: skip
    assert prove(volume, "nash", equilibrium) == ()
    assert prove(CALM, "stackelberg", equilibrium) == ()


def test_an_investment_that_pays_without_limit_is_not_proved() -> None:
    (equilibrium,) = solve(CALM).equilibria
    flat = replace(CALM, cost=Exponential(0.01, 0.75, 3))
    assert not any(proof.proved for proof in prove(flat, "nash", equilibrium))
