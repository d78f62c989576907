"""What is written in the ledger: canonical JSON entries, and salted commitments inside them.

An entry holds figures and commitments, never STIX bodies or identities. Not here: the fields of each kind,
which the use case that writes them knows, and hashing into the tree (``merkle``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import NoReturn

from shieldwall.errors import InvalidInput, LedgerError
from shieldwall.stix.canonical import canonical_json

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
"""A JSON value without floating-point numbers."""

MAX_ENTRY_BYTES = 65_535
"""Longest entry; C2SP tiles give its length 16 bits."""

MAX_DEPTH = 32
"""Deepest nesting of an entry, itself counted; fixed so that no verdict hangs on the caller's stack."""

SALT_BYTES = 32

_COMMITMENT_LABEL = b"shieldwall/commitment/v1\n"


class EntryKind(StrEnum):
    """What an entry records."""

    POLICY = "policy"
    CONTRIBUTION = "contribution"
    DRAW = "draw"
    BALLOT = "ballot"
    VERDICT = "verdict"
    EPOCH = "epoch"


@dataclass(frozen=True, slots=True)
class Entry:
    """One decoded entry.

    Args:
        kind: What it records.
        at: When, with a time zone.
        fields: The rest, by name; neither ``kind`` nor ``at`` is among them.
    """

    kind: EntryKind
    at: datetime
    fields: Mapping[str, Json]


def encode(kind: EntryKind, at: datetime, fields: Mapping[str, Json]) -> bytes:
    """Write an entry as canonical JSON.

    Args:
        kind: What it records.
        at: When, with a time zone; written in UTC with microseconds.
        fields: The rest: strings, integers, booleans, null, and arrays and objects of them.

    Returns:
        At most ``MAX_ENTRY_BYTES`` bytes.

    Raises:
        LedgerError: A reserved name, a float or foreign type, no time zone, nested too deep, or too long.

    >>> encode(EntryKind.DRAW, datetime(2026, 1, 2, tzinfo=UTC), {"seats": 3})
    b'{"at":"2026-01-02T00:00:00.000000Z","kind":"draw","seats":3}'
    """
    if reserved := fields.keys() & {"kind", "at"}:
        raise LedgerError(f"entry fields: got {sorted(reserved)}; expected neither 'kind' nor 'at'")
    if at.tzinfo is None:
        raise LedgerError(f"entry time: got {at.isoformat()} without a time zone; expected one")
    try:
        utc = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        whole = {**fields, "kind": kind.value, "at": utc}
        _check_exact(whole, 1)
        encoded = canonical_json(whole)
    except (InvalidInput, OverflowError) as error:
        raise LedgerError(f"entry: {error}") from error
    if len(encoded) > MAX_ENTRY_BYTES:
        raise LedgerError(f"entry: got {len(encoded)} bytes; expected at most {MAX_ENTRY_BYTES}")
    return encoded


def decode(entry: bytes) -> Entry:
    """Read an entry; only the bytes that ``encode`` writes are accepted.

    Args:
        entry: The entry as it was hashed.

    Raises:
        LedgerError: Not JSON, not canonical, an unknown kind, a bad time, a float, or too long.
    """
    if len(entry) > MAX_ENTRY_BYTES:
        raise LedgerError(f"entry: got {len(entry)} bytes; expected at most {MAX_ENTRY_BYTES}")
    fields = load_canonical(entry, "entry")
    try:
        kind = EntryKind(fields.pop("kind", None))  # type: ignore[arg-type]
        at = datetime.fromisoformat(str(fields.pop("at", None)))
    except ValueError as error:
        raise LedgerError(f"entry: expected a known kind and a time ({error})") from error
    if encode(kind, at, fields) != entry:
        raise LedgerError(f"entry: got {entry[:80]!r}; expected the canonical form of its values")
    return Entry(kind, at, fields)


def load_canonical(text: bytes, what: str) -> dict[str, Json]:
    """Read a JSON object without floats whose bytes are canonical.

    Args:
        text: The bytes.
        what: Name of the thing read, for the message.

    Raises:
        LedgerError: Not such an object.
    """
    try:
        value = json.loads(text.decode(), parse_float=_refuse_number, parse_constant=_refuse_number)
        if isinstance(value, dict) and canonical_json(value) == text:
            return value
    except (ValueError, RecursionError, InvalidInput) as error:
        raise LedgerError(f"{what}: not JSON of integers and strings ({error})") from error
    raise LedgerError(f"{what}: got {text[:80]!r}; expected a JSON object in canonical form")


def commitment(salt: bytes, *parts: bytes) -> bytes:
    """Commit to byte strings: ``SHA-256(label || salt || u64be length || part || ...)``.

    The length before each part makes the encoding one to one, so ("ab", "c") and ("a", "bc") differ.

    Args:
        salt: 32 random bytes, kept by the owner; without it even a guess cannot be checked.
        parts: What is committed to, by convention the name of the field first.

    Returns:
        32 bytes.

    Raises:
        LedgerError: The salt is not 32 bytes long.

    >>> commitment(bytes(32), b"member", b"alpha") == commitment(bytes(32), b"member", b"beta")
    False
    """
    if len(salt) != SALT_BYTES:
        raise LedgerError(f"salt: got {len(salt)} bytes; expected {SALT_BYTES}")
    hashed = sha256(_COMMITMENT_LABEL + salt)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.digest()


def open_commitment(committed: bytes, salt: bytes, *parts: bytes) -> None:
    """Check in constant time that a commitment opens to these parts.

    Args:
        committed: The 32 bytes that were published.
        salt: The owner's salt.
        parts: What is claimed to have been committed to.

    Raises:
        LedgerError: It does not, or the salt is not 32 bytes long.
    """
    if not compare_digest(commitment(salt, *parts), committed):
        raise LedgerError("commitment: salt and values do not open it")


def _refuse_number(text: str) -> NoReturn:
    raise LedgerError(f"number: got {text[:40]}; expected an integer")


def _check_exact(value: object, depth: int) -> None:
    """Refuse what JSON would round or coerce, floats and keys that are not strings, and deep nesting."""
    if depth > MAX_DEPTH:
        raise LedgerError(f"entry: nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise LedgerError(f"entry key: got {key!r}; expected a string")
            _check_exact(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_exact(inner, depth + 1)
    elif not (value is None or isinstance(value, bool | int | str)):
        raise LedgerError(f"entry value: got {value!r:.80}; expected str, int, bool, None, list or dict")
