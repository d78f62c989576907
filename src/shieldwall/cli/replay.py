"""``shieldwall replay``: drive the services with dated, attributed observables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, progress_bar, put_json, put_table, table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", epilog=example("replay contributions.jsonl.gz --limit 5000"))(replay)


def replay(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Observables, one JSON object per line (.jsonl or .jsonl.gz).")],
    limit: Annotated[int | None, typer.Option(min=1, help="Take the first rows only.")] = None,
    aggregator: Annotated[
        list[str] | None, typer.Option(metavar="ORG", help="Organisation that repeats others; may be given often.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Replay dated public observables.

    Every organisation becomes a member, time goes by the file's dates, simulated panelists vote.
    """
    from shieldwall.simulation.replay import AGGREGATORS, run_replay  # noqa: PLC0415

    with progress_bar() as advance:
        report = run_replay(
            file,
            context.find_root().obj,
            limit,
            AGGREGATORS if aggregator is None else frozenset(aggregator),
            advance,
        )
    if json:
        put_json(report.as_json())
    else:
        titles, lines = report.table()
        rows = table(*titles, numbers=titles[1:])
        for line in lines:
            rows.add_row(*line)
        put_table(rows, report.lines())
    if not report.audit_ok:
        raise typer.Exit(1)
