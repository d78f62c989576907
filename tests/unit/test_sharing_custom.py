"""Leakage and cost written by a user: checked against the paper's assumptions, solved and verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from shieldwall.economics import sharing
from shieldwall.economics.precision import use_float64
from shieldwall.economics.sharing.document import with_sensitivity
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.status import Status

use_float64()

Scalar = Callable[[Any, Any], Any]


def market(leakage: Any, cost: Any) -> Market:
    return Market(2, 1, 0.4, demand_spillover=0.8, cost_spillover=0.9, rivalry=0.3, leakage=leakage, cost=cost)


LEAKAGE, COST = sharing.Leakage(0.5, 0.1, 0.1), sharing.Hyperbolic(1.9, 0.4)


def written(own: Any, rival: Any) -> Any:
    return 0.5 * own**2 - 0.1 * rival**2 - 0.1 * own * rival


def spent(t: Any, y: Any) -> Any:
    return 0.95 * t**2 * (1 - 0.4 * y / (1 + y))


def test_built_in_forms_written_out_give_the_same_equilibria() -> None:
    known = sharing.solve(market(LEAKAGE, COST))
    found = sharing.solve(market(sharing.CustomLeakage(written), sharing.CustomCost(spent)))
    assert found.status is Status.SOLVED
    assert not found.complete
    assert len(found.equilibria) == len(known.equilibria) == 3
    for one, other in zip(found.equilibria, known.equilibria, strict=True):
        assert one.sharing == pytest.approx(other.sharing, rel=1e-9)
        assert one.investment == pytest.approx(other.investment, rel=1e-9)
        assert one.welfare == pytest.approx(other.welfare, rel=1e-9)
        for name in ("kind", "stable", "second_order", "assumption_1", "assumption_2"):
            assert getattr(one, name) == getattr(other, name)


def test_a_form_of_another_shape_is_solved_and_moved() -> None:
    one = market(LEAKAGE, sharing.CustomCost(lambda t, y: 1.5 * t**2 * (1 + t**2) * (1 - 0.3 * jnp.tanh(y))))
    (solution,) = with_sensitivity(one, [sharing.solve(one)])
    assert solution.status is Status.SOLVED
    moves: Any = solution.equilibria[0].extra["sensitivity"]
    assert set(moves) == {"a", "b1", "b2", "demand_spillover", "cost_spillover", "rivalry"} | {
        f"leakage.{name}" for name in ("own", "rival", "joint")
    }
    assert moves["a"]["investment"] > 0


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (lambda s, r: -s + 0 * r, "leakage: dg/ds_i at s_i = s_j"),
        (lambda s, r: s**2 + r, "leakage: dg/ds_j"),
        (lambda s, r: jnp.sqrt(1 + s) - 0.1 * r**2, "leakage: d2g/ds_i2"),
        (lambda s, r: s**2 - 0.1 * jnp.sqrt(1 + r), "leakage: d2g/ds_j2"),
        (lambda s, r: s**2 - 0.3 * r**2 - r + 0.1 * s * r, "leakage: d2g/ds_i ds_j"),
        (lambda s, r: 0.5 * s**2 - 0.6 * r**2, "leakage: |dg/ds_i| - |dg/ds_j| at s_i = s_j"),
    ],
)
def test_leakage_against_an_assumption_is_refused_by_name(function: Scalar, named: str) -> None:
    solution = sharing.solve(market(sharing.CustomLeakage(function), COST))
    assert solution.status is Status.INADMISSIBLE
    assert solution.reason.startswith(named)


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (lambda t, y: -(t**2) + 0 * y, "cost: f_t"),
        (lambda t, y: t**2 * (1 + y), "cost: f_y"),
        (lambda t, y: t**2 - y + 0.1 * y * t**2, "cost: f_y"),
        (lambda t, y: t**2 * (1 - 0.001 * y) + 3 * t, "cost: |f_t(0, y)|"),
        (lambda t, y: t**1.5 / (1 + t) + 0 * y, "cost: f_t"),
    ],
)
def test_cost_against_an_assumption_is_refused_by_name(function: Scalar, named: str) -> None:
    solution = sharing.solve(market(LEAKAGE, sharing.CustomCost(function)))
    assert solution.status is Status.INADMISSIBLE
    assert solution.reason.startswith(named)


def test_regimes_that_need_a_built_in_form_say_so() -> None:
    solution = sharing.solve(market(sharing.CustomLeakage(written), COST), "planner")
    assert solution.status is Status.NOT_PROVEN
    assert "written by a user" in solution.reason
