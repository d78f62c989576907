"""The sealed tables: which member made a contribution, which member owns an object lineage.

Every look-up writes a row of the log in the same transaction, so it needs a writing unit of work; in a reading one
it is refused, for an audit too. A unit that is rolled back takes its log rows with it: commit after reading.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.errors import StorageError
from shieldwall.ports import Link, Purpose
from shieldwall.storage import schema
from shieldwall.storage.session import Session, as_list, listed

_LINK = schema.sealed_link
_OWNER = schema.sealed_owner
_READ = schema.sealed_read
_NAMES = listed("names")

_OWN = upsert(_OWNER).on_conflict_do_nothing(index_elements=["lineage"])
_OWNERS = select(_OWNER.c.lineage, _OWNER.c.member).where(_OWNER.c.lineage == _NAMES.c.value)
_CONTRIBUTORS = select(_LINK.c.contribution, _LINK.c.member, _LINK.c.salt).where(_LINK.c.contribution == _NAMES.c.value)


class SealRows:
    """The ``Seal`` port; a lineage keeps its first owner."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def link(self, contribution: str, link: Link) -> None:
        self._session.run(insert(_LINK), {"contribution": contribution, "member": link.member, "salt": link.salt})

    def own(self, lineages: Collection[str], member: str) -> None:
        self._session.run(_OWN, [{"lineage": lineage, "member": member} for lineage in lineages])

    def owners(self, lineages: Collection[str], purpose: Purpose, at: datetime) -> Mapping[str, str]:
        rows = self._logged(_OWNERS, {"names": as_list(lineages)}, purpose, at)
        return {row.lineage: row.member for row in rows}

    def contributors(self, contributions: Collection[str], purpose: Purpose, at: datetime) -> Mapping[str, Link]:
        rows = self._logged(_CONTRIBUTORS, {"names": as_list(contributions)}, purpose, at)
        return {row.contribution: Link(row.member, row.salt) for row in rows}

    def contributions_of(self, member: str, purpose: Purpose, at: datetime) -> Sequence[str]:
        """In the order filed."""
        statement = select(_LINK.c.contribution).where(_LINK.c.member == member).order_by(_LINK.c.seq)
        return [row.contribution for row in self._logged(statement, {}, purpose, at)]

    def reads(self) -> Sequence[tuple[datetime, Purpose, int]]:
        rows = self._session.rows(select(_READ.c.at, _READ.c.purpose, _READ.c.found).order_by(_READ.c.seq))
        return [(row.at, row.purpose, row.found) for row in rows]

    def _logged(
        self, statement: Select[Any], parameters: Mapping[str, str], purpose: Purpose, at: datetime
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        if not self._session.writing:
            raise StorageError("seal: a reading unit of work cannot log the look-up. Use a writing one")
        rows = self._session.rows(statement, parameters)
        self._session.run(insert(_READ), {"at": at, "purpose": purpose, "found": len(rows)})
        return rows
