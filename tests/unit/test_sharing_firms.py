"""More than two firms, every rival's term a mean over the rivals."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from shieldwall.economics.sharing import Hyperbolic, Leakage, Market, solve, solve_many
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.status import Status


def market(firms: int) -> Market:
    return Market(6, 1, 0.8, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.1, leakage=Leakage(1, 0.3, 0.2),
                  cost=Hyperbolic(60, 0.4), firms=firms)  # fmt: skip


def slopes(one: Market) -> np.ndarray:
    """The matrix M of q = X - M p."""
    n, other = one.firms, float(one.b2[0]) / (one.firms - 1)
    return np.asarray((float(one.b1[0]) + other) * np.eye(n) - other)


def earned(one: Market, s: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Profits and prices at choices (n,), from the demand and the first-order conditions of prices alone."""
    n = one.firms

    def of_rivals(x: np.ndarray) -> np.ndarray:
        return np.array([np.delete(x, i).mean() for i in range(n)])

    leak, (gd, de, gc) = (
        one.leakage,
        (float(part) for part in (one.demand_spillover[0], one.rivalry[0], one.cost_spillover[0, 0])),
    )
    g = leak.own * s**2 - leak.rival * of_rivals(s**2) - leak.joint * s * of_rivals(s)
    x = one.a[0] + t - de * of_rivals(t) + gd * of_rivals(t * s) - g
    p = np.linalg.solve(slopes(one) + float(one.b1[0]) * np.eye(n), x)
    y = gc * of_rivals(t * s)
    cost = one.cost.k / 2 * t**2 * (1 - one.cost.max_saving * y / (1 + y))
    return float(one.b1[0]) * p**2 - cost, p


@pytest.mark.parametrize("firms", [3, 6])
def test_no_deviation_on_a_grid_beats_a_nash_equilibrium_of_many_firms(firms: int) -> None:
    found = solve(market(firms)).equilibria[0]
    s, t = np.array(found.sharing), np.array(found.investment)
    here, price = earned(market(firms), s, t)
    assert found.profit == pytest.approx(here)
    assert found.price == pytest.approx(price)
    assert 0 < s[0] < 1
    for own_s in np.linspace(0, 1, 41):
        for own_t in np.linspace(0, 4, 41) * t[0]:
            other_s, other_t = s.copy(), t.copy()
            other_s[0], other_t[0] = own_s, own_t
            profit, prices = earned(market(firms), other_s, other_t)
            assert prices.min() <= 0 or profit[0] <= here[0] * (1 + 1e-12)


def test_two_firms_are_the_duopoly_exactly() -> None:
    plain = Market(6, 1, 0.8, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.1, leakage=Leakage(1, 0.3, 0.2),
                   cost=Hyperbolic(60, 0.4))  # fmt: skip
    for regime in ("nash", "planner", "collusion", "stackelberg", "technology-first", "no-sharing"):
        assert solve(market(2), regime) == solve(plain, regime)


def test_sharing_vanishes_as_firms_multiply_but_not_under_a_planner() -> None:
    numbers = (2, 4, 16, 64, 256)
    shared = [solve(market(firms)).equilibria[0].sharing[0] for firms in numbers]
    assert all(later < 0.7 * earlier for earlier, later in pairwise(shared))
    assert shared[-1] < 0.01 * shared[0] * 2
    planned = [solve(market(firms), "planner").equilibria[0].sharing[0] for firms in numbers]
    assert planned == pytest.approx([planned[0]] * len(numbers))


@pytest.mark.parametrize("regime", ["nash", "joint-profit", "collusion", "planner", "first-best", "no-sharing"])
def test_lists_hold_one_value_for_each_firm_and_accounts_add_up(regime: str) -> None:
    one = market(5)
    found = solve(one, regime).equilibria[0]
    for values in (found.sharing, found.investment, found.price, found.quantity, found.profit):
        assert len(values) == 5
    q, p = np.array(found.quantity), np.array(found.price)
    inverse = np.linalg.inv(slopes(one))
    gross = (q + slopes(one) @ p) @ inverse @ q - q @ inverse @ q / 2
    assert found.consumer_surplus == pytest.approx(gross - p @ q)
    assert found.welfare == pytest.approx(found.consumer_surplus + sum(found.profit))


def test_collusive_prices_of_many_firms_maximise_joint_profit() -> None:
    one = market(4)
    found = solve(one, "collusion").equilibria[0]
    p, x = np.array(found.price), np.array(found.quantity) + slopes(one) @ np.array(found.price)
    best = p @ (x - slopes(one) @ p)
    for step in np.vstack((np.eye(4), np.ones(4))) * 1e-3:
        for moved in (p + step, p - step):
            assert moved @ (x - slopes(one) @ moved) < best


def test_random_markets_of_many_firms_are_solved_and_verified() -> None:
    many = random_markets(60, seed=2)
    five = replace(many, a=many.a[:, [0] * 5], cost_spillover=many.cost_spillover[:, [0] * 5], firms=5)
    solved = solve_many(five)
    assert sum(one.status is Status.SOLVED for one in solved) > 40
    assert all(found.deviation_gain < 1e-9 for one in solved for found in one.equilibria)


def test_what_many_firms_are_not_solved_for_says_so() -> None:
    unequal = Market((6, 6, 7), 1, 0.8, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.1,
                     leakage=Leakage(1, 0.3, 0.2), cost=Hyperbolic(14, 0.4), firms=3)  # fmt: skip
    for solution in (solve(unequal, "planner"), solve(market(3), "stackelberg"), solve(market(3), "technology-first")):
        assert solution.status is Status.NOT_PROVEN
        assert not solution.equilibria
        assert solution.reason
    assert len(solve_many(market(3), "planner")) == 1
