"""The command tree and the options that stand before every command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shieldwall import __version__
from shieldwall.cli import (
    audit,
    certify,
    demo,
    epoch,
    figure,
    imports,
    init,
    member,
    panel,
    policy,
    receipt,
    replay,
    replicate,
    serve,
    solve,
    verify,
    withdraw,
)
from shieldwall.cli.context import example

# Plain help and plain errors: Rich's would cost as much processor time as all the rest of the start.
app = typer.Typer(
    name="shieldwall",
    help="Runs a security-information-sharing alliance: STIX over TAXII in, verified, valued and paid.",
    epilog=example("demo", "--home alliance init --name 'Harbour Alliance'"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"shieldwall {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The alliance's folder; else $SHIELDWALL_HOME, else ./alliance."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Runs a security-information-sharing alliance: STIX over TAXII in, verified, valued and paid."""
    context.obj = home


init.register(app)
serve.register(app)
app.add_typer(member.group, name="member")
app.add_typer(policy.group, name="policy")
app.add_typer(imports.group, name="import")
app.add_typer(panel.group, name="panel")
app.add_typer(epoch.group, name="epoch")
withdraw.register(app)
receipt.register(app)
verify.register(app)
audit.register(app)
demo.register(app)
replay.register(app)
app.add_typer(solve.group, name="solve")
replicate.register(app)
figure.register(app)
certify.register(app)
