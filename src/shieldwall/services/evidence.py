"""Loads dated public facts about CVEs: the exploited list (KEV), EPSS and CVSS.

A file is read whole before anything is stored; a bad line is named and nothing is kept of the file.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction

import msgspec

from shieldwall.domain.amounts import parse_ratio
from shieldwall.domain.cases import CaseStatus
from shieldwall.errors import InvalidInput
from shieldwall.panel.verdict import lower_median
from shieldwall.ports import Clock, Store
from shieldwall.services.reconsider import reconsider

_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,2}(\.\d{1,12})?", re.ASCII)


class EvidenceKind(StrEnum):
    """Which public list a file is."""

    KEV = "kev"
    EPSS = "epss"
    CVSS = "cvss"


class EvidenceImport:
    """Loads one list at a time; open cases are looked at again in its light."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def load(self, kind: EvidenceKind, data: bytes) -> int:
        """Read a file and take its rows over; CVEs that it does not name keep what is known of them.

        Args:
            data: KEV as the JSON of the catalogue; EPSS as CSV with columns cve and epss; CVSS as CSV with columns
                cve, version and base_score.

        Returns:
            Number of CVEs.

        Raises:
            InvalidInput: If the file is malformed; it names the line or entry.
        """
        digest = hashlib.sha256(data).digest()
        now = self._clock.now()
        if kind is EvidenceKind.KEV:
            exploited = _read_kev(data)
            with self._store.write() as uow:
                uow.evidence.load_exploited(exploited, digest, now)
                reconsider(uow, CaseStatus.WAITING, CaseStatus.REVIEW)
                uow.commit()
            return len(exploited)
        if kind is EvidenceKind.EPSS:
            probabilities = _read_epss(data)
            with self._store.write() as uow:
                uow.evidence.load_epss(probabilities, digest, now)
                reconsider(uow, CaseStatus.WAITING, CaseStatus.REVIEW)
                uow.commit()
            return len(probabilities)
        scores = _read_cvss(data)
        with self._store.write() as uow:
            uow.evidence.load_cvss(scores, digest, now)
            uow.commit()
        return len(scores)


class _KevEntry(msgspec.Struct):
    cve: str = msgspec.field(name="cveID")
    added: str = msgspec.field(name="dateAdded")


class _Kev(msgspec.Struct):
    vulnerabilities: list[_KevEntry]


def _read_kev(data: bytes) -> dict[str, date]:
    try:
        catalogue = msgspec.json.decode(data, type=_Kev)
    except msgspec.DecodeError as error:
        raise InvalidInput("kev", str(error), "the JSON of the KEV catalogue, with vulnerabilities[].cveID") from error
    rows = {}
    for number, entry in enumerate(catalogue.vulnerabilities, start=1):
        place = f"vulnerabilities[{number}]"
        try:
            rows[_cve(place, entry.cve)] = date.fromisoformat(entry.added)
        except ValueError as error:
            raise InvalidInput(f"{place}.dateAdded", entry.added, "a date such as 2026-01-31") from error
    return rows


def _read_epss(data: bytes) -> dict[str, Fraction]:
    rows = {}
    for place, row in _rows("epss", data, {"cve", "epss"}):
        probability = _decimal(f"{place}: epss", row["epss"])
        if probability > 1:
            raise InvalidInput(f"{place}: epss", row["epss"], "a probability from 0 to 1")
        rows[_cve(place, row["cve"])] = probability
    return rows


def _read_cvss(data: bytes) -> dict[str, int]:
    """Of the newest CVSS version that scored a CVE, the lower median of the scores, in tenths."""
    scores: dict[str, dict[str, list[int]]] = {}
    for place, row in _rows("cvss", data, {"cve", "version", "base_score"}):
        tenths = _decimal(f"{place}: base_score", row["base_score"]) * 10
        if tenths > 100 or tenths.denominator != 1:
            raise InvalidInput(f"{place}: base_score", row["base_score"], "a score from 0 to 10 in steps of 0.1")
        by_version = scores.setdefault(_cve(place, row["cve"]), {})
        by_version.setdefault(row["version"], []).append(tenths.numerator)
    return {cve: lower_median(by_version[max(by_version)]) for cve, by_version in scores.items()}


def _rows(name: str, data: bytes, columns: set[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Rows of a CSV file, each with its place; lines that begin with # come before the header."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(name, str(error), "CSV in UTF-8", "decompress the file first") from error
    lines = text.splitlines()
    skipped = next((number for number, line in enumerate(lines) if not line.startswith("#")), 0)
    reader = csv.DictReader(io.StringIO("\n".join(lines[skipped:])))
    if not columns <= set(reader.fieldnames or ()):
        raise InvalidInput(name, reader.fieldnames, f"a header with the columns {', '.join(sorted(columns))}")
    for row in reader:
        place = f"line {reader.line_num + skipped}"
        if any(row[column] is None for column in columns):
            raise InvalidInput(place, row, f"a value in each of {', '.join(sorted(columns))}")
        yield place, row


def _cve(place: str, text: str) -> str:
    if not _CVE.fullmatch(text):
        raise InvalidInput(f"{place}: cve", text, "an id such as CVE-2026-12345")
    return text


def _decimal(place: str, text: str) -> Fraction:
    if not _DECIMAL.fullmatch(text):
        raise InvalidInput(place, text, "a decimal number such as 0.97")
    return parse_ratio(place, text)
