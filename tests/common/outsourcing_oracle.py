"""The outsourcing model solved again, in 40 digits and from the client-level problem, for tests and the benchmark.

Nothing here knows how ``economics.outsourcing`` solves: the profit is written as in the paper, roots come from the
schoolbook formula in 60 digits, and every candidate is compared.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import mpmath
import numpy as np

from shieldwall.economics.outsourcing.service import Service

COMPLY = frozenset({"requirement", "verifiable", "no-commitment"})
VERIFIED = frozenset({"verifiable", "clients-shirk"})
REGIMES = ("none", "requirement", "verifiable", "no-commitment", "clients-shirk", "both-shirk")


def admissible(size: int, seed: int, most_clients: int = 300) -> Service:
    """Random markets within Assumptions 4, 6, 7 and note 8."""
    rng = np.random.default_rng(seed)
    clients = np.floor(np.exp(rng.uniform(np.log(2), np.log(most_clients + 1), size)))
    chance, exposed = rng.uniform(0.01, 1.0, size), rng.uniform(0.01, 0.99, size)
    cost = 10.0 ** rng.uniform(-2, 3, size)
    bound = (1.0 / exposed - 1.0) / (clients - 1.0)
    return Service.of(
        clients=clients,
        attack_probability=chance,
        system_value=exposed * cost / chance,
        provider_cost=cost,
        client_cost=cost / rng.uniform(0.02, 0.98, size),
        spillover=bound * rng.uniform(0.0, 0.999, size),
        requirement=rng.uniform(0.0, 1.0, size),
    )


def point(service: Service, index: int) -> dict[str, float]:
    """One market of an array as plain numbers."""
    return {name: float(getattr(service, name).flat[index]) for name in Service.__slots__}


class Exact:
    """One market in 60 digits."""

    def __init__(self, given: dict[str, float], regime: str, liability: float | None = None) -> None:
        mpmath.mp.dps = 60
        number = {name: mpmath.mpf(value) for name, value in given.items()}
        self.n, self.a, self.v = number["clients"], number["attack_probability"], number["system_value"]
        self.c_s, self.c_k = number["provider_cost"], number["client_cost"]
        self.e, self.required = number["spillover"], number["requirement"]
        self.regime = regime
        self.D = self.a * self.v
        self.q_k = min(self.D / self.c_k, mpmath.mpf(1))
        if regime in COMPLY:
            self.q_k = max(self.q_k, self.required)
        self.rho = self.D * self.q_k - self.c_k * self.q_k**2 / 2
        self.share = mpmath.mpf(float(regime != "no-commitment") if liability is None else liability)
        self.floor = self.required if regime in VERIFIED else mpmath.mpf(0)
        self.effort = mpmath.mpf(1) if regime in VERIFIED else self.share

    def quality(self, m: Any) -> Any:
        """What the provider does for m clients."""
        return min(max(self.effort * (1 + self.e * (m - 1)) * self.D / self.c_s, self.floor), mpmath.mpf(1))

    def profit(self, m: Any) -> Any:
        """π with participation binding, from the fee down."""
        if m == 0:
            return mpmath.mpf(0)
        q = self.quality(m)
        loss = self.a * (1 - q) * (1 + self.e * (m - 1))
        utility = (1 - self.a) * self.v + self.rho
        fee = (1 - loss) * self.v + loss * self.share * self.v - utility
        return m * (fee - loss * self.share * self.v - self.c_s * q**2 / 2)

    def candidates(self) -> list[Any]:
        """Every number of clients that can be best, in order."""
        found = [mpmath.mpf(1), self.n]
        e, effort, ratio = self.e, self.effort, self.D / self.c_s
        if e > 0:
            curve = self.D * ratio * effort * (2 - effort) / 2
            base = 1 - e
            zero = self.D - self.D * base + curve * base**2 - self.rho
            one, two = -self.D * e + 2 * curve * base * e, curve * e**2
            a, b, c = 3 * two, 2 * one, zero
            if a == 0:
                found += [-c / b]
            elif b * b >= 4 * a * c:
                root = mpmath.sqrt(b * b - 4 * a * c)
                found += [(-b - root) / (2 * a), (-b + root) / (2 * a)]
            for reached in (self.floor, mpmath.mpf(1)):
                if effort > 0 and reached > 0:
                    found.append(1 + (reached / (effort * ratio) - 1) / e)
            q = self.floor
            if q < 1:
                found.append(
                    mpmath.mpf(1) / 2 + (self.D * q - self.c_s * q**2 / 2 - self.rho) / (2 * e * self.D * (1 - q))
                )
        return [mpmath.mpf(0), *sorted(m for m in found if 1 <= m <= self.n)]

    def best(self, integer: bool = False) -> Any:
        """The best number of clients, the smallest of equals."""
        options = [mpmath.mpf(m) for m in range(int(self.n) + 1)] if integer else self.candidates()
        profits = [self.profit(m) for m in options]
        return options[profits.index(max(profits))]

    def outcome(self, integer: bool = False) -> dict[str, Any]:
        """Everything the solver reports, ``None`` where it is undefined."""
        m = self.best(integer)
        utility = (1 - self.a) * self.v + self.rho
        q = self.quality(m)
        loss = self.a * (1 - q) * (1 + self.e * (m - 1))
        served = m * ((1 - loss) * self.v - self.c_s * q**2 / 2)
        home = (1 - self.a * (1 - self.q_k)) * self.v - self.c_k * self.q_k**2 / 2
        return {
            "outsourcing_clients": m,
            "service_quality": q if m else None,
            "inhouse_quality": self.q_k,
            "client_utility": utility,
            "fee": self.v - (1 - self.share) * loss * self.v - utility if m else None,
            "expected_loss": loss if m else None,
            "provider_profit": self.profit(m),
            "welfare": served + (self.n - m) * home,
            "provider_shirks": bool(m and q < self.required and self.regime != "none"),
            "corner": "exit" if m == 0 else "one" if m == 1 else "all" if m == self.n else "interior",
        }


def relative(ours: float, exact: Any) -> float:
    """|ours − exact| / |exact|, 0 where both are undefined or zero, infinite where only one is."""
    if exact is None:
        return 0.0 if np.isnan(ours) else float("inf")
    if exact == 0:
        return 0.0 if ours == 0 else float("inf")
    return float(abs(mpmath.mpf(float(ours)) - exact) / abs(exact))


def enumerated_loss(
    clients: int, attacks: int, qualities: list[float], spillover: float, served: list[int]
) -> list[float]:
    """L_j of every outsourcing client: the mean over every set of attacked clients and every set of breaches."""
    totals = [0.0] * len(served)
    sets = list(combinations(range(clients), attacks))
    for attacked in sets:
        hit = [index for index, client in enumerate(served) if client in attacked]
        for pattern in range(2 ** len(hit)):
            breached = [index for bit, index in enumerate(hit) if pattern >> bit & 1]
            chance = float(np.prod([1 - qualities[index] if index in breached else qualities[index] for index in hit]))
            for index in range(len(served)):
                others = len(breached) - (index in breached)
                totals[index] += chance * ((index in breached) + spillover * others)
    return [total / len(sets) for total in totals]
