"""Sealed ballots: read, committed, opened."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from rule_samples import START

from shieldwall.domain.cases import Ballot, Seat
from shieldwall.errors import InvalidBallot
from shieldwall.panel.ballot import check_reveal, commitment, parse_ballot

NONCE = bytes(range(32))
BALLOT = Ballot(valid=True, severity=75, root=False)
SEAT = Seat("case-1", "p-1", 0, START, commitment("case-1", "p-1", 0, BALLOT, NONCE))


@pytest.mark.parametrize(
    ("severity", "tenths"),
    [("0", 0), ("7.5", 75), (7.5, 75), (10, 100), ("10.0", 100), (9.9, 99), (0.1, 1), ("3", 30)],
)
def test_severity_is_read_exactly_from_text_and_numbers(severity: object, tenths: int) -> None:
    assert parse_ballot(True, severity, False) == Ballot(valid=True, severity=tenths, root=False)


@pytest.mark.parametrize(
    "severity",
    [
        "10.1",
        "11",
        "-1",
        "7.55",
        7.55,
        "",
        "7,5",
        " 7",
        "7\n",
        "1e1",
        "nan",
        float("nan"),
        True,
        None,
        "٣",
        [7],
    ],
)
def test_a_severity_off_the_scale_is_refused_by_name(severity: object) -> None:
    with pytest.raises(InvalidBallot, match=r"severity.*steps of 0\.1") as refused:
        parse_ballot(True, severity, False)
    assert refused.value.field == "severity"


@pytest.mark.parametrize("wrong", ["true", 1, 0, None])
def test_only_true_and_false_are_opinions(wrong: object) -> None:
    with pytest.raises(InvalidBallot, match="valid"):
        parse_ballot(wrong, "5", True)
    with pytest.raises(InvalidBallot, match="root"):
        parse_ballot(True, "5", wrong)


def test_a_commitment_is_the_digest_anybody_can_compute() -> None:
    fields = [b"case-1", b"p-1", bytes(8), bytes([1, 75, 0]), NONCE]
    text = b"shieldwall ballot v1" + b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    assert commitment("case-1", "p-1", 0, BALLOT, NONCE) == sha256(text).digest()


def test_fields_cannot_run_into_each_other() -> None:
    assert commitment("case-1", "p-1", 0, BALLOT, NONCE) != commitment("case-1p", "-1", 0, BALLOT, NONCE)


def test_the_committed_ballot_opens_its_seat() -> None:
    check_reveal(SEAT, BALLOT, NONCE)


@pytest.mark.parametrize(
    ("seat", "ballot", "nonce"),
    [
        (SEAT, replace(BALLOT, valid=False), NONCE),
        (SEAT, replace(BALLOT, severity=76), NONCE),
        (SEAT, replace(BALLOT, root=True), NONCE),
        (SEAT, BALLOT, bytes(32)),
        (replace(SEAT, case="case-2"), BALLOT, NONCE),
        (replace(SEAT, panelist="p-2"), BALLOT, NONCE),
        (replace(SEAT, round=1), BALLOT, NONCE),
    ],
)
def test_nothing_else_opens_it(seat: Seat, ballot: Ballot, nonce: bytes) -> None:
    with pytest.raises(InvalidBallot, match="that were committed"):
        check_reveal(seat, ballot, nonce)


def test_a_reveal_without_a_commitment_is_refused() -> None:
    with pytest.raises(InvalidBallot, match="commit the ballot first"):
        check_reveal(replace(SEAT, commitment=None), BALLOT, NONCE)


def test_a_short_nonce_or_a_severity_off_the_scale_cannot_be_committed() -> None:
    with pytest.raises(InvalidBallot, match="31 bytes"):
        commitment("case-1", "p-1", 0, BALLOT, NONCE[1:])
    with pytest.raises(InvalidBallot, match="101"):
        commitment("case-1", "p-1", 0, replace(BALLOT, severity=101), NONCE)
