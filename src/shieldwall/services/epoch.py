"""Closing an epoch: value, price, split, pay, then move each member to the access level it has earned.

One transaction writes the statement, the payouts, the ledger entry and the outbox row; the chain follows later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from math import floor

import msgspec

from shieldwall.domain.access import Level
from shieldwall.domain.cases import CaseStatus, Judged
from shieldwall.domain.epochs import Epoch, Payout, Priced
from shieldwall.domain.members import Member, Role, Tier
from shieldwall.domain.policy import Policy
from shieldwall.errors import NotFound
from shieldwall.mechanism.access import index, level, targets
from shieldwall.mechanism.epoch import Statement
from shieldwall.mechanism.epoch import close as state_epoch
from shieldwall.ports import Clock, Draw, Purpose, Store, Stream, UnitOfWork
from shieldwall.services.policies import current_policy
from shieldwall.services.reading import deliver
from shieldwall.services.reconsider import reconsider
from shieldwall.services.record import Recorder, epoch_entry
from shieldwall.stix.canonical import canonical_json


class EpochClose:
    """Closes epochs and shows them."""

    def __init__(self, store: Store, clock: Clock, draw: Draw, recorder: Recorder) -> None:
        self._store = store
        self._clock = clock
        self._draw = draw
        self._recorder = recorder

    def close(self) -> Epoch:
        """Close the current epoch now and open the next; judged cases are settled, others wait."""
        with self._store.write() as uow:
            now = self._clock.now()
            policy = current_policy(uow)
            epoch = uow.epochs.current()
            cases = [judged_case(uow, case.id) for case in uow.cases.with_status(CaseStatus.JUDGED)]
            member_of = members_behind(uow, cases, Purpose.EPOCH, now)
            statement = state(uow, epoch, now, policy, cases, member_of)
            payouts = [
                Payout(epoch.number, member, amount, self._draw.take(32)) for member, amount in statement.totals.items()
            ]
            uow.epochs.put(statement.epoch)
            uow.epochs.state(epoch.number, statement.priced, payouts)
            uow.epochs.put(Epoch(epoch.number + 1, now, statement.next_post, statement.epoch.reserve_after or 0))
            for case in uow.cases.with_status(CaseStatus.JUDGED):
                uow.cases.update(replace(case, status=CaseStatus.SETTLED))
            self._recorder.append(uow, [epoch_entry(statement.epoch, statement.priced, payouts)])
            uow.outbox.add("credit", epoch.number)
            _regrade(uow, policy, statement, member_of, now)
            reconsider(uow, CaseStatus.WAITING)
            uow.commit()
        return statement.epoch

    def current(self) -> Epoch:
        """The epoch that is running."""
        with self._store.read() as uow:
            return uow.epochs.current()

    def all(self) -> tuple[Epoch, ...]:
        """Every epoch, the running one last."""
        with self._store.read() as uow:
            return tuple(uow.epochs.all())

    def priced(self, number: int) -> tuple[Priced, ...]:
        """The cases a closed epoch settled.

        Raises:
            NotFound: If there is no such epoch.
        """
        with self._store.read() as uow:
            if number not in {epoch.number for epoch in uow.epochs.all()}:
                raise NotFound(f"epoch {number} does not exist")
            return tuple(uow.epochs.priced(number))


def judged_case(uow: UnitOfWork, case_id: str) -> Judged:
    """A judged case as the mechanism takes it.

    Raises:
        NotFound: If the case has no verdict.
    """
    case, found = uow.cases.get(case_id), uow.cases.verdict(case_id)
    if case is None or found is None:
        raise NotFound(f"case {case_id!r} has no verdict")
    verdict, evidence, judged_at = found
    return Judged(case.id, case.opened_epoch, judged_at, verdict, evidence, uow.contributions.of_case(case.id))


def members_behind(uow: UnitOfWork, cases: Sequence[Judged], purpose: Purpose, now: datetime) -> Mapping[str, Member]:
    """The member behind each contribution of the cases."""
    ids = [filed.contribution.id for judged in cases for filed in judged.filed]
    links = uow.seal.contributors(ids, purpose, now) if ids else {}
    accounts = {member.id: member for member in uow.members.all()}
    return {contribution: accounts[link.member] for contribution, link in links.items()}


def state(
    uow: UnitOfWork,
    epoch: Epoch,
    closed_at: datetime,
    policy: Policy,
    cases: Sequence[Judged],
    member_of: Mapping[str, Member],
) -> Statement:
    """State an epoch from what is stored: the close writes it down, the audit compares with it."""
    earlier = [past for past in uow.epochs.all() if past.number < epoch.number]
    participants = [m for m in uow.members.all() if m.role is Role.MEMBER and m.joined_at <= closed_at]
    return state_epoch(
        epoch,
        closed_at,
        [(judged, _affected(uow, judged, closed_at, participants, member_of)) for judged in cases],
        posts={past.number: past.post for past in (*earlier, epoch)},
        member_of=member_of.__getitem__,
        members=len({member.organisation for member in participants}),
        history=[past.points or 0 for past in reversed(earlier)],
        policy=policy,
    )


def _affected(
    uow: UnitOfWork,
    judged: Judged,
    until: datetime,
    participants: Sequence[Member],
    member_of: Mapping[str, Member],
) -> list[Tier]:
    """Highest tier of each organisation that sighted the case; contributors' own sightings do not count."""
    seen = uow.contributions.sighted_by(judged.case, until)
    reporters = {member_of[filed.contribution.id].organisation for filed in judged.filed}
    order = [Tier.SMALL, Tier.CORE, Tier.CRITICAL]
    tiers: dict[str, Tier] = {}
    for member in participants:
        if member.id in seen and member.organisation not in reporters:
            known = tiers.get(member.organisation, Tier.SMALL)
            tiers[member.organisation] = max(known, member.tier, key=order.index)
    return [tiers[organisation] for organisation in sorted(tiers)]


