"""Real threat reports in over HTTP from one member, out again to another, with a foreign TAXII client."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import taxii2client.v21 as foreign
from http_bench import Bearer, listening
from scripted import Script

from shieldwall.domain.members import Role
from shieldwall.stix.timestamp import normalise
from shieldwall.web.app import create_app
from shieldwall.web.limits import Limits

REPORTS = Path(__file__).parents[3] / "shared/data/stix/unit42_reports_stix21_upgraded.jsonl.gz"
ALIASES = ("Unit 42", "Unit42", "Palo Alto Networks", "paloaltonetworks.com", "x_panw_")

# 9 identities give identity_class as a list; 2 campaigns were last seen before they were first seen; 3 objects
# come a second time, with other content under the id and version of the first.
REFUSALS = {"identity_class": 9, "last_seen": 2, "you posted another object": 3}


@pytest.mark.shared_data
@pytest.mark.skipif(not REPORTS.exists(), reason=f"{REPORTS.name} is not beside the checkout")
def test_reports_of_one_member_reach_another_whole_and_without_its_name() -> None:
    script = Script()

    _, contributor = script.alliance.accounts.enrol("contributor", Role.MEMBER, aliases=ALIASES)
    _, reader = script.alliance.accounts.enrol("reader", Role.MEMBER)
    posted: set[tuple[str, str]] = set()
    refused: list[tuple[str, str, str]] = []
    with listening(create_app(script.alliance, limits=Limits(rate=10**6, burst=10**6))) as url:
        submissions = _collection(url, contributor, "submissions")
        for line in gzip.decompress(REPORTS.read_bytes()).splitlines():
            objects = json.loads(line)["bundle"]["objects"]
            posted |= {(obj["id"], normalise(obj["modified"])) for obj in objects}
            status = submissions.add_objects({"objects": objects})
            assert status.status == "complete"
            refused += [(f["id"], normalise(f["version"]), f["message"]) for f in status.failures]
        for case in script.alliance.overview.cases(1000):
            if case.verdict is None:
                script.judge(case=case.case.id)
        pool = _collection(url, reader, "pool")
        pages = foreign.as_pages(pool.get_objects, per_request=500, version="all")
        polled = [obj for page in pages for obj in page.get("objects", [])]

    for reason, count in REFUSALS.items():
        assert sum(message.startswith(reason) for *_, message in refused) == count
    assert len(refused) == sum(REFUSALS.values())
    # The three repeats are there in the content that came first, so only broken objects are missing.
    missing = {(id_, version) for id_, version, message in refused if not message.startswith("you posted")}
    assert {(obj["id"], normalise(obj["modified"])) for obj in polled} == posted - missing
    assert len(polled) == len(posted - missing)
    served = json.dumps(polled, ensure_ascii=False).casefold()
    for alias in ALIASES:
        assert alias.casefold() not in served


def _collection(url: str, token: str, title: str) -> foreign.Collection:
    root = foreign.Server(f"{url}/taxii2/", auth=Bearer(token)).default
    return next(collection for collection in root.collections if collection.title == title)
