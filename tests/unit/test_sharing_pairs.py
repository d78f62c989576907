"""Two firms that differ or choose differently: what a search finds, and when it is proven that nothing is missed."""

from __future__ import annotations

import dataclasses

import numpy as np
import plain_sharing as plain
import pytest
from sharing_markets import market, three

from shieldwall.economics import sharing
from shieldwall.economics.sharing.lattice import bounded, ceiling, increasing, viable
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.response import best_response, facing
from shieldwall.economics.sharing.sample import random_markets


def far(a: float | tuple[float, float]) -> Market:
    """Best responses barely bounded: one equilibrium lies 67,000 times above the least."""
    return Market(
        a,
        1,
        0.5,
        demand_spillover=1,
        cost_spillover=0,
        rivalry=0,
        leakage=sharing.Leakage(1000, 999.9, 0),
        cost=sharing.Hyperbolic(1.7777955555555556, 0),
    )


def supermodular(count: int, seed: int) -> Market:
    """Random markets of which many have increasing and bounded best responses."""
    markets = random_markets(count, seed)
    own = markets.leakage.own
    joint = markets.leakage.joint
    leakage = sharing.Leakage(own, 0.9 * (own - joint), joint)
    return dataclasses.replace(markets, leakage=leakage, rivalry=0.2 * markets.rivalry)


def test_unequal_firms_leave_no_one_a_deviation_and_the_larger_does_more() -> None:
    solution = sharing.solve(market(a=(8, 6), cost=sharing.Hyperbolic(4, 0.4)))
    (one,) = solution.equilibria
    assert one.sharing[0] > one.sharing[1]
    assert one.investment[0] > one.investment[1]
    turned = sharing.solve(market(a=(6, 8), cost=sharing.Hyperbolic(4, 0.4))).equilibria[0]
    assert turned.investment == pytest.approx(one.investment[::-1], rel=1e-12)
    abler = sharing.solve(market(cost_spillover=(0.9, 0.1))).equilibria[0]
    assert abler.investment[0] > abler.investment[1]
    assert abler.sharing[0] > abler.sharing[1]


def test_unequal_firms_that_are_nearly_equal_choose_what_equal_ones_do() -> None:
    equal = sharing.solve(three())
    nearly = sharing.solve(three((2, 2 + 1e-9)))
    near = [one for one in nearly.equilibria if one.investment[0] == pytest.approx(one.investment[1], rel=1e-5)]
    assert len(near) == 3
    for one, other in zip(equal.equilibria, near, strict=True):
        assert other.investment == pytest.approx(one.investment, rel=1e-6)
        assert other.stable is one.stable


def test_equal_firms_may_choose_differently_and_neither_gains_on_a_grid() -> None:
    odd = random_markets(2000, 77, exponential=True).take(slice(1514, 1515))
    solution = sharing.solve(odd)
    found = [one for one in solution.equilibria if one.kind is sharing.Kind.ASYMMETRIC]
    assert len(found) == 2
    assert found[0].investment == pytest.approx(found[1].investment[::-1], rel=1e-9)
    of = plain.one(plain.numbers(odd), 0, float)
    for one in found:
        assert min(one.price) > 0
        choices = list(zip(one.sharing, one.investment, strict=True))
        for own, rival in (choices, choices[::-1]):
            s, t = np.meshgrid(np.linspace(0, 1, 801), np.linspace(0, 5 * max(one.investment), 2001))
            positive = (plain.price(of, (s, t), rival) > 0) & (plain.price(of, rival, (s, t)) > 0)
            gain = np.where(positive, plain.profit(of, (s, t), rival), -np.inf).max() - plain.profit(of, own, rival)
            assert gain <= 0
    # Nothing of the kind is excluded there, and nothing is claimed to be.
    assert not solution.complete


