"""Settlement whose only truth is a journal: the ordered raw transactions and the state root after each.

A ``JournaledChain`` is a copy that catches up before every call. Another process may have appended since, and
a unit of work that this process wrote in may have been rolled back: the copy then drops the transactions that
the journal does not hold. The caller holds the journal's write lock around every call that changes something.

Not here: how a transaction is executed (``evm``, ``memory``) and where the journal lies (``storage``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from threading import RLock

from shieldwall.chain import settlement
from shieldwall.chain.engine import Engine, Execution
from shieldwall.chain.keys import address_of_key, parse_address
from shieldwall.errors import SettlementError
from shieldwall.ports import ChainJournal, ChainReplay, ChainTransaction


class JournaledChain:
    """The ``SettlementChain`` port on top of an engine.

    Args:
        operator_key: 32-byte private key that registers accounts and credits epochs.
        engine: Makes the engine for a 20-byte operator address; called at first use.
    """

    def __init__(self, operator_key: bytes, engine: Callable[[bytes], Engine]) -> None:
        self._operator_key = operator_key
        self._make_engine = engine
        self._applied: list[tuple[ChainTransaction, Execution]] = []
        self._lock = RLock()

    @cached_property
    def operator_address(self) -> str:
        """The operator's address, which is all that an audit needs."""
        return address_of_key(self._operator_key)

    def register(self, journal: ChainJournal, account: int, address: str) -> None:
        """Open the next account, numbered from 0; the first call also deploys the contract.

        Args:
            journal: Where the transaction is recorded.
            account: Index of the account, the number of accounts so far.
            address: Who may withdraw, ``0x`` and 40 hexadecimal digits.

        Raises:
            InvalidInput: If the address is malformed.
            SettlementError: If the account is not the next one.
        """
        owner = int.from_bytes(parse_address(address), "big")
        _check_range("account", account, 0, settlement.MAX_ACCOUNTS - 1)
        with self._lock:
            self._catch_up(journal)
            self._submit(journal, settlement.encode_call(settlement.REGISTER, account, owner))

    def credit(self, journal: ChainJournal, epoch: int, amounts: Mapping[int, int]) -> None:
        """Credit every paid account of an epoch, once.

        An epoch that is already credited with the same amounts is left as it is.

        Args:
            journal: Where the transaction is recorded.
            epoch: Number of the epoch, the last credited one + 1 (or an earlier one).
            amounts: Account index to micro-credits; empty when the epoch pays nobody.

        Raises:
            SettlementError: If the epoch was credited with other amounts or is not the next one, an account
                is not registered, or an amount does not fit.
        """
        _check_range("epoch", epoch, 1, settlement.MAX_AMOUNT)
        data = settlement.encode_credit(epoch, amounts)
        with self._lock:
            self._catch_up(journal)
            if epoch > self._engine.read(self._root).epoch:
                self._submit(journal, data, value=sum(amounts.values()))
            elif not any(execution.data == data for _, execution in self._applied):
                raise SettlementError(f"credit epoch {epoch}: already credited with other amounts")

    def withdraw(self, journal: ChainJournal, account: int, amount: int, key: bytes) -> None:
        """Send micro-credits from an account to its own address.

        Args:
            journal: Where the transaction is recorded.
            account: Index of the account.
            amount: Micro-credits, from 1 to the balance.
            key: 32-byte private key of the account's address.

        Raises:
            InvalidInput: If the key is malformed.
            SettlementError: If the key is not the account's or the amount exceeds the balance.
        """
        _check_range("amount", amount, 0, settlement.MAX_AMOUNT)
        self._act(journal, settlement.WITHDRAW, account, amount, key)

    def rotate(self, journal: ChainJournal, account: int, address: str, key: bytes) -> None:
        """Hand an account over to another address.

        Args:
            journal: Where the transaction is recorded.
            account: Index of the account.
            address: Who may withdraw from now on.
            key: 32-byte private key of the account's present address.

        Raises:
            InvalidInput: If the address or the key is malformed.
            SettlementError: If the key is not the account's.
        """
        owner = int.from_bytes(parse_address(address), "big")
        self._act(journal, settlement.ROTATE, account, owner, key)

    def balances(self, journal: ChainJournal) -> Mapping[int, int]:
        """Return every registered account's micro-credits."""
        with self._lock:
            self._catch_up(journal)
            return self._engine.read(self._root).balances

    def epoch(self, journal: ChainJournal) -> int:
        """Return the last credited epoch, 0 before the first."""
        with self._lock:
            self._catch_up(journal)
            return self._engine.read(self._root).epoch

    def replay(self, journal: ChainJournal) -> ChainReplay:
        """Execute the whole journal anew and compare; see ``replay_transactions``."""
        return replay_transactions(self._make_engine(parse_address(self.operator_address)), journal.after(0))

    @cached_property
    def _engine(self) -> Engine:
        return self._make_engine(parse_address(self.operator_address))

    @property
    def _root(self) -> bytes:
        return self._applied[-1][1].state_root if self._applied else self._engine.genesis_root

    def _catch_up(self, journal: ChainJournal) -> None:
        while self._applied:
            tail = journal.after(len(self._applied) - 1)
            if tail and tail[0] == self._applied[-1][0]:
                break
            self._applied.pop()
        for transaction in journal.after(len(self._applied)):
            number = len(self._applied) + 1
            execution, differences = _replay_one(self._engine, self._root, number, transaction)
            if execution is None or differences:
                raise SettlementError(f"{differences[0]}. Run the audit")
            self._applied.append((transaction, execution))

    def _act(self, journal: ChainJournal, signature: str, account: int, argument: int, key: bytes) -> None:
        """Make a call that only the account's own address may make."""
        address_of_key(key)
        _check_range("account", account, 0, settlement.MAX_ACCOUNTS - 1)
        with self._lock:
            self._catch_up(journal)
            self._submit(journal, settlement.encode_call(signature, account, argument), key=key)

    def _submit(self, journal: ChainJournal, data: bytes, key: bytes | None = None, value: int = 0) -> None:
        if not self._applied:
            self._append(journal, settlement.shipped_build().bytecode, self._operator_key, 0)
        self._append(journal, data, key or self._operator_key, value)

    def _append(self, journal: ChainJournal, data: bytes, key: bytes, value: int) -> None:
        purpose = settlement.purpose_of(data)
        raw = self._engine.sign(self._root, key, data, value)
        try:
            execution = self._engine.execute(self._root, raw)
        except SettlementError as error:
            raise SettlementError(f"{purpose}: {error}") from error
        transaction = ChainTransaction(len(self._applied) + 1, purpose, raw, execution.state_root)
        journal.append(transaction)
        self._applied.append((transaction, execution))


