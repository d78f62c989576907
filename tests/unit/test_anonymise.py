"""What others read of an object does not name its contributor, and is still good STIX."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from shieldwall.domain.contributions import MediatedObject, ValidObject
from shieldwall.errors import InvalidInput, InvalidStix
from shieldwall.mediation.aliases import folded
from shieldwall.mediation.anonymise import check_alias, mediate
from shieldwall.mediation.pseudonym import pseudonym, pseudonymous_identity
from shieldwall.stix.canonical import canonical_json
from shieldwall.stix.markings import Tlp
from shieldwall.stix.validate import check

DATA = Path(__file__).parents[3] / "shared" / "data"
KEY = bytes(range(32))
SELF = "identity--8d5f3a4e-4c8e-4cf2-9c62-0a5c3f8f9f11"
VICTIM = "identity--2c1f4b8d-6f0a-4f5c-8a93-6a5d8f7c1b22"
ALIASES = ("Unit 42", "Unit42", "Acme Corporation", "acme-corp.example", "x_acme_", "acme", SELF)
TIMES = {"created": "2026-01-31T12:00:00.000Z", "modified": "2026-01-31T12:00:00.000Z"}


def sdo(kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
    identifier = f"{kind}--00000000-0000-4000-8000-{number:012d}"
    return {"type": kind, "spec_version": "2.1", "id": identifier} | TIMES | more


def sco(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"{kind}--00000000-0000-4000-8000-000000000001"} | more


def indicator(pattern: str, **more: Any) -> dict[str, Any]:
    return sdo("indicator", pattern=pattern, valid_from=TIMES["created"]) | {"pattern_type": "stix"} | more


def valid(content: dict[str, Any]) -> ValidObject:
    assert check(content) == []
    return ValidObject(content["id"], content["type"], "", "", "2.1", Tlp.GREEN, b"", content)


def served(content: dict[str, Any], aliases: tuple[str, ...] = ALIASES) -> dict[str, Any]:
    mediated = mediate(valid(content), aliases, KEY)
    assert mediated.served is not None
    assert mediated.content == json.loads(mediated.served)
    assert check(dict(mediated.content)) == []
    return dict(mediated.content)


# ---- identities -------------------------------------------------------------------------------------------


def test_references_to_the_contributor_become_one_pseudonym_per_lineage() -> None:
    first = sdo("report", 1, name="n", published=TIMES["created"], created_by_ref=SELF, object_refs=[SELF, VICTIM])
    found = served(first)
    stand_in = pseudonym(KEY, first["id"])
    assert found["created_by_ref"] == stand_in
    assert found["object_refs"] == [stand_in, VICTIM]
    assert served(first | {"modified": "2026-02-01T12:00:00.000Z"})["created_by_ref"] == stand_in
    assert served(first | {"id": sdo("report", 2)["id"]})["created_by_ref"] != stand_in


def test_sightings_and_relationships_do_not_name_the_contributor() -> None:
    sighting = sdo("sighting", sighting_of_ref=sdo("malware")["id"], where_sighted_refs=[SELF, VICTIM])
    stand_in = pseudonym(KEY, sighting["id"])
    assert served(sighting)["where_sighted_refs"] == [stand_in, VICTIM]
    edge = sdo("relationship", relationship_type="targets", source_ref=sdo("malware")["id"], target_ref=SELF)
    assert served(edge)["target_ref"] == pseudonym(KEY, edge["id"])
    assert served(sdo("note", content="seen", object_refs=[SELF.upper().replace("IDENTITY", "identity")]))[
        "object_refs"
    ] == [pseudonym(KEY, sdo("note")["id"])]


def test_the_own_identity_and_its_translations_are_never_served_and_others_are() -> None:
    own = sdo("identity", name="Acme Corporation") | {"id": SELF}
    assert mediate(valid(own), ALIASES, KEY) == MediatedObject(valid(own), None, own)
    translation = sdo("language-content", object_ref=SELF, contents={"de": {"name": "Akme"}})
    assert mediate(valid(translation), ALIASES, KEY).served is None
    victim = own | {"id": VICTIM, "name": "Example Hospital"}
    assert mediate(valid(victim), ALIASES, KEY).served == canonical_json(victim)


def test_the_uuid_of_the_own_identity_is_a_name_too() -> None:
    assert SELF[10:] not in json.dumps(served(sdo("tool", name=f"made by {SELF[10:]} and {SELF}")))


def test_a_pseudonymous_identity_is_valid_and_the_same_each_time() -> None:
    one, two = (pseudonymous_identity(pseudonym(KEY, "tool--x"), TIMES["created"]) for _ in range(2))
    assert check(one) == []
    assert canonical_json(one) == canonical_json(two)
    assert one["identity_class"] == "unknown"
    assert pseudonym(bytes(32), "tool--x") != one["id"]


@pytest.mark.parametrize("length", [0, 15, 65])
def test_a_key_of_a_bad_length_is_refused_and_not_shown(length: int) -> None:
    with pytest.raises(InvalidInput, match=f"mediation key: got '{length} bytes'"):
        pseudonym(b"k" * length, "tool--x")
    with pytest.raises(InvalidInput):
        mediate(valid(sdo("tool", name="n")), ALIASES, b"k" * length)


# ---- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ACME saw it", "[withheld] saw it"),
        ("by Acme Corporation.", "by [withheld]."),
        ("unit  42, Unit\n42, unit_42, Unit%2042", "[withheld], [withheld], [withheld], [withheld]"),
        ("Ｕｎｉｔ 42 in Zürich", "[withheld] in Zürich"),
        ("Un\u00adit\u00a042", "[withheld]"),
        ("acacmeme", "ac[withheld]me"),
        ("a Unit of 42", "a Unit of 42"),
    ],
)
def test_a_name_goes_from_prose_in_every_spelling_and_the_rest_stays(text: str, left: str) -> None:
    assert served(sdo("tool", name="n", description=text))["description"] == left


def test_the_longest_alias_goes_first_and_no_removal_puts_a_name_together() -> None:
    assert served(sdo("tool", name="Acme Corporation"), ("Acme", "Acme Corporation"))["name"] == "[withheld]"
    url = sdo("tool", name="n", external_references=[{"source_name": "s", "url": "https://fooxyz.example/"}])
    reference = served(url, ("foo", "dxyz"))["external_references"][0]["url"]
    assert reference == "https://withhelwithheld.example/"


def test_a_name_with_a_quote_is_found_where_patterns_escape_it() -> None:
    found = served(indicator(r"[file:name = 'O\'Brien Ltd.exe']"), ("O'Brien Ltd",))
    assert found["pattern"] == "[file:name = 'withheld.exe']"


def test_strict_places_stay_valid() -> None:
    references = [{"source_name": "Acme", "url": "https://blog.acme-corp.example/acme/post"}]
    found = served(indicator("[domain-name:value = 'acme.example.org']", external_references=references))
    assert found["pattern"] == "[domain-name:value = 'withheld.example.org']"
    assert found["external_references"] == [{"source_name": "[withheld]", "url": "https://blog.withheld/withheld/post"}]
    assert served(sco("domain-name", value="acme.example.org"))["value"] == "withheld.example.org"
    rule = 'rule acme_1 { meta: author = "Acme" condition: true }'
    yara = served(indicator(rule, pattern_type="yara"))
    assert yara["pattern"] == 'rule withheld_1 { meta: author = "withheld" condition: true }'


def test_marking_statements_lose_the_name() -> None:
    marking = sdo("marking-definition", definition_type="statement", definition={"statement": "© Acme 2026"})
    del marking["modified"]
    assert served(marking)["definition"] == {"statement": "© [withheld] 2026"}


def test_keys_lose_the_name_without_collision_and_markings_follow() -> None:
    marked: dict[str, Any] = {"marking_ref": "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"}
    marked |= {"selectors": ["x_acme_score", "x_map.x_acme_in.[0]"]}
    content = sdo(
        "tool",
        name="n",
        x_acme_score=1,
        x_unit42_score=2,
        x_score=3,
        x_acme_=4,
        acme_plain=5,
        x_map={"x_acme_in": ["a"], "Acme-Key": "v"},
        granular_markings=[marked],
    )
    found = served(content)
    assert {key: value for key, value in found.items() if key.startswith("x_") and key != "x_map"} == {
        "x_score": 3, "x_score_2": 1, "x_score_3": 2, "x_withheld": 4, "x_plain": 5,
    }  # fmt: skip
    assert found["x_map"] == {"x_in": ["a"], "withheld-Key": "v"}
    assert found["granular_markings"][0]["selectors"] == ["x_score_2", "x_map.x_in.[0]"]


def test_extension_definitions_list_the_new_names() -> None:
    extension = sdo(
        "extension-definition",
        name="Acme fields",
        schema="https://acme-corp.example/schema.json",
        version="1.0",
        extension_types=["toplevel-property-extension"],
        extension_properties=["x_acme_score", "other"],
        created_by_ref=SELF,
    )
    found = served(extension)
    assert found["extension_properties"] == ["x_score", "other"]
    assert found["schema"] == "https://withheld/schema.json"


@pytest.mark.parametrize(
    ("content", "aliases", "field"),
    [
        (sdo("x-acme-thing", name="n"), ALIASES, "type"),
        (sdo("note", content="c", object_refs=["x-acme-thing--" + SELF[10:]]), ALIASES, "object_refs"),
        (sco("file", hashes={"MD5": "deadbeefcafe0000deadbeefcafe0000"}), ("deadbeefcafe",), "hashes"),
        (indicator("[file:hashes.MD5 = 'deadbeefcafe0000deadbeefcafe0000']"), ("deadbeefcafe",), "pattern"),
    ],
)
def test_what_cannot_do_without_the_name_is_refused_with_the_field(
    content: dict[str, Any], aliases: tuple[str, ...], field: str
) -> None:
    with pytest.raises(InvalidStix, match="Remove the name from") as caught:
        mediate(valid(content), aliases, KEY)
    assert caught.value.field.startswith(field)


# ---- contacts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "contact",
    [
        "analyst@example.org",
        "first.last+tag@mail.example.org",
        "analyst[at]example[.]org",
        "analyst@acme-corp.example",
        "+49 30 1234-5678",
        "+1 (555) 010-9999",
        "(555) 010-9999",
        "555-010-9999",
        "1-800-555-0199",
    ],
)
def test_contacts_are_masked_in_prose_and_custom_properties(contact: str) -> None:
    found = served(sdo("tool", name="n", description=f"Call {contact}.", x_contact=contact, remark=contact))
    assert found["description"] == "Call [withheld]."
    assert found["x_contact"] == found["remark"] == "[withheld]"


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.1 and 2001:db8::1",
        "CVE-2021-44228, 2026-01-31, 2026-01-31T12:00:00+02:00",
        "d41d8cd98f00b204e9800998ecf8427e",
        "version 10.0.19041.1234 build 123-456",
        "follow @example_handle; C++ 11; a+b; port +8080",
        "00000000-0000-4000-8000-000000000001",
    ],
)
def test_what_only_looks_like_a_contact_stays(text: str) -> None:
    assert served(sdo("tool", name="n", description=text))["description"] == text


def test_contacts_in_patterns_urls_and_observables_stay() -> None:
    pattern = "[email-addr:value = 'phish@example.com']"
    content = indicator(pattern, name="phish@example.com", description="ask help@example.org")
    found = served(content)
    assert found["pattern"] == pattern
    assert found["name"] == "phish@example.com"  # content: the pattern says it too
    assert found["description"] == "ask [withheld]"
    address = sco("email-addr", value="phish@example.com", display_name="phish@example.com")
    assert mediate(valid(address), ALIASES, KEY).served == canonical_json(address)
    message = sco("email-message", is_multipart=False, subject="call +49 30 12345678", body="a@example.com")
    assert mediate(valid(message), ALIASES, KEY).served == canonical_json(message)
    link = sdo("tool", name="n", x_link="https://user@example.org/+493012345678")
    assert mediate(valid(link), ALIASES, KEY).served == canonical_json(link)


# ---- what may be registered -------------------------------------------------------------------------------


@pytest.mark.parametrize("alias", ["ab", "  a ", "---", "cafe", "ab-cd", "2026-01-31", "12:00", "ref", "Created"])
def test_aliases_that_would_hit_everything_are_refused(alias: str) -> None:
    with pytest.raises(InvalidInput, match="alias"):
        check_alias(alias)


@pytest.mark.parametrize("alias", ["held", "withheld", "x_withheld", "d]", "indicator", "object refs", "https"])
def test_aliases_that_mediation_or_stix_writes_itself_are_refused(alias: str) -> None:
    with pytest.raises(InvalidInput, match="alias"):
        check_alias(alias)


def test_ids_of_content_are_refused_as_aliases_and_identities_taken() -> None:
    assert check_alias(SELF.upper()) == SELF
    with pytest.raises(InvalidInput, match="identity"):
        check_alias(sdo("tool")["id"])


@pytest.mark.parametrize("alias", ["Unit 42", "x_panw_", "u42", "E.ON", "C&A", "Zoë", "acme-corp.example"])
def test_ordinary_names_domains_and_prefixes_are_taken(alias: str) -> None:
    assert check_alias(f" {alias}  ") == alias


# ---- real data --------------------------------------------------------------------------------------------


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.is_dir(), reason="the shared public data is not beside the checkout")
def test_nothing_of_the_unit_42_reports_names_unit_42() -> None:
    aliases = (
        "Unit 42",
        "Unit42",
        "Palo Alto Networks",
        "Palo Alto",
        "paloaltonetworks",
        "x_panw_",
        "panw",
        "u42",
    )
    path = DATA / "stix" / "unit42_reports_stix21_upgraded.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        objects = [obj for line in lines for obj in json.loads(line)["bundle"]["objects"]]
    taken = [obj for obj in objects if not check(obj)]
    changed: set[bytes] = set()
    named: set[bytes] = set()
    for obj in taken:
        found = served(obj, aliases)  # none is refused, and each is checked to be valid
        text = folded(canonical_json(found).decode())
        assert not any(folded(alias) in text for alias in aliases)
        assert found["id"] == obj["id"]
        assert found.get("pattern") == obj.get("pattern")
        before = canonical_json(obj).decode().lower()
        if found != obj:
            changed.add(canonical_json(obj))
        if any(alias.lower() in before for alias in aliases):
            named.add(canonical_json(obj))
    assert len(taken) == 4446
    assert changed == named


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        ("A\uff38\u00df", "A\uff38SS\u0301"),
        ("A\uff38SS", "A\uff38\u00df\u0301"),
        ("\u0130stanbul", "i\u0307stanbul\u0301"),
    ],
)
def test_a_combining_character_does_not_hide_the_end_of_an_alias(alias: str, text: str) -> None:
    cleaned = served(indicator("[ipv4-addr:value = '192.0.2.1']", name=text), (alias,))["name"]
    assert alias.casefold() not in cleaned.casefold()
    assert "withheld" in cleaned