@pytest.mark.parametrize("a", [1.0, (1.0, 1.0001)])
def test_an_equilibrium_far_above_the_others_is_found_and_uniqueness_is_not_claimed(
    a: float | tuple[float, float],
) -> None:
    solution = sharing.solve(far(a))
    assert len(solution.equilibria) == 3
    assert not solution.complete
    assert solution.equilibria[-1].sharing == (1.0, 1.0)
    assert solution.equilibria[-1].investment == pytest.approx((45000, 45000), rel=1e-3)
    of = {name: value[0] for name, value in plain.numbers(far(1.0)).items()}
    t = solution.equilibria[-1].investment[0]
    if a == 1.0:
        s, own = np.meshgrid(np.linspace(0, 1, 101), t * np.linspace(0, 4, 4001))
        best = plain.profit(of, (s, own), (1.0, t)).max()
        assert best <= plain.profit(of, (1.0, t), (1.0, t)) * (1 + 1e-12)


def test_uniqueness_is_claimed_where_both_ends_meet_and_random_starts_agree() -> None:
    markets = supermodular(60, 3)
    markets = dataclasses.replace(markets, a=markets.a * np.array([1, 1.3]))
    solutions = sharing.solve_many(markets)
    unique = np.array([row for row, solution in enumerate(solutions) if solution.complete])
    assert len(unique) > 10
    chosen = markets.take(unique)
    expected = np.array([solutions[row].equilibria[0].investment for row in unique])
    t = expected * np.exp(np.random.default_rng(1).normal(0, 2, expected.shape))
    s = np.ones_like(t)
    for _ in range(3000):
        best = [best_response(facing(chosen, firm, s[:, 1 - firm], t[:, 1 - firm])) for firm in (0, 1)]
        s, t = (np.column_stack([getattr(one, name) for one in best]) for name in ("sharing", "investment"))
    assert t == pytest.approx(expected, rel=1e-6)


def test_no_best_response_to_the_ceiling_exceeds_it_and_no_equilibrium_does() -> None:
    markets = supermodular(400, 4)
    markets = dataclasses.replace(
        markets, a=markets.a * np.array([1, 1.5]), cost_spillover=markets.cost_spillover * [1, 0.5]
    )
    limit = ceiling(markets)
    rows = np.flatnonzero(np.isfinite(limit))
    assert len(rows) > 50
    assert (np.isfinite(limit) == (increasing(markets) & bounded(markets))).all()
    chosen, top = markets.take(rows), limit[rows]
    for firm in (0, 1):
        assert (best_response(facing(chosen, firm, np.ones(len(rows)), top)).investment <= top * (1 + 1e-12)).all()
    for most, solution in zip(top, sharing.solve_many(chosen), strict=True):
        assert all(max(one.investment) <= most for one in solution.equilibria)


def test_a_price_may_be_negative_although_best_responses_increase_but_not_at_a_best_response() -> None:
    one = market(a=1, leakage=sharing.Leakage(10, 5, 0), rivalry=0)
    assert increasing(one).all()
    nobody = np.zeros(1)
    game = facing(one, 0, nobody, nobody)
    assert game.price(0.0, 1.0)[0] < 0
    best = best_response(game)
    assert game.price(best.investment, best.sharing)[0] > 0


def left_alone(markets: Market, seed: int) -> np.ndarray:
    """The price of a firm at a best response to a rival that shares everything and then does nothing at all."""
    invested = np.random.default_rng(seed).exponential(1, len(markets))
    best = best_response(facing(markets, 0, np.ones(len(markets)), invested))
    nothing = np.zeros(len(markets))
    price: np.ndarray = facing(markets, 0, nothing, nothing).price(best.investment, best.sharing)
    return price[np.isfinite(best.investment)]


def test_where_firms_are_viable_a_best_response_keeps_its_price_when_the_rival_gives_up() -> None:
    markets = supermodular(2000, 5)
    rows = np.flatnonzero(increasing(markets) & viable(markets))
    assert len(rows) > 500
    assert (left_alone(markets.take(rows), 1) > 0).all()
    frail = market(a=0.001, b2=0.9, rivalry=0, leakage=sharing.Leakage(1, 0.5, 0.499), cost=sharing.Hyperbolic(1000, 0))
    assert increasing(frail).all()
    assert not viable(frail).any()
    assert (left_alone(frail, 1) < 0).all()
    assert not sharing.solve(frail).complete
    assert sharing.solve(dataclasses.replace(frail, a=frail.a * 1000)).complete
