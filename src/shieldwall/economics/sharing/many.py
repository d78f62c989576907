"""Equilibria of more than two firms that differ: best responses repeated from both ends, then verified.

Every firm answers its own rivals, whose choices all differ. What repeated best responses do not reach is not found: an
unstable equilibrium, or one between two stable ones. That no other exists is proven as for pairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.lattice import Flags
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.pairs import extremes
from shieldwall.economics.sharing.response import best_response, facing_each
from shieldwall.economics.sharing.stability import curvature
from shieldwall.economics.sharing.verify import TOLERANCE, Table, assumptions, deviation_gain

MOST_FIRMS = 50
"""More that differ are not solved for: each round asks every firm for its best response, stability for n of them."""

_SAME = 1e-9
_STEP = 1e-6


def many_equilibria(markets: Market) -> tuple[Table, Flags]:
    """The equilibria found for markets of several firms, and whether it is proven that there is no other.

    Returns:
        The table; one flag for each market.
    """
    low, high, _, proven = extremes(markets)
    apart = (np.abs(high[1] - low[1]) > _SAME * np.abs(low[1])).any(axis=1)
    kept = np.concatenate((low[2], high[2] & (apart | ~low[2])))
    row = np.tile(np.arange(len(markets)), 2)[kept]
    sharing, investment = np.concatenate((low[0], high[0]))[kept], np.concatenate((low[1], high[1]))[kept]
    order = np.argsort(row, kind="stable")
    table = _verified(markets, row[order], sharing[order], investment[order])
    return table, proven & (np.bincount(table.row, minlength=len(markets)) == 1)


def _verified(markets: Market, row: NDArray[np.intp], sharing: Floats, investment: Floats) -> Table:
    """The choices from which no firm gains by any deviation."""
    chosen, firms = markets.take(row), range(markets.firms)
    kept = accounts(chosen, sharing, investment)
    games = [facing_each(chosen, firm, sharing, investment) for firm in firms]
    own = [(game, sharing[:, firm], investment[:, firm]) for firm, game in enumerate(games)]
    gain = np.max([deviation_gain(*parts) for parts in own], axis=0)
    strict = np.all([curvature(*parts) < 0 for parts in own], axis=0)
    table = Table(
        row, sharing, investment, kept, np.maximum(gain, 0), strict, _radius(chosen, sharing, investment),
        *assumptions(chosen, sharing, investment), chosen.equal,
    )  # fmt: skip
    scale = (kept.price * kept.quantity * 2 - kept.profit).max(axis=1)
    return table.take(np.flatnonzero(kept.positive & (gain <= TOLERANCE * scale)))


def _radius(markets: Market, sharing: Floats, investment: Floats) -> Floats:
    """Spectral radius of all best responses together, by central differences of them."""
    count, firms = investment.shape
    choice = np.concatenate((sharing, investment), axis=1)
    size = _STEP * np.concatenate((np.ones_like(sharing), investment), axis=1)
    push = size[:, :, None] * np.eye(2 * firms)
    rows = markets.take(np.repeat(np.arange(count), 2 * firms))

    def answers(moved: Floats) -> Floats:
        moved = moved.reshape(-1, 2 * firms)
        best = [best_response(facing_each(rows, firm, *np.split(moved, 2, axis=1))) for firm in range(firms)]
        table = np.array([one.sharing for one in best] + [one.investment for one in best])
        return table.T.reshape(count, 2 * firms, 2 * firms)

    table = (answers(choice[:, None] + push) - answers(choice[:, None] - push)) / (2 * size[:, :, None])
    radius: Floats = np.abs(np.linalg.eigvals(table)).max(axis=1)
    return radius
