"""What is true of every published claim, whoever wrote the paper."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import pytest

from shieldwall.economics.precision import use_float64
from shieldwall.economics.replication import PAPERS, Claim, Finding, Verdict, claims_of
from shieldwall.errors import NotFound

PACKAGE = "shieldwall.economics.replication"
WRITTEN = [paper for paper in PAPERS if find_spec(f"{PACKAGE}.{paper}")]
CLAIMS = {claim.id: claim for paper in WRITTEN for claim in import_module(f"{PACKAGE}.{paper}").CLAIMS}


@cache
def found(claim_id: str) -> Finding:
    use_float64()
    finding: Finding = CLAIMS[claim_id].check()
    return finding


def shown(claim: Claim, finding: Finding) -> str:
    return json.dumps(claim.as_json(finding), allow_nan=False)


@pytest.mark.parametrize("paper", WRITTEN)
def test_claims_of_a_paper_are_named_after_it_each_once(paper: str) -> None:
    ids = [claim.id for claim in claims_of(paper)]
    assert ids
    assert len(ids) == len(set(ids))
    assert all(claim_id.startswith(f"{paper}.") for claim_id in ids)


@pytest.mark.parametrize("claim_id", CLAIMS)
def test_a_claim_says_where_what_and_how(claim_id: str) -> None:
    claim = CLAIMS[claim_id]
    assert all((claim.place, claim.statement, claim.method, claim.sample))
    assert claim.statement.endswith(".")


@pytest.mark.parametrize("claim_id", CLAIMS)
def test_a_claim_that_does_not_hold_has_a_counterexample_and_every_finding_is_json(claim_id: str) -> None:
    finding = found(claim_id)
    assert finding.ours
    assert finding.verdict is Verdict.HOLDS or finding.counterexample
    assert json.loads(shown(CLAIMS[claim_id], finding))["id"] == claim_id


@pytest.mark.parametrize("claim_id", [claim_id for claim_id in CLAIMS if claim_id.startswith("simmons.")])
def test_trying_a_claim_again_gives_the_same(claim_id: str) -> None:
    claim = CLAIMS[claim_id]
    assert shown(claim, claim.check()) == shown(claim, found(claim_id))


def test_one_claim_is_found_by_its_id_and_an_unknown_one_is_refused_with_the_known() -> None:
    assert [claim.id for claim in claims_of("simmons", "simmons.stag-hunt")] == ["simmons.stag-hunt"]
    with pytest.raises(NotFound, match=r"simmons\.absent.*simmons\.stag-hunt"):
        claims_of("simmons", "simmons.absent")


def test_a_finding_against_a_claim_cannot_be_made_without_its_counterexample() -> None:
    assert Finding(Verdict.FAILS, "not so", counterexample={"a": 1}).counterexample
    with pytest.raises(ValueError, match="counterexample"):
        Finding(Verdict.FAILS, "not so")


def test_a_condition_belongs_to_a_claim_that_holds_under_one() -> None:
    assert Finding(Verdict.CONDITIONAL, "so", condition="a > 0", counterexample={"a": 0}).condition
    with pytest.raises(ValueError, match="condition"):
        Finding(Verdict.CONDITIONAL, "so", counterexample={"a": 0})
    with pytest.raises(ValueError, match="condition"):
        Finding(Verdict.HOLDS, "so", condition="a > 0")
