"""Column types: how the values of the domain lie in the database, exactly and reversibly.

Not here: the tables (``schema``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micro(instant: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, exact.

    >>> to_micro(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (instant - _EPOCH) // _MICROSECOND


def from_micro(micro: int) -> datetime:
    """The aware datetime in UTC, inverse of ``to_micro``."""
    return _EPOCH + timedelta(microseconds=micro)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as integer microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else to_micro(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micro(value)


class Ratio(TypeDecorator[Fraction]):
    """A rational as the text ``p/q`` (``p`` alone where q is 1)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> Any:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Fraction | None:
        return None if value is None else Fraction(value)


class Whole(TypeDecorator[int]):
    """An integer of any size as decimal text, for sums of products that may pass 2^63."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> Any:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """A sequence of texts as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(json.loads(value))


class Choice(TypeDecorator[Any]):
    """A member of an enumeration as its value.

    Args:
        kind: The enumeration.
        stored: Type of its values.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Enum], stored: type[TypeEngine[Any]] = Text) -> None:
        super().__init__()
        self.kind = kind
        self.stored = stored

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.stored())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self.kind(value)
