"""Is a decoded object good STIX 2.1: the OASIS schemas, then the rules that schemas cannot say.

Unknown object types are checked against the core schema and custom properties are admitted. What a reference
names is checked by the type in its id; whether the target exists is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from shieldwall.errors import InvalidStix
from shieldwall.stix.parse import StixObject
from shieldwall.stix.patterns import pattern_error
from shieldwall.stix.schemas import compiled, schema_name
from shieldwall.stix.timestamp import parse_timestamp
from shieldwall.stix.vocabulary import (
    COMMON_REFERENCES,
    META,
    ORDER,
    REFERENCES,
    SCO,
    SDO,
    SRO,
    TIMESTAMPS,
)

MAX_PROBLEMS = 8
"""Most problems reported for one object; the first is the one to mend first."""

MAX_TYPE_CHARS = 250
"""Longest object type, hence of the part of an id before the two dashes (STIX 2.1 section 2.15)."""

_SPECIFIED = SDO | SRO | SCO | META
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_INDEX = re.compile(r"\[(\d+)\]")
_PATTERN_MEANS = (
    ("^[0-9]{4}-(0[1-9]", "an RFC 3339 time in UTC that ends in Z, such as 2026-01-31T12:00:00.000Z"),
    ("T\\d{2}:\\d{2}:\\d{2}\\.\\d{3,}", "a time to the millisecond, such as 2026-01-31T12:00:00.000Z"),
    ("^[a-z][a-z0-9-]+[a-z0-9]--", "an identifier: object type, two dashes, RFC 4122 UUID"),
)
_KEYWORD_MEANS = {
    "type": "a value of type {}",
    "enum": "one of {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minItems": "no empty list (leave the property out)",
    "minProperties": "no empty dictionary (leave the property out)",
    "format": "a valid {}",
    "not": "none of the names and values that STIX 2.1 reserves here",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule.

    Args:
        field: Path of the property from the object's top, such as ``external_references.0.url``.
        seen: The value found there.
        expected: What would have been accepted.
    """

    field: str
    seen: object
    expected: str

    @property
    def message(self) -> str:
        """The sentence shown to the submitter."""
        return str(self.error())

    def error(self) -> InvalidStix:
        """The same as an exception."""
        return InvalidStix(self.field, self.seen, self.expected)


def check(obj: StixObject) -> list[Problem]:
    """List what is wrong with one object; empty when it may be taken.

    Args:
        obj: A decoded object of any type but ``bundle``.

    Returns:
        At most ``MAX_PROBLEMS`` problems. Rules beyond the schemas are tried only
        when the schemas are satisfied.

    >>> address = {"type": "ipv4-addr", "id": "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"}
    >>> [problem.field for problem in check(address | {"value": "192.0.2.300"})]
    ['value']
    """
    kind = obj.get("type")
    if not isinstance(kind, str) or kind == "bundle":
        return [Problem("type", kind, "the type of one STIX object")]
    validator = compiled(schema_name(kind, observable=_is_custom_observable(obj)))
    if not validator.is_valid(obj):
        return list(_distinct(_schema_problems(validator.iter_errors(obj))))
    return list(_distinct(_rule_problems(obj, kind)))


def validate(obj: StixObject) -> None:
    """Refuse an object that breaks a rule.

    Raises:
        InvalidStix: The first problem that `check` finds.
    """
    problems = check(obj)
    if problems:
        raise problems[0].error()


def _distinct(problems: Iterator[Problem]) -> Iterator[Problem]:
    seen: set[str] = set()
    for problem in problems:
        if problem.field not in seen:
            seen.add(problem.field)
            yield problem
        if len(seen) == MAX_PROBLEMS:
            return


def _is_custom_observable(obj: StixObject) -> bool:
    extensions = obj.get("extensions")
    return isinstance(extensions, dict) and any(
        isinstance(extension, dict) and extension.get("extension_type") == "new-sco"
        for extension in extensions.values()
    )


# ---- from the schemas -------------------------------------------------------------------------------------


def _schema_problems(errors: Iterator[ValidationError]) -> Iterator[Problem]:
    for error in errors:
        innermost = _innermost(error)
        path = [str(step) for step in innermost.instance_path]
        kind = innermost.kind
        if isinstance(kind, ValidationErrorKind.Required):
            yield Problem(".".join([*path, str(kind.property)]), None, "this property, which is required here")
        elif isinstance(kind, ValidationErrorKind.AdditionalProperties):
            yield from (
                Problem(".".join([*path, name]), name, "a property name that STIX 2.1 allows here")
                for name in kind.unexpected
            )
        else:
            yield Problem(".".join(path) or "object", innermost.instance, _expected(innermost))


