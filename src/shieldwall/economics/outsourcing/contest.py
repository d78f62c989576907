"""The contest between a hacker, a provider and their clients: candidates for an equilibrium, and their check.

The hacker gains b per breach and pays ½ c_h A²; with κ = b/(c_h n²) his best attack probability against m clients at
q_s and the rest at q_k is Φ = κ [n − (n − m) q_k − m q_s], cut at his capacity. Nothing is searched. For m = 0, 1 or
n (for every whole m when clients are whole) a = Φ is one linear equation per piece of the qualities, which are D/c_k,
T D/c_s or constants. For m between, the profit is C¹ in m, so m is a root of its slope S₂(m) D² + S₁(m) D + S₀ with
D = a v, and a = κ N(m)/P(m) turns that into a polynomial in m alone, all of whose roots are found. A candidate stands
if a = Φ and its m is the provider's choice at a as ``solution`` makes it, the smallest of equals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import JUMP, LEAST, MOST, SAME, Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.terms import Terms
from shieldwall.errors import InvalidInput

ROOT = 1e-7
"""A number of clients this close to the provider's choice, relative to it, is the choice."""
REAL = 1e-5
"""Roots with a smaller imaginary part count as real, as rounding splits double roots; false ones fail the check."""


@dataclass(frozen=True, slots=True)
class Hacker:
    """What an attacker wants.

    Attributes:
        benefit: b per breach, money, at least 0.
        cost: c_h, money, above 0: A attacks cost ½ c_h A².
        capacity: The most attacks, at least 0, or ``None``.
        thrill: Own assumption, not the paper's: success b (1 − q) counts as b q, so that protection attracts.
    """

    benefit: float
    cost: float
    capacity: float | None = None
    thrill: bool = False

    def __post_init__(self) -> None:
        limits = {"benefit": (self.benefit, 0.0), "cost": (self.cost, LEAST), "capacity": (self.capacity, 0.0)}
        for name, (value, least) in limits.items():
            if value is not None and not least <= value <= MOST:
                raise InvalidInput(name, value, f"a number from {least:g} to {MOST:g}")


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
    """One market with its hacker.

    Args:
        service: A market of shape (); its attack probability is not used.
        integer: Whole clients only.

    Attributes:
        eagerness: κ, at least 0.
        constant, slope: One attack on a client of quality q succeeds to the extent constant + slope × q.
        most: The highest attack probability the hacker can afford, from 0 to 1.
    """

    def __init__(self, service: Service, hacker: Hacker, regime: Regime, integer: bool) -> None:
        self.service, self.regime, self.integer = service, regime, integer
        self.terms = Terms.of(service, regime)
        self.clients, self.value = float(service.clients), float(service.system_value)
        self.eagerness = hacker.benefit / (hacker.cost * self.clients**2)
        self.constant, self.slope = (0.0, 1.0) if hacker.thrill else (1.0, -1.0)
        most = self.clients if hacker.capacity is None else min(hacker.capacity, self.clients)
        self.most = most / self.clients

    def exposed(self, served: Any) -> Any:
        """T(m) = 1 + e (m − 1), how often a breach counts, for a number, an array or a polynomial m."""
        return (served - 1.0) * self.terms.spillover + 1.0

    def wish(self, chance: Floats, served: Floats) -> Floats:
        """The hacker's best attack probability before it is cut to [0, most].

        Args:
            chance: a, from 0 to 1, which sets the qualities.
            served: m, 0 or from 1 to n; of a shape that fits.
        """
        exposure = chance * self.value
        quality = self.terms.quality(self.exposed(served) * exposure)
        shielded = (self.clients - served) * self.terms.inhouse_quality(exposure) + served * quality
        wish: Floats = self.eagerness * (self.constant * self.clients + self.slope * shielded)
        return wish

    def answer(self, chance: Floats, served: Floats) -> Floats:
        """Φ, from 0 to most; arguments as for ``wish``."""
        answer: Floats = np.clip(self.wish(chance, served), 0.0, self.most)
        return answer

    def choice(self, chance: Floats) -> Floats:
        """The provider's best number of clients at attack probabilities from 0 to 1, the smallest of equals."""
        at = self.service.change(attack_probability=chance)
        return solve(at, self.regime, integer=self.integer, any_exposure=True).outsourcing_clients

    def pieces(self) -> Iterator[tuple[float | None, float | None]]:
        """In-house and provider's quality, each a constant from 0 to 1 or ``None`` where it answers the exposure.

        Every way in which the bounds can bind is among the nine; a piece tried where it does not apply only gives
        candidates that fail the check.
        """
        for inhouse in (None, self.terms.inhouse_floor, 1.0):
            for service in (None, self.terms.floor, self.terms.ceiling):
                yield inhouse, service

    def sides(self, served: Any, inhouse: float | None, service: float | None) -> tuple[Any, Any]:
        """N and P of a = κ N(m)/P(m) on one piece: N from 0 to n, P at least 1 unless protection attracts.

        Args:
            served: m, a number, an array or a polynomial.
            inhouse, service: A piece as ``pieces`` gives it.
        """
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
        """Candidates (a, m) where m is given, arrays of one shape; a may still lie outside [0, most]."""
        numbers = np.arange(self.clients + 1.0) if self.integer else np.array([0.0, 1.0, self.clients])
        for inhouse, service in self.pieces():
            above, below = self.sides(numbers, inhouse, service)
            some = below > 0.0
            yield self.eagerness * above[some] / below[some], numbers[some]
        ends = np.array([0.0, self.most])
        yield ends, self.choice(ends)

    def interior(self) -> Iterator[tuple[Floats, Floats]]:
        """Candidates (a, m) with m from 1 to n where the slope of the profit in m is 0; as ``fixed`` gives them.

        The polynomial is in the share m/n, whose powers do not overflow.
        """
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
            real = np.real(roots[np.abs(np.imag(roots)) < REAL])
            for _ in range(3):
                steep = slope.deriv()(real)
                real = real - np.divide(slope(real), steep, out=np.zeros_like(real), where=steep != 0.0)
            served = np.clip(real[(real > 0.0) & (real <= 1.0 + SAME)] * self.clients, 1.0, self.clients)
            above, below = self.sides(served, inhouse, service)
            some = below > 0.0
            yield self.eagerness * above[some] / below[some], served[some]

    def marginal(self, served: Any, inhouse: float | None, service: float | None) -> tuple[Any, Any, Any]:
        """S₂, S₁, S₀ of the slope S₂ D² + S₁ D + S₀ of the profit in m, money; arguments as for ``sides``."""
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

    def settles(self, chance: Floats, served: Floats) -> NDArray[np.bool_]:
        """Whether a = Φ within ``SAME`` of a at m clients: Φ, continuous in a, crosses to the other side there.

        A residual would not do: where the hacker is eager Φ is so steep that rounding a leaves a large one.
        """
        sides = np.stack([chance * (1.0 - SAME), chance * (1.0 + SAME)])
        below, above = np.sign(self.answer(sides, served) - sides)
        settles: NDArray[np.bool_] = below * above <= 0.0
        return settles

    def equilibria(self) -> tuple[Attack, ...]:
        """The candidates that are best answers of hacker, provider and clients."""
        blocks = [*self.fixed(), *(() if self.integer else self.interior())]
        chance = np.concatenate([block[0] for block in blocks])
        served = np.concatenate([block[1] for block in blocks])
        inside = np.isfinite(chance) & (chance >= -SAME) & (chance <= self.most * (1.0 + SAME))
        chance, served = np.clip(chance[inside], 0.0, self.most), served[inside]
        settled = self.settles(chance, served)
        chance, served = chance[settled], served[settled]
        best = self.choice(chance)
        stands = np.abs(served - best) <= ROOT * best
        chance, best = chance[stands], best[stands]
        found: list[Attack] = []
        for index in np.lexsort((best, chance)):
            one = Attack(float(chance[index]), float(best[index]))
            if not found or one.attack_probability - found[-1].attack_probability > SAME * one.attack_probability:
                found.append(one)
        return tuple(found)

    def mixed(self) -> MixedAttack | None:
        """The jump of Φ over the diagonal, by bisection; ``None`` if Φ crosses it there without a jump."""
        low, high = 0.0, self.most
        while (middle := 0.5 * (low + high)) not in (low, high):
            point = np.array(middle)
            above = self.answer(point, self.choice(point)) > point
            low, high = (middle, high) if above else (low, middle)
        sides = np.array([low, high])
        served = self.choice(sides)
        before, after = self.wish(sides, served)
        if before - after <= JUMP * high:
            return None
        weight = float((high - after) / (before - after))
        return MixedAttack(high, (float(served[0]), float(served[1])), weight)
