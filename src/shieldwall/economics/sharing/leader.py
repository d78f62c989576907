"""The leader's problem near a point: derivatives through the follower's answer, and its exact solution.

The follower is held on one piece of its best response: sharing nothing, something, or everything. On a piece its
answer is smooth, and a complex step through the answer gives the leader's gradient to rounding. The optimum may also
lie where two pieces meet; there the leader moves along the line on which the follower just reaches full sharing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import TINY_STEP
from shieldwall.economics.sharing.response import Best, Facing, best_response, facing, first_maximum, weights
from shieldwall.economics.sharing.verify import constrained_best, part_of

NOTHING, SOMETHING, EVERYTHING = 0, 1, 2
_NEWTON = 40
_ANSWER_STEPS = 6
_DIFFERENCE = 1e-6
_RESIDUAL = 1e-9
_SLACK = 1e-12
_BATCH = 2000


def _exact(game: Facing) -> Facing:
    """The same problem, with the price right also for a firm that shares although that harms its rival's demand."""
    of = game.weights
    return replace(game, weights=replace(of, lift=of.rival * game.markets.demand_spillover))


def follower(markets: Market, sharing: Floats, investment: Floats) -> Best:
    """The follower's global best response to the leader's choice."""
    game = facing(markets, 1, sharing, investment)
    best = _within(game, best_response(game))
    harmed = markets.demand_spillover < 0
    if not harmed.any():
        return best
    other = _harmed_response(_exact(game))
    picked = (np.where(harmed, getattr(other, name), getattr(best, name)) for name in Best.__slots__)
    return Best(*picked)


def _within(game: Facing, best: Best) -> Best:
    """The lower peak of the payoff instead, where what seems best would end the leader's price and nothing else is."""
    t = np.where(best.proven, np.nan, first_maximum(game))
    s = game.share(t)
    constant, slope = game.rival_parts(s)
    rows = np.flatnonzero((constant + slope * t > 0) & (game.price(t, s) > 0))
    payoff = game.payoff(t, s)
    for some in np.array_split(rows, len(rows) // _BATCH + 1):
        least = payoff[some] * (1 + _SLACK)
        rows = np.setdiff1d(rows, some[constrained_best(part_of(game, some)) > least])
    taken = np.isin(np.arange(len(t)), rows)
    return Best(
        np.where(taken, t, best.investment),
        np.where(taken, s, best.sharing),
        np.where(taken, payoff, best.payoff),
        best.proven | taken,
    )


def _harmed_response(game: Facing) -> Best:
    """The best response where sharing harms the rival's demand: s = max(0, G s_j + h t) / E with h < 0.

    The payoff bends like a parabola's square up to the investment that ends sharing, and is a parabola from there.
    """
    of, twice = game.weights, 2 * game.markets.b1
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.where(of.lift < 0, -game.pull / of.lift, 0.0)
        concave = game.steepness - twice * of.slope**2
        outer = np.maximum(twice * game.base * of.slope / concave, ends)
        inner = np.zeros_like(outer)
        for _ in range(_NEWTON):
            rise, bend = _marginal(game, inner, (game.pull + of.lift * inner) / of.curb, np.ones_like(inner))
            inner = np.clip(inner - rise / np.where(bend < 0, bend, -np.inf), 0, ends)
    options = np.stack((inner, outer))
    shares = game.share(options)
    worth = np.where(np.isfinite(options), game.payoff(options, shares), -np.inf)
    pick, columns = worth.argmax(axis=0), np.arange(len(outer))
    t, s, payoff = (table[pick, columns] for table in (options, shares, worth))
    constant, slope = game.rival_parts(s)
    return Best(t, s, payoff, (concave > 0) & (constant + slope * t > 0) & (game.price(t, s) > 0))


def _marginal(game: Facing, t: Any, s: Any, moving: Any) -> tuple[Any, Any]:
    """V' and V'' of a firm; ``moving`` is 1 where its sharing moves with its investment, else 0."""
    of, twice = game.weights, 2 * game.markets.b1
    rise, price = of.slope + of.lift * s, game.price(t, s)
    return twice * price * rise - game.steepness * t, (
        twice * (rise**2 + moving * price * of.lift**2 / of.curb) - game.steepness
    )


def leader_payoff(markets: Market, sharing: Floats, investment: Floats) -> Floats:
    """What the leader earns when the follower answers; minus infinity unless both prices are positive; (N,)."""
    answer = follower(markets, sharing, investment)
    rival = np.where(answer.proven, answer.investment, 0.0)
    game = _exact(facing(markets, 0, answer.sharing, rival))
    positive = answer.proven & (game.price(investment, sharing) > 0)
    return np.where(positive, game.payoff(investment, sharing), -np.inf)


@dataclass(frozen=True, slots=True)
class Point:
    """A choice of the leader with the follower's answer; every field has shape (N,).

    Attributes:
        sharing, investment, value: The leader's.
        rival_sharing, rival: The follower's sharing and investment.
        strict: Whether the leader's second-order conditions hold strictly.
        proven: Whether the first-order conditions hold, on the piece of the follower's global best response.
    """

    sharing: Floats
    investment: Floats
    value: Floats
    rival_sharing: Floats
    rival: Floats
    strict: NDArray[np.bool_]
    proven: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp]) -> Point:
        """The points of some rows."""
        return Point(*(getattr(self, name)[rows] for name in Point.__slots__))


