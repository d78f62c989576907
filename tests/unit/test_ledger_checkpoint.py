"""Checkpoint bodies byte for byte, and each loose spelling refused."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from shieldwall.errors import LedgerError
from shieldwall.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from shieldwall.ledger.merkle import EMPTY_ROOT, MAX_SIZE
from shieldwall.ledger.note import SigningKey, sign

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "signed_note.json").read_text(encoding="utf-8")
)["checkpoint"]
ORIGIN = "log.example.com/alliance"
KEY = SigningKey(ORIGIN, bytes(range(32)))
ROOT = bytes(range(32))
ROOT64 = b64encode(ROOT).decode()


def test_the_specifications_example_is_read_and_written_back() -> None:
    body = VECTOR["body"].encode()
    checkpoint = Checkpoint.parse(body)
    assert checkpoint == Checkpoint(VECTOR["origin"], VECTOR["size"], bytes.fromhex(VECTOR["root"]))
    assert checkpoint.format() == body


def test_extension_lines_are_kept() -> None:
    body = f"{ORIGIN}\n7\n{ROOT64}\none\nanother line\n".encode()
    assert Checkpoint.parse(body).extensions == ("one", "another line")
    assert Checkpoint.parse(body).format() == body


def test_an_empty_log_has_the_empty_root() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert Checkpoint.parse(empty.format()) == empty
    with pytest.raises(LedgerError, match="at size 0"):
        Checkpoint(ORIGIN, 0, ROOT)


@pytest.mark.parametrize("size", ["1_0", "+5", "007", "-5", "٥", "", " 5", "5 ", "1e3", str(2**63)])
def test_loose_sizes_are_refused(size: str) -> None:
    Checkpoint.parse(f"{ORIGIN}\n5\n{ROOT64}\n".encode())
    with pytest.raises(LedgerError, match="size: got"):
        Checkpoint.parse(f"{ORIGIN}\n{size}\n{ROOT64}\n".encode())


@pytest.mark.parametrize(
    "root",
    ["", "AAAA", b64encode(ROOT[:31]).decode(), ROOT64[:-1], ROOT64 + "A", "!" + ROOT64, ROOT64[:-2] + "9="],
)
def test_loose_roots_are_refused(root: str) -> None:
    with pytest.raises(LedgerError, match="root: got"):
        Checkpoint.parse(f"{ORIGIN}\n5\n{root}\n".encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n\n",
        f"{ORIGIN}\n5\n{ROOT64}".encode(),
        f"{ORIGIN}\n5\n".encode(),
        f"\n5\n{ROOT64}\n".encode(),
        f"{ORIGIN}\n5\n{ROOT64}\n\n".encode(),
        f"{ORIGIN}\r\n5\n{ROOT64}\n".encode(),
        f"{ORIGIN}\n5\n{ROOT64}\n\xff\n".encode("latin-1"),
    ],
)
def test_malformed_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(LedgerError):
        Checkpoint.parse(body)


@pytest.mark.parametrize(
    "fields",
    [
        ("", 5, ROOT),
        ("a\nb", 5, ROOT),
        ("\ud800", 5, ROOT),
        (ORIGIN, -1, ROOT),
        (ORIGIN, MAX_SIZE + 1, ROOT),
        (ORIGIN, 5, ROOT[:31]),
        (ORIGIN, 5, ROOT, ("",)),
        (ORIGIN, 5, ROOT, ("a\nb",)),
    ],
)
def test_impossible_checkpoints_cannot_be_made(fields: tuple[Any, ...]) -> None:
    with pytest.raises(LedgerError):
        Checkpoint(*fields)


def test_a_signed_checkpoint_opens_for_its_key_and_origin_only() -> None:
    checkpoint = Checkpoint(ORIGIN, 5, ROOT)
    note = sign_checkpoint(checkpoint, KEY)
    assert open_checkpoint(note, KEY.verifier, ORIGIN) == checkpoint
    with pytest.raises(LedgerError, match="no signature by a known key"):
        open_checkpoint(note, SigningKey(ORIGIN, bytes(32)).verifier, ORIGIN)
    with pytest.raises(LedgerError, match="checkpoint origin"):
        open_checkpoint(note, KEY.verifier, "other.example.com")


def test_a_log_signs_under_its_own_name_only() -> None:
    with pytest.raises(LedgerError, match="expected the origin"):
        sign_checkpoint(Checkpoint("other.example.com", 5, ROOT), KEY)


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(LedgerError, match="expected lines origin, size and root"):
        open_checkpoint(sign(b"hello\n", KEY), KEY.verifier, ORIGIN)
