"""What can be said of a market's simultaneous game without solving it: increasing and bounded best responses.

Best responses here are those of ``response`` before any rival's price is looked at. Where they rise with the rivals'
sharing and investment, the choices form a lattice on which they are monotone, and what a firm does more of raises its
rivals' prices too. A deviation that is better but would end a rival's price then lies below the firm's choice: at any
equilibrium best responses are at most what is chosen. So an asymmetric equilibrium of equal firms implies a symmetric
one below it (Tarski, from the least choice to the meet of the firms' choices). Where ``viable`` too, every equilibrium
is a fixed point of these best responses, and greatest and least ones of equal firms are symmetric.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.response import weights

Flags: TypeAlias = NDArray[np.bool_]


def increasing(markets: Market) -> Flags:
    """Whether best responses provably rise with everything the rivals do; the own price is positive at each of them.

    Sufficient: rivalry w <= r and own leakage r <= rival leakage w, with r the weight of a rival's intercept in the
    own price and w the mean weight of own and other rivals' intercepts in a rival's price. It asks more than
    Assumption 1, which speaks of one point only. Off best responses a price may well be negative.
    """
    of, others = weights(markets), markets.firms - 1
    mean = (of.own + (others - 1) * of.rival) / others
    rises: Flags = (markets.rivalry * mean <= of.rival) & (
        of.rival * markets.leakage.own <= mean * markets.leakage.rival
    )
    return rises & (markets.demand_spillover >= 0)


def viable(markets: Market) -> Flags:
    """Whether no firm that answers best can lose its market to what a rival does instead, where ``increasing``.

    A firm at a best response shares s with E s <= G + h t, so that its price falls by G^2 / (2 E) at most, below what
    it is where nobody shares or invests, when a rival leaves it alone. Sufficient: that price is higher.
    """
    of, others = weights(markets), markets.firms - 1
    start = markets.a.min(axis=1) * (of.own + others * of.rival)
    survives: Flags = start > of.pull**2 / (2 * of.curb)
    return survives


def unbounded(markets: Market) -> Flags:
    """Whether some firm's payoff grows without limit in its investment, whatever the rivals do.

    So it does if k < 2 b1 (A + h)^2 while the rivals' prices stay positive: r(y) is at most 1.
    """
    of, others = weights(markets), markets.firms - 1
    mean = (of.own + (others - 1) * of.rival) / others
    lift = np.maximum(markets.demand_spillover, 0)
    endless: Flags = markets.cost.k < 2 * markets.b1 * (of.slope + of.lift) ** 2
    return endless & (of.rival + mean * (lift - markets.rivalry) >= 0)


def growth_limit(market: Market) -> str:
    """The inequality that fails where ``unbounded``, for one market, with its two sides."""
    of = weights(market)
    right = float((2 * market.b1 * (of.slope + of.lift) ** 2)[0])
    return (
        "profit grows without limit in investment, whatever the rivals do: cost.k >= 2 b1 m^2 fails, where m is what a "
        f"unit of investment adds to the own price at full sharing: {float(market.cost.k[0]):g} against {right:g}; "
        f"nearest admissible: {right!r}"
    )


def bounded(markets: Market) -> Flags:
    """Whether all firms' best responses stay below some common investment that all choose: sufficient.

    k r > 2 b1 (A + h)^2 for every choice of the rivals, and k r > c (A + h)(1 - rivalry + demand_spillover) with
    c = 2 b1 / (2 b1 - b2) along equal choices; r is 1 - max_saving, or 1 without cost spillovers.
    """
    of = weights(markets)
    alone: Flags = _least_steepness(markets) > 2 * markets.b1 * (of.slope + of.lift) ** 2
    return alone & (_margin(markets) > 0)


def ceiling(markets: Market) -> Floats:
    """An investment that no equilibrium exceeds, where ``increasing`` and ``bounded``; infinite elsewhere; shape (N,).

    Whoever invests most, t, faces rivals at most as high, so that k r t <= 2 b1 (A + h) P with a price P of at most
    P0 + (A + h + B) t. P0 is the price beside rivals that share everything and invest nothing, B what a unit of all
    rivals' investment adds; G^2 / (2 E) is the most that own sharing adds without investment.
    """
    of, leakage, others = weights(markets), markets.leakage, markets.firms - 1
    beside = (others - 1) / others * (leakage.rival + leakage.joint)
    most = markets.a.max(axis=1)
    start = of.own * (most + leakage.rival) + others * of.rival * (most - leakage.own + beside)
    start = start + of.pull**2 / (2 * of.curb)
    revenue = 2 * markets.b1 * (of.slope + of.lift) * np.maximum(start, 0)
    proven = increasing(markets) & bounded(markets)
    limit: Floats = np.divide(revenue, _margin(markets), out=np.full(len(markets), np.inf), where=proven)
    return limit


def _least_steepness(markets: Market) -> Floats:
    """k r at the greatest saving."""
    return markets.cost.k * np.where((markets.cost_spillover > 0).any(axis=1), 1 - markets.cost.max_saving, 1)


def _margin(markets: Market) -> Floats:
    """By how much marginal cost outruns marginal revenue where all invest more alike and share everything."""
    of = weights(markets)
    rise = 1 - markets.rivalry + np.maximum(markets.demand_spillover, 0)
    margin: Floats = (
        _least_steepness(markets) - 2 * markets.b1 / (2 * markets.b1 - markets.b2) * (of.slope + of.lift) * rise
    )
    return margin
