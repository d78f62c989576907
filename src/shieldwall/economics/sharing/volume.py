"""Costs of each unit sold, F_i = (c - spillover t_j s_j) Phi(t_i): Gal-Or & Ghose section 4, with (33) corrected.

A firm that shares also makes its rival cheaper, so the force that drives sharing is b2 (gd - b1 spillover Phi(t_j))
instead of b2 gd. Equal pairs of firms that choose at once are solved here; spillovers on the fixed cost, which the
paper leaves out, are kept. A choice is admissible if both unit costs are at least 0 and both margins positive: a firm
that would share its rival's unit cost below 0 shares just as much as makes it 0, and ``unit_cost`` is then 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.forms import Floats, Leakage, QuadraticCost, across
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import TINY_STEP
from shieldwall.economics.sharing.prices import bertrand_prices, intercepts
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.result import Equilibrium, Solution
from shieldwall.economics.sharing.scan import scan_maximum, scan_points, scan_roots
from shieldwall.economics.sharing.stability import spectral_radius
from shieldwall.economics.sharing.verify import Table, assumptions
from shieldwall.economics.status import Status

_SLACK = 1e-9
_DIFFERENCE = 1e-6
_FAR = 1e4


@dataclass(frozen=True, slots=True)
class VolumeGame:
    """What each of two equal firms faces; t and s of shape (N,) or (N, P).

    Attributes:
        markets: N markets with a volume cost.
        sharing: Whether firms may share at all.
    """

    markets: Market
    sharing: bool = True

    def take(self, rows: NDArray[np.intp]) -> VolumeGame:
        """The games of some markets, which may repeat."""
        return VolumeGame(self.markets.take(rows), self.sharing)

    def technology(self, t: Any) -> Any:
        """Phi(t) = F0 + F1 t + F2 t^2 / 2."""
        fixed, linear, square = (across(part, t) for part in self._volume.technology)
        return fixed + linear * t + square * t**2 / 2

    def unit_cost(self, t: Any, rival_t: Any, rival_s: Any) -> Any:
        """F of a firm that invests t."""
        c, gift = across(self._volume.unit_cost, t), across(self._volume.spillover, t)
        return (c - gift * rival_t * rival_s) * self.technology(t)

    @property
    def _volume(self) -> Any:
        return self.markets.volume

    def drive(self, t: Any) -> Any:
        """What own sharing adds to the own price per unit of investment, before leakage; t is the rival's."""
        gd, b1, gift = (
            across(part, t) for part in (self.markets.demand_spillover, self.markets.b1, self._volume.spillover)
        )
        return across(weights(self.markets).rival, t) * (gd - b1 * gift * self.technology(t))

    def share(self, t: Any, rival_t: Any, rival_s: Any) -> Any:
        """The best own sharing: the own price is strictly concave in it, and the rival's unit cost at least 0."""
        if not self.sharing:
            return 0 * t
        of = weights(self.markets)
        free = (across(of.pull, t) * rival_s + self.drive(rival_t) * t) / across(of.curb, t)
        return self._within(free, t)

    def alike(self, t: Any) -> Any:
        """The sharing of both at which each answers the other, if both invest t."""
        if not self.sharing:
            return 0 * t
        of = weights(self.markets)
        return self._within(self.drive(t) * t / across(of.curb - of.pull, t), t)

    def _within(self, s: Any, t: Any) -> Any:
        c, gift = across(self._volume.unit_cost, t), across(self._volume.spillover, t) * t
        s = np.where(s.real < 0, 0, np.where(s.real > 1, 1, s))
        costly = gift.real * s.real > c
        return np.where(costly, np.divide(c, gift, out=np.ones_like(gift), where=costly), s)

    def margins(self, t: Any, s: Any, rival_t: Any, rival_s: Any) -> tuple[Any, Any]:
        """p - F of the firm and of its rival, Gal-Or & Ghose appendix, section 4."""
        market, of = self.markets, weights(self.markets)
        a, de, gd = (across(part, t) for part in (market.a[:, 0], market.rivalry, market.demand_spillover))
        own, other, b1 = (across(part, t) for part in (of.own, of.rival, market.b1))
        mine = a + t - de * rival_t + gd * rival_t * rival_s - market.leakage.value(s, rival_s)
        theirs = a + rival_t - de * t + gd * t * s - market.leakage.value(rival_s, s)
        cost, cost_theirs = self.unit_cost(t, rival_t, rival_s), self.unit_cost(rival_t, t, s)
        price = own * (mine + b1 * cost) + other * (theirs + b1 * cost_theirs)
        price_theirs = own * (theirs + b1 * cost_theirs) + other * (mine + b1 * cost)
        return price - cost, price_theirs - cost_theirs

    def profit(self, t: Any, rival_t: Any, rival_s: Any) -> tuple[Any, NDArray[np.bool_]]:
        """Profit at own investment t with own sharing following, and where both margins are positive."""
        margin, theirs = self.margins(t, self.share(t, rival_t, rival_s), rival_t, rival_s)
        fixed = self.markets.cost.value(t, across(self.markets.cost_spillover[:, 0], t) * rival_t * rival_s)
        return across(self.markets.b1, t) * margin**2 - fixed, (margin.real > 0) & (theirs.real > 0)

    def marginal(self, t: Any, rival_t: Any, rival_s: Any) -> Any:
        """Derivative of the profit by own investment, by a complex step."""
        return self.profit(t + 1j * TINY_STEP, rival_t, rival_s)[0].imag / TINY_STEP


