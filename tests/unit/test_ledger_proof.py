"""A receipt verifies alone, and every way in which it could mislead is refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shieldwall.errors import LedgerError
from shieldwall.ledger import (
    Checkpoint,
    EntryKind,
    Frontier,
    Opened,
    Receipt,
    SigningKey,
    commitment,
    encode,
    inclusion_path,
    leaf_hash,
    sign_checkpoint,
    verify_receipt,
)

ORIGIN = "log.example.com"
KEY = SigningKey(ORIGIN, bytes(range(32)))
AT = datetime(2026, 3, 4, tzinfo=UTC)
SALT = bytes(range(100, 132))


def entry_of(member: object, kind: EntryKind = EntryKind.CONTRIBUTION) -> bytes:
    fields: Mapping[str, Any] = {"member": member, "contribution": "0001"}
    return encode(kind, AT, fields)


MEMBER = commitment(SALT, b"member", "société".encode()).hex()
ENTRY = entry_of(MEMBER)


def receipt_for(entry: bytes, opened: Opened | None = None, index: int = 2, size: int = 5) -> Receipt:
    entries = [b"%d" % number for number in range(size)]
    entries[index] = entry
    frontier, nodes = Frontier(), {}
    for one in entries:
        frontier, completed = frontier.append(leaf_hash(one))
        nodes.update({(level, place): value for level, place, value in completed})
    path = inclusion_path(index, size, lambda level, place: nodes[level, place])
    note = sign_checkpoint(Checkpoint(ORIGIN, size, frontier.root()), KEY)
    return Receipt(index, tuple(path), note, (opened or Opened(entry, SALT, "société")).format())


GOOD = receipt_for(ENTRY)


def test_a_receipt_verifies_from_its_text_and_the_public_key_alone() -> None:
    verified = verify_receipt(GOOD.format(), KEY.verifier, ORIGIN)
    assert (verified.index, verified.size) == (2, 5)
    assert verified.opened == Opened(ENTRY, SALT, "société")
    assert (verified.entry.kind, verified.entry.at) == (EntryKind.CONTRIBUTION, AT)
    assert verified.entry.fields == {"member": MEMBER, "contribution": "0001"}


def test_the_text_is_a_tlog_proof_line_by_line() -> None:
    lines = GOOD.format().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == "extra " + b64encode(GOOD.extra).decode()
    assert lines[2] == "index 2"
    assert lines[3:6] == [b64encode(value).decode() for value in GOOD.path]
    assert lines[6] == ""
    assert "\n".join(lines[7:]).encode() == GOOD.checkpoint_note


def test_a_receipt_is_read_back_as_written() -> None:
    single = receipt_for(ENTRY, index=0, size=1)
    for receipt in (GOOD, replace(GOOD, extra=b""), single, replace(single, extra=b"")):
        assert Receipt.parse(receipt.format()) == receipt
    assert single.path == ()


def test_the_salt_is_in_no_repr() -> None:
    verified = verify_receipt(GOOD.format(), KEY.verifier, ORIGIN)
    for shown in (repr(GOOD), repr(verified)):
        assert repr(SALT)[2:-1] not in shown
        assert b64encode(SALT).decode() not in shown


TEXT = GOOD.format()
EXTRA = b"extra " + b64encode(GOOD.extra) + b"\n"
PATH0 = b64encode(GOOD.path[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "expected 'c2sp.org/tlog-proof@v1'"),
        (TEXT.replace(b"@v1", b"@v2"), "expected 'c2sp.org/tlog-proof@v1'"),
        (b" " + TEXT, "expected 'c2sp.org/tlog-proof@v1'"),
        (TEXT.replace(b"\n", b"\r\n"), "expected 'c2sp.org/tlog-proof@v1'"),
        (TEXT.split(b"\n\n", maxsplit=1)[0], "expected 'c2sp.org/tlog-proof@v1'"),
        (TEXT.replace(EXTRA, b""), "receipt extra: not JSON"),
        (TEXT.replace(EXTRA, b"extra \n"), "empty line"),
        (TEXT.replace(EXTRA, b"extra !!\n"), "receipt extra: got"),
        (TEXT.replace(EXTRA, EXTRA + EXTRA), "expected an index line"),
        (TEXT.replace(EXTRA + b"index 2\n", b"index 2\n" + EXTRA), "receipt path: got"),
        (TEXT.replace(b"index 2\n", b""), "expected an index line"),
        (TEXT.replace(b"index 2", b"index  2"), "receipt index: got"),
        (TEXT.replace(b"index 2", b"index 02"), "receipt index: got"),
        (TEXT.replace(b"index 2", b"index -2"), "receipt index: got"),
        (TEXT.replace(b"index 2", b"index x"), "receipt index: got"),
        (TEXT.replace(b"index 2", b"index 1"), "computed"),
        (TEXT.replace(b"index 2", b"index 5"), "below the tree size 5"),
        (TEXT.replace(PATH0, b"AAAA"), "hashes of 32 bytes"),
        (TEXT.replace(PATH0, b"!!"), "receipt path: got"),
        (TEXT.replace(PATH0, PATH0 + b"\n" + PATH0), "expected exactly 3"),
        (TEXT.replace(PATH0 + b"\n", b""), "expected exactly 3"),
        (TEXT.replace(b"index 2", "index ٢".encode()), "not ASCII"),
        (TEXT + b"\n", "ending in newline"),
        (TEXT.replace(b"\nlog.example.com\n", b"\n\nlog.example.com\n"), "expected lines|does not verify"),
    ],
)
def test_a_receipt_changed_by_hand_is_refused(text: bytes, reason: str) -> None:
    assert text != TEXT
    with pytest.raises(LedgerError, match=reason):
        verify_receipt(text, KEY.verifier, ORIGIN)


@pytest.mark.parametrize(
    "extra",
    [
        b"[]",
        b"{}",
        b'{"entry":"","member":""}',
        GOOD.extra.replace(b'"salt":"', b'"salt": "'),
        GOOD.extra.replace(b'"member":', b'"more":1,"member":'),
        GOOD.extra.replace(b"}", b',"zone":"x"}'),
        GOOD.extra.replace('"société"'.encode(), b"1"),
        GOOD.extra.replace('"société"'.encode(), b"null"),
        GOOD.extra.replace("société".encode(), b"soci\\u00e9t\\u00e9"),
        GOOD.extra.replace("société".encode(), "socie\u0301té".encode()),
        GOOD.extra.replace("société".encode(), b"other"),
        Opened(ENTRY, bytes(32), "société").format(),
        Opened(ENTRY, SALT[:31], "société").format(),
        Opened(entry_of("00" * 32), SALT, "société").format(),
    ],
)
def test_another_opening_is_refused(extra: bytes) -> None:
    with pytest.raises(LedgerError):
        verify_receipt(replace(GOOD, extra=extra).format(), KEY.verifier, ORIGIN)


@pytest.mark.parametrize("member", [None, 1, "", "00", MEMBER.upper(), MEMBER + " ", MEMBER[:-1], [MEMBER]])
def test_a_logged_entry_without_a_proper_commitment_makes_no_receipt(member: object) -> None:
    with pytest.raises(LedgerError, match="entry member"):
        verify_receipt(receipt_for(entry_of(member)).format(), KEY.verifier, ORIGIN)


def test_a_logged_entry_that_is_not_canonical_makes_no_receipt() -> None:
    with pytest.raises(LedgerError, match="canonical"):
        verify_receipt(receipt_for(ENTRY.replace(b",", b", ", 1)).format(), KEY.verifier, ORIGIN)


def test_a_receipt_of_another_log_or_key_is_refused() -> None:
    with pytest.raises(LedgerError, match="checkpoint origin"):
        verify_receipt(TEXT, KEY.verifier, "other.example.com")
    with pytest.raises(LedgerError, match="no signature by a known key"):
        verify_receipt(TEXT, SigningKey(ORIGIN, bytes(32)).verifier, ORIGIN)


def test_a_checkpoint_of_another_size_does_not_fit_the_path() -> None:
    other = receipt_for(ENTRY, size=9).checkpoint_note
    with pytest.raises(LedgerError, match="expected exactly 4"):
        verify_receipt(replace(GOOD, checkpoint_note=other).format(), KEY.verifier, ORIGIN)
