"""``shieldwall replicate``: try the published claims, and say which hold."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from shieldwall.cli.context import AsJson, example, progress_bar, put_json, put_table, table

if TYPE_CHECKING:
    from shieldwall.economics.replication import Claim, Finding


class Paper(StrEnum):
    """What can be replicated."""

    SIMMONS = "simmons"
    SHARING = "sharing"
    OUTSOURCING = "outsourcing"
    ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replicate", epilog=example("replicate simmons", "replicate all --json > claims.json"))(replicate)


def replicate(
    paper: Annotated[Paper, typer.Argument(help="Whose claims: simmons, sharing, outsourcing or all.")],
    claim: Annotated[str | None, typer.Option(metavar="ID", help="Try this claim only, and tell all of it.")] = None,
    json: AsJson = False,
) -> None:
    """Try published claims anew, and show a counterexample to each that fails.

    A claim that fails is a result, not an error: the exit code is 0.
    """
    from shieldwall.economics.replication import claims_of  # noqa: PLC0415

    claims = claims_of(paper.value, claim)
    found: list[tuple[Claim, Finding]] = []
    with progress_bar() as advance:
        for number, tried in enumerate(claims):
            advance(tried.id, number, len(claims))
            found.append((tried, tried.check()))
    if json:
        put_json([tried.as_json(finding) for tried, finding in found])
        return
    rows = table("Claim", "Place", "Verdict", "Ours")
    for tried, finding in found:
        rows.add_row(tried.id, tried.place, finding.verdict.value, finding.ours)
    put_table(rows, _details(found) if claim else _counterexamples(found))


def _details(found: list[tuple[Claim, Finding]]) -> list[str]:
    lines = []
    for tried, finding in found:
        lines += [f"Claim: {tried.statement}", f"Method: {tried.method}", f"Sample: {tried.sample}"]
        lines += [f"  {name}: {value}" for name, value in finding.figures.items()]
    return lines + _counterexamples(found)


def _counterexamples(found: list[tuple[Claim, Finding]]) -> list[str]:
    lines = []
    for tried, finding in found:
        if finding.condition:
            lines.append(f"{tried.id} holds if {finding.condition}")
        if finding.counterexample:
            shown = ", ".join(f"{name} = {value}" for name, value in finding.counterexample.items())
            lines.append(f"{tried.id} counterexample: {shown}")
    return lines
