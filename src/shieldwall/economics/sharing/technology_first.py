"""Investment first, then sharing, then prices: Gal-Or & Ghose footnote 27.

A firm that invests now also moves its rival's sharing, because sharing attracts sharing (joint leakage). Without
joint leakage that channel is closed and the regime coincides with the simultaneous one. Where the channel closes,
because full sharing is reached, marginal profit jumps down: full sharing can be an equilibrium at that very point.
Two firms, or more that are equal and choose alike: rivals are all the same to a firm, and answer alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.candidates import product, symmetric_candidates, without_sharing
from shieldwall.economics.sharing.forms import Exponential, Floats, Hyperbolic, Leakage
from shieldwall.economics.sharing.lattice import growth_limit, unbounded
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.nash import solve_nash
from shieldwall.economics.sharing.objective import TINY_STEP
from shieldwall.economics.sharing.pairs import cells, natural_scale, polished, shares, typical
from shieldwall.economics.sharing.response import facing, weights
from shieldwall.economics.sharing.result import Equilibrium, Solution, not_proven
from shieldwall.economics.sharing.roots import Derivative, polynomial, roots_between
from shieldwall.economics.sharing.scan import scan_maximum, scan_points
from shieldwall.economics.sharing.verify import Table, assumptions
from shieldwall.economics.status import Status

GAIN_SLACK = 1e-9
"""A deviation that gains less than this share of the profit at stake is rounding."""


def payoff(markets: Market, firm: int, investment: Any) -> tuple[Any, NDArray[np.bool_]]:
    """What a firm earns when sharing and prices follow from investments, and whether all prices are positive; (N,).

    Args:
        investment: Of the first firm and of the other, or of each other if they are more; shape (N, 2).
    """
    sharing = shares(markets, investment)
    game = facing(markets, firm, sharing[:, 1 - firm], investment[:, 1 - firm])
    own = investment[:, firm], sharing[:, firm]
    price, (constant, slope) = game.price(*own), game.rival_parts(own[1])
    return game.payoff(*own), (price.real > 0) & ((constant + slope * own[0]).real > 0)


def marginal_profits(markets: Market, investment: Floats) -> Floats:
    """d profit_i / d t_i with sharing and prices following, by complex steps; (N, 2). At a kink, the right-hand one.

    Args:
        investment: As for ``payoff``; of more than two firms only the first one's derivative is asked for.
    """
    return np.stack([_derivative(markets, firm, firm, investment) for firm in (0, 1)], axis=1)


def _derivative(markets: Market, firm: int, by: int, investment: Floats) -> Floats:
    step = np.zeros(2, dtype=np.complex128)
    step[by] = 1j * TINY_STEP
    derivative: Floats = payoff(markets, firm, investment + step)[0].imag / TINY_STEP
    return derivative


def solve_technology_first(markets: Market) -> Sequence[Solution]:
    """Equilibria of investment, sharing and prices in that order; all symmetric ones if firms are equal."""
    if not (isinstance(markets.leakage, Leakage) and isinstance(markets.cost, Hyperbolic | Exponential)):
        return [not_proven("technology first is solved for the built-in leakage and costs")] * len(markets)
    solutions = np.empty(len(markets), dtype=object)
    closed = markets.leakage.joint == 0
    known = markets.equal | (markets.firms == 2)
    solvers = ((closed, solve_nash), (~closed & known, _solve_open), (~closed & ~known, _refuse))
    for chosen, solver in solvers:
        rows = np.flatnonzero(chosen)
        if len(rows):
            solutions[rows] = solver(markets.take(rows))
    return list(solutions)


def _refuse(markets: Market) -> list[Solution]:
    return [not_proven("technology first is solved for equal firms, or for two")] * len(markets)


def _solve_open(markets: Market) -> list[Solution]:
    """Markets with joint leakage, in which the order of moves matters."""
    found: list[list[Equilibrium]] = [[] for _ in range(len(markets))]
    for index, equilibrium in _verified(markets, *_candidates(markets)):
        found[index].append(equilibrium)
    return [
        Solution(Status.SOLVED, tuple(sorted(items, key=lambda one: one.investment)))
        if items
        else Solution(Status.UNBOUNDED, reason=growth_limit(markets.take(slice(place, place + 1))))
        if endless
        else not_proven("no candidate survived the test of global deviations; other equilibria are not excluded")
        for place, (items, endless) in enumerate(zip(found, unbounded(markets), strict=True))
    ]


def _candidates(markets: Market) -> tuple[NDArray[np.intp], Floats]:
    """Investments (M, 2) that could be equilibria, with their market: all symmetric ones, others by a search."""
    equal = np.flatnonzero(markets.equal)
    row, t = symmetric_investments(markets.take(equal))
    row, alike = equal[row], np.repeat(t[:, None], 2, axis=1)
    if markets.firms > 2:
        return row, alike
    at, start = cells(markets, marginal_profits, 1e3 * natural_scale(markets))
    unequal = np.flatnonzero(~markets.equal)
    near, middle = symmetric_investments(typical(markets.take(unequal)))
    at = np.concatenate((at, unequal, unequal[near]))
    start = np.concatenate((start, iterate(markets.take(unequal)), np.repeat(middle[:, None], 2, axis=1)))
    at, apart = polished(markets, marginal_profits, at, start)
    new = ~markets.equal[at] | (np.abs(apart[:, 0] - apart[:, 1]) > 1e-7 * apart.max(axis=1))
    return np.concatenate((row, at[new])), np.concatenate((alike, apart[new]))


def symmetric_investments(markets: Market) -> tuple[NDArray[np.intp], Floats]:
    """Every symmetric investment that could be an equilibrium, with its market; rows rising."""
    of = weights(markets)
    ratio = of.lift / (of.curb - of.pull)
    shares = np.flatnonzero(ratio > 0)
    corner = symmetric_candidates(markets)
    full = corner.sharing == 1
    alone = without_sharing(markets)
    idle = np.flatnonzero((ratio == 0) & ~np.isnan(alone))
    inner = _inner_roots(markets.take(shares), ratio[shares]) if len(shares) else np.empty((0, 1))
    place, column = np.nonzero(~np.isnan(inner))
    row = np.concatenate((corner.row[full], shares, idle, shares[place]))
    t = np.concatenate((corner.investment[full], 1 / ratio[shares], alone[idle], inner[place, column]))
    order = np.lexsort((t, row))
    row, t = row[order], t[order]
    again = (np.diff(row, prepend=-1) == 0) & (np.diff(t, prepend=0) <= 1e-12 * t)
    return row[~again], t[~again]


def _inner_roots(markets: Market, ratio: Floats) -> Floats:
    """All roots of the first-order condition with s = sigma t < 1; shape (N, roots), NaN where there is none.

    2 b1 p (A + h s + rho dp/ds_j) = k t r(y) + rho c t f_y with rho = ds_j/dt_i = h G / (E - G) / ((n-1) E + G), rivals
    moving together. For the hyperbolic cost a polynomial of degree 7; for the exponential one a cubic and (t, t^3)
    exp(-nu t^2), whose fourth derivative changes sign at the roots of a polynomial of degree 7.
    """
    of, leakage, cost = weights(markets), markets.leakage, markets.cost
    others, beyond = markets.firms - 1, (markets.firms - 2) * of.rival
    rho = of.lift * of.pull / ((of.curb - of.pull) * (others * of.curb + of.pull))
    cross = (of.own + beyond) * (markets.demand_spillover + 2 * leakage.rival * ratio)
    cross = cross + ((of.own + of.rival + 2 * beyond) * leakage.joint - 2 * others * of.rival * leakage.own) * ratio
    leak = leakage.own - leakage.rival - leakage.joint
    gain = 2 * markets.b1 / (2 * markets.b1 - markets.b2)
    demand = [markets.a[:, 0], 1 - markets.rivalry, (markets.demand_spillover - leak * ratio) * ratio]
    response = [gain * of.slope, gain * (of.lift * ratio + rho * cross)]
    revenue = product(np.stack(demand, axis=1), np.stack(response, axis=1))
    zero, end, spill = np.zeros(len(ratio)), 1 / ratio, markets.cost_spillover[:, 0]
    worth, saved = spill * ratio, cost.k * cost.max_saving
    none = np.empty((len(ratio), 0))
    if isinstance(cost, Exponential):
        revenue[:, 1] -= cost.k - saved
        nu = cost.rate * worth
        bump = np.stack((zero, -saved, zero, spill * rho * saved * cost.rate / 2), axis=1)
        tables = [bump]
        for _ in range(4):
            tables.append(_bump_slope(tables[-1], nu))
        breaks = roots_between(polynomial(tables[4]), 7, zero, none, end)
        breaks = np.where(np.isnan(breaks), end[:, None], breaks)
        return roots_between(_with_bump(revenue, tables, nu), 4, zero, np.sort(breaks, axis=1), end)
    share = np.stack((zero + 1, zero, worth), axis=1)
    table = product(product(revenue, share), share)
    table[:, :6] -= cost.k[:, None] * product(np.stack((zero, zero + 1), axis=1), product(share, share))
    table[:, :6] += saved[:, None] * product(np.stack((zero, zero, zero, worth), axis=1), share)
    table[:, 3] += spill * rho * saved / 2
    return roots_between(polynomial(table), 7, zero, none, end)


def _bump_slope(table: Floats, nu: Floats) -> Floats:
    """The polynomial p' - 2 nu t p that stands before exp(-nu t^2) after differentiating p exp(-nu t^2)."""
    slope = np.zeros((len(table), table.shape[1] + 1))
    slope[:, : table.shape[1] - 1] = table[:, 1:] * np.arange(1, table.shape[1])
    slope[:, 1:] -= 2 * nu[:, None] * table
    return slope


