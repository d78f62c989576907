"""What surrounds every request, routed or not: headers, access log, request counters, HEAD."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from shieldwall.web.metrics import Metrics

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Set unless the handler has set its own."""


class Edge:
    """Wraps an ASGI application.

    Args:
        app: What answers.
        log: Gets one event per request: never a token, a body or a query.
        seconds: A clock that never goes back, in seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        log: structlog.typing.WrappedLogger,
        metrics: Metrics,
        seconds: Callable[[], float],
    ) -> None:
        self._app = app
        self._log = log
        self._metrics = metrics
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == ScopeType.HTTP:
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        began = self._seconds()
        head = scope["method"] == "HEAD"
        inner = cast(HTTPScope, {**scope, "method": "GET"}) if head else scope
        status = 0

        async def outward(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableScopeHeaders.from_message(message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            elif message["type"] == "http.response.body" and head:
                message["body"] = b""
            await send(message)

        try:
            await self._app(inner, receive, outward)
        finally:
            self._note(scope, inner, status, self._seconds() - began)

    def _note(self, scope: HTTPScope, inner: HTTPScope, status: int, took: float) -> None:
        route = inner.get("path_template") or "(none)"
        member = inner.get("user")
        client = scope.get("client")
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        self._log.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            route=route,
            status=status,
            member=getattr(member, "id", None),
            client=client[0] if client else None,
            milliseconds=round(took * 1000, 1),
        )
