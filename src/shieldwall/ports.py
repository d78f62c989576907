"""What the core needs from outside: Protocols only, implemented by ``storage`` and ``chain``, wired by ``bootstrap``.

A ``UnitOfWork`` is one transaction. Leaving it without ``commit`` undoes everything, on every adapter. The parts
of it are named after the nouns they hold. Nothing here knows SQL, HTTP or a clock's implementation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from types import TracebackType
from typing import Protocol, Self

from shieldwall.domain.access import Level
from shieldwall.domain.cases import Case, CaseStatus, Evidence, Seat, Verdict
from shieldwall.domain.contributions import Filed, MediatedObject
from shieldwall.domain.epochs import Epoch, Payout, Priced
from shieldwall.domain.members import Member
from shieldwall.mediation.cluster import Candidate
from shieldwall.stix.markings import Tlp

ObjectKey = tuple[str, str]
"""STIX id and version of one object."""


class Clock(Protocol):
    """The current time."""

    def now(self) -> datetime:
        """An aware datetime in UTC."""
        ...


class Draw(Protocol):
    """Random bytes for ids, salts and tokens: the operating system's, or seeded in a demonstration."""

    def take(self, count: int) -> bytes: ...


class Members(Protocol):
    """Accounts and their tokens."""

    def add(self, member: Member, token_hash: bytes, chain_key: bytes | None) -> None: ...
    def all(self) -> tuple[Member, ...]:
        """In the order of joining."""
        ...

    def by_token(self, token_hash: bytes) -> Member | None: ...
    def set_token(self, member: str, token_hash: bytes) -> None: ...
    def chain_key(self, member: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored object version: SHA-256 of what is served, and who may see it."""

    digest: bytes
    tlp: Tlp


class Versions(StrEnum):
    """Values of ``match[version]`` that are not a timestamp."""

    FIRST = "first"
    LAST = "last"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Query:
    """A TAXII filter; empty sets do not filter, ``versions`` are keywords or sortable timestamps (OR)."""

    added_after: datetime | None = None
    ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    spec_versions: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset({Versions.LAST})


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a collection; ``seq`` and ``date_added`` are unique and rise together."""

    seq: int
    date_added: datetime
    id: str
    version_text: str
    spec_version: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Submissions:
    """The originals of one member."""

    member: str


@dataclass(frozen=True, slots=True)
class Stream:
    """The pool as one group of members receives it.

    A stream continues its parent up to ``fork_seq``; members that change level at one close from one stream to
    the same level share the new stream. ``settled``: release rows up to here are delivered, or never will be.
    """

    id: int
    level: Level
    parent: int | None
    fork_seq: int
    settled: int


class Objects(Protocol):
    """Both byte strings of each object, and the collections that list them."""

    def stored(self, keys: Collection[ObjectKey]) -> Mapping[ObjectKey, Stored]: ...
    def kept(self, member: str, keys: Collection[ObjectKey]) -> Mapping[ObjectKey, bytes]:
        """Those of ``keys`` the member has posted before, with the original bytes."""
        ...

    def keep(self, member: str, objects: Sequence[MediatedObject], dates: Sequence[datetime]) -> None:
        """Append to the member's submissions; an object version already stored is not stored twice."""
        ...

    def latest(self, member: str, ids: Collection[str]) -> Mapping[str, bytes]:
        """Mediated bytes of the latest version that the member posted; objects never served are left out."""
        ...

    def served(self, keys: Sequence[ObjectKey]) -> Sequence[bytes]:
        """What is served of these versions, in that order."""
        ...

    def bodies(self, after: int, limit: int) -> Sequence[tuple[int, ObjectKey, bytes, bytes]]:
        """Number, key, recorded digest and served bytes of versions numbered above ``after``; erased ones left out."""
        ...

    def pseudonyms(self, ids: Collection[str]) -> None:
        """Remember pseudonymous identities, so that they can be served by id."""
        ...

    def is_pseudonym(self, identity: str) -> bool: ...
    def page(self, source: Submissions | Stream, query: Query, after: int, limit: int) -> Sequence[Row]:
        """Rows with ``seq`` above ``after`` in that order, at most ``limit``."""
        ...

    def instants(self, now: datetime, count: int) -> Sequence[datetime]:
        """``count`` rising microseconds, none before ``now``, none ever given before."""
        ...


class Pool(Protocol):
    """Releases, and the streams that deliver them."""

    def release(self, keys: Collection[ObjectKey], at: datetime, critical: bool) -> None:
        """Mark served object versions as released, in the order given; released ones stay as they are."""
        ...

    def stream_of(self, member: str) -> Stream: ...
    def streams(self) -> Sequence[Stream]: ...
    def root(self, level: Level) -> Stream:
        """The stream of a level that has no parent, made on first use."""
        ...

    def fork(self, parent: Stream, level: Level, settled: int) -> Stream:
        """A new stream that continues ``parent`` from its present end, with release rows up to ``settled`` done."""
        ...

    def assign(self, member: str, stream: int) -> None: ...
    def undelivered(self, stream: Stream, released_by: datetime, tlp: Tlp) -> Sequence[ObjectKey]:
        """Released objects up to ``tlp`` that are critical or were released by then, and not in the stream."""
        ...

    def deliver(
        self, stream: Stream, keys: Sequence[ObjectKey], dates: Sequence[datetime], released_by: datetime
    ) -> Stream:
        """Append to the stream and settle everything released by then; the stream as it is afterwards."""
        ...


class Contributions(Protocol):
    """Contributions with the features that clustering, valuation and audit use."""

    def add(self, filed: Filed, objects: Collection[ObjectKey], entry: int) -> None: ...
    def count(self, case: str | None = None) -> int:
        """How many there are, in one case or in all."""
        ...

    def hold_loose(self, observables: Collection[bytes], size: int) -> None:
        """Note that the indicator lane brought these digests when the ledger had ``size`` entries."""
        ...

    def loose(self) -> Mapping[bytes, int]:
        """Digests of the indicator lane, with the ledger's size when each first came."""
        ...

    def known(self, observables: Collection[bytes]) -> int:
        """How many of these digests the alliance holds already, in a contribution or loose."""
        ...

    def candidates(
        self, observables: Collection[bytes], root_key: str | None, common_after: int
    ) -> Sequence[Candidate]:
        """Contributions in open cases that share the root key or a countable observable."""
        ...

    def of_case(self, case: str) -> tuple[Filed, ...]:
        """In the order of intake, which is that of their ledger entries."""
        ...

    def entry(self, contribution: str) -> int | None:
        """Ledger index of its entry."""
        ...

    def held(self, contribution: str) -> Sequence[ObjectKey]:
        """Served object versions of one contribution."""
        ...

    def recorded(self, contributions: Collection[str]) -> Sequence[tuple[Filed, int]]:
        """Contributions in the order of intake with the ledger indices of their entries; no observables."""
        ...

    def objects(self, case: str) -> Sequence[ObjectKey]:
        """Served object versions of all contributions of a case."""
        ...

    def sight(self, object_ids: Collection[str], member: str, at: datetime) -> None:
        """A member reports that it is affected by these objects."""
        ...

    def sighted_by(self, case: str, until: datetime) -> frozenset[str]:
        """Members that sighted an object of the case."""
        ...

    def all_in_order(self) -> Sequence[Filed]:
        """Every contribution in the order of intake, for the audit."""
        ...


class Cases(Protocol):
    """Cases, seats, verdicts."""

    def add(self, case: Case) -> None: ...
    def update(self, case: Case) -> None: ...
    def get(self, case: str) -> Case | None: ...
    def with_status(self, *statuses: CaseStatus) -> Sequence[Case]:
        """In (opened_at, id) order."""
        ...

    def newest(self, limit: int, before: str | None = None) -> Sequence[Case]:
        """The latest opened first, from after the case ``before`` on."""
        ...

    def count_by_status(self) -> Mapping[CaseStatus, int]: ...
    def seats(self, case: str) -> Sequence[Seat]:
        """In the order drawn."""
        ...

    def put_seat(self, seat: Seat) -> None:
        """Insert, or replace the seat of the same case and panelist."""
        ...

    def judge(self, case: str, verdict: Verdict, evidence: Evidence, at: datetime) -> None: ...
    def verdict(self, case: str) -> tuple[Verdict, Evidence, datetime] | None: ...


class Purpose(StrEnum):
    """The only reasons to read the sealed table; each read is logged with one of them."""

    OWNERSHIP = "ownership at intake"
    EXCLUSION = "exclusion in the draw"
    EPOCH = "epoch close"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Link:
    """Who made a contribution, and the salt of its public commitment."""

    member: str
    salt: bytes


class Seal(Protocol):
    """The sealed table: contribution to member, object lineage to owner."""

    def link(self, contribution: str, link: Link) -> None: ...
    def own(self, lineages: Collection[str], member: str) -> None: ...
    def owners(self, lineages: Collection[str], purpose: Purpose, at: datetime) -> Mapping[str, str]: ...
    def contributors(self, contributions: Collection[str], purpose: Purpose, at: datetime) -> Mapping[str, Link]: ...
    def contributions_of(self, member: str, purpose: Purpose, at: datetime) -> Sequence[str]: ...
    def reads(self) -> Sequence[tuple[datetime, Purpose, int]]:
        """When, why and how many rows, oldest first."""
        ...


class LedgerRows(Protocol):
    """Entries, complete tree nodes and checkpoints."""

    def size(self) -> int: ...
    def node(self, level: int, index: int) -> bytes: ...
    def entry(self, index: int) -> bytes: ...
    def entries(self, start: int, limit: int) -> Sequence[bytes]: ...
    def append(self, entries: Sequence[bytes], nodes: Sequence[tuple[int, int, bytes]]) -> None: ...
    def checkpoint(self) -> bytes | None: ...
    def save_checkpoint(self, size: int, note: bytes) -> None: ...


class Epochs(Protocol):
    """Epochs and what their closes stated."""

    def put(self, epoch: Epoch) -> None:
        """Insert, or replace the epoch of that number."""
        ...

    def current(self) -> Epoch: ...
    def all(self) -> Sequence[Epoch]: ...
    def state(self, number: int, priced: Sequence[Priced], payouts: Sequence[Payout]) -> None: ...
    def priced(self, number: int) -> Sequence[Priced]:
        """In case order."""
        ...

    def priced_case(self, case: str) -> Priced | None:
        """What the close that settled a case stated for it."""
        ...

    def payouts(self, number: int) -> Sequence[Payout]:
        """In member order."""
        ...


class EvidenceRows(Protocol):
    """Dated public facts about CVEs."""

    def load_exploited(self, rows: Mapping[str, date], digest: bytes, at: datetime) -> None: ...
    def load_epss(self, rows: Mapping[str, Fraction], digest: bytes, at: datetime) -> None: ...
    def load_cvss(self, rows: Mapping[str, int], digest: bytes, at: datetime) -> None: ...
    def of(self, cve: str | None) -> Evidence: ...


@dataclass(frozen=True, slots=True)
class ChainTransaction:
    """One signed transaction of the embedded chain and the state root after it."""

    sequence: int
    purpose: str
    raw: bytes
    state_root: bytes


class ChainJournal(Protocol):
    """The ordered raw transactions, inside a unit of work."""

    def append(self, transaction: ChainTransaction) -> None: ...
    def after(self, sequence: int) -> Sequence[ChainTransaction]: ...


class Outbox(Protocol):
    """What must still reach the chain: registrations, then epochs, in order of their keys."""

    def add(self, kind: str, key: int) -> None: ...
    def pending(self) -> Sequence[tuple[str, int]]:
        """In the order added."""
        ...

    def done(self, kind: str, key: int) -> None: ...


class Documents(Protocol):
    """Small documents by kind and key: policies, TAXII status resources, the alliance's own facts."""

    def put(self, kind: str, key: str, body: bytes) -> None: ...
    def get(self, kind: str, key: str) -> bytes | None: ...


class UnitOfWork(Protocol):
    """One transaction; a context manager that undoes everything unless ``commit`` was called."""

    members: Members
    objects: Objects
    pool: Pool
    contributions: Contributions
    cases: Cases
    seal: Seal
    ledger: LedgerRows
    epochs: Epochs
    evidence: EvidenceRows
    journal: ChainJournal
    outbox: Outbox
    documents: Documents

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def commit(self) -> None: ...


class Store(Protocol):
    """Opens units of work: any number to read, one at a time to write."""

    def read(self) -> UnitOfWork: ...
    def write(self) -> UnitOfWork: ...


@dataclass(frozen=True, slots=True)
class ChainReplay:
    """What a replay from the first transaction found.

    Attributes:
        differences: One sentence each, the earliest first; empty when every stored byte is right.
        epoch: The last credited epoch.
        balances: Every account's micro-credits after the last transaction that could be replayed.
        withdrawn: Micro-credits each account has taken out.
    """

    differences: tuple[str, ...]
    epoch: int
    balances: Mapping[int, int]
    withdrawn: Mapping[int, int]


class SettlementChain(Protocol):
    """Pays members: accounts are opaque indices, amounts micro-credits."""

    def register(self, journal: ChainJournal, account: int, address: str) -> None: ...
    def credit(self, journal: ChainJournal, epoch: int, amounts: Mapping[int, int]) -> None:
        """Credit an epoch once; repeating it with the same amounts changes nothing."""
        ...

    def withdraw(self, journal: ChainJournal, account: int, amount: int, key: bytes) -> None: ...
    def balances(self, journal: ChainJournal) -> Mapping[int, int]: ...
    def epoch(self, journal: ChainJournal) -> int: ...
    def replay(self, journal: ChainJournal) -> ChainReplay: ...
