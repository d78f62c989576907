"""How many clients the provider serves: the global maximum of his profit, by a proof instead of a search.

Participation binds, so serving m clients at quality q earns m·h(m, q) with, in units of c_s and with s = D/c_s,
κ = D/c_k, y = e (m − 1),

    h = γ − ½ (q − s)² − s (1 − q) y,      γ = ½ s (s − κ) + ½ (c_k/c_s) (q_k − κ)² ≥ 0.

With liability β his effort is q = β s (1 + y), cut at 1, so m·h is a cubic in m; a checked requirement holds q at the
requirement up to the kink where β s (1 + y) reaches it. The slope of m·h falls, then rises, and is constant once q = 1:
it falls while q is held and up to the cubic's inflection, which comes before q = 1. So of all candidates (1, both roots
of the slope, kinks, n) the maximum is either the *first local maximum* or n; exit (m = 0, profit 0) remains. The larger
root is a minimum. What follows from the choice, and in what precision it is computed, is in ``solution``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shieldwall.economics.outsourcing.regimes import Rules
from shieldwall.economics.outsourcing.service import ROUNDING

Array = Any
"""A NumPy array of float64 or, where rounding would show, of longdouble."""


class Provider:
    """The provider's problem in arrays of one shape and one precision, in units of c_s."""

    def __init__(
        self,
        clients: Array,
        attack_probability: Array,
        system_value: Array,
        provider_cost: Array,
        client_cost: Array,
        spillover: Array,
        requirement: Array,
        liability: Array,
        rules: Rules,
    ) -> None:
        self.clients, self.spillover, self.rules = clients, spillover, rules
        self.exposure = attack_probability * system_value
        self.scaled = self.exposure / provider_cost
        own = self.exposure / client_cost
        self.inhouse = np.minimum(own, 1.0)
        if rules.clients_comply:
            self.inhouse = np.maximum(self.inhouse, requirement)
        self.floor = requirement if rules.effort_verified else 0.0
        self.effort = 1.0 if rules.effort_verified else liability
        """The share of the loss that steers his effort: a checked effort is part of the contract."""
        advantage = 0.5 * self.scaled**2 * ((client_cost - provider_cost) / client_cost)
        self.gain = advantage + 0.5 * (client_cost / provider_cost) * (self.inhouse - own) ** 2
        self._stationary()

    def quality(self, served: Array) -> Array:
        """The best quality for m clients."""
        breach = self.effort * self.scaled * (1.0 + self.spillover * (served - 1.0))
        return np.minimum(np.maximum(breach, self.floor), 1.0)

    def margin(self, served: Array) -> tuple[Array, Array]:
        """h(m): profit per client at the best quality, and the sum of its terms, which measures its rounding."""
        quality = self.quality(served)
        effort = 0.5 * (quality - self.scaled) ** 2
        spill = self.scaled * (1.0 - quality) * (self.spillover * (served - 1.0))
        return self.gain - effort - spill, np.abs(self.gain) + effort + spill

    def _stationary(self) -> None:
        """Find where the slope of the cubic is 0; NaN without roots.

        The slope is 3/2 σ s y² − s B y + C with σ = s β (2 − β), B = 2 (1 − σ) − σ e and C its value at m = 1. The
        smaller root is found as C over the larger one, without a difference.
        """
        mixed = self.effort * (2.0 - self.effort)
        steep = self.scaled * mixed
        linear = 2.0 * (1.0 - steep) - steep * self.spillover
        spill = self.scaled * self.spillover
        start = self.gain - 0.5 * (self.scaled * (1.0 - self.effort)) ** 2 - spill * (1.0 - steep)
        self.root = np.sqrt(linear**2 - 6.0 * mixed * start)
        larger = linear + np.copysign(self.root, linear)
        one = 1.0 + 2.0 * start / (spill * larger)
        other = 1.0 + larger / (3.0 * steep * self.spillover)
        self.peak, self.valley = np.fmin(one, other), np.fmax(one, other)
        self.starts_level = start <= ROUNDING * (np.abs(self.gain) + spill)

    def first_maximum(self) -> Array:
        """The smallest local maximum of the profit on [1, n]."""
        first = np.where(self.peak >= 1.0, np.minimum(self.peak, self.clients), self.clients)
        first = np.where(self.starts_level, 1.0, first)
        first = np.where(self.effort * self.scaled < 1.0, first, self.clients)
        if self.rules.effort_verified:
            first = self._with_floor(first)
        return np.where(first >= self.clients * (1.0 - ROUNDING), self.clients, first)

    def _with_floor(self, free: Array) -> Array:
        """The same when quality is held at the requirement up to the kink."""
        held = self.floor > self.scaled
        kink = 1.0 + (self.floor / self.scaled - 1.0) / self.spillover
        gain = self.gain - 0.5 * (self.floor - self.scaled) ** 2
        peak = 0.5 + gain / (2.0 * self.scaled * self.spillover * (1.0 - self.floor))
        peak = np.where(gain > 0.0, peak, 1.0)
        # Without a peak beyond the kink the profit only rises from there, and n will be found better.
        choice = np.where(peak <= kink, np.maximum(peak, 1.0), np.fmax(self.peak, kink))
        return np.where(held, np.minimum(choice, self.clients), free)

    def choose(self, integer: Array) -> tuple[Array, Array]:
        """The number of clients of the largest profit, the smallest of equals; 0 is exit.

        Args:
            integer: Where only whole numbers count. Up to the first maximum the profit rises, from there it falls and
                then rises for good, so the whole numbers beside it and n are all the candidates.

        Returns:
            The choice, and the best number short of n (n itself where the profit only rises).
        """
        served: Array = self.first_maximum()
        if np.any(integer):
            below: Array = np.where(integer, np.floor(served), served)
            above = np.where(integer, np.minimum(below + 1.0, self.clients), below)
            served = self._better(below, above)
        local = served
        served = self._better(local, self.clients)
        margin, weight = self.margin(served)
        return np.where(margin > ROUNDING * weight, served, 0.0), local

    def _better(self, fewer: Array, more: Array) -> Array:
        """Whichever number of clients earns more; the smaller one if only rounding tells them apart."""
        small, heavy = self.margin(fewer)
        large, heavier = self.margin(more)
        slack = ROUNDING * (fewer * heavy + more * heavier)
        return np.where(more * large - fewer * small > slack, more, fewer)
