"""A submission on its way in: one frozen type for each stage, so that a skipped step does not type-check.

``ValidObject`` -> ``MediatedObject`` -> ``Contribution`` -> ``Filed``. Bytes that were refused become a
``Refusal``; they never become a ``ValidObject``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shieldwall.stix.markings import Tlp


@dataclass(frozen=True, slots=True)
class Refusal:
    """One object of a submission that was not taken, and why.

    ``id`` and ``version`` are what the object claimed, empty where it claimed nothing readable.
    """

    id: str
    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class ValidObject:
    """A STIX object that obeys its schema and Shieldwall's own rules.

    Attributes:
        id: STIX id.
        version: ``modified`` (else ``created``) in the sortable form of ``stix.timestamp``; empty for an object
            that has neither, so that repeating it is no new version.
        version_text: The same as it was written; empty like ``version``.
        body: The bytes as they came in.
        content: The same, parsed.
    """

    id: str
    type: str
    version: str
    version_text: str
    spec_version: str
    tlp: Tlp
    body: bytes
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MediatedObject:
    """A valid object without what identifies its contributor; ``served`` is what others may read.

    Attributes:
        original: What the contributor sent; shown to it alone.
        served: Canonical bytes after mediation, None when the object is the contributor's own identity and
            is therefore never served.
        content: ``served`` parsed; the original's content for an object that is never served.
    """

    original: ValidObject
    served: bytes | None
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Features:
    """What clustering, valuation and audit need of a contribution, so that bodies stay erasable.

    Attributes:
        root_key: CVE, campaign or malware id the root itself names, None unless exactly one.
        cve: The CVE named, if the root key is one.
        observables: Keyed digests of the observables (16 bytes each), see ``mediation.fingerprint``.
        hashes: Those of ``observables`` that are file hashes.
        parts: Which of evidence, context, detection, mitigation it holds (factor Q).
        impact: Severity on the impact scale, in tenths.
        decay: Decay class: phishing, network, vulnerability or ttp (factor D).
        known: How many of ``observables`` the alliance held before (factor N).
    """

    root_key: str | None
    cve: str | None
    observables: frozenset[bytes]
    hashes: frozenset[bytes]
    parts: frozenset[str]
    impact: int
    decay: str
    known: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """One root with what belongs to it, mediated and ready to be filed under a case."""

    id: str
    accepted_at: datetime
    root: str
    root_type: str
    objects: tuple[str, ...]
    features: Features


@dataclass(frozen=True, slots=True)
class Filed:
    """A contribution that belongs to a case."""

    contribution: Contribution
    case: str
