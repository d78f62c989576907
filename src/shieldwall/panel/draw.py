"""Who reviews a case: a draw that anybody can repeat from the ledger (mechanism 2.4; decision 11).

Not here: when a draw takes place and what becomes of absentees.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

from shieldwall.domain.members import Member
from shieldwall.domain.policy import Policy
from shieldwall.errors import MechanismError

LEAST_SEATS = 3

_SEED_DOMAIN = b"shieldwall draw v1"


def seed(ledger_root: bytes, size: int, case: str, round_number: int) -> bytes:
    """Derive a draw's seed from the ledger head, so that whoever files a case cannot choose its panel.

    Args:
        ledger_root: 32-byte root of the ledger when the draw takes place.
        size: Number of entries under that root.
        round_number: 0 for the first draw of the case, 1 for the next, and so on.

    Returns:
        SHA-256 over domain, root, size and round (8 bytes each, big-endian) and case id; 32 bytes.
    """
    if len(ledger_root) != 32:
        raise MechanismError(f"a ledger root has 32 bytes, not {len(ledger_root)}")
    # Every field before the last has a fixed length, so no two inputs hash the same bytes.
    return sha256(
        _SEED_DOMAIN + ledger_root + size.to_bytes(8, "big") + round_number.to_bytes(8, "big") + case.encode()
    ).digest()


def eligible(
    panelists: Collection[Member], organisations: Collection[str], seated: Collection[str]
) -> tuple[Member, ...]:
    """Leave out panelists of a contributing organisation and those who have or had a seat.

    Args:
        panelists: Accounts with the panelist role.
        organisations: The contributors' organisations.
        seated: Ids of panelists drawn for the case before.
    """
    return tuple(member for member in panelists if member.organisation not in organisations and member.id not in seated)


def seats(eligible: int, policy: Policy) -> int | None:
    """Say how many seats to draw: the largest odd number the policy and the eligible panelists allow.

    Args:
        eligible: Number of eligible panelists.

    Returns:
        None if that is below three or below the quorum: the case has to wait.
    """
    most = min(policy.panel.seats, eligible)
    odd = most if most % 2 else most - 1
    return odd if odd >= max(LEAST_SEATS, policy.panel.quorum) else None


def draw(seed: bytes, eligible: Collection[Member], seats: int) -> tuple[Member, ...]:
    """Draw panelists: ascending SHA-256(seed || member id), whatever order they come in.

    Raises:
        MechanismError: Fewer are eligible than there are seats.
    """
    if not 0 <= seats <= len(eligible):
        raise MechanismError(f"cannot draw {seats} of {len(eligible)} panelists")
    return tuple(sorted(eligible, key=lambda member: sha256(seed + member.id.encode()).digest())[:seats])
