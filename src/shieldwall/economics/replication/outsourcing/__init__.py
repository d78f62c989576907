"""The claims of Hui, Hui & Yue (2012), Information Security Outsourcing with System Interdependency and Mandatory
Security Requirement, roughly in the order of its pages.

Each is tried on the provider's global optimum, never on the published first-order conditions, over random and round
markets; or, where it is an identity, in exact fractions.
"""

from __future__ import annotations

from shieldwall.economics.replication.claim import Claim
from shieldwall.economics.replication.outsourcing import (
    attacks,
    audit,
    client_types,
    clients,
    hacking,
    mandate,
    misprints,
    no_liability,
    oligopoly,
    perfect_competition,
    proofs,
    rising_requirement,
    shirking,
    single,
    single_mandate,
    stationary,
    welfare,
)

_PARTS = (
    single,
    single_mandate,
    clients,
    stationary,
    proofs,
    mandate,
    rising_requirement,
    welfare,
    audit,
    no_liability,
    client_types,
    perfect_competition,
    oligopoly,
    hacking,
    attacks,
    shirking,
    misprints,
)
CLAIMS: tuple[Claim, ...] = tuple(claim for part in _PARTS for claim in part.CLAIMS)
