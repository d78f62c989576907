"""Figure 7: what a provider does over the requirement, checked and unchecked, and where welfare is lost.

The paper draws two thresholds, D/c_k and T D/c_s. There are more where the number of clients jumps, and fewer where
everybody outsources in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from shieldwall.economics.figure import Figure, FigureData
from shieldwall.economics.outsourcing.figures.curves import FORMULA, MARKET, OPTIMUM, known, legend
from shieldwall.economics.outsourcing.figures.markets import FEW, MAIN, STEPS, WAVERING, Codes, Market, changes
from shieldwall.economics.outsourcing.figures.published import Published, published
from shieldwall.economics.outsourcing.mandate import highest_harmless_mandate
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import ROUNDING, Floats, Service
from shieldwall.economics.outsourcing.solution import Solution, solve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

FROM, TO = "from requirement [quality, 0 to 1]", "to requirement [quality, 0 to 1]"
COLUMNS = (
    MARKET, "provider", "source", FROM, TO, "outcome", "welfare lost",
    "outsourcing at the start [clients]", "outsourcing at the end [clients]",
    "service at the start [quality, 0 to 1]", "service at the end [quality, 0 to 1]",
)  # fmt: skip
MARKETS = (MAIN, FEW, WAVERING)
CHECKED = {Regime.REQUIREMENT: "not checked", Regime.VERIFIABLE: "checked"}


class Outcome(StrEnum):
    """What the provider supplies."""

    IMMATERIAL = "as without a requirement: it does not bind"
    TRUTHFUL = "at least the requirement, of his own accord"
    SHIRKS = "less than the requirement: he shirks"
    EXACT = "exactly the requirement, because he is checked"
    UNKNOWN = "the published formulas have no solution in 1 … n"


COLOURS = {
    Outcome.IMMATERIAL: "#d9d9d9",
    Outcome.TRUTHFUL: "#9ecae1",
    Outcome.SHIRKS: "#f4a261",
    Outcome.EXACT: "#009e73",
    Outcome.UNKNOWN: "#ffffff",
}
OUTCOMES = tuple(Outcome)
HATCH = "////"
THICKNESS = {OPTIMUM: 0.8, FORMULA: 0.4}
HEIGHTS = (0.0, -0.75, -1.9, -2.65)
"""Of the strips of a market: a published one close below its optimum."""
SLIVER = 1e-9
"""Where two things change at once, rounding may put a shorter stretch between them, which means nothing."""
WIDE_ENOUGH = 0.06
"""A stretch at least as long as this has room for the number of clients."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One bar: a market, whether the provider is checked, and whom to believe."""

    market: Market
    regime: Regime
    source: str

    def at(self, points: Floats) -> tuple[Service, Solution | Published]:
        """The market at every requirement, solved or as published."""
        service = self.market.service.change(requirement=points)
        return service, (solve if self.source == OPTIMUM else published)(service, self.regime)

    def label(self, points: Floats) -> Codes:
        """Twice the index of the outcome, and one more where welfare is lost.

        The published formulas lose welfare wherever the requirement binds (Proposition 4).
        """
        service, found = self.at(points)
        quality = found.service_quality
        outcome = np.select(
            [
                np.isnan(quality),
                points <= self.market.binds_from,
                quality < points * (1.0 - ROUNDING),
                (quality <= points * (1.0 + ROUNDING)) & (self.regime is Regime.VERIFIABLE),
            ],
            [OUTCOMES.index(each) for each in (Outcome.UNKNOWN, Outcome.IMMATERIAL, Outcome.SHIRKS, Outcome.EXACT)],
            OUTCOMES.index(Outcome.TRUTHFUL),
        )
        harmless = highest_harmless_mandate(service, self.regime) if self.source == OPTIMUM else self.market.binds_from
        return np.asarray(2 * outcome + ((points > harmless) & ~np.isnan(quality)), dtype=np.int64)


