"""Comparative statics of the sharing market, against solving again with a parameter moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sharing_markets import three
from sharing_volume import random_volume

from shieldwall.economics import sharing
from shieldwall.economics.precision import use_float64
from shieldwall.economics.sharing.document import with_sensitivity
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Kind
from shieldwall.economics.sharing.sensitivity import sensitivity

use_float64()

PARAMETERS = {
    "a": 6.0,
    "b1": 1.0,
    "b2": 0.6,
    "demand_spillover": 0.6,
    "cost_spillover": 0.5,
    "rivalry": 0.2,
    "k": 4.0,
    "max_saving": 0.4,
    "leakage.own": 2.0,
    "leakage.rival": 0.5,
    "leakage.joint": 0.3,
}
ASKED = ("a", "b1", "b2", "demand_spillover", "cost_spillover", "rivalry", "k", "leakage.own")


def market(firms: int = 2, **changes: float) -> Market:
    of = {**PARAMETERS, **{name.replace("__", "."): value for name, value in changes.items()}}
    return Market(
        of["a"],
        of["b1"],
        of["b2"],
        demand_spillover=of["demand_spillover"],
        cost_spillover=of["cost_spillover"],
        rivalry=of["rivalry"],
        leakage=sharing.Leakage(of["leakage.own"], of["leakage.rival"], of["leakage.joint"]),
        cost=sharing.Hyperbolic(of["k"], of["max_saving"]),
        firms=firms,
    )


def told(one: Market) -> list[dict[str, Any]]:
    (solution,) = with_sensitivity(one, [sharing.solve(one)])
    return [equilibrium.as_json() for equilibrium in solution.equilibria]


@pytest.mark.parametrize("firms", [2, 5])
def test_derivatives_are_those_of_solving_again(firms: int) -> None:
    (entry,) = told(market(firms))
    assert set(ASKED) <= set(entry["sensitivity"])
    for name, moves in entry["sensitivity"].items():
        step = 1e-5 * PARAMETERS[name]
        up, down = (
            sharing.solve(market(firms, **{name.replace(".", "__"): PARAMETERS[name] + sign * step})).equilibria[0]
            for sign in (1, -1)
        )
        for choice in ("sharing", "investment"):
            slope = (getattr(up, choice)[0] - getattr(down, choice)[0]) / (2 * step)
            assert moves[choice] == pytest.approx(slope, rel=1e-6, abs=1e-9), (name, choice)
            percent = moves[choice] * PARAMETERS[name] / entry[choice][0]
            assert entry["elasticity"][name][choice] == pytest.approx(percent, rel=1e-12)


def test_direct_and_strategic_effects_add_up_and_marginal_profits_cancel() -> None:
    (entry,) = told(market())
    for name, parts in entry["effects"].items():
        for choice in ("sharing", "investment"):
            total = parts["direct"][choice] + parts["strategic"][choice]
            assert entry["sensitivity"][name][choice] == pytest.approx(total, rel=1e-12)
    for parts in entry["marginal_profit"].values():
        assert parts["direct"] + parts["strategic"] == pytest.approx(0, abs=1e-12)
        # The paper calls the direct effect of sharing demand expansion; at given prices it is a loss.
        assert parts["direct"] < 0 < parts["strategic"]


def test_only_stable_interior_equilibria_of_equal_firms_get_a_sensitivity() -> None:
    kept = [("sensitivity" in entry, entry["kind"], entry["stable"]) for entry in told(three())]
    assert kept == [(True, "interior", True), (False, "interior", False), (False, "full_sharing", True)]
    unequal = Market(
        (6, 7), 1, 0.6, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.2,
        leakage=sharing.Leakage(2, 0.5, 0.3), cost=sharing.Hyperbolic(4, 0.4),
    )  # fmt: skip
    assert all("sensitivity" not in entry for entry in told(unequal))


def test_every_sign_turns_at_an_unstable_equilibrium() -> None:
    one = three()
    stable, unstable = sharing.solve(one).equilibria[:2]
    both = one.take(np.array([0, 0]))
    choices = np.array([(found.sharing[0], found.investment[0]) for found in (stable, unstable)])
    total = sensitivity(both, *choices.T).total
    assert (np.sign(total[0]) == -np.sign(total[1])).all()


def priced(step: dict[str, float]) -> Market:
    of = {"a": 2.0, "b1": 1.0, "b2": 0.4, "demand_spillover": 0.8, "cost_spillover": 0.9, "rivalry": 0.3, "k": 1.9,
          "max_saving": 0.4, "leakage.own": 0.5, "leakage.rival": 0.1, "leakage.joint": 0.1, "volume.unit_cost": 0.1,
          "volume.spillover": 0.05, "volume.technology[0]": 0.1, "volume.technology[1]": 0.2,
          "volume.technology[2]": 0.05}  # fmt: skip
    of = {name: value + step.get(name, 0) for name, value in of.items()}
    return Market(
        of["a"],
        of["b1"],
        of["b2"],
        demand_spillover=of["demand_spillover"],
        cost_spillover=of["cost_spillover"],
        rivalry=of["rivalry"],
        leakage=sharing.Leakage(of["leakage.own"], of["leakage.rival"], of["leakage.joint"]),
        cost=sharing.Hyperbolic(of["k"], of["max_saving"]),
        volume=sharing.Volume(
            of["volume.unit_cost"],
            of["volume.spillover"],
            tuple(of[f"volume.technology[{place}]"] for place in range(3)),
        ),
    )


def test_derivatives_with_costs_of_each_unit_are_those_of_solving_again() -> None:
    entry = told(priced({}))[0]
    assert set(ASKED) < set(entry["sensitivity"])
    assert "volume.technology[2]" in entry["sensitivity"]
    for parts in entry["marginal_profit"].values():
        assert parts["direct"] + parts["strategic"] == pytest.approx(0, abs=1e-9)
    for name, moves in entry["sensitivity"].items():
        up, down = (sharing.solve(priced({name: sign * 1e-5})).equilibria[0] for sign in (1, -1))
        for choice in ("sharing", "investment"):
            slope = (getattr(up, choice)[0] - getattr(down, choice)[0]) / 2e-5
            assert moves[choice] == pytest.approx(slope, rel=1e-5, abs=1e-7), (name, choice)


def test_where_unit_costs_hold_sharing_there_is_no_sensitivity() -> None:
    markets = random_volume(60, seed=2)
    kept = [
        ("sensitivity" in one.extra, one.extra["held_by_unit_cost"])
        for solution in with_sensitivity(markets, sharing.solve_many(markets))
        for one in solution.equilibria
        if one.kind is Kind.INTERIOR and one.stable
    ]
    assert set(kept) == {(True, False), (False, True)}
