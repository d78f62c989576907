"""The default settlement chain: the contract on an EVM inside this process, kept in step with a journal.

No server is needed and nothing is kept outside the journal. Importing this module loads no EVM; the first
call does.
"""

from __future__ import annotations

from shieldwall.chain.evm import Evm
from shieldwall.chain.journaled import JournaledChain


class EmbeddedChain(JournaledChain):
    """Runs the shipped contract on ``Evm``.

    Args:
        operator_key: 32-byte private key of the alliance's operator.
    """

    def __init__(self, operator_key: bytes) -> None:
        super().__init__(operator_key, Evm)
