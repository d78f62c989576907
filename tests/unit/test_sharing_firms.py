"""More than two firms, every rival's term a mean over the rivals."""

from __future__ import annotations

import dataclasses
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

    leak, (gd, de) = one.leakage, (float(part[0]) for part in (one.demand_spillover, one.rivalry))
    gc = one.cost_spillover[0]
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
    five = dataclasses.replace(many, a=many.a[:, [0] * 5], cost_spillover=many.cost_spillover[:, [0] * 5], firms=5)
    solved = solve_many(five)
    assert sum(one.status is Status.SOLVED for one in solved) > 40
    assert all(found.deviation_gain < 1e-9 for one in solved for found in one.equilibria)


def test_what_many_firms_are_not_solved_for_says_so() -> None:
    unequal = Market((6, 6, 7), 1, 0.8, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.1,
                     leakage=Leakage(1, 0.3, 0.2), cost=Hyperbolic(14, 0.4), firms=3)  # fmt: skip
    for solution in (solve(unequal, "planner"), solve(market(3), "stackelberg")):
        assert solution.status is Status.NOT_PROVEN
        assert not solution.equilibria
        assert solution.reason
    assert len(solve_many(market(3), "planner")) == 1


def unlike(*sizes: float, k: float = 4) -> Market:
    firms = len(sizes)
    return Market(sizes, 1, 0.8, demand_spillover=0.6, cost_spillover=tuple(np.linspace(0.2, 0.9, firms)), rivalry=0.1,
                  leakage=Leakage(1, 0.3, 0.2), cost=Hyperbolic(k, 0.4), firms=firms)  # fmt: skip


@pytest.mark.parametrize("sizes", [(5.0, 6.0, 8.0), (6.0, 6.0, 6.5, 4.0)])
def test_no_firm_of_several_that_differ_gains_on_a_grid(sizes: tuple[float, ...]) -> None:
    one = unlike(*sizes)
    (found,) = solve(one).equilibria
    assert found.stable
    assert found.second_order
    s, t = np.array(found.sharing), np.array(found.investment)
    here, price = earned(one, s, t)
    assert found.profit == pytest.approx(here, rel=1e-12)
    assert found.price == pytest.approx(price, rel=1e-12)
    for firm in range(len(sizes)):
        for own_s in np.append(np.linspace(0, 1, 21), s[firm] + np.array([-1e-3, 1e-3])):
            for own_t in np.append(np.linspace(0, 4, 31), [0.999, 1.001]) * t[firm]:
                other_s, other_t = s.copy(), t.copy()
                other_s[firm], other_t[firm] = own_s, own_t
                profit, prices = earned(one, other_s, other_t)
                assert prices.min() <= 0 or profit[firm] <= here[firm] * (1 + 1e-12)


def test_firms_that_hardly_differ_choose_what_equal_ones_do() -> None:
    sizes = (6.0, 6.0, 6.0 + 1e-8)
    nearly = dataclasses.replace(unlike(*sizes), cost_spillover=np.full((1, 3), 0.5))
    equal = dataclasses.replace(nearly, a=np.full((1, 3), 6.0))
    (one,), (other,) = solve(nearly).equilibria, solve(equal).equilibria
    assert one.investment == pytest.approx(other.investment, rel=1e-6)
    assert one.sharing == pytest.approx(other.sharing, rel=1e-6)


def test_both_stable_equilibria_of_several_firms_are_reached_and_no_uniqueness_is_claimed() -> None:
    low_and_high = Market((2, 2.01, 2.02), 1, 0.6, demand_spillover=0.8, cost_spillover=0.9, rivalry=0.3,
                          leakage=Leakage(0.5, 0.1, 0.1), cost=Hyperbolic(2.2, 0.4), firms=3)  # fmt: skip
    solution = solve(low_and_high)
    assert [one.kind.value for one in solution.equilibria] == ["interior", "full_sharing"]
    assert all(one.stable for one in solution.equilibria)
    assert not solution.complete
    crowd = solve(unlike(*np.linspace(5, 7, 51)))
    assert crowd.status is Status.NOT_PROVEN
    assert "more than 50 firms" in crowd.reason


def answered(one: Market, t: np.ndarray) -> np.ndarray:
    """Every firm's sharing that maximises its own price, a parabola, again and again until it rests."""
    s = np.zeros(one.firms)

    def price(firm: int, value: float) -> float:
        return float(earned(one, np.where(np.arange(one.firms) == firm, value, s), t)[1][firm])

    for _ in range(40):
        low, middle, high = (np.array([price(firm, x) for firm in range(one.firms)]) for x in (0.0, 0.5, 1.0))
        new = np.clip(0.5 - (high - low) / (4 * (high - 2 * middle + low)), 0, 1)
        if np.abs(new - s).max() < 1e-13:
            break
        s = new
    return s


@pytest.mark.parametrize("firms", [3, 5])
def test_no_investment_of_many_firms_beats_a_technology_first_equilibrium(firms: int) -> None:
    one = dataclasses.replace(market(firms), cost=Hyperbolic(np.array([6.0]), np.array([0.4])))
    (found,) = solve(one, "technology-first").equilibria
    at_once = solve(one).equilibria[0]
    assert found.investment[0] > at_once.investment[0]
    assert found.sharing[0] > at_once.sharing[0]
    t = np.array(found.investment)
    assert found.sharing == pytest.approx(answered(one, t), abs=1e-9)
    for factor in (0, 0.5, 0.9, 0.99, 0.999, 1.001, 1.01, 1.1, 2, 4):
        moved = t.copy()
        moved[0] *= factor
        assert earned(one, answered(one, moved), moved)[0][0] < found.profit[0]
