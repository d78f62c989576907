"""The server is killed with SIGKILL while submissions stream in and epochs close.

``SHIELDWALL_KILLS`` sets how often; `make crash` kills it sixty times.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

import httpx
from http_bench import TAXII, stix_id
from scripted import report

from shieldwall.bootstrap import create, open_alliance
from shieldwall.domain.members import Role
from shieldwall.ports import Query

KILLS = int(os.environ.get("SHIELDWALL_KILLS", "3"))
_LONGEST_START_S = 30


class Server:
    """`shieldwall serve` in a process of its own, on a free port."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shieldwall", "--home", str(home), "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.url = line.split("TAXII ")[1].removesuffix("/taxii2/\n")

    def wait(self) -> None:
        deadline = time.monotonic() + _LONGEST_START_S
        while time.monotonic() < deadline:
            try:
                httpx.get(self.url + "/health")
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


class Stream(threading.Thread):
    """Posts reports one after another and closes an epoch now and then, until the server is gone."""

    def __init__(self, url: str, tokens: dict[str, str], first: int) -> None:
        super().__init__()
        self._url = url
        self._tokens = tokens
        self.next = first
        self.acknowledged: list[int] = []

    def run(self) -> None:
        with httpx.Client(base_url=self._url, timeout=30) as client:
            try:
                while True:
                    self._step(client)
            except httpx.TransportError:
                return

    def _step(self, client: httpx.Client) -> None:
        number = self.next
        self.next += 1
        body = {"objects": report(number, [f"h{number}-{i}.example.com" for i in range(3)])}
        answer = client.post(
            "/taxii2/alliance/collections/submissions/objects/",
            content=json.dumps(body),
            headers={"Authorization": f"Bearer {self._tokens['member']}", "Content-Type": TAXII},
        )
        assert answer.status_code == 202, answer.text
        assert answer.json()["success_count"] == 4
        self.acknowledged.append(number)
        if number % 5 == 0:
            closed = client.post("/api/epochs/close", headers={"Authorization": f"Bearer {self._tokens['operator']}"})
            assert closed.is_success, closed.text


def test_what_was_acknowledged_survives_a_kill_and_what_was_not_leaves_no_half(tmp_path: Path) -> None:
    home = tmp_path / "alliance"
    alliance = create(home, "Crash test")
    # Every case is judged at once, so that each close has something to pay.
    text = alliance.policies.current().text.replace("corroborators = 2", "corroborators = 1")
    alliance.policies.adopt_uncertified(text)
    member, token = alliance.accounts.enrol("member", Role.MEMBER)
    _, operator = alliance.accounts.enrol("operator", Role.OPERATOR)
    second, _ = alliance.accounts.enrol("second", Role.MEMBER)
    tokens = {"member": token, "operator": operator}
    random, acknowledged, number = Random(20261121), [], 1  # noqa: S311 - moments to kill at, not secrets
    for _ in range(KILLS):
        server = Server(home)
        server.wait()
        stream = Stream(server.url, tokens, number)
        stream.start()
        time.sleep(random.uniform(0.1, 0.8))
        server.kill()
        stream.join()
        acknowledged += stream.acknowledged
        number = stream.next
        corroborate(home, second.name, stream.acknowledged[-2:])

    alliance = open_alliance(home)
    alliance.review.advance()
    alliance.epochs.close()
    alliance.settlement.dispatch()
    findings = alliance.auditor.run()
    assert findings.differences == ()
    assert findings.figures["payouts"] > 0

    kept = Counter(row.id for row in alliance.reading.page(member, "submissions", Query(), 10**6).rows)
    assert set(kept.values()) == {1}
    with alliance.store.read() as uow:
        filed = [item.contribution for item in uow.contributions.all_in_order()]
    mine = Counter(contribution.root for contribution in filed)
    for n in acknowledged:
        assert mine[stix_id("report", n)] == 1
        assert all(kept[str(obj["id"])] == 1 for obj in report(n, [f"h{n}-{i}.example.com" for i in range(3)]))
    # What was not acknowledged is there whole or not at all.
    assert len(kept) == 4 * sum(count for root, count in mine.items() if root in kept)
    balance = sum(payout.amount for payout in alliance.settlement.earnings(member))
    assert alliance.settlement.balance(member) == balance > 0


def corroborate(home: Path, name: str, numbers: list[int]) -> None:
    """Another member reports the same observables, which judges the case without ballots."""
    alliance = open_alliance(home)
    for number in numbers:
        hosts = [f"h{number}-{i}.example.com" for i in range(3)]
        objects = report(number + 10**6, hosts)
        alliance.intake.submit(alliance.accounts.named(name), json.dumps({"objects": objects}).encode())
    alliance.review.advance()
