"""``/health`` for anybody, ``/metrics`` in the Prometheus text format for operators and auditors."""

from __future__ import annotations

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response
from litestar.types import Guard
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

from shieldwall.domain.members import Role
from shieldwall.services.alliance import Alliance
from shieldwall.web.auth import Caller, require


class Metrics:
    """The counters of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "shieldwall_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.objects = Counter(
            "shieldwall_objects",
            "STIX objects submitted, by validation's verdict.",
            ["outcome"],
            registry=self.registry,
        )
        self.ledger = Gauge("shieldwall_ledger_entries", "Entries in the ledger.", registry=self.registry)


def monitoring(alliance: Alliance, metrics: Metrics, door: Guard) -> list[HTTPRouteHandler]:
    """The handlers of ``/health`` and ``/metrics``."""

    @get("/health", sync_to_thread=True, include_in_schema=False)
    def health() -> dict[str, str]:
        _ledger_size(alliance)
        return {"status": "ok"}

    @get("/metrics", sync_to_thread=True, guards=[door], include_in_schema=False)
    def figures(request: Caller) -> Response[bytes]:
        require(request.user, Role.OPERATOR, Role.AUDITOR)
        metrics.ledger.set(_ledger_size(alliance))
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return [health, figures]


def _ledger_size(alliance: Alliance) -> int:
    with alliance.store.read() as uow:
        return uow.ledger.size()
