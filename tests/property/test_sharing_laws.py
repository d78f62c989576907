"""Laws of the simultaneous sharing market, over random admissible markets."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.economics import sharing
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.response import best_response, facing
from shieldwall.economics.sharing.sample import random_markets

seeds = st.integers(0, 2**32 - 1)
forms = st.booleans()


def scaled(markets: Market, unit: float) -> Market:
    """The same markets with demand in another unit: intercepts and leakage times the unit."""
    leakage = markets.leakage
    return dataclasses.replace(
        markets,
        a=markets.a * unit,
        leakage=sharing.Leakage(leakage.own * unit, leakage.rival * unit, leakage.joint * unit),
    )


@given(seeds, forms)
def test_no_reply_beats_the_best_response(seed: int, exponential: bool) -> None:
    markets = random_markets(20, seed, exponential=exponential)
    draw = np.random.default_rng(seed)
    game = facing(markets, 0, draw.uniform(0, 1, 20), draw.exponential(1, 20))
    best = best_response(game)
    s, t = draw.uniform(0, 1, (50, 20)), draw.exponential(2, (50, 20))
    constant, slope = game.rival_parts(s)
    allowed = (game.price(t, s) > 0) & (constant + slope * t > 0)
    worth = np.where(allowed, game.payoff(t, s), -np.inf).max(axis=0)
    known = best.proven | np.isinf(best.payoff)
    assert (worth <= best.payoff * (1 + 1e-12) + 1e-12)[known].all()


@given(seeds)
def test_without_cost_spillover_choices_scale_with_the_size_of_the_market(seed: int) -> None:
    markets = dataclasses.replace(random_markets(20, seed), cost_spillover=np.zeros((20, 2)))
    first, second = symmetric_equilibria(markets), symmetric_equilibria(scaled(markets, 3.0))
    assert (first.row == second.row).all()
    assert second.sharing == pytest.approx(first.sharing, rel=1e-9)
    assert second.investment == pytest.approx(3 * first.investment, rel=1e-9)
    assert second.accounts.welfare == pytest.approx(9 * first.accounts.welfare, rel=1e-9)


@settings(max_examples=30)
@given(seeds, forms)
def test_stable_equilibria_move_as_propositions_3_and_4_say(seed: int, exponential: bool) -> None:
    markets = random_markets(20, seed, exponential=exponential)
    table = symmetric_equilibria(markets)
    steady = np.flatnonzero(table.stable & (table.sharing[:, 0] < 1) & (table.radius < 0.99))
    for name, sign in (("a", 1), ("b1", -1), ("demand_spillover", 1), ("rivalry", -1)):
        moved = symmetric_equilibria(dataclasses.replace(markets, **{name: getattr(markets, name) * (1 + 1e-7)}))
        for place in steady:
            before = table.investment[place, 0]
            after = moved.investment[moved.row == table.row[place], 0]
            change = after / before - 1
            assert sign * change[np.abs(change).argmin()] > -1e-13


@settings(max_examples=30)
@given(seeds, forms)
def test_a_market_is_answered_the_same_way_alone_and_in_a_batch(seed: int, exponential: bool) -> None:
    markets = random_markets(4, seed, exponential=exponential)
    together = symmetric_equilibria(markets)
    alone = [symmetric_equilibria(one) for one in markets]
    assert np.concatenate([table.investment for table in alone]) == pytest.approx(together.investment, rel=1e-13)
