"""An Ethereum virtual machine without blocks: it executes the settlement contract's transactions one by one.

The fork is Prague, executed by py-evm directly. There is no block around a transaction, hence no clock, no
block hash and no system call (EIP-2935, EIP-4788) in the state: a state root is a function of the operator's
address and the transactions alone. Gas is counted and limited but costs nothing, so that members need no
money to withdraw.

States are kept by root, so that going back to an earlier one costs nothing. Not here: the journal
(``journaled``). py-evm is loaded when the first ``Evm`` is made; it takes about a second.
"""

from __future__ import annotations

import importlib
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from shieldwall.chain import settlement
from shieldwall.chain.engine import Execution, Holdings
from shieldwall.errors import SettlementError

if TYPE_CHECKING:
    from eth.abc import ComputationAPI, SignedTransactionAPI
    from eth.vm.forks.prague.state import PragueState
    from eth_keys.datatypes import PrivateKey
    from eth_typing import Address

CHAIN_ID = 1337
"""The id that development chains use; no public network has it, so no transaction can be repeated on one."""

GAS_LIMIT = 16_777_216
"""Gas of every transaction: the most that EIP-7825 allows."""

GENESIS_BALANCE = 2**200
"""Wei of the operator at the start, more than all accounts together can hold."""

_DYNAMIC_FEE_TYPE = 2
_MAX_REFUND_QUOTIENT = 5
"""At most a fifth of the gas is refunded, EIP-3529."""

_ERROR_SELECTOR = bytes.fromhex("08c379a0")


def _load() -> None:
    """Import py-evm and put the recursion limit back that its packages raise to 100,000.

    That limit is the whole process's: with theirs, deeply nested JSON from outside overflows the C stack and
    kills the server instead of raising ``RecursionError``. The settlement contract needs no deep calls.
    """
    limit = sys.getrecursionlimit()
    try:
        importlib.import_module("eth.vm.forks.prague.state")
        importlib.import_module("eth.vm.forks.prague.transactions")
    finally:
        sys.setrecursionlimit(limit)


