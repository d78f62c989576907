"""The equilibrium map of an alliance of sixty: who shares, over what is paid and what is withheld.

The areas come from solved games, one for each cell of a grid; the lines from closed forms. A picture in which they do
not meet would show an error in one of them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np

from shieldwall.economics.alliance.regions import (
    BOUNDARIES,
    COUNTS,
    KNOWLEDGE,
    TARIFFS,
    Sharers,
    alliance_at,
    boundaries,
    sharers,
)
from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.precision import economics_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

SPAN = {name: Fraction(last, 10) for name, last in zip(TARIFFS, (22, 12), strict=True)}
"""The greatest total reward of a panel, as a multiple of the sum of all risks."""

ACROSS, UP = 30, 45
"""Cells for each unit of reward, and over the exclusion; chosen so that no centre lies on a boundary."""

REWARD, EXCLUSION = "total reward [sum of all risks]", "exclusion [share of access lost]"
COLUMNS = (
    "what",
    "tariff",
    REWARD,
    EXCLUSION,
    "which",
    "least equilibrium [members sharing]",
    "greatest equilibrium [members sharing]",
)
AREA, LINE = "area", "boundary"

COLOURS = {
    Sharers.NOBODY: "#d9d9d9",
    Sharers.NOBODY_OR_SOME: "#e8d3c5",
    Sharers.SOME: "#f4a261",
    Sharers.NOBODY_OR_ALL: "#fdf1b8",
    Sharers.NOBODY_OR_ALL_POTENTIAL: "#cfe3f3",
    Sharers.SOME_OR_ALL: "#f2dc7e",
    Sharers.SOME_OR_ALL_POTENTIAL: "#b9d7ee",
    Sharers.ALL: "#86b9de",
    Sharers.ALL_DOMINANT: "#3f7fb5",
}
"""Told apart by lightness too, so that neither colour blindness nor grey print hides an area."""

STYLES = dict(
    zip(
        BOUNDARIES,
        ((0, (1, 1)), "-", "--", (0, (4, 1.5, 1, 1.5, 1, 1.5)), "-.", (0, (6, 1))),
        strict=True,
    )
)


def map_data() -> FigureData:
    """Who shares at the centre of every cell, and the corners of every boundary."""
    rows: list[tuple[object, ...]] = []
    for tariff, span in SPAN.items():
        across = int(span * ACROSS)
        for row in range(UP):
            exclusion = Fraction(2 * row + 1, 2 * UP)
            for column in range(across):
                reward = Fraction(2 * column + 1, 2 * ACROSS)
                kind, least, greatest = sharers(alliance_at(tariff, reward, exclusion))
                rows.append((AREA, tariff, float(reward), float(exclusion), kind.value, least, greatest))
        for name, corners in boundaries(tariff).items():
            rows += [(LINE, tariff, float(reward), float(exclusion), name, None, None) for reward, exclusion in corners]
    return FigureData(COLUMNS, rows)


def draw_map(data: FigureData, canvas: Canvas) -> None:
    """One panel for each tariff, at the same scale: areas, boundaries, and what each means."""
    panels = canvas.subplots(1, len(TARIFFS), sharey=True, width_ratios=[float(span) for span in SPAN.values()])
    for panel, (tariff, span) in zip(panels, SPAN.items(), strict=True):
        _areas(panel, data, tariff)
        _boundaries(panel, data, tariff)
        panel.set(xlim=(0, float(span)), ylim=(0, 1))
        panel.set_xticks([tick / 2 for tick in range(int(2 * span) + 1)])
        panel.set_title(tariff, fontsize=9.5)
    for panel, words in zip(panels, _WORDS, strict=True):
        _write(panel, words)
    panels[0].set_ylabel("exclusion (share of access lost by not sharing)")
    panels[0].set_xlabel("total reward if all share (1 = the sum of all risks)")
    members = ", ".join(f"{count} that know {k}" for count, k in zip(COUNTS, KNOWLEDGE, strict=True))
    canvas.suptitle(f"Who shares at equilibrium: an alliance of {sum(COUNTS)} ({members})", fontsize=11)
    handles, names = panels[0].get_legend_handles_labels()
    canvas.legend(handles, names, loc="outside lower center", ncols=2, fontsize=8, frameon=False)


def _areas(panel: Axes, data: FigureData, tariff: str) -> None:
    with economics_extra():
        from matplotlib.colors import ListedColormap  # noqa: PLC0415
    kinds = list(COLOURS)
    codes = [kinds.index(Sharers(cast(str, row[4]))) for row in data.rows if row[:2] == (AREA, tariff)]
    panel.imshow(
        np.array(codes).reshape(UP, -1),
        cmap=ListedColormap(list(COLOURS.values())),
        vmin=-0.5,
        vmax=len(kinds) - 0.5,
        extent=(0, float(SPAN[tariff]), 0, 1),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )


def _boundaries(panel: Axes, data: FigureData, tariff: str) -> None:
    for name, style in STYLES.items():
        corners = [
            cast(tuple[float, float], row[2:4]) for row in data.rows if row[:2] == (LINE, tariff) and row[4] == name
        ]
        panel.plot(*zip(*corners, strict=True), linestyle=style, color="black", linewidth=1.3, label=name)


_Words = tuple[tuple[str, tuple[float, float], tuple[float, float] | None, str], ...]
"""Text, where it stands, what it points to, colour."""

_WORDS: tuple[_Words, _Words] = (
    (
        ("nobody\nshares", (0.13, 0.11), None, "black"),
        ("nobody or all;\nfull sharing\nmaximises the\npotential", (0.27, 0.83), None, "black"),
        ("all share\n(the only equilibrium)", (1.2, 0.72), None, "black"),
        ("all\nshare\n(domi-\nnant)", (2.09, 0.72), None, "white"),
        ("nobody or all share; full sharing\ndoes not maximise the potential", (1.05, 0.52), (0.255, 0.285), "black"),
        ("nobody or some share", (1.05, 0.42), (0.2, 0.24), "black"),
        ("some or all share", (1.05, 0.33), (0.572, 0.14), "black"),
        ("only some share", (1.3, 0.23), (0.85, 0.03), "black"),
    ),
    (
        ("nobody\nshares", (0.3, 0.09), None, "black"),
        ("nobody or all;\nfull sharing maximises\nthe potential", (0.5, 0.83), None, "black"),
        ("nobody or all", (0.7, 0.52), (0.3, 0.4), "black"),
        ("nobody or\nsome share", (0.2, 0.33), None, "black"),
        ("all\nshare\n(domi-\nnant)", (1.1, 0.72), None, "white"),
    ),
)


def _write(panel: Axes, words: _Words) -> None:
    for text, place, target, colour in words:
        panel.annotate(
            text,
            xy=target or place,
            xytext=place,
            ha="center",
            va="center",
            fontsize=8,
            color=colour,
            arrowprops={"arrowstyle": "-", "linewidth": 0.7} if target else None,
        )


FIGURES = (
    Figure(
        "alliance-map",
        "Who shares at equilibrium over rewards and exclusion, sixty members, with the analytic boundaries",
        map_data,
        draw_map,
    ),
)
