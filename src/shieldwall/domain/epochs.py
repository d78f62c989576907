"""What an epoch close states: values, prices, payouts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors of V = S X P T R Q N D; ``severity`` is in milli-points, the others are dimensionless."""

    severity: int
    exploitation: Fraction
    scope: Fraction
    tier: Fraction
    specificity: Fraction
    actionability: Fraction
    novelty: Fraction
    timeliness: Fraction


@dataclass(frozen=True, slots=True)
class Valued:
    """A judged case with its value; ``points`` in milli-points."""

    case: str
    opened_epoch: int
    factors: Factors
    points: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one contribution earns of its case, in micro-credits."""

    case: str
    contribution: str
    first: bool
    amount: int


@dataclass(frozen=True, slots=True)
class Priced:
    """A valued case with what it is paid; ``amount`` and the shares in micro-credits.

    The shares sum to at most ``amount``; the remainder of the floors stays in the reserve.
    """

    valued: Valued
    amount: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Payout:
    """What one member earns in one epoch, in micro-credits, with the salt of its public commitment."""

    epoch: int
    member: str
    amount: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch; the figures after ``opened_at`` are None until it closes.

    Attributes:
        post: Posted price for cases opened in this epoch, micro-credits per point. Set when it opens.
        reserve_before: Micro-credits carried in from the epoch before.
        budget: Micro-credits the policy adds at the close.
        money: Most that may be paid: budget + half the reserve.
        gross: Sum of post x V over the cases settled, before the cut.
        points: Accepted milli-points.
        paid: Micro-credits paid.
        reserve_after: reserve_before + budget - paid.
        policy: Hash of the policy in force at the close.
    """

    number: int
    opened_at: datetime
    post: int
    reserve_before: int
    closed_at: datetime | None = None
    budget: int | None = None
    money: int | None = None
    gross: int | None = None
    points: int | None = None
    paid: int | None = None
    reserve_after: int | None = None
    policy: str | None = None
