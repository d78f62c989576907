"""The URL parameters of TAXII 2.1 sections 3.4 and 3.5, read strictly: nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from shieldwall.errors import InvalidInput
from shieldwall.ports import Query, Versions
from shieldwall.stix.timestamp import normalise, parse_timestamp
from shieldwall.web.limits import Limits

EVERY_MATCH = frozenset({"id", "type", "version", "spec_version"})
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks of a collection."""

    query: Query
    limit: int
    next: str | None


def read_filters(query_string: bytes, limits: Limits, allowed: Collection[str] = EVERY_MATCH) -> Wanted:
    """Read the parameters of a request.

    Args:
        query_string: As it came in the URL, without the question mark.
        limits: For the default and the greatest page.
        allowed: The ``match`` fields of this endpoint.

    Raises:
        InvalidInput: It names the parameter.

    >>> read_filters(b"limit=5&match[type]=indicator,malware", Limits()).limit
    5
    """
    given = _once(query_string)
    for name in given:
        if name.startswith("match") and name.removeprefix("match[").removesuffix("]") not in allowed:
            fields = ", ".join(f"match[{field}]" for field in sorted(allowed))
            raise InvalidInput(name, given[name], f"one of {fields}", "leave the parameter out")
    added_after = given.get("added_after")
    return Wanted(
        query=Query(
            added_after=None if added_after is None else _instant("added_after", added_after),
            ids=_listed(given, "match[id]"),
            types=_listed(given, "match[type]"),
            spec_versions=_listed(given, "match[spec_version]"),
            versions=_versions(given),
        ),
        limit=_limit(given, limits),
        next=given.get("next"),
    )


def _once(query_string: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise InvalidInput("query", query_string[:120], "at most 20 parameters in UTF-8") from error
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise InvalidInput(name, value, "the parameter once", "separate several values by commas in one parameter")
        given[name] = value
    return given


def _instant(name: str, text: str) -> datetime:
    """Cut to microseconds, which the dates it is compared with have too."""
    try:
        return parse_timestamp(text, name).instant
    except OverflowError as error:
        raise InvalidInput(name, text, "a time before the end of the year 9999") from error


def _listed(given: dict[str, str], name: str) -> frozenset[str]:
    if name not in given:
        return frozenset()
    values = given[name].split(",")
    if not all(values):
        raise InvalidInput(name, given[name], "values separated by commas, none of them empty")
    return frozenset(values)


def _versions(given: dict[str, str]) -> frozenset[str]:
    values = _listed(given, "match[version]")
    if not values:
        return frozenset({Versions.LAST})
    keywords = frozenset(Versions)
    return frozenset(value if value in keywords else normalise(value, "match[version]") for value in values)


def _limit(given: dict[str, str], limits: Limits) -> int:
    text = given.get("limit")
    if text is None:
        return limits.page
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and int(text) > 0):
        raise InvalidInput("limit", text, "a whole number of at least 1")
    return min(int(text), limits.page_max)
