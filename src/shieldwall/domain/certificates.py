"""A certificate: what the economics say of a policy before anybody signs it.

What is checked here is that a certificate is well formed and its flags agree with one another. Not here: how its
verdicts are reached, and whether they follow from its rows (``economics.certify``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from shieldwall.domain.policy import Policy
from shieldwall.errors import InvalidInput
from shieldwall.stix.canonical import canonical_json

FORMAT = "shieldwall-certificate-v1"

NOTIONS = ("nash", "strict", "dominant", "unique", "potential_maximiser")
"""What honest sharing by all may be, weakest first: the keys of ``sharing``."""

MAX_CERTIFICATE_BYTES = 16 * 2**20

_SHAPE: Mapping[str, type] = {
    "format": str, "code": str, "policy": str, "members_file": str, "grant_micro_credits": int, "certified": bool,
    "reasons": list, "sharing": dict, "robustness": dict, "game": dict, "members": list,
    "deviators": list, "changes": list, "participation": dict, "budget": dict, "assumptions": list,
}  # fmt: skip

_REMEDY = "Make it with `shieldwall certify --policy POLICY --members MEMBERS --json`"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that agrees with itself.

    Attributes:
        text: Its canonical JSON: what is hashed, kept and audited.
        policy: Hash of the policy it speaks of.
        members_file: SHA-256 of the members file it was computed from.
        code: Version of the code that computed it.
        certified: Whether honest sharing by all is a strict equilibrium that everybody joins and the budget bears.
        reasons: Why it is not certified; empty when it is.
    """

    text: bytes
    policy: str
    members_file: str
    code: str
    certified: bool
    reasons: tuple[str, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical text, hexadecimal: what the ledger records."""
        return hashlib.sha256(self.text).hexdigest()

    @property
    def document(self) -> dict[str, object]:
        """The whole certificate as JSON."""
        document: dict[str, object] = json.loads(self.text)
        return document


def parse_certificate(text: str | bytes) -> Certificate:
    """Read and check a certificate; how it is indented does not matter.

    Raises:
        InvalidInput: Not a certificate, or one whose verdict does not follow from its own findings.
    """
    if len(text) > MAX_CERTIFICATE_BYTES:
        raise InvalidInput("certificate", f"{len(text)} bytes", f"at most {MAX_CERTIFICATE_BYTES}")
    try:
        document = json.loads(text, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("certificate", str(error)[:80], "a JSON object without floats", _REMEDY) from error
    if not isinstance(document, dict):
        raise InvalidInput("certificate", type(document).__name__, "a JSON object", _REMEDY)
    _check_shape(document)
    _check_verdict(document)
    return Certificate(
        text=canonical_json(document),
        policy=document["policy"],
        members_file=document["members_file"],
        code=document["code"],
        certified=document["certified"],
        reasons=tuple(document["reasons"]),
    )


Recompute = Callable[[Policy, Certificate], Certificate]
"""Computes a certificate of this policy again, from the rows and the grant that it carries."""


def differences(claimed: Certificate, computed: Certificate) -> Iterator[tuple[str, object, object]]:
    """Where a certificate differs from what is computed again: each place, what it says there, and what is right."""
    return _differences("certificate", claimed.document, computed.document)


def _differences(place: str, seen: object, right: object) -> Iterator[tuple[str, object, object]]:
    if isinstance(seen, dict) and isinstance(right, dict):
        for key in sorted(seen.keys() | right.keys()):
            yield from _differences(f"{place}.{key}", seen.get(key, _ABSENT), right.get(key, _ABSENT))
    elif isinstance(seen, list) and isinstance(right, list):
        for number, (one, other) in enumerate(zip_longest(seen, right, fillvalue=_ABSENT)):
            yield from _differences(f"{place}[{number}]", one, other)
    elif type(seen) is not type(right) or seen != right:
        yield place, seen, right


_ABSENT = "nothing"


def _check_shape(document: Mapping[str, object]) -> None:
    for key, kind in _SHAPE.items():
        if type(document.get(key)) is not kind:
            raise InvalidInput(f"certificate.{key}", document.get(key), _KINDS[kind], _REMEDY)
    for key in document.keys() - _SHAPE.keys():
        raise InvalidInput(f"certificate.{key}", document[key], f"one of the keys {', '.join(_SHAPE)}", _REMEDY)
    if document["format"] != FORMAT:
        raise InvalidInput("certificate.format", document["format"], repr(FORMAT), _REMEDY)
    for key in ("policy", "members_file"):
        if not re.fullmatch(r"[0-9a-f]{64}", str(document[key]), re.ASCII):
            raise InvalidInput(f"certificate.{key}", document[key], "a SHA-256 in 64 hexadecimal digits", _REMEDY)


_KINDS = {str: "text", bool: "true or false", int: "an integer", list: "a list", dict: "a JSON object"}


def _check_verdict(document: Mapping[str, object]) -> None:
    """Refuse a verdict that its own findings contradict, and findings that contradict one another."""
    found = {notion: _flag(document, "sharing", notion) for notion in NOTIONS}
    for stronger in ("strict", "dominant", "unique", "potential_maximiser"):
        if found[stronger] and not found["nash"]:
            raise InvalidInput(f"certificate.sharing.{stronger}", True, "false where nash is false", _REMEDY)
    follows = found["strict"] and _flag(document, "participation", "holds") and _flag(document, "budget", "holds")
    if document["certified"] is not follows:
        raise InvalidInput("certificate.certified", document["certified"], f"{follows}, by its own findings", _REMEDY)
    if bool(document["reasons"]) is follows or not all(isinstance(why, str) for why in _list(document["reasons"])):
        raise InvalidInput("certificate.reasons", document["reasons"], "texts, exactly where not certified", _REMEDY)


def _flag(document: Mapping[str, object], part: str, key: str) -> bool:
    value = _dict(document[part]).get(key)
    if not isinstance(value, bool):
        raise InvalidInput(f"certificate.{part}.{key}", value, "true or false", _REMEDY)
    return value


def _dict(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _refuse(literal: str) -> object:
    raise ValueError(f"the number {literal[:40]} is no integer")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("an object has a key twice")
    return made
