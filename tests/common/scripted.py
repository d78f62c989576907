"""An alliance without HTTP that a test drives step by step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from http_bench import CountedDraw, HandClock, stix_id

from shieldwall.bootstrap import default_policy, in_memory
from shieldwall.domain.cases import Ballot
from shieldwall.domain.members import Member, Role
from shieldwall.panel.ballot import commitment
from shieldwall.ports import Query, Row
from shieldwall.services.intake import Status
from shieldwall.services.overview import CaseView

YES = Ballot(valid=True, severity=70, root=True)
NO = Ballot(valid=False, severity=0, root=False)
_MADE = "2026-01-01T00:00:00.000Z"


class Script:
    """Members post, panelists vote, time passes.

    Args:
        panelists: How many are enrolled at the start, each of an organisation of its own.
        policy: Replacements in the text of the default policy.
    """

    def __init__(self, panelists: int = 7, policy: dict[str, str] | None = None) -> None:
        text = default_policy()
        for before, after in (policy or {}).items():
            assert before in text
            text = text.replace(before, after)
        self.clock = HandClock()
        self.alliance = in_memory(clock=self.clock, draw=CountedDraw(), policy_text=text)
        self.panel = [self.enrol(f"panelist {number}", Role.PANELIST) for number in range(panelists)]

    def enrol(self, name: str, role: Role = Role.MEMBER, **more: Any) -> Member:
        return self.alliance.accounts.enrol(name, role, **more)[0]

    def post(self, member: Member, *objects: Mapping[str, object]) -> Status:
        self.clock.forward(seconds=1)
        return self.alliance.intake.submit(member, json.dumps({"objects": objects}).encode())

    def report(self, member: Member, number: int, hosts: Sequence[str], **more: object) -> Status:
        """Post a report with one indicator per host and have it looked at."""
        status = self.post(member, *report(number, hosts, **more))
        self.alliance.review.advance()
        return status

    def case(self) -> CaseView:
        """The newest case."""
        return self.alliance.overview.cases(1)[0]

    def seated(self, case: str | None = None) -> list[Member]:
        wanted = case or self.case().case.id
        holders = {seat.panelist for seat in self.alliance.overview.case(wanted).seats if not seat.vacated}
        return [member for member in self.panel if member.id in holders]

    def commit(self, panelist: Member, case: str, ballot: Ballot) -> None:
        seat = next(seat for seat in self.alliance.overview.case(case).seats if seat.panelist == panelist.id)
        sealed = commitment(case, panelist.id, seat.round, ballot, nonce_of(panelist))
        self.alliance.review.commit(panelist, case, sealed)

    def reveal(self, panelist: Member, case: str, ballot: Ballot) -> None:
        self.alliance.review.reveal(panelist, case, ballot, nonce_of(panelist))

    def judge(self, ballot: Ballot = YES, case: str | None = None) -> str:
        """Everybody seated votes the same way; returns the case."""
        case = case or self.case().case.id
        seated = self.seated(case)
        for panelist in seated:
            self.commit(panelist, case, ballot)
        for panelist in seated:
            self.reveal(panelist, case, ballot)
        return case

    def close(self) -> None:
        self.clock.forward(days=28)
        self.alliance.epochs.close()
        self.alliance.settlement.dispatch()

    def pool(self, member: Member, query: Query | None = None) -> list[Row]:
        return list(self.alliance.reading.page(member, "pool", query or Query(), 10_000).rows)

    def pool_ids(self, member: Member) -> list[str]:
        return [row.id for row in self.pool(member)]


def nonce_of(panelist: Member) -> bytes:
    return panelist.id.encode().ljust(32, b".")[:32]


def host_indicator(number: int, host: str) -> dict[str, object]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": stix_id("indicator", number * 1000 + sum(host.encode())),
        "created": _MADE,
        "modified": _MADE,
        "pattern": f"[domain-name:value = '{host}']",
        "pattern_type": "stix",
        "valid_from": _MADE,
    }


def report(number: int, hosts: Sequence[str], **more: object) -> list[dict[str, object]]:
    """A report and the indicators it refers to, report last."""
    indicators = [host_indicator(number, host) for host in hosts]
    return [
        *indicators,
        {
            "type": "report",
            "spec_version": "2.1",
            "id": stix_id("report", number),
            "created": _MADE,
            "modified": _MADE,
            "name": f"Report {number}",
            "published": _MADE,
            "object_refs": [indicator["id"] for indicator in indicators],
        }
        | more,
    ]


def hosts(*names: str) -> list[str]:
    return [f"{name}.example.com" for name in names]
