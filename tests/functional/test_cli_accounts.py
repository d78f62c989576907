"""``init``, ``member`` and what every command does with wrong usage and a broken alliance."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cli_bench import shieldwall

from shieldwall.bootstrap import open_alliance
from shieldwall.errors import NotAuthenticated


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "new" / "alliance"
    assert shieldwall("init", "--name", "Harbour", home=folder).code == 0
    return folder


def test_init_makes_an_alliance_whose_audit_is_clean(home: Path) -> None:
    audit = shieldwall("audit", "--json", home=home).json
    assert audit["ok"] is True
    assert audit["differences"] == []


def test_init_keeps_its_secrets_from_others(home: Path) -> None:
    for secret in (*home.glob("keys/*"), home / "alliance.db"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret


def test_init_refuses_a_folder_that_holds_something(home: Path) -> None:
    before = (home / "ledger.pub").read_bytes()
    assert "not an empty folder" in shieldwall("init", "--name", "Again", home=home).refusal
    assert (home / "ledger.pub").read_bytes() == before


def test_a_name_with_brackets_is_shown_as_it_is(home: Path) -> None:
    assert shieldwall("member", "add", "[/x] [bold]Ltd[/bold] :bomb:", "--role", "member", home=home).code == 0
    assert "[/x] [bold]Ltd[/bold] :bomb:" in shieldwall("member", "list", home=home).out


def test_init_refuses_an_empty_name_and_makes_nothing(tmp_path: Path) -> None:
    assert "name" in shieldwall("init", "--name", " ", home=tmp_path / "a").refusal
    assert not (tmp_path / "a").exists()


def test_member_add_prints_the_token_once_and_it_works(home: Path) -> None:
    added = shieldwall("member", "add", "Alder", "--role", "member", "--alias", "alder.example", "--json", home=home)
    assert set(added.json) == {"member", "role", "token"}
    assert added.json["role"] == "member"
    member = open_alliance(home).accounts.authenticate(added.json["token"])
    assert (member.id, member.aliases) == (added.json["member"], ("alder.example",))
    assert added.json["token"] not in shieldwall("member", "list", "--json", home=home).out


@pytest.mark.parametrize("role", ["member", "panelist", "mediator", "operator", "auditor"])
def test_every_role_can_be_added(home: Path, role: str) -> None:
    options = ("--tier", "critical", "--org", "Example", "--aggregator")
    assert shieldwall("member", "add", "X", "--role", role, *options, "--json", home=home).json["role"] == role


def test_a_name_is_taken_once(home: Path) -> None:
    assert shieldwall("member", "add", "Alder", "--role", "member", home=home).code == 0
    assert "exists already" in shieldwall("member", "add", "alder", "--role", "member", home=home).refusal
    assert len(shieldwall("member", "list", "--json", home=home).json) == 1


@pytest.mark.parametrize("option", [("--alias", "x"), ("--address", "0x12"), ("--org", "")])
def test_a_malformed_option_adds_nobody(home: Path, option: tuple[str, str]) -> None:
    assert shieldwall("member", "add", "Alder", "--role", "member", *option, home=home).refusal
    assert shieldwall("member", "list", "--json", home=home).json == []


def test_a_renewed_token_ends_the_old_one(home: Path) -> None:
    old = shieldwall("member", "add", "Alder", "--role", "member", "--json", home=home).json["token"]
    new = shieldwall("member", "token", "Alder", "--json", home=home).json["token"]
    accounts = open_alliance(home).accounts
    assert accounts.authenticate(new).name == "Alder"
    with pytest.raises(NotAuthenticated):
        accounts.authenticate(old)
    assert "does not exist" in shieldwall("member", "token", "Nobody", home=home).refusal


@pytest.mark.parametrize(
    "arguments",
    [
        ("member", "add", "Alder", "--role", "king"),
        ("member", "add", "Alder"),
        ("member", "add", "Alder", "--role", "member", "--tier", "huge"),
        ("nonsense",),
        ("serve", "--port", "70000"),
        ("serve", "--certificate", "cert.pem"),
        ("epoch", "show", "first"),
    ],
)
def test_wrong_usage_exits_with_2(home: Path, arguments: tuple[str, ...]) -> None:
    outcome = shieldwall(*arguments, home=home)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Usage" in outcome.err


def test_a_folder_that_is_no_alliance_is_named_with_what_to_do(tmp_path: Path) -> None:
    said = shieldwall("member", "list", home=tmp_path).refusal
    assert str(tmp_path) in said
    assert "init" in said


def test_the_folder_comes_from_the_environment_when_no_option_names_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIELDWALL_HOME", str(home))
    assert shieldwall("member", "list", "--json").json == []


def test_a_damaged_database_is_one_line_without_traceback(home: Path) -> None:
    for part in home.glob("alliance.db*"):
        part.write_bytes(b"not a database at all" * 100)
    said = shieldwall("member", "list", home=home).refusal
    assert "Traceback" not in said
    assert "unexpected" not in said


def test_a_foreign_exception_is_one_line_unless_debugging(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shieldwall.bootstrap.open_alliance", lambda home: 1 // 0)
    assert "ZeroDivisionError" in shieldwall("member", "list", home=home).refusal
    monkeypatch.setitem(os.environ, "SHIELDWALL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        shieldwall("member", "list", home=home)


def test_an_interrupt_exits_with_130(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(home: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shieldwall.bootstrap.open_alliance", interrupt)
    outcome = shieldwall("member", "list", home=home)
    assert outcome.code == 130
    assert "Traceback" not in outcome.err
