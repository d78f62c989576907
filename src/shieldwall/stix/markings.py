"""How far an object may travel: the Traffic Light Protocol of its markings (TLP 2.0, and TLP 1 mapped to it).

Who may see which level is decided elsewhere.
"""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType

from shieldwall.stix.parse import StixObject

TLP2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
"""OASIS extension definition that carries TLP 2.0 (cti-stix-common-objects, tlp-2.0)."""


class Tlp(IntEnum):
    """TLP 2.0 levels (FIRST, August 2022), the stricter the greater.

    >>> Tlp.AMBER < Tlp.AMBER_STRICT < Tlp.RED
    True
    """

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @property
    def label(self) -> str:
        """The standard name, such as ``TLP:AMBER+STRICT``."""
        return "TLP:" + self.name.replace("_", "+")


TLP2_IDS = MappingProxyType(
    {
        Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
)
"""Ids of the OASIS marking definitions of TLP 2.0."""

_LEVELS = {
    # TLP 1, STIX 2.1 section 7.2.1.4
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
} | {identifier: level for level, identifier in TLP2_IDS.items()}


def tlp_of(obj: StixObject, default: Tlp) -> Tlp:
    """Return the strictest TLP level that marks an object or any part of it.

    Args:
        obj: A valid object.
        default: The level of an object without a TLP marking.

    >>> tlp_of({"object_marking_refs": [TLP2_IDS[Tlp.GREEN]]}, Tlp.AMBER).label
    'TLP:GREEN'
    """
    named = [*obj.get("object_marking_refs", ())]
    named += [marking.get("marking_ref") for marking in obj.get("granular_markings", ())]
    return max((_LEVELS[marking] for marking in named if marking in _LEVELS), default=default)


def tlp2_definitions() -> tuple[StixObject, ...]:
    """The five TLP 2.0 marking definitions as OASIS publishes them, served as common knowledge."""
    return tuple(
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": identifier,
            "created": "2022-10-01T00:00:00.000Z",
            "name": level.label,
            "extensions": {
                TLP2_EXTENSION: {
                    "extension_type": "property-extension",
                    "tlp_2_0": level.label.removeprefix("TLP:").lower(),
                }
            },
        }
        for level, identifier in TLP2_IDS.items()
    )
