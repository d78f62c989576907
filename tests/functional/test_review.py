"""The panel from draw to verdict, with its deadlines, and the criteria that skip it."""

from __future__ import annotations

import json

import pytest
from scripted import NO, YES, Script, hosts

from shieldwall.domain.cases import CaseStatus, Method
from shieldwall.domain.members import Role
from shieldwall.errors import InvalidBallot, NotPermitted
from shieldwall.services.evidence import EvidenceKind


def test_no_panelist_of_the_contributors_organisation_is_drawn() -> None:
    script = Script(panelists=5)
    member = script.enrol("alice", organisation="panelist 2")
    script.report(member, 1, hosts("a"))
    assert len(script.seated()) == 3
    assert script.panel[2] not in script.seated()


def test_five_of_seven_panelists_are_seated() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a"))
    assert len(script.seated()) == 5


def test_a_case_waits_for_a_third_panelist_and_says_so() -> None:
    script = Script(panelists=2)
    script.report(script.enrol("alice"), 1, hosts("a"))
    assert script.case().case.status is CaseStatus.WAITING
    assert script.case().case.reason == "2 eligible panelists; at least 3 are needed"
    script.panel.append(script.enrol("third", Role.PANELIST))
    script.alliance.review.advance()
    assert script.case().case.status is CaseStatus.REVIEW


def test_the_median_of_the_ballots_is_the_verdict_and_releases_the_case() -> None:
    script = Script()
    alice, bob = script.enrol("alice"), script.enrol("bob")
    script.report(alice, 1, hosts("a"))
    assert script.pool(bob) == []
    script.judge()
    verdict = script.case().verdict
    assert verdict is not None
    assert (verdict.valid, verdict.severity, verdict.method) == (True, 70, Method.BALLOTS)
    assert len(script.pool(bob)) == 2


def test_a_rejected_case_is_never_released() -> None:
    script = Script()
    alice, bob = script.enrol("alice"), script.enrol("bob")
    script.report(alice, 1, hosts("a"))
    script.judge(NO)
    script.close()
    assert script.pool(bob) == []


def test_a_second_ballot_is_refused() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a"))
    case, panelist = script.case().case.id, script.seated()[0]
    script.commit(panelist, case, YES)
    with pytest.raises(InvalidBallot, match="one ballot per seat"):
        script.commit(panelist, case, NO)


def test_a_reveal_before_everybody_committed_is_refused() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a"))
    case, panelist = script.case().case.id, script.seated()[0]
    script.commit(panelist, case, YES)
    with pytest.raises(InvalidBallot, match="after all ballots are committed"):
        script.reveal(panelist, case, YES)


def test_a_ballot_that_does_not_open_its_commitment_is_refused() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a"))
    case, seated = script.case().case.id, script.seated()
    for panelist in seated:
        script.commit(panelist, case, YES)
    with pytest.raises(InvalidBallot, match="were committed"):
        script.reveal(seated[0], case, NO)
    script.reveal(seated[0], case, YES)
    with pytest.raises(InvalidBallot, match="one reveal per seat"):
        script.reveal(seated[0], case, YES)


def test_a_ballot_after_the_deadline_is_refused() -> None:
    script = Script(panelists=5)
    script.report(script.enrol("alice"), 1, hosts("a"))
    case, seated = script.case().case.id, script.seated()
    for panelist in seated[:3]:
        script.commit(panelist, case, YES)
    script.clock.forward(hours=48)
    with pytest.raises(InvalidBallot, match="before the commit deadline"):
        script.commit(seated[3], case, YES)
    for panelist in seated[:3]:
        script.reveal(panelist, case, YES)
    assert script.case().case.status is CaseStatus.JUDGED


def test_a_member_cannot_review_its_own_case() -> None:
    script = Script()
    alice = script.enrol("alice")
    script.report(alice, 1, hosts("a"))
    case = script.case().case.id
    with pytest.raises(NotPermitted, match="only a panelist"):
        script.alliance.review.commit(alice, case, bytes(32))
    own = script.enrol("alice's analyst", Role.PANELIST, organisation="alice")
    with pytest.raises(NotPermitted, match="has no seat"):
        script.alliance.review.commit(own, case, bytes(32))


def test_a_panelist_whose_organisation_joins_the_case_loses_its_seat() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a", "b", "c"))
    case, leaving = script.case().case.id, script.seated()[0]
    script.report(script.enrol("bob", organisation=leaving.organisation), 2, hosts("a", "b", "c"))
    assert script.case().case.id == case
    assert leaving not in script.seated()
    assert len(script.seated()) == 5
    with pytest.raises(InvalidBallot, match="vacated"):
        script.alliance.review.commit(leaving, case, bytes(32))


