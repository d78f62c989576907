"""Markets in fractions, for claims that are identities: a polynomial identity is tried exactly, at many points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from itertools import product

from shieldwall.economics.replication.claim import Finding, Verdict
from shieldwall.economics.replication.trial import UNDER, tried

Law = Callable[["Exact"], bool]
IDENTITY = "exact identity"
SINGLE = "748 markets of one client in exact fractions"
SEVERAL_ONLY = "856 markets in exact fractions"
SEVERAL = f"{SEVERAL_ONLY}, with every number of clients served"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """One market and a number of clients served, all in fractions; names as in ``Service``."""

    clients: Fraction = Fraction(1)
    attack_probability: Fraction
    system_value: Fraction = Fraction(1)
    provider_cost: Fraction = Fraction(1)
    client_cost: Fraction
    spillover: Fraction = Fraction(0)
    requirement: Fraction = Fraction(0)
    served: Fraction = Fraction(1)

    @property
    def exposure(self) -> Fraction:
        """D = a v."""
        return self.attack_probability * self.system_value

    @property
    def own(self) -> Fraction:
        """av/c_k, the in-house quality without a requirement."""
        return self.exposure / self.client_cost

    @property
    def binds(self) -> bool:
        """Whether the requirement is above it."""
        return self.requirement > self.own

    def inhouse_utility(self, quality: Fraction) -> Fraction:
        """u_k at any in-house quality."""
        loss = self.attack_probability * (1 - quality)
        return (1 - loss) * self.system_value - self.client_cost * quality**2 / 2

    @property
    def reservation(self) -> Fraction:
        """u_k at the quality chosen in-house: equations 1 and 6."""
        return self.inhouse_utility(max(self.own, self.requirement))

    @property
    def times(self) -> Fraction:
        """T = 1 + e (m − 1)."""
        return 1 + self.spillover * (self.served - 1)

    @property
    def quality(self) -> Fraction:
        """T a v/c_s, equations 12 and 15."""
        return self.times * self.exposure / self.provider_cost

    def margin(self, quality: Fraction) -> Fraction:
        """Profit per client when she is held to her reservation utility."""
        worth = self.system_value - self.times * self.exposure * (1 - quality) - self.reservation
        return worth - self.provider_cost * quality**2 / 2

    def profit(self, quality: Fraction) -> Fraction:
        """π at any quality."""
        return self.served * self.margin(quality)

    def line(self, liability: Fraction) -> Fraction:
        """The fee at which a client is held to her reservation utility if quality is T a v/c_s."""
        return self.system_value - (1 - liability) * self.lost(self.quality) - self.reservation

    def lost(self, quality: Fraction) -> Fraction:
        """L v."""
        return self.times * self.exposure * (1 - quality)

    def shown(self) -> dict[str, object]:
        """The numbers, as they are typed."""
        return {field.name: typed(getattr(self, field.name)) for field in fields(self)}


@lru_cache
def single() -> tuple[Exact, ...]:
    """Markets of one client, simplest first; some with Assumption 6 as an equality."""
    costs = (Fraction(2), Fraction(5, 4), Fraction(3, 2), Fraction(5))
    grid = product((1, 2, 5), range(1, 11), costs, range(11))
    return tuple(
        Exact(
            attack_probability=Fraction(tenths, 10),
            system_value=Fraction(value),
            client_cost=cost,
            requirement=Fraction(mandate, 10),
        )
        for value, tenths, cost, mandate in grid
        if tenths * value <= 10
    )


@lru_cache
def several() -> tuple[Exact, ...]:
    """Markets with spill-over, simplest first, with every number of clients served that keeps quality below 1."""
    spills = (Fraction(1, 50), Fraction(1, 10), Fraction(1, 5))
    grid = product((2, 3, 5), (1, 2, 5, 8), (Fraction(2), Fraction(5, 4)), spills, (0, 2, 6, 10))
    return tuple(
        Exact(
            clients=Fraction(clients),
            attack_probability=Fraction(tenths, 10),
            client_cost=cost,
            spillover=spill,
            requirement=Fraction(mandate, 10),
            served=Fraction(served),
        )
        for clients, tenths, cost, spill, mandate in grid
        if spill * (clients - 1) < Fraction(10, tenths) - 1
        for served in range(1, clients + 1)
    )


def exactly(
    cases: Iterable[Exact],
    held: Law,
    told: Mapping[Verdict, str],
    *,
    where: Law | None = None,
    within: Law | None = None,
    condition: str = "",
    shown: Callable[[Exact], Mapping[str, object]] | None = None,
    true_if: str = "",
) -> Finding:
    """The verdict over some markets, as ``tried`` gives it, with a count of those under the condition."""
    kept = [case for case in cases if where is None or where(case)]
    return tried(
        kept,
        held,
        told,
        within=within,
        condition=condition,
        shown=shown,
        true_if=true_if,
        figures={} if within is None else {UNDER: sum(map(within, kept))},
    )


def typed(value: Fraction | int) -> object:
    """A fraction as a whole number or in text."""
    return int(value) if Fraction(value).denominator == 1 else str(value)
