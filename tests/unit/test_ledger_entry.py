"""Entries have one byte form, and commitments open only to what was committed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

from shieldwall.errors import InvalidInput, LedgerError
from shieldwall.ledger.entry import (
    MAX_DEPTH,
    MAX_ENTRY_BYTES,
    EntryKind,
    commitment,
    decode,
    encode,
    open_commitment,
)
from shieldwall.stix.canonical import canonical_json

AT = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
GOOD = b'{"at":"2026-03-04T05:06:07.000089Z","kind":"verdict","severity":85}'
SALT = bytes(range(32))


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_an_entry_is_written_in_one_way_and_read_back() -> None:
    assert encode(EntryKind.VERDICT, AT, {"severity": 85}) == GOOD
    entry = decode(GOOD)
    assert (entry.kind, entry.at, entry.fields) == (EntryKind.VERDICT, AT, {"severity": 85})


def test_the_kinds_are_the_six_of_the_ledger() -> None:
    assert {kind.value for kind in EntryKind} == {
        "policy",
        "contribution",
        "draw",
        "ballot",
        "verdict",
        "epoch",
    }


def test_time_is_written_in_utc_whatever_the_zone() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=-7)))
    assert encode(EntryKind.VERDICT, elsewhere, {"severity": 85}) == GOOD
    with pytest.raises(LedgerError, match="time zone"):
        encode(EntryKind.VERDICT, AT.replace(tzinfo=None), {})
    with pytest.raises(LedgerError, match="out of range"):
        encode(EntryKind.VERDICT, datetime.min.replace(tzinfo=timezone(timedelta(hours=7))), {})


@pytest.mark.parametrize(
    "value",
    [1.0, 1.5, float("nan"), float("inf"), {"a": [0.1]}, b"bytes", {1: 2}, {1, 2}, "\ud800", AT, [10**5000]],
)
def test_floats_and_foreign_types_are_refused(value: Any) -> None:
    with pytest.raises(LedgerError):
        encode(EntryKind.EPOCH, AT, {"value": value})


@pytest.mark.parametrize("value", [None, True, 0, -(2**70), "", "é \u2028 \x00 𝄞", [], {}, [{"a": [1, "b"]}], (1, 2)])
def test_exact_values_survive(value: Any) -> None:
    read = decode(encode(EntryKind.EPOCH, AT, {"value": value})).fields["value"]
    assert read == (list(value) if isinstance(value, tuple) else value)
    assert type(read) is (list if isinstance(value, tuple) else type(value))


@pytest.mark.parametrize("name", ["kind", "at"])
def test_reserved_names_are_refused(name: str) -> None:
    with pytest.raises(LedgerError, match="neither 'kind' nor 'at'"):
        encode(EntryKind.EPOCH, AT, {name: "x"})


def test_an_entry_may_be_65535_bytes_long_and_no_longer() -> None:
    room = MAX_ENTRY_BYTES - len(encode(EntryKind.EPOCH, AT, {"x": ""}))
    longest = encode(EntryKind.EPOCH, AT, {"x": "a" * room})
    assert len(longest) == MAX_ENTRY_BYTES == 65_535
    decode(longest)
    with pytest.raises(LedgerError, match="got 65536 bytes"):
        encode(EntryKind.EPOCH, AT, {"x": "a" * (room + 1)})
    with pytest.raises(LedgerError, match="got 65536 bytes"):
        decode(longest.replace(b"aa", b"aaa", 1))


def test_nesting_has_a_fixed_limit() -> None:
    deepest = encode(EntryKind.EPOCH, AT, {"x": nested(MAX_DEPTH - 2)})
    decode(deepest)
    with pytest.raises(LedgerError, match="nested deeper"):
        encode(EntryKind.EPOCH, AT, {"x": nested(MAX_DEPTH - 1)})
    with pytest.raises(LedgerError, match="nested deeper"):
        decode(deepest.replace(b"1]", b"[1]]"))
    with pytest.raises(LedgerError):
        decode(b"[" * 60_000)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        GOOD + b"\n",
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b":85", b": 85"),
        GOOD.replace(b":85", b":85.0"),
        GOOD.replace(b":85", b":8e1"),
        GOOD.replace(b":85", b":NaN"),
        GOOD.replace(b":85", b":-0"),
        GOOD.replace(b":85", b":" + b"9" * 5000),
        GOOD.replace(b"severity", b"s\\u0065verity"),
        GOOD.replace(b"severity", b"s\xe9verity"),
        GOOD.replace(b"severity", b"\\ud800"),
        GOOD.replace(b"severity", b"aeverity"),
        GOOD.replace(b"}", b',"severity":86}'),
        GOOD.replace(b"}", b',"a":1}'),
        GOOD.replace(b"verdict", b"verdicts"),
        GOOD.replace(b'"verdict"', b"[]"),
        GOOD.replace(b'"kind":"verdict",', b""),
        GOOD.replace(b"2026-", b"20260"),
        GOOD.replace(b"000089Z", b"000089"),
        GOOD.replace(b"000089Z", b"000089+00:00"),
        GOOD.replace(b".000089Z", b"Z"),
        GOOD.replace(b"T05", b" 05"),
        GOOD.replace(b"T05", b"T25"),
        GOOD.replace(b'"2026-03-04T05:06:07.000089Z"', b"1"),
        b'{"at":"0001-01-01T00:00:00.000000+23:00","kind":"epoch"}',
    ],
)
def test_bytes_that_are_no_canonical_entry_are_refused(text: bytes) -> None:
    assert text != GOOD
    with pytest.raises(LedgerError):
        decode(text)


def test_canonical_json_sorts_keys_and_adds_nothing() -> None:
    assert (
        canonical_json({"b": 1.5, "a": ["é", None, True], "B": {}}) == '{"B":{},"a":["é",null,true],"b":1.5}'.encode()
    )


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), "\udfff", {1, 2}, b"x", [10**5000], nested(100_000)])
def test_canonical_json_refuses_what_is_not_json(value: Any) -> None:
    with pytest.raises(InvalidInput, match="JSON value"):
        canonical_json(value)


def test_a_commitment_is_the_hash_of_the_documented_bytes() -> None:
    preimage = b"shieldwall/commitment/v1\n" + SALT + bytes(7) + b"\x06member" + bytes(7) + b"\x05alpha"
    assert commitment(SALT, b"member", b"alpha") == sha256(preimage).digest()


def test_a_commitment_opens_to_its_parts_and_nothing_else() -> None:
    committed = commitment(SALT, b"member", b"alpha")
    open_commitment(committed, SALT, b"member", b"alpha")
    for parts in [
        (b"member", b"beta"),
        (b"membera", b"lpha"),
        (b"memberalpha",),
        (b"member", b"alpha", b""),
        (),
    ]:
        with pytest.raises(LedgerError, match="do not open"):
            open_commitment(committed, SALT, *parts)
    with pytest.raises(LedgerError, match="do not open"):
        open_commitment(committed, bytes(32), b"member", b"alpha")
    with pytest.raises(LedgerError, match="do not open"):
        open_commitment(committed[:31], SALT, b"member", b"alpha")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(LedgerError, match="salt"):
        commitment(bytes(length), b"x")
    with pytest.raises(LedgerError, match="salt"):
        open_commitment(bytes(32), bytes(length), b"x")
