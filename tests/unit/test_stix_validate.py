"""Validation against two independent validators on a table of mutated objects."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import stix2
from stix2validator import ValidationOptions, validate_instance

from shieldwall.errors import InvalidStix
from shieldwall.stix.validate import MAX_PROBLEMS, check, validate

Obj = dict[str, Any]

UUID = "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
OTHER = "f431f809-377b-45e0-aa1c-6a4751cae5ff"
TLP_GREEN = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
HALF_HASH = "0123456789abcdef0123456789abcdef"


def _core(kind: str, **own: Any) -> Obj:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{UUID}",
        "created": "2026-01-31T12:00:00.000Z",
        "modified": "2026-02-01T12:00:00.000Z",
        "created_by_ref": f"identity--{OTHER}",
        "object_marking_refs": [TLP_GREEN],
        **own,
    }


SEEN = {"first_seen": "2026-01-01T00:00:00Z", "last_seen": "2026-01-02T00:00:00Z"}
VALID: dict[str, Obj] = {
    str(obj["type"]): obj
    for obj in (
        _core(
            "indicator",
            name="beacon",
            pattern=f"[file:hashes.MD5 = '{HALF_HASH}']",
            pattern_type="stix",
            valid_from="2026-01-01T00:00:00Z",
            valid_until="2026-06-01T00:00:00Z",
        ),
        _core("malware", name="Example", is_family=True, **SEEN),
        _core("campaign", name="Example", **SEEN),
        _core("identity", name="Example", identity_class="organization"),
        _core("vulnerability", name="CVE-2021-44228"),
        _core("attack-pattern", name="Example"),
        _core("report", name="Example", published="2026-01-31T12:00:00Z", object_refs=[f"malware--{UUID}"]),
        _core(
            "observed-data",
            first_observed="2026-01-01T00:00:00Z",
            last_observed="2026-01-01T00:00:00Z",
            number_observed=1,
            object_refs=[f"ipv4-addr--{UUID}"],
        ),
        _core(
            "relationship",
            relationship_type="uses",
            source_ref=f"campaign--{UUID}",
            target_ref=f"malware--{UUID}",
            start_time="2026-01-01T00:00:00Z",
            stop_time="2026-01-02T00:00:00Z",
        ),
        _core(
            "sighting",
            sighting_of_ref=f"indicator--{UUID}",
            where_sighted_refs=[f"identity--{OTHER}"],
            observed_data_refs=[f"observed-data--{UUID}"],
            **SEEN,
        ),
        {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{UUID}", "value": "192.0.2.1"},
        {
            "type": "file",
            "spec_version": "2.1",
            "id": f"file--{UUID}",
            "name": "a.exe",
            "hashes": {"MD5": HALF_HASH},
        },
    )
}
COMMON_FAULTS: dict[str, Obj] = {
    "bad id": {"id": "nonsense"},
    "id of another type": {"id": f"tool--{UUID}"},
    "unknown version": {"spec_version": "9.9"},
    "markings empty": {"object_marking_refs": []},
    "marking is a malware": {"object_marking_refs": [f"malware--{UUID}"]},
    "granular without marking": {"granular_markings": [{"selectors": ["type"]}]},
    "granular of nothing": {"granular_markings": [{"selectors": ["no_such_property"], "marking_ref": TLP_GREEN}]},
    "extensions empty": {"extensions": {}},
    "upper-case property": {"Foo": 1},
}
DOMAIN_FAULTS: dict[str, Obj] = {
    "bad timestamp": {"modified": "yesterday"},
    "no zone": {"created": "2026-01-31T12:00:00.000"},
    "offset instead of Z": {"created": "2026-01-31T12:00:00.000+00:00"},
    "30 February": {"created": "2026-02-30T12:00:00.000Z"},
    "month 13": {"modified": "2026-13-01T12:00:00.000Z"},
    "modified before created": {"modified": "2025-01-01T00:00:00.000Z"},
    "confidence 300": {"confidence": 300},
    "confidence in words": {"confidence": "high"},
    "labels as string": {"labels": "a,b"},
    "labels empty": {"labels": []},
    "created_by_ref to a malware": {"created_by_ref": f"malware--{UUID}"},
    "revoked in words": {"revoked": "yes"},
    "no language": {"lang": "the English tongue"},
    "references empty": {"external_references": []},
    "reference without source": {"external_references": [{"url": "https://example.com/"}]},
    "bad CVE reference": {"external_references": [{"source_name": "cve", "external_id": "CVE-1"}]},
}
OWN_FAULTS: dict[str, dict[str, Obj]] = {
    "indicator": {
        "broken pattern": {"pattern": "[file:name = ]"},
        "empty pattern": {"pattern": ""},
        "impossible hash": {"pattern": "[file:hashes.MD5 = 'xyz']"},
        "valid_until before valid_from": {"valid_until": "2025-01-01T00:00:00Z"},
        "valid_until at valid_from": {"valid_until": "2026-01-01T00:00:00Z"},
        "kill chain without phase": {"kill_chain_phases": [{"kill_chain_name": "x"}]},
    },
    "malware": {
        "last_seen before first_seen": {"last_seen": "2025-01-01T00:00:00Z"},
        "sample is an address": {"sample_refs": [f"ipv4-addr--{UUID}"]},
        "is_family in words": {"is_family": "yes"},
    },
    "campaign": {"last_seen before first_seen": {"last_seen": "2025-01-01T00:00:00Z"}},
    "identity": {"class in a list": {"identity_class": ["organization"]}},
    "report": {"nothing in it": {"object_refs": []}, "refers to a word": {"object_refs": ["malware"]}},
    "observed-data": {
        "never observed": {"number_observed": 0},
        "last before first": {"last_observed": "2025-01-01T00:00:00Z"},
        "observed a malware": {"object_refs": [f"malware--{UUID}"]},
    },
    "relationship": {
        "stop at start": {"stop_time": "2026-01-01T00:00:00Z"},
        "source is a marking": {"source_ref": TLP_GREEN},
        "type with spaces": {"relationship_type": "is used by"},
    },
    "sighting": {
        "of an address": {"sighting_of_ref": f"ipv4-addr--{UUID}"},
        "seen at a malware": {"where_sighted_refs": [f"malware--{UUID}"]},
        "data is a malware": {"observed_data_refs": [f"malware--{UUID}"]},
        "negative count": {"count": -1},
    },
    "ipv4-addr": {
        "no address": {"value": "192.0.2.300"},
        "resolves to a file": {"resolves_to_refs": [f"file--{UUID}"]},
    },
    "file": {"short hash": {"hashes": {"MD5": "abc"}}, "negative size": {"size": -1}},
}
REQUIRED = {
    "indicator": ("pattern", "pattern_type", "valid_from"),
    "malware": ("is_family",),
    "report": ("published", "object_refs"),
    "observed-data": ("first_observed", "number_observed", "object_refs"),
    "relationship": ("relationship_type", "source_ref", "target_ref"),
    "sighting": ("sighting_of_ref",),
    "ipv4-addr": ("value",),
}


def _faults() -> list[tuple[str, Obj]]:
    table = []
    for kind, valid in VALID.items():
        domain = "created" in valid
        changes = COMMON_FAULTS | (DOMAIN_FAULTS if domain else {}) | OWN_FAULTS.get(kind, {})
        for name, change in changes.items():
            table.append((f"{kind}: {name}", valid | change))
        missing = ("type", "id") + (("spec_version", "created", "modified") if domain else ())
        for name in missing + REQUIRED.get(kind, ()):
            without = {key: value for key, value in valid.items() if key != name}
            table.append((f"{kind}: no {name}", without))
        null = dict.fromkeys(["description"])
        table.append((f"{kind}: null", valid | null))
    return table


FAULTS = _faults()
OPTIONS = ValidationOptions(version="2.1", disabled="all")


def _accepted_by_validator(obj: Obj) -> bool:
    try:
        return bool(validate_instance(copy.deepcopy(obj), OPTIONS).is_valid)
    except Exception:  # noqa: BLE001 - a crash of the oracle counts as a refusal
        return False


def _accepted_by_stix2(obj: Obj) -> bool:
    try:
        stix2.parse(copy.deepcopy(obj), allow_custom=True, version="2.1")
    except Exception:  # noqa: BLE001 - any complaint is a refusal
        return False
    return True


@pytest.mark.parametrize("obj", VALID.values(), ids=VALID)
def test_what_both_other_validators_accept_is_accepted(obj: Obj) -> None:
    assert _accepted_by_validator(obj)
    assert _accepted_by_stix2(obj)
    assert check(obj) == []
    validate(obj)


def test_the_table_of_faults_is_large_enough_to_mean_something() -> None:
    assert len(FAULTS) > 300


@pytest.mark.parametrize(("name", "obj"), FAULTS, ids=[name for name, _ in FAULTS])
def test_every_fault_of_the_table_is_refused(name: str, obj: Obj) -> None:
    assert check(obj) != []


def test_each_fault_is_one_to_at_least_one_other_validator() -> None:
    sample = FAULTS[::4]
    assert [name for name, obj in sample if _accepted_by_validator(obj) and _accepted_by_stix2(obj)] == []


MIXED_VALUES: list[Any] = [
    None, "", 0, -1, 3.5, True, [], {}, "x", ["x"], [1], {"a": 1}, "2.1", "2026-01-31T12:00:00.000Z",
    f"identity--{OTHER}", [f"identity--{OTHER}"],
]  # fmt: skip


def test_what_both_other_validators_refuse_is_refused_whatever_value_stands_in_a_property() -> None:
    mixed = [
        (kind, name, value)
        for position, (kind, obj) in enumerate(VALID.items())
        for number, name in enumerate([*obj, "lang", "external_references", "extensions", "x_example"])
        for value in MIXED_VALUES[(position + number) % 4 :: 4]
        if name != "type"
    ]
    wrongly = [
        case
        for case in mixed
        for obj in [VALID[case[0]] | {case[1]: case[2]}]
        if not check(obj) and not _accepted_by_stix2(obj) and not _accepted_by_validator(obj)
    ]
    assert len(mixed) > 400
    assert wrongly == []


@pytest.mark.parametrize(
    "change",
    [
        {"x_example_note": "kept"},
        {"lang": "pt-BR"},
        {"created": "2026-01-31T12:00:00.123456789Z"},
        {"modified": "2026-01-31T12:00:00.000Z"},
        {"granular_markings": [{"selectors": ["object_marking_refs.[0]"], "marking_ref": TLP_GREEN}]},
    ],
)
def test_what_the_specification_allows_is_accepted(change: Obj) -> None:
    assert check(VALID["campaign"] | change) == []


def test_modified_is_compared_beyond_microseconds() -> None:
    created, modified = "2026-01-31T12:00:00.00000002Z", "2026-01-31T12:00:00.00000001Z"
    [problem] = check(VALID["campaign"] | {"created": created, "modified": modified})
    assert problem.field == "modified"
    assert check(VALID["campaign"] | {"created": modified, "modified": created}) == []


def test_an_unknown_type_is_held_to_the_core_schema_only() -> None:
    custom = _core("x-example-tactic", x_example_shortname="collection")
    assert check(custom) == []
    assert [problem.field for problem in check(custom | {"confidence": 101})] == ["confidence"]
    assert [problem.field for problem in check(custom | {"id": f"x-other--{UUID}"})] == ["id"]


def test_a_custom_observable_needs_no_dates_when_its_extension_says_so() -> None:
    extension = {f"extension-definition--{UUID}": {"extension_type": "new-sco"}}
    custom = {"type": "x-example-sensor", "id": f"x-example-sensor--{UUID}", "extensions": extension}
    assert check(custom) == []
    del custom["extensions"]
    assert {problem.field for problem in check(custom)} == {"created", "modified", "spec_version"}


def test_a_sighting_of_a_custom_object_is_accepted_and_of_a_bundle_refused() -> None:
    assert check(VALID["sighting"] | {"sighting_of_ref": f"x-example-tactic--{UUID}"}) == []
    assert check(VALID["sighting"] | {"sighting_of_ref": f"bundle--{UUID}"}) != []


def test_a_pattern_of_another_language_is_not_read_as_stix() -> None:
    assert check(VALID["indicator"] | {"pattern_type": "yara", "pattern": "rule r { condition: true }"}) == []


@pytest.mark.parametrize("obj", [{}, {"type": None}, {"type": 3}, {"type": "bundle"}, {"type": ""}])
def test_no_object_type_is_a_problem_not_a_crash(obj: Obj) -> None:
    assert "type" in {problem.field for problem in check(obj)}


def test_the_message_names_field_value_and_what_was_expected() -> None:
    with pytest.raises(InvalidStix) as caught:
        validate(VALID["campaign"] | {"external_references": [{"source_name": "a", "url": "not a url"}]})
    assert caught.value.field == "external_references.0.url"
    assert "not a url" in str(caught.value)
    assert "uri" in str(caught.value)


def test_the_nearest_alternative_is_explained() -> None:
    [problem] = check(VALID["vulnerability"] | {"external_references": [{"source_name": "cve"}]})
    assert problem.field == "external_references.0.external_id"


def test_an_object_with_very_many_faults_is_reported_in_a_few_lines() -> None:
    broken = VALID["indicator"] | {f"Bad{number}": None for number in range(100)}
    assert len(check(broken)) == MAX_PROBLEMS


def test_a_long_repeating_type_name_takes_no_exponential_time() -> None:
    assert check(_core("a" * 50_000 + "!")) != []


def test_a_huge_number_is_refused_not_a_crash() -> None:
    assert check(VALID["campaign"] | {"confidence": 10**400}) != []


def test_a_marking_definition_may_not_mark_itself() -> None:
    marking = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{UUID}",
        "created": "2026-01-31T12:00:00Z",
        "definition_type": "statement",
        "definition": {"statement": "Copyright Example"},
    }
    assert check(marking) == []
    assert check(marking | {"object_marking_refs": [marking["id"]]}) != []
