"""Investment first, then sharing, then prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sharing_exact
from sharing_duopoly import Duopoly, duopoly

from shieldwall.economics.sharing import Leakage, Market, solve, solve_many
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.result import Kind
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.sharing.technology_first import marginal_profits, symmetric_investments
from shieldwall.economics.status import Status

PLAIN = Duopoly((6, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 14, 0.4)


def sharing_equilibrium(game: Duopoly, t: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Best responses in sharing, repeated until they rest: the definition, not the closed form."""
    e = 4 * game.b1 * game.al1 - 2 * game.b2 * game.al2
    g, h = (2 * game.b1 + game.b2) * game.al3, game.b2 * game.gd
    s = (np.zeros_like(t[0]), np.zeros_like(t[0]))
    for _ in range(400):
        s = (np.clip((g * s[1] + h * t[0]) / e, 0, 1), np.clip((g * s[0] + h * t[1]) / e, 0, 1))
    return s


def earned(game: Duopoly, first: np.ndarray, second: float) -> np.ndarray:
    """What firm 1 earns, minus infinity without positive prices."""
    t = (first, np.full_like(first, second))
    s = sharing_equilibrium(game, t)
    fine = np.minimum(*game.prices(s, t)) > 0
    return np.where(fine, game.profit(0, s, t), -np.inf)


@pytest.mark.parametrize("exponential", [False, True])
def test_no_investment_on_a_grid_beats_an_equilibrium(exponential: bool) -> None:
    markets = random_markets(30, seed=7, exponential=exponential)
    tested = 0
    for row, solution in enumerate(solve_many(markets, "technology-first")):
        game = duopoly(markets, row)
        for found in solution.equilibria:
            t = found.investment[0]
            grid = np.unique(np.concatenate((np.linspace(0, 6 * t, 500), np.linspace(0.9 * t, 1.1 * t, 101))))
            best = float(earned(game, np.array([t]), t)[0])
            assert best == pytest.approx(found.profit[0], rel=1e-9)
            scale = found.price[0] * found.quantity[0]
            assert earned(game, grid, t).max() <= best + 1e-9 * scale
            tested += 1
    assert tested >= 25


@pytest.mark.parametrize("exponential", [False, True])
def test_no_symmetric_equilibrium_seen_by_scanning_is_missed(exponential: bool) -> None:
    markets = random_markets(60, seed=9, exponential=exponential)
    row, t = symmetric_investments(markets)
    for place in range(len(markets)):
        one = markets.take(slice(place, place + 1))
        grid = np.geomspace(1e-3, 1e3, 3000)
        many = one.take(np.zeros(len(grid), dtype=np.intp))
        slope = marginal_profits(many, np.column_stack((grid, grid)))[:, 0]
        known = t[row == place]
        for cell in np.flatnonzero((slope[:-1] > 0) != (slope[1:] > 0)):
            low, high = grid[cell] * (1 - 1e-9), grid[cell + 1] * (1 + 1e-9)
            assert ((known >= low) & (known <= high)).any(), (place, low, high)


def test_without_joint_leakage_it_is_the_simultaneous_regime() -> None:
    markets = random_markets(40, seed=3)
    closed = replace(markets, leakage=Leakage(markets.leakage.own, markets.leakage.rival, 0 * markets.leakage.joint))
    for first, at_once in zip(solve_many(closed, "technology-first"), solve_many(closed), strict=True):
        assert first == at_once
    row, t = symmetric_investments(closed)
    for place, solution in enumerate(solve_many(closed)):
        for found in solution.equilibria:
            if found.kind in (Kind.INTERIOR, Kind.FULL_SHARING):
                assert np.abs(t[row == place] / found.investment[0] - 1).min() < 1e-12


def test_joint_leakage_raises_both_choices_above_the_simultaneous_ones() -> None:
    first, at_once = (solve(PLAIN.market(), regime).equilibria[0] for regime in ("technology-first", "nash"))
    assert first.sharing[0] > at_once.sharing[0]
    assert first.investment[0] > at_once.investment[0]
    assert first.sharing[0] == first.sharing[1]


