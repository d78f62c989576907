"""The members file: who faces the policy, as a CSV table of the estimates that decide the game.

One row is one member, or a class of ``count`` members alike. What cannot be read is told with its line and column.
Not here: what follows from the estimates (``year``, ``game``).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shieldwall.domain.amounts import MICRO, parse_ratio
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import DECAY_CLASSES
from shieldwall.errors import InvalidInput

MOST_CONTRIBUTIONS = 1_000_000
"""Contributions a year of all members together, beyond which a run of the mechanism would not end soon."""

RAREST = Fraction(1, 20)
"""Fewest contributions a year of a member: one in twenty years."""


@dataclass(frozen=True, slots=True)
class MemberClass:
    """A row: ``count`` members with the same estimates.

    Attributes:
        contributions: Contributions a year that each could share and that the panel would find valid.
        severity: Their severity in tenths, 0 to 100.
        benefit: Micro-credits that one contribution of another member is worth to each, received at once.
        risk: Micro-credits that sharing one contribution costs each: work, exposure, lost edge.
        fee: Micro-credits a year that each pays, whether it shares or not.
        corroborated: Part of the contributions that one other member reports before the verdict.
        root: Whether the panel would call them root causes (factor R).
        parts: How many of evidence, context, detection and mitigation they hold (factor Q).
        decay: Decay class, by which a contribution loses its worth while it is withheld.
    """

    name: str
    tier: Tier
    contributions: Fraction
    severity: int
    benefit: Fraction
    risk: Fraction
    fee: int
    count: int = 1
    corroborated: Fraction = Fraction(0)
    root: bool = False
    parts: int = 2
    decay: str = "network"


@dataclass(frozen=True, slots=True)
class MembersFile:
    """A members file as read; ``hash`` is the SHA-256 of its UTF-8 bytes, ``given`` its columns."""

    hash: str
    given: tuple[str, ...]
    classes: tuple[MemberClass, ...]


def read_members(text: str) -> MembersFile:
    """Read a members file.

    Args:
        text: CSV with a heading line. Required: name, tier, contributions, severity, benefit, risk, fee. Optional:
            count, corroborated, root, parts, decay. Numbers are exact: ``12``, ``0.75`` and ``3/4``.

    Raises:
        InvalidInput: With the line and column, for a missing or repeated row, column or value, a number that is
            negative, too large or not written so, or a word that is not known.

    >>> heading = "name,tier,contributions,severity,benefit,risk,fee\\n"
    >>> read_members(heading + "Alder,core,12,7.5,40,25,900\\n").classes[0].severity
    75
    >>> read_members(heading + "Alder,core,12,7.5,40,-25,900\\n")
    Traceback (most recent call last):
        ...
    shieldwall.errors.InvalidInput: members line 2, column risk: got '-25'; expected credits from 0 to 1000000000
    """
    lines = _lines(text)
    columns = _columns(lines[0][1])
    if len(lines) == 1:
        raise InvalidInput("members line 2", "the end of the file", "a member", "Write one line for each member")
    first_line: dict[str, int] = {}
    classes = []
    for line, cells in lines[1:]:
        made = _row(line, columns, cells)
        if made.name in first_line:
            raise InvalidInput(
                f"members line {line}, column name",
                made.name,
                f"a name that line {first_line[made.name]} does not have",
                "Remove one of the rows, or give a count",
            )
        first_line[made.name] = line
        classes.append(made)
    total = sum(made.count * made.contributions for made in classes)
    if total > MOST_CONTRIBUTIONS:
        expected = f"at most {MOST_CONTRIBUTIONS} contributions a year in all"
        raise InvalidInput("members, columns count and contributions", str(total), expected)
    return MembersFile(hashlib.sha256(text.encode()).hexdigest(), columns, tuple(classes))


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The rows with the number of the line on which each begins; empty lines only at the end."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff").rstrip("\r\n") + "\n", newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            rows.append((begins, [cell.strip() for cell in cells]))
            if not any(rows[-1][1]):
                raise InvalidInput(f"members line {begins}", "an empty line", "a row", "Fill in or remove the line")
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput(f"members line {reader.line_num}", str(error), "comma-separated values") from error
    return rows


def _columns(cells: Sequence[str]) -> tuple[str, ...]:
    for name in cells:
        field = f"members line 1, column {name or '(without a name)'}"
        if cells.count(name) > 1:
            raise InvalidInput(field, name, "each column once", "Remove one of them")
        if name not in COLUMNS:
            raise InvalidInput(
                field, name, f"one of the columns {', '.join(COLUMNS)}", "The first line names the columns"
            )
    for name in _REQUIRED:
        if name not in cells:
            raise InvalidInput(f"members line 1, column {name}", ", ".join(cells), f"a column {name}", "Add it")
    return tuple(cells)


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> MemberClass:
    if len(cells) != len(columns):
        missing = f", from column {columns[len(cells)]} on" if len(cells) < len(columns) else ""
        raise InvalidInput(f"members line {line}", f"{len(cells)} values", f"{len(columns)} values{missing}")
    values: dict[str, object] = {}
    for column, cell in zip(columns, cells, strict=True):
        field = f"members line {line}, column {column}"
        if cell:
            values[column] = (_REQUIRED.get(column) or _OPTIONAL[column])(field, cell)
        elif column in _REQUIRED:
            raise InvalidInput(field, "nothing", "a value", "No value is assumed")
    return MemberClass(**values)  # type: ignore[arg-type]


def _name(field: str, cell: str) -> str:
    if len(cell) > 200 or not cell.isprintable():
        raise InvalidInput(field, cell, "1 to 200 printable characters")
    return cell


def _tier(field: str, cell: str) -> Tier:
    return Tier(_word(field, cell, [tier.value for tier in Tier]))


def _decay(field: str, cell: str) -> str:
    return _word(field, cell, DECAY_CLASSES)


def _root(field: str, cell: str) -> bool:
    return _word(field, cell, ("yes", "no")) == "yes"


def _word(field: str, cell: str, words: Sequence[str]) -> str:
    if cell not in words:
        raise InvalidInput(field, cell, f"one of {', '.join(words)}")
    return cell


def _ratio(field: str, cell: str, least: Fraction | int, most: int, expected: str) -> Fraction:
    try:
        number = parse_ratio(field, cell)
    except InvalidInput:
        number = None
    if number is None or not least <= number <= most:
        raise InvalidInput(field, cell, expected)
    if max(number.numerator, number.denominator) >= 10**18:
        # A certificate writes it in lowest terms, and has to be readable again.
        raise InvalidInput(field, cell, "a number of at most 18 digits above and below in lowest terms")
    return number


def _contributions(field: str, cell: str) -> Fraction:
    return _ratio(field, cell, RAREST, 100_000, f"contributions a year from {RAREST} to 100000")


def _credits(field: str, cell: str) -> Fraction:
    return MICRO * _ratio(field, cell, 0, 10**9, "credits from 0 to 1000000000")


def _fee(field: str, cell: str) -> int:
    return _whole(field, cell, MICRO, 10**9, "credits a year from 0 to 1000000000 with at most six decimals")


def _severity(field: str, cell: str) -> int:
    return _whole(field, cell, 10, 10, "a severity from 0 to 10 with at most one decimal")


def _count(field: str, cell: str) -> int:
    expected = "a whole number from 1 to 1000000"
    count = _whole(field, cell, 1, 1_000_000, expected)
    if not count:
        raise InvalidInput(field, cell, expected)
    return count


def _parts(field: str, cell: str) -> int:
    return _whole(field, cell, 1, 4, "a whole number from 0 to 4")


def _share(field: str, cell: str) -> Fraction:
    return _ratio(field, cell, 0, 1, "a part from 0 to 1")


def _whole(field: str, cell: str, scale: int, most: int, expected: str) -> int:
    scaled = scale * _ratio(field, cell, 0, most, expected)
    if scaled.denominator != 1:
        raise InvalidInput(field, cell, expected)
    return scaled.numerator


_Reader = Callable[[str, str], object]
_REQUIRED: Mapping[str, _Reader] = {
    "name": _name,
    "tier": _tier,
    "contributions": _contributions,
    "severity": _severity,
    "benefit": _credits,
    "risk": _credits,
    "fee": _fee,
}
_OPTIONAL: Mapping[str, _Reader] = {
    "count": _count,
    "corroborated": _share,
    "root": _root,
    "parts": _parts,
    "decay": _decay,
}

COLUMNS = (*_REQUIRED, *_OPTIONAL)
"""Every column that a members file may have."""
