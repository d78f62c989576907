"""What the web layer needs of the wired alliance; ``bootstrap`` makes it."""

from __future__ import annotations

from typing import Protocol

from shieldwall.ledger import VerifierKey
from shieldwall.ports import Store
from shieldwall.services.accounts import Accounts
from shieldwall.services.epoch import EpochClose
from shieldwall.services.intake import Intake
from shieldwall.services.overview import Overview
from shieldwall.services.reading import Reading
from shieldwall.services.receipts import Receipts
from shieldwall.services.review import Review
from shieldwall.services.settlement import Settlement


class Alliance(Protocol):
    """The services that HTTP reaches."""

    @property
    def name(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def verifier(self) -> VerifierKey: ...
    @property
    def store(self) -> Store: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def intake(self) -> Intake: ...
    @property
    def reading(self) -> Reading: ...
    @property
    def review(self) -> Review: ...
    @property
    def epochs(self) -> EpochClose: ...
    @property
    def settlement(self) -> Settlement: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def overview(self) -> Overview: ...
