"""Equilibria of the sharing market under payoffs of any kind: subsidies, penalties, outsiders.

A rule that pays for sharing breaks what makes best responses exact, so they are searched for here: on a grid over all
sharing and six decades of investment, from whose best peaks Newton's method climbs. An equilibrium is a common root
of the first-order conditions that survives this search. Where profit alone is maximised, ``nash`` is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.baseline import natural_scale, outcome
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import TINY_STEP

TOLERANCE = 1e-9
"""Gain from a deviation that counts as none, as a share of the largest payoff."""

Transfer = Callable[[Any, Any], Any]
"""What the alliance pays each firm at sharing and investment of shape (N, firms); shape (N, firms)."""

_SHARING = np.linspace(0, 1, 41)
_INVESTMENT = np.concatenate(([0.0], np.geomspace(1e-3, 1e3, 90)))
_PEAKS = 4
_HALVES = 0.5 ** np.arange(16)
_SWEEPS = 80
_NEWTON = 60
_DIFFERENCE = 1e-6


@dataclass(frozen=True, slots=True)
class Game:
    """Payoffs of the firms of one market.

    Attributes:
        payoff: What each firm maximises, at sharing and investment of shape (N, firms), complex numbers included.
        admissible: Whether every price is positive; shape (N,).
        scale: About what a firm invests; the search ends at 1000 times as much.
        may_share: Which firms may share.
    """

    payoff: Callable[[Any, Any], Any]
    admissible: Callable[[Any, Any], Any]
    scale: float
    may_share: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Choices of all firms that solve the first-order conditions.

    Attributes:
        sharing, investment, payoff: Shape (firms,).
        gain: The most a firm gains by any deviation; infinite where the payoff rises beyond the search.
        radius: Spectral radius of the best responses; below 1 where stable.
        proven: Whether no deviation gains more than ``TOLERANCE`` of the largest payoff.
    """

    sharing: Floats
    investment: Floats
    payoff: Floats
    gain: float
    radius: float
    proven: bool


def market_game(market: Market, transfer: Transfer) -> Game:
    """The simultaneous game of one market in which an alliance pays the firms."""

    def payoff(sharing: Any, investment: Any) -> Any:
        return outcome(market, sharing, investment)[1] + transfer(sharing, investment)

    def admissible(sharing: Any, investment: Any) -> Any:
        return (outcome(market, sharing, investment)[0] > 0).all(axis=1)

    return Game(payoff, admissible, natural_scale(market), (True,) * market.firms)


