"""The claims of Gal-Or & Ghose (2005), in the order of their topics; see the modules.

Where a sample is random its seed is fixed. Of the markets that contradict a claim, the one with the smallest demand
intercept is shown, as ``shieldwall solve sharing`` reads it.
"""

from __future__ import annotations

from shieldwall.economics.replication.claim import Claim
from shieldwall.economics.replication.sharing import (
    appendix_b,
    complements,
    cooperation,
    existence,
    forms,
    planner,
    prices,
    reports,
    responses,
    sequence,
    statics,
    unequal,
    value,
    volume,
    volume_effects,
    welfare,
)

CLAIMS: tuple[Claim, ...] = tuple(
    claim
    for topic in (
        forms,
        prices,
        responses,
        complements,
        existence,
        statics,
        value,
        welfare,
        cooperation,
        planner,
        sequence,
        volume,
        volume_effects,
        unequal,
        appendix_b,
        reports,
    )
    for claim in topic.CLAIMS
)