def _with_bump(table: Floats, bumps: list[Floats], nu: Floats) -> Derivative:
    plain, bumped = polynomial(table), [polynomial(bump) for bump in bumps]

    def evaluate(order: int, x: Floats, rows: NDArray[np.intp]) -> Floats:
        rest = plain(order, x, rows) if order < table.shape[1] else np.zeros_like(x)
        return rest + bumped[order](0, x, rows) * np.exp(-nu[rows] * x**2)

    return evaluate


def best_investment(markets: Market, firm: int, investment: Floats) -> tuple[Floats, Floats]:
    """The global best investment of one firm against its rival's, and what it earns; infinite if it has none.

    Beyond h t = E sharing no longer moves, and what the firm earns is a parabola in its investment.

    Args:
        investment: Shape (N, 2); that of ``firm`` only says where to look closely.
    """
    of = weights(markets)
    rival = investment[:, 1 - firm]
    beyond = np.divide(of.curb, of.lift, out=np.ones_like(rival), where=of.lift > 0)
    edge = _with_own(investment, firm, beyond)
    ahead = shares(markets, edge)[:, 1 - firm]
    steepness = markets.cost.k * markets.cost.remaining(markets.cost_spillover[:, firm] * rival * ahead)
    slope = of.slope + of.lift
    concave = steepness - 2 * markets.b1 * np.where(of.lift > 0, slope, of.slope) ** 2
    rise = _derivative(markets, firm, firm, edge)
    end = beyond + np.maximum(rise, 0) / np.where(concave > 0, concave, np.inf)
    points = scan_points(investment[:, firm], 1.05 * end)
    width = points.shape[1]
    many = markets.take(np.repeat(np.arange(len(markets)), width))
    few = markets.take(np.repeat(np.arange(len(markets)), 3))

    def family(t: Floats) -> Floats:
        chosen = many if t.shape[1] == width else few
        repeated = np.repeat(investment, t.shape[1], axis=0)
        profit, positive = payoff(chosen, firm, _with_own(repeated, firm, t.ravel()))
        return np.where(positive, profit, -np.inf).reshape(t.shape)

    t, earned = scan_maximum(family, points)
    return np.where(concave > 0, t, np.inf), np.where(concave > 0, earned, np.inf)


