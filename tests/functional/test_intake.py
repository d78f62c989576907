"""What a submission leaves behind: objects, contributions, cases, ledger entries; and what it must not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from http_bench import stix_id
from scripted import Script, host_indicator, hosts, report

from shieldwall.domain.members import Member, Role
from shieldwall.errors import InvalidStix, LedgerError, NotFound, NotPermitted, StorageError
from shieldwall.ledger import verify_receipt
from shieldwall.ports import Query, Versions
from shieldwall.services.intake import Status
from shieldwall.stix.markings import TLP2_IDS, Tlp


def failures(status: Status) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(status.body)["failures"]
    return found


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def alice(script: Script) -> Member:
    return script.enrol("alice", aliases=("Alice Corp", f"identity--{'1' * 8}-1111-4111-8111-{'1' * 12}"))


def test_a_bad_object_does_not_sink_the_good_ones_beside_it(script: Script, alice: Member) -> None:
    bad = host_indicator(1, "b.example.com") | {"pattern": "[oops"}
    status = script.post(alice, *report(1, hosts("a")), bad)
    assert (status.accepted, status.refused) == (2, 1)
    assert failures(status)[0]["id"] == bad["id"]
    assert "pattern" in failures(status)[0]["message"]


def test_repeating_a_submission_succeeds_and_files_nothing_twice(script: Script, alice: Member) -> None:
    first = script.report(alice, 1, hosts("a"))
    again = script.report(alice, 1, hosts("a"))
    assert len(first.contributions) == 1
    assert again.contributions == ()
    assert again.refused == 0
    summary = script.alliance.overview.summary()
    assert (summary.contributions, summary.ledger_size) == (1, 3)


def test_another_object_under_an_id_and_version_of_ones_own_is_refused(script: Script, alice: Member) -> None:
    script.report(alice, 1, hosts("a"))
    status = script.report(alice, 1, hosts("a"), name="Another name")
    assert "add a newer version" in failures(status)[0]["message"]


def test_only_the_owner_of_an_id_adds_versions(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    script.report(alice, 1, hosts("a"))
    later = {"modified": "2026-01-02T00:00:00.000Z"}
    assert "belongs to another member" in failures(script.report(bob, 1, hosts("a"), **later))[0]["message"]
    assert failures(script.report(alice, 1, hosts("a"), **later)) == []


def test_common_knowledge_may_be_posted_by_several_members(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    shared = host_indicator(1, "a.example.com")
    assert failures(script.post(alice, shared)) == []
    assert failures(script.post(bob, shared)) == []
    different = failures(script.post(bob, shared | {"name": "mine"}))
    assert "another object with this id and version" in different[0]["message"]


def test_tlp_red_is_refused_and_amber_strict_is_taken(script: Script, alice: Member) -> None:
    def marked(number: int, tlp: Tlp) -> dict[str, object]:
        return host_indicator(number, "a.example.com") | {"object_marking_refs": [TLP2_IDS[tlp]]}

    assert "TLP:RED" in failures(script.post(alice, marked(1, Tlp.RED)))[0]["message"]
    assert failures(script.post(alice, marked(2, Tlp.AMBER_STRICT))) == []


def test_the_contributor_is_not_named_in_what_others_read(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    me = alice.aliases[1]
    identity = {
        "type": "identity",
        "spec_version": "2.1",
        "id": me,
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "Alice Corp",
        "identity_class": "organization",
    }
    script.post(alice, identity, host_indicator(1, "a.example.com") | {"created_by_ref": me, "name": "by ALICE CORP"})
    served = script.pool(bob)
    assert [row.id for row in served] == [host_indicator(1, "a.example.com")["id"]]
    text = b"".join(row.body for row in served).lower()
    assert b"alice" not in text
    assert me.encode() not in text
    creator = json.loads(served[0].body)["created_by_ref"]
    page = script.alliance.reading.object(bob, "pool", creator, Query(), 10)
    assert json.loads(page.rows[0].body)["name"] == "Withheld member"
    with pytest.raises(NotFound):
        script.alliance.reading.object(bob, "pool", stix_id("identity", 5), Query(), 10)
    own = script.alliance.reading.page(alice, "submissions", Query(), 10)
    assert {row.id for row in own.rows} == {me, served[0].id}


def test_loose_indicators_are_released_at_once_and_open_no_case(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    script.post(alice, host_indicator(1, "a.example.com"))
    assert len(script.pool(bob)) == 1
    assert script.alliance.overview.cases() == ()


def test_every_version_of_a_submission_reaches_the_pool_with_its_case(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    old, new = host_indicator(1, "a.example.com"), host_indicator(1, "a.example.com")
    new |= {"modified": "2026-02-01T00:00:00.000Z"}
    root = report(1, hosts("a"))[-1] | {"object_refs": [old["id"]]}
    script.post(alice, new, old, root)
    assert script.pool(bob) == []
    script.alliance.review.advance()
    script.judge()
    everything = Query(versions=frozenset({Versions.ALL}))
    assert len(script.pool(bob, everything)) == 3
    assert len(script.pool(bob)) == 2


def test_observables_in_common_join_a_case_and_others_open_one(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    script.report(alice, 1, hosts("a", "b", "c"))
    script.report(bob, 2, hosts("a", "b", "c", "d"))
    assert script.case().contributions == 2
    script.report(bob, 3, hosts("a", "x", "y", "z"))
    assert script.case().contributions == 1


def test_a_copy_of_a_judged_case_opens_another_and_earns_nothing(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    script.report(alice, 1, hosts("a", "b"))
    script.judge()
    script.report(bob, 2, hosts("a", "b"))
    copy = script.judge()
    script.close()
    assert [case.amount for case in script.alliance.epochs.priced(1) if case.valued.case == copy] == [0]
    assert script.alliance.settlement.balance(bob) == 0
    assert script.alliance.settlement.balance(alice) > 0


def test_a_receipt_verifies_alone_and_is_given_to_the_owner_only(script: Script, alice: Member) -> None:
    (contribution,) = script.report(alice, 1, hosts("a")).contributions
    receipt = script.alliance.receipts.issue(alice, contribution)
    proved = verify_receipt(receipt, script.alliance.verifier, script.alliance.origin)
    assert proved.entry.fields["contribution"] == contribution
    assert proved.opened.member == alice.id
    with pytest.raises(NotFound):
        script.alliance.receipts.issue(script.enrol("bob"), contribution)
    with pytest.raises(LedgerError):
        verify_receipt(receipt.replace(b"index 1", b"index 0"), script.alliance.verifier, script.alliance.origin)


def test_only_members_submit(script: Script) -> None:
    with pytest.raises(NotPermitted):
        script.post(script.enrol("auditor", Role.AUDITOR), host_indicator(1, "a.example.com"))


def test_a_body_that_is_no_envelope_is_refused_whole(script: Script, alice: Member) -> None:
    with pytest.raises(InvalidStix):
        script.alliance.intake.submit(alice, b'{"type": "bundle"}')


def test_a_status_is_shown_to_its_owner_only(script: Script, alice: Member) -> None:
    status = script.post(alice, host_indicator(1, "a.example.com"))
    assert script.alliance.intake.status(alice, status.id) == status.body
    with pytest.raises(NotFound):
        script.alliance.intake.status(script.enrol("bob"), status.id)


def test_a_failure_in_the_middle_leaves_no_trace(
    script: Script, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise StorageError("disk full")

    before = script.alliance.overview.summary()
    with monkeypatch.context() as patch:
        patch.setattr(type(script.alliance.intake._recorder), "append", fail)
        with pytest.raises(StorageError):
            script.post(alice, *report(1, hosts("a")))
    assert script.alliance.overview.summary() == before
    assert script.alliance.reading.page(alice, "submissions", Query(), 10).rows == ()
    assert len(script.post(alice, *report(1, hosts("a"))).contributions) == 1


def test_a_report_made_of_released_indicators_is_no_news(script: Script, alice: Member) -> None:
    bob = script.enrol("bob")
    script.post(alice, *report(1, hosts("a", "b"))[:-1])
    script.report(bob, 2, hosts("a", "b"))
    copy = script.judge()
    script.report(bob, 3, hosts("c", "d"))
    news = script.judge()
    script.close()
    amounts = {case.valued.case: case.amount for case in script.alliance.epochs.priced(1)}
    assert amounts[copy] == 0 < amounts[news]
    assert script.alliance.auditor.run().differences == ()
