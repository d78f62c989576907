"""What every settlement chain must do, run on the embedded EVM and on its Python twin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from chain_journal import ListJournal

from shieldwall.chain.embedded import EmbeddedChain
from shieldwall.chain.journaled import JournaledChain
from shieldwall.chain.keys import address_of_key
from shieldwall.chain.memory import MemoryChain
from shieldwall.errors import InvalidInput, SettlementError, StorageError

OPERATOR = bytes([1]) * 32
MEMBERS = [bytes([2 + index]) * 32 for index in range(6)]
LARGEST = 2**64 - 1


@dataclass
class Setting:
    kind: type[EmbeddedChain] | type[MemoryChain]
    chain: JournaledChain
    journal: ListJournal

    def restarted(self) -> JournaledChain:
        return self.kind(OPERATOR)


@pytest.fixture(params=[EmbeddedChain, MemoryChain])
def setting(request: pytest.FixtureRequest) -> Iterator[Setting]:
    kind = request.param
    here = Setting(kind, kind(OPERATOR), ListJournal())
    for account, key in enumerate(MEMBERS[:2]):
        here.chain.register(here.journal, account, address_of_key(key))
    yield here
    replay = here.chain.replay(here.journal)
    assert replay.differences == ()
    assert replay.balances == here.chain.balances(here.journal)


def test_an_empty_journal_has_no_accounts_and_no_epoch(setting: Setting) -> None:
    empty = ListJournal()
    assert setting.restarted().balances(empty) == {}
    assert setting.restarted().epoch(empty) == 0
    assert empty.rows == []


def test_accounts_are_numbered_in_order_each_once(setting: Setting) -> None:
    assert setting.chain.balances(setting.journal) == {0: 0, 1: 0}
    for account in (1, 3):
        with pytest.raises(SettlementError, match=f"register account {account}: .*not the next free one"):
            setting.chain.register(setting.journal, account, address_of_key(MEMBERS[2]))
    setting.chain.register(setting.journal, 2, address_of_key(MEMBERS[2]))
    assert set(setting.chain.balances(setting.journal)) == {0, 1, 2}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "0x12",
        "7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
        "0x7e5F4552091A69125d5DfCb7b8C2659029395Bdf",
        "0x" + "0" * 40,
    ],
)
def test_a_malformed_address_is_refused(setting: Setting, address: str) -> None:
    with pytest.raises(InvalidInput, match="address"):
        setting.chain.register(setting.journal, 2, address)


def test_an_epoch_credits_every_paid_account_in_one_transaction(setting: Setting) -> None:
    before = len(setting.journal.rows)
    setting.chain.credit(setting.journal, 1, {0: 5, 1: 7})
    setting.chain.credit(setting.journal, 2, {1: 1})
    assert setting.chain.balances(setting.journal) == {0: 5, 1: 8}
    assert [row.purpose for row in setting.journal.rows[before:]] == ["credit epoch 1", "credit epoch 2"]


def test_an_epoch_without_payouts_still_advances_the_chain(setting: Setting) -> None:
    setting.chain.credit(setting.journal, 1, {})
    setting.chain.credit(setting.journal, 2, {0: 0})
    assert setting.chain.epoch(setting.journal) == 2
    assert setting.chain.balances(setting.journal) == {0: 0, 1: 0}


def test_crediting_an_epoch_again_changes_nothing(setting: Setting) -> None:
    setting.chain.credit(setting.journal, 1, {0: 5})
    setting.chain.credit(setting.journal, 2, {1: 2})
    recorded = list(setting.journal.rows)
    setting.chain.credit(setting.journal, 1, {0: 5, 1: 0})
    setting.restarted().credit(setting.journal, 2, {1: 2})
    assert setting.journal.rows == recorded


@pytest.mark.parametrize("other", [{0: 6}, {}, {0: 5, 1: 1}, {1: 5}])
def test_crediting_an_epoch_again_with_other_amounts_is_refused(setting: Setting, other: dict[int, int]) -> None:
    setting.chain.credit(setting.journal, 1, {0: 5})
    with pytest.raises(SettlementError, match="credit epoch 1: already credited with other amounts"):
        setting.chain.credit(setting.journal, 1, other)
    assert setting.chain.balances(setting.journal)[0] == 5


@pytest.mark.parametrize("epoch", [0, -1, 2, 3, 2**64])
def test_an_epoch_out_of_order_is_refused(setting: Setting, epoch: int) -> None:
    with pytest.raises(SettlementError, match="epoch"):
        setting.chain.credit(setting.journal, epoch, {0: 5})
    assert setting.chain.epoch(setting.journal) == 0


@pytest.mark.parametrize("amounts", [{2: 1}, {4: 1}, {0: -1}, {0: LARGEST + 1}, {-1: 1}, {10**9: 1}, {0: 3, 2: 1}])
def test_amounts_that_cannot_be_credited_are_refused(setting: Setting, amounts: dict[int, int]) -> None:
    with pytest.raises(SettlementError, match="account"):
        setting.chain.credit(setting.journal, 1, amounts)
    assert setting.chain.balances(setting.journal) == {0: 0, 1: 0}


def test_a_balance_may_fill_its_lane_but_not_overflow_into_the_next(setting: Setting) -> None:
    setting.chain.credit(setting.journal, 1, {0: LARGEST, 1: 1})
    for account in (0, 1):
        with pytest.raises(SettlementError, match="balance overflow"):
            setting.chain.credit(setting.journal, 2, {account: LARGEST})
    assert setting.chain.balances(setting.journal) == {0: LARGEST, 1: 1}


def test_a_member_withdraws_up_to_its_balance(setting: Setting) -> None:
    setting.chain.credit(setting.journal, 1, {0: 5, 1: 7})
    setting.chain.withdraw(setting.journal, 1, 3, MEMBERS[1])
    setting.chain.withdraw(setting.journal, 1, 4, MEMBERS[1])
    assert setting.chain.balances(setting.journal) == {0: 5, 1: 0}
    for amount in (1, LARGEST):
        with pytest.raises(SettlementError, match=r"withdraw from account 1: .*exceeds the balance"):
            setting.chain.withdraw(setting.journal, 1, amount, MEMBERS[1])


@pytest.mark.parametrize("amount", [0, -1, LARGEST + 1])
def test_an_amount_that_is_none_is_refused(setting: Setting, amount: int) -> None:
    setting.chain.credit(setting.journal, 1, {0: 5})
    with pytest.raises(SettlementError, match="amount"):
        setting.chain.withdraw(setting.journal, 0, amount, MEMBERS[0])


@pytest.mark.parametrize("key", [MEMBERS[1], MEMBERS[5], OPERATOR])
def test_nobody_else_withdraws_from_an_account(setting: Setting, key: bytes) -> None:
    setting.chain.credit(setting.journal, 1, {0: 5, 1: 7})
    with pytest.raises(SettlementError, match="caller is not the account's address"):
        setting.chain.withdraw(setting.journal, 0, 1, key)
    assert setting.chain.balances(setting.journal) == {0: 5, 1: 7}


@pytest.mark.parametrize("key", [b"", bytes(32), b"\xff" * 32, bytes(31)])
def test_a_malformed_key_is_refused_and_not_repeated(setting: Setting, key: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"key: got '[0-9]+ bytes'"):
        setting.chain.withdraw(setting.journal, 0, 1, key)


def test_an_account_moves_to_an_address_its_member_keeps(setting: Setting) -> None:
    setting.chain.credit(setting.journal, 1, {0: 5})
    with pytest.raises(SettlementError, match="caller is not the account's address"):
        setting.chain.rotate(setting.journal, 0, address_of_key(MEMBERS[3]), MEMBERS[3])
    setting.chain.rotate(setting.journal, 0, address_of_key(MEMBERS[3]), MEMBERS[0])
    with pytest.raises(SettlementError, match="caller is not the account's address"):
        setting.chain.withdraw(setting.journal, 0, 1, MEMBERS[0])
    setting.chain.withdraw(setting.journal, 0, 5, MEMBERS[3])


def test_a_restarted_chain_reads_the_same_from_the_journal(setting: Setting) -> None:
    setting.chain.credit(setting.journal, 1, {0: 5, 1: 7})
    setting.chain.withdraw(setting.journal, 0, 2, MEMBERS[0])
    again = setting.restarted()
    assert again.balances(setting.journal) == {0: 3, 1: 7}
    assert again.epoch(setting.journal) == 1


def test_two_processes_on_one_journal_take_turns(setting: Setting) -> None:
    other = setting.restarted()
    setting.chain.credit(setting.journal, 1, {0: 5})
    other.credit(setting.journal, 2, {0: 1})
    setting.chain.withdraw(setting.journal, 0, 6, MEMBERS[0])
    assert other.balances(setting.journal) == {0: 0, 1: 0}


def test_a_failed_append_leaves_nothing_behind(setting: Setting) -> None:
    setting.journal.appends_left = 0
    with pytest.raises(StorageError):
        setting.chain.credit(setting.journal, 1, {0: 5})
    setting.journal.appends_left = None
    assert setting.chain.epoch(setting.journal) == 0
    setting.chain.credit(setting.journal, 1, {0: 5})
    assert setting.chain.balances(setting.journal)[0] == 5


def test_a_deployment_without_its_first_call_is_taken_back(setting: Setting) -> None:
    chain, journal = setting.restarted(), ListJournal()
    journal.appends_left = 1
    with pytest.raises(StorageError):
        chain.register(journal, 0, address_of_key(MEMBERS[0]))
    rolled_back = ListJournal()
    chain.register(rolled_back, 0, address_of_key(MEMBERS[0]))
    assert [row.purpose for row in rolled_back.rows] == ["deploy", "register account 0"]


def test_a_rolled_back_unit_of_work_is_forgotten(setting: Setting) -> None:
    kept = len(setting.journal.rows)
    setting.chain.credit(setting.journal, 1, {0: 5})
    setting.chain.withdraw(setting.journal, 0, 5, MEMBERS[0])
    del setting.journal.rows[kept:]
    assert setting.chain.epoch(setting.journal) == 0
    setting.chain.credit(setting.journal, 1, {0: 9})
    assert setting.chain.balances(setting.journal)[0] == 9


def test_a_rolled_back_transaction_gives_way_to_another_process(setting: Setting) -> None:
    kept = len(setting.journal.rows)
    setting.chain.credit(setting.journal, 1, {0: 5})
    del setting.journal.rows[kept:]
    other = setting.restarted()
    other.credit(setting.journal, 1, {1: 6})
    other.credit(setting.journal, 2, {1: 1})
    assert setting.chain.balances(setting.journal) == {0: 0, 1: 7}
