"""``shieldwall solve outsourcing`` from a file to its answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_bench import shieldwall

REGIMES = ("none", "requirement", "verifiable", "no-commitment", "clients-shirk", "both-shirk")
MARKET: dict[str, Any] = {
    "clients": 15, "attacks": 0.5, "system_value": 10, "provider_cost": 1, "client_cost": 2, "spillover": 0.01,
    "requirement": 0.3,
}  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def put(document: object) -> Path:
        path = tmp_path / "service.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return put


@pytest.mark.parametrize("regime", REGIMES)
def test_every_regime_answers_in_json(write: Any, regime: str) -> None:
    entry = shieldwall("solve", "outsourcing", "--params", write(MARKET), "--regime", regime, "--json").json
    assert entry["status"] == "solved"
    assert entry["corner"] == ("exit" if regime == "no-commitment" else "interior")


def test_a_list_comes_back_as_a_list_with_bad_entries_in_place(write: Any) -> None:
    path = write([MARKET, {**MARKET, "client_cost": 0.5}, {"clients": "many"}])
    entries = shieldwall("solve", "outsourcing", "--params", path, "--json").json
    assert [entry["status"] for entry in entries] == ["solved", "inadmissible", "invalid"]


def test_a_person_reads_numbers_warnings_and_a_sentence(write: Any) -> None:
    shown = shieldwall("solve", "outsourcing", "--params", write({**MARKET, "spillover": 0.2, "requirement": 0.9}))
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert "corner: all" in lines
    assert any(line.startswith("warning: spillover < ") for line in lines)
    assert lines[-1] == "Every member outsources, and the provider meets the requirement where there is one."


def test_types_are_always_whole_and_answered_per_type(write: Any) -> None:
    """The counterexample to "both types rise": at 0.35 four clients of the low type and none of the high one."""
    given = {key: MARKET[key] for key in ("provider_cost", "client_cost")}
    types = [{"clients": 5, "system_value": 5}, {"clients": 5, "system_value": 10}]
    document = {**given, "attack_probability": 0.05, "spillover": 0.05, "requirement": 0.35, "types": types}
    entry = shieldwall("solve", "outsourcing", "--params", write(document), "--json").json
    assert entry["outsourcing_clients"] == [4, 0]


def test_an_unreadable_document_is_one_line_of_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    assert "params" in shieldwall("solve", "outsourcing", "--params", path, "--json").refusal


def test_one_malformed_object_ends_with_an_error(write: Any) -> None:
    shown = shieldwall("solve", "outsourcing", "--params", write({**MARKET, "requirement": 2}), "--json")
    assert shown.code == 1
    assert "requirement: got 2" in shown.err
