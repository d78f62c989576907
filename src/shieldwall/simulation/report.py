"""What a replay found, read back from the alliance it filled: one line per organisation, and the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from shieldwall.domain.amounts import MICRO, MILLI, format_credits, format_points
from shieldwall.domain.contributions import Filed
from shieldwall.domain.members import Member
from shieldwall.services.alliance import Alliance
from shieldwall.services.audit import Findings
from shieldwall.services.epoch import points_by_member
from shieldwall.simulation.panelists import PANELISTS, STAND_IN

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Run:
    """What only the driver of a replay knows.

    Attributes:
        contributors: Member behind each contribution.
        members: In the order of joining.
        refused: Rows and objects refused, by reason.
        empty: Contributions of which no row was usable.
        home: Folder that keeps the alliance, None for a temporary one.
    """

    rows: int
    contributors: Mapping[str, Member]
    members: tuple[Member, ...]
    refused: Counter[str]
    empty: int
    observables: int
    replay_s: float
    audit_s: float
    home: str | None


@dataclass(slots=True)
class OrganisationLine:
    """One organisation's result; ``points`` in milli-points, ``paid`` in micro-credits."""

    organisation: str
    aggregator: bool
    contributions: int = 0
    cases: set[str] = field(default_factory=set)
    first_reports: int = 0
    corroborations: int = 0
    late_copies: int = 0
    points: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """The result of a replay.

    Attributes:
        corroborated: Settled cases with an independent corroborator.
        lag_days: From the first report of a case to each corroboration of it, sorted.
        late_copies: Contributions whose every observable the alliance held already: novelty 0.
    """

    organisations: tuple[OrganisationLine, ...]
    run: Run
    epochs: int
    cases: int
    settled: int
    corroborated: int
    lag_days: tuple[float, ...]
    late_copies: int
    by_method: Mapping[str, int]
    ledger_size: int
    findings: Findings

    @property
    def audit_ok(self) -> bool:
        """Whether the audit found nothing."""
        return self.findings.ok

    @property
    def chain_agrees(self) -> bool:
        """Whether no difference of the audit concerns the chain."""
        return not any(difference.startswith("chain") for difference in self.findings.differences)

    @property
    def paid(self) -> int:
        """Micro-credits paid to all."""
        return sum(line.paid for line in self.organisations)

    @property
    def median_lag_days(self) -> float | None:
        """Median lag from a first report to a corroboration, None without corroborations."""
        return median(self.lag_days) if self.lag_days else None

    def as_json(self) -> dict[str, Any]:
        """Plain data for ``--json``; counts are integers, credits and points exact decimals in texts."""
        run = self.run
        return {
            "organisations": [
                {
                    "organisation": line.organisation,
                    "aggregator": line.aggregator,
                    "contributions": line.contributions,
                    "cases": len(line.cases),
                    "first_reports": line.first_reports,
                    "corroborations": line.corroborations,
                    "late_copies": line.late_copies,
                    "points": f"{line.points // MILLI}.{line.points % MILLI:03d}",
                    "credits": f"{line.paid // MICRO}.{line.paid % MICRO:06d}",
                    "share": self._share(line),
                }
                for line in self.organisations
            ],
            "rows": run.rows,
            "observables": run.observables,
            "contributions": len(run.contributors),
            "contributions_without_usable_rows": run.empty,
            "cases": self.cases,
            "settled": self.settled,
            "corroborated": self.corroborated,
            "corroborated_share": self.corroborated / self.settled if self.settled else 0.0,
            "corroborations": len(self.lag_days),
            "median_lag_days": self.median_lag_days,
            "late_copies": self.late_copies,
            "verdicts": dict(self.by_method),
            "epochs": self.epochs,
            "paid": f"{self.paid // MICRO}.{self.paid % MICRO:06d}",
            "ledger_size": self.ledger_size,
            "transactions": self.findings.figures.get("transactions", 0),
            "audit_ok": self.audit_ok,
            "chain_agrees": self.chain_agrees,
            "differences": list(self.findings.differences),
            "refused": dict(run.refused.most_common()),
            "simulated_panelists": PANELISTS,
            "stand_in": STAND_IN,
            "seconds": round(run.replay_s + run.audit_s, 3),
            "audit_seconds": round(run.audit_s, 3),
            "contributions_per_second": round(len(run.contributors) / run.replay_s, 1),
            "observables_per_second": round(run.observables / run.replay_s, 1),
            "home": run.home,
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Column titles, and one row of texts per organisation, the best paid first."""
        titles = (
            "organisation",
            "contributions",
            "cases",
            "first reports",
            "corroborations",
            "late copies",
            "points",
            "credits",
            "share of the pot",
        )
        rows: list[tuple[str, ...]] = [
            (
                f"{line.organisation} (aggregator)" if line.aggregator else line.organisation,
                f"{line.contributions:,}",
                f"{len(line.cases):,}",
                f"{line.first_reports:,}",
                f"{line.corroborations:,}",
                f"{line.late_copies:,}",
                format_points(line.points),
                format_credits(line.paid),
                f"{self._share(line):.1%}",
            )
            for line in sorted(self.organisations, key=lambda line: -line.paid)
        ]
        return titles, rows

    def lines(self) -> list[str]:
        """Sentences about the whole, to be shown under the table."""
        run = self.run
        said = [
            f"{len(run.contributors):,} contributions with {run.observables:,} observables in {self.cases:,} cases, "
            f"{self.epochs:,} epochs",
            f"{self.corroborated:,} of {self.settled:,} settled cases were corroborated independently"
            + (f", {self.median_lag_days:.1f} days after the first report (median)" if self.lag_days else ""),
            f"{self.late_copies:,} contributions held only known observables and are worth nothing (N = 0)",
            f"Simulated: {STAND_IN}. Release is not simulated; nobody polls",
        ]
        repeating = [line.organisation for line in self.organisations if line.aggregator]
        if repeating:
            said.append(f"Aggregators, which corroborate nothing: {', '.join(repeating)}")
        said += [f"Refused: {count:,} x {reason}" for reason, count in run.refused.most_common()]
        if run.empty:
            said.append(f"Left out: {run.empty:,} contributions without a usable row")
        said.append(
            f"Ledger: {self.ledger_size:,} entries. Audit: {'clean' if self.audit_ok else 'DIFFERENCES'}; "
            f"the chain {'agrees' if self.chain_agrees else 'DISAGREES'}"
        )
        said += [f"Difference: {difference}" for difference in self.findings.differences]
        said.append(
            f"{run.replay_s:.1f} s ({len(run.contributors) / run.replay_s:,.0f} contributions/s, "
            f"{run.observables / run.replay_s:,.0f} observables/s) and {run.audit_s:.1f} s for the audit"
        )
        return said

    def _share(self, line: OrganisationLine) -> float:
        return line.paid / self.paid if self.paid else 0.0


def report(alliance: Alliance, run: Run, findings: Findings) -> ReplayReport:
    """Read the result of a replay back from its alliance."""
    lines = {member.id: OrganisationLine(member.organisation, member.aggregator) for member in run.members}
    accepted: dict[str, datetime] = {}
    late = 0
    with alliance.store.read() as uow:
        filed = uow.contributions.all_in_order()
        for item in filed:
            line = lines[run.contributors[item.contribution.id].id]
            accepted[item.contribution.id] = item.contribution.accepted_at
            line.contributions += 1
            line.cases.add(item.case)
            line.late_copies += _copied(item)
            late += _copied(item)
        priced = [item for epoch in uow.epochs.all() for item in uow.epochs.priced(epoch.number)]
        payouts = [item for epoch in uow.epochs.all() for item in uow.epochs.payouts(epoch.number)]
        cases = sum(uow.cases.count_by_status().values())
        verdicts = [uow.cases.verdict(item.valued.case) for item in priced]
    lags: list[float] = []
    corroborated = 0
    for settled in priced:
        first = next(share for share in settled.shares if share.first)
        for share in settled.shares:
            line = lines[run.contributors[share.contribution].id]
            line.first_reports += share.first
            line.corroborations += not share.first
            if not share.first:
                lag = accepted[share.contribution] - accepted[first.contribution]
                lags.append(lag.total_seconds() / _DAY_S)
        corroborated += len(settled.shares) > 1
    for member, points in points_by_member(priced, run.contributors).items():
        lines[member].points = points
    for payout in payouts:
        lines[payout.member].paid += payout.amount
    return ReplayReport(
        organisations=tuple(lines.values()),
        run=run,
        epochs=findings.figures.get("epochs", 0),
        cases=cases,
        settled=len(priced),
        corroborated=corroborated,
        lag_days=tuple(sorted(lags)),
        late_copies=late,
        by_method=Counter(found[0].method.value for found in verdicts if found is not None),
        ledger_size=findings.figures.get("ledger_size", 0),
        findings=findings,
    )


def _copied(filed: Filed) -> bool:
    found = filed.contribution.features
    return 0 < len(found.observables) == found.known
