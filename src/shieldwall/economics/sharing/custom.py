"""The simultaneous regime of two equal firms whose leakage or cost a user has written.

Nothing is known of such forms but their assumptions, so that equilibria are looked for in every cell of a grid, and
deviations too. What is found is verified; that nothing is missed is not proven.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from shieldwall.economics.precision import economics_extra, require_float64
from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.custom_forms import CustomCost, CustomLeakage
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import price_weights
from shieldwall.economics.sharing.result import Equilibrium, Solution
from shieldwall.economics.sharing.verify import Table
from shieldwall.economics.status import Status

_SHARES = np.linspace(0, 1, 81)
_RELATIVE = np.concatenate(([0.0], np.geomspace(1e-3, 1e3, 160)))
_GAIN = 1e-9
_LENGTHS = (64, 1024, 20_000, 10**6)


def is_custom(markets: Market) -> bool:
    """Whether a form of these markets is a user's."""
    return isinstance(markets.leakage, CustomLeakage) or isinstance(markets.cost, CustomCost)


@dataclass(frozen=True, slots=True)
class Game:
    """The payoff of one firm with its derivatives, each over arrays of choices (M, 2) of (sharing, investment).

    Attributes:
        payoff: Own profit at own and rival choice; minus infinity where a price is not positive.
        slope: Its gradient in the own choice at equal choices, shape (M, 2).
        turn: The Jacobian of ``slope``, shape (M, 2, 2).
        curve: Hessian of the profit in own and rival choice together, at equal choices; shape (M, 4, 4).
    """

    payoff: Any
    slope: Any
    turn: Any
    curve: Any


def solve_custom(market: Market) -> Solution:
    """Solve one admissible market."""
    if market.firms != 2 or not market.equal.all():
        return Solution(Status.NOT_PROVEN, reason="forms written by a user are solved for two equal firms only")
    game = _game(market)
    scale = _scale(game)
    found: list[Equilibrium] = []
    for choice in _candidates(game, scale):
        one = _verified(market, game, choice, scale)
        if one is not None and all(abs(one.investment[0] - other.investment[0]) > 1e-8 * scale for other in found):
            found.append(one)
    if found:
        return Solution(Status.SOLVED, tuple(sorted(found, key=lambda one: one.investment)))
    return Solution(Status.NOT_PROVEN, reason="no symmetric equilibrium was found on a grid, which is no proof")


def _game(market: Market) -> Game:
    require_float64()
    with economics_extra():
        import jax  # noqa: PLC0415
        import jax.numpy as jnp  # noqa: PLC0415
    own_weight, rival_weight = (float(part[0]) for part in price_weights(market.b1, market.b2, 2))
    a, b1, spillover, saving, rivalry = (
        float(part.flat[0])
        for part in (market.a, market.b1, market.demand_spillover, market.cost_spillover, market.rivalry)
    )
    # One market: its built-in form, if one is, gets plain numbers, which broadcast over any choice.
    leakage, cost = (_plain(form) for form in (market.leakage, market.cost))

    def intercept(own: Any, rival: Any) -> Any:
        gift = rival[1] * (spillover * rival[0] - rivalry)
        return a + own[1] + gift - leakage.value(own[0], rival[0])

    def profit(both: Any) -> Any:
        own, rival = both[:2], both[2:]
        price = own_weight * intercept(own, rival) + rival_weight * intercept(rival, own)
        return b1 * price**2 - cost.value(own[1], saving * rival[0] * rival[1])

    def guarded(own: Any, rival: Any) -> Any:
        mine, theirs = intercept(own, rival), intercept(rival, own)
        positive = (own_weight * mine + rival_weight * theirs > 0) & (own_weight * theirs + rival_weight * mine > 0)
        return jnp.where(positive, profit(jnp.concatenate((own, rival))), -jnp.inf)

    def slope(choice: Any) -> Any:
        return jax.grad(profit)(jnp.concatenate((choice, choice)))[:2]

    return Game(
        _compiled(jax, guarded, (0, None)),
        _compiled(jax, slope, (0,)),
        _compiled(jax, jax.jacfwd(slope), (0,)),
        _compiled(jax, lambda choice: jax.hessian(profit)(jnp.concatenate((choice, choice))), (0,)),
    )


def _compiled(jax: Any, function: Any, axes: tuple[int | None, ...]) -> Any:
    """The function over many choices, compiled for a few lengths only: shorter batches are filled up."""
    inner = jax.jit(jax.vmap(function, in_axes=axes))

    def call(choices: Floats, *rest: Floats) -> Floats:
        count = len(choices)
        length = next(size for size in _LENGTHS if size >= count)
        filled = np.concatenate((choices, np.ones((length - count, 2))))
        values: Floats = np.asarray(inner(filled, *rest))[:count]
        return values

    return call


def _plain(form: Any) -> Any:
    numbers = {item.name: getattr(form, item.name) for item in fields(form)}
    return replace(form, **{name: value[0] for name, value in numbers.items() if isinstance(value, np.ndarray)})


