"""``shieldwall import``: STIX files as a member's submissions, public lists as evidence.

A STIX file is read to its end before anything of it is submitted, so that a broken file changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shieldwall.cli.context import AsJson, example, opened, put_json, put_table, read_bytes, table

if TYPE_CHECKING:
    from shieldwall.services.evidence import EvidenceKind

group = typer.Typer(help="Take in STIX files and public lists of vulnerabilities.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The file; gzip is decompressed.")]


@group.command("stix", epilog=example("import stix reports.jsonl.gz --member 'Example Power'"))
def stix(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A STIX bundle or TAXII envelope, or one per line (.jsonl); gzip is decompressed.")
    ],
    member: Annotated[str, typer.Option(help="Name or id of the member that submits.")],
    json: AsJson = False,
) -> None:
    """Submit a file's objects as a member; each bad object is named with its reason."""
    import msgspec  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    submissions = list(split(file.name, read_bytes(file, "file")))
    alliance = opened(context)
    account = alliance.accounts.named(member)
    accepted = contributions = 0
    refusals: list[dict[str, str]] = []
    screen = Console(stderr=True)
    for place, body in track(submissions, "Submitting", console=screen, transient=True, disable=not screen.is_terminal):
        status = alliance.intake.submit(account, body)
        accepted += status.accepted
        contributions += len(status.contributions)
        for failure in msgspec.json.decode(status.body)["failures"]:
            refusals.append({"place": place, "id": failure["id"], "reason": failure["message"]})
    alliance.review.advance()
    if json:
        put_json(
            {
                "submissions": len(submissions),
                "contributions": contributions,
                "accepted": accepted,
                "refused": len(refusals),
                "refusals": refusals,
            }
        )
        return
    if refusals:
        rows = table("Place", "Refused object", "Reason")
        for refusal in refusals:
            rows.add_row(refusal["place"], refusal["id"], refusal["reason"])
        put_table(rows)
    typer.echo(
        f"{len(submissions)} submissions, {contributions} contributions; "
        f"{accepted} objects accepted, {len(refusals)} refused"
    )


def split(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Cut a file into submissions, each a TAXII envelope with the objects' own bytes.

    A document is a bundle or an envelope, or holds one under ``bundle`` beside notes on where it came from.

    Args:
        name: The file's name; with ``.jsonl`` in it each line is a document of its own.
        data: The file, decompressed.

    Yields:
        The place in the file, and an envelope.

    Raises:
        InvalidStix: A document is no bundle or envelope; it names the line.

    >>> list(split("a.json", b'{"type": "bundle", "objects": [{"type":"x"}]}'))
    [('file', b'{"objects":[{"type":"x"}]}')]
    """
    if ".jsonl" not in name:
        yield from _envelopes("file", data)
        return
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield from _envelopes(f"line {number}", line)


def _envelopes(place: str, document: bytes) -> Iterator[tuple[str, bytes]]:
    import msgspec  # noqa: PLC0415

    from shieldwall.errors import InvalidStix  # noqa: PLC0415
    from shieldwall.services.intake import MAX_OBJECTS  # noqa: PLC0415

    try:
        fields = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
        if "objects" not in fields and "bundle" in fields:
            fields = msgspec.json.decode(fields["bundle"], type=dict[str, msgspec.Raw])
        objects = fields.get("objects")
        raw = msgspec.json.decode(objects, type=list[msgspec.Raw]) if objects is not None else []
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidStix(place, str(error), 'a STIX bundle or TAXII envelope, {"objects": [...]}') from error
    if not raw:
        raise InvalidStix(place, "no objects", "at least one object in a STIX bundle or TAXII envelope")
    if len(raw) > MAX_OBJECTS:
        # Later submissions find the objects of earlier ones, so the roots come last.
        raw.sort(key=_is_root)
    for start in range(0, len(raw), MAX_OBJECTS):
        yield place, b'{"objects":[' + b",".join(map(bytes, raw[start : start + MAX_OBJECTS])) + b"]}"


def _is_root(raw: bytes) -> bool:
    import msgspec  # noqa: PLC0415

    from shieldwall.stix.contributions import ROOT_TYPES  # noqa: PLC0415

    try:
        return msgspec.json.decode(raw, type=dict[str, object]).get("type") in ROOT_TYPES
    except msgspec.DecodeError:
        return False


@group.command("kev", epilog=example("import kev known_exploited_vulnerabilities.json"))
def kev(context: typer.Context, file: File, json: AsJson = False) -> None:
    """Load the list of exploited vulnerabilities, the JSON of the KEV catalogue."""
    from shieldwall.services.evidence import EvidenceKind  # noqa: PLC0415

    _load(context, EvidenceKind.KEV, file, json)


@group.command("epss", epilog=example("import epss epss_scores.csv.gz"))
def epss(context: typer.Context, file: File, json: AsJson = False) -> None:
    """Load probabilities of exploitation, CSV with the columns cve and epss."""
    from shieldwall.services.evidence import EvidenceKind  # noqa: PLC0415

    _load(context, EvidenceKind.EPSS, file, json)


@group.command("cvss", epilog=example("import cvss cvss.csv.gz"))
def cvss(context: typer.Context, file: File, json: AsJson = False) -> None:
    """Load severity scores, CSV with the columns cve, version and base_score."""
    from shieldwall.services.evidence import EvidenceKind  # noqa: PLC0415

    _load(context, EvidenceKind.CVSS, file, json)


def _load(context: typer.Context, kind: EvidenceKind, file: Path, json: bool) -> None:
    from rich.console import Console  # noqa: PLC0415

    data = read_bytes(file, "file")
    alliance = opened(context)
    with Console(stderr=True).status(f"Loading {kind.value.upper()}"):
        count = alliance.evidence.load(kind, data)
    alliance.review.advance()
    if json:
        put_json({"list": kind.value, "cves": count})
        return
    typer.echo(f"{kind.value.upper()}: {count} CVEs loaded in place of the former list")
