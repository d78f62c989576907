"""What the alliance keeps of a contribution's content: keyed digests of its observables and a few facts.

Bodies can then be erased without touching clustering, valuation or audit. The facts are found in ``stix``.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from shieldwall.domain.contributions import Features
from shieldwall.mediation.pseudonym import check_key
from shieldwall.stix.features import actionability, decay_class, impact_tenths, root_key
from shieldwall.stix.observables import Observable, observables_of
from shieldwall.stix.parse import StixObject

DIGEST_BYTES = 16
"""Bytes of a fingerprint; 2**64 observables are needed before a chance collision is likely."""


def fingerprint(key: bytes, observable: Observable) -> bytes:
    """Digest one observable with keyed BLAKE2b (RFC 7693), so that none without the key can try addresses.

    Args:
        key: The alliance's secret, 16 to 64 bytes.
        observable: Already normalised.

    Returns:
        ``DIGEST_BYTES`` bytes.

    Raises:
        InvalidInput: The key has another length.

    >>> fingerprint(bytes(16), Observable("ipv4", "192.0.2.1")).hex()
    '103cd3926b8f58786e6d15f5edfcd44c'
    """
    text = f"{observable.kind}:{observable.value}"
    return blake2b(text.encode(), digest_size=DIGEST_BYTES, key=check_key(key)).digest()


def features(key: bytes, root: StixObject, objects: Mapping[str, StixObject]) -> Features:
    """Extract the features of one contribution; how many observables were known before is left at 0.

    Args:
        key: The alliance's secret, 16 to 64 bytes.
        root: The contribution's root.
        objects: Its objects by id, with or without the root.

    Raises:
        InvalidInput: The key has another length.

    >>> report = {"type": "report", "id": "r", "name": "CVE-2021-44228 again", "object_refs": []}
    >>> found = features(bytes(16), report, {})
    >>> found.cve, len(found.observables)
    ('CVE-2021-44228', 1)
    """
    by_id = {**objects, str(root["id"]): root}
    content = tuple(by_id.values())
    decisive = root_key(root, by_id)
    cve = decisive if decisive is not None and decisive.startswith("CVE-") else None
    observables = frozenset[Observable]().union(*map(observables_of, content))
    if cve is not None:
        observables |= {Observable("cve", cve)}
    digests = {observable: fingerprint(key, observable) for observable in observables}
    return Features(
        root_key=decisive,
        cve=cve,
        observables=frozenset(digests.values()),
        hashes=frozenset(digest for observable, digest in digests.items() if observable.is_hash),
        parts=frozenset(actionability(content)),
        impact=impact_tenths(content, observables),
        decay=decay_class(content),
        known=0,
    )