def best_response(game: Game, firm: int, sharing: Floats, investment: Floats) -> tuple[float, float, float]:
    """A firm's best sharing and investment against the others', and what they earn.

    The investment is infinite where the payoff still rises at the end of the search.
    """
    alone = Alone(game, firm, sharing, investment)
    s_axis = _SHARING if game.may_share[firm] else _SHARING[:1]
    grid = np.stack(np.meshgrid(s_axis, game.scale * _INVESTMENT, indexing="ij"), axis=-1)
    value = alone.worth(grid.reshape(-1, 2)).reshape(grid.shape[:2])
    framed = np.pad(value, 1, constant_values=-np.inf)
    rows, columns = len(s_axis), len(_INVESTMENT)
    around = [framed[i : i + rows, j : j + columns] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    peaks = np.argsort(np.where(value >= np.max(around, axis=0), value, -np.inf), axis=None)[-_PEAKS:]
    choice, worth = alone.ascend(grid.reshape(-1, 2)[peaks])
    best = int(worth.argmax())
    rises = choice[best, 1] >= game.scale * _INVESTMENT[-1]
    return float(choice[best, 0]), np.inf if rises else float(choice[best, 1]), float(worth[best])


@dataclass(frozen=True, slots=True)
class Alone:
    """What one firm earns by its own choices z = (s, t), shape (N, 2), the others' given."""

    game: Game
    firm: int
    sharing: Floats
    investment: Floats

    def _all(self, z: Any) -> tuple[Any, Any]:
        s, t = (np.tile(part, (len(z), 1)).astype(z.dtype) for part in (self.sharing, self.investment))
        s[:, self.firm], t[:, self.firm] = z[:, 0], z[:, 1]
        return s, t

    def worth(self, z: Floats) -> Floats:
        """The payoff, minus infinity where a price is not positive; shape (N,)."""
        choice = self._all(z)
        return np.where(self.game.admissible(*choice), self.game.payoff(*choice)[:, self.firm], -np.inf)

    def slope(self, z: Floats) -> Floats:
        """The marginal payoff; shape (N, 2)."""
        steps = (z[:, None] + 1j * TINY_STEP * np.eye(2)).reshape(-1, 2)
        slope: Floats = self.game.payoff(*self._all(steps))[:, self.firm].imag.reshape(-1, 2) / TINY_STEP
        return slope

    def ascend(self, z: Floats) -> tuple[Floats, Floats]:
        """The local maxima that Newton's method reaches, and their worth; a step goes up or is not taken."""
        value = self.worth(z)
        end = np.array([1.0 if self.game.may_share[self.firm] else 0.0, self.game.scale * _INVESTMENT[-1]])
        for _ in range(_NEWTON):
            size = np.stack((np.ones(len(z)), np.maximum(z[:, 1], 1e-3 * self.game.scale)), axis=1)
            moves = (_DIFFERENCE * size)[:, None] * np.eye(2)
            ends = np.concatenate((z[:, None] + moves, z[:, None] - moves, z[:, None]), axis=1)
            slopes = self.slope(ends.reshape(-1, 2)).reshape(-1, 5, 2) * size[:, None]
            here = slopes[:, 4]
            free = ~(((z <= 0) & (here <= 0)) | ((z >= end) & (here >= 0)))
            table = (slopes[:, :2] - slopes[:, 2:4]) / (2 * _DIFFERENCE)
            table = np.where(free[:, :, None] & free[:, None, :], (table + table.swapaxes(1, 2)) / 2, 0)
            roots, axes = np.linalg.eigh(table)
            along = np.einsum("nij,ni->nj", axes, here * free)
            steep = np.maximum(np.abs(roots), 1e-9 * np.abs(roots).max(axis=1, keepdims=True) + 1e-300)
            step = np.einsum("nij,nj->ni", axes, along / steep) * size * free
            trial = np.clip(z[:, None] + _HALVES[:, None] * step[:, None], 0, end)
            gained = self.worth(trial.reshape(-1, 2)).reshape(trial.shape[:2])
            every, pick = np.arange(len(z)), gained.argmax(axis=1)
            better = gained[every, pick] > value
            z = np.where(better[:, None], trial[every, pick], z)
            value = np.maximum(value, gained[every, pick])
            if not better.any():
                break
        return z, value


def deviation_gain(game: Game, sharing: Floats, investment: Floats) -> float:
    """The most a firm gains by any deviation; at least 0, infinite where a payoff rises beyond the search."""
    here = game.payoff(sharing[None], investment[None])[0]
    gain = 0.0
    for firm in range(len(sharing)):
        _, reply, worth = best_response(game, firm, sharing, investment)
        gain = max(gain, np.inf if np.isinf(reply) else worth - float(here[firm]))
    return gain


def equilibrium(game: Game, sharing: Floats, investment: Floats) -> Point:
    """The equilibrium near given choices; where there is none, the one that repeated best responses reach.

    Returns:
        A point that may be no equilibrium: ask ``proven``.
    """
    point = solved_near(game, sharing, investment)
    if point.proven:
        return point
    s, t = sharing.copy(), investment.copy()
    for _ in range(_SWEEPS):
        before = np.concatenate((s, t / game.scale))
        for firm in range(len(s)):
            s[firm], reply, _ = best_response(game, firm, s, t)
            if np.isinf(reply):
                return point
            t[firm] = reply
        if np.abs(np.concatenate((s, t / game.scale)) - before).max() <= 1e-6:
            break
    return solved_near(game, s, t)


def solved_near(game: Game, sharing: Floats, investment: Floats) -> Point:
    """The root of the first-order conditions that Newton's method reaches, tested against every deviation."""
    count = len(sharing)
    z = np.concatenate((sharing, investment))
    for _ in range(_NEWTON):
        free = is_free(game, z)
        step = np.zeros_like(z)
        if free.any():
            table = jacobian(game, z)[np.ix_(free, free)]
            step[free] = np.linalg.lstsq(table, -gradient(game, z)[free], rcond=None)[0]
        limit = np.where(np.arange(2 * count) < count, 0.1, 0.3 * np.maximum(z, 1e-3 * game.scale))
        moved = np.clip(z + np.clip(step, -limit, limit), 0, top(count))
        done = np.abs(moved - z).max() <= 1e-14 * max(1.0, float(z.max()))
        z = moved
        if done:
            break
    s, t = z[:count], z[count:]
    payoff = game.payoff(s[None], t[None])[0]
    gain = deviation_gain(game, s, t) if game.admissible(s[None], t[None])[0] else np.inf
    return Point(s, t, payoff, gain, _radius(game, z), bool(gain <= TOLERANCE * np.abs(payoff).max()))


def top(count: int) -> Floats:
    """The upper ends of all choices."""
    return np.repeat([1.0, np.inf], count)


def is_free(game: Game, z: Floats) -> NDArray[np.bool_]:
    """Which choices are not held at an edge, by the sign of the marginal payoff there."""
    slope = gradient(game, z)
    may: NDArray[np.bool_] = np.concatenate((game.may_share, np.ones(len(z) // 2, dtype=np.bool_)))
    free: NDArray[np.bool_] = may & ~(((z <= 0) & (slope <= 0)) | ((z >= top(len(z) // 2)) & (slope >= 0)))
    return free


def gradient(game: Game, z: Any) -> Any:
    """Marginal payoff of each firm's own sharing, then own investment; the choices stand in the same order.

    Args:
        z: Shape (..., 2 firms); so is the result.
    """
    width = z.shape[-1]
    count = width // 2
    steps = (z[..., None, :] + 1j * TINY_STEP * np.eye(width)).reshape(-1, width)
    payoff = game.payoff(steps[:, :count], steps[:, count:]).reshape(*z.shape, count)
    every = np.arange(width)
    return np.imag(payoff[..., every, every % count]) / TINY_STEP


def jacobian(game: Game, z: Floats) -> Floats:
    """Derivatives of ``gradient``, by central differences; [row of the gradient, choice]."""
    count = len(z) // 2
    size = np.where(np.arange(2 * count) < count, 1.0, np.maximum(z, 1e-3 * game.scale)) * _DIFFERENCE
    up, down = gradient(game, np.stack((z + np.diag(size), z - np.diag(size))))
    table: Floats = ((up - down) / (2 * size[:, None])).T
    return table


def _radius(game: Game, z: Floats) -> float:
    free = is_free(game, z)
    firm = np.arange(len(z)) % (len(z) // 2)
    table = jacobian(game, z)
    own = np.where(firm[:, None] == firm, table, 0)[np.ix_(free, free)]
    cross = np.where(firm[:, None] == firm, 0, table)[np.ix_(free, free)]
    if not free.any() or np.linalg.matrix_rank(own) < len(own):
        return np.inf if free.any() else 0.0
    return float(np.abs(np.linalg.eigvals(np.linalg.solve(own, cross))).max())
