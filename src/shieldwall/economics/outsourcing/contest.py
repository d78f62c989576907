"""The candidates for an equilibrium between a hacker, a provider and their clients, and their check.

The hacker gains b per breach and pays ½ c_h A²; with κ = b/(c_h n²) his best attack probability against m clients at
q_s and the rest at q_k is Φ = κ [n − (n − m) q_k − m q_s], cut at his capacity. Nothing is searched. For m = 0, 1 or
n (for every whole m when clients are whole) a = Φ is one linear equation per piece of the qualities, which are D/c_k,
T D/c_s or constants. For m between, the profit is C¹ in m, so m is a root of its slope S₂(m) D² + S₁(m) D + S₀ with
D = a v, and a = κ N(m)/P(m) turns that into a polynomial in m alone, all of whose roots are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial

from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.terms import Terms

SAME = 1e-9
"""Two equilibria closer than this, relative to the probability, are one."""


@dataclass(frozen=True, slots=True)
class Hacker:
    """What an attacker wants.

    Attributes:
        benefit: b per breach, money, at least 0.
        cost: c_h, money: A attacks cost ½ c_h A².
        capacity: The most attacks, or ``None``.
        thrill: Own assumption, not the paper's: success b (1 − q) counts as b q, so that protection attracts.
    """

    benefit: float
    cost: float
    capacity: float | None = None
    thrill: bool = False


@dataclass(frozen=True, slots=True)
class Attack:
    """A pure equilibrium: the attack probability and the clients who outsource in it."""

    attack_probability: float
    outsourcing_clients: float


@dataclass(frozen=True, slots=True)
class MixedAttack:
    """An equilibrium at a jump: the provider is indifferent between two choices and mixes them.

    Attributes:
        attack_probability: Where the provider's best choice jumps.
        outsourcing_clients: Both choices.
        weight: The probability of the first.
    """

    attack_probability: float
    outsourcing_clients: tuple[float, float]
    weight: float


class Contest:
    """One market with its hacker."""

    def __init__(self, service: Service, hacker: Hacker, regime: Regime, integer: bool) -> None:
        self.service, self.regime, self.integer = service, regime, integer
        self.terms = Terms.of(service, regime)
        self.clients, self.value = float(service.clients), float(service.system_value)
        self.eagerness = hacker.benefit / (hacker.cost * self.clients**2)
        self.constant, self.slope = (0.0, 1.0) if hacker.thrill else (1.0, -1.0)
        most = self.clients if hacker.capacity is None else min(hacker.capacity, self.clients)
        self.most = most / self.clients

    def exposed(self, served: Any) -> Any:
        """T(m), how often a breach counts."""
        return (served - 1.0) * self.terms.spillover + 1.0

    def wish(self, chance: Floats, served: Floats) -> Floats:
        """The hacker's best attack probability without bounds; linear in the qualities, so its means count."""
        exposure = chance * self.value
        quality = self.terms.quality(self.exposed(served) * exposure)
        shielded = (self.clients - served) * self.terms.inhouse_quality(exposure) + served * quality
        wish: Floats = self.eagerness * (self.constant * self.clients + self.slope * shielded)
        return wish

    def answer(self, chance: Floats, served: Floats) -> Floats:
        """Φ: the hacker's best attack probability against what a and m make of the qualities."""
        answer: Floats = np.clip(self.wish(chance, served), 0.0, self.most)
        return answer

    def profit(self, chance: Floats, served: Floats) -> Floats:
        """Π of m clients, quality at its best."""
        exposure = chance * self.value
        margin = exposure - self.terms.inhouse_gain(exposure) - self.terms.burden(self.exposed(served) * exposure)
        earned: Floats = served * margin
        return earned

    def choice(self, chance: Floats) -> tuple[Floats, Floats]:
        """The provider's best number of clients, and his profit."""
        solved = solve(self.service.change(attack_probability=chance), self.regime, integer=self.integer)
        return solved.outsourcing_clients, solved.provider_profit

    def pieces(self) -> Iterator[tuple[float | None, float | None]]:
        """In-house and provider's quality, each a constant or ``None`` where it answers the exposure."""
        for inhouse in (None, self.terms.inhouse_floor, 1.0):
            for service in (None, self.terms.floor, self.terms.ceiling):
                yield inhouse, service

    def sides(self, served: Any, inhouse: float | None, service: float | None) -> tuple[Any, Any]:
        """N and P of a = κ N(m)/P(m) on one piece."""
        rest = self.clients - served
        constant, linear = self.constant * self.clients + 0.0 * served, 0.0 * served
        if inhouse is None:
            linear = linear + rest * (self.value / self.terms.client_cost)
        else:
            constant = constant + self.slope * inhouse * rest
        if service is None:
            linear = linear + served * self.exposed(served) * (self.value / self.terms.provider_cost)
        else:
            constant = constant + self.slope * service * served
        return constant, 1.0 - (self.eagerness * self.slope) * linear

    def fixed(self) -> Iterator[tuple[Floats, Floats]]:
        """Candidates where the number of clients is given."""
        numbers = np.arange(self.clients + 1.0) if self.integer else np.array([0.0, 1.0, self.clients])
        for inhouse, service in self.pieces():
            above, below = self.sides(numbers, inhouse, service)
            some = below > 0.0
            yield self.eagerness * above[some] / below[some], numbers[some]
        best, _ = self.choice(np.array([0.0, self.most]))
        yield np.array([0.0, self.most]), best

    def interior(self) -> Iterator[tuple[Floats, Floats]]:
        """Candidates where the slope of the profit in m is 0."""
        share = Polynomial([0.0, self.clients])
        for inhouse, service in self.pieces():
            above, below = self.sides(share, inhouse, service)
            square, linear, constant = self.marginal(share, inhouse, service)
            exposure = self.eagerness * self.value * above
            slope = square * exposure**2 + linear * exposure * below + constant * below**2
            scale = np.abs(slope.coef).max()
            if scale == 0.0 or not np.isfinite(scale):
                continue
            roots = slope.trim(1e-15 * scale).roots()
            real = np.real(roots[np.abs(np.imag(roots)) < 1e-5])
            for _ in range(3):
                steep = slope.deriv()(real)
                real = real - np.divide(slope(real), steep, out=np.zeros_like(real), where=steep != 0.0)
            served = np.clip(real[(real > 0.0) & (real <= 1.0 + SAME)] * self.clients, 1.0, self.clients)
            above, below = self.sides(served, inhouse, service)
            some = below > 0.0
            yield self.eagerness * above[some] / below[some], served[some]

    def marginal(self, served: Any, inhouse: float | None, service: float | None) -> tuple[Any, Any, Any]:
        """S₂, S₁, S₀ of the slope of the profit in m, a polynomial in D."""
        exposed = self.exposed(served)
        crowd = exposed + self.terms.spillover * served
        cost, own = self.terms.provider_cost, self.terms.client_cost
        square, linear, constant = 0.0 * served, 1.0 - crowd, 0.0 * served
        if service is None:
            square = square + (0.5 * exposed + self.terms.spillover * served) * exposed * (1.0 / cost)
        else:
            linear, constant = linear + service * crowd, constant - 0.5 * cost * service**2
        if inhouse is None:
            return square - 0.5 / own, linear, constant
        return square, linear - inhouse, constant + 0.5 * own * inhouse**2

    def equilibria(self) -> tuple[Attack, ...]:
        """The candidates that are best answers of hacker, provider and clients."""
        blocks = [*self.fixed(), *(() if self.integer else self.interior())]
        chance = np.concatenate([block[0] for block in blocks])
        served = np.concatenate([block[1] for block in blocks])
        inside = np.isfinite(chance) & (chance >= -SAME) & (chance <= self.most * (1.0 + SAME))
        chance, served = np.clip(chance[inside], 0.0, self.most), served[inside]
        settled = np.abs(self.answer(chance, served) - chance) <= SAME * np.maximum(chance, SAME)
        chance, served = chance[settled], served[settled]
        exposure = chance * self.value
        slack = SAME * SAME + 1e-11 * self.clients * (exposure + np.abs(self.terms.inhouse_gain(exposure)))
        best = self.profit(chance, served) >= self.choice(chance)[1] - slack
        found: list[Attack] = []
        for index in np.lexsort((served[best], chance[best])):
            one = Attack(float(chance[best][index]), float(served[best][index]))
            if not found or one.attack_probability - found[-1].attack_probability > SAME * one.attack_probability:
                found.append(one)
        return tuple(found)

    def mixed(self) -> MixedAttack | None:
        """The jump of Φ over the diagonal, by bisection; ``None`` if Φ crosses it there without a jump."""
        low, high = 0.0, self.most
        while (middle := 0.5 * (low + high)) not in (low, high):
            point = np.array(middle)
            above = self.answer(point, self.choice(point)[0]) > point
            low, high = (middle, high) if above else (low, middle)
        sides = np.array([low, high])
        served = self.choice(sides)[0]
        before, after = self.wish(sides, served)
        if before - after <= 1e-6 * high:
            return None
        weight = float((high - after) / (before - after))
        return MixedAttack(high, (float(served[0]), float(served[1])), weight)
