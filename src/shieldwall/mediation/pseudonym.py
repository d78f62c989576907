"""The identity that stands in for a contributor, another one for each object lineage.

A pseudonym is computed, never stored: the same key and lineage give the same one at every version. Without
the key two lineages of one member cannot be told from those of two members.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from shieldwall.errors import InvalidInput
from shieldwall.stix.parse import StixObject

KEY_BYTES = range(16, 65)
"""Lengths a mediation key may have; BLAKE2b takes no longer one (RFC 7693 section 2.9)."""

NEUTRAL_NAME = "Withheld member"
"""The name every pseudonymous identity bears."""


def check_key(key: bytes) -> bytes:
    """Return the key when it can be used.

    Raises:
        InvalidInput: Shorter or longer than `KEY_BYTES`; the message does not show it.
    """
    if len(key) not in KEY_BYTES:
        expected = f"{KEY_BYTES.start} to {KEY_BYTES.stop - 1} bytes"
        raise InvalidInput("mediation key", f"{len(key)} bytes", expected)
    return key


def pseudonym(key: bytes, lineage: str) -> str:
    """Name the identity that replaces a contributor in one object, whatever the object's version.

    The UUID holds HMAC-SHA256 of the lineage (RFC 2104) in the form of version 4; the OASIS schemas admit no
    version above 5.

    Args:
        key: The alliance's secret, `KEY_BYTES` long.
        lineage: STIX id of the object.

    Raises:
        InvalidInput: See `check_key`.

    >>> pseudonym(bytes(16), "url--fa8efc4a-2a12-4a5d-8cc4-b4f5ee9b0e41")
    'identity--85935be1-965d-415f-b6eb-32c4b33c20ef'
    """
    digest = hmac.digest(check_key(key), lineage.encode(), hashlib.sha256)
    return f"identity--{UUID(bytes=digest[:16], version=4)}"


def pseudonymous_identity(identifier: str, created: str) -> StixObject:
    """Make the identity object that is served under a pseudonym; equal arguments give equal bytes.

    Args:
        identifier: A result of `pseudonym`.
        created: STIX timestamp to the millisecond, fixed for the lineage; it is ``modified`` too.

    >>> stand_in = "identity--85935be1-965d-415f-b6eb-32c4b33c20ef"
    >>> pseudonymous_identity(stand_in, "2026-01-31T12:00:00.000Z")["name"]
    'Withheld member'
    """
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": identifier,
        "created": created,
        "modified": created,
        "name": NEUTRAL_NAME,
        "identity_class": "unknown",
    }
