"""Brings a database to the present schema: Alembic revisions, driven from here in one transaction.

There is no ``env.py`` and no ``alembic.ini``: the package is the whole environment. A new revision goes into
``versions`` and its name into ``HEAD``; a test holds both against ``schema``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from shieldwall.errors import StorageError

HEAD = "0001"
"""Revision that this version of Shieldwall works with."""


def migrate(engine: Engine) -> None:
    """Create the tables of an empty database, or bring an older one forward; all or nothing.

    Args:
        engine: Whose connections do not begin transactions by themselves.

    Raises:
        StorageError: If the database is a newer version's, or not one of Shieldwall.
    """
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            # Another process may have migrated while this one waited.
            if _revision(connection) != HEAD:
                _upgrade(connection)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise


def _revision(connection: Connection) -> str | None:
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").scalars())
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise StorageError("the database is not one of Shieldwall. Name another file")
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _upgrade(connection: Connection) -> None:
    # Alembic takes a fifth of a second to import, and most starts have nothing to migrate.
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    script = ScriptDirectory(str(Path(__file__).parent))

    def steps(revision: Any, _context: object) -> Any:
        return script._upgrade_revs(HEAD, revision)

    try:
        with EnvironmentContext(Config(), script, fn=steps, destination_rev=HEAD) as environment:
            environment.configure(connection=connection)
            environment.run_migrations()
    except CommandError as error:
        raise StorageError("the database was written by a newer version of Shieldwall. Install that version") from error