def _regrade(
    uow: UnitOfWork,
    policy: Policy,
    statement: Statement,
    member_of: Mapping[str, Member],
    now: datetime,
) -> None:
    """Recompute contribution indices and levels; members that change level together share a new stream."""
    members = [member for member in uow.members.all() if member.role is Role.MEMBER]
    indices = _indices(uow, policy, statement, member_of, members)
    goal = targets({tier: [indices[m.id] for m in members if m.tier is tier] for tier in Tier}, policy)
    closed = [past.closed_at for past in uow.epochs.all() if past.closed_at is not None]
    forks: dict[tuple[int, Level], int] = {}
    for member in members:
        lived = sum(at > member.joined_at for at in closed)
        earned = level(indices[member.id], goal[member.tier], lived, policy)
        stream = uow.pool.stream_of(member.id)
        if earned is stream.level:
            continue
        if (stream.id, earned) not in forks:
            forks[stream.id, earned] = _fork(uow, policy, deliver(uow, stream, now), earned).id
        uow.pool.assign(member.id, forks[stream.id, earned])


def _fork(uow: UnitOfWork, policy: Policy, stream: Stream, level: Level) -> Stream:
    """Continue a stream at another level; only a level that receives stricter markings looks back."""
    levels = policy.access.levels
    looks_back = levels[level].tlp > levels[stream.level].tlp
    return uow.pool.fork(stream, level, 0 if looks_back else stream.settled)


def _indices(
    uow: UnitOfWork,
    policy: Policy,
    statement: Statement,
    member_of: Mapping[str, Member],
    members: Sequence[Member],
) -> dict[str, Fraction]:
    """C_i of mechanism.md 2.7 in milli-points, carried from epoch to epoch as a floor."""
    number = statement.epoch.number
    stored = uow.documents.get("indices", str(number - 1))
    before: dict[str, int] = msgspec.json.decode(stored) if stored else {}
    earned = points_by_member(statement.priced, member_of)
    indices = {
        member.id: floor(index([earned.get(member.id, 0), before.get(member.id, 0)], policy.access.memory))
        for member in members
    }
    uow.documents.put("indices", str(number), canonical_json(indices))
    return {member: Fraction(value) for member, value in indices.items()}


def points_by_member(priced: Sequence[Priced], member_of: Mapping[str, Member]) -> dict[str, int]:
    """Milli-points of each member: a case's points in proportion to its shares."""
    points: dict[str, int] = {}
    for case in priced:
        total = sum(share.amount for share in case.shares)
        for share in case.shares:
            if total:
                member = member_of[share.contribution].id
                points[member] = points.get(member, 0) + case.valued.points * share.amount // total
    return points