class Evm:
    """Executes transactions from any state it has seen.

    Args:
        operator: 20-byte address that owns all money at the start and deploys the contract.
    """

    def __init__(self, operator: bytes) -> None:
        _load()
        from eth._utils.address import generate_contract_address  # noqa: PLC0415 (py-evm is slow to load)
        from eth.constants import BLANK_ROOT_HASH  # noqa: PLC0415
        from eth.db.atomic import AtomicDB  # noqa: PLC0415
        from eth_typing import Address  # noqa: PLC0415

        self._database = AtomicDB()
        self.operator = Address(operator)
        self.contract = generate_contract_address(self.operator, 0)
        state = self._state(BLANK_ROOT_HASH)
        state.set_balance(self.operator, GENESIS_BALANCE)
        state.persist()
        self.genesis_root: bytes = state.state_root

    def sign(self, state_root: bytes, key: bytes, data: bytes, value: int = 0) -> bytes:
        """Sign the next transaction of a key's address.

        The signature is deterministic (RFC 6979).

        Args:
            state_root: State that gives the nonce; at genesis the transaction deploys the contract.
            key: 32-byte private key.
            data: Call data, or creation code.
            value: Wei to send along.

        Returns:
            The raw transaction, EIP-2718 type 2.
        """
        from eth.constants import CREATE_CONTRACT_ADDRESS  # noqa: PLC0415
        from eth.vm.forks.prague.transactions import PragueTransactionBuilder  # noqa: PLC0415

        private_key, sender = _signer(key)
        deploys = state_root == self.genesis_root
        unsigned = PragueTransactionBuilder.new_unsigned_dynamic_fee_transaction(
            chain_id=CHAIN_ID,
            nonce=self._state(state_root).get_nonce(sender),
            max_priority_fee_per_gas=0,
            max_fee_per_gas=0,
            gas=GAS_LIMIT,
            to=CREATE_CONTRACT_ADDRESS if deploys else self.contract,
            value=value,
            data=data,
            access_list=(),
        )
        return unsigned.as_signed_transaction(private_key).encode()

    def execute(self, state_root: bytes, raw: bytes) -> Execution:
        """Execute one raw transaction; the state it starts from stays available.

        Args:
            state_root: State to start from.
            raw: Signed transaction; any bytes may come.

        Raises:
            SettlementError: If the bytes are not a transaction of this chain, the signature, the nonce or the
                balance is wrong, or the contract refuses it (the contract's own reason).
        """
        state = self._state(state_root)
        try:
            transaction = _decode(raw)
            self._check_target(transaction, deploys=state_root == self.genesis_root)
            computation = state.apply_transaction(transaction)
            state.persist()
        except SettlementError:
            raise
        except Exception as error:  # stored bytes may be damaged, and the decoders raise what they like
            raise SettlementError(f"not a valid transaction: {type(error).__name__}: {error}") from error
        _check_success(computation)
        return Execution(state.state_root, transaction.data, _gas_used(transaction, computation))

    def call(self, state_root: bytes, data: bytes) -> bytes:
        """Return what a view function of the contract returns in a state.

        Raises:
            SettlementError: If the contract refuses.
        """
        from eth.vm.forks.frontier.transaction_context import FrontierTransactionContext  # noqa: PLC0415
        from eth.vm.message import Message  # noqa: PLC0415

        state = self._state(state_root)
        message = Message(
            gas=GAS_LIMIT,
            to=self.contract,
            sender=self.operator,
            value=0,
            data=data,
            code=state.get_code(self.contract),
            is_static=True,
        )
        context = FrontierTransactionContext(gas_price=0, origin=self.operator)
        computation = state.computation_class.apply_message(state, message, context)
        _check_success(computation)
        return computation.output

    def read(self, state_root: bytes) -> Holdings:
        """Return the books in a state; empty before the deployment."""
        if state_root == self.genesis_root:
            return Holdings(epoch=0, balances={})
        epoch = int.from_bytes(self.call(state_root, settlement.encode_call(settlement.LAST_EPOCH)), "big")
        count = int.from_bytes(self.call(state_root, settlement.encode_call(settlement.ACCOUNT_COUNT)), "big")
        asked = settlement.encode_call(settlement.BALANCE_WORDS, 0, -(-count // settlement.LANES))
        _offset, _length, *words = settlement.decode_words(self.call(state_root, asked))
        return Holdings(epoch, settlement.unpack_words(words, count))

    def balance(self, state_root: bytes, address: bytes) -> int:
        """Return the wei an address holds outside the contract (or the contract itself holds)."""
        from eth_typing import Address  # noqa: PLC0415

        return self._state(state_root).get_balance(Address(address))

    def _state(self, state_root: bytes) -> PragueState:
        from eth.constants import ZERO_ADDRESS, ZERO_HASH32  # noqa: PLC0415
        from eth.vm.execution_context import ExecutionContext  # noqa: PLC0415
        from eth.vm.forks.prague.state import PragueState  # noqa: PLC0415
        from eth_typing import BlockNumber, Hash32  # noqa: PLC0415

        context = ExecutionContext(
            coinbase=ZERO_ADDRESS,
            timestamp=0,
            block_number=BlockNumber(0),
            difficulty=0,
            mix_hash=ZERO_HASH32,
            gas_limit=GAS_LIMIT,
            prev_hashes=(),
            chain_id=CHAIN_ID,
            base_fee_per_gas=0,
            excess_blob_gas=0,
        )
        return PragueState(self._database, context, Hash32(state_root))

    def _check_target(self, transaction: SignedTransactionAPI, *, deploys: bool) -> None:
        purpose = settlement.purpose_of(transaction.data)
        if deploys and (purpose != "deploy" or transaction.sender != self.operator):
            raise SettlementError("the first transaction is not the operator's deployment of the contract")
        target = b"" if deploys else self.contract
        if transaction.to != target:
            raise SettlementError(f"sent to 0x{transaction.to.hex()}; expected 0x{target.hex()}")


@lru_cache(maxsize=1)  # the operator signs most; deriving its address takes as long as signing
def _signer(key: bytes) -> tuple[PrivateKey, Address]:
    from eth_keys.datatypes import PrivateKey  # noqa: PLC0415
    from eth_typing import Address  # noqa: PLC0415

    private_key = PrivateKey(key)
    return private_key, Address(private_key.public_key.to_canonical_address())


def _decode(raw: bytes) -> SignedTransactionAPI:
    from eth.vm.forks.prague.transactions import PragueTransactionBuilder  # noqa: PLC0415

    transaction = PragueTransactionBuilder.decode(raw)
    if raw[0] != _DYNAMIC_FEE_TYPE:
        raise SettlementError(f"not a valid transaction: its type is not {_DYNAMIC_FEE_TYPE}")
    if transaction.chain_id != CHAIN_ID or transaction.gas != GAS_LIMIT or transaction.max_fee_per_gas != 0:
        raise SettlementError("not a valid transaction: other chain id, gas limit or gas price than this chain's")
    return transaction


def _check_success(computation: ComputationAPI) -> None:
    if not computation.is_error:
        return
    output = computation.output
    if output[:4] == _ERROR_SELECTOR:
        length = int.from_bytes(output[4 + settlement.WORD_BYTES : 4 + 2 * settlement.WORD_BYTES], "big")
        reason = output[4 + 2 * settlement.WORD_BYTES :][:length].decode("utf-8", "replace")
    else:
        reason = f"the contract stopped: {type(computation.error).__name__}"
    raise SettlementError(reason) from computation.error


def _gas_used(transaction: SignedTransactionAPI, computation: ComputationAPI) -> int:
    used = transaction.gas - computation.get_gas_remaining()
    refund = min(computation.get_gas_refund(), used // _MAX_REFUND_QUOTIENT)
    return used - refund + computation.data_floor_gas
