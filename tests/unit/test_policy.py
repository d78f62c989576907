"""The policy document: what it says, and what it refuses by name."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import pytest
from rule_samples import POLICY, POLICY_TEXT

from shieldwall.domain.access import Level
from shieldwall.domain.amounts import format_credits, format_points, parse_credits, parse_ratio
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import parse_policy
from shieldwall.errors import InvalidInput, InvalidPolicy
from shieldwall.stix.markings import Tlp


def changed(old: str, new: str) -> str:
    assert POLICY_TEXT.count(old) == 1, old
    return POLICY_TEXT.replace(old, new)


def refusal(text: str) -> InvalidPolicy:
    with pytest.raises(InvalidPolicy) as refused:
        parse_policy(text)
    assert refused.value.field in str(refused.value)
    return refused.value


def test_default_policy_says_what_the_design_says() -> None:
    assert POLICY.epoch.budget == 1_000_000_000
    assert POLICY.price.initial_post == 10_000_000
    assert (POLICY.price.share, POLICY.price.step) == (Fraction(4, 5), Fraction(5, 4))
    assert POLICY.value.decay["phishing"].delta == Fraction(23, 10)
    assert POLICY.value.tier == {Tier.CRITICAL: 2, Tier.CORE: Fraction(3, 2), Tier.SMALL: 1}
    assert POLICY.split.first_reporter == Fraction(3, 4)
    assert (POLICY.panel.seats, POLICY.panel.quorum) == (5, 3)
    assert POLICY.access.levels[Level.FULL].tlp is Tlp.AMBER_STRICT
    assert POLICY.access.floor == 5_000


def test_the_hash_is_that_of_the_text() -> None:
    assert POLICY.hash == hashlib.sha256(POLICY_TEXT.encode()).hexdigest()
    assert parse_policy(POLICY_TEXT + "\n").hash != POLICY.hash


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("[epoch]\n", "[epoch]\nweeks = 4\n", "epoch.weeks"),
        ("[value.tier]", "[value.tiers]", "value.tier"),
        ("[split]\n", "[match]\nextra = 1\n\n[split]\n", "match"),
        ("[value.decay.network]\n", "[value.decay.network]\nhalf = 1\n", "value.decay.network.half"),
        ("[access.levels.full]\n", "[access.levels.full]\nsooner = 1\n", "access.levels.full.sooner"),
    ],
)
def test_an_unknown_key_is_refused_by_name(old: str, new: str, field: str) -> None:
    assert refusal(changed(old, new)).field == field


def test_every_missing_key_is_refused_by_name() -> None:
    lines = POLICY_TEXT.splitlines()
    section = ""
    for number, line in enumerate(lines):
        if line.startswith("["):
            section = line.strip("[]").partition("]")[0]
        elif line and not line.startswith("#"):
            without = "\n".join(lines[:number] + lines[number + 1 :])
            assert refusal(without).field == f"{section}.{line.partition(' ')[0]}"


def test_a_missing_section_is_named_without_a_stray_dot() -> None:
    text = changed('[split]\nfirst_reporter = "3/4"        # lambda: 1 is first takes all, 0 is an equal split\n', "")
    assert refusal(text).field == "split"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("\ndays = 28 ", "\ndays = 0 ", "epoch.days"),
        ("\ndays = 28 ", "\ndays = true ", "epoch.days"),
        ("\ndays = 28 ", '\ndays = "28" ', "epoch.days"),
        ('budget = "1000"', 'budget = "0.0000001"', "epoch.budget"),
        ('budget = "1000"', 'budget = "-1"', "epoch.budget"),
        ('share = "0.8" ', "share = 0.8 ", "price.share"),
        ('share = "0.8" ', 'share = "1.01" ', "price.share"),
        ('share = "0.8" ', 'share = "1/0" ', "price.share"),
        ('step = "1.25" ', 'step = "0.9" ', "price.step"),
        ('first_reporter = "3/4"', 'first_reporter = "5/4"', "split.first_reporter"),
        ('delta = "2.3"', 'delta = "1.01"', "value.decay.phishing.delta"),
        ('delta = "2.3"', 'delta = "0"', "value.decay.phishing.delta"),
        ('memory = "0.85"', 'memory = "1"', "access.memory"),
        ("quorum = 3", "quorum = 2", "panel.quorum"),
        ("quorum = 3", "quorum = 6", "panel.quorum"),
        ("seats = 5\nquorum = 3", "seats = 4\nquorum = 4", "panel.quorum"),
        ("exploited = true", 'exploited = "yes"', "automatic.exploited"),
        ('tlp = "amber"', 'tlp = "red"', "access.levels.basic.tlp"),
        ('tlp = "amber"', "tlp = 2", "access.levels.basic.tlp"),
        ('index = "1/4"', 'index = "2"', "access.levels"),
        ('index = "0"', 'index = "1/8"', "access.levels"),
        ('"domain:localhost"]', "1]", "cluster.stop_list"),
    ],
)
def test_a_value_out_of_range_or_inexact_is_refused_by_name(old: str, new: str, field: str) -> None:
    assert refusal(changed(old, new)).field == field


@pytest.mark.parametrize("text", ["[epoch", "days = " + "9" * 5000, "x = " + "[" * 5000])
def test_what_is_no_toml_is_refused(text: str) -> None:
    assert refusal(text).field == "policy"


def test_a_section_that_is_no_table_is_refused() -> None:
    assert refusal("epoch = 1").field == "epoch"


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.75", Fraction(3, 4)), ("3/4", Fraction(3, 4)), (2, Fraction(2)), ("1.5/2", Fraction(3, 4))],
)
def test_ratios_are_read_exactly(text: object, value: Fraction) -> None:
    assert parse_ratio("x", text) == value


@pytest.mark.parametrize("text", [0.75, "-1", -1, "", "1/", "1/0", ".5", "1e3", "1 ", True, None, "१", "1_000"])
def test_anything_else_is_no_ratio(text: object) -> None:
    with pytest.raises(InvalidInput, match=r"^x: "):
        parse_ratio("x", text)


def test_credits_have_six_decimals_and_read_back() -> None:
    assert parse_credits("amount", "0.000001") == 1
    with pytest.raises(InvalidInput, match="six decimals"):
        parse_credits("amount", "0.0000001")
    assert format_credits(1_234_567_890) == "1,234.56789"
    assert format_points(1_234_005) == "1,234.005"
