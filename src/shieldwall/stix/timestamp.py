"""Timestamps of STIX 2.1 and TAXII 2.1, with any number of fraction digits and their text kept.

Python's ``datetime`` stops at microseconds, so ordering works on a normalised text. No clock is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from shieldwall.errors import InvalidStix

_RFC3339_UTC = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?Z", re.ASCII
)
_EXPECTED = "an RFC 3339 time in UTC that ends in Z, such as 2026-01-31T12:00:00.000Z"
_LEAP_SECOND = 60


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """One instant, compared exactly whatever the number of fraction digits.

    Args:
        key: Normalised text without zone and trailing zeros; sorts as the instant does.
        text: The text as it came in; not part of any comparison.

    >>> parse_timestamp("2026-01-31T12:00:00Z") == parse_timestamp("2026-01-31T12:00:00.000Z")
    True
    """

    key: str
    text: str = field(compare=False)

    @property
    def instant(self) -> datetime:
        """The instant in UTC, cut to microseconds; a leap second becomes the next second."""
        whole, _, fraction = self.key.partition(".")
        seconds = int(whole[17:])
        base = datetime.fromisoformat(whole[:17] + "00").replace(tzinfo=UTC)
        return base + timedelta(seconds=seconds, microseconds=int(fraction[:6].ljust(6, "0")))


def parse_timestamp(text: str, field_name: str = "timestamp") -> Timestamp:
    """Parse a timestamp of STIX 2.1 (section 2.16) or TAXII 2.1 (section 1.6.3).

    Args:
        text: RFC 3339 text in UTC; the zone must be the letter Z.
        field_name: Name of the property or parameter, for the error message.

    Returns:
        The instant with its original text.

    Raises:
        InvalidStix: No zone, another zone than Z, or a date that no calendar has.

    >>> parse_timestamp("2026-01-31T12:00:00.1234567Z").key
    '2026-01-31T12:00:00.1234567'
    """
    match = _RFC3339_UTC.fullmatch(text)
    if match is None:
        raise InvalidStix(field_name, text, _EXPECTED)
    year, month, day, hour, minute, second = (int(part) for part in match.group(1, 2, 3, 4, 5, 6))
    try:
        datetime(year, month, day, hour, minute, second - (second == _LEAP_SECOND), tzinfo=UTC)
    except ValueError as error:
        raise InvalidStix(field_name, text, f"a date and time that exist ({error})") from error
    fraction = (match[7] or "").rstrip("0")
    return Timestamp(f"{text[:19]}.{fraction}" if fraction else text[:19], text)


def normalise(text: str, field_name: str = "timestamp") -> str:
    """Return the sortable text of a timestamp: equal instants give equal texts, later ones greater texts.

    >>> normalise("2026-01-31T12:00:00.500Z") < normalise("2026-01-31T12:00:00.5001Z")
    True

    Raises:
        InvalidStix: As `parse_timestamp`.
    """
    return parse_timestamp(text, field_name).key


def format_micro(instant: datetime) -> str:
    """Write an instant with six fraction digits, as TAXII 2.1 asks of servers (section 1.6.3).

    Args:
        instant: An aware datetime.

    Raises:
        InvalidStix: ``instant`` has no time zone.

    >>> format_micro(datetime(2026, 1, 31, 12, tzinfo=UTC))
    '2026-01-31T12:00:00.000000Z'
    """
    if instant.tzinfo is None:
        raise InvalidStix("timestamp", instant.isoformat(), "a time with its zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
