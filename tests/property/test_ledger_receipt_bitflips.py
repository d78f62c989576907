"""No single bit of a receipt can change without the receipt failing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.errors import LedgerError
from shieldwall.ledger import (
    Checkpoint,
    EntryKind,
    Frontier,
    Opened,
    Receipt,
    SigningKey,
    commitment,
    decode,
    encode,
    inclusion_path,
    leaf_hash,
    sign,
    sign_checkpoint,
    verify_receipt,
)
from shieldwall.ledger.entry import Json

ORIGIN = "log.example.com"
KEY = SigningKey(ORIGIN, bytes(range(32)))
AT = datetime(2026, 3, 4, tzinfo=UTC)


def receipt(index: int, size: int, member: str, salt: bytes) -> Receipt:
    frontier, nodes, wanted = Frontier(), {}, b""
    for place in range(size):
        committed = commitment(salt if place == index else bytes(32), b"member", member.encode()).hex()
        entry = encode(EntryKind.CONTRIBUTION, AT + timedelta(seconds=place), {"member": committed})
        wanted = entry if place == index else wanted
        frontier, completed = frontier.append(leaf_hash(entry))
        nodes.update({(level, number): value for level, number, value in completed})
    path = inclusion_path(index, size, lambda level, number: nodes[level, number])
    note = sign_checkpoint(Checkpoint(ORIGIN, size, frontier.root()), KEY)
    return Receipt(index, tuple(path), note, Opened(wanted, salt, member).format())


def flip(text: bytes, bit: int) -> bytes:
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_single_bit_of_one_receipt_counts() -> None:
    text = receipt(2, 5, "alpha", bytes(range(32))).format()
    verify_receipt(text, KEY.verifier, ORIGIN)
    for bit in range(8 * len(text)):
        with pytest.raises(LedgerError):
            verify_receipt(flip(text, bit), KEY.verifier, ORIGIN)


@settings(deadline=None, max_examples=30)
@given(
    st.integers(1, 40).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    st.binary(min_size=32, max_size=32),
    st.data(),
)
def test_any_receipt_verifies_and_fails_after_any_single_bit_flip(
    place: tuple[int, int], member: str, salt: bytes, data: st.DataObject
) -> None:
    text = receipt(*place, member, salt).format()
    assert verify_receipt(text, KEY.verifier, ORIGIN).opened.member == member
    for bit in data.draw(st.lists(st.integers(0, 8 * len(text) - 1), min_size=5, max_size=20)):
        with pytest.raises(LedgerError):
            verify_receipt(flip(text, bit), KEY.verifier, ORIGIN)


def test_only_signature_lines_by_unknown_keys_are_outside_the_claim() -> None:
    good = receipt(0, 3, "alpha", bytes(32))
    body = good.checkpoint_note.split(b"\n\n", maxsplit=1)[0] + b"\n"
    cosigned = sign(body, KEY, SigningKey("witness.example.net", bytes(32)))
    text = Receipt(good.index, good.path, cosigned, good.extra).format()
    changed = text[:-10] + (b"A" if text[-10:-9] != b"A" else b"B") + text[-9:]
    assert verify_receipt(changed, KEY.verifier, ORIGIN) == verify_receipt(text, KEY.verifier, ORIGIN)


exact: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3).filter(str.isascii), inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=80)
@given(
    st.sampled_from(EntryKind),
    st.datetimes(timezones=st.just(UTC)),
    st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=6).filter(lambda k: k not in ("at", "kind")), exact),
    st.data(),
)
def test_an_entry_is_read_back_exactly_and_no_two_byte_forms_mean_the_same(
    kind: EntryKind, at: datetime, fields: dict[str, Json], data: st.DataObject
) -> None:
    encoded = encode(kind, at, fields)
    entry = decode(encoded)
    assert (entry.kind, entry.at, entry.fields) == (kind, at, fields)
    changed = flip(encoded, data.draw(st.integers(0, 8 * len(encoded) - 1)))
    try:
        other = decode(changed)
    except LedgerError:
        return
    assert other != entry
    assert encode(other.kind, other.at, other.fields) == changed
