"""Equilibria of two firms that differ, or choose differently: a search, and what it proves.

Given both investments, the sharing of both follows exactly, so that two equations in two investments are left. Their
common roots are looked for in every cell of a grid where both change sign, and from best responses repeated from the
least and from the greatest choice. Each one is verified globally, as everywhere; that none is missed is proven only
where best responses increase and both sequences end in the same place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.candidates import symmetric_candidates
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.lattice import Flags, ceiling, viable
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import bertrand_prices, intercepts, knowledge
from shieldwall.economics.sharing.response import best_response, facing_each, weights
from shieldwall.economics.sharing.verify import Table, verified

Slopes: TypeAlias = Callable[[Market, Floats], Floats]

_CELLS, _FAR_CELLS = 48, 16
_NEWTON = 60
_SWEEPS = 2000
_SAME = 1e-9
_FULL = 1 - 1e-15
_ENDLESS = 1e9
"""Investment, in units of ``_scale``, from which on a sequence of best responses is given up."""


def pair_equilibria(markets: Market) -> tuple[Table, Flags]:
    """The equilibria found for markets of two firms, and whether it is proven that there is no other.

    Returns:
        The table, symmetric equilibria of equal firms among them; one flag for each market.
    """
    (_, least, settled_low), (_, greatest, settled_high), top, proven = extremes(markets)
    row, start = cells(markets, slopes, top)
    every, middle = np.arange(len(markets)), symmetric_candidates(typical(markets))
    row = np.concatenate((row, every[settled_low], every[settled_high], middle.row))
    start = np.concatenate(
        (start, least[settled_low], greatest[settled_high], np.repeat(middle.investment[:, None], 2, axis=1))
    )
    row, investment = polished(markets, slopes, row, start)
    table = verified(markets, row, shares(markets.take(row), investment), investment, alike=False)
    return table, proven & (np.bincount(table.row, minlength=len(markets)) == 1)


Settled: TypeAlias = tuple[Floats, Floats, Flags]
"""Sharing and investment, shape (N, firms), and whether best responses repeated come to rest there."""


def extremes(markets: Market) -> tuple[Settled, Settled, Floats, Flags]:
    """Where best responses lead from the least and from the greatest choice.

    Returns:
        Both; the investment that was the greatest, shape (N,); where it is proven that no other equilibrium can be.
    """
    nothing = np.zeros((len(markets), markets.firms))
    limit = ceiling(markets)
    top = np.where(np.isfinite(limit), limit, 1e3 * natural_scale(markets))
    shared = nothing + (weights(markets).lift > 0)[:, None]
    low, high = repeated(markets, nothing, nothing), repeated(markets, nothing + top[:, None], shared)
    same = (np.abs(high[1] - low[1]) <= _SAME * np.abs(low[1])).all(axis=1)
    return low, high, top, low[2] & high[2] & same & np.isfinite(limit) & viable(markets)


def typical(markets: Market) -> Market:
    """The same markets with equal firms halfway between those that differ."""
    a, spillover = (
        np.repeat(part.mean(axis=1, keepdims=True), 2, axis=1) for part in (markets.a, markets.cost_spillover)
    )
    return replace(markets, a=a, cost_spillover=spillover)


def shares(markets: Market, investment: Any) -> Any:
    """The sharing of a firm and of its rivals, who are all alike, at which each is a best response; shape (N, 2).

    Args:
        investment: Of the firm and of each rival; shape (N, 2), complex steps allowed.
    """
    of, others = weights(markets), markets.firms - 1
    mine, theirs = (of.lift * part for part in investment.T)
    # What a rival's sharing is left with once the other rivals, who share as much, have answered.
    stiff = others * of.curb - (others - 1) * of.pull
    both = of.curb * stiff - of.pull**2
    own = (stiff * mine + others * of.pull * theirs) / both
    rival = (of.pull * mine + others * of.curb * theirs) / both
    # Who would share most reaches 1 first; the other answers that. Rounding must not keep anyone just below.
    full = np.maximum(own.real, rival.real) >= _FULL
    first = own.real >= rival.real
    own, rival = (
        np.where(full, np.where(first, 1.0, (of.pull + mine) / of.curb), own),
        np.where(full, np.where(first, (of.pull + others * theirs) / stiff, 1.0), rival),
    )
    shared = np.column_stack((own, rival))
    return np.where(shared.real >= _FULL, 1.0, shared)


def slopes(markets: Market, investment: Floats) -> Floats:
    """Marginal profit of each firm's investment, Gal-Or & Ghose (6), with sharing as in ``shares``; shape (N, 2)."""
    of, sharing = weights(markets), shares(markets, investment)
    price = bertrand_prices(markets, intercepts(markets, sharing, investment))
    rise = of.slope[:, None] + of.lift[:, None] * sharing
    cost = markets.cost.f_t(investment, knowledge(markets, sharing, investment))
    marginal: Floats = 2 * markets.b1[:, None] * price * rise - cost
    return marginal


