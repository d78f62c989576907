"""``import``: STIX files become submissions, public lists become evidence, and a broken file changes nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from cli_bench import found, sample, shieldwall

from shieldwall.bootstrap import open_alliance

KEV = '{"vulnerabilities": [{"cveID": "CVE-2026-9900001", "dateAdded": "2026-01-02"}]}'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return found(tmp_path / "alliance")


def contributions(home: Path) -> int:
    return open_alliance(home).overview.summary().contributions


def test_good_objects_are_taken_and_each_bad_one_is_named_with_its_reason(home: Path) -> None:
    done = shieldwall("import", "stix", sample("phishing-cedar"), "--member", "Cedar", "--json", home=home).json
    assert (done["submissions"], done["contributions"], done["accepted"], done["refused"]) == (1, 1, 5, 1)
    [refusal] = done["refusals"]
    assert refusal["id"].startswith("ipv4-addr--")
    assert "203.0.113.300" in refusal["reason"]


def test_the_table_shows_what_was_refused(home: Path) -> None:
    done = shieldwall("import", "stix", sample("phishing-cedar"), "--member", "Cedar", home=home)
    assert "203.0.113.300" in done.out
    assert "5 objects accepted, 1 refused" in done.out


def test_a_repeated_file_succeeds_and_adds_nothing(home: Path) -> None:
    command = ("import", "stix", sample("thistlebot-alder"), "--member", "Alder", "--json")
    first, again = shieldwall(*command, home=home).json, shieldwall(*command, home=home).json
    assert (first["contributions"], again["contributions"]) == (1, 0)
    assert first["accepted"] == again["accepted"]
    assert contributions(home) == 1


def bundles(path: Path, *names: str) -> Path:
    objects = [json.loads(sample(name).read_bytes())["objects"] for name in names]
    held = [{"type": "bundle", "id": "bundle--1", "objects": each} for each in objects]
    # The first as it is, the others with a note on where they came from.
    lines = [json.dumps(each if number == 0 else {"path": "x", "bundle": each}) for number, each in enumerate(held)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_each_line_of_a_compressed_file_is_a_submission(home: Path, tmp_path: Path) -> None:
    path = bundles(tmp_path / "reports.jsonl.gz", "thistlebot-alder", "scan-brightwater")
    done = shieldwall("import", "stix", path, "--member", "Alder", "--json", home=home).json
    assert (done["submissions"], done["contributions"], done["refused"]) == (2, 2, 0)


def test_a_truncated_file_names_its_line_and_submits_nothing(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    whole = gzip.decompress(bundles(tmp_path / "x", "thistlebot-alder", "scan-brightwater").read_bytes())
    path.write_bytes(whole[:-100])
    assert "line 2" in shieldwall("import", "stix", path, "--member", "Alder", home=home).refusal
    assert contributions(home) == 0


def test_a_truncated_archive_is_refused(home: Path, tmp_path: Path) -> None:
    path = bundles(tmp_path / "reports.jsonl.gz", "thistlebot-alder")
    path.write_bytes(path.read_bytes()[:-20])
    assert "reports.jsonl.gz" in shieldwall("import", "stix", path, "--member", "Alder", home=home).refusal


@pytest.mark.parametrize("text", ["", "[]", '{"objects": []}', '{"objects": 7}', "{", "\N{EM DASH}"])
def test_what_is_no_bundle_is_refused(home: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    assert "file" in shieldwall("import", "stix", path, "--member", "Alder", home=home).refusal


def test_only_a_member_submits(home: Path) -> None:
    said = shieldwall("import", "stix", sample("thistlebot-alder"), "--member", "Panelist 1", home=home).refusal
    assert "only a member" in said
    assert "does not exist" in shieldwall("import", "stix", sample("heron-elm"), "--member", "X", home=home).refusal


def test_a_listed_vulnerability_needs_no_ballots(home: Path, tmp_path: Path) -> None:
    (tmp_path / "kev.json").write_text(KEV, encoding="utf-8")
    assert shieldwall("import", "kev", tmp_path / "kev.json", "--json", home=home).json == {"list": "kev", "cves": 1}
    assert shieldwall("import", "stix", sample("vulnerability-elm"), "--member", "Alder", home=home).code == 0
    [view] = open_alliance(home).overview.cases()
    assert view.verdict is not None
    assert view.verdict.method.value == "exploited"


@pytest.mark.parametrize(
    ("kind", "text", "named"),
    [
        ("kev", '{"vulnerabilities": [{"cveID": "CVE-26-1", "dateAdded": "2026-01-02"}]}', "vulnerabilities[1]"),
        ("kev", KEV[:-9], "kev"),
        ("epss", "cve,epss\nCVE-2026-9900001,0.5\nCVE-2026-9900002,1.5\n", "line 3"),
        ("cvss", "cve,version,base_score\nCVE-2026-9900001,3.1,high\n", "line 2"),
        ("cvss", "cve,score\n", "base_score"),
    ],
)
def test_a_bad_list_names_the_place_and_keeps_nothing(
    home: Path, tmp_path: Path, kind: str, text: str, named: str
) -> None:
    path = tmp_path / "list"
    path.write_text(text, encoding="utf-8")
    assert named in shieldwall("import", kind, path, home=home).refusal


def test_compressed_lists_load(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "epss.csv.gz"
    path.write_bytes(gzip.compress(b"#model:v1\ncve,epss,percentile\nCVE-2026-9900001,0.5,0.9\n"))
    assert shieldwall("import", "epss", path, "--json", home=home).json["cves"] == 1
    path.write_bytes(gzip.compress(b"cve,version,base_score\nCVE-2026-9900001,3.1,9.8\n"))
    assert shieldwall("import", "cvss", path, "--json", home=home).json["cves"] == 1
