"""What a regime lets the provider and the clients choose, as bounds on quality: common ground of the extensions.

Every regime is three bounds: what in-house protection must reach, the least the provider must supply, and the most he
will supply. The number of clients is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import ROUNDING, Service


@dataclass(frozen=True, slots=True)
class Terms:
    """The market apart from its clients.

    Attributes:
        attack_probability: a, from 0 to 1.
        provider_cost: c_s, money: quality q costs the provider ½ c_s q² per client.
        client_cost: c_k > c_s, money, in-house.
        spillover: e, share of the system value lost per other client compromised.
        requirement: Mandated quality, from 0 to 1.
        regime: Who may shirk and who compensates.
    """

    attack_probability: float
    provider_cost: float
    client_cost: float
    spillover: float
    requirement: float
    regime: Regime

    @classmethod
    def of(cls, service: Service, regime: Regime | str) -> Terms:
        """The terms of a market of shape (); an attack probability and a requirement that nobody sets are kept.

        Raises:
            InvalidInput: If there is no such regime, or the market is an array.
        """
        service.require_one()
        return cls(
            attack_probability=float(service.attack_probability),
            provider_cost=float(service.provider_cost),
            client_cost=float(service.client_cost),
            spillover=float(service.spillover),
            requirement=float(service.requirement),
            regime=Regime(regime),
        )

    @property
    def inhouse_floor(self) -> float:
        """The least quality of a client who stays in-house."""
        return self.requirement if rules_of(self.regime).clients_comply else 0.0

    @property
    def floor(self) -> float:
        """The least quality the provider must supply."""
        return self.requirement if rules_of(self.regime).effort_verified else 0.0

    @property
    def ceiling(self) -> float:
        """The most the provider supplies: nothing once paid, unless it must compensate."""
        return 1.0 if rules_of(self.regime).compensates else 0.0

    def inhouse_quality(self, exposure: Any) -> Any:
        """q_k = max(min(D/c_k, 1), requirement) for an expected loss D = a v; the requirement only where it binds."""
        return np.maximum(np.minimum(exposure / self.client_cost, 1.0), self.inhouse_floor)

    def inhouse_gain(self, exposure: Any) -> Any:
        """ρ = D q_k − ½ c_k q_k², what protecting herself is worth to a client."""
        quality = self.inhouse_quality(exposure)
        return exposure * quality - 0.5 * self.client_cost * quality**2

    def quality(self, harm: Any) -> Any:
        """The provider's quality q = X/c_s within its bounds, when one breach does harm X in all."""
        return level(np.clip(harm / self.provider_cost, self.floor, self.ceiling), self.requirement)

    def burden(self, harm: Any) -> Any:
        """h(X) = (1 − q) X + ½ c_s q², loss plus cost per client; concave, with h' = 1 − q.

        >>> float(Terms(0.1, 1.0, 2.0, 0.0, 0.0, Regime.NONE).burden(0.5))
        0.375
        """
        quality = self.quality(harm)
        return (1.0 - quality) * harm + 0.5 * self.provider_cost * quality**2

    def shirks(self, quality: Any) -> Any:
        """Whether a quality falls short of a mandate."""
        return (quality < self.requirement) & rules_of(self.regime).mandated


def level(quality: Any, requirement: Any) -> Any:
    """The quality, or the requirement where only rounding keeps it below."""
    short = (quality < requirement) & (quality >= requirement * (1.0 - ROUNDING))
    return np.where(short, requirement, quality)


def corner_of(served: float, clients: float) -> str:
    """Where the number of outsourcing clients lies: ``exit``, ``one``, ``interior`` or ``all``."""
    if served == 0:
        return "exit"
    if served == 1:
        return "one"
    return "all" if served == clients else "interior"
