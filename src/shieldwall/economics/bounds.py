"""Proof that a point is the global maximum of a function of two variables, to a stated slack.

Branch and bound in ball arithmetic: every number is a ball that surely contains the true one, because each operation
rounds outward. So "proved" means proved, rounding included. Three facts end the search early: a box on which the
function rises in one direction keeps only its far edge; on a box where it is concave it lies below its tangent plane,
which at an optimum is flat; elsewhere it lies below the mean value form. What is maximised is not known here.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from shieldwall.economics.precision import economics_extra

Ball: TypeAlias = Any
"""A ``flint.arb``, which has no type stubs."""

BITS = 106
"""Binary digits of a ball's middle: twice a float's, so that the slack and not the rounding decides."""


class Jet:
    """A value with its gradient and Hessian in two variables, all of them balls."""

    __slots__ = ("gradient", "hessian", "value")

    def __init__(self, value: Ball, gradient: tuple[Ball, Ball], hessian: tuple[Ball, Ball, Ball]) -> None:
        self.value = value
        self.gradient = gradient
        self.hessian = hessian

    def __add__(self, other: Jet | Ball) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.gradient, self.hessian)
        (a, b), (c, d) = self.gradient, other.gradient
        (p, q, r), (u, v, w) = self.hessian, other.hessian
        return Jet(self.value + other.value, (a + c, b + d), (p + u, q + v, r + w))

    __radd__ = __add__

    def __mul__(self, other: Jet | Ball) -> Jet:
        if not isinstance(other, Jet):
            (a, b), (p, q, r) = self.gradient, self.hessian
            return Jet(self.value * other, (a * other, b * other), (p * other, q * other, r * other))
        x, y = self.value, other.value
        (a, b), (c, d) = self.gradient, other.gradient
        (p, q, r), (u, v, w) = self.hessian, other.hessian
        hessian = (p * y + 2 * a * c + x * u, q * y + a * d + b * c + x * v, r * y + 2 * b * d + x * w)
        return Jet(x * y, (a * y + x * c, b * y + x * d), hessian)

    __rmul__ = __mul__

    def __neg__(self) -> Jet:
        return self * -1

    def __sub__(self, other: Jet | Ball) -> Jet:
        difference: Jet = self + (-other)
        return difference

    def __rsub__(self, other: Ball) -> Jet:
        difference: Jet = -self + other
        return difference

    def __truediv__(self, other: Jet | Ball) -> Jet:
        if not isinstance(other, Jet):
            return self.__mul__(1 / other)
        inverse = 1 / other.value
        return self.__mul__(other._through(inverse, -(inverse**2), 2 * inverse**3))

    def exp(self) -> Jet:
        """The exponential."""
        grown = self.value.exp()
        return self._through(grown, grown, grown)

    def _through(self, value: Ball, slope: Ball, bend: Ball) -> Jet:
        """A function of one variable after this one, given its value and first two derivatives here."""
        (a, b), (p, q, r) = self.gradient, self.hessian
        hessian = (slope * p + bend * a * a, slope * q + bend * a * b, slope * r + bend * b * b)
        return Jet(value, (slope * a, slope * b), hessian)


Objective: TypeAlias = Callable[[Jet, Jet], tuple[Jet, tuple[Jet, ...]]]
"""Maps two variables to what is maximised, and to the quantities that must not be negative for it to count."""

Box: TypeAlias = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What branch and bound established.

    Attributes:
        proved: No point of the box exceeds the value at the given point by more than ``slack``.
        slack: The gain that was to be excluded.
        gain: A gain over the given point that no point of the box exceeds; it may be above the slack if not proved.
        boxes: Boxes that were looked at.
        better: A point that surely exceeds it by more than the slack: the claim is then refuted. None otherwise.
    """

    proved: bool
    slack: float
    gain: float
    boxes: int
    better: tuple[float, float] | None = None


