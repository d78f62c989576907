"""The sharing market's parameters and second stage, against linear algebra and the utility written out."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable

import numpy as np
import pytest

from shieldwall.economics import sharing
from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.market import Market, stack, violations
from shieldwall.economics.sharing.prices import bertrand_prices, consumer_surplus, intercepts, quantities
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

PLAIN = {"demand_spillover": 0.6, "cost_spillover": 0.5, "rivalry": 0.2}
LEAKAGE = sharing.Leakage(2, 0.5, 0.3)
COST = sharing.Hyperbolic(14, 0.4)


def market(**changes: object) -> Market:
    given: dict[str, object] = {"a": 6, "b1": 1, "b2": 0.6, **PLAIN, "leakage": LEAKAGE, "cost": COST, **changes}
    return Market(**given)  # type: ignore[arg-type]


def test_prices_solve_the_first_order_conditions_of_any_number_of_firms() -> None:
    for firms in (2, 3, 7):
        one = market(firms=firms)
        choice = np.random.default_rng(firms).uniform(0, 1, (2, 1, firms))
        intercept = intercepts(one, *choice)
        slopes = 2 * np.eye(firms) - 0.6 / (firms - 1) * (1 - np.eye(firms))
        assert bertrand_prices(one, intercept)[0] == pytest.approx(np.linalg.solve(slopes, intercept[0]), rel=1e-13)


def test_intercepts_are_the_means_over_rivals_written_out() -> None:
    s, t = np.array([0.1, 0.5, 0.9]), np.array([1.0, 2.0, 4.0])
    found = intercepts(market(firms=3), s[None], t[None])[0]
    for i in range(3):
        rivals = [j for j in range(3) if j != i]
        shift = t[i] - np.mean([0.2 * t[j] - 0.6 * t[j] * s[j] for j in rivals])
        leak = np.mean([2 * s[i] ** 2 - 0.5 * s[j] ** 2 - 0.3 * s[i] * s[j] for j in rivals])
        assert found[i] == pytest.approx(6 + shift - leak, rel=1e-14)


def test_consumer_surplus_is_utility_less_spending() -> None:
    one, q = market(), np.array([[3.0, 2.0]])
    d, z = 1 / (1 - 0.36), 0.6 / (1 - 0.36)
    intercept = np.array([[7.0, 6.5]])
    r = np.linalg.solve(np.array([[1, -0.6], [-0.6, 1]]), intercept[0])
    p = r - np.array([d * q[0, 0] + z * q[0, 1], d * q[0, 1] + z * q[0, 0]])
    assert quantities(one, intercept, p[None])[0] == pytest.approx(q[0], rel=1e-13)
    utility = r @ q[0] - d / 2 * (q**2).sum() - z * q[0, 0] * q[0, 1]
    assert consumer_surplus(one, q)[0] == pytest.approx(utility - p @ q[0], rel=1e-13)


def test_welfare_is_surplus_and_all_profits_and_positivity_is_noticed() -> None:
    kept = accounts(market(), np.array([[0.2, 0.1]]), np.array([[1.0, 0.5]]))
    assert kept.welfare[0] == pytest.approx(kept.consumer_surplus[0] + kept.profit.sum(), rel=1e-15)
    assert kept.positive.all()
    ruined = accounts(market(a=(6, 0.01), rivalry=0.99), np.zeros((1, 2)), np.array([[9.0, 0.0]]))
    assert ruined.price[0, 1] < 0 < ruined.price[0, 1] ** 2
    assert not ruined.positive.any()


@pytest.mark.parametrize(
    ("changes", "inequality", "nearest"),
    [
        ({"b2": 1.0}, "b2 < b1", np.nextafter(1, 0)),
        ({"b2": -0.1}, "b2 >= 0", 0.0),
        ({"a": (6, 0)}, "a >= 1e-15", 1e-15),
        ({"b1": 0}, "b1 >= 1e-15", 1e-15),
        ({"demand_spillover": 1.5}, "demand_spillover <= 1", 1.0),
        ({"cost_spillover": (0.5, 1.25)}, "cost_spillover <= 1", 1.0),
        ({"rivalry": 1}, "rivalry < 1", np.nextafter(1, 0)),
        (
            {"leakage": sharing.Leakage(0.8, 0.5, 0.3)},
            "leakage.own > leakage.rival + leakage.joint",
            np.nextafter(0.8, 1),
        ),
        ({"leakage": sharing.Leakage(0.8, 0, 0.3)}, "leakage.rival > 0", 5e-324),
        ({"cost": sharing.Hyperbolic(14, 1)}, "cost.max_saving < 1", np.nextafter(1, 0)),
        ({"cost": sharing.Hyperbolic(0, 0.4)}, "cost.k >= 1e-15", 1e-15),
        ({"cost": sharing.Exponential(14, 0.4, 0)}, "cost.rate >= 1e-15", 1e-15),
    ],
)
def test_inadmissible_markets_name_the_inequality_and_the_nearest_value(
    changes: dict[str, object], inequality: str, nearest: float
) -> None:
    solution = sharing.solve(market(**changes))
    assert solution.status is Status.INADMISSIBLE
    assert solution.equilibria == ()
    assert solution.reason.startswith(f"{inequality} fails: ")
    assert solution.extra["violation"]["nearest"] == nearest  # type: ignore[index]


@pytest.mark.parametrize(
    "make",
    [
        lambda x: market(a=x),
        lambda x: market(b1=x, b2=0),
        lambda x: market(cost=sharing.Hyperbolic(x, 0.4)),
        lambda x: market(cost=sharing.Exponential(14, 0.4, x)),
        lambda x: market(leakage=sharing.Leakage(2, x, 0.3)),
    ],
)
@pytest.mark.parametrize("bad", [0.0, -1.0, 1e-20, 1e16])
def test_the_nearest_value_is_admissible_when_it_is_fed_back(make: Callable[[float], Market], bad: float) -> None:
    broken = violations(make(bad))
    if not broken:  # a tiny gain from a rival's sharing is one
        assert bad == 1e-20
        return
    nearest = broken[0].nearest
    if nearest is not None and broken[0].inequality.split()[0] != "leakage.own":
        assert violations(make(nearest)) == {}


def test_a_technology_that_investment_does_not_touch_is_admissible() -> None:
    flat = sharing.Volume(0.1, 0.01, (1, 0, 0))
    assert violations(market(volume=flat)) == {}
    assert violations(market(volume=sharing.Volume(0.1, 0.01, (-1, 0, 0))))[0].inequality == "volume.technology[0] >= 0"


@pytest.mark.parametrize("regime", ["nash", "technology-first", "stackelberg", "no-sharing"])
def test_parameters_of_extreme_size_are_answered_without_a_warning(regime: str) -> None:
    huge = market(a=1e15, leakage=sharing.Leakage(1e15, 0.5, 0.3), cost=sharing.Hyperbolic(1e15, 0.4))
    tiny = market(a=1e-15, b1=1e-15, b2=6e-16, demand_spillover=1e-200)
    faint = market(a=1e-15, demand_spillover=1e-200)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for one in (huge, tiny, faint):
            assert sharing.solve(one, regime).status is not Status.INADMISSIBLE


def test_the_edges_of_the_admissible_set_belong_to_it() -> None:
    edges = market(b2=0, demand_spillover=1, cost_spillover=1, rivalry=0, cost=sharing.Hyperbolic(14, 0))
    assert violations(edges) == {}
    assert violations(market(demand_spillover=-1, leakage=sharing.Leakage(2, 0.5, 0))) == {}


def test_a_bad_market_in_a_batch_leaves_the_others_alone() -> None:
    solutions = sharing.solve_many(market(b2=np.array([0.6, 1.6, 0.6])))
    assert [solution.status.value for solution in solutions] == ["solved", "inadmissible", "solved"]


def test_arrays_hold_one_market_in_each_row_and_can_be_taken_apart_and_stacked() -> None:
    many = random_markets(5, 1)
    assert len(many) == 5
    again = stack(list(many))
    for name in ("a", "b1", "cost_spillover"):
        assert (getattr(again, name) == getattr(many, name)).all()
    assert (again.leakage.own == many.leakage.own).all()
    assert (dataclasses.replace(many, b2=many.b2 / 2).b1 == many.b1).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"a": (1, 2, 3)},
        {"a": np.ones((4, 3))},
        {"b1": np.ones(3), "b2": np.zeros(4)},
        {"b1": np.nan},
        {"firms": 1},
        {"firms": 2.5},
    ],
)
def test_shapes_that_do_not_fit_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        market(**changes)


def test_one_market_is_asked_for_where_one_answer_is_given() -> None:
    with pytest.raises(InvalidInput, match="solve_many"):
        sharing.solve(random_markets(2, 1))
    with pytest.raises(InvalidInput, match="regime"):
        sharing.solve(market(), "cartel")
