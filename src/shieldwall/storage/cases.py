"""Cases, seats and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.domain.cases import Ballot, Case, CaseStatus, Evidence, Seat, Verdict
from shieldwall.errors import NotFound
from shieldwall.storage import schema
from shieldwall.storage.session import Session

_CASES = schema.cases
_SEAT = schema.seat
_VERDICT = schema.verdict

_IN_ORDER = select(_CASES).order_by(_CASES.c.opened_at, _CASES.c.id)
_UPDATE = (
    update(_CASES)
    .where(_CASES.c.id == bindparam("case"))
    .values({column.name: bindparam(column.name) for column in _CASES.c if not column.primary_key})
)

_PUT_SEAT = upsert(_SEAT)
_PUT_SEAT = _PUT_SEAT.on_conflict_do_update(
    index_elements=["case_id", "panelist"],
    set_={
        name: _PUT_SEAT.excluded[name]
        for name in _SEAT.c.keys()  # noqa: SIM118 - a column collection iterates columns
        if name not in ("seq", "case_id", "panelist")
    },
)


class CaseRows:
    """The ``Cases`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, case: Case) -> None:
        self._session.run(insert(_CASES), asdict(case))

    def update(self, case: Case) -> None:
        """As the port says.

        Raises:
            NotFound: If there is no such case.
        """
        values = asdict(case)
        values["case"] = values.pop("id")
        if not self._session.run(_UPDATE, values):
            raise NotFound(f"case {case.id!r} does not exist")

    def get(self, case: str) -> Case | None:
        row = self._session.row(select(_CASES).where(_CASES.c.id == case))
        return None if row is None else Case(*row)

    def with_status(self, *statuses: CaseStatus) -> Sequence[Case]:
        return [Case(*row) for row in self._session.rows(_IN_ORDER.where(_CASES.c.status.in_(statuses)))]

    def newest(self, limit: int, before: str | None = None) -> Sequence[Case]:
        statement = select(_CASES).order_by(_CASES.c.opened_at.desc(), _CASES.c.id.desc()).limit(limit)
        if before is not None:
            last = select(_CASES.c.opened_at, _CASES.c.id).where(_CASES.c.id == before)
            statement = statement.where(tuple_(_CASES.c.opened_at, _CASES.c.id) < last.scalar_subquery())
        return [Case(*row) for row in self._session.rows(statement)]

    def count_by_status(self) -> Mapping[CaseStatus, int]:
        """As the port says, zeros included."""
        rows = self._session.rows(select(_CASES.c.status, func.count()).group_by(_CASES.c.status))
        return dict.fromkeys(CaseStatus, 0) | {row[0]: row[1] for row in rows}

    def seats(self, case: str) -> Sequence[Seat]:
        statement = select(_SEAT).where(_SEAT.c.case_id == case).order_by(_SEAT.c.seq)
        return [_seat(row) for row in self._session.rows(statement)]

    def put_seat(self, seat: Seat) -> None:
        ballot = seat.ballot
        self._session.run(
            _PUT_SEAT,
            {
                "case_id": seat.case,
                "panelist": seat.panelist,
                "round": seat.round,
                "drawn_at": seat.drawn_at,
                "commitment": seat.commitment,
                "valid": ballot.valid if ballot else None,
                "severity": ballot.severity if ballot else None,
                "root": ballot.root if ballot else None,
                "nonce": seat.nonce,
                "vacated": seat.vacated,
            },
        )

    def judge(self, case: str, verdict: Verdict, evidence: Evidence, at: datetime) -> None:
        self._session.run(insert(_VERDICT), {"case_id": case, "judged_at": at, **asdict(verdict), **asdict(evidence)})

    def verdict(self, case: str) -> tuple[Verdict, Evidence, datetime] | None:
        row = self._session.row(select(_VERDICT).where(_VERDICT.c.case_id == case))
        if row is None:
            return None
        verdict = Verdict(row.valid, row.severity, row.root, row.method, row.ballots)
        return verdict, Evidence(row.exploited_on, row.epss, row.cvss), row.judged_at


def _seat(row: Row[*tuple[Any, ...]]) -> Seat:
    ballot = None if row.valid is None else Ballot(row.valid, row.severity, row.root)
    return Seat(
        case=row.case_id,
        panelist=row.panelist,
        round=row.round,
        drawn_at=row.drawn_at,
        commitment=row.commitment,
        ballot=ballot,
        nonce=row.nonce,
        vacated=row.vacated,
    )
