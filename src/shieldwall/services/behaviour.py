"""What the members did, epoch by epoch: who shared, who was paid, who sees what.

It reads the books of the closes, never the sealed table. Not here: what was predicted (``economics.certify``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor

import msgspec

from shieldwall.domain.behaviour import Behaviour, CaseFigures, EpochFigures, MemberFigures
from shieldwall.domain.epochs import Epoch
from shieldwall.domain.members import Member, Role
from shieldwall.domain.policy import Policy
from shieldwall.errors import StorageError
from shieldwall.mechanism.access import critical
from shieldwall.ports import Store, UnitOfWork
from shieldwall.services.policies import policy_with


def behaviour(store: Store) -> Behaviour:
    """Figures of every closed epoch and every member.

    Raises:
        StorageError: If the policy of an epoch is missing.
    """
    with store.read() as uow:
        closed = [epoch for epoch in uow.epochs.all() if epoch.closed_at is not None]
        members = [member for member in uow.members.all() if member.role is Role.MEMBER]
        points = _points(uow, closed)
        paid = [{payout.member: payout.amount for payout in uow.epochs.payouts(epoch.number)} for epoch in closed]
        return Behaviour(
            epochs=tuple(_epoch(uow, epoch) for epoch in closed),
            members=tuple(
                MemberFigures(
                    name=member.name,
                    tier=member.tier,
                    level=uow.pool.stream_of(member.id).level,
                    points=_course(member, closed, points),
                    paid=_course(member, closed, paid),
                )
                for member in members
            ),
        )


def _course(member: Member, closed: Sequence[Epoch], figures: Sequence[Mapping[str, int]]) -> tuple[int | None, ...]:
    return tuple(
        figure.get(member.id, 0) if epoch.closed_at is not None and member.joined_at <= epoch.closed_at else None
        for epoch, figure in zip(closed, figures, strict=True)
    )


def _points(uow: UnitOfWork, closed: Sequence[Epoch]) -> list[Mapping[str, int]]:
    """Milli-points by member and epoch, out of the contribution indices that the closes wrote down."""
    points: list[Mapping[str, int]] = []
    before: Mapping[str, int] = {}
    for epoch in closed:
        stored = uow.documents.get("indices", str(epoch.number))
        indices: Mapping[str, int] = msgspec.json.decode(stored) if stored else {}
        memory = _policy(uow, epoch).access.memory
        points.append({id_: index - floor(memory * before.get(id_, 0)) for id_, index in indices.items()})
        before = indices
    return points


def _epoch(uow: UnitOfWork, epoch: Epoch) -> EpochFigures:
    policy = _policy(uow, epoch)
    cases = []
    for priced in uow.epochs.priced(epoch.number):
        found = uow.cases.verdict(priced.valued.case)
        if found is not None and found[0].valid:
            verdict, evidence, _ = found
            cases.append(CaseFigures(verdict.severity, critical(verdict, evidence, policy), len(priced.shares)))
    return EpochFigures(
        number=epoch.number,
        length=(epoch.closed_at or epoch.opened_at) - epoch.opened_at,
        money=epoch.money or 0,
        paid=epoch.paid or 0,
        points=epoch.points or 0,
        policy=policy.hash,
        cases=tuple(cases),
    )


def _policy(uow: UnitOfWork, epoch: Epoch) -> Policy:
    policy = policy_with(uow, epoch.policy or "")
    if policy is None:
        raise StorageError(f"the policy of epoch {epoch.number} is missing. Run the audit")
    return policy
