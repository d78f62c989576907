"""Signing in and out of the console: who gets a session, how long, and what a browser sends along."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from http_bench import Bench, bench
from httpx import Response
from litestar.testing import TestClient

from shieldwall.web.console.render import POLICY
from shieldwall.web.console.sessions import LIFETIME_S, MOST, MOST_PER_MEMBER, Sessions

PATHS = (
    "/console/",
    "/console/cases",
    "/console/cases/any",
    "/console/ledger",
    "/console/ledger/0",
    "/console/ledger/0/bytes",
    "/console/account",
    "/console/account/receipts/any",
)


@pytest.fixture
def house() -> Iterator[Bench]:
    with bench() as made:
        yield made


def sign_in(house: Bench, token: str) -> Response:
    return house.client.post("/console/login", data={"token": token}, follow_redirects=False)


def form_of(house: Bench) -> str:
    return str(re.findall(r'name="form" value="([^"]+)"', house.client.get("/console/").text)[0])


@pytest.mark.parametrize("path", PATHS)
def test_without_a_session_every_page_leads_to_the_sign_in(house: Bench, path: str) -> None:
    for cookie in ({}, {"Cookie": "shieldwall_session=guess"}, {"Cookie": "shieldwall_session="}):
        answer = house.client.get(path, headers=cookie, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")
        assert answer.content == b""


def test_the_root_leads_to_the_console(house: Bench) -> None:
    answer = house.client.get("/", follow_redirects=False)
    assert answer.headers["location"] == "/console/"


def test_a_right_token_signs_in_and_a_wrong_one_is_told_nothing(house: Bench) -> None:
    wrong = [sign_in(house, token) for token in ("", "shw_wrong", house.tokens["alice"][:-1], "\u00e9")]
    assert [answer.status_code for answer in wrong] == [401] * 4
    assert len({answer.text for answer in wrong}) == 1
    assert not any("set-cookie" in answer.headers for answer in wrong)
    right = sign_in(house, house.tokens["alice"])
    assert right.status_code == 303
    assert "alice" in house.client.get("/console/").text


def test_the_cookie_is_bound_and_is_not_the_token(house: Bench) -> None:
    cookie = sign_in(house, house.tokens["alice"]).headers["set-cookie"]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=strict", "path=/console", f"max-age={LIFETIME_S}"}
    assert house.tokens["alice"] not in cookie


def test_the_cookie_is_secure_over_https(house: Bench) -> None:
    with TestClient(house.app, base_url="https://alliance.example.org") as client:
        answer = client.post("/console/login", data={"token": house.tokens["alice"]}, follow_redirects=False)
    assert "; secure" in answer.headers["set-cookie"].lower()


def test_signing_out_needs_the_forms_token_and_ends_the_session(house: Bench) -> None:
    sign_in(house, house.tokens["alice"])
    form = form_of(house)
    for data in ({}, {"form": ""}, {"form": "guess"}, {"form": "\u00e9"}):
        answer = house.client.post("/console/logout", data=data, follow_redirects=False)
        assert answer.status_code in (400, 403)
    assert house.client.get("/console/", follow_redirects=False).status_code == 200
    cookie = {"Cookie": f"shieldwall_session={house.client.cookies['shieldwall_session']}"}
    assert house.client.post("/console/logout", data={"form": form}, follow_redirects=False).status_code == 303
    # The cookie alone, sent again, opens nothing: the session is gone at the server too.
    assert house.client.get("/console/", headers=cookie, follow_redirects=False).status_code == 303


def test_another_sessions_form_token_is_refused(house: Bench) -> None:
    sign_in(house, house.tokens["bob"])
    foreign = form_of(house)
    house.client.cookies.clear()
    sign_in(house, house.tokens["alice"])
    assert house.client.post("/console/logout", data={"form": foreign}).status_code == 403


def test_a_sign_in_sent_from_another_site_is_refused(house: Bench) -> None:
    data = {"token": house.tokens["alice"]}
    foreign = house.client.post("/console/login", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    own = house.client.post(
        "/console/login", data=data, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )
    assert own.status_code == 303


def test_a_renewed_token_ends_the_sessions_of_the_old_one(house: Bench) -> None:
    sign_in(house, house.tokens["alice"])
    assert house.client.get("/console/", follow_redirects=False).status_code == 200
    house.alliance.accounts.renew_token("alice")
    assert house.client.get("/console/", follow_redirects=False).status_code == 303


def test_many_attempts_are_slowed_down(house: Bench) -> None:
    answers = [sign_in(house, "shw_guess") for _ in range(15)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert sign_in(house, house.tokens["alice"]).status_code == 429


def test_every_answer_carries_the_strict_policy(house: Bench) -> None:
    answers = [house.client.get("/console/login"), sign_in(house, "wrong")]
    sign_in(house, house.tokens["alice"])
    answers += [house.client.get(path) for path in (*PATHS, "/console/nowhere")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy == POLICY
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"


def test_the_stylesheet_is_served_to_anyone_and_nothing_beside_it(house: Bench) -> None:
    assert house.client.get("/console/static/console.css").headers["content-type"].startswith("text/css")
    assert house.client.get("/console/static/routes.py").status_code == 404


def test_a_session_ends_after_its_lifetime() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    session = sessions.begin("member-1", "token")
    now[0] = LIFETIME_S - 1
    assert sessions.get(session.id) == session
    now[0] = LIFETIME_S
    assert sessions.get(session.id) is None


def test_sessions_are_bounded_in_all_and_per_member() -> None:
    sessions = Sessions()
    other = sessions.begin("other", "token")
    own = [sessions.begin("one", "token") for _ in range(MOST_PER_MEMBER + 1)]
    assert sessions.get(own[0].id) is None
    assert all(sessions.get(session.id) for session in (other, *own[1:]))
    for number in range(MOST):
        sessions.begin(f"member-{number}", "token")
    assert sessions.get(other.id) is None


def test_a_session_does_not_show_its_secrets_when_printed() -> None:
    session = Sessions().begin("member-1", "shw_secret")
    assert not any(secret in repr(session) for secret in (session.id, session.form, session.token))
