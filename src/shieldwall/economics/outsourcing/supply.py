"""What serving m clients costs one of several providers, and how many he wants to serve at a price.

A price is what a fully compensated client pays, so she keeps v − P and her fee is P less what she bears herself. Cost
C(m) = m h(T D), T = 1 + e (m − 1); average cost rises in m, and marginal cost lies above it by m e D (1 − q).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shieldwall.economics.outsourcing.service import ROUNDING, Floats, Service
from shieldwall.economics.outsourcing.terms import Terms


@dataclass(frozen=True, slots=True)
class Costs:
    """One provider's costs.

    Attributes:
        terms: Regime and prices; the provider's own cost coefficient may differ from the market's.
        exposure: D = a v, money.
        clients: n, the most anybody can serve.
        integer: Only whole numbers of clients count.
    """

    terms: Terms
    exposure: float
    clients: float
    integer: bool = False

    @classmethod
    def of(cls, service: Service, regime: str, *, integer: bool = False) -> Costs:
        """The costs in a market of shape ()."""
        return cls(Terms.of(service, regime), float(service.exposure), float(service.clients), integer)

    def harm(self, served: Floats | float) -> Floats:
        """T D, what one breach does to all clients together."""
        return (1.0 + self.terms.spillover * (np.asarray(served) - 1.0)) * self.exposure

    def average(self, served: Floats | float) -> Floats:
        """AC(m)."""
        average: Floats = self.terms.burden(self.harm(served))
        return average

    def total(self, served: Floats | float) -> Floats:
        """C(m)."""
        return np.where(np.asarray(served) > 0.0, served * self.average(served), 0.0)

    def marginal(self, served: Floats | float) -> Floats:
        """MC(m) = AC + m e D (1 − q), with whole clients C(m + 1) − C(m)."""
        if self.integer:
            return self.total(np.asarray(served) + 1.0) - self.total(served)
        shielded: Floats = self.terms.quality(self.harm(served))
        return self.average(served) + served * self.terms.spillover * self.exposure * (1.0 - shielded)

    @property
    def highest_price(self) -> float:
        """R = D − ρ, the price at which a client would rather stay in-house."""
        return self.exposure - float(self.terms.inhouse_gain(self.exposure))

    def supply(self, price: Floats | float, most: Floats | float) -> tuple[Floats, Floats]:
        """How many clients, none or from 1 to ``most``, earn most at a price, the fewest of equals; and the profit.

        The profit m (P − AC(m)) is C¹ in m: its maximum is at an end or where P = MC(m), which is a quadratic in T
        while q follows the harm and linear while q is held.
        """
        price, most = np.broadcast_arrays(np.asarray(price, dtype=np.float64), np.asarray(most, dtype=np.float64))
        numbers, best = self._best(price, most, np.stack([np.zeros_like(most), np.ones_like(most), most]))
        return numbers.min(axis=0), best

    def equals(self, price: float, *others: float) -> list[float]:
        """Every number of clients that earns most at a price, of those that can and of ``others``, in order."""
        numbers, _ = self._best(np.array(price), np.array(self.clients), np.array([0.0, 1.0, self.clients, *others]))
        return sorted(set(numbers[np.isfinite(numbers)].tolist()))

    def _best(self, price: Floats, most: Floats, tried: Floats) -> tuple[Floats, Floats]:
        """Which of the numbers tried and the stationary ones earn most, infinity where one does not; and the profit."""
        candidates = np.concatenate([tried, *(one[np.newaxis] for one in self._stationary(price))])
        if self.integer:
            candidates = np.concatenate([np.floor(candidates), np.ceil(candidates)])
        allowed = np.isfinite(candidates) & ((candidates >= 1.0) | (candidates == 0.0)) & (candidates <= most)
        candidates = np.where(allowed, candidates, 0.0)
        revenue, cost = candidates * price, self.total(candidates)
        best = (revenue - cost).max(axis=0)
        return np.where(revenue - cost >= best - ROUNDING * (revenue + cost), candidates, np.inf), best

    def _stationary(self, price: Floats) -> list[Floats]:
        spill, exposure, cost = self.terms.spillover, self.exposure, self.terms.provider_cost
        if spill == 0.0 or exposure == 0.0:
            return []
        scaled = exposure / cost
        square, linear = 1.5 * scaled, -2.0 - scaled * (1.0 - spill)
        found = []
        with np.errstate(all="ignore"):
            root = np.sqrt(linear**2 - 4.0 * square * (price / exposure + 1.0 - spill))
            times = [(-linear - root) / (2.0 * square), (-linear + root) / (2.0 * square)]
            for held in (self.terms.floor, self.terms.ceiling):
                times.append(0.5 * ((price - 0.5 * cost * held**2) / (exposure * (1.0 - held)) + 1.0 - spill))
            for exposed in times:
                found.append(1.0 + (exposed - 1.0) / spill)
        return found
