"""The close of an epoch as one pure statement that an audit can repeat from the same inputs.

Not here: salts, ledger entries and the chain, which record the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shieldwall.domain.amounts import MILLI
from shieldwall.domain.cases import Judged
from shieldwall.domain.epochs import Epoch, Priced, Share, Valued
from shieldwall.domain.members import Member, Tier
from shieldwall.domain.policy import Policy
from shieldwall.errors import MechanismError
from shieldwall.mechanism.price import next_post, pay, spendable
from shieldwall.mechanism.split import counted, split
from shieldwall.mechanism.value import value


@dataclass(frozen=True, slots=True)
class Statement:
    """What an epoch close settles.

    Attributes:
        epoch: The closed epoch, every figure filled.
        priced: Its cases in case-id order.
        totals: Micro-credits by member id, in id order; members who earn nothing are absent.
        next_post: Price posted for the next epoch, micro-credits per point.
    """

    epoch: Epoch
    priced: tuple[Priced, ...]
    totals: Mapping[str, int]
    next_post: int


def close(
    epoch: Epoch,
    closed_at: datetime,
    cases: Collection[tuple[Judged, Sequence[Tier]]],
    *,
    posts: Mapping[int, int],
    member_of: Callable[[str], Member],
    members: int,
    history: Sequence[int],
    policy: Policy,
) -> Statement:
    """State what an epoch pays; the order of ``cases`` does not matter.

    Args:
        epoch: The epoch as it was opened.
        cases: Judged cases not settled before, each with one tier per affected member organisation.
        posts: Posted price by epoch number, for every epoch in which one of the cases was opened.
        member_of: Gives the member behind a contribution id.
        members: Number of member organisations.
        history: Accepted milli-points of the epochs closed before, newest first.

    Raises:
        MechanismError: A case comes twice, its price is missing, or a figure is out of range.

    Source: mechanism 2.1 to 2.3; decisions 12 and 13.
    """
    ordered = sorted(cases, key=lambda item: item[0].case)
    if len({judged.case for judged, _ in ordered}) < len(ordered):
        raise MechanismError(f"epoch {epoch.number}: a case is settled twice")
    budget = policy.epoch.budget
    money = spendable(budget, epoch.reserve_before, policy)
    valued = [value(judged, tiers, members, policy) for judged, tiers in ordered]
    locked = [(case, _locked(case, posts)) for case in valued]
    amounts = pay(locked, money)
    priced = tuple(
        Priced(valued=case, amount=amount, shares=_shares(judged, amount, member_of, policy))
        for (judged, _), case, amount in zip(ordered, valued, amounts, strict=True)
    )
    paid = sum(share.amount for case in priced for share in case.shares)
    closed = replace(
        epoch,
        closed_at=closed_at,
        budget=budget,
        money=money,
        gross=sum(post * case.points for case, post in locked) // MILLI,
        points=sum(case.points for case in valued),
        paid=paid,
        reserve_after=epoch.reserve_before + budget - paid,
        policy=policy.hash,
    )
    following = next_post(
        [sum(case.points for case in valued), *history],
        spendable(budget, epoch.reserve_before + budget - paid, policy),
        epoch.post,
        policy,
    )
    return Statement(epoch=closed, priced=priced, totals=_totals(priced, member_of), next_post=following)


def _locked(case: Valued, posts: Mapping[int, int]) -> int:
    if case.opened_epoch not in posts:
        raise MechanismError(f"case {case.case}: no posted price for epoch {case.opened_epoch}")
    return posts[case.opened_epoch]


def _shares(judged: Judged, amount: int, member_of: Callable[[str], Member], policy: Policy) -> tuple[Share, ...]:
    first, corroborators = counted(judged, member_of)
    parts = split(amount, len(corroborators), policy)
    return tuple(
        Share(case=judged.case, contribution=filed.contribution.id, first=filed is first, amount=part)
        for filed, part in zip((first, *corroborators), parts, strict=True)
    )


def _totals(priced: Iterable[Priced], member_of: Callable[[str], Member]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for case in priced:
        for share in case.shares:
            member = member_of(share.contribution).id
            totals[member] = totals.get(member, 0) + share.amount
    return {member: totals[member] for member in sorted(totals) if totals[member]}
