"""Geometry of the small charts; the templates draw them as SVG. Positions are in units of the view box.

Not here: what the figures mean. Floats are fine here: nothing computed from them is paid or recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shieldwall.domain.epochs import Valued


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``label`` stands below it and ``note`` says its value."""

    x: float
    y: float
    width: float
    height: float
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a view box."""

    width: int
    height: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One column of a waterfall: where the product stood before and stands after a factor.

    Attributes:
        kind: ``start``, ``up``, ``down``, ``same`` or ``total``.
        level: Height at which the next column begins.
    """

    bar: Bar
    kind: str
    level: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Columns that begin where the one before ends."""

    width: int
    height: int
    base: float
    steps: tuple[Step, ...]


def columns(figures: Sequence[tuple[str, int, str]], width: int = 640, height: int = 96) -> Chart:
    """Lay out one column per figure.

    Args:
        figures: Label, value (at least 0) and note of each column.

    >>> [bar.height for bar in columns([("1", 5, ""), ("2", 10, "")], width=100, height=50).bars]
    [25.0, 50.0]
    """
    top = max((value for _, value, _ in figures), default=0) or 1
    pitch = min(width / max(len(figures), 1), width / 6)
    bars = []
    for place, (label, value, note) in enumerate(figures):
        tall = max(value / top * height, 1.0)
        bars.append(
            Bar(
                round(place * pitch, 1),
                round(height - tall, 1),
                round(pitch * 0.78, 1),
                round(tall, 1),
                label,
                note,
            )
        )
    return Chart(width, height, tuple(bars))


_LETTERS = "SXPTRQND"
_PITCH = 80
_COLUMN = 52
_HEADROOM = 26
_PLOT = 150


def running(valued: Valued) -> tuple[Fraction, ...]:
    """The product after each factor, in milli-points: after S, after S X, and so on to the whole."""
    f = valued.factors
    product = Fraction(f.severity)
    products = [product]
    for factor in (f.exploitation, f.scope, f.tier, f.specificity, f.actionability, f.novelty, f.timeliness):
        product *= factor
        products.append(product)
    return tuple(products)


def waterfall(valued: Valued, notes: Sequence[str]) -> Waterfall:
    """Lay out the factors of a value, S to D, and the value itself as the last column.

    Args:
        notes: What stands above each of the nine columns.
    """
    products = running(valued)
    top = float(max(products)) or 1.0
    base = float(_HEADROOM + _PLOT)

    def at(product: Fraction) -> float:
        return round(base - float(product) / top * _PLOT, 1)

    steps = []
    before = Fraction(0)
    for place, after in enumerate((*products, products[-1])):
        total = place == len(products)
        start, end = (base, at(after)) if total or place == 0 else (at(before), at(after))
        kind = "total" if total else "start" if place == 0 else _direction(before, after)
        steps.append(
            Step(
                Bar(
                    x=place * _PITCH + (_PITCH - _COLUMN) / 2,
                    y=min(start, end),
                    width=_COLUMN,
                    height=max(round(abs(start - end), 1), 2.0),
                    label="V" if total else _LETTERS[place],
                    note=notes[place],
                ),
                kind,
                end,
            )
        )
        before = after
    return Waterfall(_PITCH * len(steps), int(base) + 26, base, tuple(steps))


def _direction(before: Fraction, after: Fraction) -> str:
    if before == after:
        return "same"
    return "up" if after > before else "down"
