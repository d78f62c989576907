"""Compares stored ballots with what the ledger says of them: the commitments as they came in, the reveals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shieldwall.domain.cases import Seat
from shieldwall.ledger import Entry
from shieldwall.panel.ballot import commitment


def opens(seat: Seat) -> bool:
    """Whether a seat's ballot is there and opens its commitment."""
    return (
        seat.ballot is not None
        and seat.nonce is not None
        and commitment(seat.case, seat.panelist, seat.round, seat.ballot, seat.nonce) == seat.commitment
    )


def ballots_again(case: str, seats: Iterable[Seat], entries: Iterable[Entry]) -> Iterator[str]:
    """Name each ballot of a case that differs from the ledger.

    Args:
        seats: Every seat of the case.
        entries: The ledger's ballot entries of the case.
    """
    committed: dict[str, int] = {}
    revealed: dict[str, Mapping[str, object]] = {}
    for entry in entries:
        sealed, number = entry.fields.get("commitment"), entry.fields.get("round")
        if entry.fields.get("step") == "reveal":
            revealed[str(sealed)] = entry.fields
        elif isinstance(number, int):
            committed[str(sealed)] = number
    last_round = -1
    for seat in seats:
        last_round = max(last_round, seat.round)
        name = f"ballot of {case}, round {seat.round}"
        sealed = seat.commitment.hex() if seat.commitment is not None else ""
        if sealed and committed.pop(sealed, None) != seat.round:
            yield f"{name}: its commitment {sealed[:12]} is not in the ledger"
        if seat.ballot is not None and not opens(seat):
            yield f"{name}: does not open its commitment {sealed[:12]}"
        opened = revealed.pop(sealed, None)
        if opened is not None and not _same(seat, opened):
            yield f"{name}: differs from its reveal in the ledger, commitment {sealed[:12]}"
    # A panelist who is seated again in a later round leaves no trace of the earlier seat but in the ledger.
    lost = {sealed for sealed, number in committed.items() if number >= last_round} | set(revealed)
    for sealed in sorted(lost):
        yield f"ballot of {case}: commitment {sealed[:12]} is in the ledger and not in the database"


def _same(seat: Seat, opened: Mapping[str, object]) -> bool:
    ballot = seat.ballot
    said = (opened.get("valid"), opened.get("severity"), opened.get("root"))
    return ballot is not None and (ballot.valid, ballot.severity, ballot.root) == said
