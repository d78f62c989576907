"""Equilibria of two firms that differ, or choose differently: a search, and what it proves.

Given both investments, the sharing of both follows exactly, so that two equations in two investments are left. Their
common roots are looked for in every cell of a grid where both change sign, and from best responses repeated from the
least and from the greatest choice. Each one is verified globally, as everywhere; that none is missed is proven only
where best responses increase and both sequences end in the same place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.lattice import Flags, bounded, increasing
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import bertrand_prices, intercepts, knowledge
from shieldwall.economics.sharing.response import best_response, facing, weights
from shieldwall.economics.sharing.verify import Table, verified

_CELLS = 48
_NEWTON = 60
_SWEEPS = 2000
_SAME = 1e-9
_ENDLESS = 1e9
"""Investment, in units of ``_scale``, from which on a sequence of best responses is given up."""


def pair_equilibria(markets: Market) -> tuple[Table, Flags]:
    """The equilibria found for markets of two firms, and whether it is proven that there is no other.

    Returns:
        The table, symmetric equilibria of equal firms among them; one flag for each market.
    """
    least, settled_low = _repeated(markets, np.zeros((len(markets), 2)), np.zeros((len(markets), 2)))
    top = 1e3 * np.repeat(_scale(markets)[:, None], 2, axis=1)
    shared = np.repeat((weights(markets).lift > 0)[:, None], 2, axis=1).astype(np.float64)
    greatest, settled_high = _repeated(markets, top, shared)
    row, start = _cells(markets)
    every = np.arange(len(markets))
    row = np.concatenate((row, every[settled_low], every[settled_high]))
    start = np.concatenate((start, least[settled_low], greatest[settled_high]))
    row, investment = _polished(markets, row, start)
    table = verified(markets, row, shares(markets.take(row), investment), investment, alike=False)
    same = (np.abs(greatest - least) <= _SAME * np.abs(least)).all(axis=1)
    below = (greatest <= top).all(axis=1)
    return table, settled_low & settled_high & same & below & increasing(markets) & bounded(markets)


def shares(markets: Market, investment: Floats) -> Floats:
    """The sharing of both firms at which each is a best response, given both investments; shape (N, 2)."""
    of = weights(markets)
    pull, curb, lift = of.pull[:, None], of.curb[:, None], of.lift[:, None]
    free: Floats = lift * (curb * investment + pull * investment[:, ::-1]) / (curb**2 - pull**2)
    # The one who would share most reaches 1 first; the other answers that.
    answer = np.minimum((pull + lift * investment) / curb, 1)
    full = free.max(axis=1, keepdims=True) >= 1
    first = free >= free[:, ::-1]
    return np.where(full, np.where(first, 1.0, answer), free)


def slopes(markets: Market, investment: Floats) -> Floats:
    """Marginal profit of each firm's investment, Gal-Or & Ghose (6), with sharing as in ``shares``; shape (N, 2)."""
    of, sharing = weights(markets), shares(markets, investment)
    price = bertrand_prices(markets, intercepts(markets, sharing, investment))
    rise = of.slope[:, None] + of.lift[:, None] * sharing
    cost = markets.cost.f_t(investment, knowledge(markets, sharing, investment))
    marginal: Floats = 2 * markets.b1[:, None] * price * rise - cost
    return marginal


def _scale(markets: Market) -> Floats:
    """About what a firm invests when it does not share."""
    scale: Floats = markets.a.max(axis=1) / (markets.cost.k * (2 * markets.b1 - markets.b2))
    return scale * 2 * markets.b1 * weights(markets).slope


def _repeated(markets: Market, investment: Floats, sharing: Floats) -> tuple[Floats, Flags]:
    """Best responses repeated by both firms at once, and whether they settled."""
    t, s = investment.copy(), sharing.copy()
    settled = np.zeros(len(markets), dtype=np.bool_)
    active, here, limit = np.arange(len(markets)), markets, _ENDLESS * _scale(markets)
    for _ in range(_SWEEPS):
        if not len(active):
            break
        best = [best_response(facing(here, firm, s[active, 1 - firm], t[active, 1 - firm])) for firm in (0, 1)]
        new = np.column_stack([answer.investment for answer in best])
        alive = (new <= limit[active, None]).all(axis=1)
        done = alive & (np.abs(new - t[active]) <= 1e-14 * np.abs(new)).all(axis=1)
        t[active[alive]] = new[alive]
        s[active[alive]] = np.column_stack([answer.sharing for answer in best])[alive]
        settled[active[done]] = True
        if not (alive & ~done).all():
            active = active[alive & ~done]
            here = markets.take(active)
    return t, settled


def _cells(markets: Market) -> tuple[NDArray[np.intp], Floats]:
    """The middle of every grid cell in which the slopes of both firms change sign, with its market."""
    part = (np.arange(_CELLS) + 0.5) / _CELLS
    nodes = 2 * part / (1 - part)
    first, second = (axis.ravel() for axis in np.meshgrid(nodes, nodes, indexing="ij"))
    rows, starts = [], []
    for row, scale in enumerate(_scale(markets)):
        grid = scale * np.column_stack((first, second))
        one = markets.take(np.full(len(grid), row))
        rising = (slopes(one, grid) > 0).reshape(_CELLS, _CELLS, 2)
        corners = rising[:-1, :-1].astype(int) + rising[1:, :-1] + rising[:-1, 1:] + rising[1:, 1:]
        i, j = np.nonzero(((corners > 0) & (corners < 4)).all(axis=2))
        middle = (nodes[1:] + nodes[:-1]) / 2
        rows.append(np.full(len(i), row))
        starts.append(scale * np.column_stack((middle[i], middle[j])))
    return np.concatenate(rows), np.concatenate(starts)


def _polished(markets: Market, row: NDArray[np.intp], start: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Newton's method from every start; roots that agree are kept once, by market and rising investment."""
    here, t = markets.take(row), start
    for _ in range(_NEWTON):
        value = slopes(here, t)
        columns = []
        for firm in (0, 1):
            push = np.zeros_like(t)
            push[:, firm] = 1e-7 * t[:, firm] + 1e-300
            columns.append((slopes(here, t + push) - value) / push[:, firm : firm + 1])
        left, right = columns
        with np.errstate(divide="ignore", invalid="ignore"):
            determinant = left[:, 0] * right[:, 1] - left[:, 1] * right[:, 0]
            step = np.column_stack(
                (
                    (value[:, 0] * right[:, 1] - value[:, 1] * right[:, 0]) / determinant,
                    (left[:, 0] * value[:, 1] - left[:, 1] * value[:, 0]) / determinant,
                )
            )
        step = np.where(np.isfinite(step), step, 0)
        t = np.clip(t - step, t / 4, 4 * t)
    size = np.abs(here.cost.k[:, None] * t)
    root = (np.abs(slopes(here, t)) <= 1e-11 * size).all(axis=1)
    row, t = row[root], t[root]
    order = np.lexsort((t[:, 1], t[:, 0], row))
    row, t = row[order], t[order]
    keep: list[int] = []
    for place in range(len(row)):
        known = (
            row[other] == row[place] and np.abs(t[other] - t[place]).max() <= _SAME * t[place].max() for other in keep
        )
        if not any(known):
            keep.append(place)
    return row[keep], t[keep]
