"""``shieldwall solve sharing`` end to end: the interface, batches, and what bad input gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_bench import shieldwall

from shieldwall.economics.sharing.story import sentence

MARKET: dict[str, Any] = {
    "a": 6,
    "b1": 1,
    "b2": 0.6,
    "demand_spillover": 0.6,
    "cost_spillover": 0.5,
    "rivalry": 0.2,
    "leakage": {"own": 2, "rival": 0.5, "joint": 0.3},
    "cost": {"form": "hyperbolic", "k": 14, "max_saving": 0.4, "rate": 9},
}
KEYS = {
    "sharing", "investment", "price", "quantity", "profit", "consumer_surplus", "welfare", "kind", "stable",
    "deviation_gain", "assumption_1", "assumption_2", "sensitivity",
}  # fmt: skip
MOVED = {"a", "b1", "b2", "demand_spillover", "cost_spillover", "rivalry", "k", "leakage.own"}


def solved(tmp_path: Path, document: object, *options: str) -> Any:
    file = tmp_path / "params.json"
    file.write_text(json.dumps(document), "utf-8")
    shown = shieldwall("solve", "sharing", "--params", str(file), "--json", *options)
    assert shown.code == 0, shown.err
    return json.loads(shown.out)


def test_one_market_is_answered_under_the_promised_keys(tmp_path: Path) -> None:
    entry = solved(tmp_path, MARKET)
    assert entry["status"] == "solved"
    (one,) = entry["equilibria"]
    assert set(one) >= KEYS
    assert set(one["sensitivity"]) >= MOVED
    assert set(one["sensitivity"]["a"]) == {"sharing", "investment"}
    for name in ("sharing", "investment", "price", "quantity", "profit"):
        assert len(one[name]) == 2
    for name in ("stable", "assumption_1", "assumption_2"):
        assert isinstance(one[name], bool)
    assert one["profit"][0] == pytest.approx(19.28, abs=0.005)
    assert one["welfare"] == pytest.approx(one["consumer_surplus"] + sum(one["profit"]))


def test_a_batch_keeps_its_order_across_forms_and_faults(tmp_path: Path) -> None:
    exponential = {**MARKET, "cost": {"form": "exponential", "k": 14, "max_saving": 0.4, "rate": 2}}
    bad = {**MARKET, "b2": "many"}
    crossed = {**MARKET, "b2": 2}
    four = {**MARKET, "firms": 4}
    unequal = {**MARKET, "a": [6, 8], "cost_spillover": [0.2, 0.8]}
    harmful = {**MARKET, "demand_spillover": -0.5}
    plain = {**MARKET, "cost": {"k": 14, "max_saving": 0}}
    entries = solved(tmp_path, [MARKET, bad, exponential, crossed, four, unequal, harmful, plain])
    assert [entry["status"] for entry in entries] == [
        "solved", "invalid", "solved", "inadmissible", "solved", "solved", "solved", "solved",
    ]  # fmt: skip
    assert "b2: got 'many'" in entries[1]["reason"]
    assert entries[3]["equilibria"] == []
    assert entries[3]["reason"].startswith("b2 < b1 fails: 2 against 1")
    assert entries[3]["violation"]["nearest"] == pytest.approx(1)
    assert len(entries[4]["equilibria"][0]["sharing"]) == 4
    assert "sensitivity" not in entries[5]["equilibria"][0]
    assert entries[6]["equilibria"][0]["kind"] == "no_sharing"
    alone = solved(tmp_path, MARKET)["equilibria"][0]
    for name in ("sharing", "investment", "price", "quantity", "profit"):
        assert entries[0]["equilibria"][0][name] == pytest.approx(alone[name], rel=1e-13)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"leakage": {"own": 2, "rival": 0.5}}, "leakage.joint: got 'nothing'"),
        ({"leakage": {"own": 2, "rival": 0.5, "joint": 0.3, "third": 1}}, "leakage.third"),
        ({"cost": {"form": "linear", "k": 1, "max_saving": 0}}, "cost.form"),
        ({"cost": {"form": "exponential", "k": 1, "max_saving": 0}}, "cost.rate"),
        ({"a": [1, 2, 3]}, "a: got 'a list of 3'"),
        ({"a": [1, None]}, "a[1]"),
        ({"firms": 1}, "firms"),
        ({"colour": 1}, "colour"),
        ({"volume": {"unit_cost": 1, "spillover": 0, "technology": [0, 1]}}, "volume.technology"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    entry, kept = solved(tmp_path, [{**MARKET, **changes}, MARKET])
    assert entry["status"] == "invalid"
    assert told in entry["reason"]
    assert kept["status"] == "solved"


def test_no_sharing_is_a_regime(tmp_path: Path) -> None:
    alone = solved(tmp_path, MARKET, "--regime", "no-sharing")["equilibria"]
    assert [one["sharing"] for one in alone] == [[0, 0]]
    together = solved(tmp_path, MARKET)["equilibria"][0]
    assert together["profit"][0] > alone[0]["profit"][0]


def test_a_person_gets_a_table_and_a_sentence_about_the_alliance(tmp_path: Path) -> None:
    file = tmp_path / "params.json"
    file.write_text(json.dumps([MARKET, {**MARKET, "b2": 2}]), "utf-8")
    lines = shieldwall("solve", "sharing", "--params", str(file)).out.strip().split("\n")
    assert lines[0].startswith("solved: ")
    assert any(line.startswith("Left alone, the firms share 1.8 % of what they know") for line in lines)
    assert any(line.startswith("b2 < b1 fails") for line in lines)


@pytest.mark.parametrize(("regime", "proofs"), [("nash", 2), ("planner", 1)])
def test_a_proof_is_given_when_asked_for_and_only_then(tmp_path: Path, regime: str, proofs: int) -> None:
    assert "proof" not in solved(tmp_path, MARKET, "--regime", regime)["equilibria"][0]
    entry = solved(tmp_path, MARKET | {"cost": {"k": 40, "max_saving": 0.4}}, "--regime", regime, "--prove")
    (one,) = entry["equilibria"]
    assert [proof["proved"] for proof in one["proof"]] == [True] * proofs
    assert all(proof["slack"] == 1e-9 for proof in one["proof"])


def test_where_no_proof_applies_it_is_null(tmp_path: Path) -> None:
    (one,) = solved(tmp_path, MARKET, "--regime", "stackelberg", "--prove")["equilibria"]
    assert one["proof"] is None


ASYMMETRIC: dict[str, Any] = {
    "a": 6.9095492566303855,
    "b1": 2.694786706531387,
    "b2": 1.9109399592548804,
    "demand_spillover": 0.12145055622368421,
    "cost_spillover": 0.5705645979524983,
    "rivalry": 0.9147213495210664,
    "leakage": {"own": 1.2434645507412736, "rival": 0.22311114004393479, "joint": 0.7188230818867599},
    "cost": {"k": 0.26106863797953705, "max_saving": 0.6965048677948302},
}


def shown(tmp_path: Path, document: object, *options: str) -> list[str]:
    file = tmp_path / "params.json"
    file.write_text(json.dumps(document), "utf-8")
    return shieldwall("solve", "sharing", "--params", str(file), *options).out.strip().split("\n")


def test_an_optimum_over_equal_choices_claims_no_more_than_that(tmp_path: Path) -> None:
    (one,) = solved(tmp_path, ASYMMETRIC, "--regime", "collusion")["equilibria"]
    assert one["symmetric_optimum_is_global"] is False
    assert one["asymmetric_gain"] > 5.69
    lines = shown(tmp_path, ASYMMETRIC, "--regime", "collusion", "--prove")
    assert any("proof" in line and "no equal choice gains more than 1e-09, rounding included" in line for line in lines)
    assert not any("no deviation" in line for line in lines)
    assert any("choosing apart    gains 5." in line for line in lines)
    assert lines[-1].endswith("choose differently.")
    assert any("no deviation gains more than 1e-09" in line for line in shown(tmp_path, MARKET, "--prove"))


def test_the_sentence_compares_percent_with_percent(tmp_path: Path) -> None:
    # Per unit, usefulness raises sharing more; per percent, plugging leaks does.
    moves = solved(tmp_path, MARKET)["equilibria"][0]
    assert moves["sensitivity"]["demand_spillover"]["sharing"] > abs(moves["sensitivity"]["leakage.own"]["sharing"])
    assert moves["elasticity"]["demand_spillover"]["sharing"] < abs(moves["elasticity"]["leakage.own"]["sharing"])
    assert "one percent less leakage raises sharing more" in shown(tmp_path, MARKET)[-1]


def test_the_sentence_names_every_stable_outcome_and_the_range_of_many_firms(tmp_path: Path) -> None:
    three = {**MARKET, "a": 2, "b2": 0.4, "demand_spillover": 0.8, "cost_spillover": 0.9, "rivalry": 0.3,
             "leakage": {"own": 0.5, "rival": 0.1, "joint": 0.1}, "cost": {"k": 1.9, "max_saving": 0.4}}  # fmt: skip
    last = shown(tmp_path, three)[-1]
    assert "share 19.2 %" in last
    assert "or share 100 %" in last
    assert "95" not in last.split("earn")[0]
    many = [{"kind": "interior", "stable": True, "sharing": [0.1, 0.2, 0.3, 0.4], "profit": [1, 2, 3, 4]}]
    assert "share from 10 % to 40 % of what they know and earn from 1 to 4" in sentence("nash", many)


def test_a_market_that_cannot_be_read_has_no_equilibria_like_any_unsolved_one(tmp_path: Path) -> None:
    entries = solved(tmp_path, [MARKET, MARKET | {"b1": "wide"}, MARKET | {"b2": 2}])
    assert [entry["status"] for entry in entries] == ["solved", "invalid", "inadmissible"]
    assert entries[1]["equilibria"] == entries[2]["equilibria"] == []
    assert entries[1]["reason"]
