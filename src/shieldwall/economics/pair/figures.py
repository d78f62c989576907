"""The equilibrium map: what two members do, over the reward rate and the exclusion.

The areas come from the signs of the gains in each cell of a grid, the lines from the closed forms: a picture in which
they do not meet would show an error in one of them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.pair.game import Pair
from shieldwall.economics.pair.outcomes import Outcome, outcome
from shieldwall.economics.precision import economics_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

LARGE, SMALL = 3, 1
"""Knowledge of the two members (Simmons 2024, section B.4); each gains from access what the other knows."""

RISKS = {Fraction(1, 2): "risk 0.5 (Table 1)", Fraction(3, 10): "risk 0.3 (Table 2)"}
TOLD_RATES = {Fraction(1, 2): Fraction(0), Fraction(3, 10): Fraction(1, 5)}
"""The reward rate that goes with each risk in the text."""

SPAN = Fraction(13, 10)
"""The greatest rate of a panel as a multiple of its risk; from the risk on the smaller member shares in any case."""

CELLS = (97, 73)
"""How many cells over the rate and over the exclusion; chosen so that no centre lies on a boundary."""

RATE, EXCLUSION = "reward rate [payoff per unit of knowledge]", "exclusion [share of access lost]"
COLUMNS = ("what", "risk [payoff]", RATE, EXCLUSION, "which")
AREA, LINE = "area", "boundary"

COLOURS = {
    Outcome.NOBODY: "#d9d9d9",
    Outcome.FIRST_ONLY: "#f4a261",
    Outcome.SECOND_ONLY: "#b07aa1",
    Outcome.ALL_OR_NOBODY: "#fdf1b8",
    Outcome.ALL_OR_NOBODY_ALL_RISK_DOMINANT: "#cfe3f3",
    Outcome.ALL: "#86b9de",
    Outcome.ALL_DOMINANT: "#3f7fb5",
    Outcome.BOUNDARY: "#000000",
}
"""Told apart by lightness too, so that neither colour blindness nor grey print hides an area."""

STYLES = {
    "exclusion = max (risk - reward) / access: full sharing is an equilibrium above": "-",
    "critical beliefs add up to 1: full sharing is risk-dominant above": "--",
    "reward = risk for the larger: it shares even alone to the right": "-.",
    "reward = risk for the smaller: it shares even alone to the right": ":",
}


def boundaries(risk: Fraction) -> dict[str, tuple[tuple[Fraction, Fraction], ...]]:
    """The corners (rate, exclusion) of each line at which something changes; between corners they are straight.

    Member i answers sharing with sharing from the exclusion e_i = (r - s_i) / A_i on. Both do above the greater of the
    two, which are equal at the rate r / (k_1 + k_2). With q_i = e_i / exclusion the critical beliefs add up to 1 where
    the exclusion is e_1 + e_2. A member shares alone from the rate r / k_i on.

    >>> [[(str(rate), str(exclusion)) for rate, exclusion in line] for line in boundaries(Fraction(3, 10)).values()][0]
    [('0', '3/10'), ('3/40', '3/40'), ('3/10', '0')]
    """

    def larger(rate: Fraction) -> Fraction:
        return (risk - rate * LARGE) / SMALL

    def smaller(rate: Fraction) -> Fraction:
        return (risk - rate * SMALL) / LARGE

    zero, one = Fraction(0), Fraction(1)
    equal, larger_alone, smaller_alone = risk / (LARGE + SMALL), risk / LARGE, risk / SMALL
    lines = (
        ((zero, larger(zero)), (equal, larger(equal)), (smaller_alone, zero)),
        ((zero, larger(zero) + smaller(zero)), (larger_alone, smaller(larger_alone))),
        ((larger_alone, zero), (larger_alone, one)),
        ((smaller_alone, zero), (smaller_alone, one)),
    )
    return dict(zip(STYLES, lines, strict=True))


def map_data() -> FigureData:
    """The outcome at the centre of every cell, and the corners of every boundary."""
    rows: list[tuple[object, ...]] = []
    across, up = CELLS
    for risk in RISKS:
        for row in range(up):
            exclusion = Fraction(2 * row + 1, 2 * up)
            for column in range(across):
                rate = SPAN * risk * (2 * column + 1) / (2 * across)
                pair = Pair.of_knowledge(LARGE, SMALL, risk=risk, rate=rate, exclusion=exclusion)
                rows.append((AREA, float(risk), float(rate), float(exclusion), outcome(pair).value))
        for name, corners in boundaries(risk).items():
            rows += [(LINE, float(risk), float(rate), float(exclusion), name) for rate, exclusion in corners]
    return FigureData(COLUMNS, rows)


def draw_map(data: FigureData, canvas: Canvas) -> None:
    """One panel for each risk: areas, boundaries, and the games of the text."""
    panels = canvas.subplots(1, len(RISKS), sharey=True)
    for panel, (risk, title) in zip(panels, RISKS.items(), strict=True):
        _areas(panel, data, float(risk))
        _boundaries(panel, data, float(risk))
        _games_of_the_text(panel, float(TOLD_RATES[risk]))
        _labels(panel, float(risk))
        panel.set(title=title, xlim=(0, float(SPAN * risk)), ylim=(0, 1))
        panel.set_xlabel("reward rate (payoff per unit of knowledge)")
        panel.locator_params(axis="x", nbins=5)
    panels[0].set_ylabel("exclusion (share of access lost by not sharing)")
    canvas.suptitle(f"Who shares at equilibrium: two members, knowledge {LARGE} and {SMALL}")
    handles, names = panels[0].get_legend_handles_labels()
    canvas.legend(handles, names, loc="outside lower center", fontsize=8, frameon=False)


def _areas(panel: Axes, data: FigureData, risk: float) -> None:
    with economics_extra():
        from matplotlib.colors import ListedColormap  # noqa: PLC0415
    outcomes = list(COLOURS)
    codes = [
        outcomes.index(Outcome(cast(str, which)))
        for what, at_risk, _, _, which in data.rows
        if what == AREA and at_risk == risk
    ]
    across, up = CELLS
    panel.imshow(
        np.array(codes).reshape(up, across),
        cmap=ListedColormap(list(COLOURS.values())),
        vmin=-0.5,
        vmax=len(outcomes) - 0.5,
        extent=(0, float(SPAN) * risk, 0, 1),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )


def _boundaries(panel: Axes, data: FigureData, risk: float) -> None:
    for name, style in STYLES.items():
        corners = [
            (cast(float, rate), cast(float, exclusion))
            for what, at_risk, rate, exclusion, which in data.rows
            if what == LINE and at_risk == risk and which == name
        ]
        panel.plot(*zip(*corners, strict=True), linestyle=style, color="black", linewidth=1.3, label=name)


def _games_of_the_text(panel: Axes, rate: float) -> None:
    for exclusion, marker, name in ((0, "o", "no exclusion"), (1, "^", "full exclusion")):
        panel.plot(
            [rate],
            [exclusion],
            marker=marker,
            linestyle="none",
            color="#b2182b",
            markeredgecolor="white",
            markersize=9,
            clip_on=False,
            zorder=5,
            label=f"the game of the text with {name}",
        )


def _labels(panel: Axes, risk: float) -> None:
    """Words in each area, in units of the panel's risk; an arrow to an area too small for them."""
    words: tuple[tuple[float, float, str, str], ...] = (
        (0.11, 0.07, "nobody\nshares", "black"),
        (0.16, 0.85, "all or nobody;\nfull sharing\nrisk-dominant", "black"),
        (0.66, 0.7, "all share\n(the only equilibrium)", "black"),
        (1.15, 0.7, "all share\n(dominant\nfor both)", "white"),
    )
    for rate, exclusion, text, colour in words:
        panel.text(rate * risk, exclusion, text, ha="center", va="center", fontsize=8, color=colour)
    pointed: tuple[tuple[tuple[float, float], tuple[float, float], str], ...] = (
        ((0.16, 0.66 * risk), (0.66, 0.45), "all or nobody;\nno sharing risk-dominant"),
        ((0.5, 0.12 * risk), (0.72, 0.25), "only the larger shares"),
    )
    for (rate, exclusion), (text_rate, text_exclusion), text in pointed:
        panel.annotate(
            text,
            xy=(rate * risk, exclusion),
            xytext=(text_rate * risk, text_exclusion),
            ha="center",
            va="center",
            fontsize=8,
            arrowprops={"arrowstyle": "-", "linewidth": 0.7},
        )


FIGURES = (
    Figure(
        "equilibrium-map",
        "Who shares at equilibrium over reward rate and exclusion, two members, with the analytic boundaries",
        map_data,
        draw_map,
    ),
)