def natural_scale(markets: Market) -> Floats:
    """About what a firm invests when it does not share."""
    scale: Floats = markets.a.max(axis=1) / (markets.cost.k * (2 * markets.b1 - markets.b2))
    return scale * 2 * markets.b1 * weights(markets).slope


def repeated(markets: Market, investment: Floats, sharing: Floats) -> tuple[Floats, Floats, Flags]:
    """Best responses repeated by all firms at once: sharing and investment (N, firms), and whether they settled."""
    t, s = investment.copy(), sharing.copy()
    settled = np.zeros(len(markets), dtype=np.bool_)
    active, here, limit = np.arange(len(markets)), markets, _ENDLESS * natural_scale(markets)
    for _ in range(_SWEEPS):
        if not len(active):
            break
        best = [best_response(facing_each(here, firm, s[active], t[active])) for firm in range(markets.firms)]
        new = np.column_stack([answer.investment for answer in best])
        alive = (new <= limit[active, None]).all(axis=1)
        done = alive & (np.abs(new - t[active]) <= 1e-14 * np.abs(new)).all(axis=1)
        t[active[alive]] = new[alive]
        s[active[alive]] = np.column_stack([answer.sharing for answer in best])[alive]
        settled[active[done]] = True
        if not (alive & ~done).all():
            active = active[alive & ~done]
            here = markets.take(active)
    return s, t, settled


def cells(markets: Market, slopes: Slopes, top: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The middle of every grid cell in which the slopes of both firms change sign, with its market.

    Args:
        slopes: Marginal profits (N, 2) at investments (N, 2).
        top: Up to where the cells reach at least; shape (N,).
    """
    part = (np.arange(_CELLS) + 0.5) / _CELLS
    near = 2 * part / (1 - part)
    rows, starts = [np.empty(0, dtype=np.intp)], [np.empty((0, 2))]
    for row, (scale, end) in enumerate(zip(natural_scale(markets), top, strict=True)):
        beyond = max(float(end / scale), near[-1])
        nodes = np.append(near, near[-1] * (beyond / near[-1]) ** np.linspace(0, 1, _FAR_CELLS + 1)[1:])
        nodes = np.unique(nodes)
        grid = scale * np.column_stack([axis.ravel() for axis in np.meshgrid(nodes, nodes, indexing="ij")])
        one = markets.take(np.full(len(grid), row))
        rising = (slopes(one, grid) > 0).reshape(len(nodes), len(nodes), 2)
        corners = rising[:-1, :-1].astype(int) + rising[1:, :-1] + rising[:-1, 1:] + rising[1:, 1:]
        i, j = np.nonzero(((corners > 0) & (corners < 4)).all(axis=2))
        middle = (nodes[1:] + nodes[:-1]) / 2
        rows.append(np.full(len(i), row))
        starts.append(scale * np.column_stack((middle[i], middle[j])))
    return np.concatenate(rows), np.concatenate(starts)


def polished(markets: Market, slopes: Slopes, row: NDArray[np.intp], start: Floats) -> tuple[NDArray[np.intp], Floats]:
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
