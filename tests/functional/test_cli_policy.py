"""``policy``: shown, checked and adopted; a bad one changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_bench import found, shieldwall


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return found(tmp_path / "alliance")


def test_the_shown_policy_is_the_file_that_init_wrote_and_checks(home: Path) -> None:
    assert shieldwall("policy", "show", home=home).out == (home / "policy.toml").read_text(encoding="utf-8")
    assert shieldwall("policy", "check", "--json", home=home).json["valid"] is True


def test_an_adopted_policy_is_in_force_and_in_the_ledger(home: Path) -> None:
    path = home / "policy.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("seats = 5", "seats = 7"), encoding="utf-8")
    adopted = shieldwall("policy", "adopt", path, "--uncertified", "--json", home=home).json
    shown = shieldwall("policy", "show", "--json", home=home).json
    assert shown["hash"] == adopted["hash"]
    assert shown["policy"]["panel"]["seats"] == 7
    assert shieldwall("audit", "--json", home=home).json["figures"]["ledger_size"] == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [("\nsurprise = 1\n", "surprise"), ("\n[epoch]\ndays = 0\n", "epoch"), ("= broken", "line")],
)
@pytest.mark.parametrize("command", ["check", "adopt"])
def test_a_bad_policy_is_refused_and_the_old_one_stays(home: Path, text: str, named: str, command: str) -> None:
    before = shieldwall("policy", "show", home=home).out
    path = home / "next.toml"
    path.write_text(before + text, encoding="utf-8")
    assert named in shieldwall("policy", command, path, home=home).refusal
    assert shieldwall("policy", "show", home=home).out == before


def test_a_policy_file_that_is_not_there_is_named(home: Path) -> None:
    assert "absent.toml" in shieldwall("policy", "check", "absent.toml", home=home).refusal


def test_a_policy_is_checked_without_any_alliance(home: Path, tmp_path: Path) -> None:
    assert shieldwall("policy", "check", home / "policy.toml", home=tmp_path / "nowhere").code == 0