def solve_nash(markets: Market) -> Sequence[Solution]:
    """Every symmetric equilibrium that a scan finds, of markets with two equal firms that choose at once."""
    return _solve(markets, VolumeGame(markets))


def solve_no_sharing(markets: Market) -> Sequence[Solution]:
    """The same where nobody shares."""
    return _solve(markets, VolumeGame(markets, sharing=False))


def _solve(markets: Market, game: VolumeGame) -> list[Solution]:
    built_in = isinstance(markets.leakage, Leakage) and isinstance(markets.cost, QuadraticCost)
    if markets.firms > 2 or not built_in:
        return [_not_proven("costs of each unit are solved for two firms and built-in forms")] * len(markets)
    equal = np.flatnonzero(markets.equal)
    row, t = symmetric_investments(game.take(equal))
    found: list[list[Equilibrium]] = [[] for _ in range(len(markets))]
    for index, equilibrium in _verified(game.take(equal), row, t):
        found[equal[index]].append(equilibrium)
    return [
        Solution(Status.SOLVED, tuple(items)) if items else _not_proven(_NOTHING if alike else _UNEQUAL)
        for items, alike in zip(found, markets.equal, strict=True)
    ]


_NOTHING = "no symmetric choice with positive margins survived the test of global deviations"
_UNEQUAL = "costs of each unit are solved for equal firms"


def _not_proven(why: str) -> Solution:
    return Solution(Status.NOT_PROVEN, reason=why)


def symmetric_investments(game: VolumeGame) -> tuple[NDArray[np.intp], Floats]:
    """Investments at which marginal profit is 0, or 0 itself where it does not pay to begin; with their markets.

    Unit costs only take from what investment earns without them, which bounds where to look.
    """
    market, of = game.markets, weights(game.markets)
    gain = 2 * market.b1 / (2 * market.b1 - market.b2) * (of.own + of.rival * np.maximum(market.demand_spillover, 0))
    growth = gain * (1 - market.rivalry + np.maximum(market.demand_spillover, 0))
    steep = market.cost.k * (1 - market.cost.max_saving) - growth
    near = gain * market.a[:, 0] / market.cost.k
    end = np.where(steep > 0, gain * market.a[:, 0] / np.where(steep > 0, steep, 1), _FAR * near)
    points = scan_points(near, np.maximum(end, near))

    def slope(rows: NDArray[np.intp], t: Floats) -> Floats:
        part = game.take(rows)
        s = part.alike(t)
        return np.where(part.margins(t, s, t, s)[0] > 0, part.marginal(t, t, s), np.nan)

    row, t = scan_roots(slope, points)
    zero = np.flatnonzero(slope(np.arange(len(market)), np.zeros(len(market))) <= 0)
    row, t = np.concatenate((zero, row)), np.concatenate((np.zeros(len(zero)), t))
    order = np.lexsort((t, row))
    return row[order], t[order]


