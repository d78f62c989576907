"""Reads recorded observables: one JSON object per line, plain or gzip, dated, attributed and in order of time.

Not here: what becomes of them.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, cast

import msgspec

from shieldwall.errors import InvalidInput

MAX_LINE_BYTES = 65_536

_REMEDY = "Nothing was written. Correct the line, or take the lines before it with --limit"

Kind = Literal["md5", "sha1", "sha256", "domain", "ipv4", "url", "cve"]


class Row(msgspec.Struct, frozen=True):
    """One observable as one organisation first published it; further fields of a line are ignored."""

    org: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[\w.-]+$")]
    first_published: Annotated[datetime, msgspec.Meta(tz=True)]
    kind: Kind = msgspec.field(name="type")
    value: Annotated[str, msgspec.Meta(min_length=1)]
    path: Annotated[str, msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one organisation published in one place at one time.

    Attributes:
        values: Kind and value of each observable, in file order.
    """

    organisation: str
    path: str
    at: datetime
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a file holds.

    Attributes:
        first: Time of the first row.
    """

    rows: int
    contributions: int
    first: datetime


def survey(path: Path, limit: int | None, progress: Callable[[int], None]) -> Extent:
    """Read a file to the end without keeping it, so that a bad line is found before anything is written.

    Args:
        limit: Rows to read, None for all.
        progress: Called now and then with the rows read.

    Raises:
        InvalidInput: The file cannot be read, is damaged, out of order or empty; it names the line.
    """
    rows = contributions = 0
    first: datetime | None = None
    for recorded in contributions_of(path, limit):
        first = first or recorded.at
        contributions += 1
        rows += len(recorded.values)
        progress(rows)
    if first is None:
        raise InvalidInput("replay file", str(path), "at least one row")
    return Extent(rows, contributions, first)


def contributions_of(path: Path, limit: int | None) -> Iterator[Recorded]:
    """Group the rows by organisation, path and time, in file order; at most one instant's rows are held.

    Raises:
        InvalidInput: See `survey`.
    """
    pending: dict[tuple[str, str], list[tuple[str, str]]] = {}
    current: datetime | None = None
    for row in _rows(path, limit):
        if row.first_published != current:
            if current is not None:
                yield from _together(pending, current)
            pending, current = {}, row.first_published
        pending.setdefault((row.org, row.path), []).append((row.kind, row.value))
    if current is not None:
        yield from _together(pending, current)


def _together(pending: dict[tuple[str, str], list[tuple[str, str]]], at: datetime) -> Iterator[Recorded]:
    for (organisation, path), values in pending.items():
        yield Recorded(organisation, path, at.astimezone(UTC), tuple(values))


def _rows(path: Path, limit: int | None) -> Iterator[Row]:
    decoder = msgspec.json.Decoder(Row)
    last: datetime | None = None
    for number, line in enumerate(_lines(path), start=1):
        if limit is not None and number > limit:
            return
        place = f"{path.name}, line {number}"
        try:
            row = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            expected = f"a recorded observable ({error})"
            raise InvalidInput(place, line.decode("utf-8", "replace"), expected, _REMEDY) from error
        if last is not None and row.first_published < last:
            seen = row.first_published.isoformat()
            raise InvalidInput(place, seen, f"a time not before {last.isoformat()}, the line's before", _REMEDY)
        last = row.first_published
        yield row


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _lines(path: Path) -> Iterator[bytes]:
    number = 0
    try:
        with _opened(path) as file:
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    expected = f"a line of at most {MAX_LINE_BYTES} bytes"
                    raise InvalidInput(f"{path.name}, line {number}", line[:80], expected, _REMEDY)
                yield line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        expected = "a whole gzip file; it is truncated or damaged here"
        raise InvalidInput(f"{path.name}, line {number + 1}", str(error), expected, _REMEDY) from error
    except OSError as error:
        raise InvalidInput("replay file", str(path), f"a file that can be read ({error.strerror})") from error
