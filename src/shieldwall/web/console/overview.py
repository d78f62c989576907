"""What the overview shows: the alliance's size, its cases, its money, its ledger."""

from __future__ import annotations

from dataclasses import dataclass

from shieldwall.domain.amounts import format_credits
from shieldwall.domain.cases import CaseStatus
from shieldwall.domain.epochs import Epoch
from shieldwall.domain.members import Role
from shieldwall.ledger import Checkpoint, open_checkpoint
from shieldwall.services.alliance import Alliance
from shieldwall.services.overview import Summary
from shieldwall.web.console.charts import Chart, columns
from shieldwall.web.console.render import count

_CHARTED = 24


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything on the overview.

    Attributes:
        roles: Accounts by role, in words.
        statuses: Cases by status, in words.
        checkpoint: The verified tree head, None while the ledger is empty.
        closed: Closed epochs, newest first.
        paid: Credits paid per closed epoch, the latest ones.
    """

    summary: Summary
    roles: str
    cases: int
    statuses: str
    checkpoint: Checkpoint | None
    closed: tuple[Epoch, ...]
    paid: Chart


def overview_page(alliance: Alliance) -> OverviewPage:
    """Gather the overview."""
    summary = alliance.overview.summary()
    held = summary.members
    closed = tuple(epoch for epoch in alliance.epochs.all() if epoch.closed_at is not None)
    figures = [
        (
            str(epoch.number),
            epoch.paid or 0,
            f"Epoch {epoch.number}: {format_credits(epoch.paid or 0)} credits",
        )
        for epoch in closed[-_CHARTED:]
    ]
    return OverviewPage(
        summary=summary,
        roles=", ".join(count(held[role], role.value) for role in Role if held.get(role)),
        cases=sum(summary.cases.values()),
        statuses=", ".join(
            f"{summary.cases[status]:,} {status.value}" for status in CaseStatus if summary.cases.get(status)
        ),
        checkpoint=open_checkpoint(summary.checkpoint, alliance.verifier, alliance.origin)
        if summary.checkpoint
        else None,
        closed=closed[::-1],
        paid=columns(figures),
    )
