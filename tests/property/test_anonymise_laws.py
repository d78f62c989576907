"""Laws of mediation that hold for all objects and aliases."""

from __future__ import annotations

import json
from typing import Any
from unicodedata import normalize

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shieldwall.domain.contributions import MediatedObject, ValidObject
from shieldwall.errors import InvalidInput, InvalidStix
from shieldwall.mediation.anonymise import check_alias, mediate
from shieldwall.stix.canonical import canonical_json
from shieldwall.stix.markings import Tlp
from shieldwall.stix.observables import observables_of
from shieldwall.stix.validate import check

KEY = bytes(range(16))
SELF = "identity--8d5f3a4e-4c8e-4cf2-9c62-0a5c3f8f9f11"
REFERENCES = st.sampled_from([SELF, "identity--2c1f4b8d-6f0a-4f5c-8a93-6a5d8f7c1b22"])

# Few letters, so that aliases overlap each other, the replacement and the prefix of keys.
words = st.text("xfodbw_ ", min_size=3, max_size=6) | st.text("wxAßſ\u212aﬁ\u0301é Ｘ", min_size=3, max_size=5)
names = st.sampled_from(["Unit 42", "Acme", "x_acme_", "acme-corp.example", "O'Brien", "Straße"]) | words


@st.composite
def registered(draw: st.DrawFn) -> tuple[str, ...]:
    found = []
    for text in draw(st.lists(names, min_size=1, max_size=4)):
        try:
            found.append(check_alias(text))
        except InvalidInput:
            continue
    assume(found)
    return (*found, SELF)


def keys(aliases: tuple[str, ...]) -> st.SearchStrategy[str]:
    parts = [*(alias for alias in aliases if alias.isascii()), "foo", "_", "w", "2"]
    joined = st.lists(st.sampled_from(parts), min_size=1, max_size=4).map("".join)
    kept = "abcdefghijklmnopqrstuvwxyz0123456789_"
    return joined.map(lambda text: "x_" + "".join(char for char in text.lower() if char in kept))


@st.composite
def cases(draw: st.DrawFn) -> tuple[ValidObject, tuple[str, ...]]:
    aliases = draw(registered())
    variants = [form for alias in aliases for form in (alias, alias.upper(), alias.lower(), normalize("NFD", alias))]
    pieces = st.sampled_from([*variants, " ", ".", "-", "foo", "d", "\u0301", "me@example.org", "+49 30 1234567"])
    texts = st.lists(pieces | st.text(max_size=4), max_size=6).map("".join)
    nested = st.dictionaries(keys(aliases), texts | st.lists(texts, min_size=1, max_size=2), min_size=1, max_size=3)
    content: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--00000000-0000-4000-8000-000000000001",
        "created": "2026-01-31T12:00:00.000Z",
        "modified": "2026-01-31T12:00:00.000Z",
        "valid_from": "2026-01-31T12:00:00Z",
        "pattern": "[email-addr:value = 'phish@example.com' OR ipv4-addr:value = '192.0.2.1']",
        "pattern_type": "stix",
        "created_by_ref": draw(REFERENCES),
        "name": draw(texts),
        "labels": draw(st.lists(texts, min_size=1, max_size=2)),
        "external_references": [{"source_name": draw(texts), "description": draw(texts)}],
    }
    content |= draw(st.dictionaries(keys(aliases), texts | nested, max_size=3))
    assume(not check(content))
    return ValidObject(content["id"], "indicator", "", "", "2.1", Tlp.GREEN, b"", content), aliases


def strings(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [*node, *(text for value in node.values() for text in strings(value))]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []


def mediated(case: tuple[ValidObject, tuple[str, ...]]) -> MediatedObject:
    try:
        return mediate(*case, KEY)
    except InvalidStix:
        assume(False)
        raise


def spellings(text: str) -> set[str]:
    """Independent of the code under test: as written, and normalised before or after the case goes."""
    composed = normalize("NFKC", text)
    return {text.lower(), text.casefold(), composed.casefold(), normalize("NFKC", composed.casefold())}


@settings(max_examples=200, deadline=None)
@given(cases())
def test_no_alias_survives_in_what_is_served(case: tuple[ValidObject, tuple[str, ...]]) -> None:
    found = mediated(case)
    assert found.served is not None
    for text in strings(json.loads(found.served)):
        for alias in case[1]:
            assert not any(one in two for one in spellings(alias) for two in spellings(text)), (alias, text)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_what_is_served_is_valid_canonical_and_keeps_id_and_observables(
    case: tuple[ValidObject, tuple[str, ...]],
) -> None:
    found = mediated(case)
    content, before = dict(found.content), dict(case[0].content)
    assert found.served == canonical_json(content)
    assert check(content) == []
    assert content["id"] == before["id"]
    assert content["pattern"] == before["pattern"]  # its e-mail address too
    assert observables_of(content) == observables_of(before)
    assert len(content) == len(before)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_mediating_twice_changes_nothing_and_the_order_of_aliases_neither(
    case: tuple[ValidObject, tuple[str, ...]],
) -> None:
    found = mediated(case)
    original, aliases = case
    assert mediate(original, aliases[::-1], KEY).served == found.served
    again = ValidObject(original.id, original.type, "", "", "2.1", Tlp.GREEN, b"", found.content)
    assert mediate(again, aliases, KEY).served == found.served


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text("0123456789.-", max_size=20))
def test_an_object_without_names_and_contacts_is_served_as_it_is(text: str, number: str) -> None:
    assume("@" not in text and "at]" not in text.lower() and "at)" not in text.lower() and "+" not in text)
    assume("zzyzx" not in normalize("NFKC", text).casefold())
    content = {
        "type": "url",
        "id": "url--00000000-0000-4000-8000-000000000001",
        "value": f"https://example.com/{number}",
        "x_note": text,
    }
    original = ValidObject(str(content["id"]), "url", "", "", "2.1", Tlp.GREEN, b"", content)
    assume(not any(char.isdigit() for char in text))
    assert mediate(original, ("zzyzx",), KEY).served == canonical_json(content)
