"""What the alliance may show of itself: totals, cases with their valuation, ledger entries with their proofs.

No figure here names a contributor (decisions.md 8).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from shieldwall.domain.access import Level
from shieldwall.domain.cases import Case, CaseStatus, Evidence, Seat, Verdict
from shieldwall.domain.epochs import Epoch, Priced
from shieldwall.domain.members import Member, Role
from shieldwall.errors import NotFound
from shieldwall.ledger import consistency_path, inclusion_path, leaf_hash, verify_inclusion
from shieldwall.ports import Store, UnitOfWork
from shieldwall.services.record import Recorder


@dataclass(frozen=True, slots=True)
class Summary:
    """The alliance at a glance."""

    members: Mapping[Role, int]
    contributions: int
    cases: Mapping[CaseStatus, int]
    epoch: Epoch
    ledger_size: int
    checkpoint: bytes
    paid: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as everybody may see it; ``priced`` once an epoch close has settled it."""

    case: Case
    contributions: int
    verdict: Verdict | None
    evidence: Evidence | None
    priced: Priced | None
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry and its inclusion proof against the latest checkpoint, which has just been checked."""

    index: int
    size: int
    entry: bytes
    leaf: bytes
    path: tuple[bytes, ...]
    root: bytes
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Extension:
    """The consistency path from the ledger of ``old`` entries to that of the latest checkpoint."""

    old: int
    size: int
    path: tuple[bytes, ...]
    checkpoint: bytes


class Overview:
    """Shows the alliance."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder

    def summary(self) -> Summary:
        """Totals as of now."""
        with self._store.read() as uow:
            head = self._recorder.head(uow)
            return Summary(
                members=Counter(member.role for member in uow.members.all()),
                contributions=uow.contributions.count(),
                cases=uow.cases.count_by_status(),
                epoch=uow.epochs.current(),
                ledger_size=head.size,
                checkpoint=uow.ledger.checkpoint() or b"",
                paid=sum(epoch.paid or 0 for epoch in uow.epochs.all()),
            )

    def cases(self, limit: int = 50, before: str | None = None) -> tuple[CaseView, ...]:
        """Cases, the newest first; ``before`` continues after the case with that id."""
        with self._store.read() as uow:
            return tuple(_view(uow, case) for case in uow.cases.newest(limit, before))

    def case(self, case: str) -> CaseView:
        """One case.

        Raises:
            NotFound: If there is none with this id.
        """
        with self._store.read() as uow:
            found = uow.cases.get(case)
            if found is None:
                raise NotFound(f"case {case!r} does not exist")
            return _view(uow, found)

    def level(self, member: Member) -> Level:
        """The member's access level."""
        with self._store.read() as uow:
            return uow.pool.stream_of(member.id).level

    def entries(self, start: int, limit: int) -> tuple[tuple[int, bytes], ...]:
        """Ledger entries with their indices, from ``start`` on."""
        with self._store.read() as uow:
            return tuple(enumerate(uow.ledger.entries(start, limit), start=start))

    def prove(self, index: int) -> Proof:
        """An entry with its inclusion proof.

        Raises:
            NotFound: If the ledger has no such entry.
            LedgerError: If the stored tree does not prove it.
        """
        with self._store.read() as uow:
            head = self._recorder.head(uow)
            if not 0 <= index < head.size:
                raise NotFound(f"ledger entry {index} does not exist; the ledger has {head.size}")
            entry = uow.ledger.entry(index)
            path = tuple(inclusion_path(index, head.size, uow.ledger.node))
            leaf = leaf_hash(entry)
            verify_inclusion(leaf, index, head.size, path, head.root)
            return Proof(index, head.size, entry, leaf, path, head.root, uow.ledger.checkpoint() or b"")

    def extend(self, old: int) -> Extension:
        """Proof that the present ledger extends the one that had ``old`` entries.

        Raises:
            NotFound: If the ledger never had that size.
        """
        with self._store.read() as uow:
            head = self._recorder.head(uow)
            if not 0 <= old <= head.size:
                raise NotFound(f"the ledger never had {old} entries; it has {head.size}")
            path = tuple(consistency_path(old, head.size, uow.ledger.node))
            return Extension(old, head.size, path, uow.ledger.checkpoint() or b"")


def _view(uow: UnitOfWork, case: Case) -> CaseView:
    found = uow.cases.verdict(case.id)
    return CaseView(
        case=case,
        contributions=uow.contributions.count(case.id),
        verdict=found[0] if found else None,
        evidence=found[1] if found else None,
        priced=uow.epochs.priced_case(case.id),
        seats=tuple(uow.cases.seats(case.id)),
    )
