"""A figure is its data and the way to draw them: both are computed anew when it is asked for.

The data come as a table, so that whoever doubts a picture can compute with what it shows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from shieldwall.economics.precision import economics_extra
from shieldwall.errors import NotFound

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

MODULES = (
    "shieldwall.economics.pair.figures",
    "shieldwall.economics.alliance.figures",
    "shieldwall.economics.sharing.figures",
    "shieldwall.economics.outsourcing.figures",
)
"""Where the figures are; each module has ``FIGURES``."""

FORMATS = ("svg", "png")
"""What a figure is drawn as."""


@dataclass(frozen=True, slots=True)
class FigureData:
    """The numbers behind a figure.

    Attributes:
        columns: Name of each column, with its unit where it has one.
        rows: One tuple for each point; None where there is nothing to show.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]

    def column(self, name: str) -> list[object]:
        """The values of one column, in the order of the rows."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def as_csv(self) -> str:
        """The data as comma-separated text with a heading; an absent value is empty."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by name.

    Attributes:
        name: What the command line calls it, and its files.
        title: One line saying what it shows.
        data: Computes the numbers; deterministic.
        draw: Draws them on an empty canvas.
    """

    name: str
    title: str
    data: Callable[[], FigureData]
    draw: Callable[[FigureData, Canvas], None]

    def render(self, data: FigureData, form: str) -> bytes:
        """Draw the figure as a file of one of ``FORMATS``.

        Raises:
            MissingPackage: If matplotlib is not installed.
        """
        with economics_extra():
            from matplotlib import rc_context  # noqa: PLC0415
            from matplotlib.figure import Figure as Canvas  # noqa: PLC0415
        file = io.BytesIO()
        # Fixed identifiers and no date: the same data give the same bytes.
        with rc_context({"svg.hashsalt": self.name}):
            canvas = Canvas(figsize=(8, 5.5), layout="constrained")
            self.draw(data, canvas)
            canvas.savefig(file, format=form, dpi=150, metadata={"Date": None} if form == "svg" else None)
        return file.getvalue()


def all_figures() -> tuple[Figure, ...]:
    """Every figure there is."""
    return tuple(figure for module in MODULES for figure in import_module(module).FIGURES)


def figure_named(name: str) -> Figure:
    """The figure of that name.

    Raises:
        NotFound: If there is none.
    """
    figures = {figure.name: figure for figure in all_figures()}
    if name not in figures:
        raise NotFound(f"no figure {name}. There are: {', '.join(figures)}")
    return figures[name]
