"""Real, public STIX: what is accepted, and exactly what is not."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from stix2patterns.validator import run_validator

from shieldwall.stix.contributions import group
from shieldwall.stix.observables import observable
from shieldwall.stix.patterns import equalities, is_simple
from shieldwall.stix.validate import check

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the shared public data is not beside the checkout"),
]


def _bundle(name: str) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = json.loads((DATA / "stix" / name).read_text(encoding="utf-8"))["objects"]
    return objects


def _unit42() -> list[list[dict[str, Any]]]:
    with gzip.open(DATA / "stix" / "unit42_reports_stix21_upgraded.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["bundle"]["objects"] for line in lines]


def test_every_oasis_example_is_accepted() -> None:
    names = sorted(path.name for path in (DATA / "stix").glob("oasis_*.json"))
    assert len(names) == 7
    for name in names:
        assert {obj["id"]: found for obj in _bundle(name) if (found := check(obj))} == {}


@pytest.mark.parametrize("name", ["mobile-attack-17.1.json", "amnesty_pegasus.stix2.json"])
def test_published_bundles_are_accepted_whole(name: str) -> None:
    assert [obj["id"] for obj in _bundle(name) if check(obj)] == []


def test_of_the_unit_42_reports_eleven_objects_break_a_rule() -> None:
    objects = [obj for bundle in _unit42() for obj in bundle]
    refused = [(obj["id"], problem.field) for obj in objects for problem in check(obj)]
    assert len(objects) == 4457
    # Nine identities give identity_class as a list; two campaigns end before they begin.
    assert Counter((name.partition("--")[0], field) for name, field in refused) == {
        ("identity", "identity_class"): 9,
        ("campaign", "last_seen"): 2,
    }
    assert {name for name, field in refused if field == "last_seen"} == {
        "campaign--75478d66-3f26-423b-9d03-8ca1fbe1c6ad",
        "campaign--16efdab8-cb72-4a4a-b463-0a2a7e739d94",
    }


def test_real_simple_patterns_are_valid_to_the_reference_parser_and_nearly_all_are_simple() -> None:
    patterns = sorted({obj["pattern"] for bundle in _unit42() for obj in bundle if obj["type"] == "indicator"})
    simple = [pattern for pattern in patterns if is_simple(pattern)]
    assert len(simple) >= len(patterns) * 99 // 100
    assert all(run_validator(pattern, "2.1") == [] for pattern in simple[::10])
    assert all(len(equalities(pattern)) == 1 for pattern in simple)


def test_every_unit_42_report_with_content_is_a_contribution_and_little_is_left() -> None:
    grouped = [group(bundle, lambda _: None) for bundle in _unit42()]
    assert sum(len(one.contributions) for one in grouped) == 58
    assert sum(len(one.indicator_lane) for one in grouped) == 24


def test_published_observables_are_already_normal() -> None:
    with gzip.open(DATA / "contributions.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 0, None, 40)]
    kept = [(found.kind, found.value) for row in rows if (found := observable(row["type"], row["value"]))]
    assert kept == [(row["type"], row["value"]) for row in rows]
