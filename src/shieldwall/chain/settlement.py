"""The settlement contract as bytes: its shipped build, its calls and the packing of balances.

Everything here is a pure function of its input. Executing a call is the business of ``evm`` and ``memory``.
Layout and rules: ``contracts/Settlement.vy``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from shieldwall.errors import SettlementError

LANES = 4
LANE_BITS = 64
MAX_AMOUNT = 2**LANE_BITS - 1
MAX_WORDS = 1_024
MAX_ACCOUNTS = MAX_WORDS * LANES
WORD_BYTES = 32

REGISTER = "register(uint64,address)"
CREDIT_EPOCH = "credit_epoch(uint64,uint256[])"
WITHDRAW = "withdraw(uint64,uint64)"
ROTATE = "rotate(uint64,address)"
LAST_EPOCH = "last_epoch()"
ACCOUNT_COUNT = "account_count()"
BALANCE_WORDS = "balance_words(uint256,uint256)"

_PURPOSES = {
    REGISTER: "register account {}",
    CREDIT_EPOCH: "credit epoch {}",
    WITHDRAW: "withdraw from account {}",
    ROTATE: "rotate account {}",
}


@dataclass(frozen=True, slots=True)
class Build:
    """The shipped build of the contract.

    Args:
        bytecode: Creation code.
        selectors: Function signature to its four-byte selector.
    """

    bytecode: bytes
    selectors: Mapping[str, bytes]


@cache
def shipped_build() -> Build:
    """Return the build in ``artifacts/Settlement.json``."""
    text = resources.files("shieldwall.chain").joinpath("artifacts/Settlement.json").read_text("utf-8")
    document = json.loads(text)
    selectors = {name: bytes.fromhex(value) for name, value in document["selectors"].items()}
    return Build(bytes.fromhex(document["bytecode"]), selectors)


def encode_call(signature: str, *arguments: int) -> bytes:
    """Return the call data of a function whose arguments are all single words.

    Args:
        signature: One of this module's signatures.
        arguments: The arguments; an address is its big-endian number.

    Example:
        >>> encode_call(WITHDRAW, 3, 5).hex()[8:]
        '00000000000000000000000000000000000000000000000000000000000000030000000000000000000000000000000000000000000000000000000000000005'
    """
    return shipped_build().selectors[signature] + _encode_words(arguments)


def encode_credit(epoch: int, amounts: Mapping[int, int]) -> bytes:
    """Return the call data that credits ``amounts`` in ``epoch``: the one encoding the contract accepts.

    Args:
        epoch: Number of the epoch, >= 1.
        amounts: Account index to micro-credits, 0 to 2**64 - 1.

    Raises:
        SettlementError: If an account or an amount is out of range.
    """
    words = pack_words(amounts)
    return shipped_build().selectors[CREDIT_EPOCH] + _encode_words([epoch, 2 * WORD_BYTES, len(words), *words])


def pack_words(amounts: Mapping[int, int]) -> list[int]:
    """Pack amounts four to a word, account ``a`` in lane ``a % 4`` of word ``a // 4``.

    Args:
        amounts: Account index to micro-credits; zero amounts pack to nothing.

    Returns:
        Words from word 0 on; the last one is not zero.

    Raises:
        SettlementError: If an account or an amount is out of range.

    Example:
        >>> pack_words({0: 1, 5: 2}) == [1, 2 << 64]
        True
    """
    for account, amount in amounts.items():
        if not 0 <= account < MAX_ACCOUNTS:
            raise SettlementError(f"account: got {account}; expected an index from 0 to {MAX_ACCOUNTS - 1}")
        if not 0 <= amount <= MAX_AMOUNT:
            raise SettlementError(
                f"amount of account {account}: got {amount}; expected micro-credits from 0 to {MAX_AMOUNT}"
            )
    paid = {account: amount for account, amount in amounts.items() if amount}
    words = [0] * (max(paid) // LANES + 1) if paid else []
    for account, amount in paid.items():
        words[account // LANES] |= amount << (account % LANES * LANE_BITS)
    return words


def unpack_words(words: Sequence[int], count: int) -> dict[int, int]:
    """Return account index to micro-credits for the first ``count`` accounts of packed ``words``.

    Example:
        >>> unpack_words([1, 2 << 64], 6)
        {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 2}
    """
    return {account: words[account // LANES] >> (account % LANES * LANE_BITS) & MAX_AMOUNT for account in range(count)}


def decode_words(data: bytes) -> list[int]:
    """Return the big-endian 32-byte words of ``data``; a shorter rest is left out."""
    ends = range(WORD_BYTES, len(data) + 1, WORD_BYTES)
    return [int.from_bytes(data[end - WORD_BYTES : end], "big") for end in ends]


def purpose_of(data: bytes) -> str:
    """Say in plain words what a transaction with this call data does.

    Args:
        data: Call data, or the creation code for the deployment.

    Returns:
        For example ``"credit epoch 7"``.

    Raises:
        SettlementError: If it is neither the shipped contract's code nor a call that the alliance makes.
    """
    build = shipped_build()
    if data == build.bytecode:
        return "deploy"
    words = decode_words(data[4:])
    for signature, purpose in _PURPOSES.items():
        if data[:4] == build.selectors[signature] and words:
            return purpose.format(words[0])
    raise SettlementError("it is neither the shipped contract nor a call the alliance makes")


def withdrawal_of(data: bytes) -> tuple[int, int] | None:
    """Return account and micro-credits of a withdrawal's call data, None for any other call."""
    if data[:4] != shipped_build().selectors[WITHDRAW]:
        return None
    account, amount, *_ = decode_words(data[4:])
    return account, amount


def _encode_words(words: Iterable[int]) -> bytes:
    return b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)
