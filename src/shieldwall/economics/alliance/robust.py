"""Rewards when only an interval of each member's risk is known, and how far an estimate may be off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.alliance.potential import potential_rewards
from shieldwall.economics.alliance.rewards import dominant_rewards, nash_rewards, unique_rewards
from shieldwall.economics.alliance.tariffs import Notion
from shieldwall.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class RobustRewards:
    """Rewards that hold for every risk in the intervals.

    Attributes:
        rewards: One per member: the least for the greatest risks.
        total: Their sum.
        rent: What knowing the least risks, if they are the true ones, would save.
    """

    rewards: tuple[Fraction, ...]
    total: Fraction
    rent: Fraction


def least_rewards(alliance: Alliance, notion: Notion) -> tuple[Fraction, ...]:
    """The rewards of least total for a notion, in place of the given ones; infima if it is strict or unique."""
    if notion is Notion.UNIQUE:
        return unique_rewards(alliance).rewards
    if notion is Notion.POTENTIAL:
        return potential_rewards(alliance).rewards
    return dominant_rewards(alliance) if notion is Notion.DOMINANT else nash_rewards(alliance)


def robust_rewards(
    alliance: Alliance, least_risk: Sequence[Fraction], greatest_risk: Sequence[Fraction], notion: Notion
) -> RobustRewards:
    """The least rewards that reach the notion whatever the risks in the intervals are.

    Every gain falls with a member's own risk, so the greatest risks are the worst case and its least rewards are the
    answer. A member who shares or not cannot be screened by a menu: all its types would take the highest pay.

    Raises:
        InvalidInput: If an interval is empty or a list has the wrong length.

    >>> stag_hunt = Alliance([3, 1], [1, 1], [1, 1], [0, 0], "1/2")
    >>> robust_rewards(stag_hunt, [Fraction(1)] * 2, [Fraction(2)] * 2, Notion.NASH).rewards
    (Fraction(3, 2), Fraction(1, 2))
    """
    for name, bounds in (("least_risk", least_risk), ("greatest_risk", greatest_risk)):
        if len(bounds) != len(alliance):
            raise InvalidInput(name, len(bounds), f"{len(alliance)} numbers, one per member")
    for member, (least, greatest) in enumerate(zip(least_risk, greatest_risk, strict=True)):
        if least > greatest:
            raise InvalidInput(f"greatest_risk[{member}]", float(greatest), f"at least {float(least)}")
    rewards = least_rewards(alliance.risking(greatest_risk), notion)
    total = sum(rewards, Fraction())
    informed = sum(least_rewards(alliance.risking(least_risk), notion), Fraction())
    return RobustRewards(rewards, total, total - informed)
