"""Which rows a stream shows: its own, and those of its ancestors up to each fork."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, bindparam, exists, literal, select

from shieldwall.storage import schema
from shieldwall.storage.session import Session, listed, part

MAX_SEQ = 2**63 - 1

_STREAM = schema.stream


def _lineage_statement() -> Any:
    start = select(_STREAM.c.id, literal(MAX_SEQ, Integer).label("upper"), _STREAM.c.parent, _STREAM.c.fork_seq).where(
        _STREAM.c.id == bindparam("stream")
    )
    line = start.cte("lineage", recursive=True)
    above = select(_STREAM.c.id, line.c.fork_seq, _STREAM.c.parent, _STREAM.c.fork_seq).where(
        _STREAM.c.id == line.c.parent
    )
    line = line.union_all(above)
    return select(line.c.id, line.c.upper).order_by(line.c.upper, line.c.id)


_LINEAGE = _lineage_statement()


def lineage(session: Session, stream: int) -> list[tuple[int, int]]:
    """The stream and its ancestors, the oldest first, each with the last ``seq`` that counts."""
    return [(row.id, row.upper) for row in session.rows(_LINEAGE, {"stream": stream})]


def in_lineage(delivery: FromClause) -> ColumnElement[bool]:
    """Whether a delivery row belongs to the lineage given as parameter ``line``."""
    line = listed("line")
    return exists().where(part(line, 0) == delivery.c.stream, delivery.c.seq <= part(line, 1)).correlate(delivery)
