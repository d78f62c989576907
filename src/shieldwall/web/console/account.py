"""What the account page shows: one's own money, contributions or seats; to an auditor, everybody's money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shieldwall.domain.access import Level
from shieldwall.domain.epochs import Payout
from shieldwall.domain.members import Member, Role
from shieldwall.services.alliance import Alliance
from shieldwall.services.receipts import ContributionSummary
from shieldwall.services.review import Assignment

_RECENT = 4


@dataclass(frozen=True, slots=True)
class MemberMoney:
    """A member's money in micro-credits; ``by_epoch`` holds the recent epochs of the page."""

    member: Member
    balance: int
    earned: int
    by_epoch: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What one account may see of itself; what does not concern its role is empty or None.

    Attributes:
        money: Of a member.
        recent: Numbers of the latest closed epochs, newest first.
        everyone: For an auditor.
    """

    member: Member
    money: MemberMoney | None
    level: Level | None
    earnings: tuple[Payout, ...]
    contributions: tuple[ContributionSummary, ...]
    assignments: tuple[Assignment, ...]
    recent: tuple[int, ...]
    everyone: tuple[MemberMoney, ...]


def account_page(alliance: Alliance, member: Member) -> AccountPage:
    """Gather what this account may see of itself."""
    paid = member.role is Role.MEMBER
    earnings = alliance.settlement.earnings(member) if paid else ()
    by_epoch = {payout.epoch: payout.amount for payout in earnings}
    recent: tuple[int, ...] = ()
    everyone: tuple[MemberMoney, ...] = ()
    if member.role is Role.AUDITOR:
        closed = [epoch.number for epoch in alliance.epochs.all() if epoch.closed_at is not None]
        recent = tuple(closed[: -_RECENT - 1 : -1])
        everyone = _everyone(alliance)
    return AccountPage(
        member=member,
        money=_money(member, alliance.settlement.balance(member), by_epoch) if paid else None,
        level=alliance.overview.level(member) if paid else None,
        earnings=earnings[::-1],
        contributions=alliance.receipts.of(member) if paid else (),
        assignments=alliance.review.assignments(member) if member.role is Role.PANELIST else (),
        recent=recent,
        everyone=everyone,
    )


def _everyone(alliance: Alliance) -> tuple[MemberMoney, ...]:
    balances = alliance.settlement.balances()
    earned: dict[str, dict[int, int]] = {}
    with alliance.store.read() as uow:
        for epoch in uow.epochs.all():
            for payout in uow.epochs.payouts(epoch.number):
                earned.setdefault(payout.member, {})[payout.epoch] = payout.amount
    return tuple(
        _money(member, balances.get(member.account, 0), earned.get(member.id, {}))
        for member in alliance.accounts.all()
        if member.account is not None
    )


def _money(member: Member, balance: int, by_epoch: Mapping[int, int]) -> MemberMoney:
    return MemberMoney(member, balance, sum(by_epoch.values()), by_epoch)
