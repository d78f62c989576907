"""The sharing duopoly with costs of each unit sold, written out once more, and its solution in 40 digits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np
from sharing_duopoly import Duopoly, duopoly

from shieldwall.economics.sharing import Market, Volume
from shieldwall.economics.sharing.sample import random_markets


@dataclass(frozen=True, slots=True)
class Firms:
    """The duopoly with unit costs, F_i = (c - gh t_j s_j) Phi(t_i)."""

    game: Duopoly
    c: Any
    gh: Any
    phi: tuple[Any, Any, Any]

    def unit(self, firm: int, s: Any, t: Any) -> Any:
        own, rival = t[firm], t[1 - firm] * s[1 - firm]
        return (self.c - self.gh * rival) * (self.phi[0] + self.phi[1] * own + self.phi[2] * own**2 / 2)

    def prices(self, s: Any, t: Any) -> tuple[Any, Any]:
        """The two conditions X_i - 2 b1 p_i + b2 p_j + b1 F_i = 0, solved."""
        b1, b2 = self.game.b1, self.game.b2
        x = self.game.demand(s, t)
        right = [x[i] + b1 * self.unit(i, s, t) for i in (0, 1)]
        det = 4 * b1**2 - b2**2
        return (2 * b1 * right[0] + b2 * right[1]) / det, (2 * b1 * right[1] + b2 * right[0]) / det

    def profit(self, firm: int, s: Any, t: Any) -> Any:
        p = self.prices(s, t)
        q = self.game.quantities(s, t, p)
        return (p[firm] - self.unit(firm, s, t)) * q[firm] - self.game.cost(firm, s, t)


def random_volume(count: int, seed: int) -> Market:
    draw = np.random.default_rng(seed)
    markets = random_markets(count, seed)
    technology = draw.choice([0.0, 0.3], count), draw.uniform(0.01, 0.3, count), draw.uniform(0, 0.2, count)
    volume = Volume(draw.uniform(0, 2, count), draw.uniform(0, 0.5, count), technology)
    return replace(markets, volume=volume)


def firms_of(markets: Market, row: int) -> Firms:
    volume = markets.volume
    assert volume is not None
    phi = (float(volume.technology[0][row]), float(volume.technology[1][row]), float(volume.technology[2][row]))
    return Firms(duopoly(markets, row), float(volume.unit_cost[row]), float(volume.spillover[row]), phi)


def exact_volume(firms: Firms, s: float, t: float) -> tuple[Any, Any]:
    """The symmetric interior equilibrium near (s, t) in 40 digits."""
    with mpmath.workdps(40):
        number = mpmath.mpf
        phi = (number(firms.phi[0]), number(firms.phi[1]), number(firms.phi[2]))
        exact = Firms(firms.game.exact(), number(firms.c), number(firms.gh), phi)

        def earned(own_s: Any, own_t: Any, s: Any, t: Any) -> Any:
            return exact.profit(0, (own_s, s), (own_t, t))

        def conditions(s: Any, t: Any) -> list[Any]:
            return [mpmath.diff(earned, (s, t, s, t), order) for order in ((1, 0, 0, 0), (0, 1, 0, 0))]

        found = mpmath.findroot(conditions, (number(s), number(t)), tol=number(10) ** (-60), verify=False)
        return found[0], found[1]
