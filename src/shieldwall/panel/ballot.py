"""A sealed ballot: the commitment that hides it, and the check that a reveal opens it.

Not here: deadlines and who may vote; the nonce is made and kept by the voter.
"""

from __future__ import annotations

import re
from hashlib import sha256
from hmac import compare_digest

from shieldwall.domain.cases import Ballot, Seat
from shieldwall.errors import InvalidBallot

NONCE_BYTES = 32

_DOMAIN = b"shieldwall ballot v1"
_SEVERITY = re.compile(r"(?P<whole>\d|10)(\.(?P<tenth>\d))?", re.ASCII)


def parse_ballot(valid: object, severity: object, root: object) -> Ballot:
    """Read a ballot as it comes from a command line or a JSON body.

    Args:
        valid: True or False.
        severity: Text or number from 0 to 10 in steps of 0.1, such as ``"7.5"``.
        root: True for a root cause, False for a specific instance.

    Raises:
        InvalidBallot: Anything else; it names the field.

    >>> parse_ballot(True, "7.5", False)
    Ballot(valid=True, severity=75, root=False)
    """
    match = _SEVERITY.fullmatch(str(severity))
    tenths = int(match["whole"]) * 10 + int(match["tenth"] or 0) if match else 101
    if tenths > 100:
        raise InvalidBallot("severity", severity, "a number from 0 to 10 in steps of 0.1, such as 7.5")
    return Ballot(valid=_flag("valid", valid), severity=tenths, root=_flag("root", root))


def _flag(field: str, seen: object) -> bool:
    if not isinstance(seen, bool):
        raise InvalidBallot(field, seen, "true or false")
    return seen


def commitment(case: str, panelist: str, round_number: int, ballot: Ballot, nonce: bytes) -> bytes:
    """Seal a ballot for one seat.

    Args:
        case: Case id.
        panelist: Member id of the seat's holder.
        round_number: Draw that gave the seat.
        nonce: 32 random bytes of the voter's; without them the few possible ballots could be tried out.

    Returns:
        SHA-256 over the domain, then case, panelist, round, ballot and nonce, each after its length (8 bytes,
        big-endian); the round has 8 bytes, the ballot 3: valid, severity in tenths, root.

    Raises:
        InvalidBallot: The nonce is not 32 bytes long, or the severity is outside 0 to 100 tenths.
    """
    if len(nonce) != NONCE_BYTES:
        raise InvalidBallot("nonce", f"{len(nonce)} bytes", f"{NONCE_BYTES} bytes")
    if not 0 <= ballot.severity <= 100:
        raise InvalidBallot("severity", ballot.severity, "tenths from 0 to 100")
    opinion = bytes([ballot.valid, ballot.severity, ballot.root])
    digest = sha256(_DOMAIN)
    for field in (case.encode(), panelist.encode(), round_number.to_bytes(8, "big"), opinion, nonce):
        digest.update(len(field).to_bytes(8, "big") + field)
    return digest.digest()


def check_reveal(seat: Seat, ballot: Ballot, nonce: bytes) -> None:
    """Check, in constant time, that a ballot and its nonce open the seat's commitment.

    Raises:
        InvalidBallot: They do not, or nothing was committed.
    """
    if seat.commitment is None:
        raise InvalidBallot("reveal", seat.case, "a seat with a committed ballot", "commit the ballot first")
    if not compare_digest(seat.commitment, commitment(seat.case, seat.panelist, seat.round, ballot, nonce)):
        raise InvalidBallot(
            "reveal",
            seat.case,
            "the ballot and the nonce that were committed",
            "reveal them exactly as they were committed",
        )
