"""Best responses of two firms, both choosing their sharing best: they cross at every equilibrium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.sharing.figures.palette import BLUE, GREY, ORANGE
from shieldwall.economics.sharing.forms import Floats, Hyperbolic, Leakage
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.response import Best, best_response, facing, weights
from shieldwall.economics.sharing.solve import solve

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


THREE = Market(
    2, 1, 0.4, demand_spillover=0.8, cost_spillover=0.9, rivalry=0.3,
    leakage=Leakage(0.5, 0.1, 0.1), cost=Hyperbolic(1.9, 0.4),
)  # fmt: skip
"""A market with three symmetric equilibria, at all of which Assumption 1 holds."""

MOST_INVESTMENT, STEPS = 10.0, 400

RESPONSE, EQUILIBRIUM = "best response", "equilibrium"


def reaction(market: Market, rival: Floats) -> tuple[Best, Floats]:
    """A firm's best response to each investment of its rival, of a market with equal firms.

    Both firms' sharing is best for them at these investments, so that two reaction functions cross exactly at the
    equilibria. What the rival shares is found by iteration, from no sharing on.

    Returns:
        The best responses, and what the rival shares; shape (N,).
    """
    markets = market.take(np.zeros(len(rival), dtype=np.intp))
    of = weights(markets)
    shared = np.zeros_like(rival)
    for _ in range(_ROUNDS):
        best = best_response(facing(markets, 0, shared, rival))
        shared = np.clip((of.pull * best.sharing + of.lift * rival) / of.curb, 0, 1)
    return best, shared


_ROUNDS = 40
"""More than enough: each takes about the factor G/E off the error, here 1/8."""


def reaction_data() -> FigureData:
    """Best responses over the rival's investment, equilibria among the points; and the equilibria themselves."""
    found = solve(THREE).equilibria
    grid = np.union1d(np.linspace(0, MOST_INVESTMENT, STEPS + 1), [one.investment[1] for one in found])
    best, shared = reaction(THREE, grid)
    points = zip(grid, best.investment, shared, best.sharing, strict=True)
    rows: list[tuple[object, ...]] = [(RESPONSE, *map(float, point), None) for point in points]
    rows += [(EQUILIBRIUM, *one.investment[::-1], *one.sharing[::-1], one.stable) for one in found]
    return FigureData(
        (
            "what",
            "rival's investment [demand]",
            "investment [demand]",
            "rival's sharing [share of knowledge]",
            "sharing [share of knowledge]",
            "stable",
        ),
        rows,
    )


def draw_reaction(data: FigureData, canvas: Canvas) -> None:
    """Investments of both firms against each other; and, for one, the excess over the rival's, and sharing."""
    axes = canvas.subplot_mosaic([["both", "excess"], ["both", "sharing"]], width_ratios=[1.45, 1])
    rival, own, _, shares = (np.array(part, dtype=float) for part in _columns(data, RESPONSE))
    both, excess, sharing = axes["both"], axes["excess"], axes["sharing"]
    both.plot([0, MOST_INVESTMENT], [0, MOST_INVESTMENT], color=GREY, linewidth=0.7, linestyle=":")
    both.plot(own, rival, color=BLUE)
    both.plot(rival, own, color=ORANGE)
    excess.axhline(0, color=GREY, linewidth=0.7)
    excess.plot(rival, own - rival, color=BLUE)
    sharing.plot(rival, shares, color=BLUE)
    for _, theirs, mine, _, share, stable in _rows(data, EQUILIBRIUM):
        style: dict[str, Any] = {"marker": "o", "color": "black", "linestyle": "none", "zorder": 5, "markersize": 7}
        style |= {} if stable else {"markerfacecolor": "white"}
        both.plot([mine], [theirs], **style)
        excess.plot([theirs], [mine - theirs], **style)
        sharing.plot([theirs], [share], **style)
        both.annotate(
            f"{'stable' if stable else 'unstable'} at {mine:.2f},\nsharing {100 * share:.0f} %",
            (mine, theirs), (14, -2), textcoords="offset points", va="top", fontsize=8,
        )  # fmt: skip
    both.text(1.5, 4.4, "firm 1's\nbest response", color=BLUE, ha="center", fontsize=9)
    both.text(4.1, 2.3, "firm 2's\nbest response", color=ORANGE, ha="left", fontsize=9)
    both.set(xlabel="investment of firm 1 (demand)", ylabel="investment of firm 2 (demand)", aspect="equal")
    both.set(xlim=(0, MOST_INVESTMENT), ylim=(0, MOST_INVESTMENT), title="they cross at three equilibria")
    excess.set(title="firm 1's investment less firm 2's", xlim=(0, MOST_INVESTMENT))
    sharing.set(title="share of its knowledge firm 1 shares", xlim=(0, MOST_INVESTMENT), ylim=(0, 1.05))
    sharing.set_xlabel("investment of firm 2 (demand)")
    for panel in axes.values():
        panel.title.set_fontsize(9)
    canvas.suptitle("Best responses, sharing chosen best: one market, three equilibria")


def _rows(data: FigureData, what: str) -> list[tuple[Any, ...]]:
    return [row for row in data.rows if row[0] == what]


def _columns(data: FigureData, what: str) -> list[tuple[Any, ...]]:
    """The numbers of the rows of a kind, by column; without the first and the last."""
    return list(zip(*(row[1:-1] for row in _rows(data, what)), strict=True))


FIGURE = Figure(
    "sharing-reaction-functions",
    "Best responses of two firms in a market with three equilibria",
    reaction_data,
    draw_reaction,
)
