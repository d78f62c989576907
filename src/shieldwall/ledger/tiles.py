"""C2SP tlog-tiles: where each tile of a log lies and what an entry bundle holds.

Path arithmetic and bytes only. Not here: reading or writing the files. Source: https://c2sp.org/tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Iterable

from shieldwall.errors import LedgerError
from shieldwall.ledger.entry import MAX_ENTRY_BYTES
from shieldwall.ledger.merkle import MAX_SIZE

TILE_WIDTH = 256
"""Hashes of a full tile, entries of a full bundle."""


def tile_counts(size: int) -> list[tuple[int, int]]:
    """Count the tiles of a log, level by level from the leaves.

    Args:
        size: Number of entries.

    Returns:
        For each level the number of full tiles, and the width (0 to 255) of the partial one after them.

    Raises:
        LedgerError: ``size`` is out of range.

    >>> tile_counts(70_000)
    [(273, 112), (1, 17), (0, 1)]
    """
    if not 0 <= size <= MAX_SIZE:
        raise LedgerError(f"tree size: got {size}; expected 0 to {MAX_SIZE}")
    counts = []
    while size:
        counts.append(divmod(size, TILE_WIDTH))
        size //= TILE_WIDTH
    return counts


def tile_path(level: int | None, index: int, width: int = TILE_WIDTH) -> str:
    """Name the file of a tile.

    Args:
        level: 0 to 63 for hashes; none for a bundle of entries.
        index: Zero-based tile in its level.
        width: 1 to 255 for a partial tile, 256 for a full one.

    Raises:
        LedgerError: An argument is out of range.

    >>> tile_path(0, 1_234_067)
    'tile/0/x001/x234/067'
    """
    if level is not None and not 0 <= level <= 63:
        raise LedgerError(f"tile level: got {level}; expected 0 to 63")
    if not 0 <= index <= MAX_SIZE or not 1 <= width <= TILE_WIDTH:
        raise LedgerError(f"tile: got index {index}, width {width}; expected 0 to {MAX_SIZE}, 1 to {TILE_WIDTH}")
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    partial = [] if width == TILE_WIDTH else [f"{groups.pop()}.p", str(width)]
    return "/".join(["tile", "entries" if level is None else str(level), *groups, *partial])


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Join up to 256 entries, each after its length as an unsigned big-endian 16-bit number.

    Raises:
        LedgerError: None or too many, or one too long.
    """
    bundle = list(entries)
    if not 1 <= len(bundle) <= TILE_WIDTH or any(len(entry) > MAX_ENTRY_BYTES for entry in bundle):
        raise LedgerError(f"bundle: expected 1 to {TILE_WIDTH} entries of at most {MAX_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
