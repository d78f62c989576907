"""Costs of each unit sold: all symmetric equilibria, globally verified against an oracle written from the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sharing_volume import Firms, exact_volume, firms_of, random_volume

from shieldwall.economics.sharing import Hyperbolic, Leakage, Market, Volume, solve, solve_many
from shieldwall.economics.sharing.result import Kind
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.sharing.volume import VolumeGame
from shieldwall.economics.sharing.volume_equilibria import symmetric_investments
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
        assert one.extra["unit_cost"] == [0, 0]
        assert one.extra["held_by_unit_cost"] is True
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


COOPERATIVE = ("joint-profit", "collusion", "planner", "first-best")


def objective(firms: Firms, regime: str, s: Any, t: Any) -> Any:
    """What one decision maker gets in total from equal choices, from the demand; minus infinity if not admissible."""
    game, both = firms.game, ((s, s), (t, t))
    x, unit, gap = game.demand(*both)[0], firms.unit(0, *both), game.b1 - game.b2
    price = {"collusion": (x + gap * unit) / (2 * gap), "first-best": unit}.get(regime, firms.prices(*both)[0])
    sold = x - gap * price
    worth = 2 * ((price - unit) * sold - game.cost(0, *both))
    worth = worth + sold**2 / gap if regime in ("planner", "first-best") else worth
    return np.where((sold > 0) & (unit >= -1e-12), worth, -np.inf)


@pytest.mark.parametrize("regime", COOPERATIVE)
def test_no_equal_choice_on_a_grid_beats_one_decision_maker(regime: str) -> None:
    markets = random_volume(40, seed=5)
    solved, held = 0, 0
    for row, solution in enumerate(solve_many(markets, regime)):
        firms = firms_of(markets, row)
        for found in solution.equilibria:
            s, t = found.sharing[0], found.investment[0]
            value = objective(firms, regime, s, t)
            shares, spent = np.meshgrid(
                np.linspace(0, 1, 201), max(t, 0.1) * np.append(0, np.geomspace(1e-3, 20, 300)), indexing="ij"
            )
            assert objective(firms, regime, shares, spent).max() <= value + 1e-9 * abs(value)
            own = found.welfare if regime in ("planner", "first-best") else sum(found.profit)
            assert own == pytest.approx(value)
            assert found.extra["symmetric_optimum_is_global"] is None
            held += found.extra["held_by_unit_cost"] is True
            solved += 1
    assert solved > 30
    assert held > 0


@pytest.mark.parametrize("regime", COOPERATIVE)
def test_free_units_give_one_decision_maker_the_market_without_volume_cost(regime: str) -> None:
    markets = random_markets(40, seed=19)
    free = replace(markets, volume=Volume(np.zeros(40), np.zeros(40), (np.zeros(40), np.full(40, 0.1), np.zeros(40))))
    for plain, priced in zip(solve_many(markets, regime), solve_many(free, regime), strict=True):
        assert priced.status is plain.status
        for one, other in zip(plain.equilibria, priced.equilibria, strict=True):
            assert other.investment == pytest.approx(one.investment, rel=1e-9)
            assert other.sharing == pytest.approx(one.sharing, rel=1e-9)
            assert other.price == pytest.approx(one.price, rel=1e-9)


@pytest.mark.parametrize("gh", [0.0, 0.05])
def test_the_bound_with_unit_costs_separates_growth_from_an_optimum(gh: float) -> None:
    def priced(k: float) -> Market:
        return replace(example(gh), cost=Hyperbolic(k, 0), volume=Volume(0.5, gh, (0, 0.2, 0)))

    weight, drag = 1.59 / (2 * 1.59 - 0.43) ** 2, (1.59 - 0.43) * 0.5 * 0.2
    least = 2 * weight * (0.85 if gh else 0.85 + 1 - drag) ** 2
    assert solve(priced(1.02 * least), "joint-profit").status is Status.SOLVED
    refused = solve(priced(0.98 * least), "joint-profit")
    assert refused.status is Status.UNBOUNDED
    assert refused.extra["violation"]["right"] == pytest.approx(least)  # type: ignore[index]
    firms = firms_of(priced(0.98 * least), 0)
    far = [float(objective(firms, "joint-profit", min(1, 10 / t) if gh else 1.0, t)) for t in (1e3, 1e4, 1e5)]
    assert far[0] < far[1] < far[2]


def test_many_equal_firms_repeat_the_choice_of_a_pair_with_unit_costs() -> None:
    pair, five = (solve(replace(example(0.01), **_of(firms)), "planner").equilibria[0] for firms in (2, 5))
    assert five.investment == pytest.approx([pair.investment[0]] * 5)
    assert five.welfare == pytest.approx(2.5 * pair.welfare)


def _of(firms: int) -> dict[str, Any]:
    return {"a": np.full((1, firms), 9.79), "cost_spillover": np.zeros((1, firms)), "firms": firms}


def unequal(count: int, seed: int) -> Market:
    markets: Market = random_volume(count, seed)
    draw = np.random.default_rng(seed)
    sizes = np.column_stack((markets.a[:, 0], markets.a[:, 0] * draw.uniform(0.7, 1.4, count)))
    return replace(markets, a=sizes, cost_spillover=draw.random((count, 2)))


@pytest.mark.parametrize("regime", ["nash", "no-sharing"])
def test_firms_that_differ_are_in_equilibrium_on_a_grid_of_deviations(regime: str) -> None:
    markets = unequal(6, seed=4)
    solved = 0
    for row, solution in enumerate(solve_many(markets, regime)):
        firms = firms_of(markets, row)
        for found in solution.equilibria:
            assert not solution.complete
            for firm in (0, 1):
                s, t = list(found.sharing), list(found.investment)
                own = firms.profit(firm, s, t)
                assert own == pytest.approx(found.profit[firm], rel=1e-9)
                shares = np.linspace(0, 1, 201) if regime == "nash" else np.zeros(1)
                grid = np.meshgrid(shares, np.linspace(0, 4 * t[firm] + 0.1, 301), indexing="ij")
                tried: list[Any] = [s, t]
                for place in (0, 1):
                    tried[place] = [grid[place] if i == firm else tried[place][i] + 0 * grid[0] for i in (0, 1)]
                p, units = firms.prices(*tried), [firms.unit(i, *tried) for i in (0, 1)]
                fine = (p[0] > units[0]) & (p[1] > units[1]) & (units[0] >= 0) & (units[1] >= 0)
                seen = np.where(fine, firms.profit(firm, *tried), -np.inf).max()
                assert seen <= own + 1e-9 * found.price[firm] * found.quantity[firm]
            solved += 1
    assert solved >= 5


def test_firms_that_differ_tend_to_equal_ones_as_they_become_alike() -> None:
    markets = random_volume(5, seed=5)
    nearly = replace(markets, a=markets.a * np.array([1, 1 + 1e-10]))
    for one, other in zip(solve_many(markets), solve_many(nearly), strict=True):
        assert [item.investment for item in other.equilibria] == [
            pytest.approx(item.investment, rel=1e-7, abs=1e-9) for item in one.equilibria
        ]


def test_moves_in_sequence_with_unit_costs_are_not_solved_and_say_so() -> None:
    for regime in ("stackelberg", "technology-first"):
        solution = solve(example(0.01), regime)
        assert solution.status is Status.NOT_PROVEN
        assert "sequence" in solution.reason
