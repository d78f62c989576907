"""From the bytes of a TAXII 2.1 envelope to single objects, each with its exact bytes.

Only JSON is judged here; whether an object is good STIX is the business of ``validate``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import msgspec

from shieldwall.errors import InvalidStix, TooLarge

StixObject = dict[str, Any]
"""A STIX object as decoded JSON."""

MAX_OBJECT_BYTES = 4 * 1024 * 1024
"""Largest single object taken; the largest object of ATT&CK has about a quarter of it."""

_ENVELOPE = 'a TAXII 2.1 envelope {"objects": [...]}'


@dataclass(frozen=True, slots=True)
class RawObject:
    """One element of an envelope.

    Args:
        raw: The exact bytes between its first and last character in the body.
        value: The decoded object; None when it cannot be read.
        problem: Why it cannot be read; None when ``value`` is there.
    """

    raw: bytes
    value: StixObject | None
    problem: InvalidStix | None


def _no_repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    decoded = dict(pairs)
    if len(decoded) != len(pairs):
        keys = [key for key, _ in pairs]
        raise InvalidStix(next(key for key in keys if keys.count(key) > 1), "the key twice", "each key once")
    return decoded


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidStix("number", text, "a finite number")
    return number


_STRICT = json.JSONDecoder(object_pairs_hook=_no_repeated_key, parse_float=_finite)


def _decode(raw: bytes, field: str) -> Any:
    """Decode strictly what msgspec split: it refused NaN and half surrogate pairs; here the rest."""
    try:
        return _STRICT.decode(raw.decode("utf-8"))
    except InvalidStix as error:
        raise InvalidStix(f"{field}: {error.field}", error.seen, error.expected) from None
    except RecursionError as error:
        raise InvalidStix(field, "very deep nesting", "fewer levels of nesting") from error
    except UnicodeError as error:
        raise InvalidStix(field, str(error), "text in UTF-8") from error
    except ValueError as error:
        raise InvalidStix(field, str(error), "well-formed JSON") from error


def _too_deep(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        inner = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not inner:
            return False
        level = inner
    return True


def _one(raw: bytes, field: str, max_depth: int) -> RawObject:
    try:
        if len(raw) > MAX_OBJECT_BYTES:
            raise InvalidStix(field, f"{len(raw)} bytes", f"at most {MAX_OBJECT_BYTES} bytes")
        value = _decode(raw, field)
        if not isinstance(value, dict):
            raise InvalidStix(field, value, "a STIX object, that is a JSON object in braces")
        # Nesting cannot exceed the number of opening brackets, so most objects need no walk.
        if raw.count(b"{") + raw.count(b"[") > max_depth and _too_deep(value, max_depth):
            raise InvalidStix(field, "deeper nesting", f"at most {max_depth} levels of nesting")
    except InvalidStix as problem:
        return RawObject(raw, None, problem)
    return RawObject(raw, value, None)


def parse_envelope(body: bytes, *, max_objects: int, max_depth: int) -> list[RawObject]:
    """Split a TAXII 2.1 envelope (section 3.7) into its objects.

    A bad element does not sink the others: it comes back with its problem.

    Args:
        body: The bytes of the request body.
        max_objects: Most elements taken in one envelope.
        max_depth: Most levels of nesting in one object; 1 allows no nested list or object.

    Returns:
        One entry per element, in order.

    Raises:
        InvalidStix: The body is not JSON, not an envelope, or a bundle.
        TooLarge: More than ``max_objects`` elements.

    >>> [found] = parse_envelope(b'{"objects": [{"type" : "x"}]}', max_objects=10, max_depth=8)
    >>> found.raw, found.value
    (b'{"type" : "x"}', {'type': 'x'})
    """
    try:
        outer = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        listed = bytes(outer.get("objects", b""))
        elements = msgspec.json.decode(listed or b"[]", type=list[msgspec.Raw])
    except msgspec.ValidationError as error:
        raise InvalidStix("body", str(error), _ENVELOPE) from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InvalidStix("body", str(error), "well-formed JSON in UTF-8") from error
    except RecursionError as error:
        raise InvalidStix("body", "very deep nesting", "fewer levels of nesting") from error
    # msgspec keeps the last of repeated keys: the body without its list is small and is read strictly.
    envelope = _decode(body.replace(listed, b"[]", 1) if listed else body, "body")
    if envelope.get("type") == "bundle":
        raise InvalidStix("type", "bundle", _ENVELOPE, "Post the bundle's objects in an envelope.")
    if not elements:
        raise InvalidStix("objects", envelope.get("objects"), f"at least one object in {_ENVELOPE}")
    if len(elements) > max_objects:
        raise TooLarge(f"objects: {len(elements)} in one envelope; at most {max_objects}. Post in parts.")
    return [_one(bytes(raw), f"objects[{index}]", max_depth) for index, raw in enumerate(elements)]