def polish(markets: Market, sharing: Floats, investment: Floats) -> Point:
    """Solve the leader's first-order conditions from a start near its optimum, on the piece that proves best."""
    pieces = (SOMETHING, EVERYTHING, NOTHING) if (markets.demand_spillover < 0).any() else (SOMETHING, EVERYTHING)
    points = [_on_piece(markets, piece, sharing, investment) for piece in pieces]
    points.append(_on_kink(markets, sharing, investment))
    value = np.array([np.where(point.proven, point.value, -np.inf) for point in points])
    pick, columns = value.argmax(axis=0), np.arange(len(sharing))
    parts = (np.array([getattr(point, name) for point in points])[pick, columns] for name in Point.__slots__)
    return Point(*parts)


def _answer(markets: Market, piece: int, s: Any, t: Any, rival: Floats) -> tuple[Any, Any]:
    """The follower's answer on a piece, by Newton's method from its answer nearby; also for complex steps."""
    game = _exact(facing(markets, 1, s, t))
    theirs = rival + 0 * t
    moving = 1.0 if piece == SOMETHING else 0.0
    for _ in range(_ANSWER_STEPS):
        rise, bend = _marginal(game, theirs, _share(game, piece, theirs), moving)
        theirs = theirs - rise / np.where(bend.real < 0, bend, -np.inf)
    return _share(game, piece, theirs), theirs


def _share(game: Facing, piece: int, t: Any) -> Any:
    if piece == SOMETHING:
        return (game.pull + game.weights.lift * t) / game.weights.curb
    return (1.0 if piece == EVERYTHING else 0.0) + 0 * t


def _value(markets: Market, piece: int, s: Any, t: Any, rival: Floats) -> Any:
    """What the leader earns on a piece."""
    return _exact(facing(markets, 0, *_answer(markets, piece, s, t, rival))).payoff(t, s)


def _gradient(markets: Market, piece: int, s: Floats, t: Floats, rival: Floats) -> Floats:
    """Of the leader's payoff by its sharing and investment, the follower answering; (N, 2)."""
    step = 1j * TINY_STEP
    by_s, by_t = _value(markets, piece, s + step, t + 0j, rival), _value(markets, piece, s + 0j, t + step, rival)
    return np.stack((by_s.imag, by_t.imag), axis=1) / TINY_STEP


def _on_piece(markets: Market, piece: int, s: Floats, t: Floats) -> Point:
    """Newton's method on the leader's gradient, over the choices not held at an edge."""
    rival = follower(markets, s, t).investment
    rival = np.where(np.isfinite(rival), rival, 0.0)

    def gradient(s: Floats, t: Floats) -> Floats:
        return _gradient(markets, piece, s, t, rival)

    for _ in range(_NEWTON):
        slope, table = gradient(s, t), _differences(gradient, s, t)
        free = _free(s, t, slope)
        new_s, new_t = _newton(table, slope, free, s, t)
        done = np.all((np.abs(new_s - s) <= 1e-15) & (np.abs(new_t - t) <= 1e-15 * t))
        s, t = new_s, new_t
        if done:
            break
    slope, table = gradient(s, t), _differences(gradient, s, t)
    free = _free(s, t, slope)
    size = np.stack((np.ones_like(t), np.maximum(t, 1e-9)), axis=1)
    theirs_s, theirs = _answer(markets, piece, s, t, rival)
    game = _exact(facing(markets, 0, theirs_s, theirs))
    earned = game.payoff(t, s)
    scale = markets.b1 * game.price(t, s) ** 2
    flat = np.abs(np.where(free, slope * size, 0.0)).max(axis=1) <= _RESIDUAL * scale
    scaled = np.where(free[:, :, None] & free[:, None, :], table * size[:, :, None] * size[:, None, :], -np.eye(2))
    concave = (scaled[:, 0, 0] < 0) & (scaled[:, 0, 0] * scaled[:, 1, 1] > scaled[:, 0, 1] * scaled[:, 1, 0])
    return Point(s, t, earned, theirs_s, theirs, concave, flat & _is_answer(markets, s, t, theirs_s, theirs))


