"""A twin of the settlement contract in plain Python, for quick tests and as a check of the contract itself.

It follows the rules of ``contracts/Settlement.vy`` and refuses with the same words. Its transactions carry
the sender's address instead of a signature, and its state root is a chain of hashes; so it proves nothing to
anybody and is not for an alliance that pays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from shieldwall.chain import settlement
from shieldwall.chain.engine import Execution, Holdings
from shieldwall.chain.journaled import JournaledChain
from shieldwall.chain.keys import address_of_key, parse_address
from shieldwall.errors import SettlementError

_ADDRESS_BYTES = 20
_GENESIS_ROOT = sha256(b"settlement twin").digest()


class MemoryChain(JournaledChain):
    """Runs the contract's rules in Python.

    Args:
        operator_key: 32-byte private key of the alliance's operator.
    """

    def __init__(self, operator_key: bytes) -> None:
        super().__init__(operator_key, Twin)


@dataclass(frozen=True, slots=True)
class _Books:
    epoch: int = 0
    owners: tuple[int, ...] = ()
    balances: tuple[int, ...] = ()


class Twin:
    """The engine: raw transaction = sender (20 bytes), value (32 bytes), call data.

    Args:
        operator: 20-byte address of the operator.
    """

    def __init__(self, operator: bytes) -> None:
        self._operator = int.from_bytes(operator, "big")
        self._states: dict[bytes, _Books] = {_GENESIS_ROOT: _Books()}
        self.genesis_root: bytes = _GENESIS_ROOT

    def sign(self, state_root: bytes, key: bytes, data: bytes, value: int = 0) -> bytes:
        """Return the raw transaction of the key's address."""
        return parse_address(address_of_key(key)) + value.to_bytes(settlement.WORD_BYTES, "big") + data

    def execute(self, state_root: bytes, raw: bytes) -> Execution:
        """Execute a raw transaction from a state.

        Raises:
            SettlementError: If the rules refuse it, in the contract's words.
        """
        if not isinstance(raw, bytes) or len(raw) < _ADDRESS_BYTES + settlement.WORD_BYTES:
            raise SettlementError("not a valid transaction")
        sender = int.from_bytes(raw[:_ADDRESS_BYTES], "big")
        value, *_ = settlement.decode_words(raw[_ADDRESS_BYTES:])
        data = raw[_ADDRESS_BYTES + settlement.WORD_BYTES :]
        after = self._apply(state_root, sender, value, data)
        root = sha256(state_root + raw).digest()
        self._states[root] = after
        return Execution(root, data, gas=0)

    def read(self, state_root: bytes) -> Holdings:
        """Return the books in a state."""
        books = self._states[state_root]
        return Holdings(books.epoch, dict(enumerate(books.balances)))

    def _apply(self, state_root: bytes, sender: int, value: int, data: bytes) -> _Books:
        books = self._states[state_root]
        purpose = settlement.purpose_of(data)
        if (state_root == _GENESIS_ROOT) != (purpose == "deploy"):
            raise SettlementError("the first transaction is not the operator's deployment of the contract")
        if purpose == "deploy":
            _require(sender == self._operator, "caller is not the operator")
            return books
        selectors = settlement.shipped_build().selectors
        first, *rest = settlement.decode_words(data[4:])
        if data[:4] == selectors[settlement.CREDIT_EPOCH]:
            _require(sender == self._operator, "caller is not the operator")
            return _credit(books, first, rest[2:], value)
        if value or len(rest) != 1:
            raise SettlementError("the contract stopped: Revert")
        if data[:4] == selectors[settlement.REGISTER]:
            _require(sender == self._operator, "caller is not the operator")
            return _register(books, first, rest[0])
        _require(first < len(books.owners) and sender == books.owners[first], "caller is not the account's address")
        if data[:4] == selectors[settlement.WITHDRAW]:
            return _withdraw(books, first, rest[0])
        return _rotate(books, first, rest[0])


def _register(books: _Books, account: int, owner: int) -> _Books:
    _require(account == len(books.owners), "account is not the next free one")
    _require(account < settlement.MAX_ACCOUNTS, "no account is left")
    _require(owner != 0, "owner is the zero address")
    return replace(books, owners=(*books.owners, owner), balances=(*books.balances, 0))


def _credit(books: _Books, epoch: int, words: list[int], value: int) -> _Books:
    _require(epoch == books.epoch + 1, "epoch is not the next one")
    _require(not words or words[-1] != 0, "last word is zero")
    amounts = settlement.unpack_words(words, len(words) * settlement.LANES)
    known = len(books.balances)
    _require(
        not any(amount for account, amount in amounts.items() if account >= known),
        "account is not registered",
    )
    balances = tuple(balance + amounts.get(account, 0) for account, balance in enumerate(books.balances))
    _require(all(balance <= settlement.MAX_AMOUNT for balance in balances), "balance overflow")
    _require(value == sum(amounts.values()), "value is not the sum credited")
    return replace(books, epoch=epoch, balances=balances)


def _withdraw(books: _Books, account: int, amount: int) -> _Books:
    _require(amount != 0, "amount is zero")
    _require(amount <= books.balances[account], "amount exceeds the balance")
    return replace(books, balances=_replaced(books.balances, account, books.balances[account] - amount))


def _rotate(books: _Books, account: int, owner: int) -> _Books:
    _require(owner != 0, "owner is the zero address")
    return replace(books, owners=_replaced(books.owners, account, owner))


def _replaced(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise SettlementError(f"settlement: {reason}")
