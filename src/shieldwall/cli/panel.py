"""``shieldwall panel``: seats, sealed ballots and their opening.

A ballot and its nonce are kept in ``ballots`` in the alliance's folder, readable by its owner alone, from the
commitment to the reveal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shieldwall.cli.context import AsJson, example, home_of, opened, put_json, put_table, table

if TYPE_CHECKING:
    from shieldwall.domain.cases import Ballot, Case
    from shieldwall.domain.members import Member
    from shieldwall.services.alliance import Alliance
    from shieldwall.services.overview import CaseView
    from shieldwall.services.review import Assignment

group = typer.Typer(help="List the cases under review, cast ballots, open them.", no_args_is_help=True)

BALLOTS_FOLDER = "ballots"

CaseId = Annotated[str, typer.Argument(metavar="CASE", help="Case id.")]
Voter = Annotated[str, typer.Option("--as", metavar="NAME", help="Name or id of the panelist.")]


@group.command("list", epilog=example("panel list --as 'Panelist 1'"))
def list_(
    context: typer.Context,
    voter: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Only the cases in which this panelist has a seat.")
    ] = None,
    json: AsJson = False,
) -> None:
    """List open cases, or a panelist's own with what it has still to do."""
    alliance = opened(context)
    alliance.review.advance()
    if voter is not None:
        found = alliance.review.assignments(alliance.accounts.named(voter))
        _put([(item.case, _to_do(item)) for item in found], json)
        return
    cases = [view.case for view in _every_case(alliance) if view.case.status.open]
    _put([(case, case.reason) for case in cases], json)


def _every_case(alliance: Alliance) -> Iterator[CaseView]:
    before = None
    while page := alliance.overview.cases(limit=500, before=before):
        yield from page
        before = page[-1].case.id


def _to_do(item: Assignment) -> str:
    if item.seat.ballot is not None:
        return "done"
    if item.seat.commitment is None:
        return "vote" if item.case.reveal_from is None else "too late"
    return "wait for the others" if item.case.reveal_from is None else "reveal"


def _put(found: list[tuple[Case, str]], json: bool) -> None:
    if json:
        put_json(
            [
                {
                    "case": case.id,
                    "status": case.status.value,
                    "opened_at": case.opened_at.isoformat(),
                    "due_at": case.due_at.isoformat() if case.due_at else None,
                    "note": note,
                }
                for case, note in found
            ]
        )
        return
    rows = table("Case", "Status", "Opened", "Due", "Note")
    for case, note in found:
        due = f"{case.due_at:%Y-%m-%d %H:%M}" if case.due_at else ""
        rows.add_row(case.id, case.status.value, f"{case.opened_at:%Y-%m-%d %H:%M}", due, note)
    put_table(rows)


@group.command("vote", epilog=example("panel vote CASE --as 'Panelist 1' --valid --severity 7.5 --root"))
def vote(
    context: typer.Context,
    case: CaseId,
    voter: Voter,
    severity: Annotated[str, typer.Option(help="0 to 10 in steps of 0.1.")],
    valid: Annotated[bool, typer.Option("--valid/--invalid", help="Whether it is real and usable.")],
    root: Annotated[bool, typer.Option("--root/--specific", help="A root cause, or a specific instance of one.")],
    json: AsJson = False,
) -> None:
    """Cast a sealed ballot; nobody can read it before you open it."""
    import secrets  # noqa: PLC0415

    from shieldwall.errors import InvalidBallot  # noqa: PLC0415
    from shieldwall.panel.ballot import NONCE_BYTES, commitment, parse_ballot  # noqa: PLC0415

    ballot = parse_ballot(valid, severity, root)
    alliance = opened(context)
    member = alliance.accounts.named(voter)
    seat = _assignment(alliance, member, case).seat
    if seat.commitment is not None:
        raise InvalidBallot("ballot", case, "one ballot per seat", "yours is in and cannot be changed")
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = commitment(case, member.id, seat.round, ballot, nonce)
    # The file comes first: a commitment whose nonce is lost can never be opened.
    _keep(_ballot_file(context, member, case), ballot, nonce)
    alliance.review.commit(member, case, sealed)
    if json:
        put_json({"case": case, "panelist": member.id, "commitment": sealed.hex()})
        return
    typer.echo(f"{case}: ballot sealed. Open it with: shieldwall panel reveal {case} --as '{member.name}'")


@group.command("reveal", epilog=example("panel reveal CASE --as 'Panelist 1'"))
def reveal(context: typer.Context, case: CaseId, voter: Voter, json: AsJson = False) -> None:
    """Open the sealed ballot; the last one due brings the verdict."""
    alliance = opened(context)
    member = alliance.accounts.named(voter)
    _assignment(alliance, member, case)
    path = _ballot_file(context, member, case)
    ballot, nonce = _kept(path)
    alliance.review.reveal(member, case, ballot, nonce)
    path.unlink()
    view = alliance.overview.case(case)
    if json:
        put_json({"case": case, "panelist": member.id, "status": view.case.status.value})
        return
    typer.echo(f"{case}: ballot opened")
    if view.verdict is not None:
        found = "valid" if view.verdict.valid else "invalid"
        typer.echo(f"Verdict: {found}, severity {view.verdict.severity / 10:.1f}, {view.verdict.ballots} ballots")


def _assignment(alliance: Alliance, member: Member, case: str) -> Assignment:
    from shieldwall.domain.cases import CaseStatus  # noqa: PLC0415
    from shieldwall.domain.members import Role  # noqa: PLC0415
    from shieldwall.errors import InvalidBallot, NotPermitted  # noqa: PLC0415

    if member.role is not Role.PANELIST:
        raise NotPermitted(f"a {member.role} does not vote; only a panelist does")
    alliance.review.advance()
    status = alliance.overview.case(case).case.status
    if status is not CaseStatus.REVIEW:
        raise InvalidBallot("case", case, "a case under review", f"it is {status}")
    for item in alliance.review.assignments(member):
        if item.case.id == case:
            return item
    raise NotPermitted(
        f"{member.name} has no seat in {case}: it was not drawn, or its organisation contributed to the case"
    )


def _ballot_file(context: typer.Context, member: Member, case: str) -> Path:
    return home_of(context) / BALLOTS_FOLDER / f"{member.id}-{case}.json"


def _keep(path: Path, ballot: Ballot, nonce: bytes) -> None:
    import json  # noqa: PLC0415
    import os  # noqa: PLC0415

    from shieldwall.errors import ConfigError  # noqa: PLC0415

    text = json.dumps({"valid": ballot.valid, "severity": ballot.severity, "root": ballot.root, "nonce": nonce.hex()})
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConfigError("ballot", str(path), f"a file that can be written ({error.strerror})") from error


def _kept(path: Path) -> tuple[Ballot, bytes]:
    import msgspec  # noqa: PLC0415

    from shieldwall.domain.cases import Ballot  # noqa: PLC0415
    from shieldwall.errors import InvalidBallot  # noqa: PLC0415

    class Kept(msgspec.Struct):
        valid: bool
        severity: int
        root: bool
        nonce: str

    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
        return Ballot(kept.valid, kept.severity, kept.root), bytes.fromhex(kept.nonce)
    except (OSError, ValueError) as error:
        raise InvalidBallot("ballot", str(path), "the file that `panel vote` wrote", "vote first") from error
