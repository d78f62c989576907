"""What the console's pages show, to whom, and that each is a sound HTML document without script or inline style."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from http_bench import Bench, bench, report
from httpx import Response

from shieldwall.domain.cases import Ballot, Seat
from shieldwall.domain.members import Role
from shieldwall.ledger import verify_receipt
from shieldwall.services.evidence import EvidenceKind
from shieldwall.web.console.cases import seat_rows

VOID = {"meta", "link", "img", "input", "br", "hr"}
PAGES = ("/console/", "/console/cases", "/console/ledger", "/console/ledger/0", "/console/account")


class Balance(HTMLParser):
    """Collects open tags and whatever a page without scripts and inline styles must not hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"{name} on <{tag}>")
            if name in ("href", "src", "action") and not (value or "").startswith(("/console/", "#")):
                self.faults.append(f"{name}={value} leaves the console")
            if name == "id":
                self.ids.append(value or "")


def check_document(page: Response) -> None:
    balance = Balance()
    balance.feed(page.text)
    balance.close()
    assert balance.faults == []
    assert balance.open == []
    assert len(balance.ids) == len(set(balance.ids))


@pytest.fixture
def house() -> Iterator[Bench]:
    """One settled case by Zinnia Bank, and one in review by Quokka Rail."""
    with bench() as made:
        made.enrol("Zinnia Bank", organisation="Zinnia Holdings")
        made.enrol("Quokka Rail")
        made.enrol("audrey", Role.AUDITOR)
        for number in range(3):
            made.enrol(f"Juror{number}", Role.PANELIST)
        made.enrol("mira", Role.MEDIATOR)
        listed = {"vulnerabilities": [{"cveID": "CVE-2026-10001", "dateAdded": "2026-01-02"}]}
        made.alliance.evidence.load(EvidenceKind.KEV, json.dumps(listed).encode())
        for number, contributor in ((1, "Zinnia Bank"), (2, "Quokka Rail")):
            assert made.submit(report(number), contributor).status_code == 202
        made.alliance.review.advance()
        made.clock.forward(hours=1)
        made.alliance.epochs.close()
        made.alliance.settlement.dispatch()
        made.alliance.review.advance()
        yield made


