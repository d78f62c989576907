"""What sharing is worth as products become closer substitutes, which depends on what is held fixed meanwhile.

A higher b2 at a given a and b1 also enlarges the market; with the buyers' preferences held it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.sharing.figures.palette import BLUE, ORANGE
from shieldwall.economics.sharing.forms import Floats, Hyperbolic, Leakage
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.solve import solve_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


SLOPES, UTILITY = "demand intercept and own slope", "preferences"
"""What is held while products become closer substitutes."""

MOST_SUBSTITUTABLE, SUBSTITUTABILITIES = 0.9, 91
WILLINGNESS = 3.0
"""r, the most that is paid for a first unit; the utility is r q - q^2/2 for each product, less z q_1 q_2."""

VALUES = ("value of sharing [money]", "investment [demand]", "sharing [share of knowledge]", "greatest utility [money]")


def substitutes(held: str, ratio: Floats) -> Market:
    """The markets whose products are ratio = b2/b1 substitutable, with a and b1 held, or r and the utility's slopes."""
    if held == SLOPES:
        a, b1 = np.full_like(ratio, WILLINGNESS), np.ones_like(ratio)
    else:
        a, b1 = WILLINGNESS / (1 + ratio), 1 / (1 - ratio**2)
    return Market(
        a, b1, ratio * b1, demand_spillover=0.5, cost_spillover=0.5, rivalry=0.1,
        leakage=Leakage(1, 0.3, 0.2), cost=Hyperbolic(10, 0.5),
    )  # fmt: skip


def substitutability_data() -> FigureData:
    """What sharing is worth and how much there is of it, over the substitutability of the products."""
    ratio = np.linspace(0, MOST_SUBSTITUTABLE, SUBSTITUTABILITIES)
    rows: list[tuple[object, ...]] = []
    for held in (SLOPES, UTILITY):
        markets = substitutes(held, ratio)
        utility = markets.a[:, 0] ** 2 / (markets.b1 - markets.b2)
        solved = zip(ratio, solve_many(markets), solve_many(markets, "no-sharing"), utility, strict=True)
        for at, sharing, apart, most in solved:
            (one,), (alone,) = sharing.equilibria, apart.equilibria
            value = one.profit[0] - alone.profit[0]
            rows.append((held, float(at), value, one.investment[0], one.sharing[0], float(most)))
    return FigureData(("held fixed", "substitutability b2/b1 [1]", *VALUES), rows)


def draw_substitutability(data: FigureData, canvas: Canvas) -> None:
    """One panel for each value, one line for what is held."""
    panels = canvas.subplots(2, 2, sharex=True)
    for panel, name in zip(panels.flat, VALUES, strict=True):
        for held, colour in ((SLOPES, ORANGE), (UTILITY, BLUE)):
            kept = [row for row in data.rows if row[0] == held]
            place = data.columns.index(name)
            x, y = (np.array([row[at] for row in kept], dtype=float) for at in (1, place))
            # Without substitutes sharing is worth nothing, which a logarithmic axis cannot show.
            panel.plot(x, np.where(y > 0, y, np.nan) if "money" in name else y, color=colour)
        if "money" in name:
            panel.set_yscale("log")
        panel.set_title(name.replace("[", "(").replace("]", ")"), fontsize=10)
        panel.set_xlim(0, MOST_SUBSTITUTABLE)
    for panel in panels[1]:
        panel.set_xlabel("substitutability b2/b1")
    panels[0, 0].text(0.5, 0.012, "a and b1 held:\nthe market grows", color=ORANGE, ha="right", fontsize=9)
    panels[0, 0].text(0.45, 2.6e-4, "preferences held", color=BLUE, ha="center", fontsize=9)
    canvas.suptitle("Whether closer substitutes make sharing worth more depends on what is held", fontsize=11)


FIGURE = Figure(
    "sharing-substitutability",
    "The value of sharing as products become closer substitutes, in two kinds of market",
    substitutability_data,
    draw_substitutability,
)
