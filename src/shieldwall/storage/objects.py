"""Object versions, the members' originals, and pages of both kinds of collection.

A page reads stored bytes in the order of ``seq``: one statement for each stretch of a stream and its ancestors
that the page touches. Not here: what gets into a stream (``pool``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.sqlite import insert

from shieldwall.domain.contributions import MediatedObject
from shieldwall.errors import NotFound
from shieldwall.ports import ObjectKey, Query, Row, Stored, Stream, Submissions, Versions
from shieldwall.stix.timestamp import Timestamp, format_micro
from shieldwall.storage import schema
from shieldwall.storage.columns import from_micro, to_micro
from shieldwall.storage.lineage import MAX_SEQ, in_lineage, lineage
from shieldwall.storage.session import Session, as_list, listed, part

_OBJECT = schema.object_version
_ORIGINAL = schema.original
_KEYS = listed("keys")
_BY_KEY = and_(_OBJECT.c.stix_id == part(_KEYS, 0), _OBJECT.c.version == part(_KEYS, 1))

_STORED = select(_OBJECT.c.stix_id, _OBJECT.c.version, _OBJECT.c.digest, _OBJECT.c.tlp).where(_BY_KEY)

_SERVED = select(_OBJECT.c.served).where(_BY_KEY, _OBJECT.c.served.is_not(None)).order_by(_KEYS.c.key)

# Without the hint SQLite walks all the member's originals; the look-up by object is the narrow one.
_BY_MEMBER = func.likely(_ORIGINAL.c.member == bindparam("member"))

_BODIES = (
    select(_OBJECT.c.key, _OBJECT.c.stix_id, _OBJECT.c.version, _OBJECT.c.digest, _OBJECT.c.served)
    .where(_OBJECT.c.key > bindparam("after"), _OBJECT.c.served.is_not(None))
    .order_by(_OBJECT.c.key)
    .limit(bindparam("most"))
)

_KEPT = select(_OBJECT.c.stix_id, _OBJECT.c.version, _ORIGINAL.c.body).where(
    _BY_KEY,
    _ORIGINAL.c.object == _OBJECT.c.key,
    _BY_MEMBER,
    _ORIGINAL.c.body.is_not(None),
)

_STORE = insert(_OBJECT).on_conflict_do_nothing(index_elements=["stix_id", "version"])

_KEEP = (
    insert(_ORIGINAL)
    .from_select(
        ["member", "object", "date_added", "body"],
        select(
            bindparam("by", type_=Text),
            _OBJECT.c.key,
            bindparam("date", type_=_ORIGINAL.c.date_added.type),
            bindparam("bytes", type_=_ORIGINAL.c.body.type),
        ).where(_OBJECT.c.stix_id == bindparam("of"), _OBJECT.c.version == bindparam("at_version")),
    )
    .on_conflict_do_nothing(index_elements=["object", "member"])
)

_IDS = listed("ids")
# SQLite takes the bare columns from the row that has the maximum (lang_select, "bare columns").
_LATEST = (
    select(_OBJECT.c.stix_id, _OBJECT.c.served, func.max(_OBJECT.c.version))
    .where(
        _OBJECT.c.stix_id == _IDS.c.value,
        _OBJECT.c.served.is_not(None),
        _ORIGINAL.c.object == _OBJECT.c.key,
        _BY_MEMBER,
    )
    .group_by(_OBJECT.c.stix_id)
)

_NEW_INSTANT = insert(schema.instant).values(id=1, last=bindparam("first") + bindparam("count") - 1)
_INSTANTS = _NEW_INSTANT.on_conflict_do_update(
    index_elements=["id"],
    set_={"last": func.max(schema.instant.c.last + 1, bindparam("first")) + bindparam("count") - 1},
).returning(schema.instant.c.last)

_PSEUDONYM = insert(schema.pseudonym).on_conflict_do_nothing()
_IS_PSEUDONYM = select(schema.pseudonym.c.id).where(schema.pseudonym.c.id == bindparam("id"))


class ObjectRows:
    """The ``Objects`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stored(self, keys: Collection[ObjectKey]) -> Mapping[ObjectKey, Stored]:
        rows = self._session.rows(_STORED, {"keys": as_list(keys)})
        return {(row.stix_id, row.version): Stored(row.digest, row.tlp) for row in rows}

    def kept(self, member: str, keys: Collection[ObjectKey]) -> Mapping[ObjectKey, bytes]:
        rows = self._session.rows(_KEPT, {"keys": as_list(keys), "member": member})
        return {(row.stix_id, row.version): row.body for row in rows}

    def keep(self, member: str, objects: Sequence[MediatedObject], dates: Sequence[datetime]) -> None:
        self._session.run(_STORE, [_object_row(item) for item in objects])
        originals = [
            {
                "by": member,
                "date": date,
                "bytes": item.original.body,
                "of": item.original.id,
                "at_version": item.original.version,
            }
            for item, date in zip(objects, dates, strict=True)
        ]
        self._session.run(_KEEP, originals)

    def latest(self, member: str, ids: Collection[str]) -> Mapping[str, bytes]:
        rows = self._session.rows(_LATEST, {"ids": as_list(ids), "member": member})
        return {row.stix_id: row.served for row in rows}

    def served(self, keys: Sequence[ObjectKey]) -> Sequence[bytes]:
        """As the port says.

        Raises:
            NotFound: If one of them is not stored or never served.
        """
        rows = self._session.rows(_SERVED, {"keys": as_list(keys)})
        if len(rows) != len(keys):
            raise NotFound(f"objects: {len(keys) - len(rows)} of {len(keys)} versions are not served here")
        return [row.served for row in rows]

    def bodies(self, after: int, limit: int) -> Sequence[tuple[int, ObjectKey, bytes, bytes]]:
        rows = self._session.rows(_BODIES, {"after": after, "most": limit})
        return [(row.key, (row.stix_id, row.version), row.digest, row.served) for row in rows]

    def pseudonyms(self, ids: Collection[str]) -> None:
        self._session.run(_PSEUDONYM, [{"id": id_} for id_ in ids])

    def is_pseudonym(self, identity: str) -> bool:
        return self._session.row(_IS_PSEUDONYM, {"id": identity}) is not None

    def page(self, source: Submissions | Stream, query: Query, after: int, limit: int) -> Sequence[Row]:
        filters = _filter_parameters(query)
        found: list[Any] = []
        if isinstance(source, Submissions):
            stretches = [{"member": source.member, "upper": MAX_SEQ}]
            statement = _page(_SUBMISSIONS, query)
        else:
            line = lineage(self._session, source.id)
            shared = {"line": as_list(line)}
            stretches = [{"stream": stream, "upper": upper, **shared} for stream, upper in line if upper > after]
            statement = _page(_STREAM, query)
        for stretch in stretches:
            left = limit - len(found)
            if left <= 0:
                break
            found += self._session.rows(statement, {**filters, **stretch, "after": after, "left": left})
        return [
            Row(seq, date, id_, version or format_micro(date), spec, body)
            for seq, date, id_, version, spec, body in found
        ]

    def instants(self, now: datetime, count: int) -> Sequence[datetime]:
        if count == 0:
            return ()
        last = self._session.scalar(_INSTANTS, {"first": to_micro(now), "count": count})
        return [from_micro(micro) for micro in range(last - count + 1, last + 1)]


def _object_row(item: MediatedObject) -> dict[str, object]:
    original = item.original
    seen = original.body if item.served is None else item.served
    return {
        "stix_id": original.id,
        "version": original.version,
        "version_text": original.version_text,
        "type": original.type,
        "spec_version": original.spec_version,
        "tlp": original.tlp,
        "digest": hashlib.sha256(seen).digest(),
        "served": item.served,
    }


@dataclass(frozen=True, slots=True)
class _Listing:
    """What differs between the two kinds of collection."""

    table: Table
    body: ColumnElement[Any]

    def here(self, rows: FromClause) -> ColumnElement[bool]:
        """Rows of the stretch that a statement reads."""
        if self.table is _ORIGINAL:
            return and_(rows.c.member == bindparam("member"), rows.c.body.is_not(None))
        return rows.c.stream == bindparam("stream")

    def visible(self, rows: FromClause) -> ColumnElement[bool]:
        """Rows of the whole collection."""
        return self.here(rows) if self.table is _ORIGINAL else in_lineage(rows)


_SUBMISSIONS = _Listing(_ORIGINAL, _ORIGINAL.c.body)
_STREAM = _Listing(schema.delivery, _OBJECT.c.served)


def _page(listing: _Listing, query: Query) -> Select[Any]:
    rows = listing.table
    statement = (
        select(
            rows.c.seq,
            rows.c.date_added,
            _OBJECT.c.stix_id,
            _OBJECT.c.version_text,
            _OBJECT.c.spec_version,
            listing.body,
        )
        .where(
            _OBJECT.c.key == rows.c.object,
            rows.c.seq > bindparam("after"),
            rows.c.seq <= bindparam("upper"),
            listing.here(rows),
        )
        .order_by(rows.c.seq)
        .limit(bindparam("left"))
    )
    if query.added_after is not None:
        statement = statement.where(rows.c.date_added > bindparam("added_after"))
    if query.ids:
        # Through the few ids instead of along the collection.
        named = _OBJECT.alias("named")
        row_of = rows.alias("row_of")
        statement = statement.where(
            rows.c.seq.in_(
                select(row_of.c.seq).where(
                    named.c.stix_id.in_(select(listed("ids").c.value)), row_of.c.object == named.c.key
                )
            )
        )
    if query.types:
        statement = statement.where(_OBJECT.c.type.in_(select(listed("types").c.value)))
    if query.spec_versions:
        statement = statement.where(_OBJECT.c.spec_version.in_(select(listed("spec_versions").c.value)))
    if query.versions and Versions.ALL not in query.versions:
        statement = statement.where(_version_condition(listing, query.versions))
    return statement


def _version_condition(listing: _Listing, versions: Collection[str]) -> ColumnElement[bool]:
    choices = []
    if Versions.FIRST in versions:
        choices.append(~_has_other(listing, earlier=True))
    if Versions.LAST in versions:
        choices.append(~_has_other(listing, earlier=False))
    if _exact(versions):
        choices.append(_OBJECT.c.version.in_(select(listed("versions").c.value)))
        # What has no version of its own is listed under its date_added (TAXII 2.1, section 3.4).
        dates = select(cast(listed("dates").c.value, Integer))
        choices.append(and_(_OBJECT.c.version == "", type_coerce(listing.table.c.date_added, Integer).in_(dates)))
    return or_(*choices)


def _has_other(listing: _Listing, *, earlier: bool) -> ColumnElement[bool]:
    """Whether the collection shows an earlier (later) version of the same object."""
    twin = _OBJECT.alias("earlier" if earlier else "later")
    rows = listing.table.alias("earlier_row" if earlier else "later_row")
    order = twin.c.version < _OBJECT.c.version if earlier else twin.c.version > _OBJECT.c.version
    return (
        exists()
        .where(twin.c.stix_id == _OBJECT.c.stix_id, order, rows.c.object == twin.c.key, listing.visible(rows))
        .correlate(_OBJECT)
    )


def _exact(versions: Collection[str]) -> list[str]:
    return sorted(set(versions) - set(Versions))


def _filter_parameters(query: Query) -> dict[str, object]:
    parameters: dict[str, object] = {}
    if query.added_after is not None:
        parameters["added_after"] = query.added_after
    for name in ("ids", "types", "spec_versions"):
        if values := getattr(query, name):
            parameters[name] = as_list(values)
    if exact := _exact(query.versions):
        parameters["versions"] = as_list(exact)
        parameters["dates"] = as_list(to_micro(Timestamp(key, key).instant) for key in exact)
    return parameters
