"""What executes the settlement contract's transactions: the interface that the EVM and its twin share.

An engine names its states by a 32-byte root and can go on from any state it has seen. It remembers nothing
else: which transactions count is the journal's business (``journaled``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Execution:
    """What one executed transaction did.

    Args:
        state_root: 32-byte root of the state after it.
        data: Its call data; the creation code for a deployment.
        gas: Gas a receipt would show; 0 where none is counted.
    """

    state_root: bytes
    data: bytes
    gas: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the contract's books say.

    Args:
        epoch: The last credited epoch, 0 before the first.
        balances: Every registered account's micro-credits.
    """

    epoch: int
    balances: Mapping[int, int]


class Engine(Protocol):
    """Executes the transactions of one contract whose operator's address is fixed."""

    @property
    def genesis_root(self) -> bytes:
        """Root of the state before the deployment."""

    def sign(self, state_root: bytes, key: bytes, data: bytes, value: int = 0) -> bytes:
        """Return the next raw transaction of the key's address, given its call data and the wei it sends."""

    def execute(self, state_root: bytes, raw: bytes) -> Execution:
        """Execute a raw transaction, any bytes, from a state.

        Raises:
            SettlementError: If it is not valid there or the contract refuses it.
        """

    def read(self, state_root: bytes) -> Holdings:
        """Return the books in a state; empty before the deployment."""
