"""Who earns a case, and in which parts: the first reporter and independent corroborators (mechanism 2.2).

Not here: how much the case is paid (``price``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor

from shieldwall.domain.cases import Judged
from shieldwall.domain.contributions import Filed
from shieldwall.domain.members import Member
from shieldwall.domain.policy import Policy


def independent(filed: Sequence[Filed], member_of: Callable[[str], Member]) -> tuple[Filed, tuple[Filed, ...]]:
    """Find the first contribution and the earliest of each other organisation that is no aggregator.

    Args:
        filed: At least one contribution, in the order of intake.
        member_of: Gives the member behind a contribution id.

    Returns:
        The first contribution, and its independent corroborators in the same order.
    """
    first = filed[0]
    organisations = {member_of(first.contribution.id).organisation}
    corroborators = []
    for later in filed[1:]:
        member = member_of(later.contribution.id)
        if not member.aggregator and member.organisation not in organisations:
            organisations.add(member.organisation)
            corroborators.append(later)
    return first, tuple(corroborators)


def counted(judged: Judged, member_of: Callable[[str], Member]) -> tuple[Filed, tuple[Filed, ...]]:
    """Find the contributions of a judged case that are paid: see `independent`, up to the verdict.

    A contribution accepted at the instant of the verdict counts: it may be the one that brought it about.
    """
    in_time = [filed for filed in judged.filed if filed.contribution.accepted_at <= judged.judged_at]
    return independent(in_time, member_of)


def split(amount: int, corroborators: int, policy: Policy) -> tuple[int, ...]:
    """Divide what a case is paid: first lambda + (1 - lambda)/(k + 1), a corroborator (1 - lambda)/(k + 1).

    Args:
        amount: Micro-credits to divide.
        corroborators: k, the number of independent corroborators.

    Returns:
        The first reporter's part, then k equal ones, rounded down; they sum to more than ``amount`` - k - 1.

    Source: mechanism 2.2, an order/Shapley mix with weight lambda.
    """
    first = policy.split.first_reporter
    each = (1 - first) / (corroborators + 1)
    return (floor(amount * (first + each)), *[floor(amount * each)] * corroborators)
