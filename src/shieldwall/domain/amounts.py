"""Exact amounts: credits in micro-units, points in milli-points, shares as rationals.

Nothing here rounds in favour of anybody: amounts are integers, shares are ``Fraction``.
No float enters the mechanism, the panel or the ledger (docs/decisions).
"""

from __future__ import annotations

import re
from fractions import Fraction

from shieldwall.errors import InvalidInput

MICRO = 1_000_000
"""Micro-credits in one credit."""

MILLI = 1_000
"""Milli-points in one point."""

_NUMBER = re.compile(r"(?P<top>\d{1,18}(\.\d{1,12})?)(/(?P<bottom>\d{1,18}))?", re.ASCII)


def parse_ratio(field: str, text: object) -> Fraction:
    """Read a non-negative rational written as ``"3/4"``, ``"0.75"`` or an integer.

    Args:
        field: Name used in the error message.
        text: A string or an integer; floats are refused because they are not exact.

    Raises:
        InvalidInput: If the value is neither.

    >>> parse_ratio("first_reporter", "0.75")
    Fraction(3, 4)
    """
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return Fraction(text)
    match = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    if match is None or (match["bottom"] is not None and int(match["bottom"]) == 0):
        raise InvalidInput(field, text, 'a non-negative number in quotes such as "0.75" or "3/4", or an integer')
    return Fraction(match["top"]) / int(match["bottom"] or 1)


def parse_credits(field: str, text: object) -> int:
    """Read an amount of credits with at most six decimals; the result is in micro-credits.

    >>> parse_credits("amount", "12.5")
    12500000
    """
    micro = parse_ratio(field, text) * MICRO
    if micro.denominator != 1:
        raise InvalidInput(field, text, "an amount of credits with at most six decimals")
    return micro.numerator


def format_credits(micro: int) -> str:
    """Show micro-credits as credits, without trailing zeros beyond two decimals.

    >>> format_credits(12_500_000), format_credits(-1), format_credits(2_000_000_000)
    ('12.50', '-0.000001', '2,000.00')
    """
    whole, part = divmod(abs(micro), MICRO)
    decimals = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micro < 0 else ''}{whole:,}.{decimals}"


def format_points(milli: int) -> str:
    """Show milli-points as points with three decimals.

    >>> format_points(40_000)
    '40.000'
    """
    return f"{milli // MILLI:,}.{milli % MILLI:03d}"
