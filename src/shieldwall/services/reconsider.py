"""Has open cases looked at again when something they hang on has changed: panelists, evidence, the policy."""

from __future__ import annotations

from dataclasses import replace

from shieldwall.domain.cases import CaseStatus
from shieldwall.ports import UnitOfWork


def reconsider(uow: UnitOfWork, *statuses: CaseStatus) -> None:
    """Mark the cases with one of these statuses as filed; seats and ballots stay as they are."""
    for case in uow.cases.with_status(*statuses):
        uow.cases.update(replace(case, status=CaseStatus.FILED))
