"""The ``Store`` port on SQLite: in a file, and in memory for tests.

``SqliteStore(path)`` and ``memory_store()`` are the ways in. Not here: what is stored when (``services``), and the
rules themselves.
"""

from shieldwall.storage.memory import memory_store
from shieldwall.storage.sqlite import SqliteStore

__all__ = ["SqliteStore", "memory_store"]
