"""When full sharing of two members is an equilibrium, and of which kind, in closed form.

Write e for exclusion and, of member i, A_i for access, r_i for risk, s_i for reward. Sharing gains
g_i = e A_i + s_i - r_i against a sharer and h_i = s_i - r_i against one who does not share, so g_i >= h_i: the game has
strategic complements. The conditions are compared with exact enumeration in the tests; nothing here enumerates.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from shieldwall.economics.pair.game import Pair


class Notion(StrEnum):
    """A sense in which full sharing may be stable, or good."""

    NASH = "Nash"
    STRICT = "strict"
    DOMINANT = "dominant"
    STRICTLY_DOMINANT = "strictly dominant"
    UNIQUE = "unique"
    STAG_HUNT = "stag hunt"
    RISK_DOMINANT = "risk-dominant"
    PAYOFF_DOMINANT = "payoff-dominant"


def full_sharing_is(notion: Notion, pair: Pair) -> bool:
    """Whether full sharing, (C,C), has a property.

    ==================  ===========================================================================================
    Nash                g_i >= 0 for both
    strict              g_i > 0 for both
    dominant            h_i >= 0 for both: sharing is a best reply to anything
    strictly dominant   h_i > 0 for both
    unique              strict, and h_j > 0 for at least one: no other equilibrium, mixed ones included
    stag hunt           g_i > 0 > h_i for both: (C,C) and (D,D) are both strict
    risk-dominant       unique, or strict and g_1 g_2 > h_1 h_2; in a stag hunt the same as q_1 + q_2 < 1
    payoff-dominant     A_i + s_i > r_i for both: (C,C) pays each more than (D,D)
    ==================  ===========================================================================================

    In a stag hunt (C,C) is always payoff-dominant, because g_i > 0 and e <= 1. Risk dominance is that of Harsanyi and
    Selten (1988) and compares (C,C) with (D,D).

    >>> pair = Pair.of_knowledge(3, 1, risk="0.3", rate="0.2", exclusion="1/30")
    >>> [notion.value for notion in Notion if full_sharing_is(notion, pair)]
    ['Nash', 'payoff-dominant']
    """
    with_sharer = [pair.gain(member, other_shares=True) for member in (0, 1)]
    alone = [pair.gain(member, other_shares=False) for member in (0, 1)]
    strict = min(with_sharer) > 0
    risk_dominant = max(alone) > 0 or with_sharer[0] * with_sharer[1] > alone[0] * alone[1]
    together = [own.access + pair.reward(place) - own.risk for place, own in enumerate(pair.members)]
    return {
        Notion.NASH: min(with_sharer) >= 0,
        Notion.STRICT: strict,
        Notion.DOMINANT: min(alone) >= 0,
        Notion.STRICTLY_DOMINANT: min(alone) > 0,
        Notion.UNIQUE: strict and max(alone) > 0,
        Notion.STAG_HUNT: strict and max(alone) < 0,
        Notion.RISK_DOMINANT: strict and risk_dominant,
        Notion.PAYOFF_DOMINANT: min(together) > 0,
    }[notion]


def critical_belief(pair: Pair, member: int) -> Fraction | None:
    """The least probability of the other's sharing at which a member gains nothing by not sharing.

    Returns:
        q_i = (r_i - s_i) / (e A_i) where that lies between 0 and 1; 0 if sharing is a best reply to anything; None if
        it is a best reply to nothing.

    >>> pair = Pair.of_knowledge(3, 1, risk="1/2", exclusion=1)
    >>> [str(critical_belief(pair, member)) for member in (0, 1)]
    ['1/2', '1/6']
    """
    alone = pair.gain(member, other_shares=False)
    with_sharer = pair.gain(member, other_shares=True)
    if alone >= 0:
        return Fraction(0)
    return None if with_sharer < 0 else -alone / (with_sharer - alone)
