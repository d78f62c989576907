from __future__ import annotations

import pytest
import stix2

from shieldwall.stix.markings import TLP2_IDS, Tlp, tlp2_definitions, tlp_of
from shieldwall.stix.references import references_of
from shieldwall.stix.validate import check

UNKNOWN = "marking-definition--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
NAMES = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]


def test_levels_are_ordered_and_named_as_first_does() -> None:
    assert [level.label for level in sorted(Tlp)] == NAMES


def test_the_served_definitions_are_valid_and_say_their_own_level() -> None:
    definitions = tlp2_definitions()
    assert [definition["name"] for definition in definitions] == NAMES
    for level, definition in zip(Tlp, definitions, strict=True):
        assert check(definition) == []
        stix2.parse(definition, allow_custom=True, version="2.1")
        assert tlp_of({"object_marking_refs": [definition["id"]]}, Tlp.CLEAR) is level


@pytest.mark.parametrize(
    ("constant", "level"),
    [
        (stix2.TLP_WHITE, Tlp.CLEAR),
        (stix2.TLP_GREEN, Tlp.GREEN),
        (stix2.TLP_AMBER, Tlp.AMBER),
        (stix2.TLP_RED, Tlp.RED),
    ],
)
def test_tlp_1_is_mapped_by_the_ids_that_stix_fixes(constant: stix2.MarkingDefinition, level: Tlp) -> None:
    assert tlp_of({"object_marking_refs": [constant.id]}, Tlp.AMBER_STRICT) is level


def test_the_strictest_of_object_and_part_counts() -> None:
    obj = {
        "object_marking_refs": [TLP2_IDS[Tlp.CLEAR], TLP2_IDS[Tlp.GREEN], UNKNOWN],
        "granular_markings": [
            {"marking_ref": TLP2_IDS[Tlp.RED], "selectors": ["name"]},
            {"lang": "en", "selectors": ["name"]},
        ],
    }
    assert tlp_of(obj, Tlp.AMBER) is Tlp.RED
    del obj["granular_markings"]
    assert tlp_of(obj, Tlp.AMBER) is Tlp.GREEN


def test_other_markings_leave_the_default() -> None:
    assert tlp_of({"object_marking_refs": [UNKNOWN]}, Tlp.AMBER) is Tlp.AMBER
    assert tlp_of({}, Tlp.GREEN) is Tlp.GREEN


def test_references_are_found_at_any_depth_and_only_ids_count() -> None:
    def some(kind: str) -> str:
        return f"{kind}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"

    obj = {
        "id": some("report"),
        "created_by_ref": some("identity"),
        "object_refs": [some("malware"), "not an id", 3],
        "granular_markings": [{"marking_ref": UNKNOWN}],
        "extensions": {some("extension-definition"): {"deep": [{"x_thing_ref": some("tool")}]}},
        "objects": {"0": {"type": "file", "content_ref": "1"}},
        "name": some("campaign"),
    }
    assert references_of(obj) == {some("identity"), some("malware"), UNKNOWN, some("tool")}
