"""Ledger entries, complete tree nodes and signed checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Executable, bindparam, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.errors import NotFound
from shieldwall.storage import schema
from shieldwall.storage.session import Session

_ENTRY = schema.ledger_entry
_NODE = schema.ledger_node
_CHECKPOINT = schema.ledger_checkpoint

_LAST = select(func.max(_ENTRY.c.position))
_ONE_NODE = select(_NODE.c.hash).where(_NODE.c.level == bindparam("level"), _NODE.c.position == bindparam("position"))
_ONE_ENTRY = select(_ENTRY.c.body).where(_ENTRY.c.position == bindparam("position"))
_ENTRIES = (
    select(_ENTRY.c.body)
    .where(_ENTRY.c.position >= bindparam("start"))
    .order_by(_ENTRY.c.position)
    .limit(bindparam("most"))
)
_LATEST = select(_CHECKPOINT.c.note).order_by(_CHECKPOINT.c.size.desc()).limit(1)
_SAVE = upsert(_CHECKPOINT)
_SAVE = _SAVE.on_conflict_do_update(index_elements=["size"], set_={"note": _SAVE.excluded.note})


class LedgerTable:
    """The ``LedgerRows`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def size(self) -> int:
        last = self._session.scalar(_LAST)
        return 0 if last is None else int(last) + 1

    def node(self, level: int, index: int) -> bytes:
        """As the port says.

        Raises:
            NotFound: If the node is not complete yet.
        """
        return self._bytes(f"node {level}/{index}", _ONE_NODE, {"level": level, "position": index})

    def entry(self, index: int) -> bytes:
        """As the port says.

        Raises:
            NotFound: If the ledger is not that long.
        """
        return self._bytes(f"entry {index}", _ONE_ENTRY, {"position": index})

    def entries(self, start: int, limit: int) -> Sequence[bytes]:
        return [row.body for row in self._session.rows(_ENTRIES, {"start": start, "most": limit})]

    def append(self, entries: Sequence[bytes], nodes: Sequence[tuple[int, int, bytes]]) -> None:
        size = self.size()
        rows = [{"position": size + offset, "body": body} for offset, body in enumerate(entries)]
        self._session.run(insert(_ENTRY), rows)
        self._session.run(
            insert(_NODE),
            [{"level": level, "position": index, "hash": digest} for level, index, digest in nodes],
        )

    def checkpoint(self) -> bytes | None:
        note: bytes | None = self._session.scalar(_LATEST)
        return note

    def save_checkpoint(self, size: int, note: bytes) -> None:
        self._session.run(_SAVE, {"size": size, "note": note})

    def _bytes(self, name: str, statement: Executable, parameters: dict[str, int]) -> bytes:
        found: bytes | None = self._session.scalar(statement, parameters)
        if found is None:
            raise NotFound(f"ledger: {name} does not exist")
        return found
