"""What a point is worth: the money of an epoch, the posted price and the cut (mechanism 2.3).

Not here: how many points a case has (``value``), who earns it (``split``).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from shieldwall.domain.amounts import MILLI
from shieldwall.domain.epochs import Valued
from shieldwall.domain.policy import Policy


def spendable(budget: int, reserve: int, policy: Policy) -> int:
    """Most that one epoch may pay: the budget and the policy's share of the reserve, in micro-credits."""
    return budget + floor(policy.price.reserve_share * reserve)


def next_post(history: Sequence[int], money: int, previous: int, policy: Policy) -> int:
    """Post the price of the next epoch.

    Args:
        history: Accepted milli-points of every closed epoch, newest first.
        money: What the next epoch may spend, in micro-credits, see `spendable`.
        previous: The price posted before, in micro-credits per point.

    Returns:
        Micro-credits per point, rounded down: ``share * money / mean points``, the mean over the last
        ``memory_epochs``; at most a factor ``step`` from ``previous``, and always within the ``band`` around
        ``initial_post``. While fewer than ``warm_up_epochs`` epochs have points, and whenever the mean is 0,
        it is ``initial_post``.

    Source: mechanism 2.3; decision 12.
    """
    rules = policy.price
    recent = history[: rules.memory_epochs]
    if sum(points > 0 for points in history) < rules.warm_up_epochs or not any(recent):
        return rules.initial_post
    aim = rules.share * money * MILLI * len(recent) / sum(recent)
    stepped = _clamp(aim, previous, rules.step)
    return floor(_clamp(stepped, rules.initial_post, rules.band))


def _clamp(price: Fraction, centre: int, factor: Fraction) -> Fraction:
    # The lower bound is a whole number, so that rounding down afterwards cannot leave it.
    return min(max(price, Fraction(-floor(-centre / factor))), centre * factor)


def pay(valued: Sequence[tuple[Valued, int]], money: int) -> tuple[int, ...]:
    """Pay each case its locked price times its points, all cut by one factor if that exceeds the money.

    Args:
        valued: Each case with the posted price locked for it, in micro-credits per point.
        money: Most that may be paid, in micro-credits.

    Returns:
        Micro-credits per case in the same order, rounded down; they never sum to more than ``money``.

    Source: mechanism 2.3, cut_e with m_cat = 1.
    """
    gross = [post * case.points for case, post in valued]
    total = sum(gross)
    if total <= money * MILLI:
        return tuple(amount // MILLI for amount in gross)
    return tuple(amount * money // total for amount in gross)
