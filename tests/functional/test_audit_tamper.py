"""Whoever changes one stored byte behind the services' back is named by the audit, which never raises."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from shieldwall.bootstrap import DATABASE_FILE, open_alliance
from shieldwall.simulation.replay import run_replay


@dataclass(frozen=True)
class Tamper:
    """One change in the database, and words that every audit of it has to say."""

    name: str
    statement: str
    named: str
    changed: int = 1


def bit(column: str, length: str = "") -> str:
    """Flip the lowest bit of a blob's last byte."""
    end = length or f"length({column})"
    byte = f"instr('0123456789ABCDEF', substr(hex({column}), -1)) - 1"
    flipped = f"unhex(substr(hex({column}), 1, 2 * {end} - 1) || substr('1032547698BADCFE', ({byte}) + 1, 1))"
    return f"{column} = {flipped}"


BALLOT_CASE = "(SELECT case_id FROM verdict WHERE method = 'ballots' ORDER BY case_id LIMIT 1)"

TAMPERS = [
    Tamper(
        "payout",
        "UPDATE payout SET amount = amount + 1 WHERE rowid = (SELECT min(rowid) FROM payout)",
        "payout of epoch 1",
    ),
]


def test_nothing() -> None:
    assert TAMPERS
