"""The demonstration: a sample alliance played through three epochs over its real HTTP interface.

Time is moved by the story; ballots come from a stand-in (``visitor``). Names and addresses are reserved ones.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from shieldwall.bootstrap import create
from shieldwall.domain.amounts import MICRO, format_credits, format_points
from shieldwall.domain.members import Member, Role, Tier
from shieldwall.ledger import verify_receipt
from shieldwall.services.alliance import Alliance
from shieldwall.services.epoch import points_by_member
from shieldwall.simulation.served import served
from shieldwall.simulation.story import Standing, Story
from shieldwall.simulation.visitor import Visitor
from shieldwall.stix.contributions import ROOT_TYPES

NAME = "Harbour Alliance"
EPOCHS = 3
PANELISTS = 7

_EPOCH = timedelta(days=28)
_SHIFTS = (-5, 0, 5)


@dataclass(frozen=True, slots=True)
class SampleMember:
    """A member of the demonstration, with what identifies it."""

    name: str
    tier: Tier
    aliases: tuple[str, ...]


MEMBERS = (
    SampleMember(
        "Alder Power",
        Tier.CRITICAL,
        ("Alder Power", "alder-power.example.com", "identity--ab0469a5-c2ba-4ff7-b9d4-9080df2db07e"),
    ),
    SampleMember(
        "Brightwater Grid",
        Tier.CRITICAL,
        ("Brightwater Grid", "Brightwater", "identity--771c41ae-3218-4492-a2a3-f5b7aae8ec3d"),
    ),
    SampleMember("Cedar Bank", Tier.CORE, ("Cedar Bank", "identity--b0f94adc-0ac3-46cb-bb52-cecbf41673e5")),
    SampleMember("Dovetail Health", Tier.CORE, ("Dovetail Health", "identity--ab37b23d-c031-4ced-86aa-2691c368e777")),
    SampleMember("Elm Software", Tier.SMALL, ("Elm Software", "identity--b1fca6de-884d-4803-b760-ebd7f8cac475")),
    SampleMember("Fennel Logistics", Tier.SMALL, ("Fennel Logistics", "fennel.example.org")),
)
"""Fennel Logistics only reads."""


class StoryClock:
    """Runs like the machine's clock, but behind it by a lag that the story uses up."""

    def __init__(self, behind: timedelta) -> None:
        self._lag = behind

    def now(self) -> datetime:
        """The story's time."""
        return datetime.now(UTC) - self._lag

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._lag -= by


