"""``replicate``: the report and the JSON of the published claims."""

from __future__ import annotations

import pytest
from cli_bench import Outcome, shieldwall

from shieldwall.economics.replication.simmons import CLAIMS


@pytest.fixture(scope="module")
def report() -> Outcome:
    return shieldwall("replicate", "simmons")


@pytest.fixture(scope="module")
def as_json() -> Outcome:
    return shieldwall("replicate", "simmons", "--json")


def test_every_claim_is_reported_with_what_is_printed_and_what_was_found(report: Outcome, as_json: Outcome) -> None:
    assert report.code == 0
    flowing = " ".join(report.out.split())
    for claim in as_json.json:
        assert f"{claim['id']} {claim['verdict'].upper()}" in flowing
        assert claim["statement"] in flowing
        assert claim["ours"] in flowing
        assert claim["condition"] is None or f"Holds if {claim['condition']}" in flowing


def test_a_claim_that_fails_is_reported_with_its_counterexample_and_threshold(report: Outcome) -> None:
    flowing = " ".join(report.out.split())
    assert "Counterexample profile = (C,C), who leaves = row, C pays = 3.9, D pays = 4" in flowing
    assert "exclusion > 1/30 in the game of the text, or without exclusion rate > 3/10" in flowing


def test_the_report_fits_a_hundred_columns_and_ends_with_the_count(report: Outcome, as_json: Outcome) -> None:
    lines = report.out.rstrip().splitlines()
    assert max(map(len, lines)) <= 100
    counted = [claim["verdict"] for claim in as_json.json]
    assert f"{len(counted)} claims tried: {counted.count('holds')} hold" in lines[-1]
    assert f"{counted.count('fails')} fail" in lines[-1]


def test_the_json_has_every_claim_in_the_order_of_the_pages(as_json: Outcome) -> None:
    assert [claim["id"] for claim in as_json.json] == [claim.id for claim in CLAIMS]
    fields = {
        "id",
        "place",
        "statement",
        "method",
        "sample",
        "verdict",
        "ours",
        "condition",
        "counterexample",
        "figures",
    }
    assert all(set(claim) == fields for claim in as_json.json)
    assert all(claim["counterexample"] for claim in as_json.json if claim["verdict"] != "holds")


def test_one_claim_is_told_in_full() -> None:
    told = shieldwall("replicate", "simmons", "--claim", "simmons.table-2-cells").out
    assert "Method" in told
    assert "Sample" in told
    assert "full exclusion, companies swapped contradicts: 3 of 8 payoffs" in " ".join(told.split())
    assert "simmons.table-1-cells" not in told
    [only] = shieldwall("replicate", "simmons", "--claim", "simmons.table-2-cells", "--json").json
    assert only["id"] == "simmons.table-2-cells"


def test_an_unknown_claim_is_refused_with_the_known_ones() -> None:
    assert "simmons.table-1-equilibria" in shieldwall("replicate", "simmons", "--claim", "simmons.absent").refusal


def test_an_unknown_paper_is_refused_with_the_known_ones() -> None:
    refused = shieldwall("replicate", "akerlof")
    assert refused.code != 0
    assert "simmons" in refused.err
