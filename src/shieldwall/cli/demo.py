"""``shieldwall demo``: an alliance of sample members, played through three epochs over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, put_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog=example("demo", "demo --once --json"))(demo)


def demo(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Exit after the story instead of leaving the console on.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the console; 8750 or a free one by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Play a sample alliance through three epochs.

    Then check it, and leave its console running until Ctrl-C.
    """
    import threading  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    from shieldwall.simulation.demo import demonstration  # noqa: PLC0415

    tell = Console(stderr=json, highlight=False)
    with demonstration(
        context.find_root().obj, port, lambda line: tell.print(line, markup=False, soft_wrap=True)
    ) as shown:
        if json:
            put_json(shown.as_json())
        else:
            tell.print(shown.table())
        if once:
            return
        for line in shown.sign_in():
            tell.print(line, markup=False, soft_wrap=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            tell.print("Stopped.", markup=False)
