"""``shieldwall replicate``: try the published claims, and say which hold."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from shieldwall.cli.context import AsJson, example, progress_bar, put_json, put_table, table

if TYPE_CHECKING:
    from rich.table import Table

    from shieldwall.economics.replication import Claim, Finding

COLUMNS = 100
LABEL = 15

WOULD_BE_TRUE = "would be true if"
"""The figure that says what would mend a claim; told in every report, not only with ``--claim``."""


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
    for tried, finding in found:
        for line in _report(tried, finding, in_full=claim is not None):
            typer.echo(line)
        typer.echo()
    if claim is None:
        put_table(_summary(found), [_count(found)])


def _report(tried: Claim, finding: Finding, *, in_full: bool) -> list[str]:
    """One claim with what a run found, in lines a terminal of 100 columns holds."""
    parts = [("Claim", tried.statement), ("Found", finding.ours)]
    if finding.condition:
        parts.append(("Holds if", finding.condition))
    if finding.counterexample:
        parts.append(("Counterexample", _listed(finding.counterexample)))
    if WOULD_BE_TRUE in finding.figures:
        parts.append(("True if", str(finding.figures[WOULD_BE_TRUE])))
    if in_full:
        parts += [("Method", tried.method), ("Sample", tried.sample)]
        parts += [("Figure", f"{name}: {value}") for name, value in finding.figures.items() if name != WOULD_BE_TRUE]
    heading = f"{tried.id} {finding.verdict.value.upper()} ({tried.place})"
    return [heading, *(line for label, text in parts for line in _wrapped(label, text))]


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _wrapped(label: str, text: str) -> list[str]:
    indent = " " * (LABEL + 2)
    return textwrap.wrap(
        text,
        COLUMNS,
        initial_indent=f"  {label:<{LABEL}}",
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _summary(found: list[tuple[Claim, Finding]]) -> Table:
    rows = table("Claim", "Place", "Verdict")
    for tried, finding in found:
        rows.add_row(tried.id, tried.place, finding.verdict.value)
    return rows


def _count(found: list[tuple[Claim, Finding]]) -> str:
    counted = Counter(finding.verdict.value for _, finding in found)
    plural = {"holds": "hold", "holds under a condition": "hold under a condition", "fails": "fail"}
    told = ", ".join(f"{counted[verdict]} {words}" for verdict, words in plural.items() if counted[verdict])
    return f"{len(found)} claims tried: {told}. --claim ID tells all of one."