def _with_own(investment: Floats, firm: int, t: Floats) -> Floats:
    return np.column_stack((t, investment[:, 1]) if firm == 0 else (investment[:, 0], t))


def iterate(markets: Market) -> Floats:
    """A candidate of unequal firms: best responses repeated, then Newton's method; shape (N, 2)."""
    t = np.column_stack([without_sharing_of(markets, firm) for firm in (0, 1)])
    for _ in range(40):
        new = np.column_stack([best_investment(markets, firm, t)[0] for firm in (0, 1)])
        new = np.where(np.isfinite(new), new, t)
        if np.all(abs(new - t) <= 1e-7 * (1 + t)):
            break
        t = new
    for _ in range(8):
        first = marginal_profits(markets, t)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.linalg.solve(_slopes(markets, t), -first[:, :, None])[:, :, 0]
        close = (abs(step) <= 0.1 * t).all(axis=1, keepdims=True)
        t = np.where(close, t + step, t)
    return t


def without_sharing_of(markets: Market, firm: int) -> Floats:
    """Where the search for one of two unequal firms begins: its investment if both were like it and did not share."""
    of = weights(markets)
    gain = 2 * markets.b1 / (2 * markets.b1 - markets.b2) * of.slope
    rest = np.maximum(markets.cost.k - gain * (1 - markets.rivalry), markets.cost.k / 10)
    return gain * markets.a[:, firm] / rest


