"""Laws of the STIX package that hold for all inputs."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.validator import run_validator

from shieldwall.errors import InvalidStix
from shieldwall.stix.contributions import ROOT_TYPES, group
from shieldwall.stix.features import actionability, decay_class, impact_tenths, root_key
from shieldwall.stix.markings import Tlp, tlp_of
from shieldwall.stix.observables import observable, observables_of
from shieldwall.stix.parse import parse_envelope
from shieldwall.stix.patterns import _inspected, equalities, is_simple, pattern_error
from shieldwall.stix.references import references_of
from shieldwall.stix.timestamp import normalise
from shieldwall.stix.validate import check

fractions = st.text("0123456789", max_size=12)
times = st.tuples(
    st.datetimes().map(lambda t: t.replace(microsecond=0)), fractions
)  # a naive datetime is enough: every timestamp here is in UTC
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(times, times)
def test_timestamps_sort_exactly_whatever_their_precision(a: Any, b: Any) -> None:
    def exact(time: Any) -> tuple[Any, Fraction]:
        return time[0], Fraction(int(time[1] or "0"), 10 ** len(time[1]))

    def text(time: Any) -> str:
        return f"{time[0].isoformat()}{'.' if time[1] else ''}{time[1]}Z"

    assert (exact(a) < exact(b)) == (normalise(text(a)) < normalise(text(b)))
    assert (exact(a) == exact(b)) == (normalise(text(a)) == normalise(text(b)))


@given(st.lists(st.dictionaries(st.text(), json_values, max_size=4), min_size=1, max_size=5), st.booleans())
def test_an_envelope_gives_back_every_object_and_its_bytes(objects: list[Any], ascii_only: bool) -> None:
    texts = [json.dumps(one, ensure_ascii=ascii_only) for one in objects]
    body = ('{"objects": [' + " ,\n".join(texts) + "]}").encode()
    found = parse_envelope(body, max_objects=5, max_depth=32)
    assert [one.raw.decode() for one in found] == texts
    assert [one.value for one in found] == objects


@given(st.binary(max_size=200))
def test_no_body_makes_the_parser_crash(body: bytes) -> None:
    try:
        parse_envelope(b'{"objects":[' + body + b"]}", max_objects=100, max_depth=8)
    except InvalidStix as error:
        assert str(error)


MD5, SHA1 = "A" * 32, "a" * 40
comparison = st.sampled_from(
    [
        "domain-name:value = 'a\\'b'",
        "url:value = 'x\\\\'",
        f"file:hashes.'SHA-1' = '{SHA1}'",
        f"file:hashes.MD5='{MD5}'",
        f"file:hashes.'MD5' ='{MD5}'",
        f"file:hashes.'MD5 = '{MD5}'",
        f"file:hashes.SHA-1 = '{SHA1}'",
        f"file:hashes.MD5 = '{MD5}{MD5}'",
        "file:hashes.'SHA-1' = 'a'",
        "file:name ='[a:b = \\'c\\']'",
        "file:name = 'é\n OR '",
        "mutex:name = ''",
        "a:b = 'c'",
    ]
)
TOKENS = [
    "[",
    "]",
    "'",
    "=",
    "!=",
    "NOT",
    "(",
    ")",
    "/*",
    "--",
    "IN",
    "FOLLOWEDBY",
    "ipv4-addr:value",
    "('a')",
]
parts = comparison | st.sampled_from(
    [*TOKENS, "[domain-name:value = 'example.com']", "[file:name = '", " OR ", " AND ", " ", "\t", "\x0b"]
)
chains = st.builds(
    lambda first, rest, space: f"[{space}{first}{''.join(a + b for a, b in rest)}{space}]",
    comparison,
    st.lists(st.tuples(st.sampled_from([" OR ", " AND ", "\nOR\t", " or ", "AND"]), comparison), max_size=3),
    st.sampled_from(["", " ", "\n"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(parts, min_size=1, max_size=8).map("".join) | chains)
def test_the_fast_path_takes_only_what_the_reference_parser_takes_and_reads_the_same(pattern: str) -> None:
    if is_simple(pattern):
        assert run_validator(pattern, "2.1") == []
        assert sorted(equalities(pattern)) == sorted(_inspected(pattern))
    elif pattern.strip():
        assert (pattern_error(pattern) == "") == (run_validator(pattern, "2.1") == [])


@given(
    st.sampled_from(["md5", "ipv4", "ipv6", "domain", "url", "email", "cve", "mutex", "registry-key", "tlsh"]),
    st.text(max_size=40)
    | st.ip_addresses().map(str)
    | st.from_regex(r"hxxps?://[A-Za-z.\[\]]{1,12}(/[a-zA-Z]{0,5})?", fullmatch=True),
)
def test_normalising_twice_changes_nothing(kind: str, value: str) -> None:
    once = observable(kind, value)
    if once is not None:
        assert observable(once.kind, once.value) == once


KINDS = ["report", "campaign", "vulnerability", "incident", "indicator", "malware", "relationship", "url"]


@st.composite
def posts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Small object graphs with cycles, dangling references and relationships."""
    size = draw(st.integers(1, 8))
    ids = [f"{draw(st.sampled_from(KINDS))}--00000000-0000-4000-8000-{number:012d}" for number in range(size)]
    targets = st.sampled_from([*ids, "malware--ffffffff-0000-4000-8000-000000000000"])
    objects = []
    for identifier in ids:
        kind = identifier.partition("--")[0]
        obj: dict[str, Any] = {"type": kind, "id": identifier}
        if kind == "relationship":
            obj |= {"source_ref": draw(targets), "target_ref": draw(targets)}
        elif kind == "report":
            obj["object_refs"] = draw(st.lists(targets, max_size=4))
        objects.append(obj)
    return objects


