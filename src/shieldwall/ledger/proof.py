"""Receipts: one entry's inclusion proof with everything needed to check it alone.

A receipt is a C2SP ``tlog-proof`` whose ``extra`` line carries the entry and the opening of its ``member``
commitment. Not here: who may have a receipt. Source: https://c2sp.org/tlog-proof@v1.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field

from shieldwall.errors import LedgerError
from shieldwall.ledger.checkpoint import open_checkpoint
from shieldwall.ledger.entry import Entry, decode, load_canonical, open_commitment
from shieldwall.ledger.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from shieldwall.ledger.note import VerifierKey, decode_base64, parse_decimal
from shieldwall.stix.canonical import canonical_json

_HEADER = "c2sp.org/tlog-proof@v1"
_COMMITMENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the owner of an entry holds: its bytes, and what opens its ``member`` commitment.

    Args:
        entry: The encoded entry, as it was hashed.
        salt: 32-byte salt of the commitment; never in ``repr``.
        member: The member committed to.
    """

    entry: bytes
    salt: bytes = field(repr=False)
    member: str

    @classmethod
    def parse(cls, extra: bytes) -> Opened:
        """Read canonical JSON with exactly the strings ``entry`` (base64), ``member`` and ``salt`` (base64).

        Raises:
            LedgerError: Anything else.
        """
        fields = load_canonical(extra, "receipt extra")
        entry, salt, member = fields.get("entry"), fields.get("salt"), fields.get("member")
        if len(fields) != 3 or not (isinstance(entry, str) and isinstance(salt, str) and isinstance(member, str)):
            raise LedgerError(f"receipt extra: got {sorted(fields)}; expected the strings entry, member and salt")
        return cls(decode_base64(entry, "receipt entry"), decode_base64(salt, "receipt salt"), member)

    def format(self) -> bytes:
        """Write the bytes that ``parse`` reads."""
        entry, salt = b64encode(self.entry).decode(), b64encode(self.salt).decode()
        return canonical_json({"entry": entry, "member": self.member, "salt": salt})


@dataclass(frozen=True, slots=True)
class Receipt:
    """A ``tlog-proof``, not yet checked.

    Args:
        index: Zero-based place of the entry in the log.
        path: Inclusion path of 32-byte hashes, leaf's sibling first.
        checkpoint_note: The signed checkpoint, verbatim.
        extra: Opaque data outside the proof; empty for none. It holds the owner's salt, so ``repr`` hides it.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint_note: bytes
    extra: bytes = field(default=b"", repr=False)

    @classmethod
    def parse(cls, text: bytes) -> Receipt:
        """Read a proof; only the bytes that ``format`` writes are accepted.

        Raises:
            LedgerError: Malformed.
        """
        head, blank, checkpoint_note = text.partition(b"\n\n")
        if not blank or not head.startswith(f"{_HEADER}\n".encode()):
            raise LedgerError(f"receipt: got {text[:40]!r}; expected {_HEADER!r}, a proof, a blank line, a checkpoint")
        try:
            lines = head.decode("ascii").split("\n")[1:]
        except UnicodeDecodeError as error:
            raise LedgerError(f"receipt: not ASCII before the checkpoint ({error})") from error
        extra = b""
        if lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0).removeprefix("extra "), "receipt extra")
            if not extra:
                raise LedgerError("receipt extra: got an empty line; expected none when there is no data")
        if not lines or not lines[0].startswith("index "):
            raise LedgerError(f"receipt: got {lines[:1]!r:.40}; expected an index line")
        index = parse_decimal(lines.pop(0).removeprefix("index "), "receipt index")
        path = tuple(decode_base64(line, "receipt path") for line in lines)
        if any(len(node) != HASH_BYTES for node in path):
            raise LedgerError(f"receipt path: expected hashes of {HASH_BYTES} bytes")
        return cls(index, path, checkpoint_note, extra)

    def format(self) -> bytes:
        """Write the text that is given to a member, by custom in a ``.tlog-proof`` file."""
        extra = [f"extra {b64encode(self.extra).decode()}"] if self.extra else []
        path = [b64encode(node).decode() for node in self.path]
        return "\n".join([_HEADER, *extra, f"index {self.index}", *path, "", ""]).encode() + self.checkpoint_note


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a checked receipt proves: this entry, of this member, is in the log.

    Args:
        entry: The decoded entry.
        index: Its zero-based place.
        size: Number of entries of the log when the checkpoint was signed.
        opened: The entry's bytes and what opens its ``member`` commitment.
    """

    entry: Entry
    index: int
    size: int
    opened: Opened


def verify_receipt(text: bytes, key: VerifierKey, origin: str) -> VerifiedReceipt:
    """Check a receipt with nothing but the log's public key.

    Signature lines by other keys are ignored, as notes demand, so they alone can change without notice.

    Args:
        text: The receipt.
        key: The log's public key.
        origin: The log's name.

    Raises:
        LedgerError: Malformed; the checkpoint's signature, the inclusion or the commitment fails.
    """
    receipt = Receipt.parse(text)
    checkpoint = open_checkpoint(receipt.checkpoint_note, key, origin)
    opened = Opened.parse(receipt.extra)
    leaf = leaf_hash(opened.entry)
    verify_inclusion(leaf, receipt.index, checkpoint.size, receipt.path, checkpoint.root)
    entry = decode(opened.entry)
    committed = entry.fields.get("member")
    if not isinstance(committed, str) or not _COMMITMENT.fullmatch(committed):
        raise LedgerError(f"entry member: got {committed!r:.80}; expected a commitment, 64 hexadecimal digits")
    open_commitment(bytes.fromhex(committed), opened.salt, b"member", opened.member.encode())
    return VerifiedReceipt(entry, receipt.index, checkpoint.size, opened)
