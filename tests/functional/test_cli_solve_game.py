"""``solve game``: JSON in, JSON or lines out; a bad game never loses a batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_bench import shieldwall

HUNT = [[[4, 4], [0, 3]], [[3, 0], [2, 2]]]


def solve(tmp_path: Path, document: object, *options: str) -> Any:
    path = tmp_path / "game.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return shieldwall("solve", "game", "--params", path, *options)


def test_a_game_is_answered_with_every_key_of_the_interface(tmp_path: Path) -> None:
    found = solve(tmp_path, {"payoffs": HUNT}, "--json").json
    assert (found["status"], found["exact"], found["degenerate"], found["complete"]) == ("solved", True, False, True)
    assert [item["row"] for item in found["equilibria"]] == [[1.0, 0.0], [0.0, 1.0], [2 / 3, 1 / 3]]
    assert found["equilibria"][2] == {
        "row": [2 / 3, 1 / 3],
        "column": [2 / 3, 1 / 3],
        "payoffs": [8 / 3, 8 / 3],
        "regret": 0.0,
        "fractions": {"row": ["2/3", "1/3"], "column": ["2/3", "1/3"], "payoffs": ["8/3", "8/3"]},
    }
    assert [component["equilibria"] for component in found["components"]] == [[0], [1], [2]]
    assert found["dominance"] == {
        "row": {"strictly_dominated": [], "weakly_dominated": [], "strictly_dominant": None},
        "column": {"strictly_dominated": [], "weakly_dominated": [], "strictly_dominant": None},
        "iterated": {"rounds": [], "row": [0, 1], "column": [0, 1]},
        "by": "mixed strategies",
    }
    assert found["best_responses"] == {"row": [[0], [1]], "column": [[0], [1]]}
    assert (found["risk_dominant"], found["payoff_dominant"], found["class"]) == ([1, 1], [0, 0], "stag_hunt")
    assert found["critical_beliefs"] == {"profile": [0, 0], "row": 2 / 3, "column": 2 / 3}
    assert found["read"] == "integers as written"


def test_a_decimal_is_the_decimal_written(tmp_path: Path) -> None:
    text = '{"payoffs": [[[0.3, 0], [0.1, 0]], [[0.3, 0], [0.2, 0]]]}'
    found = solve(tmp_path, text, "--json").json
    assert found["read"] == "decimals as written"
    assert found["equilibria"][0]["fractions"]["payoffs"] == ["3/10", "0"]
    tied = '{"payoffs": [[["3/10", 0]], [["0.3", 0]]]}'
    assert solve(tmp_path, tied, "--json").json["degenerate"] is True


def test_a_bad_game_is_an_entry_in_its_place_and_the_batch_is_answered(tmp_path: Path) -> None:
    games = [
        {"payoffs": HUNT},
        {"payoffs": [[[0.5, "1/2"]]]},
        {"payoffs": [[["1/3", 1]]]},
        {"payoffs": [], "surprise": 1},
        {"payoffs": [[[1, 1]]], "surprise": 1},
        {},
        7,
    ]
    found = solve(tmp_path, games, "--json").json
    assert [entry["status"] for entry in found] == ["solved", "invalid", "solved", *["invalid"] * 4]
    reasons = [entry.get("reason", "") for entry in found]
    assert reasons[1].startswith("payoffs[0][0][1]: got '1/2'; expected a number written like payoffs[0][0][0]")
    assert reasons[3].startswith("payoffs: got []")
    assert reasons[4].startswith("surprise: got 1")
    assert reasons[5].startswith("payoffs: got 'nothing'")
    assert reasons[6].startswith("params: got 7")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "true", "null", '"x"', "1e999"])
def test_what_is_no_finite_number_is_refused_by_its_cell(tmp_path: Path, number: str) -> None:
    refused = solve(tmp_path, f'{{"payoffs": [[[1, 2], [3, {number}]]]}}').refusal
    assert "payoffs[0][1][1]" in refused


def test_a_person_is_told_the_equilibria_and_what_they_mean(tmp_path: Path) -> None:
    told = solve(tmp_path, {"payoffs": HUNT}).out
    assert "stag hunt: two strict equilibria" in told
    assert "equilibrium 3: rows (2/3, 1/3) against columns (2/3, 1/3), payoffs (8/3, 8/3)" in told
    assert told.splitlines()[-1].startswith(
        "Meaning: row 0, column 0 pays both more, but row 1, column 1 bears more doubt"
    )


@pytest.mark.parametrize(
    ("payoffs", "meaning"),
    [
        ([[[3, 3], [0, 5]], [[5, 0], [1, 1]]], "lead to row 1, column 1 alone, whatever either believes"),
        ([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]], "lead to a mixture alone; from anything else"),
        ([[[2, 1], [0, 0]], [[0, 0], [1, 2]]], "have equal claims"),
        ([[[2, 2], [0, 0]], [[0, 0], [1, 1]]], "row 0, column 0 pays both more and bears more doubt"),
        ([[[5, 1], [0, 0]], [[0, 0], [1, 2]]], "row 0, column 0 bears more doubt about the other"),
        ([[[1, 1], [0, 0]], [[0, 0], [0, 0]]], "leave open which of 2 extreme equilibria"),
    ],
)
def test_the_last_line_interprets(tmp_path: Path, payoffs: object, meaning: str) -> None:
    assert meaning in solve(tmp_path, {"payoffs": payoffs}).out.splitlines()[-1]
