"""All use cases of one alliance in one value, as ``bootstrap`` wires them and web and command line call them."""

from __future__ import annotations

from dataclasses import dataclass

from shieldwall.ledger import VerifierKey
from shieldwall.ports import Clock, Store
from shieldwall.services.accounts import Accounts
from shieldwall.services.audit import Audit
from shieldwall.services.epoch import EpochClose
from shieldwall.services.evidence import EvidenceImport
from shieldwall.services.intake import Intake
from shieldwall.services.overview import Overview
from shieldwall.services.policies import Policies
from shieldwall.services.reading import Reading
from shieldwall.services.receipts import Receipts
from shieldwall.services.review import Review
from shieldwall.services.settlement import Settlement


@dataclass(frozen=True, slots=True)
class Alliance:
    """Everything one alliance can do; ``verifier`` is the public key of its ledger."""

    name: str
    store: Store
    clock: Clock
    verifier: VerifierKey
    accounts: Accounts
    intake: Intake
    review: Review
    epochs: EpochClose
    reading: Reading
    settlement: Settlement
    evidence: EvidenceImport
    policies: Policies
    receipts: Receipts
    overview: Overview
    auditor: Audit

    @property
    def origin(self) -> str:
        """The ledger's name."""
        return self.verifier.name
