"""A maximum is proved only when it is one."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shieldwall.economics.bounds import Ball, Jet, prove_maximum

SQUARE = ((-2.0, 2.0), (-2.0, 2.0))


def bowl(x: Jet, y: Jet) -> tuple[Jet, tuple[Jet, ...]]:
    """Concave, highest (1) at (1, -1/2)."""
    return 1 - (x - 1) * (x - 1) - 3 * ((y + 0.5) * (y + 0.5)) - (x - 1) * (y + 0.5), ()


def two_peaks(x: Jet, y: Jet) -> tuple[Jet, tuple[Jet, ...]]:
    """Peaks near x = -1 and x = 1; the right one is higher by about 0.02."""
    return -((x * x - 1) * (x * x - 1)) + 0.01 * x - y * y, ()


RIGHT = max(np.roots([-4, 0, 4, 0.01]).real)
LEFT = min(np.roots([-4, 0, 4, 0.01]).real)


def test_the_top_of_a_bowl_is_proved_and_a_point_beside_it_is_not() -> None:
    assert prove_maximum(bowl, SQUARE, (1.0, -0.5)).proved
    beside = prove_maximum(bowl, SQUARE, (1.001, -0.5))
    assert not beside.proved
    assert beside.better == pytest.approx((1.0, -0.5), abs=1e-3)
    assert beside.gain >= 1e-6


def test_the_higher_of_two_peaks_is_proved_and_the_lower_is_not() -> None:
    assert prove_maximum(two_peaks, SQUARE, (float(RIGHT), 0.0)).proved
    lower = prove_maximum(two_peaks, SQUARE, (float(LEFT), 0.0))
    assert not lower.proved
    assert lower.better is not None
    assert lower.better[0] > 0


def test_a_maximum_on_the_edge_is_proved() -> None:
    assert prove_maximum(lambda x, y: (x - y * y, ()), SQUARE, (2.0, 0.0)).proved
    assert prove_maximum(lambda x, y: (x + 2 * y, ()), SQUARE, (2.0, 2.0)).proved


def test_a_point_that_breaks_a_condition_does_not_count() -> None:
    def guarded(x: Jet, y: Jet) -> tuple[Jet, tuple[Jet, ...]]:
        return two_peaks(x, y)[0], (-1 * x,)

    assert prove_maximum(guarded, SQUARE, (float(LEFT), 0.0)).proved


def test_the_edge_of_a_box_may_break_a_condition_without_hiding_the_rest() -> None:
    """The function rises to the edge x = 2, where the condition fails; the best that counts is x = 0.5."""

    def guarded(x: Jet, y: Jet) -> tuple[Jet, tuple[Jet, ...]]:
        return x - y * y, (0.5 - x,)

    assert not prove_maximum(guarded, SQUARE, (0.0, 0.0)).proved
    assert prove_maximum(guarded, SQUARE, (0.5, 0.0), slack=1e-3).proved


def test_the_slack_is_what_separates_proved_from_not() -> None:
    off = (1.0 + 1e-3, -0.5)
    assert prove_maximum(bowl, SQUARE, off, slack=2e-6).proved
    assert not prove_maximum(bowl, SQUARE, off, slack=5e-7).proved


def test_too_few_boxes_prove_and_refute_nothing() -> None:
    stopped = prove_maximum(two_peaks, SQUARE, (float(RIGHT), 0.0), most_boxes=2)
    assert (stopped.proved, stopped.better) == (False, None)
    assert stopped.gain > stopped.slack


@given(st.tuples(*[st.fractions(-3, 3, max_denominator=8)] * 4))
def test_derivatives_agree_with_exact_ones(point: tuple[Fraction, Fraction, Fraction, Fraction]) -> None:
    """d/dx and d2/dxdy of (x + p y)(q - x y) / (1 + x x), against symbolic differentiation by hand."""
    from flint import arb, ctx  # noqa: PLC0415

    with ctx.workprec(200):
        x, y, p, q = (arb(value.numerator) / value.denominator for value in point)
        one, zero = arb(1), arb(0)
        jx, jy = Jet(x, (one, zero), (zero, zero, zero)), Jet(y, (zero, one), (zero, zero, zero))
        made = (jx + p * jy) * (q - jx * jy) / (1 + jx * jx)
        u, v, w = x + p * y, q - x * y, 1 / (1 + x * x)
        wx = -2 * x * w * w
        slope = v * w - u * y * w + u * v * wx
        mixed = -x * w + (-p * y - u) * w + (p * v - u * x) * wx
        expected: list[tuple[Ball, Ball]] = [
            (made.value, u * v * w), (made.gradient[0], slope), (made.hessian[1], mixed),
        ]  # fmt: skip
        for ours, theirs in expected:
            assert ours.overlaps(theirs)
            assert float((ours - theirs).abs_upper()) < 1e-40


def test_the_exponential_has_itself_as_derivative() -> None:
    from flint import arb  # noqa: PLC0415

    grown = Jet(arb(0.5), (arb(1), arb(0)), (arb(0), arb(0), arb(0))).exp()
    for part in (grown.value, grown.gradient[0], grown.hessian[0]):
        assert float(part.mid()) == pytest.approx(math.exp(0.5), rel=1e-15)
