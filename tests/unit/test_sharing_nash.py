"""The simultaneous sharing game: every symmetric equilibrium, against brute force and 40-digit arithmetic."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import numpy as np
import plain_sharing as plain
import pytest
from sharing_markets import market, three

from shieldwall.economics import sharing
from shieldwall.economics.sharing.candidates import symmetric_candidates
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.response import best_response, facing
from shieldwall.economics.sharing.roots import polynomial, roots_between
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.sharing.verify import deviation_gain
from shieldwall.economics.status import Status

THREE = three()
FORMS = pytest.mark.parametrize("exponential", [False, True])


@FORMS
def test_no_root_of_a_brute_force_scan_is_missed_and_none_returned_is_beaten(exponential: bool) -> None:
    markets = random_markets(150, 21, exponential=exponential)
    candidates, table = symmetric_candidates(markets), symmetric_equilibria(markets)
    for row, scanned in enumerate(plain.symmetric_scan(markets, 1000)):
        known = candidates.investment[candidates.row == row]
        for s, t in scanned:
            near = np.abs(known - t) <= 1e-9 * t
            assert near.any()
            assert candidates.sharing[candidates.row == row][near] == pytest.approx(s, rel=1e-9)
    found = markets.take(table.row)
    gain = plain.grid_gain(found, table.sharing[:, 0], table.investment[:, 0], shares=33, steps=100)
    assert (gain <= 1e-9 * np.maximum(1, table.accounts.profit[:, 0])).all()
    refused = np.setdiff1d(candidates.investment, table.investment)
    assert len(refused) > 0


@FORMS
def test_every_refused_candidate_is_beaten_by_a_deviation_on_a_grid(exponential: bool) -> None:
    markets = random_markets(4000, 22, exponential=exponential)
    candidates, table = symmetric_candidates(markets), symmetric_equilibria(markets)
    refused = np.flatnonzero(~np.isin(candidates.investment, table.investment))[:10]
    chosen = markets.take(candidates.row[refused])
    s, t = candidates.sharing[refused], candidates.investment[refused]
    assert len(refused) > 3
    price = plain.price(plain.numbers(chosen), (s, t), (s, t))
    gain = plain.grid_gain(chosen, s, t, shares=201, steps=700)
    assert ((gain > 0) | (price <= 0)).all()


@FORMS
def test_first_order_residuals_and_solutions_agree_with_forty_digits(exponential: bool) -> None:
    markets = random_markets(12, 23, exponential=exponential)
    table, of = symmetric_equilibria(markets), plain.numbers(markets)
    interior = [place for place in range(len(table)) if 0 < table.sharing[place, 0] < 1]
    assert len(interior) > 8
    with mpmath.workdps(40):
        for place in interior:
            here = plain.one(of, int(table.row[place]), mpmath.mpf)
            here["rate"] = here["rate"] if exponential else None

            def marginal(s: mpmath.mpf, t: mpmath.mpf, here: plain.Numbers = here) -> list[mpmath.mpf]:
                by_s = mpmath.diff(lambda x: plain.price(here, (x, t), (s, t)), s)
                by_t = mpmath.diff(lambda x: plain.profit(here, (s, x), (s, t), mpmath.exp), t)
                return [by_s, by_t]

            ours = mpmath.mpf(float(table.sharing[place, 0])), mpmath.mpf(float(table.investment[place, 0]))
            scale = here["own"], here["k"] * ours[1]
            assert all(abs(value) <= 1e-12 * size for value, size in zip(marginal(*ours), scale, strict=True))
            truth = mpmath.findroot(marginal, ours, tol=1e-50)
            assert all(abs(1 - mine / exact) < 1e-9 for mine, exact in zip(ours, truth, strict=True))


def test_three_equilibria_of_one_market_come_with_their_kind_and_stability() -> None:
    solution = sharing.solve(THREE)
    assert solution.status is Status.SOLVED
    shown = [(one.kind.value, one.stable, one.assumption_1, one.assumption_2) for one in solution.equilibria]
    assert shown == [
        ("interior", True, True, True),
        ("interior", False, True, True),
        ("full_sharing", True, True, False),
    ]
    expected = [(0.1918, 1.0071), (0.9499, 4.9868), (1, 7.3551)]
    for one, (s, t) in zip(solution.equilibria, expected, strict=True):
        assert (one.sharing[0], one.investment[0]) == pytest.approx((s, t), abs=6e-5)
        assert one.second_order
        assert one.deviation_gain < 1e-12


def test_stability_is_what_repeated_best_responses_do() -> None:
    table = symmetric_equilibria(THREE)
    for place in range(3):
        for push in (0.999, 1.001):
            s, t = np.minimum(table.sharing[place, :1] * push, 1), table.investment[place, :1] * push
            away = [abs(float(t[0] - table.investment[place, 0]))]
            for _ in range(30):
                best = best_response(facing(THREE, 0, s, t))
                s, t = best.sharing, best.investment
                away.append(abs(float(t[0] - table.investment[place, 0])))
            assert (away[-1] < away[0]) is bool(table.stable[place])


def test_slopes_of_best_responses_are_their_derivatives() -> None:
    markets = random_markets(200, 24)
    table = symmetric_equilibria(markets)
    inside = np.flatnonzero((table.sharing[:, 0] > 0.01) & (table.sharing[:, 0] < 0.99) & (table.radius < 3))
    chosen = markets.take(table.row[inside])
    s, t = table.sharing[inside, 0], table.investment[inside, 0]
    columns = []
    for by_s, by_t in ((1e-6 * s, 0 * t), (0 * s, 1e-6 * t)):
        up, down = (best_response(facing(chosen, 0, s + sign * by_s, t + sign * by_t)) for sign in (1, -1))
        width = 2 * (by_s + by_t)
        columns.append(((up.sharing - down.sharing) / width, (up.investment - down.investment) / width))
    table_2 = np.array(columns).transpose(2, 1, 0)
    radius = np.abs(np.linalg.eigvals(table_2)).max(axis=1)
    assert len(inside) > 50
    assert radius == pytest.approx(table.radius[inside], rel=1e-4)


def test_best_responses_without_equilibrium_are_proven_to_have_none() -> None:
    runaway = market(
        a=8,
        b2=0.5,
        demand_spillover=1,
        cost_spillover=0,
        rivalry=0,
        leakage=sharing.Leakage(0.5, 0.2, 0.1),
        cost=sharing.Hyperbolic(1.5, 0),
    )
    solution = sharing.solve(runaway)
    assert (solution.status, solution.equilibria) == (Status.NO_EQUILIBRIUM, ())
    assert "global best response" in solution.reason
    # Only what is proven is called so: with fierce rivalry best responses fall somewhere.
    fierce = market(
        a=9, rivalry=0.9, leakage=sharing.Leakage(0.5, 0.2, 0.1), cost=sharing.Hyperbolic(0.9, 0), cost_spillover=0
    )
    assert sharing.solve(fierce).status is not Status.NO_EQUILIBRIUM


def test_payoffs_without_limit_are_called_unbounded_with_both_sides() -> None:
    solution = sharing.solve(market(cost=sharing.Hyperbolic(0.1, 0.4)))
    assert solution.status is Status.UNBOUNDED
    assert f"0.1 against {2 * (2.24 / 3.64) ** 2:g}" in solution.reason
    game = facing(market(cost=sharing.Hyperbolic(0.1, 0.4)), 0, np.array([0.5]), np.array([1.0]))
    assert np.isinf(best_response(game).payoff).all()


def test_a_first_order_point_that_is_no_local_maximum_is_refused() -> None:
    saddle = Market(
        1.4097,
        1.1975,
        0.9934,
        demand_spillover=0.9618,
        cost_spillover=0,
        rivalry=0.9524,
        leakage=sharing.Leakage(1.1662, 0.2378, 0.0219),
        cost=sharing.Hyperbolic(0.9131, 0),
    )
    points = symmetric_candidates(saddle)
    assert np.abs(points.investment - 4.997).min() < 1e-3
    assert np.abs(symmetric_equilibria(saddle).investment - 4.997).min() > 1


def test_a_local_maximum_that_is_not_global_is_refused() -> None:
    local = Market(
        1.227,
        2.8457,
        2.0769,
        demand_spillover=0.8724,
        cost_spillover=0.2749,
        rivalry=0.8454,
        leakage=sharing.Leakage(1.2326, 0.1267, 0.0866),
        cost=sharing.Hyperbolic(0.3913, 0.3858),
    )
    points = symmetric_candidates(local)
    gains = deviation_gain(
        facing(local.take(points.row), 0, points.sharing, points.investment), points.sharing, points.investment
    )
    assert len(points.row) > len(symmetric_equilibria(local)) == int((gains < 1e-9).sum())


def test_harmful_demand_spillovers_end_all_sharing_and_nothing_else_matters() -> None:
    first = sharing.solve(market(demand_spillover=-0.3))
    other = sharing.solve(market(demand_spillover=-0.9, cost_spillover=1))
    assert first.status is Status.SOLVED
    assert first.complete
    assert first.equilibria[0].kind is sharing.Kind.NO_SHARING
    assert first.equilibria[0].investment == pytest.approx(other.equilibria[0].investment, rel=1e-13)
    assert first.equilibria[0].investment == pytest.approx(
        sharing.solve(market(), "no-sharing").equilibria[0].investment, rel=1e-13
    )


def test_independent_products_are_not_shared_about() -> None:
    alone = sharing.solve(market(b2=0))
    assert [one.kind for one in alone.equilibria] == [sharing.Kind.NO_SHARING]
    assert alone.equilibria[0].sharing == (0.0, 0.0)


def test_sharing_vanishes_as_the_number_of_firms_grows() -> None:
    shares = [sharing.solve(market(firms=firms)).equilibria[0].sharing for firms in (2, 3, 5, 50)]
    assert [len(share) for share in shares] == [2, 3, 5, 50]
    assert all(more[0] > fewer[0] for more, fewer in pairwise(shares))


def test_no_firm_of_many_gains_by_deviating_from_the_accounts_written_out() -> None:
    from shieldwall.economics.sharing.accounts import accounts  # noqa: PLC0415

    many = market(firms=4, cost=sharing.Hyperbolic(2, 0.4))
    (one,) = sharing.solve(many).equilibria
    draw = np.random.default_rng(1)
    s, t = np.repeat(one.sharing[0], 4)[None], np.repeat(one.investment[0], 4)[None]
    for scale in (1e-3, 1e-1, 1):
        for _ in range(200):
            own_s, own_t = s.copy(), t.copy()
            own_s[0, 0] = np.clip(s[0, 0] + scale * draw.normal(), 0, 1)
            own_t[0, 0] = abs(t[0, 0] + scale * draw.normal())
            assert accounts(many, own_s, own_t).profit[0, 0] <= one.profit[0] + 1e-12


def test_roots_of_polynomials_are_all_found_and_only_in_the_interval() -> None:
    draw = np.random.default_rng(2)
    coefficients = draw.normal(size=(500, 6))
    found = roots_between(polynomial(coefficients), 5, np.zeros(500), np.empty((500, 0)), np.full(500, 2.0))
    for row in range(500):
        roots = np.roots(coefficients[row, ::-1])
        real = np.sort(roots[(np.abs(roots.imag) < 1e-9) & (roots.real > 0) & (roots.real < 2)].real)
        assert found[row][~np.isnan(found[row])] == pytest.approx(real, rel=1e-7)
