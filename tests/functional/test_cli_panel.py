"""``panel``: seats, sealed ballots kept by the voter, and their opening."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cli_bench import PANELISTS, found, sample, shieldwall

YES = ("--valid", "--severity", "7.5", "--root")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = found(tmp_path / "alliance")
    assert shieldwall("import", "stix", sample("heron-dovetail"), "--member", "Dovetail", home=folder).code == 0
    return folder


@pytest.fixture
def case(home: Path) -> str:
    [item] = shieldwall("panel", "list", "--json", home=home).json
    assert item["status"] == "review"
    return str(item["case"])


def note(home: Path, panelist: str) -> str:
    [item] = shieldwall("panel", "list", "--as", panelist, "--json", home=home).json
    return str(item["note"])


def test_ballots_are_sealed_opened_and_counted(home: Path, case: str) -> None:
    for panelist in PANELISTS:
        assert note(home, panelist) == "vote"
        assert shieldwall("panel", "vote", case, "--as", panelist, *YES, home=home).code == 0
    [kept] = {stat.S_IMODE(path.stat().st_mode) for path in (home / "ballots").iterdir()}
    assert kept == 0o600
    assert note(home, PANELISTS[0]) == "reveal"
    for panelist in PANELISTS:
        opened = shieldwall("panel", "reveal", case, "--as", panelist, home=home)
        assert opened.code == 0, opened.err
    assert "Verdict: valid, severity 7.5, 5 ballots" in opened.out
    assert list((home / "ballots").iterdir()) == []
    assert shieldwall("panel", "list", "--json", home=home).json == []
    assert "it is judged" in shieldwall("panel", "vote", case, "--as", PANELISTS[0], *YES, home=home).refusal


def test_a_second_ballot_is_refused_and_the_first_can_still_be_opened(home: Path, case: str) -> None:
    for panelist in PANELISTS:
        shieldwall("panel", "vote", case, "--as", panelist, *YES, home=home)
    again = shieldwall(
        "panel", "vote", case, "--as", PANELISTS[0], "--invalid", "--severity", "0", "--specific", home=home
    )
    assert "cannot be changed" in again.refusal
    assert shieldwall("panel", "reveal", case, "--as", PANELISTS[0], home=home).code == 0


def test_a_reveal_waits_for_all_commitments(home: Path, case: str) -> None:
    shieldwall("panel", "vote", case, "--as", PANELISTS[0], *YES, home=home)
    assert note(home, PANELISTS[0]) == "wait for the others"
    assert "wait" in shieldwall("panel", "reveal", case, "--as", PANELISTS[0], home=home).refusal


def test_a_changed_ballot_does_not_open_its_commitment(home: Path, case: str) -> None:
    for panelist in PANELISTS:
        shieldwall("panel", "vote", case, "--as", panelist, *YES, home=home)
    for path in (home / "ballots").iterdir():
        path.write_text(json.dumps(json.loads(path.read_text()) | {"severity": 100}))
    assert "committed" in shieldwall("panel", "reveal", case, "--as", PANELISTS[0], home=home).refusal


def test_a_reveal_without_a_ballot_is_refused(home: Path, case: str) -> None:
    assert "vote first" in shieldwall("panel", "reveal", case, "--as", PANELISTS[0], home=home).refusal


@pytest.mark.parametrize("severity", ["11", "7.55", "high", "nan", "1e1"])
def test_a_malformed_severity_is_refused_and_nothing_is_kept(home: Path, case: str, severity: str) -> None:
    ballot = ("--valid", "--severity", severity, "--root")
    assert "severity" in shieldwall("panel", "vote", case, "--as", PANELISTS[0], *ballot, home=home).refusal
    assert not (home / "ballots").exists()


def test_whoever_has_no_seat_does_not_vote(home: Path, case: str) -> None:
    assert "only a panelist" in shieldwall("panel", "vote", case, "--as", "Alder", *YES, home=home).refusal
    shieldwall("member", "add", "Late", "--role", "panelist", home=home)
    assert "no seat" in shieldwall("panel", "vote", case, "--as", "Late", *YES, home=home).refusal
    assert "does not exist" in shieldwall("panel", "vote", "../x", "--as", "Late", *YES, home=home).refusal


def test_a_panelist_never_judges_its_own_organisations_case(tmp_path: Path) -> None:
    home = found(tmp_path / "other")
    shieldwall("member", "add", "Insider", "--role", "panelist", "--org", "Alder", home=home)
    shieldwall("import", "stix", sample("scan-brightwater"), "--member", "Alder", home=home)
    [item] = shieldwall("panel", "list", "--json", home=home).json
    assert shieldwall("panel", "list", "--as", "Insider", "--json", home=home).json == []
    assert "organisation" in shieldwall("panel", "vote", item["case"], "--as", "Insider", *YES, home=home).refusal
