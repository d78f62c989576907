"""Equilibria of two firms that choose at once and pay for each unit they sell: candidates of a scan, all verified.

Equal firms: every symmetric equilibrium that a scan of one dimension finds. Firms that differ: what Newton's method
reaches from a table of starts. None is returned that a scan of deviations beats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.prices import bertrand_prices, intercepts
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.sharing.scan import scan_maximum, scan_points, scan_roots
from shieldwall.economics.sharing.stability import spectral_radius
from shieldwall.economics.sharing.verify import Table, assumptions
from shieldwall.economics.sharing.volume import VolumeGame

Flags = NDArray[np.bool_]

_SLACK = 1e-9
_DIFFERENCE = 1e-6
_FAR = 1e4
_STARTS = 4
_NEWTON_STEPS = 60
_CONTRACTIONS = 200
_REACH = 4.0
_SAME = 1e-7


def symmetric_investments(game: VolumeGame) -> tuple[NDArray[np.intp], Floats]:
    """Investments at which marginal profit is 0, or 0 itself where it does not pay to begin; with their markets."""
    market = game.markets
    points = scan_points(*_range(game))

    def slope(rows: NDArray[np.intp], t: Floats) -> Floats:
        part = game.take(rows)
        s = part.alike(t)
        return np.where(part.margins(t, s, t, s)[0] > 0, part.marginal(t, t, s), np.nan)

    row, t = scan_roots(slope, points)
    zero = np.flatnonzero(slope(np.arange(len(market)), np.zeros(len(market))) <= 0)
    row, t = np.concatenate((zero, row)), np.concatenate((np.zeros(len(zero)), t))
    order = np.lexsort((t, row))
    return row[order], t[order]


def _range(game: VolumeGame) -> tuple[Floats, Floats]:
    """A typical investment and the most that can be one: unit costs only take from what it earns without them."""
    market, of = game.markets, weights(game.markets)
    gain = 2 * market.b1 / (2 * market.b1 - market.b2) * (of.own + of.rival * np.maximum(market.demand_spillover, 0))
    growth = gain * (1 - market.rivalry + np.maximum(market.demand_spillover, 0))
    steep, a = market.cost.k * (1 - market.cost.max_saving) - growth, market.a.max(axis=1)
    near = gain * a / market.cost.k
    end = np.where(steep > 0, gain * a / np.where(steep > 0, steep, 1), _FAR * near)
    return near, np.maximum(end, near)


def symmetric_equilibria(game: VolumeGame) -> list[tuple[int, Equilibrium]]:
    """Those of equal firms, with their row."""
    row, t = symmetric_investments(game)
    part = game.take(row)
    s = part.alike(t)
    return verified(game, row, np.column_stack((s, s)), np.column_stack((t, t)))


def pair_equilibria(game: VolumeGame) -> list[tuple[int, Equilibrium]]:
    """Those of firms that differ, with their row."""
    near, end = _range(game)
    ratios = np.geomspace(0.05, np.maximum(end / near, 1.0), _STARTS).T
    first, second = np.meshgrid(np.arange(_STARTS), np.arange(_STARTS))
    t = near[:, None, None] * np.stack((ratios[:, first.ravel()], ratios[:, second.ravel()]), axis=-1)
    row = np.repeat(np.arange(len(near)), _STARTS**2)
    t, s, settled = _newton(game.take(row), t.reshape(-1, 2))
    order = np.lexsort((t[:, 1], t[:, 0], row))
    order = order[settled[order]]
    row, t, s = row[order], t[order], s[order]
    new = np.ones(len(row), dtype=bool)
    for place in range(1, len(row)):
        known = np.flatnonzero(new[:place] & (row[:place] == row[place]))
        new[place] = not (abs(t[known] - t[place]) <= _SAME * t[place].max()).all(axis=1).any()
    return verified(game, row[new], s[new], t[new])


def _newton(game: VolumeGame, t: Floats) -> tuple[Floats, Floats, Flags]:
    """Investments from which neither marginal profit moves, their sharing, and whether they settled."""
    t, unit = t.copy(), np.maximum(t.max(axis=1, keepdims=True), 1e-12)
    active = np.arange(len(t))
    for _ in range(_NEWTON_STEPS):
        new = t[active] + _newton_step(game.take(active), t[active], unit[active])
        least = np.where(t[active] <= 1e-9 * unit[active], 0, t[active] / _REACH)
        new = np.clip(new, least, _REACH * np.maximum(t[active], 1e-6 * unit[active]))
        moved = (abs(new - t[active]) > 4e-16 * unit[active]).any(axis=1)
        t[active] = new
        active = active[moved]
        if not len(active):
            break
    slope, s = _marginals(game, t)
    spent = game.markets.cost.k[:, None] * t
    settled: Flags = np.all(np.where(t > 0, abs(slope) <= _SLACK * spent, slope <= 0), axis=1)
    return t, s, settled


def _newton_step(game: VolumeGame, t: Floats, unit: Floats) -> Floats:
    """Towards where both marginal profits are 0; none for what is held at 0, or where there is no margin."""
    slope = _marginals(game, t)[0]
    size = np.maximum(t, 1e-6 * unit)
    table = np.empty((len(t), 2, 2))
    for column in (0, 1):
        move = _DIFFERENCE * size * np.eye(2)[column]
        rise = _marginals(game, t + move)[0] - _marginals(game, t - move)[0]
        table[:, :, column] = rise / (2 * _DIFFERENCE * size[:, column, None])
    held = ((t <= 0) & (slope <= 0)) | ~np.isfinite(slope)
    table = np.where(held[:, :, None] | held[:, None, :], np.eye(2), table)
    known = np.isfinite(table).all(axis=(1, 2)) & (abs(np.linalg.det(np.nan_to_num(table))) > 1e-300)
    table[~known] = np.eye(2)
    return np.asarray(-np.linalg.solve(table, np.where(held, 0, slope)[:, :, None])[:, :, 0])


def _marginals(game: VolumeGame, t: Floats) -> tuple[Floats, Floats]:
    """Marginal profits where sharing answers sharing, and that sharing; not a number without margins."""
    pair = [replace(game, firm=firm) for firm in (0, 1)]
    s = np.zeros_like(t)
    for _ in range(_CONTRACTIONS):
        new = np.column_stack([one.share(t[:, i], t[:, 1 - i], s[:, 1 - i]) for i, one in enumerate(pair)])
        if np.all(abs(new - s) <= 1e-15):
            break
        s = new
    fine = np.min(pair[0].margins(t[:, 0], s[:, 0], t[:, 1], s[:, 1]), axis=0) > 0
    slopes = np.column_stack([one.marginal(t[:, i], t[:, 1 - i], s[:, 1 - i]) for i, one in enumerate(pair)])
    return np.where(fine[:, None], slopes, np.nan), s


def verified(
    game: VolumeGame, row: NDArray[np.intp], sharing: Floats, investment: Floats
) -> list[tuple[int, Equilibrium]]:
    """The candidates of shape (M, 2), with their row, from which no firm gains by any other choice."""
    game = game.take(row)
    market = game.markets
    pair = [replace(game, firm=firm) for firm in (0, 1)]
    unit = np.empty_like(sharing)
    gains, concave, tables = [], [], []
    positive = np.ones(len(row), dtype=bool)
    for i, one in enumerate(pair):
        s, t, rival_s, rival_t = sharing[:, i], investment[:, i], sharing[:, 1 - i], investment[:, 1 - i]
        margin = one.margins(t, s, rival_t, rival_s)[0]
        profit = one.profit(t, rival_t, rival_s)[0]
        positive &= margin > 0
        gains.append(np.where(positive, best_deviation(one, t, rival_t, rival_s) - profit, np.inf))
        unit[:, i] = np.where(one.held(rival_t, rival_s), 0.0, one.unit_cost(t, rival_t, rival_s))
        bend, table = _slopes(one, t, rival_t, rival_s)
        edge = (t == 0) & (one.marginal(t, rival_t, rival_s) < 0)
        concave.append(edge | (bend < 0))
        tables.append(np.where(edge[:, None, None], 0.0, table))
    gain = np.max(gains, axis=0)
    price = bertrand_prices(market, intercepts(market, sharing, investment) + market.b1[:, None] * unit)
    kept = accounts(market, sharing, investment, price=price, unit_cost=unit)
    scale = ((price - unit) * kept.quantity).max(axis=1)
    radius = np.sqrt(spectral_radius(tables[0] @ tables[1]))
    first = assumptions(market, sharing, investment)[0]
    second = game.assumption_2(investment[:, 0]) & game.assumption_2(investment[:, 1])
    entries = Table(
        row,
        sharing,
        investment,
        kept,
        np.maximum(gain, 0),
        np.all(concave, axis=0),
        radius,
        first,
        second,
        market.equal,
    )
    good = np.flatnonzero(positive & kept.positive & np.isfinite(radius) & (gain <= _SLACK * scale))
    held: Flags = np.any(game.held(investment, sharing), axis=1)
    return [
        (
            int(row[place]),
            replace(
                entries.at(int(place)),
                extra={"unit_cost": unit[place].tolist(), "held_by_unit_cost": bool(held[place])},
            ),
        )
        for place in good
    ]


def best_deviation(game: VolumeGame, near: Floats, rival_t: Floats, rival_s: Floats) -> Floats:
    """What the globally best choice earns against a rival, own sharing eliminated exactly; (N,).

    Args:
        near: An investment around which to look densely.
    """
    market, of = game.markets, weights(game.markets)
    worth = market.cost_spillover[:, game.firm] * rival_t * rival_s
    rise = of.own + of.rival * np.maximum(market.demand_spillover, 0)
    steep = market.cost.k * market.cost.remaining(worth) - 2 * market.b1 * rise**2
    zero = np.zeros_like(near)
    most = np.maximum(game.margins(zero, game.share(zero, rival_t, rival_s), rival_t, rival_s)[0], 0) + of.pull
    drawn = 2 * market.b1 * most * rise
    end = np.where(steep > 0, 2 * drawn / np.where(steep > 0, steep, 1), _FAR * (near + drawn / market.cost.k))

    def family(points: Floats) -> Floats:
        theirs = (np.broadcast_to(part[:, None], points.shape) for part in (rival_t, rival_s))
        profit, positive = game.profit(points, *theirs)
        return np.where(positive, profit, -np.inf)

    return scan_maximum(family, scan_points(near, np.maximum(end, 2 * near)))[1]


def _slopes(game: VolumeGame, t: Floats, rival_t: Floats, rival_s: Floats) -> tuple[Floats, Floats]:
    """V''(t), and the slopes of the best (s, t) by the rival's (s, t), shape (N, 2, 2), by central differences."""
    small_t, theirs_t = (_DIFFERENCE * np.maximum(part, 1e-3) for part in (t, rival_t))
    theirs_s = _DIFFERENCE * np.maximum(np.minimum(rival_s, 1 - rival_s), 1e-3)

    def by_own(function: Callable[..., Floats]) -> Floats:
        up, down = (function(t + sign * small_t, rival_t, rival_s) for sign in (1, -1))
        return (up - down) / (2 * small_t)

    def by_sharing(function: Callable[..., Floats]) -> Floats:
        up, down = (function(t, rival_t, rival_s + sign * theirs_s) for sign in (1, -1))
        return (up - down) / (2 * theirs_s)

    def by_investment(function: Callable[..., Floats]) -> Floats:
        up, down = (function(t, rival_t + sign * theirs_t, rival_s) for sign in (1, -1))
        return (up - down) / (2 * theirs_t)

    bend = by_own(game.marginal)
    t_s, t_t = -by_sharing(game.marginal) / bend, -by_investment(game.marginal) / bend
    own = by_own(game.share)
    s_s, s_t = by_sharing(game.share) + own * t_s, by_investment(game.share) + own * t_t
    return bend, np.stack((s_s, s_t, t_s, t_t), axis=-1).reshape(-1, 2, 2)
