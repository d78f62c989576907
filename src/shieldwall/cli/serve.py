"""``shieldwall serve``: the HTTP server, and beside it the work that is due without anybody asking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shieldwall.cli.context import example, home_of, opened

if TYPE_CHECKING:
    import socket
    import threading

    import structlog

    from shieldwall.services.alliance import Alliance

EVERY_S = 3.0
"""Seconds between two looks at deadlines and at the outbox."""

_GRACE_S = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", epilog=example("--home alliance serve --host 127.0.0.1 --port 8750"))(serve)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on; else the one in settings.toml.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on; else the one in settings.toml; 0: a free one."),
    ] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="TLS certificate chain, PEM.")] = None,
    private_key: Annotated[Path | None, typer.Option(metavar="FILE", help="TLS private key, PEM.")] = None,
) -> None:
    """Serve TAXII, the API and the console until Ctrl-C."""
    import threading  # noqa: PLC0415

    import uvicorn  # noqa: PLC0415

    from shieldwall.config import load_settings  # noqa: PLC0415
    from shieldwall.errors import ConfigError  # noqa: PLC0415
    from shieldwall.web.app import create_app, json_log  # noqa: PLC0415
    from shieldwall.web.limits import Limits  # noqa: PLC0415

    if (certificate is None) != (private_key is None):
        raise typer.BadParameter("--certificate and --private-key go together")
    alliance = opened(context)
    settings = load_settings(home_of(context))
    limits = Limits(
        body=settings.max_body_bytes,
        page=settings.page_limit,
        page_max=settings.page_limit,
        rate=settings.requests_per_second,
        burst=2 * settings.requests_per_second,
    )
    log = json_log()
    config = uvicorn.Config(
        create_app(alliance, limits=limits, public_url=settings.public_url, log=log),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_certfile=certificate,
        ssl_keyfile=private_key,
    )
    try:
        config.load()
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError("certificate", str(certificate), f"a PEM certificate and its key ({error})") from error
    listening = bind(host or settings.host, settings.port if port is None else port)
    address, number = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    url = f"http{'s' if certificate else ''}://{shown}:{number}"
    typer.echo(f"{alliance.name}: console {url}/console/, TAXII {url}/taxii2/")
    stop = threading.Event()
    tending = threading.Thread(target=tend, args=(alliance, stop, log), name="tend")
    tending.start()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        stop.set()
        tending.join(timeout=_GRACE_S)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        ConfigError: If the address cannot be used.
    """
    import socket  # noqa: PLC0415

    from shieldwall.errors import ConfigError  # noqa: PLC0415

    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigError("host and port", f"{host}:{port}", f"a free local address ({error.strerror})") from error


def tend(alliance: Alliance, stop: threading.Event, log: structlog.typing.WrappedLogger) -> None:
    """Let deadlines pass and send what waits for the chain, until told to stop; an error is logged and tried again."""
    while not stop.wait(EVERY_S):
        try:
            alliance.review.advance()
            alliance.settlement.dispatch()
        except Exception as error:  # The server outlives a failure of its housekeeping.
            log.error("housekeeping failed", exc_info=error)
