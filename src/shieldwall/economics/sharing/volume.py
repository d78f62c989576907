"""Costs of each unit sold, F_i = (c - spillover t_j s_j) Phi(t_i): Gal-Or & Ghose section 4, with (33) corrected.

A firm that shares also makes its rival cheaper, so the force that drives sharing is b2 (gd - b1 spillover Phi(t_j))
instead of b2 gd. What each of two firms faces is here; the solvers are in ``volume_solve``. Spillovers on the fixed
cost, which the paper leaves out, are kept. A choice is admissible if both unit costs are at least 0 and both margins
positive: a firm that would share its rival's unit cost below 0 shares just as much as makes it 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import across
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.objective import TINY_STEP
from shieldwall.economics.sharing.response import weights

_CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class VolumeGame:
    """What one of two firms faces; t and s of shape (N,) or (N, P).

    Attributes:
        markets: N markets with a volume cost.
        sharing: Whether firms may share at all.
        firm: Which of the two.
    """

    markets: Market
    sharing: bool = True
    firm: int = 0

    def take(self, rows: NDArray[np.intp]) -> VolumeGame:
        """The games of some markets, which may repeat."""
        return VolumeGame(self.markets.take(rows), self.sharing, self.firm)

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

    def held(self, t: Any, s: Any) -> NDArray[np.bool_]:
        """Whether sharing is as much as leaves the rival's unit cost at 0, and no more is possible."""
        c, gift = across(self._volume.unit_cost, t), across(self._volume.spillover, t) * t * s
        held: NDArray[np.bool_] = (gift > 0) & (gift >= c * (1 - _CLOSE))
        return held

    def assumption_2(self, t: Any) -> NDArray[np.bool_]:
        """Assumption 2 of Gal-Or & Ghose where all invest t, with the force that drives sharing here."""
        of, drive = weights(self.markets), self.drive(t) * t
        holds: NDArray[np.bool_] = (drive > 0) & (drive < across(of.curb - of.pull, t))
        return holds

    def margins(self, t: Any, s: Any, rival_t: Any, rival_s: Any) -> tuple[Any, Any]:
        """p - F of the firm and of its rival, Gal-Or & Ghose appendix, section 4."""
        market, of = self.markets, weights(self.markets)
        a, a_theirs = (across(market.a[:, firm], t) for firm in (self.firm, 1 - self.firm))
        de, gd = across(market.rivalry, t), across(market.demand_spillover, t)
        own, other, b1 = (across(part, t) for part in (of.own, of.rival, market.b1))
        mine = a + t - de * rival_t + gd * rival_t * rival_s - market.leakage.value(s, rival_s)
        theirs = a_theirs + rival_t - de * t + gd * t * s - market.leakage.value(rival_s, s)
        cost, cost_theirs = self.unit_cost(t, rival_t, rival_s), self.unit_cost(rival_t, t, s)
        price = own * (mine + b1 * cost) + other * (theirs + b1 * cost_theirs)
        price_theirs = own * (theirs + b1 * cost_theirs) + other * (mine + b1 * cost)
        return price - cost, price_theirs - cost_theirs

    def profit(self, t: Any, rival_t: Any, rival_s: Any) -> tuple[Any, NDArray[np.bool_]]:
        """Profit at own investment t with own sharing following, and where both margins are positive."""
        margin, theirs = self.margins(t, self.share(t, rival_t, rival_s), rival_t, rival_s)
        fixed = self.markets.cost.value(t, across(self.markets.cost_spillover[:, self.firm], t) * rival_t * rival_s)
        return across(self.markets.b1, t) * margin**2 - fixed, (margin.real > 0) & (theirs.real > 0)

    def marginal(self, t: Any, rival_t: Any, rival_s: Any) -> Any:
        """Derivative of the profit by own investment, by a complex step."""
        return self.profit(t + 1j * TINY_STEP, rival_t, rival_s)[0].imag / TINY_STEP