def test_absentees_are_replaced_once() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a"))
    case, first = script.case().case.id, script.seated()
    for panelist in first[:3]:
        script.commit(panelist, case, YES)
    script.clock.forward(hours=48)
    script.alliance.review.advance()
    second = script.seated()
    assert set(first[:3]) < set(second)
    assert not set(first[3:]) & set(second)
    assert len(second) == 5
    script.clock.forward(hours=48)
    script.alliance.review.advance()
    assert script.seated() == second
    for panelist in first[:3]:
        script.reveal(panelist, case, YES)
    verdict = script.case().verdict
    assert verdict is not None
    assert verdict.ballots == 3


def test_without_a_quorum_the_case_waits_until_the_next_epoch_draws_again() -> None:
    script = Script(panelists=3)
    script.report(script.enrol("alice"), 1, hosts("a"))
    case = script.case().case.id
    script.commit(script.seated()[0], case, YES)
    script.clock.forward(hours=48)
    script.alliance.review.advance()
    assert script.case().case.status is CaseStatus.WAITING
    assert script.case().case.reason.startswith("no quorum")
    script.close()
    script.alliance.review.advance()
    assert script.case().case.status is CaseStatus.REVIEW
    script.judge()
    assert script.case().case.status is CaseStatus.JUDGED
    assert script.alliance.auditor.run().differences == ()


def test_enough_independent_corroborators_skip_the_ballots() -> None:
    script = Script()
    for number, name in enumerate(("alice", "bob", "carol")):
        script.report(script.enrol(name), number, hosts("a", "b", "c"))
    verdict = script.case().verdict
    assert verdict is not None
    assert verdict.method is Method.CORROBORATED


def test_aggregators_and_sister_accounts_do_not_corroborate() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a", "b", "c"))
    script.report(script.enrol("alice's branch", organisation="alice"), 2, hosts("a", "b", "c"))
    script.report(script.enrol("feed", aggregator=True), 3, hosts("a", "b", "c"))
    script.report(script.enrol("bob"), 4, hosts("a", "b", "c"))
    assert script.case().contributions == 4
    assert script.case().verdict is None


@pytest.mark.parametrize("added", ["2025-12-01", "2027-01-01"])
def test_a_vulnerability_listed_as_exploited_by_now_skips_the_ballots(added: str) -> None:
    script = Script()
    catalogue = {"vulnerabilities": [{"cveID": "CVE-2025-99999", "dateAdded": added}]}
    script.alliance.evidence.load(EvidenceKind.KEV, json.dumps(catalogue).encode())
    script.report(script.enrol("alice"), 1, hosts("a"), name="CVE-2025-99999 in use")
    verdict = script.case().verdict
    assert (verdict is not None) == (added < "2026")
    assert verdict is None or verdict.method is Method.EXPLOITED


def test_a_mediator_reads_any_case_and_a_panelist_only_its_own() -> None:
    script = Script()
    script.report(script.enrol("alice", aliases=("alice corp",)), 1, hosts("a"), name="Alice Corp saw it")
    case = script.case().case.id
    mediator = script.enrol("mediator", Role.MEDIATOR)
    dossier = script.alliance.review.dossier(mediator, case)
    assert len(dossier) == 2
    assert b"lice" not in b"".join(dossier).replace(b"malicious", b"")
    assert script.alliance.review.dossier(script.seated()[0], case) == dossier
    outsider = next(panelist for panelist in script.panel if panelist not in script.seated())
    with pytest.raises(NotPermitted):
        script.alliance.review.dossier(outsider, case)


def test_evidence_that_arrives_during_a_review_ends_it() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a"), name="CVE-2025-99999 in use")
    assert script.case().case.status is CaseStatus.REVIEW
    catalogue = {"vulnerabilities": [{"cveID": "CVE-2025-99999", "dateAdded": "2025-12-01"}]}
    script.alliance.evidence.load(EvidenceKind.KEV, json.dumps(catalogue).encode())
    script.alliance.review.advance()
    verdict = script.case().verdict
    assert verdict is not None
    assert verdict.method is Method.EXPLOITED
    assert script.alliance.auditor.run().differences == ()


def test_evidence_about_something_else_leaves_seats_and_deadline_as_they_are() -> None:
    script = Script()
    script.report(script.enrol("alice"), 1, hosts("a"))
    before, seated = script.case().case, script.seated()
    catalogue = {"vulnerabilities": [{"cveID": "CVE-2025-99999", "dateAdded": "2025-12-01"}]}
    script.alliance.evidence.load(EvidenceKind.KEV, json.dumps(catalogue).encode())
    script.clock.forward(hours=1)
    script.alliance.review.advance()
    assert script.case().case == before
    assert script.seated() == seated
