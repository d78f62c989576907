"""Replays a recorded chain from its first transaction and names what differs.

Needs the operator's address only, so that anyone with the journal can do it. Comparing the balances with the
payouts is the business of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable

from shieldwall.chain.evm import Evm
from shieldwall.chain.journaled import replay_transactions
from shieldwall.chain.keys import parse_address
from shieldwall.ports import ChainReplay, ChainTransaction


def audit_journal(operator_address: str, transactions: Iterable[ChainTransaction]) -> ChainReplay:
    """Check every recorded transaction on a fresh EVM: signature, sender, nonce, purpose and state root.

    A journal without its end is a valid shorter one: compare ``epoch`` and ``balances`` with the payouts.

    Args:
        operator_address: Address of the alliance's operator.
        transactions: As recorded, in order; any value in them may be damaged.

    Returns:
        The differences, the earliest first, such as ``"chain transaction 3: state root differs: stored ...,
        replayed ..."``, and the books after the replay.

    Raises:
        InvalidInput: If the operator's address is malformed.
    """
    return replay_transactions(Evm(parse_address(operator_address)), transactions)
