"""``epoch``, ``withdraw``, ``receipt``, ``verify`` and ``audit`` on three reports that corroborate each other."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_bench import found, sample, shieldwall


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = found(tmp_path_factory.mktemp("paid") / "alliance")
    for name in ("Dovetail", "Alder", "Cedar"):
        done = shieldwall("import", "stix", sample(f"thistlebot-{name.lower()}"), "--member", name, home=home)
        assert done.code == 0, done.err
    closed = shieldwall("epoch", "close", "--json", home=home).json
    assert closed["settled"] is True
    assert closed["paid_micro_credits"] > 0
    return home


@pytest.fixture
def home(paid: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(paid, tmp_path / "alliance"))


@pytest.fixture
def receipt(home: Path, tmp_path: Path) -> Path:
    [own] = shieldwall("receipt", "--member", "Alder", "--json", home=home).json
    path = tmp_path / "mine.tlog-proof"
    assert shieldwall("receipt", own["contribution"], "--member", "Alder", "--out", path, home=home).code == 0
    return path


def epoch(home: Path, number: int) -> dict[str, Any]:
    return dict(shieldwall("epoch", "show", number, "--json", home=home).json)


def test_epochs_show_what_they_paid_for(home: Path) -> None:
    shown = epoch(home, 1)
    assert [case["contributions"] for case in shown["cases"]] == [3]
    assert sum(case["micro_credits"] for case in shown["cases"]) >= shown["paid_micro_credits"]
    assert epoch(home, 2)["closed_at"] is None
    assert [item["number"] for item in shieldwall("epoch", "show", "--json", home=home).json] == [1, 2]
    assert "running" in shieldwall("epoch", "show", home=home).out
    assert "does not exist" in shieldwall("epoch", "show", 9, home=home).refusal


def test_a_member_withdraws_what_it_earned_and_no_more(home: Path) -> None:
    left = shieldwall("withdraw", "1.5", "--member", "Dovetail", "--json", home=home).json
    assert left["withdrawn_micro_credits"] == 1_500_000
    assert shieldwall("withdraw", "100000", "--member", "Dovetail", home=home).refusal
    assert shieldwall("withdraw", "0", "--member", "Dovetail", home=home).refusal
    after = shieldwall("withdraw", "0.000001", "--member", "Dovetail", "--json", home=home).json
    assert after["balance_micro_credits"] == left["balance_micro_credits"] - 1
    assert shieldwall("audit", "--json", home=home).json["ok"] is True


@pytest.mark.parametrize("amount", ["1.0000001", "ten", "1e3", "0x10"])
def test_a_malformed_amount_is_refused(home: Path, amount: str) -> None:
    assert "amount" in shieldwall("withdraw", amount, "--member", "Dovetail", home=home).refusal


def test_who_is_not_paid_does_not_withdraw(home: Path) -> None:
    assert "no settlement account" in shieldwall("withdraw", "1", "--member", "Panelist 1", home=home).refusal


@pytest.mark.parametrize("as_file", [True, False])
def test_a_receipt_verifies_without_any_alliance(home: Path, receipt: Path, tmp_path: Path, as_file: bool) -> None:
    key: object = home / "ledger.pub" if as_file else (home / "ledger.pub").read_text().strip()
    done = shieldwall("verify", receipt, "--key", key, "--json", home=tmp_path / "nowhere").json
    assert done["ok"] is True
    assert done["kind"] == "contribution"
    [alder] = [item for item in shieldwall("member", "list", "--json", home=home).json if item["name"] == "Alder"]
    assert done["member"] == alder["member"]
    assert shieldwall("verify", receipt, "--key", key).out.startswith("Verified: ")


def test_a_changed_receipt_does_not_verify(home: Path, receipt: Path) -> None:
    text = receipt.read_text(encoding="utf-8")
    for start, end in (("index ", "\n"), ("extra ", "\n"), ("\u2014 ", "\n")):
        at = text.index(start) + len(start) + 20 * (start != "index ")
        receipt.write_text(text[:at] + ("5" if text[at] != "5" else "6") + text[at + 1 :], encoding="utf-8")
        assert shieldwall("verify", receipt, "--key", home / "ledger.pub").refusal
        assert end in text[at:]


def test_a_receipt_does_not_verify_under_another_key(receipt: Path, tmp_path: Path) -> None:
    other = found(tmp_path / "other")
    assert "signature" in shieldwall("verify", receipt, "--key", other / "ledger.pub").refusal
    assert "key" in shieldwall("verify", receipt, "--key", "nonsense").refusal
    assert "receipt" in shieldwall("verify", tmp_path / "absent", "--key", other / "ledger.pub").refusal


def test_nobody_gets_anothers_receipt(home: Path) -> None:
    [own] = shieldwall("receipt", "--member", "Alder", "--json", home=home).json
    assert "not yours" in shieldwall("receipt", own["contribution"], "--member", "Cedar", home=home).refusal


def test_the_audit_names_a_changed_payout_and_exits_with_1(home: Path) -> None:
    assert shieldwall("audit", home=home).out.startswith("Clean")
    with closing(sqlite3.connect(home / "alliance.db")) as database:
        database.execute("UPDATE payout SET amount = amount + 1 WHERE member = (SELECT min(member) FROM payout)")
        database.commit()
    outcome = shieldwall("audit", "--json", home=home)
    assert outcome.code == 1
    assert '"ok": false' in outcome.out
    assert "payout" in outcome.out
