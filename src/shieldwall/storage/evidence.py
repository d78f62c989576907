"""Public facts about CVEs, as loaded from KEV, EPSS and CVSS files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.domain.cases import Evidence
from shieldwall.storage import schema
from shieldwall.storage.session import Session

_EVIDENCE = schema.evidence
_OF = select(_EVIDENCE.c.exploited_on, _EVIDENCE.c.epss, _EVIDENCE.c.cvss).where(_EVIDENCE.c.cve == bindparam("cve"))


class EvidenceTable:
    """The ``EvidenceRows`` port; a later load replaces what it names and keeps the rest."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def load_exploited(self, rows: Mapping[str, date], digest: bytes, at: datetime) -> None:
        self._load("exploited_on", rows, digest, at)

    def load_epss(self, rows: Mapping[str, Fraction], digest: bytes, at: datetime) -> None:
        self._load("epss", rows, digest, at)

    def load_cvss(self, rows: Mapping[str, int], digest: bytes, at: datetime) -> None:
        self._load("cvss", rows, digest, at)

    def of(self, cve: str | None) -> Evidence:
        row = None if cve is None else self._session.row(_OF, {"cve": cve})
        return Evidence() if row is None else Evidence(*row)

    def _load(self, kind: str, rows: Mapping[str, object], digest: bytes, at: datetime) -> None:
        put = upsert(_EVIDENCE)
        put = put.on_conflict_do_update(index_elements=["cve"], set_={kind: put.excluded[kind]})
        self._session.run(put, [{"cve": cve, kind: value} for cve, value in rows.items()])
        self._session.run(insert(schema.evidence_load), {"kind": kind, "at": at, "count": len(rows), "digest": digest})
