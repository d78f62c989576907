"""A certificate is read strictly: what was edited by hand, damaged or is of another kind is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from rule_samples import POLICY

from shieldwall.domain.certificates import parse_certificate
from shieldwall.economics.certify import certify, read_members
from shieldwall.errors import InvalidInput

SAMPLE = read_members(files("shieldwall.simulation").joinpath("samples/members.csv").read_text(encoding="utf-8"))
GOOD = certify(POLICY, SAMPLE)


def edited(change: Callable[[dict[str, Any]], object]) -> str:
    document: dict[str, Any] = GOOD.document
    change(document)
    return json.dumps(document)


def test_indentation_changes_neither_bytes_nor_hash() -> None:
    again = parse_certificate(json.dumps(GOOD.document, indent=4, ensure_ascii=True))
    assert again == GOOD
    assert len(again.hash) == 64


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda one: one.update(certified=False),
            "certificate.certified: got False; expected True, by its own findings",
        ),
        (lambda one: one["sharing"].update(strict=False), "certificate.certified: got True; expected False"),
        (lambda one: one["budget"].update(holds=False), "certificate.certified: got True; expected False"),
        (lambda one: one["participation"].update(holds=False), "certificate.certified: got True; expected False"),
        (lambda one: one["sharing"].update(nash=False), "certificate.sharing.strict: got True; expected false where"),
        (lambda one: one["sharing"].update(nash=1), "certificate.sharing.nash: got 1; expected true or false"),
        (lambda one: one["sharing"].pop("unique"), "certificate.sharing.unique: got None"),
        (lambda one: one.update(reasons=["why"]), "certificate.reasons: got ['why']"),
        (lambda one: one.update(policy="ab"), "certificate.policy: got 'ab'; expected a SHA-256"),
        (lambda one: one.update(members_file="A" * 64), "certificate.members_file"),
        (lambda one: one.update(format="v0"), "certificate.format: got 'v0'; expected 'shieldwall-certificate-v1'"),
        (lambda one: one.update(surprise=1), "certificate.surprise: got 1; expected one of the keys"),
        (lambda one: one.pop("game"), "certificate.game: got None; expected a JSON object"),
        (lambda one: one.update(certified=1), "certificate.certified: got 1; expected true or false"),
        (lambda one: one.update(grant_micro_credits=0.5), "the number 0.5 is no integer"),
    ],
)
def test_a_certificate_that_was_changed_is_refused(change: Callable[[dict[str, Any]], object], told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_certificate(edited(change))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a JSON object without floats"),
        ("[]", "got 'list'; expected a JSON object"),
        ('{"policy": NaN}', "NaN"),
        ('{"format": "a", "format": "b"}', "key twice"),
        ("[" * 100_000, "a JSON object"),
        (b"\xff\xfe\x00", "a JSON object"),
    ],
)
def test_what_is_no_certificate_is_refused(text: str | bytes, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_certificate(text)
    assert told in str(refused.value)
    assert "shieldwall certify" in str(refused.value)
