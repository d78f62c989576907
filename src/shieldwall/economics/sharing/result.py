"""What a solver of the sharing market answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shieldwall.economics.status import Status


class Kind(StrEnum):
    """Where an equilibrium lies; mixed where only some of the firms share nothing, or everything."""

    INTERIOR = "interior"
    FULL_SHARING = "full_sharing"
    NO_SHARING = "no_sharing"
    ASYMMETRIC = "asymmetric"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """One verified equilibrium, or one optimum of a regime with a single decision maker.

    Attributes:
        sharing, investment, price, quantity, profit: One value for each firm; the leader first where there is one.
        consumer_surplus, welfare: Of the whole market.
        kind: Interior, full sharing, no sharing; asymmetric where equal firms that move at once
            choose differently.
        stable: Whether best responses, repeated by all firms at once, return to it; of an optimum, whether it is a
            strict local one.
        deviation_gain: The most that whoever decides gains by another choice, in units of profit; about 0.
        second_order: Whether the second-order conditions hold strictly.
        assumption_1, assumption_2: The paper's assumptions, evaluated here.
        extra: More figures under their JSON keys, such as ``sensitivity``.
    """

    sharing: tuple[float, ...]
    investment: tuple[float, ...]
    price: tuple[float, ...]
    quantity: tuple[float, ...]
    profit: tuple[float, ...]
    consumer_surplus: float
    welfare: float
    kind: Kind
    stable: bool
    deviation_gain: float
    second_order: bool
    assumption_1: bool
    assumption_2: bool
    extra: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The equilibrium under the keys of the interface."""
        return {
            "sharing": list(self.sharing),
            "investment": list(self.investment),
            "price": list(self.price),
            "quantity": list(self.quantity),
            "profit": list(self.profit),
            "consumer_surplus": self.consumer_surplus,
            "welfare": self.welfare,
            "kind": self.kind.value,
            "stable": self.stable,
            "deviation_gain": self.deviation_gain,
            "second_order": self.second_order,
            "assumption_1": self.assumption_1,
            "assumption_2": self.assumption_2,
            **self.extra,
        }


@dataclass(frozen=True, slots=True)
class Solution:
    """How the solve of one market ended.

    Attributes:
        status: How it ended.
        equilibria: Empty unless solved; by rising investment of the first firm.
        reason: One sentence, empty if solved.
        complete: Whether it is proven that there is no other equilibrium, up to the rounding of roots.
        extra: More figures under their JSON keys, such as ``violation``.
    """

    status: Status
    equilibria: tuple[Equilibrium, ...] = ()
    reason: str = ""
    complete: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The solution under the keys of the interface."""
        entry: dict[str, object] = {
            "status": self.status.value,
            "equilibria": [equilibrium.as_json() for equilibrium in self.equilibria],
            "complete": self.complete,
        }
        if self.reason:
            entry["reason"] = self.reason
        return entry | dict(self.extra)


def not_proven(why: str) -> Solution:
    """No answer, and no proof that there is none."""
    return Solution(Status.NOT_PROVEN, reason=why)
