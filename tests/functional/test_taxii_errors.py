"""Every kind of bad input over TAXII: the right status, a TAXII error resource, and nothing half-done."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from http_bench import OBJECTS, ROOT, TAXII, Bench, bench, indicator
from httpx import Response

from shieldwall.domain.members import Role
from shieldwall.web.limits import Limits

SUBMISSIONS = f"{ROOT}/collections/submissions"


@pytest.fixture(scope="module")
def ready() -> Iterator[Bench]:
    with bench(Limits(body=10_000, rate=10**6, burst=10**6)) as made:
        made.enrol("paula", Role.PANELIST)
        yield made


def assert_error(answer: Response, status: int, *said: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == TAXII
    resource = answer.json()
    assert resource["title"] and resource["http_status"] == str(status)
    for text in said:
        assert text in resource["description"]


@pytest.mark.parametrize("path", ["/taxii2/", f"{ROOT}/", f"{ROOT}/collections/", OBJECTS])
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer a b", "Bearer \xff"])
def test_without_a_valid_token_nothing_is_read(ready: Bench, path: str, header: str | None) -> None:
    answer = ready.client.get(path, headers={} if header is None else [(b"Authorization", header.encode("latin-1"))])
    assert_error(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer realm=")


def test_a_wrong_token_posts_nothing(ready: Bench) -> None:
    before = ready.get(f"{OBJECTS}?match[version]=all").content
    headers = {"Authorization": "Bearer wrong", "Content-Type": TAXII}
    body = json.dumps({"objects": [indicator(900)]})
    assert_error(ready.client.post(OBJECTS, content=body, headers=headers), 401)
    assert ready.get(f"{OBJECTS}?match[version]=all").content == before


@pytest.mark.parametrize(
    "path",
    [
        "/taxii2/other/",
        "/taxii2/other/collections/",
        f"{ROOT}/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/",
        f"{ROOT}/collections/nothing/objects/",
        f"{ROOT}/collections/nothing/manifest/",
        f"{SUBMISSIONS}/objects/indicator--00000000-0000-4000-8000-000000000000/",
        f"{SUBMISSIONS}/objects/indicator--00000000-0000-4000-8000-000000000000/versions/",
        f"{ROOT}/status/91a7b528-80eb-42ed-a74d-c6fbd5a26116/",
        f"{SUBMISSIONS}/nothing/",
    ],
)
def test_what_does_not_exist_is_404(ready: Bench, path: str) -> None:
    assert_error(ready.get(path), 404)


def test_a_post_to_an_unknown_collection_is_404(ready: Bench) -> None:
    assert_error(ready.post(f"{ROOT}/collections/nothing/objects/", {"objects": [indicator(1)]}), 404)


def test_another_members_collection_and_status_do_not_exist_for_me(ready: Bench) -> None:
    assert_error(ready.get(f"{ROOT}/collections/{ready.members['bob'].submissions}/objects/"), 404)
    status = ready.submit([indicator(2)], "bob").json()["id"]
    assert ready.get(f"{ROOT}/status/{status}/", "bob").status_code == 200
    assert_error(ready.get(f"{ROOT}/status/{status}/"), 404)


@pytest.mark.parametrize("named", ["pool", "id"])
def test_a_post_to_the_pool_is_forbidden(ready: Bench, named: str) -> None:
    collection = "pool" if named == "pool" else ready.members["alice"].pool
    assert_error(ready.post(f"{ROOT}/collections/{collection}/objects/", {"objects": [indicator(1)]}), 403)


def test_other_roles_discover_but_have_no_collections(ready: Bench) -> None:
    assert ready.get("/taxii2/", "paula").status_code == 200
    assert ready.get(f"{ROOT}/collections/", "paula").json() == {}
    assert_error(ready.get(OBJECTS, "paula"), 404)
    assert_error(ready.submit([indicator(1)], "paula"), 404)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/json",
        "application/taxii+json;version=2.0",
        "application/taxii+json;q=0, */*",
        "*/*;q=0",
    ],
)
def test_an_answer_nobody_wants_is_406(ready: Bench, accept: str) -> None:
    assert_error(ready.get("/taxii2/", accept=accept), 406, "Accept")


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        "application/taxii+json",
        "application/taxii+json;version=2.1",
        "application/taxii+json; version=2.1; q=0.5, text/html",
        "Application/TAXII+json",
        'application/taxii+json;version="2.1"',
    ],
)
def test_every_way_to_ask_for_taxii_is_answered(ready: Bench, accept: str) -> None:
    assert ready.get("/taxii2/", accept=accept).status_code == 200


@pytest.mark.parametrize(
    "sent",
    ["", "application/json", "text/plain", "application/taxii+json;version=2.0", "application/stix+json"],
)
def test_a_body_of_another_media_type_is_415(ready: Bench, sent: str) -> None:
    answer = ready.post(OBJECTS, {"objects": [indicator(3)]}, **{"Content-Type": sent})
    assert_error(answer, 415, "Content-Type", "application/taxii+json")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_405(ready: Bench, method: str) -> None:
    answer = ready.client.request(method, OBJECTS, headers=ready.bearer("alice"))
    assert_error(answer, 405)
    assert {"GET", "POST"} <= {part.strip() for part in answer.headers["allow"].split(",")}


def test_withdrawing_an_object_is_405_and_it_stays(ready: Bench) -> None:
    mine = indicator(4)
    assert ready.submit([mine]).status_code == 202
    path = f"{OBJECTS}{mine['id']}/"
    assert_error(ready.client.delete(path, headers=ready.bearer("alice")), 405, "withdrawal")
    assert ready.get(path).json()["objects"] == [mine]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"objects":{}}',
        b'{"objects":',
        b"\xff\xfe",
        b'{"objects":[1]}',
        b"{}",
    ],
)
def test_a_malformed_envelope_is_400_or_refused_object_by_object(ready: Bench, body: bytes) -> None:
    answer = ready.post(OBJECTS, body)
    if body == b'{"objects":[1]}' and answer.status_code == 202:
        assert (answer.json()["success_count"], answer.json()["failure_count"]) == (0, 1)
    else:
        assert_error(answer, 400)


def test_an_oversize_body_is_413_and_the_largest_allowed_passes(ready: Bench) -> None:
    body = json.dumps({"objects": [indicator(5)]}).encode()
    assert ready.post(OBJECTS, body.ljust(10_000)).status_code == 202
    assert_error(ready.post(OBJECTS, body.ljust(10_001)), 413, "max_content_length")


def test_an_oversize_body_that_does_not_tell_its_length_is_413(ready: Bench) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(11):
            yield b" " * 1_000

    headers = ready.bearer("alice") | {"Content-Type": TAXII}
    assert_error(ready.client.post(OBJECTS, content=chunks(), headers=headers), 413)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("added_after=yesterday", "added_after"),
        ("added_after=2026-01-01", "added_after"),
        ("added_after=2026-01-01T00:00:00", "added_after"),
        ("added_after=2026-02-30T00:00:00Z", "added_after"),
        ("added_after=2026-01-01T00:00:00%2B01:00", "added_after"),
        ("added_after=9999-12-31T23:59:60Z", "added_after"),
        ("added_after=", "added_after"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=", "limit"),
        ("limit=%C2%B2", "limit"),
        ("limit=1&limit=2", "limit"),
        ("next=nonsense", "next"),
        ("next=", "next"),
        ("next=%FF", "query"),
        ("match[colour]=red", "match[colour]"),
        ("match=red", "match"),
        ("match[version]=newest", "match[version]"),
        ("match[type]=indicator,", "match[type]"),
        ("match[type]=indicator&match[type]=malware", "match[type]"),
        ("&".join(f"a{n}=1" for n in range(30)), "query"),
    ],
)
@pytest.mark.parametrize("resource", ["objects", "manifest"])
def test_a_bad_filter_is_400_and_names_the_parameter(ready: Bench, resource: str, query: str, field: str) -> None:
    assert_error(ready.get(f"{SUBMISSIONS}/{resource}/?{query}"), 400, field)


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.123456789Z"])
def test_added_after_takes_any_number_of_fraction_digits(ready: Bench, text: str) -> None:
    assert ready.get(f"{OBJECTS}?added_after={text}").status_code == 200


def test_next_of_one_filter_is_refused_with_another(ready: Bench) -> None:
    ready.submit([indicator(10), indicator(11)])
    cursor = ready.get(f"{OBJECTS}?limit=1&match[type]=indicator").json()["next"]
    assert ready.get(f"{OBJECTS}?limit=1&match[type]=indicator&next={cursor}").status_code == 200
    assert_error(ready.get(f"{OBJECTS}?limit=1&match[type]=malware&next={cursor}"), 400, "next")
    assert_error(ready.get(f"{OBJECTS}?limit=1&match[type]=indicator&next={cursor}", "bob"), 400, "next")


def test_a_failure_inside_tells_an_id_and_logs_the_cause(ready: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a secret of the inside")

    monkeypatch.setattr(type(ready.alliance.reading), "page", fail)
    answer = ready.get(OBJECTS)
    assert_error(answer, 500, "error_id")
    assert "secret" not in answer.text
    logged = [event for event in ready.events() if event.get("error_id") == answer.json()["error_id"]]
    assert len(logged) == 1
    assert "a secret of the inside" in logged[0]["exception"]


def test_too_many_requests_are_429_until_the_bucket_refills() -> None:
    with bench(Limits(rate=10, burst=3)) as made:
        assert [made.get("/taxii2/").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = made.get(OBJECTS)
        assert_error(answer, 429)
        assert answer.headers["retry-after"] == "1"
        assert made.get("/taxii2/", "bob").status_code == 200
        made.seconds[0] += 0.1
        assert [made.get("/taxii2/").status_code for _ in range(2)] == [200, 429]


def test_the_log_holds_no_token_and_no_body(ready: Bench) -> None:
    ready.submit([indicator(6, name="name that nobody logs")])
    ready.get("/taxii2/")
    text = ready.log.getvalue()
    assert '"status": 202' in text
    assert ready.tokens["alice"] not in text
    assert "name that nobody logs" not in text


@pytest.mark.parametrize("path", ["/taxii2/", "/taxii2/nothing", "/api/me", "/nothing", "/health"])
def test_every_answer_carries_the_security_headers(ready: Bench, path: str) -> None:
    headers = ready.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers
