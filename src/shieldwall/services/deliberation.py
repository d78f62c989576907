"""Brings cases forward within one unit of work: considers, draws, takes ballots, lets deadlines pass, judges.

Who may call and when is ``review``'s business; what the votes add up to is ``panel``'s.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shieldwall.domain.cases import Ballot, Case, CaseStatus, Evidence, Seat, Verdict
from shieldwall.domain.contributions import Filed
from shieldwall.domain.members import Member, Role
from shieldwall.domain.policy import Policy
from shieldwall.errors import InvalidBallot, NotPermitted
from shieldwall.mechanism.access import critical
from shieldwall.mechanism.split import independent
from shieldwall.panel.ballot import check_reveal
from shieldwall.panel.draw import draw, eligible, seats, seed
from shieldwall.panel.verdict import automatic, by_ballots
from shieldwall.ports import Purpose, UnitOfWork
from shieldwall.services.record import Recorder, commit_entry, draw_entry, reveal_entry, verdict_entry
from shieldwall.stix.canonical import canonical_json


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed ballot as it comes in."""

    panelist: Member
    case: str
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A ballot that opens a sealed one."""

    panelist: Member
    case: str
    ballot: Ballot
    nonce: bytes


def _check_seat(case: Case | None, seat: Seat | None, ballot: Sealed | Opened) -> tuple[Case, Seat]:
    if case is None or seat is None:
        raise NotPermitted(
            f"{ballot.panelist.name} has no seat in {ballot.case}: it was not drawn, or its organisation contributed "
            "to the case"
        )
    if seat.vacated:
        raise InvalidBallot("case", case.id, "a ballot before the deadline", "the seat was vacated")
    if case.status is not CaseStatus.REVIEW:
        raise InvalidBallot("case", case.id, "a case under review", f"it is {case.status}")
    return case, seat


def is_due(case: Case, now: datetime) -> bool:
    return case.status is CaseStatus.REVIEW and case.due_at is not None and now >= case.due_at


class Deliberation:
    """Cases brought forward within one unit of work; ledger entries are collected and recorded together."""

    def __init__(self, uow: UnitOfWork, recorder: Recorder, policy: Policy, now: datetime) -> None:
        self._uow = uow
        self._recorder = recorder
        self._policy = policy
        self._now = now
        self._members = {member.id: member for member in uow.members.all()}
        self._panelists = [member for member in self._members.values() if member.role is Role.PANELIST]
        self._head = recorder.head(uow)
        self.entries: list[bytes] = []

    def record(self) -> None:
        """Append the collected entries to the ledger."""
        if self.entries:
            self._recorder.append(self._uow, self.entries)

    def commit(self, case_id: str, ballots: Sequence[Sealed]) -> None:
        """Enter sealed ballots of one case."""
        found, seats = self._seated(case_id)
        for sealed in ballots:
            case, seat = _check_seat(found, seats.get(sealed.panelist.id), sealed)
            if seat.commitment is not None:
                raise InvalidBallot("commitment", case_id, "one ballot per seat", "yours is in and cannot be changed")
            if case.reveal_from is not None:
                raise InvalidBallot("commitment", case_id, "a ballot before the commit deadline", "reveals have begun")
            seats[seat.panelist] = replace(seat, commitment=sealed.commitment)
            self._uow.cases.put_seat(seats[seat.panelist])
            self.entries.append(commit_entry(self._now, case_id, seat.round, sealed.commitment))
        if found is not None:
            self.settle_deadline(found)

    def reveal(self, case_id: str, ballots: Sequence[Opened]) -> None:
        """Enter opened ballots of one case."""
        found, seats = self._seated(case_id)
        for opened in ballots:
            case, seat = _check_seat(found, seats.get(opened.panelist.id), opened)
            if seat.ballot is not None:
                raise InvalidBallot("ballot", case_id, "one reveal per seat", "yours is in")
            if case.reveal_from is None:
                raise InvalidBallot("ballot", case_id, "a reveal after all ballots are committed", "wait and try again")
            check_reveal(seat, opened.ballot, opened.nonce)
            seats[seat.panelist] = replace(seat, ballot=opened.ballot, nonce=opened.nonce)
            self._uow.cases.put_seat(seats[seat.panelist])
        if found is not None:
            self.settle_deadline(found)

    def _seated(self, case: str) -> tuple[Case | None, dict[str, Seat]]:
        return self._uow.cases.get(case), {seat.panelist: seat for seat in self._uow.cases.seats(case)}

    def consider(self, case: Case) -> None:
        """Judge a case by an automatic criterion, or see that its seats are filled."""
        filed = self._uow.contributions.of_case(case.id)
        links = self._uow.seal.contributors([f.contribution.id for f in filed], Purpose.EXCLUSION, self._now)
        _, corroborators = independent(filed, lambda id_: self._members[links[id_].member])
        evidence = self._evidence(filed)
        found = automatic([f.contribution.features for f in filed], len(corroborators), evidence, self._policy)
        if found is not None:
            self._judge(case, found, evidence, len(filed))
            return
        organisations = {self._members[link.member].organisation for link in links.values()}
        self._fill_seats(case, organisations)

    def settle_deadline(self, case: Case) -> None:
        """Move a case under review to its next phase when everybody is in or the time is up."""
        due = is_due(case, self._now)
        standing = self._standing(case.id)
        committed = [seat for seat in standing if seat.commitment is not None]
        revealed = [seat for seat in standing if seat.ballot is not None]
        if case.reveal_from is None:
            if len(committed) == len(standing):
                self._begin_reveals(case)
            elif due and not self._replace(case, [seat for seat in standing if seat.commitment is None]):
                if len(committed) >= self._policy.panel.quorum:
                    self._begin_reveals(case)
                else:
                    self._wait(case, standing, "no quorum: too few ballots were committed")
        elif len(revealed) == len(committed) or due:
            if len(revealed) >= self._policy.panel.quorum:
                self._count(case, revealed)
            elif not self._replace(case, [seat for seat in standing if seat.ballot is None]):
                self._wait(case, standing, "no quorum: too few ballots were revealed")

    def _evidence(self, filed: Sequence[Filed]) -> Evidence:
        cves = [f.contribution.features.cve for f in filed if f.contribution.features.cve is not None]
        found = self._uow.evidence.of(cves[0] if cves else None)
        listed = found.exploited_on is not None and found.exploited_on <= self._now.date()
        return found if listed else replace(found, exploited_on=None)

    def _standing(self, case: str) -> list[Seat]:
        return [seat for seat in self._uow.cases.seats(case) if not seat.vacated]

    def _fill_seats(self, case: Case, organisations: Collection[str]) -> None:
        for seat in self._standing(case.id):
            if self._members[seat.panelist].organisation in organisations:
                self._uow.cases.put_seat(replace(seat, vacated=True))
        standing = self._standing(case.id)
        pool = eligible(self._panelists, organisations, ())
        wanted = seats(len(pool), self._policy)
        if wanted is None:
            reason = f"{len(pool)} eligible panelists; at least {max(3, self._policy.panel.quorum)} are needed"
            self._uow.cases.update(replace(case, status=CaseStatus.WAITING, reason=reason, due_at=None))
        elif len(standing) >= wanted:
            self._uow.cases.update(replace(case, status=CaseStatus.REVIEW, reason=""))
        else:
            free = eligible(pool, (), [seat.panelist for seat in self._uow.cases.seats(case.id)])
            # Everybody who is free may have been seated before; a panel that is short then takes them again.
            if len(free) < wanted - len(standing):
                free = eligible(pool, (), [seat.panelist for seat in standing])
            self._seat(case, free, wanted - len(standing))

    def _replace(self, case: Case, absent: Sequence[Seat]) -> bool:
        """Draw replacements for absentees, once; False if that has been done or nobody is left."""
        if len({seat.round for seat in self._standing(case.id)}) != 1:
            return False
        filed = [f.contribution.id for f in self._uow.contributions.of_case(case.id)]
        links = self._uow.seal.contributors(filed, Purpose.EXCLUSION, self._now)
        organisations = {self._members[link.member].organisation for link in links.values()}
        seated = [seat.panelist for seat in self._uow.cases.seats(case.id)]
        free = eligible(self._panelists, organisations, seated)
        if not free:
            return False
        for seat in absent:
            self._uow.cases.put_seat(replace(seat, vacated=True))
        self._seat(case, free, min(len(absent), len(free)))
        return True

    def _seat(self, case: Case, free: Sequence[Member], count: int) -> None:
        drawn_by = seed(self._head.root, self._head.size, case.id, case.round)
        drawn = draw(drawn_by, free, count)
        for member in drawn:
            self._uow.cases.put_seat(Seat(case.id, member.id, case.round, self._now))
        ids = sorted(member.id for member in free)
        chosen = [member.id for member in drawn]
        self._uow.documents.put(
            "draw",
            f"{case.id}/{case.round}",
            canonical_json({"size": self._head.size, "root": self._head.root.hex(), "eligible": ids, "seats": chosen}),
        )
        self.entries.append(draw_entry(self._now, case.id, case.round, self._head.size, drawn_by, ids, chosen))
        due = self._now + timedelta(hours=self._policy.panel.commit_hours)
        self._uow.cases.update(
            replace(case, status=CaseStatus.REVIEW, round=case.round + 1, due_at=due, reveal_from=None, reason="")
        )

    def _begin_reveals(self, case: Case) -> None:
        due = self._now + timedelta(hours=self._policy.panel.reveal_hours)
        self._uow.cases.update(replace(case, reveal_from=self._now, due_at=due))

    def _wait(self, case: Case, standing: Sequence[Seat], reason: str) -> None:
        for seat in standing:
            self._uow.cases.put_seat(replace(seat, vacated=True))
        self._uow.cases.update(replace(case, status=CaseStatus.WAITING, due_at=None, reveal_from=None, reason=reason))

    def _count(self, case: Case, revealed: Sequence[Seat]) -> None:
        for seat in revealed:
            if seat.ballot is not None and seat.commitment is not None:
                self.entries.append(reveal_entry(self._now, case.id, seat.round, seat.commitment, seat.ballot))
        verdict = by_ballots([seat.ballot for seat in revealed if seat.ballot is not None])
        filed = self._uow.contributions.of_case(case.id)
        self._judge(case, verdict, self._evidence(filed), len(filed))

    def _judge(self, case: Case, verdict: Verdict, evidence: Evidence, contributions: int) -> None:
        """Freeze the case and release it: a verdict releases, the epoch close only pays."""
        self._uow.cases.judge(case.id, verdict, evidence, self._now)
        self._uow.cases.update(replace(case, status=CaseStatus.JUDGED, due_at=None, reason=""))
        self.entries.append(verdict_entry(self._now, case.id, verdict, evidence, contributions))
        if verdict.valid:
            keys = self._uow.contributions.objects(case.id)
            self._uow.pool.release(keys, self._now, critical(verdict, evidence, self._policy))
