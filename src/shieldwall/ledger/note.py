"""C2SP signed notes: Ed25519 keys in their text forms, signing, and a strict reader.

Also the two lexical rules that all C2SP texts share: ``decode_base64`` and ``parse_decimal``.
Not here: what the signed text says (``checkpoint``), and timestamped cosignatures.
Source: https://c2sp.org/signed-note@v1.0.0.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shieldwall.errors import LedgerError

MAX_SIGNATURES = 100
"""Most signature lines read in one note; the specification demands at least 16."""

_ED25519 = b"\x01"
_KEY_BYTES = 32
_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def decode_base64(text: str, what: str) -> bytes:
    """Decode standard padded base64, accepting only the one text that encodes the bytes.

    Args:
        text: The characters, without white space.
        what: Name of the field, for the message.

    Raises:
        LedgerError: A foreign character, wrong padding, or unused bits that are not zero.

    >>> decode_base64("AAE=", "root")
    b'\\x00\\x01'
    """
    decoded = _decode_base64(text)
    if decoded is None:
        raise LedgerError(f"{what}: got {_cut(text)}; expected canonical standard base64")
    return decoded


def parse_decimal(text: str, what: str) -> int:
    """Read a non-negative number below 2**63 in ASCII decimal digits without sign, space or leading zero.

    Args:
        text: The digits.
        what: Name of the field, for the message.

    Raises:
        LedgerError: Any other spelling, or out of range.
    """
    if not _DECIMAL.fullmatch(text) or int(text) >= 2**63:
        raise LedgerError(f"{what}: got {_cut(text)}; expected ASCII digits, no leading zero, below 2**63")
    return int(text)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a note key.

    Args:
        name: Key name, by custom a schema-less URL; not empty, no space, no ``+``.
        public_key: 32-byte Ed25519 public key.

    Raises:
        LedgerError: The name or the length of the key is wrong.

    >>> text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    >>> VerifierKey.parse(text).format() == text
    True
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != _KEY_BYTES:
            raise LedgerError(f"public key: got {len(self.public_key)} bytes; expected {_KEY_BYTES}")

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of ``SHA-256(name || 0x0A || 0x01 || public key)``."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:4]

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read ``name+hex key id+base64(0x01 || public key)``.

        Raises:
            LedgerError: Malformed, another signature type, or a key id that does not fit.
        """
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise LedgerError(f"verifier key: got {_cut(text)}; expected name+key id+base64")
        name, key_id, encoded = parts
        blob = decode_base64(encoded, "verifier key")
        if blob[:1] != _ED25519:
            raise LedgerError(f"verifier key {name!r}: got type {blob[:1].hex()}; expected 01 (Ed25519)")
        key = cls(name, blob[1:])
        if key_id != key.key_id.hex():
            raise LedgerError(f"verifier key {name!r}: got key id {_cut(key_id)}; expected {key.key_id.hex()}")
        return key

    def format(self) -> str:
        """Write the text that ``parse`` reads."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public_key).decode()}"

    def check(self, message: bytes, signature: bytes) -> None:
        """Check one raw signature.

        Raises:
            LedgerError: The signature does not verify.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise LedgerError(f"signature by {self.name!r} does not verify") from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half of a note key; its ``repr`` and its errors never show the secret.

    Args:
        name: Key name, as in ``VerifierKey``.
        seed: 32-byte Ed25519 private key.

    Raises:
        LedgerError: The name or the length of the seed is wrong.
    """

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.seed) != _KEY_BYTES:
            raise LedgerError(f"private key: got {len(self.seed)} bytes; expected {_KEY_BYTES}")

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """Draw a new key from the operating system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read ``PRIVATE+KEY+name+hex key id+base64(0x01 || seed)``, the form of Go's sumdb/note.

        Raises:
            LedgerError: Malformed, another signature type, or a key id that does not fit.
        """
        parts = text.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise LedgerError("private key: malformed; expected PRIVATE+KEY+name+key id+base64")
        blob = _decode_base64(parts[4])
        if blob is None or blob[:1] != _ED25519:
            raise LedgerError("private key: expected canonical base64 of 01 (Ed25519) and the seed")
        key = cls(parts[2], blob[1:])
        if parts[3] != key.verifier.key_id.hex():
            raise LedgerError(f"private key {key.name!r}: the key id does not fit name and key")
        return key

    def format(self) -> str:
        """Write the secret text that ``parse`` reads."""
        encoded = b64encode(_ED25519 + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{encoded}"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, public)

    def sign(self, message: bytes) -> bytes:
        """Return the raw 64-byte Ed25519 signature; deterministic, RFC 8032."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, not yet checked.

    Args:
        name: Key name.
        key_id: 4 bytes.
        signature: What the key's algorithm made; 64 bytes for Ed25519.
    """

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note split into its parts; nothing in it may be believed before ``verify``.

    Args:
        text: The signed bytes, ending in a newline.
        signatures: The signature lines in order.
    """

    text: bytes
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: bytes) -> Note:
        """Split a signed note strictly at its last blank line.

        Raises:
            LedgerError: Not UTF-8, a control character, no blank line, or a bad line after it.
        """
        try:
            decoded = note.decode()
        except UnicodeDecodeError as error:
            raise LedgerError(f"note: not UTF-8 ({error})") from error
        if control := _CONTROL.search(decoded):
            raise LedgerError(f"note: got control character {control[0]!r}; expected none but newline")
        text, blank, block = decoded.rpartition("\n\n")
        if not blank or not block.endswith("\n"):
            raise LedgerError("note: expected text, a blank line, and signature lines each ending in newline")
        lines = block[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise LedgerError(f"note: got {len(lines)} signatures; expected at most {MAX_SIGNATURES}")
        return cls(f"{text}\n".encode(), tuple(_parse_signature(line) for line in lines))


def sign(text: bytes, *keys: SigningKey) -> bytes:
    """Sign a text.

    Args:
        text: UTF-8 without control characters but newline, ending in a newline.
        keys: At least one; each adds a signature line.

    Returns:
        The signed note.

    Raises:
        LedgerError: The text cannot be a note, or no key was given.
    """
    if not text.endswith(b"\n"):
        raise LedgerError(f"note text: got {text[-20:]!r} at the end; expected a final newline")
    lines = [f"{_DASH}{key.name} {b64encode(key.verifier.key_id + key.sign(text)).decode()}\n".encode() for key in keys]
    note = text + b"\n" + b"".join(lines)
    Note.parse(note)
    return note


def verify(note: bytes, *keys: VerifierKey) -> bytes:
    """Check a note against the keys that are trusted, and return its text.

    Signatures by other keys are ignored, as the specification demands. Two lines by one known key, which it
    leaves open, are refused.

    Args:
        note: The signed note.
        keys: The trusted keys.

    Returns:
        The signed text, with its final newline.

    Raises:
        LedgerError: Malformed; a known key's signature fails or comes twice; or no known key signed.
    """
    parsed = Note.parse(note)
    known = {(key.name, key.key_id): key for key in keys}
    signers = set()
    for line in parsed.signatures:
        signer = (line.name, line.key_id)
        if signer not in known:
            continue
        if signer in signers:
            raise LedgerError(f"note: got two signatures by {line.name!r}; expected at most one by each key")
        known[signer].check(parsed.text, line.signature)
        signers.add(signer)
    if not signers:
        expected = ", ".join(f"{name}+{key_id.hex()}" for name, key_id in known)
        raise LedgerError(f"note: no signature by a known key; expected one by {expected or 'a known key'}")
    return parsed.text


def _parse_signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise LedgerError(f"signature line: got {_cut(line)}; expected em dash, space, key name, space, base64")
    _check_name(name)
    blob = decode_base64(encoded, f"signature by {name!r}")
    if len(blob) < 5:
        raise LedgerError(f"signature by {name!r}: got {len(blob)} bytes; expected a 4-byte key id and more")
    return Signature(name, blob[:4], blob[4:])


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise LedgerError(f"key name: got {_cut(name)}; expected at least one character, no space and no '+'")


def _decode_base64(text: str) -> bytes | None:
    try:
        decoded = b64decode(text, validate=True)
    except ValueError:
        return None
    return decoded if b64encode(decoded).decode() == text else None


def _cut(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
