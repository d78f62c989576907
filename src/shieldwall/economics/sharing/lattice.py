"""What can be said of a market's simultaneous game without solving it: increasing and bounded best responses.

Where every best response rises with the rivals' sharing and investment, the choices form a lattice on which best
responses are monotone. Then an asymmetric equilibrium of equal firms implies a symmetric one below it (Tarski, from
the least choice to the meet of the firms' choices), and greatest and least equilibria of equal firms are symmetric.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.response import weights

Flags: TypeAlias = NDArray[np.bool_]


def increasing(markets: Market) -> Flags:
    """Whether best responses provably rise with everything the rivals do, and every price is always positive.

    Sufficient: rivalry w <= r and own leakage r <= rival leakage w, with r the weight of a rival's intercept in the
    own price and w the mean weight of own and other rivals' intercepts in a rival's price. It asks more than
    Assumption 1, which speaks of one point only.
    """
    of, others = weights(markets), markets.firms - 1
    mean = (of.own + (others - 1) * of.rival) / others
    rises: Flags = (markets.rivalry * mean <= of.rival) & (
        of.rival * markets.leakage.own <= mean * markets.leakage.rival
    )
    return rises & (markets.demand_spillover >= 0)


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
    least = markets.cost.k * np.where((markets.cost_spillover > 0).any(axis=1), 1 - markets.cost.max_saving, 1)
    edge = of.slope + of.lift
    rise = 1 - markets.rivalry + np.maximum(markets.demand_spillover, 0)
    alone: Flags = least > 2 * markets.b1 * edge**2
    return alone & (least > 2 * markets.b1 / (2 * markets.b1 - markets.b2) * edge * rise)
