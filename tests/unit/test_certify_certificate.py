"""A certificate is read strictly: what was edited by hand, damaged or is of another kind is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rule_samples import POLICY

from shieldwall.domain.certificates import differences, parse_certificate
from shieldwall.economics.certify import certify, certify_again, read_members
from shieldwall.errors import InvalidInput

MEMBERS = read_members(
    "name,tier,count,contributions,severity,benefit,risk,fee\n"
    "Alder,core,1,24,7.5,60,20,4500\nCedar,small,3,12,7,60,20,4500\n"
)
GOOD = certify(POLICY, MEMBERS)


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
    ("change", "place"),
    [
        (lambda one: one["game"]["classes"][0].update(gain_micro_credits=-5), "game.classes[0].gain_micro_credits"),
        (lambda one: one["budget"].update(fees_micro_credits=1), "budget.fees_micro_credits"),
        (lambda one: one["sharing"]["margins_per_mille"].update(strict=999), "sharing.margins_per_mille.strict"),
        (lambda one: one["robustness"].update(estimates_percent=999), "robustness.estimates_percent"),
        (lambda one: one["game"].update(classes=[]), "game.classes[0]"),
        (lambda one: one["participation"]["classes"].append({}), "participation.classes[2]"),
        (lambda one: one["budget"].update(more=1), "budget.more"),
        (lambda one: one["game"].update(exclusion_ppm=True), "game.exclusion_ppm"),
        (lambda one: one.update(code="evil"), "code"),
        (lambda one: one["assumptions"].pop(0), "assumptions[0]"),
        (lambda one: one["members"][1].update(root=True), "game.classes[1].points_per_contribution_milli"),
        (lambda one: one["members"][1].update(contributions="24.0"), "members[1].contributions"),
    ],
)
def test_a_figure_that_was_changed_differs_from_what_is_computed_again(
    change: Callable[[dict[str, Any]], object], place: str
) -> None:
    claimed = parse_certificate(edited(change))
    assert f"certificate.{place}" in [where for where, _, _ in differences(claimed, certify_again(POLICY, claimed))]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda one: one.update(members=[]), "certificate.members"),
        (lambda one: one.update(members=["Alder"]), "certificate.members"),
        (lambda one: one["members"][0].pop("fee_micro_credits"), "certificate.members: got \"'fee_micro_credits'\""),
        (lambda one: one["members"][0].update(contributions="0"), "column contributions: got '0'"),
        (lambda one: one["members"][0].update(count=10**9), "column count"),
        (lambda one: one["members"][0].update(name="Cedar"), "a name that line 2 does not have"),
        (lambda one: one["members"][0].update(severity_tenths="x"), "certificate.members"),
        (lambda one: one.update(grant_micro_credits=-1), "certificate.grant_micro_credits: got -1"),
    ],
)
def test_rows_that_no_members_file_could_give_are_refused(
    change: Callable[[dict[str, Any]], object], told: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        certify_again(POLICY, parse_certificate(edited(change)))
    assert told in str(refused.value)


def test_only_what_can_be_written_and_read_again_is_accepted_in_a_members_file() -> None:
    row = "name,tier,contributions,severity,benefit,risk,fee\nAlder,core,12,7,{},1,1\n"
    long = certify(POLICY, read_members(row.format("12345.123456789012")))
    assert certify_again(POLICY, long).text == long.text
    with pytest.raises(InvalidInput, match=r"line 2, column benefit: .* at most 18 digits"):
        read_members(row.format("123456789.123456789012/7"))


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
