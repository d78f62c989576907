"""An alliance on a local port, served by a thread, for as long as a block lasts. ``cli.serve`` is for real use."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvicorn

from shieldwall.config import Settings
from shieldwall.errors import ConfigError
from shieldwall.services.alliance import Alliance
from shieldwall.web.app import create_app

_GRACE_S = 5
_HOST = "127.0.0.1"


@contextmanager
def served(alliance: Alliance, port: int | None, log_file: Path) -> Iterator[str]:
    """Serve the real HTTP application.

    Args:
        port: None for the configured one, or a free one if that is taken.
        log_file: Gets the access log.

    Yields:
        The server's URL, without a slash at the end.

    Raises:
        ConfigError: If the port cannot be used.
    """
    listening = _bind(Settings().port, or_any=True) if port is None else _bind(port)
    with log_file.open("a", encoding="utf-8") as file:
        log = structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        )
        config = uvicorn.Config(
            create_app(alliance, log=log),
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), name="served", daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=2 * _GRACE_S)


def _bind(port: int, *, or_any: bool = False) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except OSError as error:
        if or_any:
            return _bind(0)
        raise ConfigError("port", port, f"a free port of this machine ({error.strerror})") from error
