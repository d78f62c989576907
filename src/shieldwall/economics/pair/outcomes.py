"""Which behaviour the game of two members leads to: its pure equilibria, told in one word."""

from __future__ import annotations

from enum import StrEnum

from shieldwall.economics.pair.game import Pair


class Outcome(StrEnum):
    """The set of equilibria and, of two, the risk-dominant one; ``BOUNDARY`` where a member or that choice wavers."""

    NOBODY = "nobody shares"
    FIRST_ONLY = "only the first shares"
    SECOND_ONLY = "only the second shares"
    ALL_OR_NOBODY = "all or nobody, nobody risk-dominant"
    ALL_OR_NOBODY_ALL_RISK_DOMINANT = "all or nobody, all risk-dominant"
    ALL = "all share"
    ALL_DOMINANT = "all share, dominant for both"
    BOUNDARY = "boundary"


def outcome(pair: Pair) -> Outcome:
    """The equilibria of the game in one word, from the signs of four gains.

    The least equilibrium is what remains when each in turn shares only if it gains without counting on the other, the
    greatest when each counts on the other. They differ in a stag hunt alone, which then has a mixed equilibrium too.

    >>> [outcome(Pair.of_knowledge(3, 1, risk="0.3", rate="0.2", exclusion=e)).value for e in (0, "1/30", 1)]
    ['only the first shares', 'boundary', 'all share']
    """
    with_sharer = [pair.gain(member, other_shares=True) for member in (0, 1)]
    alone = [pair.gain(member, other_shares=False) for member in (0, 1)]
    if 0 in with_sharer or 0 in alone:
        return Outcome.BOUNDARY
    if min(with_sharer) < 0:
        if max(alone) < 0:
            return Outcome.NOBODY
        return Outcome.FIRST_ONLY if alone[0] > 0 else Outcome.SECOND_ONLY
    if max(alone) > 0:
        return Outcome.ALL_DOMINANT if min(alone) > 0 else Outcome.ALL
    together, apart = with_sharer[0] * with_sharer[1], alone[0] * alone[1]
    if together == apart:
        return Outcome.BOUNDARY
    return Outcome.ALL_OR_NOBODY_ALL_RISK_DOMINANT if together > apart else Outcome.ALL_OR_NOBODY
