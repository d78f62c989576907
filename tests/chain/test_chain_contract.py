"""Claims about ``contracts/Settlement.vy`` itself, each beside what it refuses. No key is involved."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from contract_bench import ContractBench, RevertedError
from hypothesis import given, settings
from hypothesis import strategies as st

from shieldwall.chain import settlement
from shieldwall.chain.settlement import CREDIT_EPOCH, REGISTER, ROTATE, WITHDRAW, encode_call, encode_credit

CONTRACTS = Path(__file__).parents[2] / "contracts"
OPERATOR, STRANGER = b"\x0a" * 20, b"\x0b" * 20
MEMBERS = [bytes([0xA0 + index]) * 20 for index in range(6)]
LARGEST = 2**64 - 1
ACCOUNT_COUNT_SLOT = 3


class Contract:
    """The deployed contract with six registered members and an operator who has money."""

    def __init__(self) -> None:
        self.bench = ContractBench()
        self.bench.endow(OPERATOR, 2**128)
        self.address = self.bench.deploy(OPERATOR, settlement.shipped_build().bytecode)
        for account, member in enumerate(MEMBERS):
            self.call(OPERATOR, REGISTER, account, member)

    def call(self, sender: bytes, signature: str, *arguments: int | bytes) -> int:
        numbers = [int.from_bytes(value, "big") if isinstance(value, bytes) else value for value in arguments]
        return int.from_bytes(self.bench.call(sender, self.address, encode_call(signature, *numbers)), "big")

    def read(self, signature: str, *arguments: int) -> int:
        return self.call(STRANGER, signature, *arguments)

    def credit(self, epoch: int, amounts: dict[int, int], sender: bytes = OPERATOR) -> None:
        self.bench.call(sender, self.address, encode_credit(epoch, amounts), sum(amounts.values()))

    def credit_words(self, epoch: int, words: Sequence[int], value: int) -> None:
        """Send a word list that the package itself would never build."""
        data = settlement.shipped_build().selectors[CREDIT_EPOCH]
        data += b"".join(word.to_bytes(32, "big") for word in [epoch, 64, len(words), *words])
        self.bench.call(OPERATOR, self.address, data, value)

    def balances(self) -> list[int]:
        return [self.read("balance_of(uint64)", account) for account in range(len(MEMBERS))]

    def check_invariant(self) -> None:
        owed = self.read("total_credited()") - self.read("total_withdrawn()")
        assert sum(self.balances()) == owed == self.bench.balance(self.address)


@pytest.fixture
def contract() -> Contract:
    return Contract()


def refused(reason: str) -> pytest.RaisesExc[RevertedError]:
    return pytest.raises(RevertedError, match=f"^{re.escape(reason and 'settlement: ' + reason)}$")


def test_the_deployer_is_the_operator_of_an_empty_contract() -> None:
    bench = ContractBench()
    address = bench.deploy(OPERATOR, settlement.shipped_build().bytecode)
    for signature, expected in [
        ("operator()", OPERATOR),
        ("last_epoch()", b"\0"),
        ("account_count()", b"\0"),
    ]:
        assert bench.call(STRANGER, address, encode_call(signature)) == expected.rjust(32, b"\0")


def test_only_the_operator_registers(contract: Contract) -> None:
    for sender in (STRANGER, MEMBERS[0]):
        with refused("caller is not the operator"):
            contract.call(sender, REGISTER, 6, STRANGER)
    contract.call(OPERATOR, REGISTER, 6, STRANGER)
    assert contract.read("account_count()") == 7
    assert contract.read("address_of(uint64)", 6) == int.from_bytes(STRANGER, "big")


@pytest.mark.parametrize("account", [0, 5, 7, LARGEST])
def test_an_account_is_registered_once_and_in_order(contract: Contract, account: int) -> None:
    with refused("account is not the next free one"):
        contract.call(OPERATOR, REGISTER, account, STRANGER)


def test_the_zero_address_owns_no_account(contract: Contract) -> None:
    with refused("owner is the zero address"):
        contract.call(OPERATOR, REGISTER, 6, 0)
    with refused("owner is the zero address"):
        contract.call(MEMBERS[0], ROTATE, 0, 0)


def test_the_last_account_is_the_last_that_an_epoch_can_credit(contract: Contract) -> None:
    assert contract.bench.state.get_storage(contract.address, ACCOUNT_COUNT_SLOT) == len(MEMBERS)  # type: ignore[arg-type]
    contract.bench.state.set_storage(contract.address, ACCOUNT_COUNT_SLOT, settlement.MAX_ACCOUNTS - 1)  # type: ignore[arg-type]
    contract.call(OPERATOR, REGISTER, settlement.MAX_ACCOUNTS - 1, STRANGER)
    contract.credit(1, {settlement.MAX_ACCOUNTS - 1: 5})
    with refused("no account is left"):
        contract.call(OPERATOR, REGISTER, settlement.MAX_ACCOUNTS, STRANGER)


def test_an_epoch_credits_each_account_its_amount(contract: Contract) -> None:
    contract.credit(1, {0: 1, 3: 4, 5: 6})
    contract.credit(2, {0: 10, 1: 20, 4: 50})
    assert contract.balances() == [11, 20, 0, 4, 50, 6]
    assert contract.read("last_epoch()") == 2
    contract.check_invariant()


def test_only_the_operator_credits(contract: Contract) -> None:
    contract.bench.endow(STRANGER, 10)
    with refused("caller is not the operator"):
        contract.credit(1, {0: 1}, sender=STRANGER)


@pytest.mark.parametrize("epoch", [0, 1, 3, LARGEST])
def test_epochs_are_strictly_consecutive(contract: Contract, epoch: int) -> None:
    contract.credit(1, {0: 1})
    with refused("epoch is not the next one"):
        contract.credit(epoch, {0: 1})
    contract.check_invariant()


def test_an_epoch_may_pay_nobody_but_not_take_money_for_it(contract: Contract) -> None:
    contract.credit(1, {})
    assert contract.read("last_epoch()") == 1
    with refused("value is not the sum credited"):
        contract.credit_words(2, [], value=1)


@pytest.mark.parametrize("value", [0, 6, 8, 7 + 2**64, 7 + 2**128 // 2])
def test_the_money_paid_in_is_exactly_the_sum_credited(contract: Contract, value: int) -> None:
    with refused("value is not the sum credited"):
        contract.credit_words(1, settlement.pack_words({0: 3, 1: 4}), value)
    contract.credit_words(1, settlement.pack_words({0: 3, 1: 4}), 7)
    contract.check_invariant()


@pytest.mark.parametrize("words", [[0], [1, 0], [0, 0]])
def test_an_epoch_has_one_encoding(contract: Contract, words: list[int]) -> None:
    with refused("last word is zero"):
        contract.credit_words(1, words, sum(words))


@pytest.mark.parametrize("account", [6, 7, 8, 11, 12, 4095])
def test_an_account_that_is_not_registered_is_not_credited(contract: Contract, account: int) -> None:
    with refused("account is not registered"):
        contract.credit(1, {0: 1, account: 1})


@pytest.mark.parametrize("account", range(6))
def test_a_lane_holds_its_largest_amount_and_never_overflows(contract: Contract, account: int) -> None:
    full = dict.fromkeys(range(6), LARGEST)
    contract.credit(1, full)
    assert contract.balances() == [LARGEST] * 6
    contract.check_invariant()
    with refused("balance overflow"):
        contract.credit(2, {account: 1})
    with refused("balance overflow"):
        contract.credit(2, full)
    contract.check_invariant()


def test_too_long_a_word_list_is_refused(contract: Contract) -> None:
    with refused(""):
        contract.credit_words(1, [0] * settlement.MAX_WORDS + [1], 1)


def test_a_withdrawal_pays_the_address_of_the_account(contract: Contract) -> None:
    contract.credit(1, {0: 5, 1: 7, 2: 9})
    contract.call(MEMBERS[1], WITHDRAW, 1, 4)
    assert contract.bench.balance(MEMBERS[1]) == 4
    assert contract.balances() == [5, 3, 9, 0, 0, 0]
    contract.check_invariant()


def test_a_withdrawal_beyond_the_balance_is_refused(contract: Contract) -> None:
    contract.credit(1, {0: 5, 1: 7, 2: 9})
    for amount in (8, LARGEST):
        with refused("amount exceeds the balance"):
            contract.call(MEMBERS[1], WITHDRAW, 1, amount)
    contract.call(MEMBERS[1], WITHDRAW, 1, 7)
    with refused("amount exceeds the balance"):
        contract.call(MEMBERS[1], WITHDRAW, 1, 7)
    with refused("amount is zero"):
        contract.call(MEMBERS[1], WITHDRAW, 1, 0)
    assert contract.balances() == [5, 0, 9, 0, 0, 0]


def test_only_the_account_address_withdraws(contract: Contract) -> None:
    contract.credit(1, {0: 5, 1: 7})
    for sender in (STRANGER, OPERATOR, MEMBERS[1]):
        with refused("caller is not the account's address"):
            contract.call(sender, WITHDRAW, 0, 1)
    with refused("caller is not the account's address"):
        contract.call(STRANGER, WITHDRAW, 6, 1)


def test_a_rotated_account_answers_its_new_address_only(contract: Contract) -> None:
    contract.credit(1, {0: 5})
    with refused("caller is not the account's address"):
        contract.call(OPERATOR, ROTATE, 0, STRANGER)
    contract.call(MEMBERS[0], ROTATE, 0, STRANGER)
    with refused("caller is not the account's address"):
        contract.call(MEMBERS[0], WITHDRAW, 0, 5)
    contract.call(STRANGER, WITHDRAW, 0, 5)
    assert contract.bench.balance(STRANGER) == 5


def test_the_operator_role_passes_in_two_steps(contract: Contract) -> None:
    with refused("caller is not the operator"):
        contract.call(STRANGER, "transfer_operator(address)", STRANGER)
    contract.call(OPERATOR, "transfer_operator(address)", STRANGER)
    assert contract.read("operator()") == int.from_bytes(OPERATOR, "big")
    with refused("caller is not the pending operator"):
        contract.call(OPERATOR, "accept_operator()")
    contract.call(STRANGER, "accept_operator()")
    with refused("caller is not the operator"):
        contract.credit(1, {})
    contract.credit(1, {}, sender=STRANGER)
    with refused("caller is not the pending operator"):
        contract.call(STRANGER, "accept_operator()")


def test_money_sent_without_a_call_is_refused(contract: Contract) -> None:
    with refused(""):
        contract.bench.call(OPERATOR, contract.address, b"", 1)
    with refused(""):
        contract.bench.call(OPERATOR, contract.address, encode_call(REGISTER, 6, 1), 1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.integers(0, 5), st.integers(0, LARGEST)), max_size=3))
def test_credits_add_up_lane_by_lane_or_change_nothing(epochs: list[dict[int, int]]) -> None:
    contract = Contract()
    expected = [0] * 6
    for amounts in epochs:
        after = [held + amounts.get(account, 0) for account, held in enumerate(expected)]
        if max(after) <= LARGEST:
            contract.credit(contract.read("last_epoch()") + 1, amounts)
            expected = after
        else:
            with refused("balance overflow"):
                contract.credit(contract.read("last_epoch()") + 1, amounts)
        assert contract.balances() == expected
        contract.check_invariant()


@pytest.fixture(scope="module")
def build() -> ModuleType:
    pytest.importorskip("vyper", reason="vyper, which compiles contracts, is not installed")
    spec = importlib.util.spec_from_file_location("contract_build", CONTRACTS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_shipped_artifact_is_a_fresh_build(build: ModuleType) -> None:
    artifact_text: Callable[[Path], str] = build.artifact_text
    shipped = (build.ARTIFACTS / "Settlement.json").read_text("utf-8")
    assert shipped == artifact_text(CONTRACTS / "Settlement.vy"), "run python contracts/build.py"


def test_a_member_contract_cannot_withdraw_twice_in_one_call(contract: Contract, build: ModuleType) -> None:
    code = build.compile_contract(CONTRACTS / "mocks" / "ReentrantOwner.vy")
    thief = contract.bench.deploy(STRANGER, bytes.fromhex(code["bytecode"]))
    contract.call(OPERATOR, REGISTER, 6, thief)
    contract.credit(1, {6: 10})
    attack = bytes.fromhex(code["selectors"]["attack(address,uint64,uint64)"])
    arguments = [int.from_bytes(contract.address, "big"), 6, 5]
    contract.bench.call(STRANGER, thief, attack + b"".join(word.to_bytes(32, "big") for word in arguments))
    succeeded = contract.bench.call(STRANGER, thief, bytes.fromhex(code["selectors"]["succeeded()"]))
    assert not any(succeeded)
    assert contract.bench.balance(thief) == 5
    assert contract.read("balance_of(uint64)", 6) == 5


def test_the_contract_reads_no_clock_and_no_block_hash() -> None:
    code = re.sub(r'""".*?"""|#[^\n]*', "", (CONTRACTS / "Settlement.vy").read_text("utf-8"), flags=re.DOTALL)
    assert not re.search(r"\bblock\.|blockhash", code)
