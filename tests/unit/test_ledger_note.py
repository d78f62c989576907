"""Signed notes against published keys and notes, and each malformed note refused beside the good one."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from shieldwall.errors import LedgerError
from shieldwall.ledger.note import Note, SigningKey, VerifierKey, decode_base64, parse_decimal, sign, verify

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "signed_note.json").read_text(encoding="utf-8")
)
GO, C2SP = VECTORS["go"], VECTORS["c2sp"]
KEY = SigningKey("log.example.com", bytes(range(32)))
TEXT = b"log.example.com\n1\n"
NOTE = sign(TEXT, KEY)
LINE = NOTE.removeprefix(TEXT + b"\n")


def note_of(vector: dict[str, Any]) -> bytes:
    return str(vector["text"] + "\n" + "".join(vector["signatures"])).encode()


def test_the_specifications_example_verifies() -> None:
    key = VerifierKey.parse(C2SP["vkey"])
    assert (key.name, key.key_id.hex()) == ("example.com/foo", "530d903a")
    assert verify(note_of(C2SP), key) == C2SP["text"].encode()


def test_keys_and_signature_equal_those_of_go_byte_for_byte() -> None:
    key = SigningKey.parse(GO["skey"])
    assert key.format() == GO["skey"]
    assert key.verifier.format() == GO["vkey"]
    assert key.verifier == VerifierKey.parse(GO["vkey"])
    assert sign(GO["text"].encode(), key) == (GO["text"] + "\n" + GO["signatures"][0]).encode()


def test_each_signer_of_gos_example_verifies_alone_and_both_together() -> None:
    keys = [VerifierKey.parse(GO["vkey"]), VerifierKey.parse(GO["second_vkey"])]
    for trusted in ([keys[0]], [keys[1]], keys):
        assert verify(note_of(GO), *trusted) == GO["text"].encode()


@pytest.mark.parametrize("text", GO["bad_vkeys"])
def test_keys_of_the_wrong_length_or_type_are_refused(text: str) -> None:
    with pytest.raises(LedgerError):
        VerifierKey.parse(text)


@pytest.mark.parametrize(("text", "parse"), [(GO["vkey"], VerifierKey.parse), (GO["skey"], SigningKey.parse)])
def test_no_part_and_no_change_of_a_key_is_a_key(text: str, parse: Any) -> None:
    parse(text)
    mangled = {text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)} - {text}
    mangled |= {text[:i] + chr(ord(text[i]) + 1) + text[i + 1 :] for i in range(len(text))}
    for bad in mangled:
        with pytest.raises(LedgerError):
            parse(bad)


def test_a_key_survives_its_text_form_even_with_plus_signs_in_its_base64() -> None:
    for number in range(64):
        key = SigningKey("log.example.com", bytes([number] * 32))
        assert SigningKey.parse(key.format()) == key
        assert VerifierKey.parse(key.verifier.format()) == key.verifier
    assert any("+" in SigningKey("a", bytes([n] * 32)).verifier.format().split("+", 2)[2] for n in range(64))


def test_generated_keys_differ_and_work() -> None:
    one, two = SigningKey.generate("log.example.com"), SigningKey.generate("log.example.com")
    assert one != two
    assert verify(sign(TEXT, one), one.verifier) == TEXT
    with pytest.raises(LedgerError, match="no signature by a known key"):
        verify(sign(TEXT, one), two.verifier)


def test_the_secret_is_in_no_repr_and_no_error() -> None:
    secret = KEY.format().rsplit("+", 1)[1]
    assert str(KEY.seed) not in repr(KEY)
    for bad in (KEY.format() + "!", KEY.format()[:-1], KEY.format().replace("+", "-"), KEY.format() + "AAAA"):
        with pytest.raises(LedgerError) as caught:
            SigningKey.parse(bad)
        assert secret[:20] not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\x00b", "\ud800"])
def test_key_names_with_spaces_plus_or_controls_are_refused(name: str) -> None:
    with pytest.raises(LedgerError, match="key name"):
        SigningKey(name, bytes(32))
    with pytest.raises(LedgerError, match="key name"):
        VerifierKey(name, bytes(32))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_keys_that_are_not_32_bytes_are_refused(length: int) -> None:
    with pytest.raises(LedgerError, match="expected 32"):
        SigningKey("a", bytes(length))
    with pytest.raises(LedgerError, match="expected 32"):
        VerifierKey("a", bytes(length))


def test_blank_lines_inside_the_text_belong_to_it() -> None:
    published = VECTORS["blank_line_inside"]["note"].encode()
    assert Note.parse(published).text.endswith("raggio di sole:\n\ned è subito sera.\n".encode())
    for text in (b"a\n\nb\n", b"\n", b"\n\n\n", b"a\n\n", b"a\n\n" + LINE + b"b\n"):
        assert verify(sign(text, KEY), KEY.verifier) == text


def test_signature_lines_inside_the_text_do_not_count() -> None:
    forged = NOTE + b"\n" + sign(b"x\n", SigningKey("other.example.com", bytes(32))).split(b"\n\n")[1]
    with pytest.raises(LedgerError, match="no signature by a known key"):
        verify(forged, KEY.verifier)


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (b"", "blank line"),
        (TEXT, "blank line"),
        (TEXT + b"\n", "blank line"),
        (TEXT + LINE, "blank line"),
        (b"\n" + LINE, "blank line"),
        (NOTE.removesuffix(b"\n"), "ending in newline"),
        (NOTE + b"\n", "ending in newline"),
        (NOTE + b"junk\n", "em dash"),
        (TEXT + b"\njunk\n" + LINE, "em dash"),
        (NOTE + b"junk\n" + LINE, "em dash"),
        (NOTE.replace("—".encode(), b"-"), "em dash"),
        (NOTE.replace("— ".encode(), "—  ".encode()), "key name"),
        (NOTE.replace("— ".encode(), "—\u00a0".encode()), "em dash"),
        (NOTE.replace(b"com ", b"com"), "em dash"),
        (NOTE.replace(b"com ", b"com  "), "base64"),
        (NOTE.replace(b"=", b""), "base64"),
        (NOTE.replace(b"\n", b"\r\n"), "control character"),
        (b"\x00" + NOTE, "control character"),
        (b"a\tb" + NOTE, "control character"),
        (b"\xff" + NOTE, "UTF-8"),
        (NOTE[:-1] + b" \n", "base64"),
        (NOTE[:-1] + b" more\n", "base64"),
        (NOTE[:-6] + b"\xc3\xa9" + NOTE[-6:], "base64"),
        (NOTE[:-6] + b"-" + NOTE[-5:], "base64"),
        (TEXT + "\n— a AAAAAA==\n".encode(), "key id"),
    ],
)
def test_malformed_notes_are_refused(note: bytes, reason: str) -> None:
    with pytest.raises(LedgerError, match=reason):
        verify(note, KEY.verifier)


def test_unknown_signers_are_ignored_but_never_suffice() -> None:
    stranger = SigningKey("witness.example.net", bytes(32))
    same_name = SigningKey(KEY.name, bytes(32))
    both = sign(TEXT, stranger, same_name, KEY)
    assert verify(both, KEY.verifier) == TEXT
    for note in (sign(TEXT, stranger), sign(TEXT, same_name)):
        with pytest.raises(LedgerError, match="no signature by a known key"):
            verify(note, KEY.verifier)
    with pytest.raises(LedgerError, match="no signature by a known key"):
        verify(both)


def test_one_bad_signature_by_a_known_key_spoils_a_good_one_by_another() -> None:
    other = SigningKey("other.example.com", bytes(32))
    spoiled = sign(b"another text\n", other).split(b"\n\n")[1]
    assert verify(NOTE + spoiled, KEY.verifier) == TEXT
    with pytest.raises(LedgerError, match=r"other\.example\.com' does not verify"):
        verify(NOTE + spoiled, KEY.verifier, other.verifier)


def test_a_changed_text_or_a_short_signature_does_not_verify() -> None:
    short = b64encode(KEY.verifier.key_id + bytes(63)).decode()
    for note in (NOTE.replace(b"\n1\n", b"\n2\n"), TEXT + f"\n— {KEY.name} {short}\n".encode()):
        with pytest.raises(LedgerError, match="does not verify"):
            verify(note, KEY.verifier)


def test_two_lines_by_one_key_are_refused() -> None:
    with pytest.raises(LedgerError, match="two signatures"):
        verify(NOTE + LINE, KEY.verifier)


def test_a_hundred_signatures_are_read_and_no_more() -> None:
    keys = [SigningKey(f"witness{number}.example.net", bytes([number] * 32)) for number in range(99)]
    assert len(Note.parse(sign(TEXT, KEY, *keys)).signatures) == 100
    assert verify(sign(TEXT, KEY, *keys), KEY.verifier) == TEXT
    with pytest.raises(LedgerError, match="got 101 signatures"):
        sign(TEXT, KEY, *keys, SigningKey("one.example.net", bytes(32)))


@pytest.mark.parametrize("text", [b"", b"no newline", b"a\rb\n", b"\xff\n"])
def test_what_cannot_be_a_note_text_is_not_signed(text: bytes) -> None:
    with pytest.raises(LedgerError):
        sign(text, KEY)


def test_signing_with_no_key_is_refused() -> None:
    with pytest.raises(LedgerError):
        sign(TEXT)


@pytest.mark.parametrize("text", ["0", "1", "10", "9223372036854775807"])
def test_plain_decimals_are_read(text: str) -> None:
    assert parse_decimal(text, "size") == int(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1_0",
        "+5",
        "-5",
        "-0",
        "007",
        "00",
        " 5",
        "5 ",
        "5\n",
        "٣",
        "\uff15",
        "1e3",
        "0x1",
        "1.0",
        "9223372036854775808",
        "9" * 5000,
    ],
)
def test_other_spellings_of_numbers_are_refused(text: str) -> None:
    with pytest.raises(LedgerError, match="size: got"):
        parse_decimal(text, "size")


@pytest.mark.parametrize("text", ["AA=", "AA", "AB==", "A A=", "AA==\n", "AA==AA==", "-_==", "é===", "="])
def test_other_spellings_of_base64_are_refused(text: str) -> None:
    assert decode_base64("AA==", "root") == b"\x00"
    with pytest.raises(LedgerError, match="root: got"):
        decode_base64(text, "root")
