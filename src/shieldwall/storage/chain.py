"""The journal of the embedded chain, and the outbox towards it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.errors import StorageError
from shieldwall.ports import ChainTransaction
from shieldwall.storage import schema
from shieldwall.storage.session import Session

_TRANSACTION = schema.chain_transaction
_OUTBOX = schema.outbox

_AFTER = (
    select(_TRANSACTION.c.sequence, _TRANSACTION.c.purpose, _TRANSACTION.c.raw, _TRANSACTION.c.state_root)
    .where(_TRANSACTION.c.sequence > bindparam("after"))
    .order_by(_TRANSACTION.c.sequence)
)


class JournalRows:
    """The ``ChainJournal`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, transaction: ChainTransaction) -> None:
        """As the port says.

        Raises:
            StorageError: If the transaction is not the next one: another process has appended since.
        """
        last = self._session.scalar(select(func.max(_TRANSACTION.c.sequence))) or 0
        if transaction.sequence != last + 1:
            raise StorageError(
                f"chain journal: got transaction {transaction.sequence}; expected {last + 1}. "
                "Read the journal again and repeat"
            )
        self._session.run(
            insert(_TRANSACTION),
            {
                "sequence": transaction.sequence,
                "purpose": transaction.purpose,
                "raw": transaction.raw,
                "state_root": transaction.state_root,
            },
        )

    def after(self, sequence: int) -> Sequence[ChainTransaction]:
        return [ChainTransaction(*row) for row in self._session.rows(_AFTER, {"after": sequence})]


class OutboxRows:
    """The ``Outbox`` port; what is pending already is not added twice."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, kind: str, key: int) -> None:
        statement = upsert(_OUTBOX).on_conflict_do_nothing(index_elements=["kind", "key"])
        self._session.run(statement, {"kind": kind, "key": key})

    def pending(self) -> Sequence[tuple[str, int]]:
        rows = self._session.rows(select(_OUTBOX.c.kind, _OUTBOX.c.key).order_by(_OUTBOX.c.seq))
        return [(kind, key) for kind, key in rows]

    def done(self, kind: str, key: int) -> None:
        self._session.run(delete(_OUTBOX).where(_OUTBOX.c.kind == kind, _OUTBOX.c.key == key))
