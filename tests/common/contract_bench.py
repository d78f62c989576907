"""Calls contracts on a bare EVM state: no signatures, any sender, any bytes."""

from __future__ import annotations

import sys

from eth.constants import BLANK_ROOT_HASH, CREATE_CONTRACT_ADDRESS, ZERO_ADDRESS, ZERO_HASH32
from eth.db.atomic import AtomicDB
from eth.vm.execution_context import ExecutionContext
from eth.vm.forks.frontier.transaction_context import FrontierTransactionContext
from eth.vm.forks.prague.state import PragueState
from eth.vm.message import Message
from eth_typing import Address, BlockNumber

# py-evm's packages raise it to 100,000, at which nested JSON in another test of this process overflows the stack.
sys.setrecursionlimit(1000)

GAS = 16_777_216


class RevertedError(Exception):
    """The call was undone; the message is the contract's reason."""


class ContractBench:
    """One EVM state with contracts in it."""

    def __init__(self) -> None:
        context = ExecutionContext(
            ZERO_ADDRESS,
            0,
            BlockNumber(0),
            0,
            ZERO_HASH32,
            GAS,
            (),
            1337,
            base_fee_per_gas=0,
            excess_blob_gas=0,
        )
        self.state = PragueState(AtomicDB(), context, BLANK_ROOT_HASH)
        self._created = 0

    def deploy(self, sender: bytes, code: bytes) -> bytes:
        self._created += 1
        address = Address(b"\xc0" * 19 + bytes([self._created]))
        message = Message(GAS, CREATE_CONTRACT_ADDRESS, Address(sender), 0, b"", code, create_address=address)
        context = FrontierTransactionContext(gas_price=0, origin=Address(sender))
        computation = self.state.computation_class.apply_create_message(self.state, message, context)
        assert computation.is_success
        return address

    def call(self, sender: bytes, to: bytes, data: bytes, value: int = 0) -> bytes:
        """Return what the call returns; raise ``RevertedError`` with its reason."""
        code = self.state.get_code(Address(to))
        message = Message(GAS, Address(to), Address(sender), value, data, code)
        context = FrontierTransactionContext(gas_price=0, origin=Address(sender))
        computation = self.state.computation_class.apply_message(self.state, message, context)
        if computation.is_error:
            raise RevertedError(computation.output[68:].rstrip(b"\0").decode())
        return computation.output

    def balance(self, address: bytes) -> int:
        return self.state.get_balance(Address(address))

    def endow(self, address: bytes, amount: int) -> None:
        self.state.set_balance(Address(address), amount)
