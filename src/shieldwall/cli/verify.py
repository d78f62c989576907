"""``shieldwall verify``: check a receipt with nothing but the ledger's public key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, put_json, read_bytes, read_text


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", epilog=example("verify mine.tlog-proof --key ledger.pub"))(verify)


def verify(
    receipt: Annotated[Path, typer.Argument(help="Receipt file.")],
    key: Annotated[str, typer.Option(metavar="FILE_OR_KEY", help="The ledger's public key, or a file that holds it.")],
    json: AsJson = False,
) -> None:
    """Check a receipt offline.

    Exit code 1 and the reason if it does not verify.
    """
    from shieldwall.ledger import VerifierKey, verify_receipt  # noqa: PLC0415

    # A key holds two plus signs, which no sensible file name does; a file wins if there is one.
    text = read_text(Path(key), "key") if key.count("+") < 2 or Path(key).is_file() else key
    verifier = VerifierKey.parse(text.strip())
    found = verify_receipt(read_bytes(receipt, "receipt"), verifier, verifier.name)
    if json:
        put_json(
            {
                "ok": True,
                "ledger": verifier.name,
                "entry": found.index,
                "ledger_size": found.size,
                "at": found.entry.at.isoformat(),
                "kind": found.entry.kind.value,
                "member": found.opened.member,
            }
        )
        return
    typer.echo(
        f"Verified: entry {found.index} of {found.size} in {verifier.name} records a {found.entry.kind} "
        f"by {found.opened.member} at {found.entry.at:%Y-%m-%d %H:%M:%S} UTC"
    )
