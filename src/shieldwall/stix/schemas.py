"""The OASIS JSON schemas of STIX 2.1, compiled once per object type by ``jsonschema-rs``.

The files are those that ``stix2-validator`` 3.2.0 ships; none of its code runs. Further rules: ``validate``.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs

from shieldwall.errors import ConfigError
from shieldwall.stix.vocabulary import META, SCO, SDO, SRO

_BASE = "stix-schema:///"
CORE = "common/core.json"
OBSERVABLE_CORE = "common/cyber-observable-core.json"


@lru_cache(maxsize=1)
def _documents() -> tuple[tuple[str, Any], ...]:
    # find_spec locates the package without running it: importing stix2-validator takes two seconds.
    spec = find_spec("stix2validator")
    roots = spec.submodule_search_locations if spec is not None else None
    folder = Path(roots[0], "schemas-2.1", "schemas") if roots else Path("stix2validator")
    documents: list[tuple[str, Any]] = []
    for path in sorted(folder.glob("*/*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        schema.pop("$id", None)  # it points at a web address; references resolve by file name instead
        documents.append((f"{_BASE}{path.parent.name}/{path.name}", schema))
    if not documents:
        raise ConfigError("stix2-validator", str(folder), "the OASIS schema files", "Install version 3.2.0.")
    return tuple(documents)


@lru_cache(maxsize=1)
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry(list(_documents()))


@lru_cache(maxsize=1)
def property_names() -> frozenset[str]:
    """Every property name that STIX 2.1 itself defines, at any depth of any type.

    Raises:
        ConfigError: The schema files are not installed.

    >>> "created_by_ref" in property_names()
    True
    """
    found: set[str] = set()
    open_nodes: list[Any] = [schema for _, schema in _documents()]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, dict):
            if isinstance(node.get("properties"), dict):
                found.update(node["properties"])
            open_nodes += node.values()
        elif isinstance(node, list):
            open_nodes += node
    return frozenset(found)


def schema_name(object_type: str, *, observable: bool = False) -> str:
    """Name the schema file for a type; unknown types get a core schema.

    Args:
        object_type: The ``type`` property.
        observable: Whether an unknown type is a custom observable (STIX 2.1 section 7.3, ``new-sco``).
    """
    for folder, types in (("sdos", SDO), ("sros", SRO), ("observables", SCO), ("common", META)):
        if object_type in types:
            return f"{folder}/{object_type}.json"
    return OBSERVABLE_CORE if observable else CORE


@lru_cache(maxsize=64)
def compiled(name: str) -> jsonschema_rs.Validator:
    """Compile one schema with its formats checked and its regular expressions on a linear-time engine.

    Args:
        name: A result of `schema_name`.

    Raises:
        ConfigError: The schema files are not installed.
    """
    return jsonschema_rs.validator_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": _BASE + name},
        registry=_registry(),
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )
