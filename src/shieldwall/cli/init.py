"""``shieldwall init``: make an alliance."""

from __future__ import annotations

from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, home_of, put_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", epilog=example("--home alliance init --name 'Harbour Alliance'"))(init)


def init(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Name of the alliance.")],
    json: AsJson = False,
) -> None:
    """Make an alliance in a new folder.

    Its keys, database, settings and policy go there.
    """
    from shieldwall.bootstrap import create  # noqa: PLC0415

    home = home_of(context)
    made = create(home, name)
    if json:
        put_json({"name": name, "home": str(home), "ledger_key": made.verifier.format()})
        return
    typer.echo(f"{name}: made in {home}")
    typer.echo(f"Ledger key, to be given to every member: {made.verifier.format()}")
    typer.echo(f"Next: shieldwall --home {home} member add NAME --role member, then shieldwall --home {home} serve")
