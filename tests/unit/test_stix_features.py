from __future__ import annotations

from typing import Any

import pytest

from shieldwall.stix.features import actionability, decay_class, impact_tenths, is_detection_rule, root_key
from shieldwall.stix.observables import Observable

Obj = dict[str, Any]
YARA = 'rule Example : apt {\n  strings:\n    $a = "x"\n  condition:\n    $a\n}\n'
SURICATA = 'alert tcp $HOME_NET any -> [192.0.2.1,192.0.2.2] 443 (msg:"Example"; content:"x"; sid:1000001; rev:1;)'
SIGMA = (
    "title: Example\nlogsource:\n  product: windows\ndetection:\n  selection:\n    Image: x\n  condition: selection\n"
)


def _rule(language: str, text: str) -> Obj:
    return {"type": "indicator", "pattern_type": language, "pattern": text}


@pytest.mark.parametrize(
    ("language", "text"), [("yara", YARA), ("suricata", SURICATA), ("snort", SURICATA), ("sigma", SIGMA)]
)
def test_a_whole_rule_passes_and_each_part_is_needed(language: str, text: str) -> None:
    assert is_detection_rule(_rule(language, text))
    for part in ("rule Example", "condition:", "alert tcp", "sid:1000001;", "logsource:", "detection:"):
        if part in text:
            assert not is_detection_rule(_rule(language, text.replace(part, "")))


def test_a_rule_under_another_name_or_a_stix_pattern_is_no_rule() -> None:
    assert not is_detection_rule(_rule("stix", YARA))
    assert not is_detection_rule(_rule("sigma", YARA))
    assert not is_detection_rule(_rule("pcre", ".*"))
    assert not is_detection_rule({"type": "malware", "pattern_type": "yara", "pattern": YARA})


def test_a_long_hostile_rule_is_read_in_linear_time() -> None:
    for language in ("yara", "snort", "sigma"):
        assert not is_detection_rule(_rule(language, "alert tcp " * 100_000))
        assert not is_detection_rule(_rule(language, "rule " * 100_000))
        assert not is_detection_rule(_rule(language, " " * 200_000))
        assert not is_detection_rule(_rule(language, SURICATA[:-1] + " sid:1;" * 100_000 + "condition "))


def test_actionability_counts_each_aid_once() -> None:
    assert actionability([]) == frozenset()
    assert actionability([{"type": "report"}, {"type": "identity"}]) == frozenset()
    assert actionability([{"type": "ipv4-addr"}, {"type": "observed-data"}]) == {"evidence"}
    assert actionability([{"type": "malware"}, {"type": "course-of-action"}]) == {"context", "mitigation"}
    assert actionability([_rule("yara", YARA)]) == {"evidence", "detection"}


@pytest.mark.parametrize(
    ("objects", "observables", "tenths"),
    [
        ([], [], 0),
        ([], [Observable("cve", "CVE-2021-44228")], 0),
        ([], [Observable("md5", "a" * 32)], 20),
        ([], [Observable("md5", "a" * 32), Observable("ipv4", "192.0.2.1")], 25),
        ([], [Observable("url", "http://example.com/")], 30),
        ([{"type": "tool"}], [Observable("url", "http://example.com/")], 50),
        ([{"type": "malware", "is_family": True}], [], 50),
        ([{"type": "malware", "is_family": False}, _rule("yara", YARA)], [], 50),
        ([{"type": "malware", "is_family": True}, _rule("yara", YARA)], [], 60),
        ([{"type": "attack-pattern"}, {"type": "tool"}], [], 70),
    ],
)
def test_impact_is_the_highest_step_reached(objects: list[Obj], observables: list[Observable], tenths: int) -> None:
    assert impact_tenths(objects, observables) == tenths


LURE = {"type": "url", "value": "https://login.example.com/"}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([], "network"),
        ([LURE], "network"),
        ([LURE, {"type": "report", "labels": ["Phishing"]}], "phishing"),
        ([{"type": "report", "labels": ["phishing"]}], "network"),
        ([{"type": "report", "report_types": ["phishing"]}, {"type": "malware"}], "ttp"),
        ([{"type": "malware"}, {"type": "vulnerability"}], "vulnerability"),
    ],
)
def test_the_longest_lived_content_decides_the_decay(objects: list[Obj], expected: str) -> None:
    assert decay_class(objects) == expected


CVE = {"source_name": "cve", "external_id": "CVE-2021-44228"}
FLAW = {"type": "vulnerability", "id": "vulnerability--1", "name": "Log4Shell", "external_references": [CVE]}
OTHER_FLAW = {"type": "vulnerability", "id": "vulnerability--2", "name": "CVE-2017-0199"}
OBJECTS = {str(obj["id"]): obj for obj in (FLAW, OTHER_FLAW)}


@pytest.mark.parametrize(
    ("root", "key"),
    [
        (FLAW, "CVE-2021-44228"),
        ({"type": "vulnerability", "id": "v", "name": "no number yet"}, None),
        ({"type": "campaign", "id": "campaign--1", "name": "CVE-2021-44228"}, "campaign--1"),
        ({"type": "report", "object_refs": ["vulnerability--1"]}, "CVE-2021-44228"),
        (
            {"type": "report", "name": "on cve-2021-44228", "object_refs": ["vulnerability--1"]},
            "CVE-2021-44228",
        ),
        ({"type": "report", "name": "CVE-2017-0199", "object_refs": ["vulnerability--1"]}, None),
        ({"type": "report", "object_refs": ["vulnerability--1", "vulnerability--2"]}, None),
        ({"type": "report", "object_refs": ["vulnerability--1", "vulnerability--9"]}, None),
        ({"type": "report", "object_refs": ["campaign--1", "malware--1"]}, "campaign--1"),
        ({"type": "report", "object_refs": ["campaign--1", "campaign--2", "malware--1"]}, "malware--1"),
        ({"type": "report", "object_refs": ["malware--1", "malware--2"]}, None),
        ({"type": "incident", "name": "x", "external_references": [CVE]}, "CVE-2021-44228"),
        ({"type": "incident", "name": "x", "object_refs": 3}, None),
    ],
)
def test_a_root_decides_only_if_it_names_exactly_one(root: Obj, key: str | None) -> None:
    assert root_key(root, OBJECTS) == key
