"""Figures 2 to 6: one quantity over the requirement, from the global optimum and from the published formulas.

The effort is unobservable and losses are refunded, the paper's main setting. Other settings are in ``settings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.outsourcing.figures.markets import MAIN, SINGLE, WAVERING, Market, requirements
from shieldwall.economics.outsourcing.figures.published import published
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Floats
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.switching import switching_points

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from shieldwall.economics.outsourcing.figures.published import Published
    from shieldwall.economics.outsourcing.solution import Solution

MARKET, REQUIREMENT, PIECE = "market", "requirement [quality, 0 to 1]", "piece [jumps so far]"
SHIRKS, CHANGE = "provider shirks", "what changes here"
OPTIMUM, FORMULA, SECOND = "optimum", "published formula", "published formula, second root"
BINDS, JUMPS = "mandate binds", "jumps"

OPTIMUM_COLOUR, FORMULA_COLOUR, SECOND_COLOUR = "#0072b2", "#000000", "#cc79a7"
MARK_COLOUR, SHIRKING_COLOUR = "#d55e00", "#fdebd3"
MARKS = {
    JUMPS: ("o", "jump: the full end at it, the empty one beyond", -7, 9),
    "begins to shirk": ("^", "the provider begins to shirk", 7, -9),
    "interior to all": ("D", "from here on all clients outsource", -7, 9),
    BINDS: ("s", "the mandate begins to bind: requirement = D/c_k", -7, -9),
}
"""Marker, name and place of the number in points; where several things change, the first of them is marked."""
CLOSE_TO_THE_END = 0.9
"""Beyond this requirement a number is written below its mark, not beside it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a figure plots.

    Attributes:
        field: Its name in ``Solution`` and in ``Published``.
        label: For the vertical axis.
        unit: In the data.
        equations: Of the published formula.
        markets: A panel for each.
    """

    field: str
    label: str
    unit: str
    equations: str
    markets: tuple[Market, ...]

    def column(self, which: str) -> str:
        """The column of the optimum or of a published curve."""
        return f"{which} [{self.unit}]"

    def of(self, solved: Solution | Published) -> Floats:
        """Its values."""
        return cast(Floats, getattr(solved, self.field))


def curve_data(quantity: Quantity) -> FigureData:
    """The optimum and both published curves of every market."""
    curves = [quantity.column(which) for which in (OPTIMUM, FORMULA, SECOND)]
    columns = (MARKET, REQUIREMENT, PIECE, *curves, SHIRKS, CHANGE)
    return FigureData(columns, [row for market in quantity.markets for row in _rows(quantity, market)])


def _rows(quantity: Quantity, market: Market) -> Iterator[tuple[object, ...]]:
    regime = Regime.REQUIREMENT
    switches = switching_points(market.service, regime)
    points = np.union1d(requirements(market.service, regime, switches), market.binds_from)
    at = market.service.change(requirement=points)
    solved = solve(at, regime)
    curves = [quantity.of(solved), *(quantity.of(published(at, regime, second=second)) for second in (False, True))]
    pieces = np.searchsorted([one.requirement for one in switches if JUMPS in one.changes], points, side="right")
    told = {market.binds_from: BINDS, **{one.requirement: ", ".join(one.changes) for one in switches}}
    for place, point in enumerate(points.tolist()):
        values = [known(curve[place]) for curve in curves]
        shirks = bool(solved.provider_shirks[place])
        yield (market.name, point, int(pieces[place]), *values, shirks, told.get(point, ""))


def known(value: float) -> float | None:
    """The value for the data, None where there is nothing to show."""
    return None if np.isnan(value) else float(value)


def numbers(column: Sequence[object]) -> Floats:
    """A column as numbers, NaN where there is nothing to show."""
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)


def draw_curves(quantity: Quantity, title: str, data: FigureData, canvas: Canvas) -> None:
    """One panel for each market; switching points marked, jumps left open."""
    panels = canvas.subplots(1, len(quantity.markets), squeeze=False)[0]
    for panel, market in zip(panels, quantity.markets, strict=True):
        rows = [row for row in data.rows if row[0] == market.name]
        _panel(panel, quantity, FigureData(data.columns, rows))
        panel.set_title(f"{market.name}\n{market.parameters}", fontsize=8)
        panel.set(xlim=(0, 1), xlabel="requirement (share of attacks to be deterred)")
    panels[0].set_ylabel(quantity.label)
    canvas.suptitle(title)
    legend(canvas, panels)


def legend(canvas: Canvas, panels: Iterable[Axes]) -> None:
    """One legend for all panels, below them."""
    handles: dict[str, Artist] = {}
    for panel in panels:
        found, names = panel.get_legend_handles_labels()
        handles |= dict(zip(names, found, strict=True))
    canvas.legend(list(handles.values()), list(handles), loc="outside lower center", ncols=2, fontsize=8, frameon=False)


def _panel(panel: Axes, quantity: Quantity, data: FigureData) -> None:
    _lines(panel, quantity, data)
    panel.margins(y=0.1)
    panel.set_ylim(*panel.get_ylim())
    across, shirks = numbers(data.column(REQUIREMENT)), np.array(data.column(SHIRKS), dtype=bool)
    if quantity.field == "service_quality":
        panel.plot([0, 1], [0, 1], color="#999999", linewidth=1, zorder=0, label="the requirement itself")
    area, height = "the provider shirks", panel.get_xaxis_transform()
    panel.fill_between(across, 0, 1, where=shirks, transform=height, color=SHIRKING_COLOUR, zorder=-1, label=area)
    _marks(panel, across, numbers(data.column(quantity.column(OPTIMUM))), cast(Sequence[str], data.column(CHANGE)))
    apart = np.isfinite(numbers(data.column(quantity.column(SECOND))))
    if quantity.field == "welfare" and apart.any():
        _enlarged(
            panel, quantity, FigureData(data.columns, [row for row, one in zip(data.rows, apart, strict=True) if one])
        )


def _lines(panel: Axes, quantity: Quantity, data: FigureData) -> None:
    across, optimum = numbers(data.column(REQUIREMENT)), numbers(data.column(quantity.column(OPTIMUM)))
    pieces = np.array(data.column(PIECE))
    for piece in np.unique(pieces):
        name = f"{OPTIMUM} (global)" if piece == pieces[0] else None
        panel.plot(across[pieces == piece], optimum[pieces == piece], color=OPTIMUM_COLOUR, linewidth=3, label=name)
    formula = f"{FORMULA} {quantity.equations}, where it has a solution"
    styles = {FORMULA: (FORMULA_COLOUR, "--", formula), SECOND: (SECOND_COLOUR, ":", f"{SECOND}: a minimum of profit")}
    for which, (colour, style, name) in styles.items():
        curve = numbers(data.column(quantity.column(which)))
        if np.isfinite(curve).any():
            panel.plot(across, curve, color=colour, linestyle=style, linewidth=1.6, label=name)


def _enlarged(panel: Axes, quantity: Quantity, data: FigureData) -> None:
    """Where both roots exist, the welfare of the three solutions differs by less than the panel can show."""
    inset = panel.inset_axes((0.2, 0.1, 0.42, 0.4))
    _lines(inset, quantity, data)
    inset.tick_params(labelsize=6.5)
    inset.locator_params(nbins=3)
    inset.set_title("enlarged", fontsize=7.5)
    panel.indicate_inset_zoom(inset, edgecolor="#666666")


def _marks(panel: Axes, across: Floats, optimum: Floats, changes: Sequence[str]) -> None:
    falls = optimum[0] > optimum[-1]
    for place, told in enumerate(changes):
        change = next((each for each in MARKS if each in told.split(", ")), None)
        if change is None:
            continue
        marker, name, ahead, up = MARKS[change]
        style: dict[str, Any] = {"color": MARK_COLOUR, "markersize": 7, "linestyle": "none", "zorder": 5}
        panel.plot(across[place], optimum[place], marker, label=name, markeredgecolor="white", **style)
        if change == JUMPS:
            panel.plot(across[place], optimum[place], marker, markerfacecolor="white", **style)
            panel.plot(across[place - 1], optimum[place - 1], marker, **style)
        panel.annotate(
            f"{across[place]:.3f}",
            (across[place], optimum[place]),
            (0 if across[place] > CLOSE_TO_THE_END else ahead, -up if falls else up),
            textcoords="offset points",
            fontsize=7.5,
            ha="center" if across[place] > CLOSE_TO_THE_END else "left" if ahead > 0 else "right",
            va="center",
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.7},
        )


def _figure(number: int, title: str, quantity: Quantity) -> Figure:
    heading = f"Figure {number}: {title}"
    draw = partial(draw_curves, quantity, heading)
    return Figure(f"outsourcing-figure-{number}", heading, partial(curve_data, quantity), draw)


BOTH = (MAIN, WAVERING)
CURVES = (
    _figure(
        2,
        "what a client keeps under a mandate",
        Quantity("client_utility", "expected utility of the client (money)", "money", "(4), (7)", (SINGLE,)),
    ),
    _figure(
        3,
        "what the provider earns under a mandate",
        Quantity("provider_profit", "provider's profit (money)", "money", "(5), (8)", (SINGLE,)),
    ),
    _figure(
        4,
        "service quality over the requirement",
        Quantity("service_quality", "service quality (share of attacks deterred)", "quality, 0 to 1", "(15)", BOTH),
    ),
    _figure(
        5,
        "outsourcing clients over the requirement",
        Quantity("outsourcing_clients", "outsourcing clients (number)", "clients", "(14)", BOTH),
    ),
    _figure(
        6,
        "welfare over the requirement",
        Quantity("welfare", "welfare of all clients and the provider (money)", "money", "(7), (16)", BOTH),
    ),
)
