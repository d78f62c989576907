"""``replay`` on the command line: JSON alone on standard output, a damaged file named with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_bench import shieldwall


def row(day: int, org: str, value: str) -> str:
    at = f"2026-01-{day:02}T00:00:00Z"
    return json.dumps({"org": org, "path": f"{org}-{day}", "type": "domain", "value": value, "first_published": at})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = [row(1, "alder", "a.example.com"), row(2, "birch", "a.example.com"), row(3, "alder", "b.example.com")]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_replay_prints_json_and_nothing_else(file: Path) -> None:
    done = shieldwall("replay", file, "--json").json
    assert (done["rows"], done["contributions"], done["audit_ok"]) == (3, 3, True)
    assert shieldwall("replay", file, "--limit", 2, "--json").json["rows"] == 2


def test_a_replay_shows_a_table_and_keeps_the_alliance_where_told(file: Path, tmp_path: Path) -> None:
    shown = shieldwall("replay", file, home=tmp_path / "kept")
    assert shown.code == 0, shown.err
    assert "birch" in shown.out
    assert "imulated" in shown.out
    assert shieldwall("audit", "--json", home=tmp_path / "kept").json["ok"] is True


def test_a_named_aggregator_corroborates_nothing(file: Path) -> None:
    plain = shieldwall("replay", file, "--json").json
    named = shieldwall("replay", file, "--aggregator", "birch", "--json").json
    assert (plain["corroborations"], named["corroborations"]) == (1, 0)


def test_a_truncated_file_names_the_line(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])
    assert "line 3" in shieldwall("replay", file).refusal
    assert "absent" in shieldwall("replay", file.with_name("absent")).refusal
