"""Builds the one HTTP application out of its parts; starting a server for it is the command line's work."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import structlog
from litestar import Litestar
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from shieldwall import __version__
from shieldwall.services.alliance import Alliance
from shieldwall.web.api.routes import api_router
from shieldwall.web.auth import door
from shieldwall.web.console import console_router
from shieldwall.web.edge import Edge
from shieldwall.web.errors import respond
from shieldwall.web.limits import Limits, TokenBuckets
from shieldwall.web.metrics import Metrics, monitoring
from shieldwall.web.taxii.routes import taxii_router


def create_app(
    alliance: Alliance,
    *,
    limits: Limits | None = None,
    public_url: str = "",
    log: structlog.typing.WrappedLogger | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> Litestar:
    """Build the application.

    Args:
        alliance: The wired services.
        limits: Of bodies, pages and request rates.
        public_url: URL under which members reach the server; empty to name the one that a request asked for.
        log: Gets the access log; JSON lines on standard error by default.
        seconds: A clock that never goes back, in seconds: for rates and durations.
    """
    limits = limits or Limits()
    log = log or json_log()
    metrics = Metrics()
    guard = door(alliance, TokenBuckets(limits.rate, limits.burst, seconds))
    app = Litestar(
        route_handlers=[
            taxii_router(alliance, limits, metrics, guard, public_url),
            api_router(alliance, limits, guard, log),
            console_router(alliance),
            *monitoring(alliance, metrics, guard),
        ],
        exception_handlers={Exception: respond},
        request_max_body_size=limits.form,
        state=State({"log": log}),
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Shieldwall",
            version=__version__,
            path="/api/schema",
            render_plugins=[JsonRenderPlugin()],
        ),
    )
    app.asgi_handler = Edge(app.asgi_handler, log, metrics, seconds)
    return app


def json_log() -> structlog.typing.WrappedLogger:
    """A logger that writes one JSON object per line to standard error."""
    logger: structlog.typing.WrappedLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    return logger
