"""What the pages of the cases show: the list, and one case with its value factor by factor.

Nothing here knows who contributed or who sits on the panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor

from shieldwall.domain.amounts import format_points
from shieldwall.domain.cases import Ballot, CaseStatus, Method, Seat, Verdict
from shieldwall.domain.epochs import Valued
from shieldwall.services.alliance import Alliance
from shieldwall.services.overview import CaseView
from shieldwall.web.console.charts import Waterfall, running, waterfall
from shieldwall.web.console.render import count, format_ratio

PAGE = 50

STATUS = {
    CaseStatus.FILED: "About to be looked at",
    CaseStatus.WAITING: "Waiting for its panel",
    CaseStatus.REVIEW: "Ballots are due",
    CaseStatus.JUDGED: "Released; paid when the epoch closes",
    CaseStatus.SETTLED: "Valued and paid",
}


@dataclass(frozen=True, slots=True)
class CasesPage:
    """A page of cases, newest first; ``older`` is the case to go on before, None on the last page."""

    cases: tuple[CaseView, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One factor of V = S X P T R Q N D; ``after`` is the product so far in milli-points, rounded down."""

    letter: str
    name: str
    meaning: str
    value: str
    after: int


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat of the panel without its holder; ``ballot`` only once the case is frozen."""

    number: int
    round: int
    drawn_at: datetime
    state: str
    ballot: Ballot | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case.

    Attributes:
        first: What the first reporter's share of the amount is, in micro-credits; None while unpaid.
        others: Number and sum of the corroborators' shares.
    """

    view: CaseView
    status: str
    how: str
    factors: tuple[FactorRow, ...]
    chart: Waterfall | None
    seats: tuple[SeatRow, ...]
    first: int | None
    others: tuple[int, int]


def cases_page(alliance: Alliance, before: str | None) -> CasesPage:
    """Gather a page of the list."""
    found = alliance.overview.cases(PAGE + 1, before)
    more = len(found) > PAGE
    return CasesPage(found[:PAGE], found[PAGE - 1].case.id if more else None)


def case_page(alliance: Alliance, case: str) -> CasePage:
    """Gather one case.

    Raises:
        NotFound: If there is none with this id.
    """
    view = alliance.overview.case(case)
    priced = view.priced
    rows = factor_rows(priced.valued) if priced else ()
    shares = priced.shares if priced else ()
    corroborating = [share.amount for share in shares if not share.first]
    notes = [row.value for row in rows]
    return CasePage(
        view=view,
        status=STATUS[view.case.status],
        how=how_judged(view.verdict) if view.verdict else "",
        factors=rows,
        chart=waterfall(priced.valued, [*notes, format_points(priced.valued.points)])
        if priced and priced.valued.factors.severity
        else None,
        seats=seat_rows(view.seats, frozen=not view.case.status.open),
        first=sum(share.amount for share in shares if share.first) if priced else None,
        others=(len(corroborating), sum(corroborating)),
    )


def factor_rows(valued: Valued) -> tuple[FactorRow, ...]:
    """Explain a value factor by factor."""
    f = valued.factors
    factors: tuple[tuple[str, str, str, Fraction], ...] = (
        (
            "X",
            "Exploitation",
            "How likely or certain attacks with it are: EPSS, or listed as exploited",
            f.exploitation,
        ),
        ("P", "Scope", "1 plus the share of member organisations that reported being affected", f.scope),
        ("T", "Tier", "The most critical tier among the affected systems", f.tier),
        ("R", "Specificity", "A root cause counts for more than one instance of it", f.specificity),
        (
            "Q",
            "Actionability",
            "Evidence, context, detection rule and mitigation, each a step",
            f.actionability,
        ),
        ("N", "Novelty", "The share of it that was new to the alliance and to the public", f.novelty),
        ("D", "Timeliness", "Falls from 1 to 0 with the age of the earliest public evidence", f.timeliness),
    )
    after = [floor(product) for product in running(valued)]
    severity = FactorRow("S", "Severity", "Points for the panel's median severity", format_points(f.severity), after[0])
    return (
        severity,
        *(
            FactorRow(letter, name, meaning, _times(ratio), after[place])
            for place, (letter, name, meaning, ratio) in enumerate(factors, start=1)
        ),
    )


def _times(ratio: Fraction) -> str:
    text = format_ratio(ratio)
    return f"≈ × {text[2:]}" if text.startswith("≈") else f"× {text}"


def how_judged(verdict: Verdict) -> str:
    """Say how a verdict came about."""
    match verdict.method:
        case Method.BALLOTS:
            ballots = count(verdict.ballots, "sealed ballot")
            return f"By {ballots}: the median severity, the majority for the rest."
        case Method.CORROBORATED:
            return "Without ballots: enough independent members corroborated it, as the policy allows."
        case Method.EXPLOITED:
            return "Without ballots: its CVE is publicly listed as exploited, as the policy allows."


def seat_rows(seats: tuple[Seat, ...], *, frozen: bool) -> tuple[SeatRow, ...]:
    """Describe the seats in the order drawn, holding ballots back until the verdict."""
    return tuple(
        SeatRow(number, seat.round, seat.drawn_at, _state(seat), seat.ballot if frozen else None)
        for number, seat in enumerate(seats, start=1)
    )


def _state(seat: Seat) -> str:
    if seat.vacated:
        return "vacated"
    if seat.ballot is not None:
        return "opened"
    return "sealed" if seat.commitment is not None else "awaited"
