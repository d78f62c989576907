"""What each of the eight regimes leads to in one market."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.sharing.figures.palette import BLUE, GREY
from shieldwall.economics.sharing.forms import Hyperbolic, Leakage
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.solve import solve

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


SOLVED = Market(
    6, 1, 0.6, demand_spillover=0.6, cost_spillover=0.5, rivalry=0.2,
    leakage=Leakage(2, 0.5, 0.3), cost=Hyperbolic(14, 0.4),
)  # fmt: skip
"""A market in which every regime has an answer, and no two the same."""

SHOWN = {
    "no-sharing": "no sharing",
    "nash": "simultaneous",
    "technology-first": "technology first",
    "stackelberg": "Stackelberg",
    "joint-profit": "joint profit",
    "collusion": "price collusion",
    "planner": "planner",
    "first-best": "first best",
}
"""The regimes from the one with the least sharing on, as the paper calls them."""

OF_THE_MARKET = ("consumer surplus [money]", "welfare [money]")
MEASURES = (
    "sharing [share of knowledge]",
    "investment [demand]",
    "price [money]",
    "profit of a firm [money]",
    *OF_THE_MARKET,
)


def regimes_data() -> FigureData:
    """What each regime leads to; two rows where a leader and a follower differ."""
    rows: list[tuple[object, ...]] = []
    for regime in SHOWN:
        for one in solve(SOLVED, regime).equilibria:
            each = zip(one.sharing, one.investment, one.price, one.profit, strict=True)
            roles = zip(("leader", "follower"), each, strict=True)
            both = one.sharing[0] != one.sharing[1]
            for role, values in list(roles)[: 2 if both else 1]:
                rows.append((regime, role if both else "each firm", *values, one.consumer_surplus, one.welfare))
    return FigureData(("regime", "firm", *MEASURES), rows)


def draw_regimes(data: FigureData, canvas: Canvas) -> None:
    """One panel for each measure, one line for each regime; every point with its number."""
    panels = canvas.subplots(2, 3, sharey=True)
    heights = {regime: -place for place, regime in enumerate(SHOWN)}
    for panel, measure in zip(panels.flat, MEASURES, strict=True):
        values = cast("list[float]", data.column(measure))
        low, high = min(0.0, *values), max(values)
        numbers: dict[int, list[float]] = {}
        panel.axvline(0, color=GREY, linewidth=0.7)
        for regime, firm, value in zip(data.column("regime"), data.column("firm"), values, strict=True):
            height, follows = heights[str(regime)], firm == "follower"
            if follows and measure in OF_THE_MARKET:
                continue
            panel.plot([0, value], [height, height], color=BLUE, linewidth=1)
            panel.plot([value], [height], "o", color=BLUE, markersize=5, markerfacecolor="white" if follows else BLUE)
            numbers.setdefault(height, []).append(value)
        for height, told in numbers.items():
            text = " / ".join(f"{value:.5g}".replace("-", "\N{MINUS SIGN}") for value in told)
            place = max(0.0, *told), height
            panel.annotate(text, place, (5, 0), textcoords="offset points", va="center", fontsize=7.5)
        panel.set(xlim=(low - 0.05 * (high - low), high + 0.38 * (high - low)), ylim=(-len(SHOWN) + 0.4, 0.6))
        panel.set_yticks(list(heights.values()), list(SHOWN.values()))
        panel.set_title(measure.replace("[", "(").replace("]", ")"), fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
    canvas.suptitle("Eight regimes in one market (Stackelberg: leader / follower, who is the open circle)", fontsize=11)


FIGURE = Figure(
    "sharing-regimes",
    "Sharing, investment, price, profit and welfare under eight regimes in one market",
    regimes_data,
    draw_regimes,
)
