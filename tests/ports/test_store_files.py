"""The SQLite file: its mode, its schema, and the files that are refused."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from shieldwall.errors import StorageError
from shieldwall.storage import SqliteStore
from shieldwall.storage.migrations import HEAD
from shieldwall.storage.schema import metadata


def _schema(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Each table and index as its columns in order and its constraints in any order."""
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    parts = {name: re.split(r", CONSTRAINT | \)", " ".join(sql.split())) for name, sql in rows}
    return {name: (found[0], *sorted(found[1:])) for name, found in parts.items() if name != "alembic_version"}


def test_migrations_make_exactly_the_schema(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "migrated.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'direct.db'}")
    metadata.create_all(engine)
    migrated, direct = (_schema(sqlite3.connect(tmp_path / f"{name}.db")) for name in ("migrated", "direct"))
    assert migrated == direct
    assert len(direct) > len(metadata.tables) - 1


def test_the_file_and_its_companions_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "alliance.db"
    path.touch(0o644)
    store = SqliteStore(path)
    with store.write() as uow:
        uow.documents.put("kind", "key", b"body")
        uow.commit()
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert set(modes) >= {"alliance.db", "alliance.db-wal"}
    assert set(modes.values()) == {0o600}


def test_the_file_is_durable_and_checked(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "alliance.db")
    for engine in (store._writer, store._reader):
        with engine.connect() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_what_was_committed_is_there_after_reopening(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "alliance.db")
    with store.write() as uow:
        uow.documents.put("kind", "key", b"body")
        uow.commit()
    store.close()
    with SqliteStore(tmp_path / "alliance.db").read() as uow:
        assert uow.documents.get("kind", "key") == b"body"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"these are notes, not a database\n" * 100)
    with pytest.raises(StorageError, match=r"notes\.txt: the file is not an SQLite database"):
        SqliteStore(path)
    assert path.read_bytes().startswith(b"these are notes")


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "foreign.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    with pytest.raises(StorageError, match="not one of Shieldwall"):
        SqliteStore(path)
    assert list(_schema(sqlite3.connect(path))) == ["recipe"]


def test_a_newer_database_is_refused_and_the_present_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "alliance.db"
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    SqliteStore(path).close()
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer version"):
        SqliteStore(path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"absent.*No such file"):
        SqliteStore(tmp_path / "absent" / "alliance.db")


def test_a_damaged_file_is_a_storage_error(tmp_path: Path) -> None:
    path = tmp_path / "alliance.db"
    store = SqliteStore(path)
    with store.write() as uow:
        for number in range(200):
            uow.documents.put("kind", str(number), b"x" * 500)
        uow.commit()
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 60 :] = bytes(len(content) - 4096 * 60)
    path.write_bytes(content)
    with pytest.raises(StorageError), SqliteStore(path).read() as uow:
        for number in range(200):
            uow.documents.get("kind", str(number))


def test_a_full_disk_is_a_storage_error(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "alliance.db")
    with store._writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with store.write() as uow, pytest.raises(StorageError, match="disk is full"):
        uow.documents.put("kind", "key", b"x" * 10**6)
    with store.read() as uow:
        assert uow.documents.get("kind", "key") is None