def _innermost(error: ValidationError) -> ValidationError:
    """Follow the alternative that got furthest: the one with the fewest and the deepest complaints."""
    kind = error.kind
    while isinstance(kind, (ValidationErrorKind.OneOfNotValid, ValidationErrorKind.AnyOf)):
        branches = [branch for branch in kind.context if branch]
        if not branches:
            return error
        best = min(branches, key=lambda branch: (len(branch), -len(branch[0].instance_path)))
        error = best[0]
        kind = error.kind
    return error


def _expected(error: ValidationError) -> str:
    keyword, value = error.kind.name, error.kind.value
    if keyword == "pattern":
        known = (meaning for beginning, meaning in _PATTERN_MEANS if value.startswith(beginning))
        return next(known, f"text that matches {value}")
    shown = ", ".join(map(str, value)) if isinstance(value, list) else value
    return _KEYWORD_MEANS.get(keyword, "what the STIX 2.1 schema allows here").format(shown)


# ---- beyond the schemas -----------------------------------------------------------------------------------


def _rule_problems(obj: StixObject, kind: str) -> Iterator[Problem]:
    yield from _identity_problems(obj, kind)
    yield from _time_problems(obj, kind)
    yield from _reference_problems(obj, kind)
    if "granular_markings" in obj:
        yield from _selector_problems(obj)
    if kind == "indicator" and obj["pattern_type"] == "stix":
        wrong = pattern_error(obj["pattern"])
        if wrong:
            yield Problem("pattern", obj["pattern"], f"a STIX pattern ({wrong})")


def _identity_problems(obj: StixObject, kind: str) -> Iterator[Problem]:
    identifier: str = obj["id"]
    if len(kind) > MAX_TYPE_CHARS:
        yield Problem("type", kind, f"at most {MAX_TYPE_CHARS} characters")
    if identifier.partition("--")[0] != kind:
        yield Problem("id", identifier, f"an id that begins with {kind}--")
    version = obj.get("spec_version")
    # Observables may leave the version out; the schemas would also let 2.0 pass.
    if version != "2.1" and not (version is None and (kind in SCO or kind not in _SPECIFIED)):
        yield Problem("spec_version", version, "2.1")
    if "lang" in obj and not _LANGUAGE.fullmatch(str(obj["lang"])):
        yield Problem("lang", obj["lang"], "a language tag of RFC 5646, such as en or pt-BR")


def _time_problems(obj: StixObject, kind: str) -> Iterator[Problem]:
    times = {}
    for name in ("created", "modified", *TIMESTAMPS.get(kind, ())):
        if name not in obj:
            continue
        try:
            times[name] = parse_timestamp(str(obj[name]), name)
        except InvalidStix as error:
            yield Problem(name, obj[name], error.expected)
    pairs = [("created", "modified", False)]
    if kind in ORDER:
        pairs.append(ORDER[kind])
    for first, second, strict in pairs:
        earlier, later = times.get(first), times.get(second)
        if earlier and later and (later < earlier or (strict and later == earlier)):
            relation = "later than" if strict else "not before"
            yield Problem(second, later.text, f"a time {relation} {first} ({earlier.text})")


def _reference_problems(obj: StixObject, kind: str) -> Iterator[Problem]:
    for table in (COMMON_REFERENCES, REFERENCES.get(kind, {})):
        for name, allowed in table.items():
            value = obj.get(name)
            if value is None:
                continue
            for reference in value if isinstance(value, list) else (value,):
                if not _may_name(str(reference).partition("--")[0], allowed):
                    shown = "an allowed type" if _is_category(allowed) else " or ".join(sorted(allowed))
                    yield Problem(name, reference, f"a reference to an object of {shown}")
    if kind == "marking-definition" and obj["id"] in _marking_references(obj):
        yield Problem("object_marking_refs", obj["id"], "a reference to another marking definition")


def _is_category(allowed: frozenset[str]) -> bool:
    return allowed >= SCO or allowed >= SDO


def _may_name(target: str, allowed: frozenset[str]) -> bool:
    """Custom types may stand wherever a whole category of types may."""
    custom = target not in _SPECIFIED and target != "bundle"
    return target in allowed or (custom and _is_category(allowed))


def _marking_references(obj: StixObject) -> Iterator[str]:
    yield from obj.get("object_marking_refs", ())
    yield from (marking.get("marking_ref") for marking in obj.get("granular_markings", ()))


def _selector_problems(obj: StixObject) -> Iterator[Problem]:
    for position, marking in enumerate(obj["granular_markings"]):
        for selector in marking["selectors"]:
            if not _selects(obj, selector):
                yield Problem(
                    f"granular_markings.{position}.selectors",
                    selector,
                    "the path of a property of this object",
                )


def _selects(node: Any, selector: str) -> bool:
    for step in selector.split("."):
        index = _INDEX.fullmatch(step)
        if index and isinstance(node, list) and int(index[1]) < len(node):
            node = node[int(index[1])]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return False
    return True
