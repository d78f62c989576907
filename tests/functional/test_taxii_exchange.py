"""Submitting and reading over TAXII: verdicts per object, pages, filters, versions, a foreign client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import taxii2client.v21 as foreign
from http_bench import OBJECTS, ROOT, TAXII, Bearer, Bench, bench, indicator, listening, report, stix_id
from taxii2client.common import TokenAuth
from taxii2client.exceptions import AccessError

from shieldwall.web.limits import Limits

SUBMISSIONS = f"{ROOT}/collections/submissions"
GENEROUS = Limits(rate=10**6, burst=10**6, page=4, page_max=6)


@pytest.fixture
def ready() -> Iterator[Bench]:
    with bench(GENEROUS) as made:
        yield made


def walk(ready: Bench, resource: str, query: str, name: str = "alice") -> list[Any]:
    found: list[Any] = []
    path = f"{ROOT}/collections/{resource}/?{query}"
    following = ""
    while True:
        page = ready.get(path + following, name).json()
        found += page.get("objects", [])
        if not page.get("more"):
            assert "next" not in page
            return found
        following = f"&next={page['next']}"


def test_discovery_leads_to_the_collections(ready: Bench) -> None:
    answer = ready.get("/taxii2/")
    assert answer.headers["content-type"] == TAXII
    discovery = answer.json()
    assert discovery["title"] == ready.alliance.name
    assert discovery["default"] in discovery["api_roots"]
    root = ready.get(discovery["default"]).json()
    assert root["versions"] == [TAXII]
    assert root["max_content_length"] == GENEROUS.body
    collections = ready.get(f"{discovery['default']}collections/").json()["collections"]
    assert {item["alias"]: (item["can_read"], item["can_write"]) for item in collections} == {
        "submissions": (True, True),
        "pool": (True, False),
    }
    for item in collections:
        assert ready.get(f"{ROOT}/collections/{item['id']}/").json() == item
        assert ready.get(f"{ROOT}/collections/{item['alias']}/").json() == item


@pytest.mark.parametrize("path", ["/taxii2", ROOT, f"{ROOT}/collections", SUBMISSIONS, f"{SUBMISSIONS}/objects"])
def test_a_trailing_slash_changes_nothing(ready: Bench, path: str) -> None:
    plain, slashed = ready.get(path), ready.get(f"{path}/")
    assert plain.status_code == slashed.status_code == 200
    assert plain.content == slashed.content


def test_head_answers_like_get_without_a_body(ready: Bench) -> None:
    got = ready.get("/taxii2/")
    head = ready.client.head("/taxii2/", headers=ready.bearer("alice"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


def test_good_objects_pass_beside_bad_ones_each_with_its_reason(ready: Bench) -> None:
    good, bad = indicator(1), indicator(2, modified="2020-01-01T00:00:00.000Z")
    worse = {key: value for key, value in indicator(3).items() if key != "pattern"}
    answer = ready.submit([good, bad, worse])
    assert answer.status_code == 202
    status = answer.json()
    assert (status["status"], status["total_count"], status["pending_count"]) == ("complete", 3, 0)
    assert [item["id"] for item in status["successes"]] == [good["id"]]
    assert {item["id"] for item in status["failures"]} == {bad["id"], worse["id"]}
    assert all(item["message"] for item in status["failures"])
    assert ready.get(f"{ROOT}/status/{status['id']}/").json() == status
    assert ready.get(OBJECTS).json()["objects"] == [good]


def test_a_repeated_object_is_a_success_and_no_duplicate(ready: Bench) -> None:
    for _ in range(2):
        status = ready.submit([indicator(1), indicator(1)]).json()
        assert (status["success_count"], status["failure_count"]) == (2, 0)
    assert ready.get(f"{OBJECTS}?match[version]=all").json()["objects"] == [indicator(1)]


def test_the_body_served_is_the_body_sent(ready: Bench) -> None:
    sent = json.dumps(indicator(1), indent=3)
    assert ready.post(OBJECTS, f'{{"objects":[{sent}]}}'.encode()).status_code == 202
    assert sent.encode() in ready.get(OBJECTS).content


def test_an_empty_page_is_the_empty_object(ready: Bench) -> None:
    for resource in ("submissions/objects", "submissions/manifest", "pool/objects"):
        answer = ready.get(f"{ROOT}/collections/{resource}/")
        assert (answer.status_code, answer.json()) == (200, {})


def test_pages_hold_no_more_than_the_limit_and_together_everything_once(ready: Bench) -> None:
    sent = [indicator(number) for number in range(11)]
    ready.submit(sent)
    for limit in (1, 2, 3, 6):
        assert walk(ready, "submissions/objects", f"limit={limit}") == sent
    assert len(ready.get(OBJECTS).json()["objects"]) == 4
    assert len(ready.get(f"{OBJECTS}?limit=1000").json()["objects"]) == 6
    assert len(walk(ready, "submissions/manifest", "limit=5")) == 11


def test_next_gives_the_same_page_each_time(ready: Bench) -> None:
    ready.submit([indicator(number) for number in range(7)])
    cursor = ready.get(f"{OBJECTS}?limit=3").json()["next"]
    first = ready.get(f"{OBJECTS}?limit=3&next={cursor}").content
    ready.submit([indicator(50)])
    ready.get(f"{OBJECTS}?limit=3&next={json.loads(first)['next']}")
    assert ready.get(f"{OBJECTS}?limit=3&next={cursor}").content == first


def test_polls_by_date_added_give_what_one_full_poll_gives(ready: Bench) -> None:
    polled: list[Any] = []
    last = None
    for start in range(0, 12, 3):
        ready.submit([indicator(number) for number in range(start, start + 3)])
        while True:
            answer = ready.get(f"{OBJECTS}?limit=2" + (f"&added_after={last}" if last else ""))
            polled += answer.json().get("objects", [])
            last = answer.headers.get("x-taxii-date-added-last", last)
            if not answer.json().get("more"):
                break
    assert polled == walk(ready, "submissions/objects", "")
    assert len(polled) == 12


def test_the_headers_say_when_the_first_and_last_object_were_added(ready: Bench) -> None:
    ready.submit([indicator(number) for number in range(3)])
    answer = ready.get(f"{SUBMISSIONS}/manifest/")
    dates = [item["date_added"] for item in answer.json()["objects"]]
    assert dates == sorted(set(dates))
    for path in (f"{SUBMISSIONS}/manifest/", OBJECTS):
        headers = ready.get(path).headers
        assert headers["x-taxii-date-added-first"] == dates[0]
        assert headers["x-taxii-date-added-last"] == dates[-1]


VERSIONS = ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, VERSIONS[2:]),
        ("last", VERSIONS[2:]),
        ("first", VERSIONS[:1]),
        ("all", VERSIONS),
        ("first,last", [VERSIONS[0], VERSIONS[2]]),
        ("2026-01-02T00:00:00Z", VERSIONS[1:2]),
        ("2026-01-02T00:00:00.000000Z", VERSIONS[1:2]),
        ("2025-01-02T00:00:00Z", []),
    ],
)
def test_match_version_selects_versions(ready: Bench, wanted: str | None, expected: list[str]) -> None:
    for version in VERSIONS:
        ready.submit([indicator(1, modified=version)])
    query = f"?match[version]={wanted}" if wanted else ""
    for path in (OBJECTS, f"{OBJECTS}{indicator(1)['id']}/"):
        objects = ready.get(path + query).json().get("objects", [])
        assert [item["modified"] for item in objects] == expected


def test_versions_lists_all_versions_of_one_object(ready: Bench) -> None:
    for version in VERSIONS:
        ready.submit([indicator(1, modified=version), indicator(2)])
    answer = ready.get(f"{OBJECTS}{indicator(1)['id']}/versions/")
    assert answer.json()["versions"] == VERSIONS
    assert "x-taxii-date-added-first" in answer.headers


def test_match_selects_by_id_type_and_spec_version(ready: Bench) -> None:
    objects = [*report(1), indicator(2)]
    ready.submit(objects)
    kinds = walk(ready, "submissions/objects", "match[type]=report,vulnerability")
    assert {item["type"] for item in kinds} == {"report", "vulnerability"}
    assert walk(ready, "submissions/objects", f"match[id]={indicator(2)['id']}") == [indicator(2)]
    assert len(walk(ready, "submissions/objects", "match[spec_version]=2.1")) == 4
    assert walk(ready, "submissions/objects", "match[spec_version]=2.0") == []
    assert walk(ready, "submissions/objects", f"match[type]=report&match[id]={indicator(2)['id']}") == []


def test_an_object_without_versions_has_the_date_added_as_version(ready: Bench) -> None:
    address = {
        "type": "ipv4-addr",
        "spec_version": "2.1",
        "id": stix_id("ipv4-addr", 1),
        "value": "192.0.2.1",
    }
    assert ready.submit([address]).json()["success_count"] == 1
    record = ready.get(f"{SUBMISSIONS}/manifest/").json()["objects"][0]
    assert record["version"] == record["date_added"]
    assert ready.get(f"{OBJECTS}{address['id']}/versions/").json()["versions"] == [record["date_added"]]


def test_an_indicator_reaches_the_other_member_without_the_contributors_alias(ready: Bench) -> None:
    ready.submit([indicator(1, description="seen at Alice-Corp.example today"), *report(2)])
    answer = ready.get(f"{ROOT}/collections/pool/objects/", "bob")
    assert [item["id"] for item in answer.json()["objects"]] == [indicator(1)["id"]]
    assert b"alice-corp" not in answer.content.lower()
    assert ready.get(f"{SUBMISSIONS}/objects/", "bob").json() == {}


def test_taxii2_client_discovers_posts_and_reads_every_page(ready: Bench) -> None:
    sent = [indicator(number) for number in range(9)]
    with listening(ready.app) as url:
        server = foreign.Server(f"{url}/taxii2/", auth=Bearer(ready.tokens["alice"]))
        assert server.default.url == f"{url}{ROOT}/"
        named = {item.title: item for item in server.default.collections}
        status = named["submissions"].add_objects({"objects": sent})
        assert (status.status, status.success_count) == ("complete", 9)
        pages = foreign.as_pages(named["submissions"].get_objects, per_request=2)
        assert [item for page in pages for item in page["objects"]] == sent
        assert named["submissions"].get_object(sent[3]["id"])["objects"] == [sent[3]]

        other = foreign.Server(f"{url}/taxii2/", auth=TokenAuth(ready.tokens["bob"]))
        pool = next(item for item in other.default.collections if item.title == "pool")
        pages = foreign.as_pages(pool.get_objects, per_request=4)
        assert {item["id"] for page in pages for item in page["objects"]} == {item["id"] for item in sent}
        with pytest.raises(AccessError):
            pool.add_objects({"objects": sent})