@given(posts())
def test_grouping_loses_nothing_and_every_root_is_under_an_outermost_one(
    objects: list[dict[str, Any]],
) -> None:
    grouped = group(objects, lambda _: None)
    held = {member for contribution in grouped.contributions for member in contribution.member_ids}
    assert held | set(grouped.indicator_lane) == {obj["id"] for obj in objects}
    assert not held & set(grouped.indicator_lane)
    assert all(obj["id"] in held for obj in objects if obj["type"] in ROOT_TYPES)
    roots = [contribution.root_id for contribution in grouped.contributions]
    for contribution in grouped.contributions:
        assert contribution.member_ids[0] == contribution.root_id
        assert not set(contribution.member_ids[1:]) & set(roots)


@given(posts())
def test_relationships_are_inside_exactly_when_both_ends_are(objects: list[dict[str, Any]]) -> None:
    named = {name for obj in objects if obj["type"] == "report" for name in obj["object_refs"]}
    for contribution in group(objects, lambda _: None).contributions:
        members = set(contribution.member_ids)
        for obj in objects:
            if obj["type"] == "relationship" and obj["id"] not in named:
                ends_inside = {obj["source_ref"], obj["target_ref"]} <= members
                assert not ends_inside or obj["id"] in members


BASE: dict[str, Any] = {
    "spec_version": "2.1",
    "created": "2026-01-31T12:00:00.000Z",
    "modified": "2026-01-31T12:00:00.000Z",
    "name": "CVE-2021-44228",
    "published": "2026-01-31T12:00:00Z",
    "object_refs": ["malware--00000000-0000-4000-8000-000000000000"],
    "value": "192.0.2.1",
    "is_family": True,
    "pattern": "[domain-name:value = 'example.com']",
    "pattern_type": "stix",
    "valid_from": "2026-01-31T12:00:00Z",
}
NAMES = [*BASE, "labels", "hashes", "indicator_types", "external_references", "granular_markings", "objects"]


@settings(deadline=None)
@given(
    st.sampled_from(["report", "incident", "vulnerability", "indicator", "malware", "ipv4-addr", "x-example"]),
    st.dictionaries(st.sampled_from(NAMES), json_values, max_size=3),
)
def test_whatever_validation_accepts_the_later_steps_can_read(kind: str, change: dict[str, Any]) -> None:
    obj = BASE | {"type": kind, "id": f"{kind}--00000000-0000-4000-8000-000000000001"} | change
    if check(obj):
        return
    references_of(obj)
    assert tlp_of(obj, Tlp.AMBER) is Tlp.AMBER
    observables = observables_of(obj)
    assert group([obj, obj], lambda _: None)
    if kind in ROOT_TYPES:
        root_key(obj, {obj["id"]: obj})
    actionability([obj])
    impact_tenths([obj], observables)
    decay_class([obj])
