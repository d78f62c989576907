"""A chain journal in a list, with the two accidents that a real one can have."""

from __future__ import annotations

from collections.abc import Sequence

from shieldwall.errors import StorageError
from shieldwall.ports import ChainTransaction


class ListJournal:
    """The ``ChainJournal`` port over a list.

    Set ``appends_left`` to let later appends fail; shorten ``rows`` to roll back.
    """

    def __init__(self, rows: Sequence[ChainTransaction] = ()) -> None:
        self.rows = list(rows)
        self.appends_left: int | None = None

    def append(self, transaction: ChainTransaction) -> None:
        if self.appends_left is not None:
            if self.appends_left == 0:
                raise StorageError("the disk is full")
            self.appends_left -= 1
        assert transaction.sequence == len(self.rows) + 1
        self.rows.append(transaction)

    def after(self, sequence: int) -> Sequence[ChainTransaction]:
        return self.rows[sequence:]
