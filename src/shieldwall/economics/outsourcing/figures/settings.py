"""Figures 8 and 9: welfare over the requirement under several settings, and what each loses against no requirement.

Welfare is continuous in the requirement even where the number of clients jumps, so no curve here has a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.outsourcing.figures.curves import CHANGE, REQUIREMENT, known, legend, numbers
from shieldwall.economics.outsourcing.figures.markets import INSTRUMENTS, SCENARIOS, Market, requirements
from shieldwall.economics.outsourcing.figures.published import published
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.switching import switching_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

SETTING = "setting"
OPTIMUM, FORMULA = "welfare, optimum [money]", "welfare, published formula [money]"
LOSS = "welfare lost against no requirement [money]"

STYLES = {
    Regime.NONE: ("#56b4e9", 5.0),
    Regime.REQUIREMENT: ("#0072b2", 4.5),
    Regime.VERIFIABLE: ("#d55e00", 2.0),
    Regime.NO_COMMITMENT: ("#cc79a7", 3.0),
    Regime.CLIENTS_SHIRK: ("#009e73", 3.0),
}
"""Colour and width; the first best lies under what reaches it."""

MARKS = {
    "exits": ("X", "the provider exits"),
    "enters": ("P", "the provider enters"),
    "begins to shirk": ("^", "the provider begins to shirk"),
    "interior to all": ("D", "from here on all clients outsource"),
}
SMALLEST_LOSS = 1e-4
"""The bottom of the logarithmic axis, money."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A market and the settings it is solved in, each with its name; the first has no requirement."""

    market: Market
    settings: Mapping[Regime, str]


def welfare_data(comparison: Comparison) -> FigureData:
    """Welfare of the optimum and of the published formulas in every setting."""
    rows = [row for regime in comparison.settings for row in _rows(comparison, regime)]
    return FigureData((SETTING, REQUIREMENT, OPTIMUM, FORMULA, LOSS, CHANGE), rows)


def _rows(comparison: Comparison, regime: Regime) -> Iterator[tuple[object, ...]]:
    service = comparison.market.service
    switches = switching_points(service, regime)
    points = requirements(service, regime, switches)
    at = service.change(requirement=points)
    welfare, formula = solve(at, regime).welfare, published(at, regime).welfare
    loss = solve(at, Regime.NONE).welfare - welfare
    told = {one.requirement: ", ".join(one.changes) for one in switches}
    for place, point in enumerate(points.tolist()):
        numbers_here = (float(welfare[place]), known(formula[place]), float(loss[place]))
        yield (comparison.settings[regime], point, *numbers_here, told.get(point, ""))


def draw_welfare(comparison: Comparison, title: str, data: FigureData, canvas: Canvas) -> None:
    """Welfare as in the paper on the left, what is lost on a logarithmic axis on the right."""
    whole, lost = canvas.subplots(1, 2)
    for regime, name in comparison.settings.items():
        rows = FigureData(data.columns, [row for row in data.rows if row[0] == name])
        colour, width = STYLES[regime]
        across, loss = numbers(rows.column(REQUIREMENT)), numbers(rows.column(LOSS))
        whole.plot(across, numbers(rows.column(OPTIMUM)), color=colour, linewidth=width, label=name)
        if regime is not Regime.NONE:
            lost.plot(across, np.where(loss > SMALLEST_LOSS / 10, loss, np.nan), color=colour, linewidth=width)
    for regime, name in comparison.settings.items():
        rows = FigureData(data.columns, [row for row in data.rows if row[0] == name])
        _formula(whole, rows)
        _marks(whole, rows, STYLES[regime][0])
    canvas.suptitle(title)
    for panel, name in ((whole, "welfare (money)"), (lost, "welfare lost against no requirement (money)")):
        panel.set(xlim=(0, 1), ylabel=name, xlabel="requirement (share of attacks to be deterred)")
    lost.set(yscale="log", ylim=(SMALLEST_LOSS, None))
    lost.grid(visible=True, color="#dddddd")
    whole.set_title(f"{comparison.market.name}\n{comparison.market.parameters}", fontsize=8)
    lost.set_title("the same, logarithmic;\nno curve where nothing is lost", fontsize=8)
    legend(canvas, [whole])


def _formula(panel: Axes, data: FigureData) -> None:
    curve = numbers(data.column(FORMULA))
    if np.isfinite(curve).any():
        name = "published formula, where it has a solution"
        panel.plot(numbers(data.column(REQUIREMENT)), curve, "--", color="black", linewidth=1.3, label=name)


def _marks(panel: Axes, data: FigureData, colour: str) -> None:
    across, welfare = numbers(data.column(REQUIREMENT)), numbers(data.column(OPTIMUM))
    for place, told in enumerate(data.column(CHANGE)):
        change = next((each for each in MARKS if each in str(told).split(", ")), None)
        if change is None:
            continue
        marker, name = MARKS[change]
        panel.plot(
            across[place], welfare[place], marker, color=colour, markeredgecolor="black", markersize=7,
            linestyle="none", zorder=5,
        )  # fmt: skip
        panel.plot([], [], marker, color="white", markeredgecolor="black", linestyle="none", label=name)


def _figure(number: int, title: str, comparison: Comparison) -> Figure:
    heading = f"Figure {number}: {title}"
    draw = partial(draw_welfare, comparison, heading)
    return Figure(f"outsourcing-figure-{number}", heading, partial(welfare_data, comparison), draw)


WELFARE = (
    _figure(
        8,
        "welfare with different contracting instruments",
        Comparison(
            INSTRUMENTS,
            {
                Regime.NONE: "no requirement: the first best",
                Regime.REQUIREMENT: "provider liable, not checked",
                Regime.VERIFIABLE: "provider checked",
                Regime.NO_COMMITMENT: "neither liable nor checked",
            },
        ),
    ),
    _figure(
        9,
        "welfare, depending on who may shirk",
        Comparison(
            SCENARIOS,
            {
                Regime.NONE: "no requirement: the first best",
                Regime.REQUIREMENT: "the provider may shirk",
                Regime.VERIFIABLE: "nobody may shirk",
                Regime.CLIENTS_SHIRK: "clients may shirk",
            },
        ),
    ),
)
