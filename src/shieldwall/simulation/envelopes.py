"""Turns a recorded contribution into the STIX 2.1 that its organisation would have posted.

One report refers to one indicator per observable and one vulnerability per CVE. Ids are name-based (RFC 9562,
version 5), so that the same row always has the same id. A contribution with more observables than a submission
takes has several in each indicator, joined by OR.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import msgspec

from shieldwall.services.intake import MAX_OBJECTS
from shieldwall.simulation.recorded import Recorded
from shieldwall.stix.observables import Observable, observable
from shieldwall.stix.timestamp import format_micro

_NAMESPACE = UUID("6f0d1d5c-53b2-5d3a-9a52-6e7a6c1a4b10")
_PATTERNS = {
    "md5": "file:hashes.MD5 = '{}'",
    "sha1": "file:hashes.'SHA-1' = '{}'",
    "sha256": "file:hashes.'SHA-256' = '{}'",
    "ipv4": "ipv4-addr:value = '{}'",
    "ipv6": "ipv6-addr:value = '{}'",
    "domain": "domain-name:value = '{}'",
    "url": "url:value = '{}'",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A submission ready to be posted.

    Attributes:
        body: A TAXII envelope; empty when no observable is left.
        refused: Rows left out, by reason.
    """

    body: bytes
    observables: int
    refused: Counter[str]


def envelope(recorded: Recorded) -> Envelope:
    """Build the submission of one recorded contribution."""
    found: dict[Observable, None] = {}
    refused: Counter[str] = Counter()
    for kind, value in recorded.values:
        read = observable(kind, value)
        if read is None:
            refused[f"{kind}: the value is no {kind}"] += 1
        elif read in found:
            refused[f"{kind}: the same observable is in the contribution twice"] += 1
        else:
            found[read] = None
    if not found:
        return Envelope(b"", 0, refused)
    objects = _objects(recorded, list(found))
    return Envelope(msgspec.json.encode({"objects": objects}), len(found), refused)


def _objects(recorded: Recorded, found: Sequence[Observable]) -> list[dict[str, Any]]:
    stamp = format_micro(recorded.at)
    cves = [item for item in found if item.kind == "cve"]
    others = [item for item in found if item.kind != "cve"]
    per_indicator = -(-len(others) // (MAX_OBJECTS - 1 - len(cves))) or 1
    content = [_vulnerability(recorded.organisation, item.value, stamp) for item in cves]
    for start in range(0, len(others), per_indicator):
        content.append(_indicator(recorded.organisation, others[start : start + per_indicator], stamp))
    report = {
        "type": "report",
        "spec_version": "2.1",
        "id": _id("report", recorded.organisation, recorded.path, stamp),
        "created": stamp,
        "modified": stamp,
        "name": recorded.path,
        "published": stamp,
        "object_refs": [item["id"] for item in content],
    }
    return [report, *content]


def _indicator(organisation: str, together: Sequence[Observable], stamp: str) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": _id("indicator", organisation, *(f"{item.kind}:{item.value}" for item in together)),
        "created": stamp,
        "modified": stamp,
        "pattern": f"[{' OR '.join(map(_comparison, together))}]",
        "pattern_type": "stix",
        "valid_from": stamp,
    }


def _comparison(item: Observable) -> str:
    return _PATTERNS[item.kind].format(item.value.replace("\\", "\\\\").replace("'", "\\'"))


def _vulnerability(organisation: str, cve: str, stamp: str) -> dict[str, Any]:
    return {
        "type": "vulnerability",
        "spec_version": "2.1",
        "id": _id("vulnerability", organisation, cve),
        "created": stamp,
        "modified": stamp,
        "name": cve,
        "external_references": [{"source_name": "cve", "external_id": cve}],
    }


def _id(kind: str, *names: str) -> str:
    return f"{kind}--{uuid5(_NAMESPACE, msgspec.json.encode([kind, *names]).decode())}"
