"""``shieldwall audit``: recompute everything and name what differs."""

from __future__ import annotations

import typer

from shieldwall.cli.context import AsJson, example, opened, put_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", epilog=example("audit --json"))(audit)


def audit(context: typer.Context, json: AsJson = False) -> None:
    """Recompute everything and name what differs.

    Every hash, certificate, verdict, payout and balance; exit code 1 on any difference.
    """
    from rich.console import Console  # noqa: PLC0415

    alliance = opened(context)
    with Console(stderr=True).status("Auditing") as status:
        findings = alliance.auditor.run(lambda part: status.update(f"Auditing: {part}"))
    if json:
        put_json(
            {
                "ok": findings.ok,
                "differences": list(findings.differences),
                "figures": dict(findings.figures),
            }
        )
    else:
        for difference in findings.differences:
            typer.echo(difference)
        checked = ", ".join(f"{count} {what}" for what, count in findings.figures.items())
        verdict = "Clean" if findings.ok else f"{len(findings.differences)} differences"
        typer.echo(f"{verdict}. Checked: {checked}")
    if not findings.ok:
        raise typer.Exit(1)