def _verified(game: VolumeGame, row: NDArray[np.intp], t: Floats) -> list[tuple[int, Equilibrium]]:
    """The candidates, with their row, from which no firm gains by any other choice."""
    game = game.take(row)
    market = game.markets
    s = game.alike(t)
    profit, positive = game.profit(t, t, s)
    gain = best_deviation(game, t, s) - profit
    scale = market.b1 * game.margins(t, s, t, s)[0] ** 2
    bend, table = _slopes(game, t, s)
    sharing, investment = (np.repeat(part[:, None], 2, axis=1) for part in (s, t))
    unit = np.repeat(game.unit_cost(t, t, s)[:, None], 2, axis=1)
    price = bertrand_prices(market, intercepts(market, sharing, investment) + market.b1[:, None] * unit)
    kept = accounts(market, sharing, investment, price=price, unit_cost=unit)
    edge = (t == 0) & (game.marginal(t, t, s) < 0)
    radius = np.where(edge, 0.0, spectral_radius(table))
    drive = game.drive(t) * t
    second = (drive > 0) & (drive < weights(market).curb - weights(market).pull)
    first = assumptions(market, sharing, investment)[0]
    entries = Table(
        row, sharing, investment, kept, np.maximum(gain, 0), edge | (bend < 0), radius, first, second, market.equal
    )
    good = np.flatnonzero(positive & kept.positive & (gain <= _SLACK * scale))
    return [
        (int(row[place]), replace(entries.at(int(place)), extra={"unit_cost": unit[place].tolist()})) for place in good
    ]


def best_deviation(game: VolumeGame, t: Floats, s: Floats) -> Floats:
    """What the globally best choice earns against a rival at (s, t), own sharing eliminated exactly; (N,)."""
    market, of = game.markets, weights(game.markets)
    worth = market.cost_spillover[:, 0] * t * s
    rise = of.own + of.rival * np.maximum(market.demand_spillover, 0)
    steep = market.cost.k * market.cost.remaining(worth) - 2 * market.b1 * rise**2
    zero = np.zeros_like(t)
    most = np.maximum(game.margins(zero, game.share(zero, t, s), t, s)[0], 0) + of.pull
    drawn = 2 * market.b1 * most * rise
    end = np.where(steep > 0, 2 * drawn / np.where(steep > 0, steep, 1), _FAR * (t + drawn / market.cost.k))

    def family(points: Floats) -> Floats:
        rival_t, rival_s = (np.broadcast_to(part[:, None], points.shape) for part in (t, s))
        profit, positive = game.profit(points, rival_t, rival_s)
        return np.where(positive, profit, -np.inf)

    return scan_maximum(family, scan_points(t, np.maximum(end, 2 * t)))[1]


def _slopes(game: VolumeGame, t: Floats, s: Floats) -> tuple[Floats, Floats]:
    """V''(t), and the slopes of the best (s, t) by the rival's (s, t), shape (N, 2, 2), by central differences."""
    small_t, small_s = _DIFFERENCE * np.maximum(t, 1e-3), _DIFFERENCE * np.maximum(np.minimum(s, 1 - s), 1e-3)
    bend = (game.marginal(t + small_t, t, s) - game.marginal(t - small_t, t, s)) / (2 * small_t)
    by_s = (game.marginal(t, t, s + small_s) - game.marginal(t, t, s - small_s)) / (2 * small_s)
    by_t = (game.marginal(t, t + small_t, s) - game.marginal(t, t - small_t, s)) / (2 * small_t)
    t_s, t_t = -by_s / bend, -by_t / bend
    own = (game.share(t + small_t, t, s) - game.share(t - small_t, t, s)) / (2 * small_t)
    s_s = (game.share(t, t, s + small_s) - game.share(t, t, s - small_s)) / (2 * small_s)
    s_t = (game.share(t, t + small_t, s) - game.share(t, t - small_t, s)) / (2 * small_t)
    return bend, np.stack((s_s + own * t_s, s_t + own * t_t, t_s, t_t), axis=-1).reshape(-1, 2, 2)


def _elsewhere(markets: Market) -> Sequence[Solution]:
    """The answer of the regimes that are not solved with a cost of each unit."""
    why = "costs of each unit are solved in the regimes nash and no-sharing, as in the paper"
    return [_not_proven(why)] * len(markets)


solve_technology_first = solve_stackelberg = _elsewhere
solve_joint_profit = solve_collusion = solve_planner = solve_first_best = _elsewhere
