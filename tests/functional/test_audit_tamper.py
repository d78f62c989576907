"""Whoever changes one stored byte behind the services' back is named by the audit, and the audit never raises."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_replay import row, rows, written

from shieldwall.bootstrap import DATABASE_FILE, open_alliance
from shieldwall.services.audit import Findings
from shieldwall.simulation.replay import run_replay
from shieldwall.storage.schema import metadata


@dataclass(frozen=True)
class Tamper:
    """One statement against the database file and what the audit has to say about it.

    ``flip(value, index)`` is there in SQL: it flips the lowest bit of one byte, from the end if negative.
    """

    name: str
    statement: str
    named: str


def _document(kind: str, key: str = "%") -> str:
    found = f"SELECT min(rowid) FROM document WHERE kind = '{kind}' AND key LIKE '{key}'"  # noqa: S608 - fixed texts
    return f"UPDATE document SET body = flip(body, -3) WHERE rowid = ({found})"  # noqa: S608


def _first(table: str, change: str, where: str = "1") -> str:
    key = {"ledger_node": "level, position"}.get(table, "rowid")
    found = f"SELECT {key} FROM {table} WHERE {where} ORDER BY {key} LIMIT 1"  # noqa: S608 - fixed texts
    return f"UPDATE {table} SET {change} WHERE ({key}) = ({found})"  # noqa: S608


TAMPERS = [
    Tamper("a payout", _first("payout", "amount = amount + 1"), "payout of epoch 1"),
    Tamper("a payout's salt", _first("payout", "salt = flip(salt, 0)"), "epoch 1: its figures, cases or payouts"),
    Tamper("a payout taken out", "DELETE FROM payout WHERE rowid = 1", "payout of epoch 1"),
    Tamper("a share", _first("share", "amount = amount - 1"), "epoch 1, case case-"),
    Tamper("a case's points", _first("priced", "points = points + 1"), "epoch 1, case case-"),
    Tamper("a case's novelty", _first("priced", "novelty = '1/2'"), "epoch 1, case case-"),
    Tamper("an epoch's reserve", _first("epoch", "reserve_after = reserve_after + 1"), "epoch 1: stored figures"),
    Tamper("a posted price", _first("epoch", "post = post + 1", "number = 2"), "epoch 2: its posted price"),
    Tamper("a ledger entry", _first("ledger_entry", "body = flip(body, -5)", "position = 3"), "ledger entry 3"),
    Tamper("a ledger leaf", _first("ledger_node", "hash = flip(hash, 0)", "level = 0 AND position = 4"), "ledger"),
    Tamper("a ledger node", _first("ledger_node", "hash = flip(hash, 9)", "level = 2"), "ledger node 0 of level 2"),
    Tamper(
        "a checkpoint",
        "UPDATE ledger_checkpoint SET note = flip(note, -9) WHERE size = (SELECT max(size) FROM ledger_checkpoint)",
        "ledger",
    ),
    Tamper("a policy's text", _document("policy", "________________%"), "the text of policy"),
    Tamper("the policy in force", _document("policy", "current"), "policy in force"),
    Tamper("a verdict's severity", _first("verdict", "severity = severity + 1"), "verdict of case-"),
    Tamper("a verdict's validity", _first("verdict", "valid = NOT valid"), "verdict of case-"),
    Tamper("a ballot's severity", _first("seat", "severity = severity + 1"), "ballot of"),
    Tamper("a ballot's nonce", _first("seat", "nonce = flip(nonce, 0)"), "ballot of"),
    Tamper("a ballot's commitment", _first("seat", "commitment = flip(commitment, 0)"), "ballot of"),
    Tamper("a draw's panel", _document("draw"), "draw"),
    Tamper("a contribution's case", _first("contribution", "case_id = (SELECT max(id) FROM cases)"), "contribution"),
    Tamper("a contribution's novelty", _first("contribution", "known = known + 1"), "contribution contribution-"),
    Tamper(
        "a contribution's member",
        "UPDATE sealed_link SET member = (SELECT max(member) FROM sealed_link) WHERE member <> "
        "(SELECT max(member) FROM sealed_link)",
        "differs from ledger entry",
    ),
    Tamper(
        "a contribution's observables",
        "DELETE FROM holding WHERE contribution = 1",
        "differs from ledger entry",
    ),
    Tamper("a contribution's impact", _first("contribution", "impact = impact + 1"), "differs from ledger entry"),
    Tamper("what is served", _first("object_version", "served = flip(served, 9)"), "does not have the recorded hash"),
    Tamper("a served object", _first("object_version", "digest = flip(digest, 0)"), "differs from ledger entry"),
    Tamper(
        "a chain transaction", _first("chain_transaction", "raw = flip(raw, -1)", "sequence = 3"), "chain transaction 3"
    ),
    Tamper(
        "a chain state",
        _first("chain_transaction", "state_root = flip(state_root, 0)", "sequence = 2"),
        "chain transaction 2: state root",
    ),
    Tamper(
        "the last chain transaction lost",
        "DELETE FROM chain_transaction WHERE sequence = (SELECT max(sequence) FROM chain_transaction)",
        "chain: has credited",
    ),
    Tamper("a noted balance", _document("chain", "balances"), "chain"),
]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two epochs with ballots, a corroborated case and payouts, clean by audit."""
    content = [
        *rows(0, "alpha", range(6)),
        *rows(1, "beta", range(6)),
        *rows(2, "gamma", range(50, 53), "r/2"),
        row(3, "delta", "CVE-2026-12345", "r/3", "cve"),
        *rows(35, "alpha", range(60, 64), "r/4"),
    ]
    home = tmp_path_factory.mktemp("tamper")
    report = run_replay(written(home / "r.jsonl", content), home=home / "alliance", aggregators=frozenset())
    assert report.findings.differences == ()
    return home / "alliance"