@contextmanager
def demonstration(home: Path | None, port: int | None, tell: Callable[[str], None]) -> Iterator[Story]:
    """Play the story; the alliance is served until the block ends.

    Args:
        home: Folder to make it in, new or empty; None for a temporary one.
        port: None for the configured one, or a free one if that is taken.
        tell: Gets each line of the story.

    Raises:
        Conflict: If the folder holds something.
        ConfigError: If the folder or the port cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="shieldwall-demo-") as temporary:
        folder = home if home is not None else Path(temporary, "alliance")
        clock = StoryClock(EPOCHS * _EPOCH)
        alliance = create(folder, NAME, clock=clock)
        with served(alliance, port, folder / "server.log") as url:
            play = _Play(alliance, clock, url, tell)
            try:
                yield play.run()
            finally:
                play.leave()


class _Play:
    """The stage: everybody's client, the clock and the teller."""

    def __init__(self, alliance: Alliance, clock: StoryClock, url: str, tell: Callable[[str], None]) -> None:
        self._alliance = alliance
        self._clock = clock
        self._url = url
        self._tell = tell
        self._began = clock.now()
        self._withdrawn: dict[str, int] = {}
        self._judged: set[str] = set()
        self._visitors: dict[str, Visitor] = {}

    def run(self) -> Story:
        """Three epochs, then the checks."""
        self._enrol()
        self._first_epoch()
        self._second_epoch()
        self._third_epoch()
        self._withdraw("Alder Power")
        self._verify("Dovetail Health")
        return self._end()

    def leave(self) -> None:
        """Close every connection."""
        for visitor in self._visitors.values():
            visitor.close()

    def _enrol(self) -> None:
        accounts = self._alliance.accounts
        for sample in MEMBERS:
            self._admit(accounts.enrol(sample.name, Role.MEMBER, sample.tier, aliases=sample.aliases))
        for number in range(1, PANELISTS + 1):
            self._admit(accounts.enrol(f"Panelist {number}", Role.PANELIST))
        self._admit(accounts.enrol("Auditor", Role.AUDITOR))
        self._admit(accounts.enrol("Operator", Role.OPERATOR))
        budget = format_credits(self._alliance.policies.current().epoch.budget)
        self._tell(
            f"{NAME}: {len(MEMBERS)} members, {PANELISTS} panelists; {_EPOCH.days}-day epochs of {budget} credits."
        )

    def _admit(self, enrolled: tuple[Member, str]) -> None:
        member, token = enrolled
        self._visitors[member.name] = Visitor(member, token, self._url)

    def _first_epoch(self) -> None:
        self._wait(days=1)
        self._post("Alder Power", "slatelocker-alder")
        self._wait(hours=29)
        self._post("Brightwater Grid", "slatelocker-brightwater")
        self._wait(hours=5)
        self._panel()
        self._wait(days=1)
        self._post("Cedar Bank", "phishing-cedar")
        self._wait(hours=8)
        self._panel()
        self._poll("Fennel Logistics")
        self._close()

    def _second_epoch(self) -> None:
        self._wait(days=2)
        self._post("Elm Software", "vulnerability-elm")
        self._wait(hours=20)
        self._panel()
        self._wait(days=3)
        for member in ("Dovetail Health", "Alder Power", "Cedar Bank"):
            self._post(member, f"thistlebot-{member.split()[0].lower()}")
            self._wait(hours=4)
        self._poll("Brightwater Grid")
        self._close()

    def _third_epoch(self) -> None:
        self._wait(days=1)
        self._post("Dovetail Health", "heron-dovetail")
        self._wait(hours=28)
        self._post("Elm Software", "heron-elm")
        self._wait(hours=3)
        self._post("Brightwater Grid", "scan-brightwater")
        self._wait(hours=6)
        self._panel()
        self._poll("Cedar Bank")
        self._close()

    def _wait(self, days: int = 0, hours: int = 0) -> None:
        self._clock.advance(timedelta(days=days, hours=hours))

    def _say(self, line: str) -> None:
        day = (self._clock.now() - self._began).days + 1
        self._tell(f"Day {day:2}  {line}")

    def _post(self, member: str, sample: str) -> None:
        body = files("shieldwall.simulation").joinpath("samples", f"{sample}.json").read_bytes()
        status = self._visitors[member].submit(body)
        root = next(item for item in reversed(json.loads(body)["objects"]) if item["type"] in ROOT_TYPES)
        self._say(f'{member} posts "{root["name"]}": {_count(status["success_count"], "object")} accepted')
        for failure in status["failures"]:
            reason = failure["message"].partition(";")[0]
            self._say(f"  one object is refused: {failure['id'].partition('--')[0]}, {reason}")
        self._say_verdicts()

    def _panel(self) -> None:
        panelists = [visitor for name, visitor in self._visitors.items() if name.startswith("Panelist")]
        for number, panelist in enumerate(panelists):
            panelist.seal_ballots(_SHIFTS[number % len(_SHIFTS)])
        self._wait(hours=1)
        for panelist in panelists:
            panelist.open_ballots()
        self._say_verdicts()

    def _say_verdicts(self) -> None:
        for view in self._alliance.overview.cases(limit=100):
            if view.verdict is None or view.case.id in self._judged:
                continue
            self._judged.add(view.case.id)
            verdict = view.verdict
            how = (
                f"{verdict.ballots} sealed ballots are opened"
                if verdict.ballots
                else "Reports agree, no ballots needed"
            )
            found = (
                f"valid, severity {verdict.severity / 10:.1f}, released" if verdict.valid else "not valid, not released"
            )
            self._say(f"{how}: a case of {_count(view.contributions, 'contribution')} is {found}")

    def _poll(self, member: str) -> None:
        objects = self._visitors[member].poll()
        text = json.dumps(objects)
        named = sorted(alias for sample in MEMBERS for alias in sample.aliases if alias in text)
        self._say(
            f"{member} polls its pool: {len(objects)} objects, contributors named in them: {', '.join(named) or 'none'}"
        )

    def _close(self) -> None:
        until = self._began + self._alliance.epochs.current().number * _EPOCH - timedelta(minutes=5)
        self._clock.advance(until - self._clock.now())
        closed = self._visitors["Operator"].post("/api/epochs/close", {})
        self._say(
            f"Epoch {closed['number']} closes: {format_points(closed['points'])} points, "
            f"{format_credits(closed['paid'])} of {format_credits(closed['money'])} credits paid, on the chain: "
            f"{'yes' if closed['settled'] else 'no'}"
        )

    def _withdraw(self, member: str) -> None:
        visitor = self._visitors[member]
        amount = visitor.get("/api/balance")["micro_credits"] // 2 // MICRO * MICRO
        left = visitor.post("/api/withdrawals", {"amount": str(amount // MICRO)})
        self._withdrawn[visitor.member.id] = amount
        self._tell(
            f"{member} withdraws {format_credits(amount)} credits to its own address; {left['credits']} are left."
        )

    def _verify(self, member: str) -> None:
        visitor = self._visitors[member]
        contribution = visitor.get("/api/contributions")[0]["id"]
        text = visitor.get_bytes(f"/api/contributions/{contribution}/receipt")
        key = self._alliance.verifier
        found = verify_receipt(text, key, key.name)
        self._tell(
            f"{member}'s receipt verifies offline: entry {found.index} of {found.size} in the ledger {key.name}."
        )

    def _end(self) -> Story:
        findings = self._alliance.auditor.run()
        figures = findings.figures
        agrees = all(
            self._visitors[sample.name].get("/api/balance")["micro_credits"] == self._owed(sample.name)
            for sample in MEMBERS
        )
        self._tell(
            f"Audit: {'clean' if findings.ok else '; '.join(findings.differences)}. {figures['ledger_size']} ledger "
            f"entries and {figures['payouts']} payouts recomputed; the chain {'agrees' if agrees else 'DISAGREES'}."
        )
        shown = ("Alder Power", "Fennel Logistics", "Panelist 1", "Auditor", "Operator")
        return Story(
            members=len(MEMBERS),
            contributions=figures["contributions"],
            cases=figures["cases"],
            epochs=figures["epochs"],
            payouts=figures["payouts"],
            ledger_size=figures["ledger_size"],
            audit_ok=findings.ok,
            chain_agrees=agrees,
            standings=self._standings(),
            url=self._url,
            tokens={name: self._visitors[name].token for name in shown},
        )

    def _owed(self, name: str) -> int:
        member = self._visitors[name].member
        return self._earned(member) - self._withdrawn.get(member.id, 0)

    def _earned(self, member: Member) -> int:
        return sum(payout.amount for payout in self._alliance.settlement.earnings(member))

    def _standings(self) -> tuple[Standing, ...]:
        own = {
            sample.name: [item["id"] for item in self._visitors[sample.name].get("/api/contributions")]
            for sample in MEMBERS
        }
        contributors = {contribution: self._visitors[name].member for name, ids in own.items() for contribution in ids}
        priced = [
            item
            for epoch in self._alliance.epochs.all()
            if epoch.closed_at is not None
            for item in self._alliance.epochs.priced(epoch.number)
        ]
        points = points_by_member(priced, contributors)
        shares = [share for item in priced for share in item.shares]
        return tuple(
            Standing(
                name,
                len(ids),
                sum(share.first for share in shares if share.contribution in ids),
                sum(not share.first for share in shares if share.contribution in ids),
                points.get(self._visitors[name].member.id, 0),
                self._earned(self._visitors[name].member),
            )
            for name, ids in own.items()
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
