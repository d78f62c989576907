"""The figures of the sharing market: what they show is what solvers and brute force find, and jumps stay jumps."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import plain_sharing
import pytest
from matplotlib.figure import Figure as Canvas

from shieldwall.economics.figure import Figure
from shieldwall.economics.sharing import REGIMES, solve
from shieldwall.economics.sharing.figures import FIGURES
from shieldwall.economics.sharing.figures.planner import COSTS, CURVE, OPTIMUM, REGIME, optimum_pieces, weighted
from shieldwall.economics.sharing.figures.reaction import EQUILIBRIUM, RESPONSE, THREE, reaction
from shieldwall.economics.sharing.figures.regimes import SOLVED
from shieldwall.economics.sharing.figures.substitutability import SLOPES, UTILITY, substitutes
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.objective import maximise

REACTION, REGIMES_FIGURE, SUBSTITUTABILITY, PLANNER = FIGURES
DATA = {figure.name: figure.data() for figure in FIGURES}


def rows(figure: Figure, *first: object) -> list[tuple[Any, ...]]:
    """The rows of a figure that begin with these values."""
    return [row for row in DATA[figure.name].rows if row[: len(first)] == first]


# Best responses


def test_both_reaction_functions_pass_through_every_equilibrium_of_the_market() -> None:
    points = {rival: (own, theirs, share) for _, rival, own, theirs, share, _ in rows(REACTION, RESPONSE)}
    equilibria = rows(REACTION, EQUILIBRIUM)
    assert [stable for *_, stable in equilibria] == [True, False, True]
    assert [round(own, 4) for _, _, own, *_ in equilibria] == [1.0071, 4.9868, 7.3551]
    for _, rival, own, theirs, share, _ in equilibria:
        assert points[rival] == pytest.approx((own, theirs, share), abs=1e-9)


def test_they_cross_nowhere_else() -> None:
    start = np.linspace(0.003, 40, 3000)
    answer = reaction(THREE, start)[0].investment
    returned = reaction(THREE, answer)[0].investment - start
    crossed = start[:-1][returned[:-1] * returned[1:] < 0]
    assert np.round(crossed, 1).tolist() == pytest.approx([1.0, 5.0, 7.4], abs=0.051)


def test_no_choice_on_a_grid_is_better_than_the_best_response_shown() -> None:
    of = plain_sharing.one(plain_sharing.numbers(THREE), 0, float)
    s, t = np.meshgrid(np.linspace(0, 1, 101), np.linspace(0, 12, 601))
    for _, rival, own, theirs, share, _ in rows(REACTION, RESPONSE)[::25]:
        here = plain_sharing.profit(of, (share, own), (theirs, rival))
        best = plain_sharing.profit(of, (s, t), (theirs, rival)).max()
        assert best <= here + 1e-12
        assert best > here - 0.01  # and the grid comes near it: it is a search, not a miss
        # What the rival shares is best for the rival at its investment.
        again = plain_sharing.profit(of, (theirs, rival), (share, own))
        assert plain_sharing.profit(of, (s[0], rival), (share, own)).max() <= again + 1e-12


def test_the_best_responses_shown_do_not_jump_so_their_points_may_be_joined() -> None:
    def response(rival: Floats) -> Floats:
        return reaction(THREE, rival)[0].sharing

    def optimum(weight: Floats) -> Floats:
        return maximise(weighted("exponential", weight)).sharing

    def steepest(of: Callable[[Floats], Floats], low: float, high: float, points: int) -> float:
        at = np.linspace(low, high, points)
        return float(np.abs(np.diff(of(at))).max() / (at[1] - at[0]))

    assert steepest(response, 0, 60, 8001) < 1.1 * steepest(response, 0, 60, 2001)
    # What does jump gets as much steeper as the points get closer.
    assert steepest(optimum, 0.17, 0.18, 41) > 3.9 * steepest(optimum, 0.17, 0.18, 11)


# Regimes


def test_every_regime_is_shown_with_the_accounts_of_its_solution() -> None:
    shown = DATA[REGIMES_FIGURE.name].rows
    assert {row[0] for row in shown} == set(REGIMES)
    for regime in REGIMES:
        (one,) = solve(SOLVED, regime).equilibria
        of_regime = rows(REGIMES_FIGURE, regime)
        assert [row[1] for row in of_regime] == (["leader", "follower"] if regime == "stackelberg" else ["each firm"])
        for firm, (_, _, sharing, investment, price, profit, surplus, welfare) in enumerate(of_regime):
            assert (sharing, investment) == (one.sharing[firm], one.investment[firm])
            earned = profit * 2 if len(of_regime) == 1 else sum(row[5] for row in of_regime)
            assert welfare == pytest.approx(surplus + earned)
            if regime not in {"collusion", "first-best"}:
                of = plain_sharing.one(plain_sharing.numbers(SOLVED), 0, float)
                own, rival = ((one.sharing[i], one.investment[i]) for i in (firm, 1 - firm))
                assert price == pytest.approx(plain_sharing.price(of, own, rival))
                assert profit == pytest.approx(plain_sharing.profit(of, own, rival))


def test_the_planner_of_the_picture_is_the_one_worked_out_by_hand() -> None:
    [(_, _, sharing, investment, _, profit, _, _)] = rows(REGIMES_FIGURE, "planner")
    assert (round(sharing, 3), round(investment, 3), round(profit, 2)) == (0.429, 1.463, 13.83)


# Substitutability


def test_with_preferences_held_demand_is_the_inverse_of_one_utility() -> None:
    ratio = np.array([0.0, 0.3, 0.85])
    markets = substitutes(UTILITY, ratio)
    for place, z in enumerate(ratio):
        inverse = np.linalg.inv([[1, z], [z, 1]])
        assert inverse @ [3, 3] == pytest.approx(markets.a[place])
        assert inverse[0] == pytest.approx([markets.b1[place], -markets.b2[place]])
    held = substitutes(SLOPES, ratio)
    assert (held.a == 3).all()
    assert (held.b1 == 1).all()


@pytest.mark.parametrize(
    ("z", "investment", "value"), [(0.4, 0.1208, 0.00065), (0.5, 0.1093, 0.00064), (0.6, 0.0957, 0.00056)]
)
def test_with_preferences_held_the_values_are_those_worked_out_by_hand(
    z: float, investment: float, value: float
) -> None:
    [(_, _, gain, invested, _, _)] = [row for row in rows(SUBSTITUTABILITY, UTILITY) if abs(row[1] - z) < 1e-9]
    assert gain == pytest.approx(value, abs=5e-6)
    assert invested == pytest.approx(investment, abs=5e-5)


def test_sharing_gains_with_substitutability_throughout_only_where_the_market_grows() -> None:
    grows = np.array([row[2:] for row in rows(SUBSTITUTABILITY, SLOPES)])
    held = np.array([row[2:] for row in rows(SUBSTITUTABILITY, UTILITY)])
    assert (np.diff(grows, axis=0) > 0).all()
    assert (np.diff(held[:, [1, 3]], axis=0) < 0).all()
    for column in (0, 2):
        assert 0 < held[:, column].argmax() < len(held) - 1
    assert grows[0] == pytest.approx(held[0])


# A planner who shares less


def objective(cost: str, weight: float, s: Any, t: Any) -> Any:
    """W X^2 - f, from the definitions."""
    demand = 3 + t + 0.01 * t * s - (0.4 - 0.1 - 0.05) * s * s
    worth = 0.8 * t * s
    saved = 1 - np.exp(-3 * worth) if cost == "exponential" else worth / (1 + worth)
    return weight * demand**2 - 2.5 * t * t * (1 - 0.75 * saved)


@pytest.mark.parametrize("cost", COSTS)
def test_no_choice_on_a_grid_is_better_than_the_optimum_shown(cost: str) -> None:
    s, t = np.meshgrid(np.linspace(0, 1, 201), np.geomspace(0.03, 60, 800))
    for _, _, _, _, weight, sharing, investment in rows(PLANNER, OPTIMUM, cost)[::10]:
        here = objective(cost, weight, sharing, investment)
        best = objective(cost, weight, s, t).max()
        assert best <= here * (1 + 1e-12)
        assert best > here * 0.99


def test_with_exponential_cost_the_planner_shares_less_and_with_hyperbolic_cost_more() -> None:
    found = {(row[1], row[2]): row[5] for row in rows(PLANNER, REGIME)}
    told = {name: round(found["exponential", name], 3) for name in ("joint-profit", "planner", "first-best")}
    assert told == {"joint-profit": 0.836, "planner": 0.386, "first-best": 0.324}
    assert found["hyperbolic", "joint-profit"] < found["hyperbolic", "planner"] < found["hyperbolic", "first-best"]


def test_the_regimes_lie_on_the_line_of_optima() -> None:
    for _, cost, _, _, weight, sharing, investment in rows(PLANNER, REGIME):
        *_, near = optimum_pieces(cost, np.array([weight]))
        assert near[2:] == pytest.approx((sharing, investment), rel=1e-6)


def test_inner_optima_lie_on_the_common_curve() -> None:
    for cost in COSTS:
        through = np.array([row[-1:-3:-1] for row in rows(PLANNER, CURVE, cost)])
        for *_, sharing, investment in rows(PLANNER, OPTIMUM, cost):
            if sharing < 0.99 and investment > through[0, 0]:
                assert np.interp(investment, *through.T) == pytest.approx(sharing, abs=2e-3)


def test_at_its_one_jump_the_optimum_is_cut_between_two_choices_equally_good() -> None:
    points = rows(PLANNER, OPTIMUM, "exponential")
    pairs = [(one, other) for one, other in pairwise(points) if one[3] != other[3]]
    [((*_, low, few, little), (*_, high, much, more))] = pairs
    assert high - low < 1e-8
    assert much - few > 0.7
    assert objective("exponential", low, few, little) == pytest.approx(objective("exponential", low, much, more))
    assert {row[3] for row in rows(PLANNER, OPTIMUM, "hyperbolic")} == {0}


@pytest.mark.parametrize("cost", COSTS)
def test_within_a_piece_nothing_jumps(cost: str) -> None:
    low, high = (0.16, 0.18) if cost == "exponential" else (0.46, 0.5)
    coarse, fine = (optimum_pieces(cost, np.linspace(low, high, count)) for count in (21, 81))

    def greatest(pieces: list[tuple[int, float, float, float]]) -> float:
        return max(abs(other[2] - one[2]) for one, other in pairwise(pieces) if one[0] == other[0])

    assert greatest(fine) < 0.5 * greatest(coarse)


def test_no_drawn_line_but_a_dotted_one_crosses_the_jump() -> None:
    canvas = Canvas()
    PLANNER.draw(DATA[PLANNER.name], canvas)
    curve, sharing, _ = canvas.axes
    crossing = [
        [line.get_linestyle() for line in panel.lines if np.abs(np.diff(line.get_ydata())).max(initial=0) > 0.5]
        for panel in (curve, sharing)
    ]
    assert crossing == [[], [":"]]


# All of them


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_is_the_same_each_time_with_units_in_its_data(figure: Figure) -> None:
    data = DATA[figure.name]
    again = figure.data()
    assert again.as_csv() == data.as_csv()
    drawn = figure.render(data, "svg")
    assert drawn == figure.render(again, "svg")
    assert drawn.startswith(b"<?xml")
    measured = [name for name, value in zip(data.columns, data.rows[-1], strict=True) if isinstance(value, float)]
    assert measured
    assert all(name.endswith("]") for name in measured)