@contextmanager
def database(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / DATABASE_FILE)) as connection:
        connection.create_function("flip", 2, _flip)
        with connection:
            yield connection


def _flip(value: bytes, index: int) -> bytes:
    changed = bytearray(value)
    changed[index] ^= 1
    return bytes(changed)


def audited(home: Path) -> Findings:
    return open_alliance(home).auditor.run()


def copied(home: Path, tmp_path: Path) -> Path:
    return shutil.copytree(home, tmp_path / "copy")


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.name)
def test_the_audit_names_a_changed_byte(tamper: Tamper, replayed: Path, tmp_path: Path) -> None:
    home = copied(replayed, tmp_path)
    with database(home) as connection:
        assert connection.execute(tamper.statement).rowcount >= 1
    differences = audited(home).differences
    assert any(tamper.named in difference for difference in differences), differences


def test_an_untouched_copy_is_clean(replayed: Path, tmp_path: Path) -> None:
    assert audited(copied(replayed, tmp_path)).differences == ()


def test_a_balance_on_the_chain_that_nobody_earned_is_named(replayed: Path, tmp_path: Path) -> None:
    home = copied(replayed, tmp_path)
    with database(home) as connection:
        (body,) = connection.execute("SELECT body FROM document WHERE kind = 'chain'").fetchone()
        balances = {account: amount + 1 for account, amount in json.loads(body).items()}
        connection.execute("UPDATE document SET body = ? WHERE kind = 'chain'", [json.dumps(balances).encode()])
    differences = audited(home).differences
    assert [text.split(":")[0] for text in differences] == [
        f"chain balance of account {account}" for account in sorted(int(key) for key in balances)
    ]


AUDITED = sorted(
    {"contribution", "contribution_object", "object_version", "cases", "seat"}
    | {"verdict", "sealed_link", "ledger_entry", "ledger_node", "ledger_checkpoint", "epoch", "priced", "share"}
    | {"payout", "chain_transaction", "member"}
)


@pytest.mark.parametrize("table", AUDITED)
def test_the_audit_reports_and_does_not_raise_when_a_table_holds_junk(
    table: str, replayed: Path, tmp_path: Path
) -> None:
    home = copied(replayed, tmp_path)
    spoiled = 0
    with closing(sqlite3.connect(home / DATABASE_FILE, isolation_level=None)) as connection:
        for column in [column.name for column in metadata.tables[table].columns]:
            with suppress(sqlite3.IntegrityError):  # the schema itself refuses some values
                connection.execute(f"UPDATE {table} SET {column} = x'ff00'")  # noqa: S608 - names of the schema
                spoiled += 1
    assert spoiled
    assert not audited(home).ok
