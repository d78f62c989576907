"""The store in one SQLite file: WAL, every commit synchronised to the disk, readable by its owner only."""

from __future__ import annotations

import os
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from threading import Lock

from sqlalchemy import URL, Engine, create_engine, event

from shieldwall.ports import UnitOfWork
from shieldwall.storage.failures import as_storage_error
from shieldwall.storage.migrations import migrate
from shieldwall.storage.unit_of_work import WAIT_S, SqlUnitOfWork


class SqliteStore:
    """The ``Store`` port in a file, which is made if it does not exist and brought forward if it is older.

    Several processes may use one file: one of them writes at a time, the others wait up to 30 s.

    Args:
        path: The file; its folder must exist.

    Raises:
        StorageError: If the file cannot be used, is no database of Shieldwall, or is a newer version's.
    """

    def __init__(self, path: Path) -> None:
        self._name = str(path)
        self._lock = Lock()
        with as_storage_error(self._name):
            # SQLite gives its WAL and shared-memory files the mode of the main file.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
        self._writer = _open(path, reading=False)
        self._reader = _open(path, reading=True)
        try:
            with as_storage_error(self._name):
                with self._writer.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
                migrate(self._writer)
        except BaseException:
            self.close()
            raise

    def read(self) -> UnitOfWork:
        """Open a snapshot; what others commit meanwhile does not show in it."""
        return SqlUnitOfWork(self._reader, self._name, None)

    def write(self) -> UnitOfWork:
        """Open the one transaction that may write."""
        return SqlUnitOfWork(self._writer, self._name, self._lock)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._reader.dispose()
        self._writer.dispose()


def _open(path: Path, *, reading: bool) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=8 if reading else 1,
        max_overflow=-1 if reading else 0,
        connect_args={"timeout": WAIT_S, "check_same_thread": False},
    )
    prepare(engine, reading=reading)
    return engine


def prepare(engine: Engine, *, reading: bool) -> None:
    """Set up each new connection: explicit transactions, foreign keys, durable commits."""

    @event.listens_for(engine, "connect")
    def _connected(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",
            # 64 MiB instead of 2: the indexes of observables and deliveries are read at random.
            "cache_size = -65536",
            "temp_store = MEMORY",
            f"query_only = {'ON' if reading else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