def band_data() -> FigureData:
    """One row for each stretch of requirements with one outcome; both ends belong to it."""
    strips = [
        Strip(market, regime, source) for market in MARKETS for regime in CHECKED for source in (OPTIMUM, FORMULA)
    ]
    return FigureData(COLUMNS, [row for strip in strips for row in _rows(strip)])


def _rows(strip: Strip) -> Iterator[tuple[object, ...]]:
    ends, starts = changes(strip.label, np.linspace(0.0, 1.0, STEPS + 1))
    starts, ends = np.append(0.0, starts), np.append(ends, 1.0)
    long = ends - starts > SLIVER
    starts, ends = starts[long], ends[long]
    first, last = strip.at(starts)[1], strip.at(ends)[1]
    for place, code in enumerate(strip.label(starts).tolist()):
        sides = [
            known(values[place])
            for values in (
                first.outsourcing_clients, last.outsourcing_clients, first.service_quality, last.service_quality
            )
        ]  # fmt: skip
        outcome, lost = OUTCOMES[code // 2].value, bool(code % 2)
        stretch = (float(starts[place]), float(ends[place]))
        yield (strip.market.name, CHECKED[strip.regime], strip.source, *stretch, outcome, lost, *sides)


def draw_bands(data: FigureData, canvas: Canvas) -> None:
    """A panel for each market, a strip for each provider and source; hatched where welfare is lost."""
    panels = canvas.subplots(len(MARKETS), 1, sharex=True)
    for panel, market in zip(panels, MARKETS, strict=True):
        _panel(panel, [row for row in data.rows if row[0] == market.name])
        panel.set_title(f"{market.name}: {market.parameters}", fontsize=8.5, pad=10)
    panels[-1].set_xlabel("requirement (share of attacks to be deterred)")
    canvas.suptitle("Figure 7: what the provider supplies, and where welfare is lost")
    for outcome in OUTCOMES:
        panels[0].bar(0, 0, 0, color=COLOURS[outcome], edgecolor="black", linewidth=0.5, label=outcome.value)
    panels[0].bar(0, 0, 0, color="white", edgecolor="black", linewidth=0.5, hatch=HATCH, label="welfare is lost")
    legend(canvas, panels)


def _panel(panel: Axes, rows: Sequence[tuple[object, ...]]) -> None:
    strips = list(dict.fromkeys((row[1], row[2]) for row in rows))
    for _, provider, source, start, end, outcome, lost, few, many, *_ in cast(Sequence[Any], rows):
        height, thick = HEIGHTS[strips.index((provider, source))], THICKNESS[source]
        panel.barh(
            height, end - start, thick, start, color=COLOURS[Outcome(outcome)], edgecolor="black", linewidth=0.5,
            hatch=HATCH if lost else None,
        )  # fmt: skip
        if source == OPTIMUM:
            _words(panel, height, (start, end), (few, many))
    panel.set_yticks(HEIGHTS, [f"{provider}, {source}" for provider, source in strips])
    panel.tick_params(axis="y", labelsize=8, length=0)
    panel.set(xlim=(0, 1))
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)


def _words(panel: Axes, height: float, stretch: tuple[float, float], clients: tuple[float, float]) -> None:
    """The number of clients inside a stretch where there is room, and the requirement above its start."""
    start, end = stretch
    few, many = (f"{each:.3g}" for each in clients)
    if end - start > WIDE_ENOUGH:
        box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
        words = f"m = {few}" if few == many else f"m = {few}–{many}"
        panel.text(0.5 * (start + end), height, words, ha="center", va="center", fontsize=6.5, bbox=box)
    if start > 0.0:
        panel.text(start, height + 0.45, f"{start:.3f}", ha="center", va="bottom", fontsize=6.5)


BANDS = (
    Figure(
        "outsourcing-figure-7",
        "Figure 7: what the provider supplies over the requirement, checked and unchecked, and where welfare is lost",
        band_data,
        draw_bands,
    ),
)
