"""Turns what the database reports into ``StorageError``; values of parameters never reach a message."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from shieldwall.errors import StorageError

_CAUSES = (
    ("disk is full", "the disk is full. Nothing was written; free space and repeat"),
    ("is locked", "another process has been writing for 30 s. Repeat, or end that process"),
    ("not a database", "the file is not an SQLite database. Name another file, or restore a backup"),
    ("malformed", "the file is damaged. Restore a backup"),
    ("unable to open", "the file cannot be opened. Check that its folder exists and may be written"),
    ("readonly", "it cannot be written: a reading unit of work, or a file without write permission"),
    ("disk I/O", "the disk failed to read or write"),
)


@contextmanager
def as_storage_error(what: str) -> Iterator[None]:
    """Let every failure of the database leave as ``StorageError``.

    Args:
        what: What was being used, such as the database's path; opens the message.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, OverflowError, ValueError) as error:
        raise StorageError(f"{what}: {_explain(error)}") from error


def _explain(error: Exception) -> str:
    cause: BaseException = error
    if isinstance(error, StatementError) and error.orig is not None:
        cause = error.orig
    text = str(cause)
    if isinstance(cause, sqlite3.IntegrityError):
        return f"contradicts what is stored ({text})"
    if isinstance(cause, sqlite3.Error) or isinstance(error, DBAPIError):
        return next((remedy for mark, remedy in _CAUSES if mark in text), text)
    if isinstance(cause, OSError):
        return cause.strerror or type(cause).__name__
    if isinstance(cause, OverflowError | ValueError):
        return f"a value does not fit its column ({type(cause).__name__})"
    return type(cause).__name__
