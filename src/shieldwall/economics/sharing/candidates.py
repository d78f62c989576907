"""Every choice that could be a symmetric equilibrium of the simultaneous game: all roots of its first-order conditions.

With s = sigma t inside (sigma = h / (E - G)) or s = 1 at the corner, one equation in t is left,

    2 b1 / (2 b1 - b2) X(t) (A + h s) = k t r(y),

Gal-Or & Ghose Lemma 1. For the hyperbolic cost it is a polynomial, of degree 5 inside; for the exponential one it is
a polynomial and t exp(-mu t^2), whose fourth derivative changes sign at roots of a Hermite polynomial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Exponential, Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.roots import Derivative, polynomial, roots_between

_FAR = 1e50
"""Investment beyond which nothing is looked for; its fifth power is still a double."""

_HERMITE_5 = np.sqrt((5 + np.array([-1, 1]) * np.sqrt(10)) / 2)
"""The positive roots of 4 z^5 - 20 z^3 + 15 z."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Symmetric choices, M of them in all.

    Attributes:
        row: The market of each, rising; shape (M,).
        sharing, investment: Of every firm; shape (M,).
    """

    row: NDArray[np.intp]
    sharing: Floats
    investment: Floats


def symmetric_candidates(markets: Market) -> Candidates:
    """All of them, of markets with equal firms and built-in forms."""
    of = weights(markets)
    ratio = of.lift / (of.curb - of.pull)
    lone, shares = np.flatnonzero(ratio == 0), np.flatnonzero(ratio > 0)
    ratio, sharers = ratio[shares], markets.take(shares)
    meet = np.minimum(1 / ratio, _FAR)
    inside, corner = _inside(sharers, ratio, meet), _corner(sharers, meet)
    sharing = np.column_stack((np.minimum(ratio[:, None] * inside, 1), np.ones_like(corner)))
    place, column = np.nonzero(~np.isnan(np.column_stack((inside, corner))))
    row = np.concatenate((lone, shares[place]))
    investment = np.concatenate((without_sharing(markets.take(lone)), np.column_stack((inside, corner))[place, column]))
    sharing = np.concatenate((np.zeros(len(lone)), sharing[place, column]))
    order = np.lexsort((investment, row))
    row, sharing, investment = row[order], sharing[order], investment[order]
    # Where s reaches 1 exactly, a root of the inner piece is a root of the corner too.
    again = (np.diff(row, prepend=-1) == 0) & (np.diff(investment, prepend=-1) <= 1e-13 * investment)
    keep = ~again & ~np.isnan(investment)
    return Candidates(row[keep], sharing[keep], investment[keep])


def without_sharing(markets: Market) -> Floats:
    """The investment of equal firms that do not share; NaN where none is best."""
    gain = _gain(markets, weights(markets).slope)
    rest = markets.cost.k - gain * (1 - markets.rivalry)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rest > 0, gain * markets.a[:, 0] / rest, np.nan)


def _gain(markets: Market, price_slope: Floats) -> Floats:
    """Marginal revenue of own investment for each unit of the demand intercept X."""
    return 2 * markets.b1 / (2 * markets.b1 - markets.b2) * price_slope


def _inside(markets: Market, ratio: Floats, end: Floats) -> Floats:
    """Roots with s = ratio t < 1."""
    of, cost = weights(markets), markets.cost
    leak = markets.leakage.own - markets.leakage.rival - markets.leakage.joint
    intercept = np.column_stack(
        (markets.a[:, 0], 1 - markets.rivalry, (markets.demand_spillover - leak * ratio) * ratio)
    )
    revenue = product(intercept, np.column_stack((_gain(markets, of.slope), _gain(markets, of.lift * ratio))))
    worth, zero = markets.cost_spillover[:, 0] * ratio, np.zeros(len(markets))
    if isinstance(cost, Exponential):
        rate = cost.rate * worth
        revenue[:, 1] -= cost.k * (1 - cost.max_saving)
        scale = np.sqrt(np.maximum(rate, 1e-300))[:, None]
        breaks = np.minimum(_HERMITE_5 / scale, end[:, None])
        return roots_between(_less_gaussian(revenue, cost.k * cost.max_saving, rate), 4, zero, breaks, end)
    revenue = product(revenue, np.column_stack((zero + 1, zero, worth)))
    revenue[:, 1] -= cost.k
    revenue[:, 3] -= cost.k * (1 - cost.max_saving) * worth
    return roots_between(polynomial(revenue), 5, zero, np.empty((len(zero), 0)), end)


def _corner(markets: Market, start: Floats) -> Floats:
    """Roots with s = 1, from ``start`` on."""
    of, cost = weights(markets), markets.cost
    gain = _gain(markets, of.slope + of.lift)
    constant = gain * (markets.a[:, 0] - (markets.leakage.own - markets.leakage.rival - markets.leakage.joint))
    rise = gain * (1 - markets.rivalry + markets.demand_spillover)
    worth, least = markets.cost_spillover[:, 0], cost.k * (1 - cost.max_saving)
    if isinstance(cost, Exponential):
        rate = cost.rate * worth
        with np.errstate(divide="ignore"):
            # Beyond this the exponential is below the smallest double.
            end = np.maximum(np.where(rate > 0, np.minimum(800 / rate, _FAR), 0), start)
            turn = np.clip(2 / rate, start, end)
        function = _less_exponential(constant, rise - least, cost.k * cost.max_saving, rate)
        found = roots_between(function, 2, start, turn[:, None], end)
        with np.errstate(divide="ignore", invalid="ignore"):
            tail = -constant / (rise - np.where(rate > 0, least, cost.k))
        return np.column_stack((found, np.where((tail >= end) & np.isfinite(tail), tail, np.nan)))
    found = _quadratic(constant, rise + constant * worth - cost.k, (rise - least) * worth)
    return np.where(found >= start[:, None], found, np.nan)


def product(left: Floats, right: Floats) -> Floats:
    """Products of polynomials, row by row; coefficients from the constant up."""
    table = np.zeros((len(left), left.shape[1] + right.shape[1] - 1))
    for column in range(right.shape[1]):
        table[:, column : column + left.shape[1]] += left * right[:, column : column + 1]
    return table


def _quadratic(constant: Floats, linear: Floats, square: Floats) -> Floats:
    """The real roots of each, without cancellation; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = -(linear + np.copysign(np.sqrt(linear**2 - 4 * constant * square), linear)) / 2
        roots = np.sort(np.column_stack((half / square, constant / half)), axis=1)
    roots[~np.isfinite(roots)] = np.nan
    return roots


