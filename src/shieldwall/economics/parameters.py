"""Reading the parameters of a model from JSON, strictly.

A number keeps the digits it was written with, so ``0.1`` is one tenth wherever a model computes with rationals.
What cannot be read is told with its place in the document: ``payoffs[1][0]: got nan; expected a finite number``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from shieldwall.errors import InvalidInput

MAX_EXPONENT = 300
"""Numbers of more digits than this, before or after the point, are refused: exact arithmetic would not end."""

_RATIONAL = re.compile(r"(?P<top>[+-]?\d{1,300}(\.\d{1,300})?)(/(?P<bottom>\d{1,300}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of JSON that was refused, kept in its place so that the rest of a batch survives."""

    why: str

    def __repr__(self) -> str:
        return self.why


def load_json(text: str) -> object:
    """Parse a JSON document; numbers become ``int`` or ``Decimal``.

    Raises:
        InvalidInput: If it is not JSON at all.
    """
    try:
        return json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        raise InvalidInput("params", text[:60], f"a JSON object or a list of them ({error})") from error


def _decimal(literal: str) -> object:
    try:
        value = Decimal(literal)
    except InvalidOperation:
        return Unreadable(literal)
    if len(literal) > MAX_EXPONENT or (value and abs(value.adjusted()) > MAX_EXPONENT):
        return Unreadable(f"{literal[:20]}, a number of more than {MAX_EXPONENT} digits")
    return value


def _integer(literal: str) -> object:
    if len(literal) > MAX_EXPONENT:
        return Unreadable(f"{literal[:20]}..., a number of more than {MAX_EXPONENT} digits")
    return int(literal)


def _constant(literal: str) -> object:
    return Unreadable(literal)


def _object(pairs: list[tuple[str, object]]) -> object:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        return Unreadable(f"an object with the key {repeated!r} twice")
    return made


class Parameters:
    """A JSON object whose keys are taken one by one; ``close`` refuses what is left.

    >>> given = Parameters({"risk": Decimal("0.5"), "reward": "7/2", "members": []})
    >>> given.number("risk", least=0), given.rational("reward")
    (0.5, Fraction(7, 2))
    >>> given.close()
    Traceback (most recent call last):
        ...
    shieldwall.errors.InvalidInput: members: got []; expected one of the keys reward, risk. Remove or correct it
    """

    def __init__(self, values: object, path: str = "") -> None:
        if not isinstance(values, Mapping):
            raise InvalidInput(path or "params", plain(values), "a JSON object")
        self._path = path
        self._values = dict(values)
        self._known: set[str] = set()

    def path(self, key: str) -> str:
        """Where a key stands in the document."""
        return f"{self._path}.{key}" if self._path else key

    def has(self, key: str) -> bool:
        """Whether the key is there and still to be taken; ``null`` counts as absent."""
        self._known.add(key)
        return self._values.get(key) is not None

    def take(self, key: str, expected: str) -> object:
        """The value of a key that must be there.

        Raises:
            InvalidInput: If it is absent.
        """
        self._known.add(key)
        if key not in self._values:
            raise InvalidInput(self.path(key), "nothing", expected, "Add the key; no value is assumed")
        return self._values.pop(key)

    def number(self, key: str, *, least: float = -math.inf, most: float = math.inf) -> float:
        """A finite number within closed bounds."""
        return as_number(self.path(key), self.take(key, _between(least, most)), least=least, most=most)

    def integer(self, key: str, *, least: int, most: int) -> int:
        """An integer within closed bounds; ``15.0`` is one."""
        expected = f"an integer from {least} to {most}"
        value = self.take(key, expected)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value % 1 or not least <= value <= most:
            raise InvalidInput(self.path(key), plain(value), expected)
        return int(value)

    def rational(self, key: str) -> Fraction:
        """An exact number: an integer, a decimal, or text such as ``"7/2"``."""
        return as_rational(self.path(key), self.take(key, EXACT))

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.take(key, "true or false")
        if not isinstance(value, bool):
            raise InvalidInput(self.path(key), plain(value), "true or false")
        return value

    def choice(self, key: str, names: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.take(key, f"one of {', '.join(names)}")
        if not isinstance(value, str) or value not in names:
            raise InvalidInput(self.path(key), plain(value), f"one of {', '.join(names)}")
        return value

    def items(self, key: str, expected: str = "a list") -> list[object]:
        """A list, its items unread."""
        value = self.take(key, expected)
        if not isinstance(value, list):
            raise InvalidInput(self.path(key), plain(value), expected)
        return value

    def child(self, key: str) -> Parameters:
        """An object inside this one."""
        return Parameters(self.take(key, "a JSON object"), self.path(key))

    def children(self, key: str) -> Iterator[Parameters]:
        """The objects of a list, in order."""
        for index, item in enumerate(self.items(key, "a list of JSON objects")):
            yield Parameters(item, f"{self.path(key)}[{index}]")

    def close(self) -> None:
        """Refuse what nobody asked for.

        Raises:
            InvalidInput: If a key was not taken.
        """
        for key, value in self._values.items():
            if key in self._known and value is None:
                continue
            known = f"one of the keys {', '.join(sorted(self._known))}"
            raise InvalidInput(self.path(key), plain(value), known, "Remove or correct it")


EXACT = 'a finite number, or text such as "7/2"'


def as_number(field: str, value: object, *, least: float = -math.inf, most: float = math.inf) -> float:
    """Read one finite number within closed bounds.

    Raises:
        InvalidInput: If it is something else.
    """
    expected = _between(least, most)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidInput(field, plain(value), expected)
    number = float(value)
    if not math.isfinite(number) or not least <= number <= most:
        raise InvalidInput(field, plain(value), expected)
    return number


def as_rational(field: str, value: object) -> Fraction:
    """Read one number exactly.

    Raises:
        InvalidInput: If it is none.

    >>> as_rational("reward", "-7/2"), as_rational("reward", Decimal("0.1"))
    (Fraction(-7, 2), Fraction(1, 10))
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    match = _RATIONAL.fullmatch(value) if isinstance(value, str) else None
    if match is None or (match["bottom"] is not None and int(match["bottom"]) == 0):
        raise InvalidInput(field, plain(value), EXACT)
    return Fraction(match["top"]) / int(match["bottom"] or 1)


def plain(value: object) -> object:
    """A value of the document as a message shows it: without the types that keep its digits."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def _between(least: float, most: float) -> str:
    if math.isinf(least) and math.isinf(most):
        return "a finite number"
    if math.isinf(most):
        return f"a finite number of at least {least:g}"
    if math.isinf(least):
        return f"a finite number of at most {most:g}"
    return f"a number from {least:g} to {most:g}"
