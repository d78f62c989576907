"""``shieldwall receipt``: what a member keeps to prove its contributions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shieldwall.cli.context import AsJson, example, opened, put_json, put_table, table

if TYPE_CHECKING:
    from shieldwall.services.receipts import ContributionSummary


def register(app: typer.Typer) -> None:
    """Add the command."""
    lines = example(
        "receipt --member 'Example Power'",
        "receipt CONTRIBUTION --member 'Example Power' --out mine.tlog-proof",
    )
    app.command("receipt", epilog=lines)(receipt)


def receipt(
    context: typer.Context,
    member: Annotated[str, typer.Option(help="Name or id of the contributor.")],
    contribution: Annotated[
        str | None, typer.Argument(help="Id of one of its contributions; without it they are listed.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the receipt to this file.")] = None,
    json: AsJson = False,
) -> None:
    """Issue a receipt, or list contributions."""
    from shieldwall.errors import InvalidInput  # noqa: PLC0415

    alliance = opened(context)
    account = alliance.accounts.named(member)
    if contribution is None:
        _list(alliance.receipts.of(account), json)
        return
    text = alliance.receipts.issue(account, contribution).decode()
    if out is not None:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InvalidInput("out", str(out), f"a file that can be written ({error.strerror})") from error
    if json:
        put_json({"contribution": contribution, "receipt": text})
    elif out is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"{out}: check it with shieldwall verify {out} --key {alliance.verifier.format()}")


def _list(found: Sequence[ContributionSummary], json: bool) -> None:
    if json:
        put_json(
            [
                {
                    "contribution": item.id,
                    "accepted_at": item.accepted_at.isoformat(),
                    "root_type": item.root_type,
                    "case": item.case,
                    "entry": item.entry,
                }
                for item in found
            ]
        )
        return
    rows = table("Contribution", "Accepted", "Root", "Case", "Ledger entry", numbers=("Ledger entry",))
    for item in found:
        rows.add_row(item.id, f"{item.accepted_at:%Y-%m-%d %H:%M}", item.root_type, item.case, str(item.entry))
    put_table(rows)