def _slopes(markets: Market, investment: Floats) -> Floats:
    """Derivatives of marginal profits by both investments, (N, 2, 2), from differences inside the smooth piece."""
    columns = []
    for place in (0, 1):
        step = np.zeros_like(investment)
        step[:, place] = 1e-6 * investment[:, place]
        rise = marginal_profits(markets, investment + step) - marginal_profits(markets, investment - step)
        columns.append(rise / (2 * step[:, place, None]))
    return np.stack(columns, axis=2)


def _verified(markets: Market, row: NDArray[np.intp], investment: Floats) -> list[tuple[int, Equilibrium]]:
    """The candidates, with their row, from which no firm gains by any other investment."""
    part = markets.take(row)
    rest = markets.firms - 2
    sharing, invested = shares(part, investment), investment
    if rest:
        sharing, invested = (np.repeat(pair[:, :1], markets.firms, axis=1) for pair in (sharing, invested))
    kept = accounts(part, sharing, invested)
    gains = [best_investment(part, firm, investment)[1] - kept.profit[:, firm] for firm in (0, 1)[: 2 - (rest > 0)]]
    gain = np.max(gains, axis=0)
    scale = (kept.price * kept.quantity).max(axis=1)
    slopes = _slopes(part, investment)
    if rest:
        # The firm that is looked at stands for all, who are in the same place.
        slopes[:, 1] = slopes[:, 0, ::-1]
    concave = (slopes[:, 0, 0] < 0) & (slopes[:, 1, 1] < 0)
    crossed = np.abs(slopes[:, 0, 1] * slopes[:, 1, 0] / (slopes[:, 0, 0] * slopes[:, 1, 1]))
    # Where sharing becomes full, responses run along the kink, up by G/E and down by E/G: they never come closer.
    kink = part.equal & (np.abs(_falling_at(part, investment)) > 1e-6 * scale / investment[:, 0])
    table = Table(
        row, sharing, invested, kept, np.maximum(gain, 0), concave | kink, np.where(kink, 1.0, np.sqrt(crossed)),
        *assumptions(part, sharing, invested), part.equal,
    )  # fmt: skip
    good = np.flatnonzero(kept.positive & (gain <= GAIN_SLACK * scale))
    return [(int(row[place]), table.at(int(place))) for place in good]


def _falling_at(markets: Market, investment: Floats) -> Floats:
    """Marginal profit of the first firm just below its investment: above 0 at a kink only; (N,)."""
    return _derivative(markets, 0, 0, investment * (1 - 1e-9))