def replay_transactions(engine: Engine, transactions: Iterable[ChainTransaction]) -> ChainReplay:
    """Execute recorded transactions from the first one and compare every recorded byte.

    Args:
        engine: A fresh engine of the alliance's operator.
        transactions: As recorded, in order; any value in them may be damaged.

    Returns:
        The differences. The replay stops at a transaction that cannot be executed.
    """
    root = engine.genesis_root
    found: list[str] = []
    withdrawn: dict[int, int] = {}
    for number, transaction in enumerate(transactions, start=1):
        execution, differences = _replay_one(engine, root, number, transaction)
        found += differences
        if execution is None:
            break
        root = execution.state_root
        if (withdrawal := settlement.withdrawal_of(execution.data)) is not None:
            account, amount = withdrawal
            withdrawn[account] = withdrawn.get(account, 0) + amount
    holdings = engine.read(root)
    return ChainReplay(tuple(found), holdings.epoch, holdings.balances, withdrawn)


def _replay_one(
    engine: Engine, root: bytes, number: int, transaction: ChainTransaction
) -> tuple[Execution | None, list[str]]:
    """Return the execution, None if it failed, and how the record differs from it."""
    name = f"chain transaction {number}"
    differences = []
    if transaction.sequence != number:
        differences.append(f"{name}: recorded with sequence {transaction.sequence!r}")
    try:
        execution = engine.execute(root, transaction.raw)
    except SettlementError as error:
        return None, [*differences, f"{name}: refused: {error}"]
    purpose = settlement.purpose_of(execution.data)
    if transaction.purpose != purpose:
        differences.append(f"{name}: purpose differs: stored {transaction.purpose!r}, replayed {purpose!r}")
    if transaction.state_root != execution.state_root:
        stored, replayed = _shown(transaction.state_root), _shown(execution.state_root)
        differences.append(f"{name}: state root differs: stored {stored}, replayed {replayed}")
    return execution, differences


def _shown(root: object) -> str:
    return root.hex() if isinstance(root, bytes) else repr(root)


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise SettlementError(f"{name}: got {value}; expected a number from {least} to {most}")
