"""Tile arithmetic against the worked examples of the C2SP specification."""

from __future__ import annotations

import pytest

from shieldwall.errors import LedgerError
from shieldwall.ledger.tiles import entry_bundle, tile_counts, tile_path


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, []),
        (1, [(0, 1)]),
        (255, [(0, 255)]),
        (256, [(1, 0), (0, 1)]),
        (70_000, [(273, 112), (1, 17), (0, 1)]),
        (65_536, [(256, 0), (1, 0), (0, 1)]),
    ],
)
def test_a_log_has_these_tiles(size: int, expected: list[tuple[int, int]]) -> None:
    assert tile_counts(size) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((0, 1_234_067), "tile/0/x001/x234/067"),
        ((0, 0), "tile/0/000"),
        ((1, 999), "tile/1/999"),
        ((1, 1000), "tile/1/x001/000"),
        ((0, 273, 112), "tile/0/273.p/112"),
        ((0, 1_234_067, 1), "tile/0/x001/x234/067.p/1"),
        ((None, 1_234_067), "tile/entries/x001/x234/067"),
        ((None, 0, 255), "tile/entries/000.p/255"),
    ],
)
def test_tile_paths(arguments: tuple[int, ...], expected: str) -> None:
    assert tile_path(*arguments) == expected


@pytest.mark.parametrize("arguments", [(-1, 0), (64, 0), (0, -1), (0, 2**63), (0, 0, 0), (0, 0, 257)])
def test_tiles_that_cannot_exist_have_no_path(arguments: tuple[int, ...]) -> None:
    with pytest.raises(LedgerError):
        tile_path(*arguments)


@pytest.mark.parametrize("size", [-1, 2**63])
def test_a_size_out_of_range_has_no_tiles(size: int) -> None:
    with pytest.raises(LedgerError, match="tree size"):
        tile_counts(size)


def test_a_bundle_prefixes_each_entry_with_its_length() -> None:
    assert entry_bundle([b"", b"ab", b"c" * 258]) == b"\0\0" + b"\0\x02ab" + b"\x01\x02" + b"c" * 258


@pytest.mark.parametrize("entries", [[], [b""] * 257, [bytes(65_536)]])
def test_a_bundle_that_cannot_be_written_is_refused(entries: list[bytes]) -> None:
    with pytest.raises(LedgerError):
        entry_bundle(entries)


def test_the_fullest_bundle_is_written() -> None:
    assert len(entry_bundle([bytes(65_535)] * 256)) == 256 * 65_537
