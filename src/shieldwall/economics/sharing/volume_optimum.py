"""One decision maker for equal firms that pay for each unit sold: the optimum over equal (s, t).

At equal choices the margin takes the place of the price: W (X - (b1 - b2) F)^2 - f, with the weight of the regime and
F = (c - spillover t s) Phi(t) >= 0. The last inequality bends the domain, so there are two boxes: up to t = c /
spillover the choices are (s, t), beyond it (s t spillover / c, t). The best of many Newton ascents in both is returned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.ascent import best_ascent, strict_maximum
from shieldwall.economics.sharing.cooperative import NOT_SEARCHED, objective_of, optima, unbounded
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import Objective
from shieldwall.economics.sharing.result import Solution, not_proven
from shieldwall.economics.sharing.volume import VolumeGame

Flags = NDArray[np.bool_]

_STARTS = 8
_PROBES = 128


@dataclass(frozen=True, slots=True)
class Priced:
    """The objective per firm in one of the two boxes; choices z of shape (N, 2).

    Attributes:
        plain: The same without costs of units.
        markets: N markets with a volume cost.
        far: Whether the box is the second, where z is (s t spillover / c, t); (N,).
    """

    plain: Objective
    markets: Market
    far: Flags

    @property
    def reach(self) -> Floats:
        """The most shared knowledge, t s, that leaves unit costs at least 0; infinite without a spillover."""
        volume: Any = self.markets.volume
        none = np.full(len(self.markets), np.inf)
        return np.asarray(np.divide(volume.unit_cost, volume.spillover, out=none, where=volume.spillover > 0))

    @property
    def low(self) -> Floats:
        """The least choices."""
        return np.column_stack((np.zeros(len(self.far)), np.where(self.far, self.reach, 0.0)))

    @property
    def top(self) -> Floats:
        """The greatest choices."""
        return np.column_stack((np.ones(len(self.far)), np.where(self.far, np.inf, self.reach)))

    def take(self, rows: NDArray[np.intp]) -> Priced:
        """The objectives of some markets, which may repeat."""
        return Priced(self.plain.take(rows), self.markets.take(rows), self.far[rows])

    def sharing(self, z: Any) -> Any:
        """s at a choice."""
        within = np.where(self.far, self.reach, 1.0) * z[:, 0]
        return within / np.where(self.far & (z[:, 1] != 0), z[:, 1], 1.0)

    def unit_cost(self, z: Any) -> Any:
        """F at a choice; exactly 0 where sharing is held by it."""
        volume: Any = self.markets.volume
        left = np.where(
            self.far,
            volume.unit_cost * (1 - z[:, 0]),
            volume.unit_cost - volume.spillover * z[:, 0] * z[:, 1],
        )
        return left * VolumeGame(self.markets).technology(z[:, 1])

    def demand(self, z: Any) -> Any:
        """X - (b1 - b2) F."""
        return self.plain.demand(self.sharing(z), z[:, 1]) - (self.markets.b1 - self.markets.b2) * self.unit_cost(z)

    def value(self, z: Any) -> Any:
        """The objective."""
        y = self.plain.cost_spillover * z[:, 1] * self.sharing(z)
        return self.plain.weight * self.demand(z) ** 2 - self.plain.cost.value(z[:, 1], y)

    def admissible_value(self, z: Floats) -> Floats:
        """The objective, minus infinity where the margin is not positive."""
        return np.where(self.demand(z) > 0, self.value(z), -np.inf)


def solve_optimum(markets: Market, regime: str) -> list[Solution]:
    """The optimum of one decision maker, one solution for each market of equal firms.

    Args:
        regime: A key of ``cooperative.PRICES``.
    """
    plain = objective_of(markets, regime)
    least = least_cost(plain, markets)
    bounded = np.flatnonzero(markets.cost.k > least)
    solved = iter(_optima(markets.take(bounded), regime, plain.take(bounded)) if len(bounded) else ())
    inequality = "cost.k > 2 W m^2 / r, of what investment adds to demand and what remains of its cost"
    return [
        next(solved) if k > needed else unbounded(float(k), float(needed), inequality)
        for k, needed in zip(markets.cost.k, least, strict=True)
    ]


def least_cost(plain: Objective, markets: Market) -> Floats:
    """The k above which the objective has a maximum, and up to which it grows without limit; (N,).

    With a spillover on unit costs, t s stays below c / spillover: sharing ends where investment grows. Without one,
    unit costs that bend upwards stop growth, and others take (b1 - b2) c F1 from each unit of investment.
    """
    volume: Any = markets.volume
    _, linear, square = volume.technology
    free = volume.spillover == 0
    reach = Priced(plain, markets, free).reach
    shared = np.where(free, 0.0, plain.cost_spillover * np.where(free, 0.0, reach))
    saved = (plain.cost_spillover > 0) * plain.cost.max_saving
    kept = np.where(free, 1 - saved, plain.cost.remaining(shared))
    drag = (markets.b1 - markets.b2) * volume.unit_cost
    adds = np.where(free, np.maximum(plain.spillover, 0) - drag * linear, 0) + plain.net_investment
    stopped = free & ((drag * square > 0) | (adds <= 0))
    return np.asarray(np.where(stopped, 0.0, 2 * plain.weight * adds**2 / kept))


def _optima(markets: Market, regime: str, plain: Objective) -> list[Solution]:
    count = len(markets)
    boxes = [Priced(plain, markets, np.full(count, far)) for far in (False, True)]
    found = [_best(box) for box in boxes]
    far = found[1][1] > found[0][1]
    box = Priced(plain, markets, far)
    z = np.where(far[:, None], found[1][0], found[0][0])
    value = np.maximum(found[0][1], found[1][1])
    s, t = box.sharing(z), z[:, 1]
    both = tuple(np.repeat(part[:, None], markets.firms, axis=1) for part in (s, t))
    held = VolumeGame(markets).held(t, s)
    unit = np.repeat(np.where(held, 0.0, box.unit_cost(z))[:, None], markets.firms, axis=1)
    gain = markets.firms * np.maximum(_challenge(plain, markets, t) - value, 0)
    solutions = optima(markets, regime, both, gain, strict_maximum(box, z), unit)
    second = VolumeGame(markets).assumption_2(t)
    return [
        replace(
            solution,
            equilibria=tuple(
                replace(
                    one,
                    assumption_2=bool(second[row]),
                    extra={**NOT_SEARCHED, "unit_cost": unit[row].tolist(), "held_by_unit_cost": bool(held[row])},
                )
                for one in solution.equilibria
            ),
        )
        if np.isfinite(value[row])
        else not_proven("no choice with a positive margin was found")
        for row, solution in enumerate(solutions)
    ]


def _best(box: Priced) -> tuple[Floats, Floats]:
    """The best point of a box: ascents from the best points of a grid; minus infinity where the box is empty."""
    share, ratio = np.meshgrid(np.linspace(0, 1, 9), np.append(0, np.geomspace(1e-3, 1e3, 25)))
    z = _points(box, share.ravel(), ratio.ravel())
    many = box.take(np.repeat(np.arange(len(z)), z.shape[1]))
    worth = many.admissible_value(z.reshape(-1, 2)).reshape(len(z), -1)
    # There is no second box without a spillover on unit costs.
    worth = np.where((box.far & np.isinf(box.reach))[:, None], -np.inf, worth)
    best = np.argsort(worth, axis=1)[:, -_STARTS:, None]
    found, value = best_ascent(box, np.nan_to_num(np.take_along_axis(z, best, axis=1), posinf=1e300))
    return found, np.where(np.isfinite(worth.max(axis=1)), value, -np.inf)


def _points(box: Priced, share: Floats, ratio: Floats) -> Floats:
    """Choices (N, P, 2) of a box: shares of its width, and investment as ratios to a typical one."""
    plain = box.plain
    typical = 2 * plain.weight * plain.intercept * (plain.net_investment + abs(plain.spillover)) / plain.cost.k
    t = typical[:, None] * ratio
    return np.stack((np.broadcast_to(share, t.shape), np.clip(t, box.low[:, 1:], box.top[:, 1:])), axis=-1)


def _challenge(plain: Objective, markets: Market, t: Floats) -> Floats:
    """The most that random equal choices, held to admissible sharing, earn per firm; (N,)."""
    draw = np.random.default_rng(7)
    wide = 10.0 ** draw.uniform(-3, 3, _PROBES)
    close = 1 + draw.normal(0, 1, _PROBES) * 10.0 ** draw.uniform(-6, -1, _PROBES)
    invested = np.maximum(t, 1e-9)[:, None] * np.append(wide, abs(close))
    near = Priced(plain, markets, np.zeros(len(t), dtype=bool))
    s = np.minimum(np.clip(1.5 * draw.random(2 * _PROBES) - 0.25, 0, 1), near.reach[:, None] / invested)
    many = near.take(np.repeat(np.arange(len(t)), 2 * _PROBES))
    return np.asarray(
        many.admissible_value(np.column_stack((s.ravel(), invested.ravel()))).reshape(len(t), -1).max(axis=1)
    )
