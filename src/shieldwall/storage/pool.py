"""Releases, streams and what each stream delivered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Row, and_, bindparam, exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.domain.access import Level
from shieldwall.errors import NotFound, StorageError
from shieldwall.ports import ObjectKey, Stream
from shieldwall.stix.markings import Tlp
from shieldwall.storage import schema
from shieldwall.storage.lineage import in_lineage, lineage
from shieldwall.storage.session import Session, as_list, listed, part

_OBJECT = schema.object_version
_RELEASED = schema.released
_DELIVERY = schema.delivery
_STREAM = schema.stream
_KEYS = listed("keys")
_BY_KEY = and_(_OBJECT.c.stix_id == part(_KEYS, 0), _OBJECT.c.version == part(_KEYS, 1))

_RELEASE = (
    upsert(_RELEASED)
    .from_select(
        ["object", "at", "critical"],
        select(
            _OBJECT.c.key,
            bindparam("now", type_=_RELEASED.c.at.type),
            bindparam("urgent", type_=Boolean),
        )
        .where(_BY_KEY, _OBJECT.c.served.is_not(None))
        .order_by(_KEYS.c.key),
    )
    .on_conflict_do_nothing(index_elements=["object"])
)

_STREAM_OF = select(_STREAM).where(
    schema.subscription.c.member == bindparam("member"), _STREAM.c.id == schema.subscription.c.stream
)
_ASSIGN = upsert(schema.subscription)
_ASSIGN = _ASSIGN.on_conflict_do_update(index_elements=["member"], set_={"stream": _ASSIGN.excluded.stream})

_END = select(func.max(_DELIVERY.c.seq)).where(_DELIVERY.c.stream == bindparam("stream"))
_NEW_STREAM = insert(_STREAM).returning(*_STREAM.c)

_UNDELIVERED = (
    select(_OBJECT.c.stix_id, _OBJECT.c.version)
    .where(
        _RELEASED.c.seq > bindparam("settled"),
        _OBJECT.c.key == _RELEASED.c.object,
        _OBJECT.c.tlp <= bindparam("most"),
        or_(_RELEASED.c.critical, _RELEASED.c.at <= bindparam("released_by")),
        ~exists().where(_DELIVERY.c.object == _RELEASED.c.object, in_lineage(_DELIVERY)).correlate(_RELEASED),
    )
    .order_by(_RELEASED.c.seq)
)

_DELIVER = insert(_DELIVERY).from_select(
    ["stream", "object", "date_added"],
    select(
        bindparam("to", type_=_DELIVERY.c.stream.type),
        _OBJECT.c.key,
        bindparam("date", type_=_DELIVERY.c.date_added.type),
    ).where(_OBJECT.c.stix_id == bindparam("of"), _OBJECT.c.version == bindparam("at_version")),
)

_DUE_UP_TO = func.coalesce(
    select(func.min(_RELEASED.c.seq) - 1)
    .where(_RELEASED.c.seq > _STREAM.c.settled, _RELEASED.c.at > bindparam("released_by"))
    .scalar_subquery(),
    select(func.max(_RELEASED.c.seq)).scalar_subquery(),
    literal(0),
)
_SETTLE = (
    update(_STREAM)
    .where(_STREAM.c.id == bindparam("stream"))
    .values(settled=func.max(_STREAM.c.settled, _DUE_UP_TO))
    .returning(_STREAM.c.settled)
)


class PoolRows:
    """The ``Pool`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def release(self, keys: Collection[ObjectKey], at: datetime, critical: bool) -> None:
        self._session.run(_RELEASE, {"keys": as_list(keys), "now": at, "urgent": critical})

    def stream_of(self, member: str) -> Stream:
        """As the port says.

        Raises:
            NotFound: If the member was assigned to none.
        """
        row = self._session.row(_STREAM_OF, {"member": member})
        if row is None:
            raise NotFound(f"pool: {member!r} receives no stream")
        return _stream(row)

    def streams(self) -> Sequence[Stream]:
        return [_stream(row) for row in self._session.rows(select(_STREAM).order_by(_STREAM.c.id))]

    def root(self, level: Level) -> Stream:
        found = self._session.row(select(_STREAM).where(_STREAM.c.level == level, _STREAM.c.parent.is_(None)))
        return _stream(found) if found is not None else self._open(level, None, 0, 0)

    def fork(self, parent: Stream, level: Level, settled: int) -> Stream:
        end = self._session.scalar(_END, {"stream": parent.id})
        return self._open(level, parent.id, parent.fork_seq if end is None else end, settled)

    def assign(self, member: str, stream: int) -> None:
        self._session.run(_ASSIGN, {"member": member, "stream": stream})

    def undelivered(self, stream: Stream, released_by: datetime, tlp: Tlp) -> Sequence[ObjectKey]:
        rows = self._session.rows(
            _UNDELIVERED,
            {
                "settled": stream.settled,
                "most": tlp,
                "released_by": released_by,
                "line": as_list(lineage(self._session, stream.id)),
            },
        )
        return [(row.stix_id, row.version) for row in rows]

    def deliver(
        self, stream: Stream, keys: Sequence[ObjectKey], dates: Sequence[datetime], released_by: datetime
    ) -> Stream:
        """As the port says.

        Raises:
            StorageError: If one of the objects is not stored, or is in the stream already.
        """
        added = self._session.run(
            _DELIVER,
            [
                {"to": stream.id, "of": id_, "at_version": version, "date": date}
                for (id_, version), date in zip(keys, dates, strict=True)
            ],
        )
        if added != len(keys):
            raise StorageError(f"pool: {len(keys) - added} of {len(keys)} objects to deliver are not stored")
        settled = self._session.scalar(_SETTLE, {"stream": stream.id, "released_by": released_by})
        return replace(stream, settled=settled)

    def _open(self, level: Level, parent: int | None, fork_seq: int, settled: int) -> Stream:
        row = self._session.row(
            _NEW_STREAM, {"level": level, "parent": parent, "fork_seq": fork_seq, "settled": settled}
        )
        assert row is not None  # noqa: S101 - RETURNING gives the row or the statement fails
        return _stream(row)


def _stream(row: Row[*tuple[Any, ...]]) -> Stream:
    return Stream(row.id, row.level, row.parent, row.fork_seq, row.settled)
