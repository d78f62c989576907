"""Replays recorded contributions through the services: the file's dates drive the clock, the epochs and the panel.

Release is not simulated: nobody polls and the panel sits at the end of each epoch, so independent reporters of
the same epoch count until then. Not here: reading the file, making STIX of it, the panel's opinions, the table.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from shieldwall.bootstrap import create
from shieldwall.domain.members import Member, Role, Tier
from shieldwall.domain.policy import Policy
from shieldwall.services.alliance import Alliance
from shieldwall.services.intake import Status
from shieldwall.simulation.envelopes import Envelope, envelope
from shieldwall.simulation.panelists import enrol_panelists, hold_panel
from shieldwall.simulation.recorded import Extent, Recorded, contributions_of, survey
from shieldwall.simulation.report import ReplayReport, Run, report

AGGREGATORS = frozenset({"nextron", "otx", "maltrail"})
"""Organisations of the public data that repeat others; they corroborate nothing."""

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done and how much there is, 0 if unknown."""

_TICK = timedelta(microseconds=1)
_SEED = b"shieldwall replay v1"


class ReplayClock:
    """Shows the time it was set to; each reading is a microsecond later, so that no two events coincide."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        self._now += _TICK
        return self._now

    def reach(self, at: datetime) -> None:
        """Go forward to a time; never back."""
        self._now = max(self._now, at)


class SeededDraw:
    """Bytes that are the same in every run: SHA-256 of a seed and a counter. For simulations only."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._count = 0

    def take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            taken += sha256(self._seed + self._count.to_bytes(8, "big")).digest()
            self._count += 1
        return taken[:count]


def run_replay(
    path: Path,
    home: Path | None = None,
    limit: int | None = None,
    aggregators: frozenset[str] = AGGREGATORS,
    progress: Progress = lambda stage, done, total: None,
) -> ReplayReport:
    """Replay a file and audit the result.

    Args:
        path: ``.jsonl`` or ``.jsonl.gz``, sorted by ``first_published``.
        home: Folder that keeps the alliance if it is absent or empty; otherwise a temporary one is used.
        limit: Takes the first so many rows.
        aggregators: Organisations that never count as independent.

    Raises:
        InvalidInput: The file is damaged or malformed; it names the line, and nothing was written.
    """
    started = time.perf_counter()
    extent = survey(path, limit, lambda rows: progress("checking the file", rows, limit or 0))
    if home is not None and not (home.exists() and any(home.iterdir())):
        return _replay(path, home, limit, aggregators, progress, extent, started)
    with TemporaryDirectory(prefix="shieldwall-replay-") as folder:
        return _replay(path, Path(folder), limit, aggregators, progress, extent, started, temporary=True)


def _replay(
    path: Path,
    home: Path,
    limit: int | None,
    aggregators: frozenset[str],
    progress: Progress,
    extent: Extent,
    started: float,
    *,
    temporary: bool = False,
) -> ReplayReport:
    clock = ReplayClock(extent.first)
    alliance = create(home, "Replay", clock=clock, draw=SeededDraw(_SEED))
    driver = _Driver(alliance, clock, aggregators)
    for number, recorded in enumerate(contributions_of(path, limit), start=1):
        driver.take(recorded)
        progress("replaying", number, extent.contributions)
    driver.close_epoch()
    replayed = time.perf_counter()
    findings = alliance.auditor.run(lambda part: progress(f"auditing: {part}", 0, 0))
    finished = time.perf_counter()
    run = Run(
        rows=extent.rows,
        contributors=driver.contributors,
        members=tuple(driver.members.values()),
        refused=driver.refused,
        empty=driver.empty,
        observables=driver.observables,
        replay_s=replayed - started,
        audit_s=finished - replayed,
        home=None if temporary else str(home),
    )
    return report(alliance, run, findings)


@dataclass(slots=True)
class _Driver:
    """Feeds one alliance and closes its epochs on time."""

    alliance: Alliance
    clock: ReplayClock
    aggregators: frozenset[str]
    members: dict[str, Member] = field(default_factory=dict)
    contributors: dict[str, Member] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    empty: int = 0
    observables: int = 0
    _panelists: dict[str, Member] = field(init=False)
    _policy: Policy = field(init=False)
    _closes_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._panelists = enrol_panelists(self.alliance)
        self._policy = self.alliance.policies.current()
        self._closes_at = self._end_of_epoch()

    def take(self, recorded: Recorded) -> None:
        """Submit one contribution on its date, after closing the epochs that end before it."""
        while recorded.at >= self._closes_at:
            self.close_epoch()
        self.clock.reach(recorded.at)
        made = envelope(recorded)
        self.refused += made.refused
        if not made.body:
            self.empty += 1
            return
        member = self._member(recorded.organisation)
        status = self.alliance.intake.submit(member, made.body)
        self._count(member, made, status)

    def close_epoch(self) -> None:
        """Let the panel judge what is filed, then close and settle."""
        # A little before the end, so that what comes in at the very end belongs to the next epoch.
        self.clock.reach(self._closes_at - timedelta(milliseconds=100))
        hold_panel(self.alliance, self._panelists)
        self.alliance.epochs.close()
        self.alliance.settlement.dispatch()
        self._closes_at = self._end_of_epoch()

    def _end_of_epoch(self) -> datetime:
        length = timedelta(days=self._policy.epoch.days)
        began = self.alliance.epochs.current().opened_at
        # Whole seconds: a close just before its time must not shift every epoch after it.
        return began.replace(microsecond=0) + timedelta(seconds=began.microsecond > 0) + length

    def _member(self, organisation: str) -> Member:
        if organisation not in self.members:
            self.members[organisation], _ = self.alliance.accounts.enrol(
                organisation,
                Role.MEMBER,
                Tier.CORE,
                aliases=(organisation,),
                aggregator=organisation in self.aggregators,
            )
        return self.members[organisation]

    def _count(self, member: Member, made: Envelope, status: Status) -> None:
        self.observables += made.observables
        for contribution in status.contributions:
            self.contributors[contribution] = member
        if status.refused:
            resource = msgspec.json.decode(status.body)
            self.refused.update(f"object refused at intake: {item['message']}" for item in resource["failures"])
