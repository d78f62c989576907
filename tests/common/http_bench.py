"""An alliance in memory behind its HTTP application, for functional tests: fixed clock, counted randomness."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import requests
import structlog
import uvicorn
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from shieldwall.bootstrap import in_memory
from shieldwall.domain.members import Member, Role
from shieldwall.services.alliance import Alliance
from shieldwall.web.app import create_app
from shieldwall.web.limits import Limits

TAXII = "application/taxii+json;version=2.1"
ROOT = "/taxii2/alliance"
OBJECTS = f"{ROOT}/collections/submissions/objects/"


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 5, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


class CountedDraw:
    """Bytes that differ at each draw and are the same in each run."""

    def __init__(self) -> None:
        self._count = 0

    def take(self, count: int) -> bytes:
        self._count += 1
        return hashlib.shake_256(str(self._count).encode()).digest(count)


@dataclass
class Bench:
    """One alliance, its application and the tokens of its accounts by name."""

    alliance: Alliance
    clock: HandClock
    app: Litestar
    client: TestClient[Litestar]
    log: io.StringIO
    seconds: list[float]
    tokens: dict[str, str] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def enrol(self, name: str, role: Role = Role.MEMBER, **more: Any) -> str:
        self.members[name], self.tokens[name] = self.alliance.accounts.enrol(name, role, **more)
        return self.tokens[name]

    def get(self, path: str, name: str = "alice", **headers: str) -> Response:
        return self.client.get(path, headers=self.bearer(name) | headers)

    def post(self, path: str, body: object, name: str = "alice", **headers: str) -> Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": TAXII if path.startswith("/taxii2") else "application/json"}
        return self.client.post(path, content=content, headers=self.bearer(name) | sent | headers)

    def submit(self, objects: Sequence[Mapping[str, object]], name: str = "alice") -> Response:
        return self.post(OBJECTS, {"objects": list(objects)}, name)

    def bearer(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@contextmanager
def bench(limits: Limits | None = None) -> Iterator[Bench]:
    """An alliance with two members, alice and bob, an operator, and room for more accounts."""
    clock, log, seconds = HandClock(), io.StringIO(), [0.0]
    alliance = in_memory(clock=clock, draw=CountedDraw())
    logger = structlog.wrap_logger(
        structlog.PrintLogger(log),
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
    )
    app = create_app(alliance, limits=limits, log=logger, seconds=lambda: seconds[0])
    with TestClient(app) as client:
        made = Bench(alliance, clock, app, client, log, seconds)
        made.enrol("alice", aliases=("alice-corp.example",))
        made.enrol("bob")
        made.enrol("oscar", Role.OPERATOR)
        yield made


def stix_id(kind: str, number: int) -> str:
    digest = hashlib.sha256(f"{kind}{number}".encode()).digest()[:16]
    return f"{kind}--{UUID(bytes=digest, version=4)}"


def indicator(number: int, modified: str = "2026-01-01T00:00:00.000Z", **more: object) -> dict[str, object]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": stix_id("indicator", number),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": modified,
        "name": f"Address {number}",
        "pattern": f"[ipv4-addr:value = '192.0.2.{number % 256}']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
        **more,
    }


def report(number: int) -> list[dict[str, object]]:
    """A report with its vulnerability: one contribution to the case lane."""
    flaw: dict[str, object] = {
        "type": "vulnerability",
        "spec_version": "2.1",
        "id": stix_id("vulnerability", number),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": f"CVE-2026-{10000 + number}",
        "external_references": [{"source_name": "cve", "external_id": f"CVE-2026-{10000 + number}"}],
    }
    root: dict[str, object] = {
        "type": "report",
        "spec_version": "2.1",
        "id": stix_id("report", number),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": f"Report {number}",
        "published": "2026-01-01T00:00:00Z",
        "object_refs": [flaw["id"], stix_id("indicator", number)],
    }
    return [root, flaw, indicator(number)]


class Bearer(requests.auth.AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@contextmanager
def listening(app: Litestar) -> Iterator[str]:
    """Serve an application on a free loopback port; gives its URL."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, server_header=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
