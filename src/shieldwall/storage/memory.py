"""The store in memory, for tests: SQLite's own memory database under the same repositories.

A memory database has one connection and no snapshots, so each reading unit of work gets a copy of the last
committed state. That costs time in proportion to the size: fine for tests, not for an alliance.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from threading import Lock

from sqlalchemy import Engine, NullPool, StaticPool, create_engine

from shieldwall.ports import UnitOfWork
from shieldwall.storage.migrations import migrate
from shieldwall.storage.sqlite import prepare
from shieldwall.storage.unit_of_work import SqlUnitOfWork

_NAME = "memory"


def memory_store() -> MemoryStore:
    """Make a store of its own, empty and migrated; several threads may use it."""
    return MemoryStore()


class MemoryStore:
    """The ``Store`` port in memory."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._image = _empty_image()
        self._base = _load(self._image)
        self._writer = create_engine("sqlite://", creator=lambda: self._base, poolclass=StaticPool)
        self._reader = create_engine("sqlite://", creator=lambda: _load(self._image), poolclass=NullPool)
        prepare(self._writer, reading=False)
        prepare(self._reader, reading=True)

    def read(self) -> UnitOfWork:
        """Open a copy of the last committed state."""
        return SqlUnitOfWork(self._reader, _NAME, None)

    def write(self) -> UnitOfWork:
        """Open the one transaction that may write."""
        return SqlUnitOfWork(self._writer, _NAME, self._lock, self._committed)

    def _committed(self) -> None:
        self._image = self._base.serialize()


def _load(image: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.deserialize(image)
    return connection


@cache
def _empty_image() -> bytes:
    """A migrated database without rows; made once, because migrating takes longer than most tests."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    engine: Engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    prepare(engine, reading=False)
    migrate(engine)
    image = connection.serialize()
    engine.dispose()
    return image