def sign_in(house: Bench, name: str) -> None:
    house.client.cookies.clear()
    answer = house.client.post("/console/login", data={"token": house.tokens[name]}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")


def pages(house: Bench) -> dict[str, Response]:
    """Every page that the signed-in account can reach by reading."""
    cases = [view.case.id for view in house.alliance.overview.cases()]
    size = house.alliance.overview.summary().ledger_size
    paths = [
        *PAGES,
        *(f"/console/cases/{case}" for case in cases),
        *(f"/console/ledger/{i}" for i in range(size)),
    ]
    return {path: house.client.get(path) for path in paths}


def case_of(house: Bench, status: str) -> str:
    return next(view.case.id for view in house.alliance.overview.cases() if view.case.status.value == status)


@pytest.mark.parametrize("name", ["Zinnia Bank", "bob", "Juror0", "audrey", "oscar", "mira"])
def test_every_page_is_a_balanced_document_without_script_or_inline_style(house: Bench, name: str) -> None:
    sign_in(house, name)
    for path, page in pages(house).items():
        assert page.status_code == 200, path
        check_document(page)


def test_the_balance_check_itself_refuses_a_broken_page() -> None:
    with pytest.raises(AssertionError):
        check_document(Response(200, text="<p><b>bold</p>"))
    with pytest.raises(AssertionError):
        check_document(Response(200, text='<p style="color: red">red</p>'))


def test_pages_of_an_alliance_without_any_history_are_sound() -> None:
    with bench() as made:
        sign_in(made, "alice")
        for path in PAGES:
            page = made.client.get(path)
            assert page.status_code == 200
            check_document(page)
        assert "No cases yet" in made.client.get("/console/cases").text
        assert "No epoch has closed yet" in made.client.get("/console/").text


@pytest.mark.parametrize("name", ["bob", "Juror0", "oscar", "mira"])
def test_no_contributor_is_named_to_anyone_but_itself_and_the_auditor(house: Bench, name: str) -> None:
    sign_in(house, name)
    hidden = {house.members[who].id for who in ("Zinnia Bank", "Quokka Rail")} | {"Zinnia", "Quokka"}
    for path, page in pages(house).items():
        assert [text for text in hidden if text in page.text] == [], path


def test_no_panelist_is_named_on_a_case(house: Bench) -> None:
    sign_in(house, "bob")
    page = house.client.get(f"/console/cases/{case_of(house, 'review')}").text
    assert "awaited" in page
    assert "Juror" not in page
    assert not any(member.id in page for member in house.members.values())


def test_an_opened_ballot_is_shown_only_once_its_case_is_frozen() -> None:
    ballot = Ballot(valid=True, severity=70, root=False)
    seat = Seat("case", "juror", 0, datetime(2026, 1, 5, tzinfo=UTC), b"c", ballot, b"n")
    assert [row.ballot for row in seat_rows((seat,), frozen=False)] == [None]
    assert [row.ballot for row in seat_rows((seat,), frozen=True)] == [ballot]


def test_the_auditor_sees_every_members_money(house: Bench) -> None:
    sign_in(house, "audrey")
    page = house.client.get("/console/account").text
    assert all(name in page for name in ("Zinnia Bank", "Quokka Rail", "alice", "bob"))
    sign_in(house, "oscar")
    assert "Zinnia Bank" not in house.client.get("/console/account").text


def test_a_settled_case_shows_its_value_factor_by_factor(house: Bench) -> None:
    sign_in(house, "bob")
    page = house.client.get(f"/console/cases/{case_of(house, 'settled')}").text
    assert re.findall(r'class="key">(\w)<', page) == list("SXPTRQNDV")
    assert page.count('class="letter"') == 9
    assert "publicly listed as exploited" in page
    assert "listed on 2026-01-02" in page


def test_an_owner_downloads_a_receipt_that_verifies_and_nobody_else_does(house: Bench) -> None:
    sign_in(house, "Zinnia Bank")
    path = re.findall(r"/console/account/receipts/[^\"]+", house.client.get("/console/account").text)[0]
    answer = house.client.get(path)
    assert answer.headers["content-disposition"].endswith('.tlog-proof"')
    proven = verify_receipt(answer.content, house.alliance.verifier, house.alliance.origin)
    assert proven.opened.member == house.members["Zinnia Bank"].id
    for other in ("bob", "Juror0", "audrey"):
        sign_in(house, other)
        assert house.client.get(path).status_code == 404


def test_each_entry_verifies_and_its_path_ends_in_the_checkpoints_root(house: Bench) -> None:
    sign_in(house, "bob")
    proof = house.alliance.overview.prove(0)
    for index in range(proof.size):
        page = house.client.get(f"/console/ledger/{index}").text
        assert f"Verifies against the checkpoint of size {proof.size}" in page
        nodes = re.findall(r'<td class="hash wide">([0-9a-f]{64})</td>', page)
        assert nodes[-1] == proof.root.hex()
        assert (
            house.client.get(f"/console/ledger/{index}/bytes").content
            == (house.alliance.overview.entries(index, 1)[0][1])
        )


def test_an_entry_that_does_not_prove_is_shown_as_failed(house: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(house, "bob")
    monkeypatch.setattr("shieldwall.services.overview.leaf_hash", lambda entry: bytes(32))
    page = house.client.get("/console/ledger/0")
    assert page.status_code == 200
    assert "Does not verify" in page.text
    assert "Verifies against" not in page.text
    check_document(page)


def test_a_name_is_written_as_text_never_as_markup() -> None:
    with bench() as made:
        made.enrol("<b>Mallory</b>")
        sign_in(made, "<b>Mallory</b>")
        page = made.client.get("/console/account")
        assert "<b>Mallory" not in page.text
        assert "&lt;b&gt;Mallory" in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/cases/nothing", 404),
        ("/console/ledger/999999", 404),
        ("/console/nowhere/at/all", 404),
        ("/console/ledger?before=soon", 400),
        ("/console/ledger?before=-1", 400),
    ],
)
def test_errors_are_pages_with_their_message(house: Bench, path: str, status: int) -> None:
    sign_in(house, "bob")
    page = house.client.get(path)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    check_document(page)


def test_a_failure_inside_tells_only_a_reference_that_the_log_has(
    house: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(house, "bob")

    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("shieldwall.web.console.routes.cases_page", fail)
    page = house.client.get("/console/cases")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    reference = re.findall(r"Reference <code>(\w+)</code>", page.text)[0]
    assert any(event.get("error_id") == reference for event in house.events())


def test_the_ledger_pages_through_every_entry_once(house: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shieldwall.web.console.entries.PAGE", 2)
    sign_in(house, "bob")
    seen: list[int] = []
    path = "/console/ledger"
    while path:
        text = house.client.get(path).text
        seen += [int(index) for index in re.findall(r'<a href="/console/ledger/(\d+)"', text)]
        older = re.findall(r'rel="next" href="([^"]+)"', text)
        path = older[0] if older else ""
    size = house.alliance.overview.summary().ledger_size
    assert seen == list(range(size))[::-1]
