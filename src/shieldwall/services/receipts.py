"""Receipts: what a member keeps to prove, without asking anybody, that its contribution is in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shieldwall.domain.members import Member
from shieldwall.errors import NotFound
from shieldwall.ledger import Opened, Receipt, inclusion_path
from shieldwall.ports import Clock, Purpose, Store, UnitOfWork
from shieldwall.services.record import Recorder


@dataclass(frozen=True, slots=True)
class ContributionSummary:
    """One of a member's own contributions."""

    id: str
    accepted_at: datetime
    root_type: str
    case: str
    entry: int


class Receipts:
    """Issues receipts to the owners of contributions."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store = store
        self._clock = clock
        self._recorder = recorder

    def of(self, member: Member) -> tuple[ContributionSummary, ...]:
        """The member's own contributions, the earliest first."""
        with self._store.write() as uow:
            own = set(uow.seal.contributions_of(member.id, Purpose.OWNERSHIP, self._clock.now()))
            found = uow.contributions.recorded(own)
            uow.commit()
        return tuple(
            ContributionSummary(
                filed.contribution.id,
                filed.contribution.accepted_at,
                filed.contribution.root_type,
                filed.case,
                entry,
            )
            for filed, entry in found
        )

    def issue(self, member: Member, contribution: str) -> bytes:
        """The receipt of one of the member's own contributions, against the latest checkpoint.

        Raises:
            NotFound: If there is none, or it is somebody else's.
        """
        with self._store.write() as uow:
            links = uow.seal.contributors([contribution], Purpose.OWNERSHIP, self._clock.now())
            index = uow.contributions.entry(contribution)
            link = links.get(contribution)
            if index is None or link is None or link.member != member.id:
                raise NotFound(f"contribution {contribution!r} does not exist, or is not yours")
            opened = Opened(uow.ledger.entry(index), link.salt, member.id)
            receipt = self._receipt(uow, index, opened.format())
            uow.commit()
        return receipt

    def _receipt(self, uow: UnitOfWork, index: int, extra: bytes) -> bytes:
        size = self._recorder.head(uow).size
        path = inclusion_path(index, size, uow.ledger.node)
        return Receipt(index, tuple(path), uow.ledger.checkpoint() or b"", extra).format()
