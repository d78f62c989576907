"""RFC 6962 Merkle tree hashing: roots, the growing frontier, and proofs made and checked.

Knows bytes only. Not here: what an entry means (``entry``), who signs a root (``checkpoint``), storage.
A *node* is named (level, index): the root of the complete subtree over the leaves
``[index * 2**level, (index + 1) * 2**level)``; level 0 holds the leaf hashes. A complete node never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from shieldwall.errors import LedgerError

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
"""Largest tree size read or written; other C2SP implementations hold sizes in a signed 64-bit integer."""

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree with no leaf, RFC 6962 section 2.1."""

CompletedNode = tuple[int, int, bytes]
"""Level, index and 32-byte hash of a complete node."""

NodeReader = Callable[[int, int], bytes]
"""Looks up the 32-byte hash of a complete node by (level, index)."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash one log entry, ``SHA-256(0x00 || entry)`` of RFC 6962 section 2.1.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children, ``SHA-256(0x01 || left || right)`` of RFC 6962 section 2.1.

    Raises:
        LedgerError: A child is not 32 bytes long.
    """
    if len(left) != HASH_BYTES or len(right) != HASH_BYTES:
        _check_hash("left child", left)
        _check_hash("right child", right)
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Compute the root over all leaf hashes at once, in order.

    Args:
        leaf_hashes: 32-byte leaf hashes.

    Returns:
        The 32-byte Merkle tree hash; an odd node rises unchanged, it is never doubled.

    Raises:
        LedgerError: A hash is not 32 bytes long.
    """
    level = list(leaf_hashes)
    if len(level) == 1:
        _check_hash("leaf hash", level[0])
    while len(level) > 1:
        parents = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            parents.append(level[-1])
        level = parents
    return level[0] if level else EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Frontier:
    """The least that must be remembered to append to a tree and to know its root.

    Args:
        size: Number of leaves, 0 to ``MAX_SIZE``.
        nodes: Roots of the complete subtrees, largest (leftmost) first; one for each 1-bit of ``size``.

    Raises:
        LedgerError: The number of nodes does not fit the size, or a node is not 32 bytes long.

    >>> frontier, completed = Frontier().append(leaf_hash(b"first"))
    >>> frontier.size, [(level, index) for level, index, _ in completed]
    (1, [(0, 0)])
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        _check_size("frontier size", self.size)
        if len(self.nodes) != self.size.bit_count():
            expected = self.size.bit_count()
            raise LedgerError(f"frontier of size {self.size}: got {len(self.nodes)} nodes; expected {expected}")
        for node in self.nodes:
            if len(node) != HASH_BYTES:
                _check_hash(f"frontier of size {self.size}", node)

    @classmethod
    def at(cls, size: int, node: NodeReader) -> Frontier:
        """Read back the frontier that the tree had at ``size`` leaves, from its stored complete nodes.

        Args:
            size: Number of leaves, at most the number stored.
            node: Looks up a complete node.

        Raises:
            LedgerError: ``size`` is out of range or a stored node is not 32 bytes long.
        """
        _check_size("frontier size", size)
        return cls(size, tuple(_complete_nodes(0, size, node)))

    def append(self, leaf: bytes) -> tuple[Frontier, list[CompletedNode]]:
        """Add one leaf hash; amortised one node hash.

        Args:
            leaf: 32-byte hash of the new leaf.

        Returns:
            The new frontier, and the nodes that this leaf completed, the leaf itself first.

        Raises:
            LedgerError: ``leaf`` is not 32 bytes long, or the tree is full.
        """
        _check_hash("leaf hash", leaf)
        index, level, top = self.size, 0, leaf
        nodes = list(self.nodes)
        completed = [(0, index, leaf)]
        while index >> level & 1:
            top = node_hash(nodes.pop(), top)
            level += 1
            completed.append((level, index >> level, top))
        nodes.append(top)
        return Frontier(index + 1, tuple(nodes)), completed

    def root(self) -> bytes:
        """Return the 32-byte root of the tree."""
        return _fold(self.nodes) if self.nodes else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Build the audit path of one leaf, RFC 6962 section 2.1.1.

    Args:
        index: Zero-based leaf, below ``size``.
        size: Number of leaves of the tree to prove against.
        node: Looks up a complete node.

    Returns:
        Sibling hashes, from the leaf's sibling up to the root's child.

    Raises:
        LedgerError: ``index`` or ``size`` is out of range, or a stored node is not 32 bytes long.
    """
    _check_index(index, size)
    return [_fold(_complete_nodes(start, end, node)) for _, start, end in _siblings(index, index + 1, size)]


def consistency_path(old: int, new: int, node: NodeReader) -> list[bytes]:
    """Build the proof that the tree of ``new`` leaves extends that of ``old``, RFC 6962 section 2.1.2.

    Args:
        old: Number of leaves of the earlier tree.
        new: Number of leaves of the later tree, at least ``old``.
        node: Looks up a complete node.

    Returns:
        The proof nodes; empty when ``old`` is 0 or equals ``new``.

    Raises:
        LedgerError: A size is out of range, ``old`` exceeds ``new``, or a stored node is not 32 bytes long.
    """
    _check_sizes(old, new)
    if old in (0, new):
        return []
    start, siblings = _old_edge(old, new)
    ranges = [(begin, end) for _, begin, end in siblings]
    if start > 0:
        ranges.insert(0, (start, old))
    return [_fold(_complete_nodes(begin, end, node)) for begin, end in ranges]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> None:
    """Check that a leaf is at ``index`` of the tree with this size and root, RFC 9162 section 2.1.3.2.

    A path binds leaf, index and root but not always the size: in trees of 5 and of 7 leaves alike, leaf 0 has
    three siblings, all on its right. Take size and root from one signed checkpoint.

    Args:
        leaf: 32-byte leaf hash.
        index: Zero-based leaf, below ``size``.
        size: Number of leaves.
        path: Sibling hashes, leaf first.
        expected_root: 32-byte root.

    Raises:
        LedgerError: The proof does not verify; the message says why.
    """
    _check_index(index, size)
    _check_hashes(leaf, expected_root, path)
    siblings = _siblings(index, index + 1, size)
    _check_length("inclusion path", path, len(siblings))
    seen = leaf
    for (is_left, _, _), sibling in zip(siblings, path, strict=True):
        seen = node_hash(sibling, seen) if is_left else node_hash(seen, sibling)
    _check_root(f"inclusion of leaf {index} in size {size}", seen, expected_root)


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the later tree begins with all leaves of the earlier one, RFC 9162 section 2.1.4.2.

    Args:
        old_size: Number of leaves of the earlier tree.
        old_root: Its 32-byte root.
        new_size: Number of leaves of the later tree.
        new_root: Its 32-byte root.
        path: The proof nodes; none when ``old_size`` is 0 or equals ``new_size``.

    Raises:
        LedgerError: The proof does not verify; the message says why.
    """
    _check_sizes(old_size, new_size)
    _check_hashes(old_root, new_root, path)
    if old_size == 0:
        _check_root("root of size 0", old_root, EMPTY_ROOT)
    if old_size in (0, new_size):
        _check_length("consistency path", path, 0)
        if old_size == new_size:
            _check_root(f"second root of size {new_size}", new_root, old_root)
        return
    start, siblings = _old_edge(old_size, new_size)
    # The old tree is itself a subtree of the new one exactly if nothing lies left of the shared node.
    _check_length("consistency path", path, len(siblings) + (start > 0))
    seen_old = seen_new = path[0] if start > 0 else old_root
    for (is_left, _, _), sibling in zip(siblings, path[start > 0 :], strict=True):
        if is_left:
            seen_old = node_hash(sibling, seen_old)
            seen_new = node_hash(sibling, seen_new)
        else:
            seen_new = node_hash(seen_new, sibling)
    _check_root(f"root of size {old_size}", seen_old, old_root)
    _check_root(f"root of size {new_size}", seen_new, new_root)