def _less_gaussian(coefficients: Floats, height: Floats, rate: Floats) -> Derivative:
    """The derivatives of a polynomial less height t exp(-rate t^2)."""
    smooth, degree, root = polynomial(coefficients), coefficients.shape[1] - 1, np.sqrt(rate)

    def evaluate(order: int, t: Floats, rows: NDArray[np.intp]) -> Floats:
        z = root[rows] * t
        # z exp(-z^2) is half the Hermite polynomial of degree 1 times the Gaussian; each derivative raises the degree.
        hermite, before = 2 * z, np.ones_like(z)
        for degree_ in range(1, order + 1):
            hermite, before = 2 * z * hermite - 2 * degree_ * before, hermite
        factor = t if order == 0 else (-1) ** order / 2 * root[rows] ** (order - 1) * hermite
        rest = smooth(order, t, rows) if order <= degree else 0.0
        return rest - height[rows] * factor * np.exp(-(z**2))

    return evaluate


def _less_exponential(constant: Floats, slope: Floats, height: Floats, rate: Floats) -> Derivative:
    """The derivatives of constant + slope t - height t exp(-rate t)."""

    def evaluate(order: int, t: Floats, rows: NDArray[np.intp]) -> Floats:
        speed = rate[rows]
        # speed^(order - 1) (order - speed t), written so that order 0 needs no division.
        factor = t if order == 0 else (-speed) ** (order - 1) * (order - speed * t)
        rest = (constant[rows] + slope[rows] * t, slope[rows], 0.0)[order]
        return rest - height[rows] * factor * np.exp(-speed * t)

    return evaluate
