"""The audit of a recorded chain finds every change and survives any damage."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
import rlp  # type: ignore[import-untyped]
from chain_journal import ListJournal
from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.chain import evm as evm_module
from shieldwall.chain.audit import audit_journal
from shieldwall.chain.embedded import EmbeddedChain
from shieldwall.chain.evm import Evm
from shieldwall.chain.keys import address_of_key, parse_address
from shieldwall.chain.settlement import WITHDRAW, encode_call
from shieldwall.errors import InvalidInput, SettlementError
from shieldwall.ports import ChainTransaction

OPERATOR, MEMBER = bytes([1]) * 32, bytes([2]) * 32
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
OPERATOR_ADDRESS = address_of_key(OPERATOR)


def record() -> list[ChainTransaction]:
    journal, chain = ListJournal(), EmbeddedChain(OPERATOR)
    chain.register(journal, 0, address_of_key(MEMBER))
    chain.credit(journal, 1, {0: 9})
    chain.withdraw(journal, 0, 4, MEMBER)
    return journal.rows


RECORDED = record()


def first_difference(rows: list[ChainTransaction]) -> str:
    differences = audit_journal(OPERATOR_ADDRESS, rows).differences
    assert differences
    return differences[0]


def changed(index: int, **values: Any) -> list[ChainTransaction]:
    return [*RECORDED[:index], replace(RECORDED[index], **values), *RECORDED[index + 1 :]]


def test_an_untouched_journal_has_no_difference_and_gives_the_books() -> None:
    replay = audit_journal(OPERATOR_ADDRESS, RECORDED)
    assert (replay.differences, replay.epoch, replay.balances) == ((), 1, {0: 5})
    assert audit_journal(OPERATOR_ADDRESS, []).balances == {}


def test_the_record_is_the_same_whenever_and_wherever_it_is_made() -> None:
    assert record() == RECORDED


def test_a_changed_state_root_is_named_with_both_values() -> None:
    right = RECORDED[2].state_root
    stored = bytes([right[0] ^ 1]) + right[1:]
    assert first_difference(changed(2, state_root=stored)) == (
        f"chain transaction 3: state root differs: stored {stored.hex()}, replayed {right.hex()}"
    )


def test_a_changed_purpose_or_sequence_is_named() -> None:
    assert "chain transaction 3: purpose differs: stored 'credit epoch 2', replayed 'credit epoch 1'" in (
        first_difference(changed(2, purpose="credit epoch 2"))
    )
    assert first_difference(changed(2, sequence=7)) == "chain transaction 3: recorded with sequence 7"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(RECORDED) - 1), st.sampled_from(["raw", "state_root"]), st.data())
def test_any_flipped_bit_is_found_where_it_is(index: int, field: str, data: st.DataObject) -> None:
    value = bytearray(getattr(RECORDED[index], field))
    bit = data.draw(st.integers(0, 8 * len(value) - 1))
    value[bit // 8] ^= 1 << bit % 8
    assert first_difference(changed(index, **{field: bytes(value)})).startswith(f"chain transaction {index + 1}: ")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(RECORDED) - 1), st.binary(max_size=300), st.booleans())
def test_any_bytes_in_place_of_a_transaction_are_refused(index: int, raw: bytes, typed: bool) -> None:
    raw = b"\x02" + raw if typed else raw
    assert first_difference(changed(index, raw=raw)).startswith(f"chain transaction {index + 1}: refused: ")


@pytest.mark.parametrize("index", range(4))
def test_a_second_encoding_of_the_same_transaction_is_refused(index: int) -> None:
    recorded: list[bytes] = rlp.decode(RECORDED[index].raw[1:])
    *content, parity, r, s = recorded
    mirrored = (CURVE_ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    for variant in (
        [*content, b"" if parity else b"\x01", r, mirrored],
        [*content, parity, b"\0" + r, s],
        [b"\0" + content[0], *content[1:], parity, r, s],
        [*recorded, b""],
    ):
        assert ": refused: " in first_difference(changed(index, raw=b"\x02" + rlp.encode(variant)))
    assert ": refused: " in first_difference(changed(index, raw=RECORDED[index].raw + b"\0"))


def test_a_deeply_nested_transaction_is_refused() -> None:
    nested = b"\xc0"
    for _ in range(5000):
        nested = b"\xf9" + len(nested).to_bytes(2, "big") + nested
    assert ": refused: " in first_difference(changed(1, raw=b"\x02" + nested))


@pytest.mark.parametrize(("setting", "value"), [("CHAIN_ID", 1), ("GAS_LIMIT", 30_000_000), ("GAS_LIMIT", 2_000_000)])
def test_a_transaction_signed_for_another_chain_is_refused(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: int
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(evm_module, setting, value)
        rows = record()
    assert first_difference(rows).startswith("chain transaction 1: refused: not a valid transaction: other chain id")


@pytest.mark.parametrize("field", [field.name for field in fields(ChainTransaction)])
@pytest.mark.parametrize("value", [None, "", b"", -1, "x", b"\xff" * 5000, b"\xc0" * 5000, 1.5])
def test_a_value_of_the_wrong_kind_is_a_difference(field: str, value: object) -> None:
    assert "chain transaction 2: " in first_difference(changed(1, **{field: value}))


def test_removed_repeated_and_reordered_transactions_are_found() -> None:
    deploy, register, credit, withdraw = RECORDED
    for rows in (
        [register, credit, withdraw],
        [deploy, credit, withdraw],
        [deploy, register, credit, credit, withdraw],
        [deploy, credit, register, withdraw],
    ):
        assert first_difference(rows)


def test_a_cut_journal_shows_in_the_books() -> None:
    replay = audit_journal(OPERATOR_ADDRESS, RECORDED[:2])
    assert replay.differences == ()
    assert (replay.epoch, replay.balances) == (0, {0: 0})


def test_the_journal_of_another_operator_is_refused() -> None:
    (difference,) = audit_journal(address_of_key(MEMBER), RECORDED).differences
    assert difference.startswith("chain transaction 1: refused: the first transaction is not the operator's")
    with pytest.raises(InvalidInput, match="address"):
        audit_journal("somebody", RECORDED)


def test_a_rightly_signed_transaction_that_the_contract_refuses_is_a_difference() -> None:
    evm = Evm(parse_address(OPERATOR_ADDRESS))
    root = evm.genesis_root
    for row in RECORDED:
        root = evm.execute(root, row.raw).state_root
    too_much = evm.sign(root, MEMBER, encode_call(WITHDRAW, 0, 6))
    with pytest.raises(SettlementError, match="amount exceeds the balance"):
        evm.execute(root, too_much)
    found = first_difference([*RECORDED, ChainTransaction(5, "withdraw from account 0", too_much, root)])
    assert found == "chain transaction 5: refused: settlement: amount exceeds the balance"


def test_a_chain_in_use_stops_at_a_changed_record() -> None:
    with pytest.raises(SettlementError, match=r"chain transaction 2: state root differs.*Run the audit"):
        EmbeddedChain(OPERATOR).balances(ListJournal(changed(1, state_root=bytes(32))))