def _siblings(start: int, end: int, size: int) -> list[tuple[bool, int, int]]:
    """Walk down to the subtree [start, end); return (is left, start, end) of each sibling, lowest first."""
    low, high = 0, size
    siblings = []
    while (low, high) != (start, end):
        split = low + (1 << (high - low - 1).bit_length() - 1)
        if start < split:
            siblings.append((False, split, high))
            high = split
        else:
            siblings.append((True, low, split))
            low = split
    siblings.reverse()
    return siblings


def _old_edge(old: int, new: int) -> tuple[int, list[tuple[bool, int, int]]]:
    """Find the largest subtree of the new tree that ends at ``old``; return its start and its siblings."""
    low, high = 0, new
    while high != old:
        split = low + (1 << (high - low - 1).bit_length() - 1)
        if old <= split:
            high = split
        else:
            low = split
    return low, _siblings(low, old, new)


def _complete_nodes(start: int, end: int, node: NodeReader) -> list[bytes]:
    """Read the complete subtrees that make up [start, end), a subtree of some tree, largest first."""
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        found = node(level, start >> level)
        _check_hash(f"stored node ({level}, {start >> level})", found)
        hashes.append(found)
        start += 1 << level
    return hashes


def _fold(nodes: Sequence[bytes]) -> bytes:
    top = nodes[-1]
    for node in reversed(nodes[:-1]):
        top = node_hash(node, top)
    return top


def _check_hash(what: str, value: bytes) -> None:
    if len(value) != HASH_BYTES:
        raise LedgerError(f"{what}: got {len(value)} bytes; expected a SHA-256 hash of {HASH_BYTES} bytes")


def _check_hashes(first: bytes, second: bytes, path: Sequence[bytes]) -> None:
    for what, value in (("first hash", first), ("root", second)):
        _check_hash(what, value)
    for position, value in enumerate(path):
        _check_hash(f"path hash {position}", value)


def _check_size(what: str, size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise LedgerError(f"{what}: got {size}; expected 0 to {MAX_SIZE}")


def _check_index(index: int, size: int) -> None:
    _check_size("tree size", size)
    if not 0 <= index < size:
        raise LedgerError(f"leaf index: got {index}; expected 0 or more and below the tree size {size}")


def _check_sizes(old: int, new: int) -> None:
    _check_size("old size", old)
    _check_size("new size", new)
    if old > new:
        raise LedgerError(f"old size: got {old}; expected at most the new size {new}")


def _check_length(what: str, path: Sequence[bytes], expected: int) -> None:
    if len(path) != expected:
        raise LedgerError(f"{what}: got {len(path)} hashes; expected exactly {expected}")


def _check_root(what: str, seen: bytes, expected: bytes) -> None:
    if seen != expected:
        raise LedgerError(f"{what}: computed {seen.hex()}; expected {expected.hex()}")
