"""Laws of the tree: every proof verifies, and no bit of it can change unseen.

One exception is inherent in RFC 6962 and stated exactly: a path does not bind the tree size where another
size puts the leaf under the same sequence of left and right siblings. The signed checkpoint binds the size.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.errors import LedgerError
from shieldwall.ledger.merkle import (
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

quick = settings(deadline=None, max_examples=150)

LEAVES = [leaf_hash(b"%d" % number) for number in range(300)]
NODES: dict[tuple[int, int], bytes] = {}
FRONTIER = Frontier()
for _leaf in LEAVES:
    FRONTIER, _completed = FRONTIER.append(_leaf)
    NODES.update({(level, index): value for level, index, value in _completed})

sizes = st.integers(1, len(LEAVES))
places = sizes.flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))
growths = sizes.flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new)))
bits = st.integers(0, 255)


def node(level: int, index: int) -> bytes:
    return NODES[level, index]


def flip(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")


def verifies(check: Callable[[], None]) -> bool:
    try:
        check()
    except LedgerError:
        return False
    return True


def sides(index: int, size: int) -> str:
    """Sides of the siblings, root first, by the recursion of RFC 6962 section 2.1.1."""
    if size == 1:
        return ""
    k = 1 << (size - 1).bit_length() - 1
    return "R" + sides(index, k) if index < k else "L" + sides(index - k, size - k)


def proof_shape(old: int, new: int, whole: bool = True) -> str:
    """Roles of the nodes of a consistency proof, by the recursion of RFC 6962 section 2.1.2."""
    if old == new:
        return "" if whole else "S"
    k = 1 << (new - 1).bit_length() - 1
    if old <= k:
        return "R" + proof_shape(old, k, whole)
    return "L" + proof_shape(old - k, new - k, False)


@quick
@given(places, bits, st.data())
def test_an_inclusion_proof_verifies_and_no_bit_of_its_hashes_may_change(
    place: tuple[int, int], bit: int, data: st.DataObject
) -> None:
    index, size = place
    path, expected = inclusion_path(index, size, node), root(LEAVES[:size])
    verify_inclusion(LEAVES[index], index, size, path, expected)
    with pytest.raises(LedgerError):
        verify_inclusion(flip(LEAVES[index], bit), index, size, path, expected)
    with pytest.raises(LedgerError):
        verify_inclusion(LEAVES[index], index, size, path, flip(expected, bit))
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        with pytest.raises(LedgerError):
            verify_inclusion(LEAVES[index], index, size, [*path[:at], flip(path[at], bit), *path[at + 1 :]], expected)


@quick
@given(places)
def test_no_other_index_verifies(place: tuple[int, int]) -> None:
    index, size = place
    path, expected = inclusion_path(index, size, node), root(LEAVES[:size])
    for bit in range(64):
        with pytest.raises(LedgerError):
            verify_inclusion(LEAVES[index], index ^ 1 << bit, size, path, expected)


@settings(deadline=None, max_examples=40)
@given(places)
def test_another_size_verifies_only_if_the_leaf_has_the_same_siblings_there(place: tuple[int, int]) -> None:
    index, size = place
    path, expected = inclusion_path(index, size, node), root(LEAVES[:size])
    for other in range(2 * len(LEAVES)):
        same = index < other and sides(index, other) == sides(index, size)
        passes = verifies(lambda: verify_inclusion(LEAVES[index], index, other, path, expected))  # noqa: B023
        assert passes == same


def test_a_size_that_the_path_cannot_tell_apart_exists() -> None:
    assert sides(0, 5) == sides(0, 7)
    verify_inclusion(LEAVES[0], 0, 7, inclusion_path(0, 5, node), root(LEAVES[:5]))


@quick
@given(growths, bits, st.data())
def test_a_consistency_proof_verifies_and_no_bit_of_its_hashes_may_change(
    growth: tuple[int, int], bit: int, data: st.DataObject
) -> None:
    old, new = growth
    path, old_root, new_root = consistency_path(old, new, node), root(LEAVES[:old]), root(LEAVES[:new])
    verify_consistency(old, old_root, new, new_root, path)
    with pytest.raises(LedgerError):
        verify_consistency(old, flip(old_root, bit), new, new_root, path)
    with pytest.raises(LedgerError):
        verify_consistency(old, old_root, new, flip(new_root, bit), path)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:at], flip(path[at], bit), *path[at + 1 :]]
        with pytest.raises(LedgerError):
            verify_consistency(old, old_root, new, new_root, changed)


@quick
@given(growths)
def test_another_pair_of_sizes_verifies_only_if_the_proof_has_the_same_shape(growth: tuple[int, int]) -> None:
    old, new = growth
    path, old_root, new_root = consistency_path(old, new, node), root(LEAVES[:old]), root(LEAVES[:new])
    others = [(old ^ 1 << bit, new) for bit in range(10)] + [(old, new ^ 1 << bit) for bit in range(10)]
    for one, two in others:
        same = 0 < one <= two and proof_shape(one, two) == proof_shape(old, new) and (one == two) == (old == new)
        passes = verifies(lambda: verify_consistency(one, old_root, two, new_root, path))  # noqa: B023
        assert passes == same


@quick
@given(st.lists(st.binary(max_size=8), max_size=70))
def test_appending_one_by_one_gives_the_root_of_all_at_once(entries: list[bytes]) -> None:
    frontier = Frontier()
    for entry in entries:
        frontier, _ = frontier.append(leaf_hash(entry))
    assert frontier.root() == root(map(leaf_hash, entries))
    assert frontier.size == len(entries)
