"""What members did under a policy, as the alliance's own books show it: plain figures for the economics to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shieldwall.domain.access import Level
from shieldwall.domain.members import Tier


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """One settled case that was valid.

    Attributes:
        severity: In tenths.
        critical: Whether it reached every level at once.
        contributions: Contributions that were paid for it: the first and its corroborators.
    """

    severity: int
    critical: bool
    contributions: int


@dataclass(frozen=True, slots=True)
class EpochFigures:
    """One closed epoch; ``length`` from its opening to its close, amounts in micro-credits, points in milli-points."""

    number: int
    length: timedelta
    money: int
    paid: int
    points: int
    policy: str
    cases: tuple[CaseFigures, ...]


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """One member, epoch by epoch in the order of the epochs; None before it joined.

    Attributes:
        points: Accepted milli-points.
        paid: Micro-credits.
        level: Access level now.
    """

    name: str
    tier: Tier
    level: Level
    points: tuple[int | None, ...]
    paid: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All closed epochs and all members."""

    epochs: tuple[EpochFigures, ...]
    members: tuple[MemberFigures, ...]