def _scale(game: Game) -> float:
    """Where the marginal profit of investment first falls below 0 without sharing."""
    t = np.geomspace(1e-8, 1e8, 1601)
    falling = game.slope(np.column_stack((np.zeros_like(t), t)))[:, 1] < 0
    return float(t[falling.argmax()]) if falling.any() else 1.0


def _candidates(game: Game, scale: float) -> Floats:
    """Roots of the first-order conditions inside, and those in investment where sharing is 0 or 1; shape (M, 2)."""
    t = scale * _RELATIVE
    grid = np.stack(np.meshgrid(_SHARES, t, indexing="ij"), axis=-1)
    rising = (game.slope(grid.reshape(-1, 2)) > 0).reshape(grid.shape)
    corners = rising[:-1, :-1].astype(int) + rising[1:, :-1] + rising[:-1, 1:] + rising[1:, 1:]
    i, j = np.nonzero(((corners > 0) & (corners < 4)).all(axis=2))
    inside = _newton(game, (grid[i, j] + grid[i + 1, j + 1]) / 2, (0, 1))
    parts = [inside[(inside[:, 0] > 0) & (inside[:, 0] < 1)]]
    for place, keep in ((0, np.less_equal), (-1, np.greater_equal)):
        edge = np.flatnonzero(rising[place, :-1, 1] != rising[place, 1:, 1])
        start = np.column_stack((np.full(len(edge), _SHARES[place]), (t[edge] + t[edge + 1]) / 2))
        root = _newton(game, start, (1,))
        parts.append(root[keep(game.slope(root)[:, 0], 0)] if len(root) else root)
    return np.concatenate(parts)


def _newton(game: Game, start: Floats, moved: tuple[int, ...]) -> Floats:
    """Newton's method in the coordinates ``moved``; only the roots."""
    choice = start
    if not len(start):
        return start
    pick = np.ix_(range(len(start)), moved, moved)
    for _ in range(40):
        value, turn = game.slope(choice)[:, moved], game.turn(choice)[pick]
        regular = np.abs(np.linalg.det(turn)) > 0
        step = np.zeros_like(value)
        step[regular] = np.linalg.solve(turn[regular], value[regular][..., None])[..., 0]
        choice = choice.copy()
        choice[:, moved] -= step
        choice = np.maximum(choice, start / 4)
        if (np.abs(step) <= 1e-15 * np.abs(choice[:, moved])).all():
            break
    size = np.abs(game.turn(choice)[:, 1, 1] * choice[:, 1])
    roots: Floats = choice[(np.abs(game.slope(choice)[:, moved]) <= 1e-11 * size[:, None]).all(axis=1)]
    return roots


def _verified(market: Market, game: Game, choice: Floats, scale: float) -> Equilibrium | None:
    both = np.full((1, 2), choice[0]), np.full((1, 2), choice[1])
    kept = accounts(market, *both)
    here = float(game.payoff(choice[None], choice)[0])
    gain = _best_payoff(game, choice, scale) - here
    if not kept.positive[0] or gain > _GAIN * max(abs(here), float((kept.price * kept.quantity)[0, 0])):
        return None
    own, cross = np.split(game.curve(choice[None])[0, :2], 2, axis=1)
    free = [0, 1] if 0 < choice[0] < 1 else [1]
    own, cross = own[np.ix_(free, free)], cross[np.ix_(free, free)]
    radius = np.abs(np.linalg.eigvals(np.linalg.solve(own, -cross))).max()
    first, second = _assumptions(market, game, choice)
    table = Table(
        np.zeros(1, dtype=np.intp), *both, kept, np.array([max(gain, 0.0)]),
        np.array([(np.linalg.eigvalsh(own) < 0).all()]), np.array([radius]),
        np.array([first]), np.array([second]), market.equal,
    )  # fmt: skip
    return table.at(0)


def _best_payoff(game: Game, rival: Floats, scale: float) -> float:
    """The best payoff on a grid of own choices, which is then narrowed around its best point."""
    shares, t = _SHARES, np.unique(np.append(scale * _RELATIVE, rival[1] * np.linspace(0, 3, 61)))
    best = -np.inf
    for _ in range(5):
        grid = np.stack(np.meshgrid(shares, t, indexing="ij"), axis=-1)
        worth = game.payoff(grid.reshape(-1, 2), rival).reshape(grid.shape[:2])
        i, j = divmod(int(worth.argmax()), len(t))
        best = max(best, float(worth[i, j]))
        shares = np.linspace(shares[max(i - 1, 0)], shares[min(i + 1, len(shares) - 1)], 65)
        t = np.linspace(t[max(j - 1, 0)], t[min(j + 1, len(t) - 1)], 65)
    return best


def _assumptions(market: Market, game: Game, choice: Floats) -> tuple[bool, bool]:
    """Assumptions 1 and 2; the second asks that marginal profit of sharing rises at 0 and falls at 1, at this t."""
    bound = market.b2[0] / (2 * market.b1[0])
    first = market.rivalry[0] <= market.demand_spillover[0] * choice[0] + bound
    ends = game.slope(np.array([[0.0, choice[1]], [1.0, choice[1]]]))[:, 0]
    return bool(first), bool(ends[0] > 0 > ends[1])
