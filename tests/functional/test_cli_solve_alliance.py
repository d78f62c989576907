"""``shieldwall solve alliance``: the documented JSON, batches that lose nothing, refusals that name the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_bench import shieldwall

MEMBERS: list[dict[str, Any]] = [
    {"knowledge": 3, "benefit": 1, "risk": "1/2", "reward": 0},
    {"knowledge": 1, "benefit": 1, "risk": 0.5, "reward": 0},
]


@pytest.fixture
def params(tmp_path: Path) -> Path:
    path = tmp_path / "alliance.json"
    path.write_text(json.dumps({"members": MEMBERS, "exclusion": 1}), encoding="utf-8")
    return path


def solve(tmp_path: Path, document: object) -> Any:
    path = tmp_path / "given.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return shieldwall("solve", "alliance", "--params", path, "--json")


def test_the_answer_has_the_documented_keys(params: Path) -> None:
    found = shieldwall("solve", "alliance", "--params", params, "--json").json
    assert found["status"] == "solved" and found["exact"] is True
    assert (found["least_equilibrium"], found["greatest_equilibrium"]) == ([], [0, 1])
    verdicts = {key: found["full_sharing"][key] for key in ("nash", "strict", "dominant", "unique")}
    assert verdicts == {"nash": True, "strict": True, "dominant": False, "unique": False}
    assert found["full_sharing"]["potential_maximiser"] is True
    rewards = found["rewards"]
    assert rewards["nash"] == [0, 0] and rewards["potential"] == [0, 0]
    assert rewards["unique"]["order"] in ([0, 1], [1, 0])
    assert sorted(rewards["unique"]["rewards"]) == [0, 0.5] and rewards["unique"]["total"] == 0.5


def test_a_person_reads_a_verdict_and_ranked_levers(tmp_path: Path, params: Path) -> None:
    lines = shieldwall("solve", "alliance", "--params", params).out.splitlines()
    assert lines[0] == "Least equilibrium: nobody shares"
    assert "publish pledges" in lines[-1]
    path = tmp_path / "target.json"
    path.write_text(json.dumps({"members": MEMBERS, "exclusion": 1, "target": "unique"}), encoding="utf-8")
    text = shieldwall("solve", "alliance", "--params", path).out
    assert text.index("  order ") < text.index("  reward ")


def test_the_ranking_rests_on_costs_that_are_told_and_can_be_given(tmp_path: Path) -> None:
    asked = {"members": MEMBERS, "exclusion": 0.1, "target": "nash"}
    default, dear = solve(tmp_path, asked).json, solve(tmp_path, asked | {"costs": {"slip": 1}}).json
    assert default["costs"] == {"slip": 0.05, "reward": 1.0, "risk": 1.2, "order": 0.0}
    assert dear["costs"]["slip"] == 1
    assert (default["levers"][0]["lever"], dear["levers"][0]["lever"]) == ("exclusion", "reward")
    assert solve(tmp_path, asked | {"costs": {"slips": 1}}).code == 1


def test_the_answer_says_how_numbers_were_read(tmp_path: Path) -> None:
    mixed = solve(tmp_path, {"members": MEMBERS, "exclusion": 1}).json["read"]
    assert mixed == "integers as they are and decimals as written and text as fractions"
    whole = solve(tmp_path, {"members": [dict.fromkeys(MEMBERS[0], 1)], "exclusion": 1}).json["read"]
    assert whole == "integers as they are"


def test_levers_are_ranked_for_a_target(tmp_path: Path) -> None:
    found = solve(tmp_path, {"members": MEMBERS, "exclusion": 0.1, "target": "nash"}).json
    amounts = {lever["lever"]: lever["amount"] for lever in found["levers"]}
    assert amounts["exclusion"] == 0.5 and amounts["order"] is None
    assert amounts["reward"] == pytest.approx(0.6)


def test_a_batch_keeps_its_order_and_its_broken_entries(tmp_path: Path) -> None:
    good = {"members": MEMBERS, "exclusion": 0}
    found = solve(tmp_path, [good, {"members": [], "exclusion": 0}, 7, good]).json
    assert [entry["status"] for entry in found] == ["solved", "invalid", "invalid", "solved"]
    assert found[0] == found[3] and "members" in found[1]["reason"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"exclusion": 1.5}, "exclusion"),
        ({"exclusion": -0.1}, "exclusion"),
        ({"exclusion": None}, "exclusion"),
        ({"members": []}, "members"),
        ({"members": [{**MEMBERS[0], "knowledge": -1}]}, "members[0].knowledge"),
        ({"members": [MEMBERS[0], {**MEMBERS[1], "benefit": -1}]}, "members[1].benefit"),
        ({"members": [{**MEMBERS[0], "risk": "much"}]}, "members[0].risk"),
        ({"members": [{**MEMBERS[0], "reward": float("nan")}]}, "members[0].reward"),
        ({"members": [{**MEMBERS[0], "risk": 1e200}]}, "members[0].risk"),
        ({"members": [{"knowledge": 1, "benefit": 1, "risk": 1}]}, "members[0].reward"),
        ({"members": [{**MEMBERS[0], "name": "Alder"}]}, "members[0].name"),
        ({"target": "best"}, "target"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_bad_parameters_are_refused_by_name(tmp_path: Path, change: dict[str, object], named: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({"members": MEMBERS, "exclusion": 1} | change), encoding="utf-8")
    assert named in shieldwall("solve", "alliance", "--params", path).err


def test_a_large_alliance_says_what_it_leaves_out(tmp_path: Path) -> None:
    members = [{"knowledge": 1 + at % 3, "benefit": 1, "risk": 30, "reward": 0} for at in range(150)]
    found = solve(tmp_path, {"members": members, "exclusion": 1}).json
    assert "at most 100" in found["left_out"] and "tariffs" not in found
    assert found["rewards"]["unique"]["exact"] is True
