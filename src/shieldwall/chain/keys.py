"""Keys of chain accounts: create one, and read the address it stands for.

Keys are 32 bytes; where they are kept is the business of ``storage``. The curve library is loaded at first
use.
"""

from __future__ import annotations

import re
import secrets

from shieldwall.errors import InvalidInput

_CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Order of secp256k1, SEC 2 version 2.0, section 2.4.1."""

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def create_key() -> bytes:
    """Return a new private key: 32 bytes from the system's random source, from 1 to the order - 1."""
    return (secrets.randbelow(_CURVE_ORDER - 1) + 1).to_bytes(32, "big")


def address_of_key(key: bytes) -> str:
    """Return the address of a private key, ``0x`` and 40 hexadecimal digits with the check of EIP-55.

    Args:
        key: 32-byte private key.

    Raises:
        InvalidInput: If it is not a private key; the message does not repeat it.

    Example:
        >>> address_of_key(bytes(31) + b"\\x01")
        '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf'
    """
    if len(key) != 32 or not 0 < int.from_bytes(key, "big") < _CURVE_ORDER:
        raise InvalidInput("key", f"{len(key)} bytes", "a 32-byte private key of the curve secp256k1")
    from eth_keys.datatypes import PrivateKey  # noqa: PLC0415 (slow to load)

    return PrivateKey(key).public_key.to_checksum_address()


def parse_address(address: str) -> bytes:
    """Return the 20 bytes of an address that is not zero.

    Args:
        address: ``0x`` and 40 hexadecimal digits; mixed case must pass the check of EIP-55.

    Raises:
        InvalidInput: If it is not such an address.

    Example:
        >>> parse_address("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf").hex()[:8]
        '7e5f4552'
    """
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address) or not _check_digits_hold(address):
        raise InvalidInput(
            "address",
            address,
            "0x and 40 hexadecimal digits",
            "With both small and capital letters, the check of EIP-55 must hold.",
        )
    raw = bytes.fromhex(address[2:])
    if not any(raw):
        raise InvalidInput("address", address, "an address that someone holds the key of")
    return raw


def _check_digits_hold(address: str) -> bool:
    digits = address[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    from eth_utils.address import to_checksum_address  # noqa: PLC0415 (slow to load)

    return to_checksum_address(address) == address
