"""What the ledger's pages show: entries decoded, and one entry's proof worked out step by step."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from shieldwall.errors import LedgerError, NotFound
from shieldwall.ledger import Checkpoint, Entry, decode, leaf_hash, node_hash, open_checkpoint
from shieldwall.ledger.entry import Json
from shieldwall.services.alliance import Alliance
from shieldwall.services.overview import Proof

PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """One entry with its fields as text."""

    index: int
    entry: Entry
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of the ledger, newest first; ``older`` and ``newer`` are where the neighbouring pages end."""

    size: int
    note: str
    checkpoint: Checkpoint | None
    verifier: str
    rows: tuple[Row, ...]
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Fold:
    """One step up the tree: the sibling, its side, and the node above the two; hexadecimal."""

    sibling: str
    left: bool
    node: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry and its proof.

    Attributes:
        proof: Made and checked now; None if the stored tree does not prove the entry.
        problem: Why there is no proof, empty otherwise.
        text: The entry as it was hashed.
        leaf: Leaf hash, hexadecimal.
        root: Root in the checkpoint, base64 as it is written there.
    """

    row: Row
    proof: Proof | None
    problem: str
    text: str
    leaf: str
    folds: tuple[Fold, ...]
    root: str
    verifier: str


def ledger_page(alliance: Alliance, before: int | None) -> LedgerPage:
    """Gather the entries below ``before``, the newest by default."""
    summary = alliance.overview.summary()
    size, note = summary.ledger_size, summary.checkpoint
    end = size if before is None else max(0, min(before, size))
    start = max(0, end - PAGE)
    found = alliance.overview.entries(start, end - start) if end > start else ()
    return LedgerPage(
        size=size,
        note=note.decode() if note else "",
        checkpoint=open_checkpoint(note, alliance.verifier, alliance.origin) if note else None,
        verifier=alliance.verifier.format(),
        rows=tuple(_row(index, entry) for index, entry in reversed(found)),
        older=start if start > 0 else None,
        newer=min(end + PAGE, size) if end < size else None,
    )


def entry_page(alliance: Alliance, index: int) -> EntryPage:
    """Gather one entry; the proof is made and checked now.

    Raises:
        NotFound: If the ledger is shorter.
    """
    entry = entry_bytes(alliance, index)
    proof, problem = None, ""
    try:
        proof = alliance.overview.prove(index)
    except LedgerError as error:
        problem = str(error)
    return EntryPage(
        row=_row(index, entry),
        proof=proof,
        problem=problem,
        text=entry.decode(),
        leaf=leaf_hash(entry).hex(),
        folds=tuple(fold(proof)) if proof else (),
        root=b64encode(proof.root).decode() if proof else "",
        verifier=alliance.verifier.format(),
    )


def entry_bytes(alliance: Alliance, index: int) -> bytes:
    """The bytes of one entry, as they were hashed.

    Raises:
        NotFound: If the ledger is shorter.
    """
    size = alliance.overview.summary().ledger_size
    if not 0 <= index < size:
        raise NotFound(f"Entry {index} is not in the ledger, which holds entries 0 to {size - 1}")
    return alliance.overview.entries(index, 1)[0][1]


def fold(proof: Proof) -> list[Fold]:
    """Work out the nodes from a leaf up to the root, RFC 9162 section 2.1.3.2.

    Returns:
        One step for each hash of the path; the last node is the root if the proof is right.
    """
    node, place, last = proof.leaf, proof.index, proof.size - 1
    folds = []
    for sibling in proof.path:
        left = place % 2 == 1 or place == last
        if left:
            node = node_hash(sibling, node)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
        folds.append(Fold(sibling.hex(), left, node.hex()))
    return folds


def _row(index: int, entry: bytes) -> Row:
    decoded = decode(entry)
    return Row(index, decoded, {name: _text(value) for name, value in decoded.fields.items()})


def _text(value: Json) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return str(value)