def prove_maximum(
    objective: Objective, box: Box, at: tuple[float, float], *, slack: float = 1e-9, most_boxes: int = 20_000
) -> Proof:
    """Try to prove that a point is a global maximum over a box, to a slack.

    Args:
        objective: Twice differentiable on the box.
        box: Closed ranges of the two variables; ``at`` lies inside.
        at: The point claimed to be the maximum.
        slack: Absolute gain that is to be excluded, above 0.
        most_boxes: Give up after so many.

    Raises:
        MissingPackage: If python-flint is not installed.
    """
    with economics_extra():
        from flint import ctx  # noqa: PLC0415
    with ctx.workprec(BITS):
        reference = jet_at(objective, at).value
        ranked: list[tuple[float, int, Box]] = []
        order = count()
        pending, seen, highest = [box], 0, 0.0
        while pending:
            for part in pending:
                seen += 1
                gain = _gain(objective, part, at, reference)
                if gain > slack:
                    middle = ((part[0][0] + part[0][1]) / 2, (part[1][0] + part[1][1]) / 2)
                    if _surely_better(objective, middle, reference + slack):
                        return Proof(False, slack, gain, seen, middle)
                    heapq.heappush(ranked, (-gain, next(order), part))
                else:
                    highest = max(highest, gain)
            if not ranked:
                return Proof(True, slack, highest, seen)
            if seen >= most_boxes:
                return Proof(False, slack, -ranked[0][0], seen)
            pending = _halves(heapq.heappop(ranked)[2])
    raise AssertionError("unreachable: halving always leaves boxes")


def _gain(objective: Objective, box: Box, at: tuple[float, float], reference: Ball) -> float:
    """A bound of what any point of the box gains over the reference."""
    value, conditions = objective(*_variables(_ball(box[0]), _ball(box[1])))
    if any(condition.value.upper() < 0 for condition in conditions):
        return -math.inf
    # Both sides can shrink to an edge, one after the other. The edge bounds the box even where it breaks a condition.
    while (edge := _rising_edge(box, value)) != box:
        box = edge
        value, _ = objective(*_variables(_ball(box[0]), _ball(box[1])))
    near = (min(max(at[0], box[0][0]), box[0][1]), min(max(at[1], box[1][0]), box[1][1]))
    centre = jet_at(objective, near)
    slopes = centre.gradient if _concave(box, value) else value.gradient
    offsets = [_ball(side) - middle for side, middle in zip(box, near, strict=True)]
    tangent = centre.value + slopes[0] * offsets[0] + slopes[1] * offsets[1]
    bounds = [_upper(bound - reference) for bound in (value.value, tangent)]
    # A ball that holds every number bounds nothing.
    return min((bound for bound in bounds if not math.isnan(bound)), default=math.inf)


def _upper(ball: Ball) -> float:
    """A float that no number of the ball exceeds; converting may round to nearest, hence the step up."""
    return math.nextafter(float(ball.upper()), math.inf)


def _surely_better(objective: Objective, point: tuple[float, float], level: Ball) -> bool:
    value, conditions = objective(*_point(point))
    return bool(value.value > level) and all(bool(condition.value >= 0) for condition in conditions)


def _rising_edge(box: Box, value: Jet) -> Box:
    """The part of the box that holds its maximum when the function is monotone in a variable."""
    sides = []
    for side, slope in zip(box, value.gradient, strict=True):
        if slope.lower() >= 0:
            sides.append((side[1], side[1]))
        elif slope.upper() <= 0:
            sides.append((side[0], side[0]))
        else:
            sides.append(side)
    return sides[0], sides[1]


def _concave(box: Box, value: Jet) -> bool:
    """Whether the function is surely concave on the box, in the variables that vary there."""
    wide = [side[0] < side[1] for side in box]
    first, mixed, second = value.hessian
    if not all(wide):
        return (not wide[0] or first.upper() <= 0) and (not wide[1] or second.upper() <= 0)
    return bool(first.upper() < 0 and second.upper() < 0 and (first * second - mixed * mixed).lower() >= 0)


def jet_at(objective: Objective, at: tuple[float, float]) -> Jet:
    """What is maximised, with its derivatives, at one point."""
    return objective(*_point(at))[0]


def _point(at: tuple[float, float]) -> tuple[Jet, Jet]:
    from flint import arb  # noqa: PLC0415

    return _variables(arb(at[0]), arb(at[1]))


def _variables(first: Ball, second: Ball) -> tuple[Jet, Jet]:
    one, zero = first * 0 + 1, first * 0
    flat = (zero, zero, zero)
    return Jet(first, (one, zero), flat), Jet(second, (zero, one), flat)


def _ball(side: tuple[float, float]) -> Ball:
    from flint import arb  # noqa: PLC0415

    return arb(side[0]).union(arb(side[1]))


def _halves(box: Box) -> list[Box]:
    """The box cut across its longer side; both halves keep the cut."""
    (low, high), (bottom, top) = box
    if high - low >= top - bottom:
        middle = (low + high) / 2
        return [((low, middle), box[1]), ((middle, high), box[1])]
    middle = (bottom + top) / 2
    return [(box[0], (bottom, middle)), (box[0], (middle, top))]
