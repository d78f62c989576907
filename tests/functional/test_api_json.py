"""The JSON API: strict bodies, roles, ballots to payout, the ledger, health and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from http_bench import Bench, bench, indicator, report

from shieldwall.domain.cases import Ballot
from shieldwall.domain.members import Role
from shieldwall.errors import LedgerError
from shieldwall.ledger import leaf_hash, open_checkpoint, verify_consistency, verify_inclusion
from shieldwall.panel.ballot import commitment
from shieldwall.web.limits import Limits

NONCE = bytes(range(32))
BALLOT = {"valid": True, "severity": "7.5", "root": False, "nonce": NONCE.hex()}


@pytest.fixture
def ready() -> Iterator[Bench]:
    with bench(Limits(rate=10**6, burst=10**6)) as made:
        for name in ("paula", "peter", "pia"):
            made.enrol(name, Role.PANELIST)
        made.enrol("audrey", Role.AUDITOR)
        made.enrol("max", Role.MEDIATOR)
        yield made


def seated(ready: Bench) -> tuple[str, list[str]]:
    """Submit one report; its case and the panelists drawn for it."""
    assert ready.submit(report(1)).json()["failure_count"] == 0
    seats = {name: cases for name in ("paula", "peter", "pia") if (cases := ready.get("/api/panel/cases", name).json())}
    (case,) = {item["case"] for cases in seats.values() for item in cases}
    return case, list(seats)


def commit(ready: Bench, case: str, name: str) -> None:
    sealed = commitment(case, ready.members[name].id, 0, Ballot(True, 75, False), NONCE)
    answer = ready.post(f"/api/panel/cases/{case}/commitment", {"commitment": sealed.hex()}, name)
    assert answer.status_code == 204, answer.text


def test_me_shows_my_own_account(ready: Bench) -> None:
    me = ready.get("/api/me").json()
    assert (me["name"], me["role"], me["id"]) == ("alice", "member", ready.members["alice"].id)


@pytest.mark.parametrize("path", ["/api/me", "/api/panel/cases", "/api/balance", "/api/ledger/checkpoint", "/metrics"])
def test_without_a_token_the_api_answers_401(ready: Bench, path: str) -> None:
    answer = ready.client.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert set(answer.json()) == {"title", "description"}


def test_ballots_release_and_pay(ready: Bench) -> None:
    case, panel = seated(ready)
    assert len(panel) == 3
    dossier = ready.get(f"/api/panel/cases/{case}", panel[0]).json()["objects"]
    assert {item["type"] for item in dossier} == {"report", "vulnerability", "indicator"}
    for name in panel:
        commit(ready, case, name)
    for name in panel:
        assert ready.post(f"/api/panel/cases/{case}/ballot", BALLOT, name).status_code == 204
    pool = ready.get("/taxii2/alliance/collections/pool/objects/", "bob").json()["objects"]
    assert {item["id"] for item in pool} == {item["id"] for item in report(1)}

    closed = ready.post("/api/epochs/close", b"", "oscar")
    assert closed.status_code == 201, closed.text
    assert closed.json()["settled"] is True
    balance = ready.get("/api/balance").json()
    assert balance["micro_credits"] == closed.json()["paid"] > 0
    assert Fraction(balance["credits"]) * 10**6 == balance["micro_credits"]
    left = ready.post("/api/withdrawals", {"amount": "1.5"})
    assert left.status_code == 201, left.text
    assert left.json()["micro_credits"] == balance["micro_credits"] - 1_500_000


@pytest.mark.parametrize("severity", ["10.1", "-1", "7.55", "high", 11, None, True, [7]])
def test_a_bad_severity_is_400_and_names_the_field(ready: Bench, severity: object) -> None:
    case, (name, *_) = seated(ready)
    answer = ready.post(f"/api/panel/cases/{case}/ballot", BALLOT | {"severity": severity}, name)
    assert answer.status_code == 400
    assert "severity" in answer.json()["description"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nonce": "zz" * 32}, "nonce"),
        ({"nonce": "00"}, "nonce"),
        ({"valid": "true"}, "valid"),
        ({"root": 1}, "root"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_malformed_ballot_is_400_and_names_the_field(ready: Bench, change: dict[str, object], field: str) -> None:
    case, (name, *_) = seated(ready)
    answer = ready.post(f"/api/panel/cases/{case}/ballot", BALLOT | change, name)
    assert answer.status_code == 400
    assert field in answer.json()["description"]


def test_a_missing_field_and_malformed_json_are_400(ready: Bench) -> None:
    case, (name, *_) = seated(ready)
    short = {key: value for key, value in BALLOT.items() if key != "nonce"}
    answer = ready.post(f"/api/panel/cases/{case}/ballot", short, name)
    assert (answer.status_code, "nonce" in answer.json()["description"]) == (400, True)
    assert ready.post("/api/withdrawals", b'{"amount":').status_code == 400
    assert ready.post("/api/withdrawals", b"\xff").status_code == 400


def test_a_ballot_twice_late_early_or_not_matching_is_refused(ready: Bench) -> None:
    case, panel = seated(ready)
    path = f"/api/panel/cases/{case}"
    early = ready.post(f"{path}/ballot", BALLOT, panel[0])
    assert early.status_code == 400
    for name in panel:
        commit(ready, case, name)
    twice = ready.post(f"{path}/commitment", {"commitment": "00" * 32}, panel[0])
    assert (twice.status_code, "commitment" in twice.json()["description"]) == (400, True)
    other = ready.post(f"{path}/ballot", BALLOT | {"severity": "7.4"}, panel[0])
    assert other.status_code == 400
    assert ready.post(f"{path}/ballot", BALLOT, panel[0]).status_code == 204
    assert ready.post(f"{path}/ballot", BALLOT, panel[0]).status_code == 400
    ready.clock.forward(days=365)
    assert ready.post(f"{path}/ballot", BALLOT, panel[1]).status_code == 400


def test_only_those_on_the_panel_see_and_judge_a_case(ready: Bench) -> None:
    case, _ = seated(ready)
    assert ready.get(f"/api/panel/cases/{case}", "max").status_code == 200
    for name in ("alice", "bob", "oscar"):
        assert ready.get(f"/api/panel/cases/{case}", name).status_code == 403
        sealed = {"commitment": "00" * 32}
        assert ready.post(f"/api/panel/cases/{case}/commitment", sealed, name).status_code == 403
    assert ready.get("/api/panel/cases/case-none", "max").status_code == 404


def test_a_panelist_of_the_contributors_organisation_has_no_seat(ready: Bench) -> None:
    ready.enrol("insider", Role.PANELIST, organisation="alice")
    case, panel = seated(ready)
    assert "insider" not in panel
    assert ready.get("/api/panel/cases", "insider").json() == []
    assert ready.get(f"/api/panel/cases/{case}", "insider").status_code == 403


def test_a_receipt_is_for_its_owner_only(ready: Bench) -> None:
    ready.submit(report(1))
    (mine,) = ready.get("/api/contributions").json()
    assert mine["root_type"] == "report"
    receipt = ready.get(f"/api/contributions/{mine['id']}/receipt")
    assert receipt.status_code == 200
    assert receipt.headers["content-type"].startswith("text/plain")
    assert receipt.text.startswith("c2sp.org/tlog-proof@v1\n")
    assert ready.get(f"/api/contributions/{mine['id']}/receipt", "bob").status_code == 404
    assert ready.get("/api/contributions", "bob").json() == []


@pytest.mark.parametrize("amount", ["0", "-1", "1.0000001", "many", "", "1000000"])
def test_a_withdrawal_that_cannot_be_is_400_and_moves_nothing(ready: Bench, amount: str) -> None:
    answer = ready.post("/api/withdrawals", {"amount": amount})
    assert answer.status_code == 400
    assert "amount" in answer.json()["description"]
    assert ready.get("/api/balance").json() == {"credits": "0.00", "micro_credits": 0}


@pytest.mark.parametrize("name", ["alice", "paula", "audrey", "max"])
def test_only_the_operator_closes_an_epoch(ready: Bench, name: str) -> None:
    before = ready.alliance.epochs.current()
    assert ready.post("/api/epochs/close", b"", name).status_code == 403
    assert ready.alliance.epochs.current() == before


@pytest.mark.parametrize("name", ["paula", "oscar"])
def test_only_members_have_a_balance(ready: Bench, name: str) -> None:
    assert ready.get("/api/balance", name).status_code == 403
    assert ready.post("/api/withdrawals", {"amount": "1"}, name).status_code == 403


def test_a_proof_from_the_api_verifies_against_the_signed_checkpoint(ready: Bench) -> None:
    ready.submit(report(1))
    text = ready.get("/api/ledger/checkpoint").content
    head = open_checkpoint(text, ready.alliance.verifier, ready.alliance.origin)
    entries = ready.get("/api/ledger/entries?start=0&limit=1000").json()
    assert [entry["index"] for entry in entries] == list(range(head.size))
    for entry in entries:
        proof = ready.get(f"/api/ledger/proof/{entry['index']}").json()
        assert (proof["entry"], proof["checkpoint"].encode()) == (entry["entry"], text)
        path = [bytes.fromhex(node) for node in proof["path"]]
        verify_inclusion(leaf_hash(proof["entry"].encode()), entry["index"], head.size, path, head.root)
    assert ready.get(f"/api/ledger/proof/{head.size}").status_code == 404


def test_a_kept_checkpoint_is_proved_to_be_the_beginning_of_the_newest(ready: Bench) -> None:
    ready.submit(report(1))
    text = ready.get("/api/ledger/checkpoint").content
    kept = open_checkpoint(text, ready.alliance.verifier, ready.alliance.origin)
    ready.submit(report(2))
    proof = ready.get(f"/api/ledger/consistency/{kept.size}").json()
    head = open_checkpoint(proof["checkpoint"].encode(), ready.alliance.verifier, ready.alliance.origin)
    path = [bytes.fromhex(node) for node in proof["path"]]
    verify_consistency(kept.size, kept.root, head.size, head.root, path)
    with pytest.raises(LedgerError):
        verify_consistency(kept.size, leaf_hash(b""), head.size, head.root, path)
    assert ready.get(f"/api/ledger/consistency/{head.size + 1}").status_code == 404


@pytest.mark.parametrize("query", ["start=-1", "limit=0", "limit=1001", "limit=ten", "start=1.5"])
def test_a_bad_range_of_entries_is_400_and_names_the_parameter(ready: Bench, query: str) -> None:
    answer = ready.get(f"/api/ledger/entries?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.json()["description"]


def test_an_oversize_form_is_413(ready: Bench) -> None:
    assert ready.post("/api/withdrawals", b" " * 70_000).status_code == 413


def test_health_is_open_and_metrics_are_for_operators_and_auditors(ready: Bench) -> None:
    assert ready.client.get("/health").json() == {"status": "ok"}
    ready.submit([indicator(1), indicator(2, modified="2020-01-01T00:00:00.000Z")])
    assert ready.get("/metrics").status_code == 403
    for name in ("oscar", "audrey"):
        lines = ready.get("/metrics", name).text.splitlines()
        assert 'shieldwall_objects_total{outcome="accepted"} 1.0' in lines
        assert 'shieldwall_objects_total{outcome="refused"} 1.0' in lines
        size = ready.alliance.overview.summary().ledger_size
        assert f"shieldwall_ledger_entries {float(size)}" in lines
        assert any(line.startswith("shieldwall_http_requests_total{") and 'status="202"' in line for line in lines)


def test_the_api_describes_itself(ready: Bench) -> None:
    described = ready.client.get("/api/schema/openapi.json").json()
    assert {"/api/me", "/api/panel/cases/{case}/ballot", "/api/epochs/close"} <= set(described["paths"])
