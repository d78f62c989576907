"""How best responses move near an equilibrium of the simultaneous game, and whether they return to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.response import Facing


def curvature(game: Facing, sharing: Floats, investment: Floats) -> Floats:
    """V'' of the payoff with own sharing eliminated: negative iff the second-order conditions hold strictly.

    Where sharing is inside, the own Hessian is negative definite iff its sharing entry is, which always holds, and
    this Schur complement is.
    """
    of = game.weights
    rise, price = of.slope + of.lift * sharing, game.price(investment, sharing)
    bend = np.where(_inside(sharing), of.lift**2 / of.curb, 0)
    value: Floats = 2 * game.markets.b1 * (rise**2 + price * bend) - game.steepness
    return value


def response_slopes(game: Facing, firm: int, sharing: Floats, investment: Floats, rivals: Floats) -> Floats:
    """Slopes of a firm's best response, Gal-Or & Ghose Lemma 1(ii); shape (N, 2, 2).

    Args:
        game: What the firm faces.
        sharing, investment: Its best response, shape (N,).
        rivals: What all rivals invest.

    Returns:
        Own (sharing, investment) by the rivals' (sharing, investment), all rivals moved together.
    """
    markets, of, leakage = game.markets, game.weights, game.markets.leakage
    others, beyond, theirs = markets.firms - 1, (markets.firms - 2) * of.rival, game.sharing
    gift = markets.demand_spillover * theirs - markets.rivalry
    by_sharing = (
        (of.own + beyond) * (markets.demand_spillover * rivals + 2 * leakage.rival * theirs)
        + (of.own + of.rival) * leakage.joint * sharing
        + 2 * beyond * leakage.joint * theirs
        - 2 * others * of.rival * leakage.own * theirs
    )
    by_investment = (of.own + beyond) * gift + others * of.rival
    moves = np.where(_inside(sharing) | ((sharing == 0) & (markets.demand_spillover == 0)), 1 / of.curb, 0)
    rise, price = of.slope + of.lift * sharing, game.price(investment, sharing)
    spillover = markets.cost_spillover[:, firm]
    saving = investment * markets.cost.k * markets.cost.slope(spillover * theirs * rivals)
    cross_sharing = 2 * markets.b1 * (by_sharing * rise + price * of.lift * of.pull * moves)
    cross_sharing = cross_sharing - saving * spillover * rivals
    cross_investment = 2 * markets.b1 * by_investment * rise - saving * spillover * theirs
    own = curvature(game, sharing, investment)
    with np.errstate(divide="ignore", invalid="ignore"):
        t_s, t_t = -cross_sharing / own, -cross_investment / own
    table: Floats = np.stack((moves * (of.pull + of.lift * t_s), moves * of.lift * t_t, t_s, t_t), axis=-1)
    return table.reshape(-1, 2, 2)


def spectral_radius(table: Floats) -> Floats:
    """The greatest absolute eigenvalue of 2 by 2 matrices, shape (N, 2, 2)."""
    half = (table[:, 0, 0] + table[:, 1, 1]) / 2
    determinant = table[:, 0, 0] * table[:, 1, 1] - table[:, 0, 1] * table[:, 1, 0]
    inner = half**2 - determinant
    root = np.sqrt(np.abs(inner))
    radius: Floats = np.where(inner >= 0, np.abs(half) + root, np.hypot(half, root))
    return radius


def _inside(sharing: Floats) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (sharing > 0) & (sharing < 1)
    return inside
