"""Costs of each unit sold: all symmetric equilibria, globally verified against an oracle written from the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sharing_volume import Firms, exact_volume, firms_of, random_volume

from shieldwall.economics.sharing import Hyperbolic, Leakage, Market, Volume, solve, solve_many
from shieldwall.economics.sharing.result import Kind
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.sharing.volume import VolumeGame, symmetric_investments
from shieldwall.economics.status import Status


def best_on_a_grid(firms: Firms, s: float, t: float, most: float) -> float:
    """The most that firm 1 earns against (s, t) among 301 x 401 admissible choices."""
    shares, spent = np.meshgrid(np.linspace(0, 1, 301), np.linspace(0, most, 401), indexing="ij")
    both = (shares, s), (spent, t)
    p = firms.prices(*both)
    units = [firms.unit(i, *both) for i in (0, 1)]
    fine = (p[0] > units[0]) & (p[1] > units[1]) & (units[0] >= 0) & (units[1] >= 0)
    return float(np.where(fine, firms.profit(0, *both), -np.inf).max())


def example(gh: float) -> Market:
    return Market(9.79, 1.59, 0.43, demand_spillover=1, cost_spillover=0, rivalry=0.15, leakage=Leakage(0.1, 0.095, 0),
                  cost=Hyperbolic(2.29, 0), volume=Volume(0.95, gh, (0, 0.27, 0.045)))  # fmt: skip


def test_a_larger_spillover_can_raise_sharing_and_investment() -> None:
    small, large = (solve(example(gh)).equilibria[0] for gh in (0.0, 0.049))
    assert (small.sharing[0], small.investment[0]) == pytest.approx((0.9112, 1.1747), abs=5e-5)
    assert (large.sharing[0], large.investment[0]) == pytest.approx((0.9266, 1.2295), abs=5e-5)


@pytest.mark.parametrize("regime", ["nash", "no-sharing"])
def test_no_choice_on_a_grid_beats_an_equilibrium(regime: str) -> None:
    markets = random_volume(40, seed=5)
    tested = 0
    for row, solution in enumerate(solve_many(markets, regime)):
        firms = firms_of(markets, row)
        for found in solution.equilibria:
            s, t = found.sharing[0], found.investment[0]
            best = firms.profit(0, found.sharing, found.investment)
            assert best == pytest.approx(found.profit[0], rel=1e-9)
            if regime == "nash":
                seen = best_on_a_grid(firms, s, t, 5 * t + 0.1)
                assert seen <= best + 1e-9 * found.price[0] * found.quantity[0]
            else:
                assert found.sharing == (0.0, 0.0)
            tested += 1
    assert tested >= 30


def test_every_root_of_the_symmetric_condition_is_a_candidate() -> None:
    markets = random_volume(60, seed=8)
    row, t = symmetric_investments(VolumeGame(markets))
    for place in range(len(markets)):
        game = VolumeGame(markets).take(np.zeros(2000, dtype=np.intp) + place)
        grid = np.geomspace(1e-3, 1e2, 2000)
        s = game.alike(grid)
        slope = np.where(game.margins(grid, s, grid, s)[0] > 0, game.marginal(grid, grid, s), np.nan)
        known = t[row == place]
        fine = np.isfinite(slope[:-1]) & np.isfinite(slope[1:])
        for cell in np.flatnonzero(((slope[:-1] > 0) != (slope[1:] > 0)) & fine):
            assert ((known >= grid[cell] * (1 - 1e-9)) & (known <= grid[cell + 1] * (1 + 1e-9))).any()


def test_solutions_agree_with_forty_digits() -> None:
    markets = random_volume(12, seed=17)
    tested = 0
    for row, solution in enumerate(solve_many(markets)):
        for found in solution.equilibria:
            if found.kind is not Kind.INTERIOR:
                continue
            exact = exact_volume(firms_of(markets, row), found.sharing[0], found.investment[0])
            assert found.sharing[0] == pytest.approx(float(exact[0]), rel=1e-9)
            assert found.investment[0] == pytest.approx(float(exact[1]), rel=1e-9)
            tested += 1
    assert tested >= 8


def test_free_units_reproduce_the_market_without_volume_cost() -> None:
    markets = random_markets(60, seed=19)
    free = replace(markets, volume=Volume(*(np.zeros(60),) * 2, (np.zeros(60), np.full(60, 0.1), np.zeros(60))))
    for plain, priced in zip(solve_many(markets), solve_many(free), strict=True):
        alike = [one for one in plain.equilibria if one.kind is not Kind.ASYMMETRIC]
        assert len(alike) == len(priced.equilibria)
        for one, other in zip(alike, priced.equilibria, strict=True):
            assert other.investment == pytest.approx(one.investment, rel=1e-9)
            assert other.sharing == pytest.approx(one.sharing, rel=1e-9)
            assert other.welfare == pytest.approx(one.welfare, rel=1e-9)
            assert (other.stable, other.kind) == (one.stable, one.kind)


def test_a_large_spillover_on_unit_costs_ends_sharing() -> None:
    technology = (1.0, 0.27, 0.045)
    shared = []
    for gh in (0.05, 0.9):
        market = replace(
            example(gh), volume=Volume(np.array([0.95]), np.array([gh]), tuple(map(np.atleast_1d, technology)))
        )
        shared.append(solve(market).equilibria[0])
    assert shared[0].sharing[0] > 0
    assert shared[1].sharing == (0.0, 0.0)
    assert shared[1].kind is Kind.NO_SHARING


def test_sharing_stops_where_it_would_push_unit_costs_below_zero() -> None:
    markets = random_volume(60, seed=2)
    held = [
        (row, one)
        for row, solution in enumerate(solve_many(markets))
        for one in solution.equilibria
        if one.kind is Kind.INTERIOR and firms_of(markets, row).unit(0, one.sharing, one.investment) < 1e-12
    ]
    assert held
    for row, one in held:
        firms, s, t = firms_of(markets, row), one.sharing[0], one.investment[0]
        assert one.extra["unit_cost"] == pytest.approx([0, 0], abs=1e-12)
        more, less = (firms.profit(0, (s + step, s), (t, t)) for step in (1e-4, -1e-4))
        assert more > one.profit[0] > less


def test_accounts_are_those_of_the_unit_costs() -> None:
    market = example(0.049)
    found, firms = solve(market).equilibria[0], firms_of(market, 0)
    price = firms.prices(found.sharing, found.investment)
    assert found.price == pytest.approx(price)
    assert found.quantity == pytest.approx(firms.game.quantities(found.sharing, found.investment, price))
    assert found.profit == pytest.approx([firms.profit(i, found.sharing, found.investment) for i in (0, 1)])
    gross = firms.game.welfare(found.sharing, found.investment, price)
    spent = sum(firms.unit(i, found.sharing, found.investment) * found.quantity[i] for i in (0, 1))
    assert found.welfare == pytest.approx(gross - spent)


def test_regimes_the_paper_leaves_out_say_so() -> None:
    solution = solve(example(0.01), "planner")
    assert solution.status is Status.NOT_PROVEN
    assert "nash" in solution.reason
