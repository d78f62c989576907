"""Laws that hold between the regimes of the sharing market, whatever the parameters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.economics.sharing import Exponential, Hyperbolic, Leakage, Market, Solution, solve
from shieldwall.economics.sharing.objective import PER_FIRM_WEIGHTS
from shieldwall.economics.status import Status

REGIMES = ("joint-profit", "collusion", "planner", "first-best")


@st.composite
def markets(draw: st.DrawFn) -> Market:
    def between(low: float, high: float) -> float:
        return draw(st.floats(low, high))

    b1, ratio = between(0.5, 3), between(0, 0.9)
    gd, de, saving = between(-0.5, 1), between(0, 0.9), between(0, 0.9)
    rival, joint = between(0.01, 2), between(0, 1)
    # Just dear enough for the most demanding regime, or dearer.
    least = (1 - de + max(gd, 0)) ** 2 / (b1 - b1 * ratio) / (1 - saving)
    k, rate = least * between(1.05, 4), between(0.1, 4)
    cost = draw(st.sampled_from((Hyperbolic(k, saving), Exponential(k, saving, rate))))
    return Market(
        between(0.5, 20),
        b1,
        b1 * ratio,
        demand_spillover=gd,
        cost_spillover=between(0, 1),
        rivalry=de,
        leakage=Leakage(rival + joint + between(0.01, 3), rival, joint),
        cost=cost,
    )


def intercept(market: Market, regime: str) -> tuple[float, float]:
    """X and f per firm at the optimum."""
    found = solved(market, regime).equilibria[0]
    kept = {"collusion": 2.0, "first-best": 1.0}
    share = kept.get(regime, float((2 * market.b1 - market.b2)[0] / market.b1[0]))
    x = found.quantity[0] * share
    return x, found.price[0] * found.quantity[0] - found.profit[0]


def solved(market: Market, regime: str) -> Solution:
    solution = solve(market, regime)
    assert solution.status is Status.SOLVED, solution.reason
    return solution


@given(markets())
@settings(max_examples=20, deadline=None)
def test_whoever_values_demand_more_reaches_more_demand_at_more_cost(market: Market) -> None:
    weights = [float(PER_FIRM_WEIGHTS[regime](market.b1, market.b2)[0]) for regime in REGIMES]
    assert all(more >= less * (1 - 1e-15) for less, more in pairwise(weights))
    reached = [intercept(market, regime) for regime in REGIMES]
    for (x, f), (more_x, more_f) in pairwise(reached):
        assert more_x >= x * (1 - 1e-9)
        assert more_f >= f - 1e-9 * max(x**2, f)


@given(markets())
@settings(max_examples=12, deadline=None)
def test_each_regime_does_best_by_its_own_measure(market: Market) -> None:
    found = {regime: solved(market, regime).equilibria[0] for regime in REGIMES}
    profit = {regime: sum(one.profit) for regime, one in found.items()}
    slack = 1e-9 * max(abs(one.welfare) for one in found.values())
    assert found["first-best"].welfare >= max(one.welfare for one in found.values()) - slack
    assert found["planner"].welfare >= found["joint-profit"].welfare - slack
    assert profit["collusion"] >= max(profit.values()) - slack
    assert profit["joint-profit"] >= profit["planner"] - slack


@given(markets())
@settings(max_examples=8, deadline=None)
def test_the_leader_earns_at_least_what_an_equilibrium_at_once_gives(market: Market) -> None:
    led, at_once = solve(market, "stackelberg"), solve(market)
    if led.equilibria and at_once.equilibria:
        most = max(one.profit[0] for one in at_once.equilibria)
        assert led.equilibria[0].profit[0] >= most - 1e-9 * abs(led.equilibria[0].price[0] ** 2)
