"""One transaction on a connection, and the lists that its statements take as a single parameter.

Key lists travel as JSON and digests as one blob, so that statements stay few, constant and compiled once,
whatever the number of values. Not here: any table.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    LargeBinary,
    Row,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.sql.selectable import CTE, TableValuedAlias

from shieldwall.errors import StorageError
from shieldwall.storage.failures import as_storage_error

DIGEST_SIZE = 16

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Session:
    """Runs statements of one unit of work; after a failed one the unit can no longer be committed.

    Args:
        connection: With an open transaction.
        name: Of the database, for messages.
        writing: Whether the transaction may write.
    """

    def __init__(self, connection: Connection, name: str, *, writing: bool) -> None:
        self._connection = connection
        self._name = name
        self._over = False
        self._failed = False
        self.writing = writing

    def rows(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
        """All rows of a query."""
        self._check()
        try:
            with as_storage_error(self._name):
                return self._connection.execute(statement, parameters).all()
        except StorageError:
            self._failed = True
            raise

    def row(self, statement: Executable, parameters: Parameters | None = None) -> Row[*tuple[Any, ...]] | None:
        """The first row of a query, None if it has none."""
        found = self.rows(statement, parameters)
        return found[0] if found else None

    def scalar(self, statement: Executable, parameters: Parameters | None = None) -> Any:
        """The first column of the first row, None if there is none."""
        found = self.row(statement, parameters)
        return None if found is None else found[0]

    def run(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """Change rows, once for each set of parameters; returns how many were touched."""
        self._check()
        if parameters is not None and not parameters:
            return 0
        try:
            with as_storage_error(self._name):
                return int(self._connection.execute(statement, parameters).rowcount)
        except StorageError:
            self._failed = True
            raise

    def commit(self) -> None:
        """Make everything durable; nothing can be run afterwards.

        Raises:
            StorageError: If a statement failed before, or the database refuses.
        """
        self._check()
        if self._failed:
            raise StorageError(f"{self._name}: a statement of this unit of work failed; it cannot be committed")
        with as_storage_error(self._name):
            self._connection.commit()
        self._over = True

    def end(self) -> None:
        """Undo what was not committed and give the connection back."""
        self._over = True
        with as_storage_error(self._name):
            try:
                self._connection.rollback()
            finally:
                self._connection.close()

    def _check(self) -> None:
        if self._over:
            raise StorageError(f"{self._name}: this unit of work is over. Open another")


def listed(name: str) -> TableValuedAlias:
    """The values of a JSON array given as parameter ``name``: columns ``key`` (position) and ``value``."""
    return func.json_each(bindparam(name)).table_valued("key", "value", name=f"{name}_list")


def part(table: TableValuedAlias, position: int) -> ColumnElement[Any]:
    """One element of the arrays that ``table`` lists."""
    return func.json_extract(table.c.value, f"$[{position}]")


def as_list(values: Iterable[object]) -> str:
    """The parameter for ``listed``."""
    return json.dumps(list(values))


def digests(name: str) -> CTE:
    """The 16-byte digests concatenated in the blob parameter ``name``: column ``digest``."""
    blob = bindparam(name, type_=LargeBinary)
    numbers = select(literal(0).label("n")).cte(f"{name}_number", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where((numbers.c.n + 2) * DIGEST_SIZE <= func.length(blob)))
    cut = func.substr(blob, numbers.c.n * DIGEST_SIZE + 1, DIGEST_SIZE, type_=LargeBinary)
    return select(cut.label("digest")).cte(f"{name}_list")


def as_blob(values: Collection[bytes]) -> bytes:
    """The parameter for ``digests``; sorted, so that an index is walked in its order.

    Raises:
        StorageError: If a digest has another size.
    """
    if any(len(value) != DIGEST_SIZE for value in values):
        raise StorageError(f"observables: a digest is not {DIGEST_SIZE} bytes long")
    return b"".join(sorted(values))
