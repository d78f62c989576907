"""The one byte form of a JSON value, so that equal values have equal hashes.

Not here: checking what the value means.
"""

from __future__ import annotations

import json

from shieldwall.errors import InvalidInput


def canonical_json(value: object) -> bytes:
    """Write a JSON value with sorted keys, no spaces, UTF-8, no escapes beyond those JSON requires.

    Keys sort by code point (RFC 8785 sorts by UTF-16 unit; the two differ only beyond U+FFFF). Strings stay
    as they are, without Unicode normalisation.

    Args:
        value: Objects with string keys, arrays, strings, numbers, booleans and null.

    Raises:
        InvalidInput: Not a JSON value: NaN, infinity, a lone surrogate, too deep, or a foreign type.

    >>> canonical_json({"b": [1, 2.5], "a": "é"}).decode()
    '{"a":"é","b":[1,2.5]}'
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        # The value itself is not shown: what cannot be written as JSON may also have no finite repr.
        raise InvalidInput("JSON value", type(value).__name__, f"a JSON value ({error})") from error
