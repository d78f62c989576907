"""A case, the ballots cast on it and the verdict that freezes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from shieldwall.domain.contributions import Filed


class CaseStatus(StrEnum):
    """Where a case stands; only an open case takes further contributions."""

    FILED = "filed"
    """New, or a contribution joined since it was last looked at."""
    WAITING = "waiting"
    """Too few eligible panelists, or no quorum: looked at again when a panelist joins or an epoch closes."""
    REVIEW = "review"
    """Seats are drawn and ballots are due."""
    JUDGED = "judged"
    """The verdict is in; frozen."""
    SETTLED = "settled"
    """An epoch close has valued and paid it."""

    @property
    def open(self) -> bool:
        return self in (CaseStatus.FILED, CaseStatus.WAITING, CaseStatus.REVIEW)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One panelist's opinion of a case.

    Attributes:
        valid: Whether the case describes something real and usable.
        severity: CVSS-like severity in tenths, 0 to 100.
        root: True for a root cause, False for a specific instance (factor R).
    """

    valid: bool
    severity: int
    root: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """A panelist drawn for a case, and how far its ballot has come.

    Attributes:
        round: 0 for the first draw, 1 for the replacement of absentees, and so on.
        nonce: Opens ``commitment``; known once revealed.
        vacated: The seat no longer counts: its holder was absent, or its organisation joined the case.
    """

    case: str
    panelist: str
    round: int
    drawn_at: datetime
    commitment: bytes | None = None
    ballot: Ballot | None = None
    nonce: bytes | None = None
    vacated: bool = False


class Method(StrEnum):
    """How a verdict came about."""

    BALLOTS = "ballots"
    CORROBORATED = "corroborated"
    EXPLOITED = "exploited"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the panel, or an automatic criterion in its place, found.

    Attributes:
        severity: Median in tenths, 0 to 100.
        ballots: Revealed ballots behind it, 0 for an automatic criterion.
    """

    valid: bool
    severity: int
    root: bool
    method: Method
    ballots: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Dated public facts about a case's CVE as they stood at its verdict.

    Attributes:
        exploited_on: Day it was listed as exploited (KEV), None if it is not.
        epss: Probability of exploitation within 30 days, 0 to 1.
        cvss: Base score in tenths.
    """

    exploited_on: date | None = None
    epss: Fraction | None = None
    cvss: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Contributions with one root cause.

    Attributes:
        opened_epoch: Epoch whose posted price is locked for it.
        round: Number of draws made so far.
        due_at: When the ballots, or the reveals once they have begun, are due; None while waiting.
        reveal_from: When the reveal phase began, None while commitments are still due.
        reason: Why it waits, empty otherwise.
    """

    id: str
    opened_at: datetime
    opened_epoch: int
    status: CaseStatus
    round: int
    due_at: datetime | None
    reveal_from: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A frozen case with all the mechanism needs to value and split it.

    Attributes:
        filed: Its contributions in the order of intake; the first is the first reporter's.
        evidence: Public facts at the verdict.
        judged_at: Time of the verdict; contributions accepted later do not count.
    """

    case: str
    opened_epoch: int
    judged_at: datetime
    verdict: Verdict
    evidence: Evidence
    filed: tuple[Filed, ...]
