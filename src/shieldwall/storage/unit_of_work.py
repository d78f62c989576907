"""One transaction with every repository on it.

Not here: how a database is opened (``sqlite``, ``memory``).
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from shieldwall import ports
from shieldwall.errors import StorageError
from shieldwall.storage.accounts import MemberRows
from shieldwall.storage.cases import CaseRows
from shieldwall.storage.chain import JournalRows, OutboxRows
from shieldwall.storage.contributions import ContributionRows
from shieldwall.storage.documents import DocumentRows
from shieldwall.storage.epochs import EpochRows
from shieldwall.storage.evidence import EvidenceTable
from shieldwall.storage.failures import as_storage_error
from shieldwall.storage.ledger import LedgerTable
from shieldwall.storage.objects import ObjectRows
from shieldwall.storage.pool import PoolRows
from shieldwall.storage.seal import SealRows
from shieldwall.storage.session import Session

WAIT_S = 30
"""Longest wait for another writer, in this process and in others."""


class SqlUnitOfWork:
    """The ``UnitOfWork`` port; the transaction runs from entering to leaving, so enter it once.

    Args:
        engine: Whose connections do not begin transactions by themselves.
        name: Of the database, for messages.
        writer: Held while writing; None for a transaction that only reads.
        committed: Called after each commit of a writing unit.
    """

    members: ports.Members
    objects: ports.Objects
    pool: ports.Pool
    contributions: ports.Contributions
    cases: ports.Cases
    seal: ports.Seal
    ledger: ports.LedgerRows
    epochs: ports.Epochs
    evidence: ports.EvidenceRows
    journal: ports.ChainJournal
    outbox: ports.Outbox
    documents: ports.Documents

    def __init__(
        self, engine: Engine, name: str, writer: Lock | None, committed: Callable[[], None] = lambda: None
    ) -> None:
        self._engine = engine
        self._name = name
        self._writer = writer
        self._committed = committed

    def __enter__(self) -> Self:
        if self._writer is not None and not self._writer.acquire(timeout=WAIT_S):
            raise StorageError(f"{self._name}: another unit of work has been writing for {WAIT_S} s")
        try:
            self._session = self._begin()
        except BaseException:
            self._release()
            raise
        session = self._session
        self.members = MemberRows(session)
        self.objects = ObjectRows(session)
        self.pool = PoolRows(session)
        self.contributions = ContributionRows(session)
        self.cases = CaseRows(session)
        self.seal = SealRows(session)
        self.ledger = LedgerTable(session)
        self.epochs = EpochRows(session)
        self.evidence = EvidenceTable(session)
        self.journal = JournalRows(session)
        self.outbox = OutboxRows(session)
        self.documents = DocumentRows(session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._session.end()
        finally:
            self._release()

    def commit(self) -> None:
        self._session.commit()
        if self._writer is not None:
            self._committed()

    def _begin(self) -> Session:
        with as_storage_error(self._name):
            connection = self._engine.connect()
            try:
                if self._writer is not None:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    connection.exec_driver_sql("BEGIN")
                    # A deferred transaction has its snapshot only from the first read on.
                    connection.exec_driver_sql("SELECT 1 FROM sqlite_schema LIMIT 1").all()
            except BaseException:
                connection.close()
                raise
        return Session(connection, self._name, writing=self._writer is not None)

    def _release(self) -> None:
        if self._writer is not None:
            self._writer.release()