def _free(s: Floats, t: Floats, slope: Floats) -> NDArray[np.bool_]:
    held_s = ((s <= 0) & (slope[:, 0] <= 0)) | ((s >= 1) & (slope[:, 0] >= 0))
    return ~np.stack((held_s, (t <= 0) & (slope[:, 1] <= 0)), axis=1)


def _differences(function: Callable[[Floats, Floats], Floats], s: Floats, t: Floats) -> Floats:
    """Central differences of a function of (s, t) with values (N, 2); shape (N, 2, 2)."""
    small = _DIFFERENCE * np.maximum(t, 1e-6)
    by_s = (function(s + _DIFFERENCE, t) - function(s - _DIFFERENCE, t)) / (2 * _DIFFERENCE)
    by_t = (function(s, t + small) - function(s, t - small)) / (2 * small[:, None])
    return np.stack((by_s, by_t), axis=2)


def _newton(table: Floats, slope: Floats, free: NDArray[np.bool_], s: Floats, t: Floats) -> tuple[Floats, Floats]:
    """One Newton step over the free choices, at most a twentieth of the range of s and of t itself."""
    both = free[:, :, None] & free[:, None, :]
    kept = np.where(both, table, np.eye(2))
    right = np.where(free, slope, 0.0)
    determinant = kept[:, 0, 0] * kept[:, 1, 1] - kept[:, 0, 1] * kept[:, 1, 0]
    determinant = np.where(determinant == 0, np.inf, determinant)
    step_s = (kept[:, 0, 1] * right[:, 1] - kept[:, 1, 1] * right[:, 0]) / determinant
    step_t = (kept[:, 1, 0] * right[:, 0] - kept[:, 0, 0] * right[:, 1]) / determinant
    step_s, step_t = np.clip(step_s, -0.05, 0.05), np.clip(step_t, -0.05 * t - 1e-12, 0.05 * t + 1e-12)
    return np.clip(s + step_s, 0, 1), np.maximum(t + step_t, 0)


def _is_answer(markets: Market, s: Floats, t: Floats, theirs_s: Floats, theirs: Floats) -> NDArray[np.bool_]:
    """Whether the follower's answer on a piece is its global best response, with positive prices."""
    best = follower(markets, s, t)
    same: NDArray[np.bool_] = best.proven & (np.abs(best.investment - theirs) <= 1e-6 * (theirs + 1e-9))
    return same & (np.abs(best.sharing - theirs_s) <= 1e-6)


def _on_kink(markets: Market, s: Floats, t: Floats) -> Point:
    """The leader's optimum among the choices at which the follower just reaches full sharing.

    There t_2 = (E - G s_1) / h, and the follower's first-order condition is a constraint c(s_1, t_1) = 0. Unless s_1 is
    at an edge, the leader's payoff is stationary along it.
    """
    of = weights(markets)
    lift = np.where(of.lift > 0, of.lift, np.nan)
    inner = (s > 0) & (s < 1)

    def parts(s: Any, t: Any) -> tuple[Any, Any]:
        theirs = (of.curb - of.pull * s) / lift + 0 * t
        constraint = _marginal(facing(markets, 1, s, t), theirs, 1.0 + 0 * t, 0.0)[0]
        return constraint, facing(markets, 0, 1.0 + 0 * t, theirs).payoff(t, s)

    def conditions(s: Floats, t: Floats) -> Floats:
        step = 1j * TINY_STEP
        (c_s, v_s), (c_t, v_t) = (parts(s + step, t + 0j), parts(s + 0j, t + step))
        along = (v_s.imag * c_t.imag - v_t.imag * c_s.imag) / TINY_STEP**2
        return np.stack((np.where(inner, along, 0.0), c_s.real), axis=1)

    with np.errstate(invalid="ignore"):
        for _ in range(_NEWTON):
            table, value = _differences(conditions, s, t), conditions(s, t)
            table[:, 0] = np.where(inner[:, None], table[:, 0], [1.0, 0.0])
            s, t = _newton(table, value, np.ones((len(s), 2), dtype=bool), s, t)
        value = conditions(s, t)
        theirs = (of.curb - of.pull * s) / lift
        game = facing(markets, 0, np.ones_like(s), theirs)
        scale = markets.b1 * game.price(t, s) ** 2
        proven = np.abs(value[:, 1] * theirs) <= _RESIDUAL * scale
        proven &= _is_answer(markets, s, t, np.ones_like(s), theirs)
    proven &= np.isfinite(theirs)
    ones, rival = np.ones_like(s), np.where(np.isfinite(theirs), theirs, 0.0)
    earned = facing(markets, 0, ones, rival).payoff(t, s)
    return Point(s, t, earned, ones, rival, proven, proven)
