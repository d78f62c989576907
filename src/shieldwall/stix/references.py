"""Which other objects an object names. Whether they exist is not asked here."""

from __future__ import annotations

import re
from typing import Any

from shieldwall.stix.parse import StixObject

_IDENTIFIER = re.compile(r"[a-z][a-z0-9-]+[a-z0-9]--[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def references_of(obj: StixObject) -> frozenset[str]:
    """Collect the ids in every ``*_ref`` and ``*_refs`` property, at any depth (STIX 2.1 section 3.3).

    That includes markings, relationship ends, sightings, references inside extensions and custom properties.
    Keys of the deprecated ``objects`` of observed data are not ids and are left out.

    >>> sorted(references_of({"id": "x", "created_by_ref": "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff"}))
    ['identity--f431f809-377b-45e0-aa1c-6a4751cae5ff']
    """
    found: set[str] = set()
    open_nodes: list[Any] = [obj]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, list):
            open_nodes += [child for child in node if isinstance(child, (dict, list))]
            continue
        for name, value in node.items():
            if name.endswith(("_ref", "_refs")):
                named = value if isinstance(value, list) else (value,)
                found.update(one for one in named if isinstance(one, str) and _IDENTIFIER.fullmatch(one))
            elif isinstance(value, (dict, list)):
                open_nodes.append(value)
    return frozenset(found)
