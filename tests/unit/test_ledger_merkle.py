"""RFC 6962 trees against the published vectors and against the RFC's own recursion, written out naively."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shieldwall.errors import LedgerError
from shieldwall.ledger.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "rfc6962.json").read_text(encoding="utf-8")
)
REFERENCE = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(value) for value in VECTORS["roots"]]
LIMIT = 40


# The oracle: RFC 6962 sections 2.1, 2.1.1 and 2.1.2, word for word.
def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(entries: list[bytes]) -> bytes:
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def subproof(m: int, entries: list[bytes], b: bool) -> list[bytes]:
    if m == len(entries):
        return [] if b else [mth(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], b), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


class Tree:
    """Keeps every complete node, as storage does."""

    def __init__(self, entries: list[bytes]) -> None:
        self.entries = entries
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.frontiers = [Frontier()]
        for entry in entries:
            frontier, completed = self.frontiers[-1].append(leaf_hash(entry))
            self.frontiers.append(frontier)
            for level, index, value in completed:
                assert (level, index) not in self.nodes
                self.nodes[level, index] = value

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree([f"entry {number}".encode() for number in range(LIMIT)])


def test_the_reference_roots_come_out() -> None:
    assert bytes.fromhex(VECTORS["empty_root"]) == EMPTY_ROOT == root([]) == Frontier().root()
    reference = Tree(REFERENCE)
    for size, expected in enumerate(ROOTS, start=1):
        assert root(map(leaf_hash, REFERENCE[:size])) == expected
        assert reference.frontiers[size].root() == expected


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_the_reference_inclusion_proofs_are_built_and_verify(vector: dict[str, Any]) -> None:
    index, size = vector["index"], vector["size"]
    expected = [bytes.fromhex(value) for value in vector["path"]]
    assert inclusion_path(index, size, Tree(REFERENCE).node) == expected
    verify_inclusion(leaf_hash(REFERENCE[index]), index, size, expected, ROOTS[size - 1])


@pytest.mark.parametrize("vector", VECTORS["consistency"])
def test_the_reference_consistency_proofs_are_built_and_verify(vector: dict[str, Any]) -> None:
    old, new = vector["old"], vector["new"]
    expected = [bytes.fromhex(value) for value in vector["path"]]
    assert consistency_path(old, new, Tree(REFERENCE).node) == expected
    verify_consistency(old, ROOTS[old - 1], new, ROOTS[new - 1], expected)


def test_roots_equal_the_recursive_definition(tree: Tree) -> None:
    for size in range(LIMIT + 1):
        expected = mth(tree.entries[:size])
        assert root(map(leaf_hash, tree.entries[:size])) == expected
        assert tree.frontiers[size].root() == expected


def test_inclusion_paths_equal_the_recursive_definition_and_verify(tree: Tree) -> None:
    for size in range(1, LIMIT + 1):
        expected_root = mth(tree.entries[:size])
        for index in range(size):
            proof = inclusion_path(index, size, tree.node)
            assert proof == path(index, tree.entries[:size])
            verify_inclusion(leaf_hash(tree.entries[index]), index, size, proof, expected_root)


def test_consistency_paths_equal_the_recursive_definition_and_verify(tree: Tree) -> None:
    for new in range(LIMIT + 1):
        for old in range(new + 1):
            proof = consistency_path(old, new, tree.node)
            assert proof == (subproof(old, tree.entries[:new], True) if old else [])
            verify_consistency(old, mth(tree.entries[:old]), new, mth(tree.entries[:new]), proof)


def test_completed_nodes_are_the_roots_of_the_complete_subtrees(tree: Tree) -> None:
    complete = {(level, i) for level in range(7) for i in range(LIMIT >> level)}
    assert tree.nodes.keys() == complete
    for (level, index), value in tree.nodes.items():
        assert value == mth(tree.entries[index << level : (index + 1) << level])


def test_a_frontier_read_back_from_its_nodes_is_the_one_that_was_there(tree: Tree) -> None:
    for size in range(LIMIT + 1):
        assert Frontier.at(size, tree.node) == tree.frontiers[size]


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


def test_an_odd_leaf_is_not_doubled() -> None:
    a, b, c = (leaf_hash(letter) for letter in (b"a", b"b", b"c"))
    assert root([a, b, c]) != root([a, b, c, c])


@pytest.mark.parametrize("index", [-1, 8, 9, 2**64])
def test_inclusion_of_a_leaf_outside_the_tree_is_refused(index: int) -> None:
    node = Tree(REFERENCE).node
    with pytest.raises(LedgerError, match="leaf index"):
        inclusion_path(index, 8, node)
    with pytest.raises(LedgerError, match="leaf index"):
        verify_inclusion(bytes(32), index, 8, [bytes(32)] * 3, ROOTS[7])


@pytest.mark.parametrize("size", [-1, MAX_SIZE + 1])
def test_sizes_out_of_range_are_refused(size: int) -> None:
    node = Tree(REFERENCE).node
    with pytest.raises(LedgerError, match="tree size"):
        inclusion_path(0, size, node)
    with pytest.raises(LedgerError, match="tree size"):
        verify_inclusion(bytes(32), 0, size, [], ROOTS[0])
    with pytest.raises(LedgerError, match="new size"):
        verify_consistency(0, EMPTY_ROOT, size, EMPTY_ROOT, [])
    with pytest.raises(LedgerError, match="old size"):
        consistency_path(size, 8, node)
    with pytest.raises(LedgerError, match="frontier size"):
        Frontier.at(size, node)
    with pytest.raises(LedgerError, match="frontier size"):
        Frontier(size)


def test_an_empty_tree_includes_nothing() -> None:
    with pytest.raises(LedgerError, match="below the tree size 0"):
        verify_inclusion(bytes(32), 0, 0, [], EMPTY_ROOT)


def test_the_largest_size_is_walked_without_trouble() -> None:
    with pytest.raises(LedgerError, match="got 0 hashes; expected exactly 63"):
        verify_inclusion(bytes(32), 0, MAX_SIZE, [], bytes(32))


@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: [*p, ROOTS[7]], lambda p: [ROOTS[7], *p]])
def test_paths_of_another_length_are_refused(change: Any) -> None:
    node = Tree(REFERENCE).node
    with pytest.raises(LedgerError, match=r"inclusion path: got . hashes; expected exactly 3"):
        verify_inclusion(leaf_hash(REFERENCE[5]), 5, 8, change(inclusion_path(5, 8, node)), ROOTS[7])
    with pytest.raises(LedgerError, match=r"consistency path: got . hashes; expected exactly 3"):
        verify_consistency(6, ROOTS[5], 8, ROOTS[7], change(consistency_path(6, 8, node)))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_hashes_that_are_not_32_bytes_are_refused(length: int) -> None:
    bad = bytes(length)
    good = leaf_hash(REFERENCE[0])
    refused = pytest.raises(LedgerError, match=f"got {length} bytes")
    with refused:
        verify_inclusion(bad, 0, 1, [], ROOTS[0])
    with refused:
        verify_inclusion(good, 0, 1, [], bad)
    with refused:
        verify_inclusion(good, 0, 2, [bad], ROOTS[1])
    with refused:
        verify_consistency(1, bad, 1, ROOTS[0], [])
    with refused:
        verify_consistency(1, ROOTS[0], 2, bad, [good])
    with refused:
        verify_consistency(1, ROOTS[0], 2, ROOTS[1], [bad])
    with refused:
        node_hash(good, bad)
    with refused:
        root([bad])
    with refused:
        root([good, good, bad])
    with refused:
        Frontier().append(bad)
    with refused:
        Frontier(1, (bad,))
    with refused:
        Frontier.at(1, lambda level, index: bad)


def test_a_frontier_with_missing_or_surplus_nodes_is_refused() -> None:
    Frontier(6, (ROOTS[3], ROOTS[1]))
    for nodes in [(), (ROOTS[3],), (ROOTS[3], ROOTS[1], ROOTS[0])]:
        with pytest.raises(LedgerError, match="expected 2"):
            Frontier(6, nodes)


def test_consistency_backwards_in_time_is_refused() -> None:
    with pytest.raises(LedgerError, match="at most the new size 6"):
        consistency_path(8, 6, Tree(REFERENCE).node)
    with pytest.raises(LedgerError, match="at most the new size 6"):
        verify_consistency(8, ROOTS[7], 6, ROOTS[5], [])


def test_consistency_with_nothing_demands_the_empty_root_and_no_path() -> None:
    verify_consistency(0, EMPTY_ROOT, 8, ROOTS[7], [])
    verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    with pytest.raises(LedgerError, match="root of size 0"):
        verify_consistency(0, ROOTS[0], 8, ROOTS[7], [])
    with pytest.raises(LedgerError, match="second root of size 0"):
        verify_consistency(0, EMPTY_ROOT, 0, ROOTS[0], [])
    with pytest.raises(LedgerError, match="expected exactly 0"):
        verify_consistency(0, EMPTY_ROOT, 8, ROOTS[7], [ROOTS[0]])


def test_two_roots_of_one_size_are_a_split_view() -> None:
    verify_consistency(5, ROOTS[4], 5, ROOTS[4], [])
    with pytest.raises(LedgerError, match="second root of size 5"):
        verify_consistency(5, ROOTS[4], 5, ROOTS[5], [])


def test_a_rewritten_log_has_no_consistency_proof(tree: Tree) -> None:
    rewritten = Tree([*tree.entries[:3], b"forged", *tree.entries[4:]])
    new_root = rewritten.frontiers[LIMIT].root()
    for old in range(4, LIMIT + 1):
        with pytest.raises(LedgerError, match=r"computed|second root"):
            verify_consistency(
                old, mth(tree.entries[:old]), LIMIT, new_root, consistency_path(old, LIMIT, rewritten.node)
            )
