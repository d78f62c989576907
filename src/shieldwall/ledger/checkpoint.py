"""Checkpoints: the signed statement of a log's size and root.

Not here: hashing (``merkle``), the note around the body (``note``), witnesses.
Source: https://c2sp.org/tlog-checkpoint@v1.0.0.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from shieldwall.errors import LedgerError
from shieldwall.ledger.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from shieldwall.ledger.note import SigningKey, VerifierKey, decode_base64, parse_decimal, sign, verify

_LINE = re.compile(r"[^\x00-\x1f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's tree head.

    Args:
        origin: Unique name of the log, one non-empty line.
        size: Number of entries, 0 to ``MAX_SIZE``.
        root: 32-byte RFC 6962 root at that size.
        extensions: Opaque further lines. This project writes none: nobody audits them.

    Raises:
        LedgerError: A field is out of its range, or the root of size 0 is not that of the empty tree.

    >>> Checkpoint("log.example.com", 0, EMPTY_ROOT).format().splitlines()[:2]
    [b'log.example.com', b'0']
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not _LINE.fullmatch(line):
                raise LedgerError(f"checkpoint line: got {line!r}; expected one line, not empty, no control character")
        if not 0 <= self.size <= MAX_SIZE:
            raise LedgerError(f"checkpoint size: got {self.size}; expected 0 to {MAX_SIZE}")
        if len(self.root) != HASH_BYTES:
            raise LedgerError(f"checkpoint root: got {len(self.root)} bytes; expected {HASH_BYTES}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise LedgerError(f"checkpoint root: got {self.root.hex()}; expected {EMPTY_ROOT.hex()} at size 0")

    @classmethod
    def parse(cls, body: bytes) -> Checkpoint:
        """Read a checkpoint body; only the bytes that ``format`` writes are accepted.

        Raises:
            LedgerError: Malformed, or a field out of its range.
        """
        try:
            lines = body.decode().split("\n")
        except UnicodeDecodeError as error:
            raise LedgerError(f"checkpoint: not UTF-8 ({error})") from error
        if len(lines) < 4 or lines.pop() != "":
            raise LedgerError(f"checkpoint: got {body[:80]!r}; expected lines origin, size and root, each ended")
        origin, size, encoded, *extensions = lines
        root = decode_base64(encoded, "checkpoint root")
        return cls(origin, parse_decimal(size, "checkpoint size"), root, tuple(extensions))

    def format(self) -> bytes:
        """Write the body that is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Sign a checkpoint with the log's key.

    Args:
        checkpoint: What is stated; the caller has made sure that it extends every one signed before.
        key: The log's key; its name is the origin.

    Returns:
        The signed note.

    Raises:
        LedgerError: The key is named otherwise than the log.
    """
    if key.name != checkpoint.origin:
        raise LedgerError(f"log key: got name {key.name!r}; expected the origin {checkpoint.origin!r}")
    return sign(checkpoint.format(), key)


def open_checkpoint(note: bytes, key: VerifierKey, origin: str) -> Checkpoint:
    """Check a signed checkpoint and read it.

    Args:
        note: The signed note.
        key: The log's key.
        origin: The log that is expected.

    Raises:
        LedgerError: The signature fails, the body is malformed, or it is of another log.
    """
    checkpoint = Checkpoint.parse(verify(note, key))
    if checkpoint.origin != origin:
        raise LedgerError(f"checkpoint origin: got {checkpoint.origin!r}; expected {origin!r}")
    return checkpoint
