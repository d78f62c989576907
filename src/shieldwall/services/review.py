"""A case from its filing to its verdict: automatic criteria, the draw, sealed ballots, deadlines, release.

``advance`` brings every case as far as time and ballots allow and is safe to call at any moment; every write
calls it. Ballots are entered in the ledger as commitments when they come in and opened there with the verdict,
so that a replacement for an absentee cannot read how others voted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from shieldwall.domain.cases import Ballot, Case, CaseStatus, Seat
from shieldwall.domain.members import Member, Role
from shieldwall.errors import InvalidBallot, NotFound, NotPermitted
from shieldwall.ports import Clock, Store, UnitOfWork
from shieldwall.services.deliberation import Deliberation, Opened, Sealed, is_due
from shieldwall.services.policies import current_policy
from shieldwall.services.record import (
    Recorder,
)

_COMMITMENT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Assignment:
    """A case that a panelist has a seat in."""

    case: Case
    seat: Seat


_Cast = TypeVar("_Cast", Sealed, Opened)


class Review:
    """Runs the panel."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store = store
        self._clock = clock
        self._recorder = recorder

    def advance(self) -> None:
        """Judge, draw and replace absentees wherever it is time to."""
        with self._store.read() as uow:
            now = self._clock.now()
            if not uow.cases.with_status(CaseStatus.FILED) and not any(
                is_due(case, now) for case in uow.cases.with_status(CaseStatus.REVIEW)
            ):
                return
        with self._store.write() as uow:
            session = self._session(uow)
            for case in uow.cases.with_status(CaseStatus.FILED):
                session.consider(case)
            for case in uow.cases.with_status(CaseStatus.REVIEW):
                session.settle_deadline(case)
            session.record()
            uow.commit()

    def commit(self, panelist: Member, case: str, commitment: bytes) -> None:
        """Take a sealed ballot.

        Raises:
            NotPermitted: If the panelist has no seat in the case.
            InvalidBallot: If it is late, repeated or not 32 bytes long.
        """
        self.commit_many([Sealed(panelist, case, commitment)])

    def commit_many(self, ballots: Sequence[Sealed]) -> None:
        """Take sealed ballots in one unit of work: all of them or, if one is refused, none.

        Raises:
            NotPermitted: See `commit`.
            InvalidBallot: See `commit`.
        """
        for sealed in ballots:
            if len(sealed.commitment) != _COMMITMENT_BYTES:
                raise InvalidBallot("commitment", f"{len(sealed.commitment)} bytes", f"{_COMMITMENT_BYTES} bytes")
        self._settle(ballots)
        with self._store.write() as uow:
            session = self._session(uow)
            for case, of_case in _by_case(ballots).items():
                session.commit(case, of_case)
            session.record()
            uow.commit()

    def reveal(self, panelist: Member, case: str, ballot: Ballot, nonce: bytes) -> None:
        """Open a sealed ballot; the last one due brings the verdict.

        Raises:
            NotPermitted: If the panelist has no seat in the case.
            InvalidBallot: If it is early, late, repeated or does not open the commitment.
        """
        self.reveal_many([Opened(panelist, case, ballot, nonce)])

    def reveal_many(self, ballots: Sequence[Opened]) -> None:
        """Open sealed ballots in one unit of work: all of them or, if one is refused, none.

        Raises:
            NotPermitted: See `reveal`.
            InvalidBallot: See `reveal`.
        """
        self._settle(ballots)
        with self._store.write() as uow:
            session = self._session(uow)
            for case, of_case in _by_case(ballots).items():
                session.reveal(case, of_case)
            session.record()
            uow.commit()

    def assignments(self, panelist: Member) -> tuple[Assignment, ...]:
        """The open cases in which the panelist has a seat."""
        with self._store.read() as uow:
            return tuple(
                Assignment(case, seat)
                for case in uow.cases.with_status(CaseStatus.REVIEW)
                for seat in uow.cases.seats(case.id)
                if seat.panelist == panelist.id and not seat.vacated
            )

    def dossier(self, reader: Member, case: str) -> list[bytes]:
        """The mediated objects of a case, for a mediator or a panelist seated in it.

        Raises:
            NotFound: If there is no such case.
            NotPermitted: For anybody else.
        """
        with self._store.read() as uow:
            if uow.cases.get(case) is None:
                raise NotFound(f"case {case!r} does not exist")
            seated = any(seat.panelist == reader.id and not seat.vacated for seat in uow.cases.seats(case))
            if reader.role is not Role.MEDIATOR and not seated:
                raise NotPermitted(f"{reader.name} has no seat in {case}")
            return list(uow.objects.served(uow.contributions.objects(case)))

    def _settle(self, ballots: Sequence[Sealed | Opened]) -> None:
        """Let a deadline that has passed take effect before anything else is judged."""
        for ballot in ballots:
            if ballot.panelist.role is not Role.PANELIST:
                raise NotPermitted(f"a {ballot.panelist.role} does not vote; only a panelist does")
        now = self._clock.now()
        unsettled = False
        with self._store.read() as uow:
            for case in dict.fromkeys(ballot.case for ballot in ballots):
                found = uow.cases.get(case)
                if found is None:
                    raise NotFound(f"case {case!r} does not exist")
                unsettled |= found.status is CaseStatus.FILED or is_due(found, now)
        if unsettled:
            self.advance()

    def _session(self, uow: UnitOfWork) -> Deliberation:
        return Deliberation(uow, self._recorder, current_policy(uow), self._clock.now())


def _by_case(ballots: Sequence[_Cast]) -> dict[str, list[_Cast]]:
    grouped: dict[str, list[_Cast]] = {}
    for ballot in ballots:
        grouped.setdefault(ballot.case, []).append(ballot)
    return grouped
