"""What goes in and out of the JSON API; an unknown field is refused."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from msgspec import Struct

from shieldwall.domain.amounts import format_credits
from shieldwall.domain.epochs import Epoch
from shieldwall.domain.members import Member
from shieldwall.errors import InvalidInput

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+", re.ASCII)


class CommitmentBody(Struct, forbid_unknown_fields=True):
    """A sealed ballot: 32 bytes in hexadecimal."""

    commitment: str


class BallotBody(Struct, forbid_unknown_fields=True):
    """An opened ballot: ``severity`` from 0 to 10 in steps of 0.1, ``nonce`` in hexadecimal.

    The panel's own parser checks the first three; the framework would take 1 for true.
    """

    valid: Any
    severity: Any
    root: Any
    nonce: str


class WithdrawalBody(Struct, forbid_unknown_fields=True):
    """An amount of credits with at most six decimals, as text."""

    amount: str


class Me(Struct):
    """The caller's own account."""

    id: str
    name: str
    role: str
    tier: str
    organisation: str
    submissions: str
    pool: str


class PanelCase(Struct):
    """A case that the caller has a seat in."""

    case: str
    status: str
    round: int
    due_at: datetime | None
    reveal_from: datetime | None
    committed: bool
    revealed: bool


class OwnContribution(Struct):
    """One of the caller's contributions; ``entry`` is its index in the ledger."""

    id: str
    accepted_at: datetime
    root_type: str
    case: str
    entry: int


class Credits(Struct):
    """An amount of credits, for people and exactly."""

    credits: str
    micro_credits: int


class LedgerEntry(Struct):
    """One ledger entry; the text's UTF-8 bytes are what the tree hashes."""

    index: int
    entry: str


class LedgerProof(Struct):
    """An inclusion proof (RFC 6962), hashes in hexadecimal: check it yourself."""

    index: int
    size: int
    entry: str
    path: list[str]
    root: str
    checkpoint: str


class LedgerExtension(Struct):
    """A consistency proof (RFC 6962), hashes in hexadecimal: keep a checkpoint and check the next one against it."""

    old: int
    size: int
    path: list[str]
    checkpoint: str


class ClosedEpoch(Struct):
    """The figures of a closed epoch in micro-credits and milli-points; ``settled``: they are on the chain."""

    number: int
    closed_at: datetime | None
    post: int
    money: int | None
    points: int | None
    paid: int | None
    reserve_after: int | None
    settled: bool


def me(member: Member) -> Me:
    """Show an account to its holder."""
    return Me(
        member.id,
        member.name,
        member.role.value,
        member.tier.value,
        member.organisation,
        member.submissions,
        member.pool,
    )


def credits_of(micro: int) -> Credits:
    """Show an amount.

    >>> credits_of(2_000_500_000)
    Credits(credits='2000.50', micro_credits=2000500000)
    """
    return Credits(format_credits(micro).replace(",", ""), micro)


def closed_epoch(epoch: Epoch, settled: bool) -> ClosedEpoch:
    """Show what a close did."""
    return ClosedEpoch(
        epoch.number,
        epoch.closed_at,
        epoch.post,
        epoch.money,
        epoch.points,
        epoch.paid,
        epoch.reserve_after,
        settled,
    )


def from_hex(field: str, text: str, length: int) -> bytes:
    """Read bytes in hexadecimal.

    Raises:
        InvalidInput: If it is anything else, or of another length.

    >>> from_hex("nonce", "00ff", 2)
    b'\\x00\\xff'
    """
    if len(text) != 2 * length or _HEX.fullmatch(text) is None:
        raise InvalidInput(field, text, f"{length} bytes as {2 * length} hexadecimal digits")
    return bytes.fromhex(text)