def test_interior_equilibria_agree_with_forty_digits() -> None:
    markets = random_markets(15, seed=33)
    tested = 0
    for row, solution in enumerate(solve_many(markets, "technology-first")):
        for found in solution.equilibria:
            if found.kind is Kind.INTERIOR:
                s, t = sharing_exact.technology_first(duopoly(markets, row), found.investment[0])
                assert found.investment[0] == pytest.approx(float(t), rel=1e-9)
                assert found.sharing[0] == pytest.approx(float(s), rel=1e-9)
                tested += 1
    assert tested >= 10


def test_full_sharing_can_be_an_equilibrium_at_the_kink_where_marginal_profit_jumps() -> None:
    markets = random_markets(400, seed=3)
    of = weights(markets)
    kinks = [
        (row, one)
        for row, solution in enumerate(solve_many(markets, "technology-first"))
        for one in solution.equilibria
        if one.investment[0] == pytest.approx((of.curb - of.pull)[row] / of.lift[row], rel=1e-12)
    ]
    assert kinks
    for row, one in kinks:
        assert one.kind is Kind.FULL_SHARING
        assert not one.stable
        market, t = markets.take(slice(row, row + 1)), np.array(one.investment)[None, :]
        below, above = (marginal_profits(market, t * (1 + step))[0, 0] for step in (-1e-7, 1e-7))
        assert below > 0 > above


def test_unequal_firms_are_at_best_responses() -> None:
    game = Duopoly((7, 6), 1, 0.6, 0.6, (0.8, 0.3), 0.2, 2, 0.5, 0.3, 14, 0.4)
    found = solve(game.market(), "technology-first").equilibria[0]
    assert found.investment[0] > found.investment[1]
    t = np.linspace(0, 5, 4001)
    assert earned(game, t, found.investment[1]).max() <= found.profit[0] * (1 + 1e-12)
    mirrored = Duopoly((6, 7), 1, 0.6, 0.6, (0.3, 0.8), 0.2, 2, 0.5, 0.3, 14, 0.4)
    swapped = solve(mirrored.market(), "technology-first").equilibria[0]
    assert swapped.investment == pytest.approx(found.investment[::-1], rel=1e-9)
    assert earned(mirrored, t, found.investment[0]).max() <= found.profit[1] * (1 + 1e-12)


@pytest.mark.parametrize("sizes", [(2.0, 2.0), (2.0, 2.01), (2.01, 2.0)])
def test_all_three_equilibria_are_found_whether_or_not_firms_are_equal(sizes: tuple[float, float]) -> None:
    game = Duopoly(sizes, 1, 0.4, 0.8, (0.9, 0.9), 0.3, 0.5, 0.1, 0.1, 1.9, 0.4)
    mirrored = Duopoly(sizes[::-1], 1, 0.4, 0.8, (0.9, 0.9), 0.3, 0.5, 0.1, 0.1, 1.9, 0.4)
    found = solve(game.market(), "technology-first").equilibria
    assert [(one.stable, one.kind) for one in found] == [
        (True, Kind.INTERIOR),
        (False, Kind.INTERIOR),
        (True, Kind.FULL_SHARING),
    ]
    for one in found:
        grid = np.unique(
            np.concatenate([np.linspace(0, 30, 3001), *np.outer(one.investment, np.linspace(0.9, 1.1, 201))])
        )
        for firm, view in enumerate((game, mirrored)):
            assert earned(view, grid, one.investment[1 - firm]).max() <= one.profit[firm] * (1 + 1e-9)


def test_what_is_not_solved_says_so() -> None:
    market = Market((6, 6, 7), 1, 0.6, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.2,
                    leakage=Leakage(2, 0.5, 0.3), cost=PLAIN.market().cost, firms=3)  # fmt: skip
    solution = solve(market, "technology-first")
    assert solution.status is Status.NOT_PROVEN
    assert "equal firms, or for two" in solution.reason
    runaway = Duopoly((6, 6), 1, 0.6, 0.6, (0.5, 0.5), 0.2, 2, 0.5, 0.3, 0.2, 0.4)
    endless = solve(runaway.market(), "technology-first")
    assert endless.status is Status.UNBOUNDED
    assert not endless.equilibria
