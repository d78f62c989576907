"""A planner who shares less than firms that maximise joint profit: the counterexample to Proposition 5(ii).

The optimum jumps where two choices are equally good. It is cut there, and nothing is drawn between two pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.sharing.cooperative import objective_of
from shieldwall.economics.sharing.figures.palette import BLUE, ORANGE
from shieldwall.economics.sharing.forms import Exponential, Floats, Hyperbolic, Leakage, QuadraticCost
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import PER_FIRM_WEIGHTS, Objective, maximise
from shieldwall.economics.sharing.solve import solve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas


COSTS: dict[str, QuadraticCost] = {"exponential": Exponential(5, 0.75, 3), "hyperbolic": Hyperbolic(5, 0.75)}
DECIDERS = {
    "joint-profit": "joint profit",
    "collusion": "collusion",
    "planner": "planner",
    "first-best": "first best",
}
LEAST_WEIGHT, MOST_WEIGHT, WEIGHTS = 0.05, 0.55, 151
MARKERS = {"joint-profit": "o", "collusion": "s", "planner": "^", "first-best": "D"}
INVESTMENTS = (0.05, 30.0)
OPTIMUM, REGIME, CURVE = "optimum", "regime", "common curve"
JUMP = 0.02
"""A step of sharing above which a jump is looked for between two weights."""


def chosen_by_one(cost: str) -> Market:
    """The market in which the planner shares less than joint profit, with either cost."""
    return Market(
        3, 2.4, 1.4, demand_spillover=0.01, cost_spillover=0.8, rivalry=0,
        leakage=Leakage(0.4, 0.1, 0.05), cost=COSTS[cost],
    )  # fmt: skip


def weighted(cost: str, weight: Floats) -> Objective:
    """W X^2 - f for each of the weights W."""
    objective = objective_of(chosen_by_one(cost), "planner").take(np.zeros(len(weight), dtype=np.intp))
    return replace(objective, weight=weight)


def optimum_pieces(cost: str, weight: Floats) -> list[tuple[int, float, float, float]]:
    """The optimum over rising weights, with both ends of every jump added.

    Returns:
        Number of the piece, weight, sharing, investment.
    """
    optimum = maximise(weighted(cost, weight))
    far = np.flatnonzero(np.abs(np.diff(optimum.sharing)) > JUMP)
    low, high = weight[far], weight[far + 1]
    below, above = optimum.sharing[far], optimum.sharing[far + 1]
    for _ in range(_TO_THE_JUMP):
        middle = (low + high) / 2
        sharing = maximise(weighted(cost, middle)).sharing
        near = np.abs(sharing - below) < np.abs(sharing - above)
        low, below = np.where(near, middle, low), np.where(near, sharing, below)
        high, above = np.where(near, high, middle), np.where(near, above, sharing)
    jumps = np.abs(above - below) > JUMP / 2
    ends = np.stack((low[jumps], high[jumps]))
    every = np.union1d(weight, ends.ravel())
    optimum = maximise(weighted(cost, every))
    piece = (every[:, None] >= ends[1]).sum(axis=1)
    return list(zip(piece.tolist(), every.tolist(), optimum.sharing.tolist(), optimum.investment.tolist(), strict=True))


_TO_THE_JUMP = 20
"""Halvings; closer to the tie of two optima rounding decides between them."""


def common_curve(cost: str, investment: Floats) -> list[tuple[float, float]]:
    """Sharing and investment at which the gradients of demand and cost are parallel: every inner optimum is there."""
    shares = np.linspace(0, 1, 401)
    t = np.repeat(investment[:, None], len(shares), axis=1)
    s = np.broadcast_to(shares, t.shape)

    def twist(s: Floats, t: Floats) -> Any:
        one, none = (weighted(cost, np.full(len(t), w)).gradient(s, t) for w in (1.0, 0.0))
        return (one[0] - none[0]) * none[1] - (one[1] - none[1]) * none[0]

    value = twist(s, t)
    row, column = np.nonzero((value[:, :-1] > 0) != (value[:, 1:] > 0))
    low, high, t = shares[column], shares[column + 1], investment[row]
    sign = value[row, column] > 0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        before = (twist(middle, t) > 0) == sign
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return list(zip(low.tolist(), t.tolist(), strict=True))


_HALVINGS = 50


def planner_data() -> FigureData:
    """The optimum as the weight of demand rises, the four regimes on its way, and the curve on which all lie."""
    rows: list[tuple[object, ...]] = []
    for cost in COSTS:
        market = chosen_by_one(cost)
        pieces = optimum_pieces(cost, np.linspace(LEAST_WEIGHT, MOST_WEIGHT, WEIGHTS))
        rows += [(OPTIMUM, cost, None, *point) for point in pieces]
        for regime in DECIDERS:
            (one,) = solve(market, regime).equilibria
            weight = PER_FIRM_WEIGHTS[regime](market.b1, market.b2)[0]
            rows.append((REGIME, cost, regime, None, float(weight), one.sharing[0], one.investment[0]))
        points = common_curve(cost, np.geomspace(*INVESTMENTS, 241))
        rows += [(CURVE, cost, None, None, None, *point) for point in points]
    return FigureData(
        (
            "what",
            "cost",
            "regime",
            "segment",
            "weight of demand W [money per demand^2]",
            "sharing [share of knowledge]",
            "investment [demand]",
        ),
        rows,
    )


def draw_planner(data: FigureData, canvas: Canvas) -> None:
    """Sharing against investment along the common curve; and both over the weight."""
    axes = canvas.subplot_mosaic([["curve", "sharing"], ["curve", "investment"]], width_ratios=[1.3, 1])
    curve, sharing, investment = axes["curve"], axes["sharing"], axes["investment"]
    for cost, colour in (("exponential", ORANGE), ("hyperbolic", BLUE)):
        kept = [row for row in data.rows if row[1] == cost]
        through = np.array([row[-2:] for row in kept if row[0] == CURVE], dtype=float)
        curve.plot(through[:, 1], through[:, 0], color=colour, linewidth=0.9, linestyle=":")
        _pieces(kept, colour, curve, sharing, investment)
        for row in kept:
            if row[0] == REGIME:
                _, _, regime, _, weight, s, t = cast("tuple[Any, ...]", row)
                point: dict[str, Any] = {
                    "marker": MARKERS[regime],
                    "color": colour,
                    "markeredgecolor": "black",
                    "markersize": 7,
                }
                curve.plot([t], [s], linestyle="none", zorder=5, **point)
                sharing.plot([weight], [s], linestyle="none", zorder=5, **point)
                investment.plot([weight], [t], linestyle="none", zorder=5, **point)
    for regime, name in DECIDERS.items():
        curve.plot([], [], marker=MARKERS[regime], color="white", markeredgecolor="black", linestyle="none", label=name)
    curve.set(xscale="log", xlim=INVESTMENTS, ylim=(0, 1.03), xlabel="investment (demand)")
    curve.set_ylabel("sharing (share of knowledge)")
    curve.set_title("optimum (thick) along the common curve (dotted)", fontsize=9)
    curve.text(0.2, 0.5, "exponential\ncost", color=ORANGE, ha="center", fontsize=9)
    curve.text(2.6, 0.9, "hyperbolic\ncost", color=BLUE, ha="left", va="center", fontsize=9)
    curve.legend(loc="upper left", fontsize=8, frameon=False)
    sharing.set(ylim=(0, 1.03), xlim=(LEAST_WEIGHT, MOST_WEIGHT))
    sharing.set_title("sharing as demand weighs more", fontsize=9)
    investment.set(yscale="log", xlim=(LEAST_WEIGHT, MOST_WEIGHT), xlabel="weight of demand W (money per demand²)")
    investment.set_title("investment", fontsize=9)
    canvas.suptitle("With exponential cost the planner shares less than joint profit", fontsize=11)


def _pieces(rows: Sequence[tuple[object, ...]], colour: str, curve: Axes, sharing: Axes, investment: Axes) -> None:
    """The optimum, cut at its jumps; over the weight a jump is a dotted line."""
    points = np.array([row[3:] for row in rows if row[0] == OPTIMUM], dtype=float)
    cuts = np.flatnonzero(np.diff(points[:, 0])) + 1
    for piece in np.split(points, cuts):
        curve.plot(piece[:, 3], piece[:, 2], color=colour, linewidth=2.5)
        sharing.plot(piece[:, 1], piece[:, 2], color=colour)
        investment.plot(piece[:, 1], piece[:, 3], color=colour)
    for cut in cuts:
        for panel, column in ((sharing, 2), (investment, 3)):
            panel.plot(points[cut - 1 : cut + 1, 1], points[cut - 1 : cut + 1, column], color=colour, linestyle=":")


FIGURE = Figure(
    "sharing-planner-shares-less",
    "Sharing of a decision maker as demand weighs more, with two forms of cost",
    planner_data,
    draw_planner,
)
