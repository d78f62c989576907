"""The contract on the EVM and its Python twin agree on every sequence of calls, accepted or refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from chain_journal import ListJournal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shieldwall.chain.embedded import EmbeddedChain
from shieldwall.chain.evm import Evm
from shieldwall.chain.journaled import JournaledChain
from shieldwall.chain.keys import address_of_key, parse_address
from shieldwall.chain.memory import MemoryChain
from shieldwall.errors import ShieldwallError

OPERATOR = bytes([1]) * 32
KEYS = [bytes([2 + index]) * 32 for index in range(3)]
LARGEST = 2**64 - 1

accounts = st.integers(0, 6)
keys = st.sampled_from(KEYS)
amounts = st.integers(0, 20) | st.sampled_from([LARGEST - 1, LARGEST])


class Agreement(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[JournaledChain, ListJournal]] = [
            (EmbeddedChain(OPERATOR), ListJournal()),
            (MemoryChain(OPERATOR), ListJournal()),
        ]

    def both(self, action: Callable[[JournaledChain, ListJournal], object]) -> None:
        outcomes = []
        for chain, journal in self.pairs:
            try:
                outcomes.append(repr(action(chain, journal)))
            except ShieldwallError as error:
                outcomes.append(f"{type(error).__name__}: {error}")
        assert outcomes[0] == outcomes[1]

    @initialize()
    def two_accounts(self) -> None:
        for account in range(2):
            self.register(account, KEYS[account])

    @rule(account=accounts, key=keys)
    def register(self, account: int, key: bytes) -> None:
        self.both(lambda chain, journal: chain.register(journal, account, address_of_key(key)))

    @rule(step=st.sampled_from([1, 1, 1, 0, 2]), paid=st.dictionaries(accounts, amounts, max_size=4))
    def credit(self, step: int, paid: dict[int, int]) -> None:
        self.both(lambda chain, journal: chain.credit(journal, chain.epoch(journal) + step, paid))

    @rule(account=accounts, amount=amounts, key=keys)
    def withdraw(self, account: int, amount: int, key: bytes) -> None:
        self.both(lambda chain, journal: chain.withdraw(journal, account, amount, key))

    @rule(account=accounts, old=keys, new=keys)
    def rotate(self, account: int, old: bytes, new: bytes) -> None:
        self.both(lambda chain, journal: chain.rotate(journal, account, address_of_key(new), old))

    @rule(lost=st.integers(1, 2))
    def roll_back(self, lost: int) -> None:
        for _, journal in self.pairs:
            del journal.rows[-lost:]

    @rule()
    def restart(self) -> None:
        self.pairs = [(type(chain)(OPERATOR), journal) for chain, journal in self.pairs]  # type: ignore[call-arg]

    @invariant()
    def books_agree(self) -> None:
        self.both(lambda chain, journal: (chain.epoch(journal), chain.balances(journal)))

    def teardown(self) -> None:
        self.both(lambda chain, journal: chain.replay(journal))


Agreement.TestCase.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAgreement = Agreement.TestCase


def test_the_contract_holds_exactly_what_it_owes() -> None:
    journal, chain = ListJournal(), EmbeddedChain(OPERATOR)
    chain.register(journal, 0, address_of_key(KEYS[0]))
    chain.credit(journal, 1, {0: 9})
    chain.withdraw(journal, 0, 4, KEYS[0])
    evm = Evm(parse_address(address_of_key(OPERATOR)))
    root = evm.genesis_root
    for row in journal.rows:
        root = evm.execute(root, row.raw).state_root
    assert evm.balance(root, evm.contract) == 5
    assert evm.balance(root, parse_address(address_of_key(KEYS[0]))) == 4


def test_importing_the_chain_loads_no_evm() -> None:
    program = (
        "import sys, shieldwall.chain.embedded, shieldwall.chain.audit, shieldwall.chain.memory;"
        "sys.exit(bool({'eth', 'eth_keys', 'eth_utils', 'rlp', 'web3'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_nested_json_is_refused_and_kills_nothing_once_the_evm_is_loaded() -> None:
    """With the limit that py-evm's packages set, it overflows the C stack of the whole process."""
    program = (
        "import sys\n"
        "from shieldwall.chain.embedded import EmbeddedChain\n"
        "from chain_journal import ListJournal\n"
        "from shieldwall.errors import InvalidStix\n"
        "from shieldwall.stix.parse import parse_envelope\n"
        "chain, journal = EmbeddedChain(bytes(31) + b'x'), ListJournal()\n"
        "chain.register(journal, 0, '0x' + '12' * 20)\n"
        "chain.credit(journal, 1, {0: 5})\n"
        "deep = b'{\"objects\": [' + b'[' * 90_000 + b']' * 90_000 + b']}'\n"
        "try:\n"
        "    parse_envelope(deep, max_objects=9, max_depth=9)\n"
        "except InvalidStix:\n"
        "    sys.exit(0)\n"
        "sys.exit(1)\n"
    )
    paths = [str(Path(__file__).parents[1] / "common"), *sys.path]
    run = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, check=False
    )
    assert run.returncode == 0
