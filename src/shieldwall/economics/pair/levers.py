"""How far a rule must move until full sharing has a property: the exact threshold of one lever.

Each property is upward closed in each lever here, and changes only where a linear form of the lever is zero. So the
threshold is found by asking ``conditions`` at those zeros and between them; no algebra is written twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from shieldwall.economics.pair.conditions import Notion, full_sharing_is
from shieldwall.economics.pair.game import Pair
from shieldwall.errors import EconomicsError


class Lever(StrEnum):
    """A rule that the operator sets."""

    RATE = "rate"
    FLAT = "flat"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a property begins.

    Attributes:
        lever: The rule that is moved.
        value: The greatest lower bound, exact.
        attained: Whether the property holds at the bound itself.
    """

    lever: Lever
    value: Fraction
    attained: bool

    def __str__(self) -> str:
        return f"{self.lever.value} {'>=' if self.attained else '>'} {self.value}"


def threshold(pair: Pair, lever: Lever, notion: Notion) -> Threshold | None:
    """The least value, from 0 upwards, of one rule that gives full sharing a property, the others as they are.

    Args:
        pair: The members and the rules; the lever's present value is ignored.
        lever: The rule to move.
        notion: Any but the stag hunt, which ends again where a reward exceeds a risk.

    Returns:
        None if no value does; for exclusion none above 1 is considered.

    Raises:
        EconomicsError: If asked for the stag hunt.

    >>> pair = Pair.of_knowledge(3, 1, risk="0.3", rate="0.2")
    >>> str(threshold(pair, Lever.EXCLUSION, Notion.UNIQUE)), str(threshold(pair, Lever.RATE, Notion.DOMINANT))
    ('exclusion > 1/30', 'rate >= 3/10')
    >>> threshold(pair, Lever.EXCLUSION, Notion.DOMINANT) is None
    True
    """
    if notion is Notion.STAG_HUNT:
        raise EconomicsError("a stag hunt has no threshold: a greater reward ends it")
    zeros = {root for root in _roots(pair, lever) if root > 0 and (lever is not Lever.EXCLUSION or root < 1)}
    bounds = [Fraction(0), *sorted(zeros)]
    last = Fraction(1) if lever is Lever.EXCLUSION else bounds[-1] + 1
    for bound, following in zip(bounds, [*bounds[1:], last], strict=True):
        if full_sharing_is(notion, _moved(pair, lever, bound)):
            return Threshold(lever, bound, attained=True)
        if full_sharing_is(notion, _moved(pair, lever, (bound + following) / 2)):
            return Threshold(lever, bound, attained=False)
    return Threshold(lever, last, attained=True) if full_sharing_is(notion, _moved(pair, lever, last)) else None


def _moved(pair: Pair, lever: Lever, value: Fraction) -> Pair:
    match lever:
        case Lever.RATE:
            return replace(pair, rate=value)
        case Lever.FLAT:
            return replace(pair, flat=value)
        case Lever.EXCLUSION:
            return replace(pair, exclusion=value)


def _roots(pair: Pair, lever: Lever) -> list[Fraction]:
    """Where one of the linear forms behind the conditions is zero; none for a form that the lever does not move."""
    at_zero, at_one = (_forms(_moved(pair, lever, Fraction(value))) for value in (0, 1))
    return [-low / (high - low) for low, high in zip(at_zero, at_one, strict=True) if low != high]


def _forms(pair: Pair) -> list[Fraction]:
    with_sharer = [pair.gain(member, other_shares=True) for member in (0, 1)]
    alone = [pair.gain(member, other_shares=False) for member in (0, 1)]
    access = [member.access for member in pair.members]
    # (g_1 g_2 - h_1 h_2) / e, linear although the product is not.
    risk_dominance = pair.exclusion * access[0] * access[1] + access[0] * alone[1] + access[1] * alone[0]
    payoff_dominance = [own.access + pair.reward(place) - own.risk for place, own in enumerate(pair.members)]
    return [*with_sharer, *alone, risk_dominance, *payoff_dominance]
