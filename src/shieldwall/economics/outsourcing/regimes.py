"""The six regimes: who must meet the requirement, who can check it, and who pays for a breach."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shieldwall.errors import InvalidInput


class Regime(StrEnum):
    """What the mandate asks and who can check it."""

    NONE = "none"
    REQUIREMENT = "requirement"
    VERIFIABLE = "verifiable"
    NO_COMMITMENT = "no-commitment"
    CLIENTS_SHIRK = "clients-shirk"
    BOTH_SHIRK = "both-shirk"

    @classmethod
    def _missing_(cls, value: object) -> Regime:
        raise InvalidInput("regime", value, f"one of {', '.join(cls)}")


@dataclass(frozen=True, slots=True)
class Rules:
    """A regime as four yes-or-no facts.

    Attributes:
        mandated: There is a requirement at all.
        clients_comply: A client who stays in-house must reach it (Assumption 8).
        effort_verified: The provider's effort can be checked, so he must reach it (Assumption 8').
        compensates: The provider can commit to refund losses.
    """

    mandated: bool
    clients_comply: bool
    effort_verified: bool
    compensates: bool

    @property
    def implied_liability(self) -> float:
        """β in equilibrium: all losses, or nothing where nobody can commit to refund them."""
        return 1.0 if self.compensates else 0.0


_RULES = {
    Regime.NONE: Rules(mandated=False, clients_comply=False, effort_verified=False, compensates=True),
    Regime.REQUIREMENT: Rules(mandated=True, clients_comply=True, effort_verified=False, compensates=True),
    Regime.VERIFIABLE: Rules(mandated=True, clients_comply=True, effort_verified=True, compensates=True),
    Regime.NO_COMMITMENT: Rules(mandated=True, clients_comply=True, effort_verified=False, compensates=False),
    Regime.CLIENTS_SHIRK: Rules(mandated=True, clients_comply=False, effort_verified=True, compensates=True),
    Regime.BOTH_SHIRK: Rules(mandated=True, clients_comply=False, effort_verified=False, compensates=True),
}


def rules_of(regime: Regime | str) -> Rules:
    """The facts of a regime.

    Raises:
        InvalidInput: If there is no such regime.

    >>> rules_of("verifiable").effort_verified, rules_of("requirement").effort_verified
    (True, False)
    """
    return _RULES[Regime(regime)]
