"""Verdicts of a certificate: against the game written out, errors within the margin, and each change it proposes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from itertools import combinations
from random import Random
from typing import Any

import pytest
from rule_samples import POLICY, POLICY_TEXT

from shieldwall.domain.amounts import MICRO
from shieldwall.domain.certificates import NOTIONS
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy, parse_policy
from shieldwall.economics.alliance.equilibria import full_sharing
from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.certify import MemberClass, MembersFile, certify, read_members
from shieldwall.economics.certify.again import certify_again, rows_of
from shieldwall.economics.certify.game import PolicyGame, policy_game
from shieldwall.economics.certify.verdict import AT_FULL_SHARING, deviators, objections, sharing_of
from shieldwall.economics.certify.year import run_year

SAMPLE = read_members(files("shieldwall.simulation").joinpath("samples/members.csv").read_text(encoding="utf-8"))
GOOD = certify(POLICY, SAMPLE)
THRIFTY = POLICY_TEXT.replace('budget = "1000"', 'budget = "500"').replace("delay_hours = 336", "delay_hours = 24")


def document(policy: Policy, members: MembersFile = SAMPLE, grant: int = 0) -> dict[str, Any]:
    return certify(policy, members, grant).document


def games(count: int, seed: int) -> Iterator[PolicyGame]:
    """Random members under a policy that pays little, so that each verdict is true of some and false of others."""
    random = Random(seed)  # noqa: S311 - samples, not secrets
    for _ in range(count):
        rows = [
            MemberClass(
                name=f"member {number}",
                tier=random.choice(list(Tier)),
                contributions=Fraction(random.randint(1, 30)),
                severity=random.randint(40, 95),
                benefit=Fraction(random.randint(0, 60) * MICRO),
                risk=Fraction(random.randint(0, 120) * MICRO),
                fee=0,
            )
            for number in range(random.randint(2, 4))
        ]
        budget = random.choice(["50", "300", "1000"])
        yield policy_game(rows, parse_policy(POLICY_TEXT.replace('budget = "1000"', f'budget = "{budget}"')))


def plain_gain(game: PolicyGame, number: int, sharers: tuple[int, ...], reward: Fraction) -> Fraction:
    """Gain by sharing, written out from mechanism 2.7 and section 4, without the alliance game."""
    row = game.classes[number]
    others = sum((game.classes[other].contributions for other in sharers if other != number), Fraction())
    with_, without = game.reach.sharing[number], game.reach.keeping
    return row.benefit * (with_ - without) * others + reward - row.risk * row.contributions


def paid_under(game: PolicyGame, sharers: tuple[int, ...]) -> dict[int, Fraction]:
    """What the mechanism itself pays when just these share; each class of these games is one member."""
    year = run_year([game.classes[number] for number in sharers], game.policy)
    return dict(zip(sharers, year.rewards, strict=True))


def test_what_is_shown_of_every_set_of_sharers_is_true_of_what_the_mechanism_pays_them() -> None:
    seen = {notion: set() for notion in NOTIONS}  # type: dict[str, set[bool]]
    for game in games(40, 7):
        found = sharing_of(game).holds
        everybody = tuple(range(len(game.classes)))
        sets = [subset for size in range(len(everybody) + 1) for subset in combinations(everybody, size)]
        paid = {subset: paid_under(game, subset) for subset in sets if subset}

        def gains(number: int, others: tuple[int, ...], paid: Any = paid, game: PolicyGame = game) -> Fraction:
            together = tuple(sorted({*others, number}))
            return plain_gain(game, number, together, paid[together][number])

        full = [gains(number, everybody) for number in everybody]
        assert found["nash"] is (min(full) >= 0)
        assert found["strict"] is (min(full) > 0)
        if found["dominant"]:
            assert all(gains(number, subset) >= 0 for subset in sets for number in everybody)
        if found["unique"]:
            equilibria = [
                subset
                for subset in sets
                if all(gains(one, subset) >= 0 if one in subset else gains(one, subset) <= 0 for one in everybody)
            ]
            assert equilibria == [everybody]
        for notion in NOTIONS:
            seen[notion].add(found[notion])
    assert all(values == {True, False} for values in seen.values()), seen


def test_pay_under_some_sharers_may_be_lower_than_under_all_and_alone_and_dominance_is_not_claimed() -> None:
    members = read_members(
        "name,tier,contributions,severity,benefit,risk,fee\n"
        "M0,core,8,4,0,200,0\nM1,core,8,9.5,40,1,0\nM2,core,1,2,40,1,0\n"
    )
    game = policy_game(members.classes, POLICY)
    full, alone, pair = (paid_under(game, sharers)[0] for sharers in ((0, 1, 2), (0,), (0, 1)))
    assert pair < game.risk(0) < min(full, alone)
    found = document(POLICY, members, 100_000 * MICRO)["sharing"]
    assert found["strict"] is True
    assert found["dominant"] is False
    assert found["unique"] is False


def erring(game: PolicyGame, rewards: list[Fraction], error: Fraction, random: Random) -> Alliance:
    """The game with every estimate off by its own part, at most ``error``, either way."""

    def off(value: Fraction) -> Fraction:
        part = random.choice([Fraction(-1), Fraction(1), Fraction(random.randint(-100, 100), 100)])
        return value * (1 + error * part)

    kinds = range(len(game.classes))
    return Alliance(
        [off(row.contributions) for row in game.classes],
        [off(game.benefit(number)) for number in kinds],
        [off(game.risk(number)) for number in kinds],
        [off(reward) for reward in rewards],
        game.reach.exclusion,
    )


def test_every_error_within_the_margin_leaves_the_verdict_and_the_next_thousandth_need_not() -> None:
    random, bound = Random(3), 0  # noqa: S311 - samples, not secrets
    for game in games(60, 11):
        found = sharing_of(game)
        rewards = list(game.year.rewards)
        low = list(game.least_rewards)
        for notion, margin in found.margins.items():
            if margin is None:
                continue
            paid = rewards if notion in AT_FULL_SHARING else low
            for _ in range(12):
                assert getattr(full_sharing(erring(game, paid, Fraction(margin, 1000), random)), notion), notion
            if margin < 1000:
                beyond = full_sharing(game.alliance(paid, Fraction(margin + 1, 1000)))
                assert not getattr(beyond, notion), notion
                bound += 1
    assert bound > 50


def test_each_figure_that_is_said_to_hold_a_deviator_puts_it_exactly_at_the_edge() -> None:
    held = 0
    for game in games(60, 5):
        for found in deviators(game):
            number, row = found.number, game.classes[found.number]
            everybody = tuple(range(len(game.classes)))
            more = game.year.rewards[number] + found.reward * row.contributions
            assert plain_gain(game, number, everybody, more) == 0
            if found.risk is not None:
                safer = replace(game, classes=tuple(replace(one, risk=found.risk) for one in game.classes))
                assert plain_gain(safer, number, everybody, game.year.rewards[number]) == 0
            if found.exclusion is not None:
                stricter = replace(game, reach=replace(game.reach, keeping=1 - found.exclusion))
                assert plain_gain(stricter, number, everybody, game.year.rewards[number]) == 0
                assert found.exclusion <= 1
            held += 1
    assert held > 20


def test_the_sample_is_certified_under_the_default_policy() -> None:
    assert GOOD.certified
    assert GOOD.reasons == ()
    assert GOOD.policy == POLICY.hash
    assert GOOD.members_file == SAMPLE.hash
    assert GOOD.document["changes"] == []


def test_a_certificate_is_computed_again_from_itself_byte_for_byte() -> None:
    assert certify_again(POLICY, GOOD).text == GOOD.text
    heading = "name,tier,contributions,severity,benefit,risk,fee,root\n"
    given = read_members(heading + "Alder,core,1/3,7.5,0.1,2/3,0,\nBirch,small,12.25,6,60,20,0.5,yes\n")
    certificate = certify(POLICY, given, 20_000 * MICRO)
    assert certify_again(POLICY, certificate).text == certificate.text


def changed(text: str, settings: list[dict[str, str]]) -> str:
    """Set keys in the text of a policy, each written there once."""
    for one in settings:
        key = one["key"].rpartition(".")[2]
        old, new = f"{key} = {one['from']}", f"{key} = {one['to']}"
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_a_thrifty_policy_fails_names_its_deviators_and_every_change_mends_it() -> None:
    found = document(parse_policy(THRIFTY))
    assert found["certified"] is False
    assert [one["name"] for one in found["deviators"]] == ["Brightwater", "Cedar"]
    changes = found["changes"]
    assert changes[0]["settings"][0]["key"] == "access.levels.basic.delay_hours"
    assert changes[0]["cost_micro_credits"] == 0
    assert [one["cost_micro_credits"] for one in changes] == sorted(one["cost_micro_credits"] for one in changes)
    for change in changes:
        mended = parse_policy(changed(THRIFTY, change["settings"]))
        assert objections(policy_game(SAMPLE.classes, mended), 0) == (), change


@pytest.mark.parametrize("place", [0, 1])
def test_one_step_less_of_a_change_does_not_mend_the_policy(place: int) -> None:
    [setting] = document(parse_policy(THRIFTY))["changes"][place]["settings"]
    less = str(int(setting["to"].strip('"')) - 1)
    setting["to"] = f'"{less}"' if '"' in setting["to"] else less
    assert objections(policy_game(SAMPLE.classes, parse_policy(changed(THRIFTY, [setting]))), 0)


def test_a_budget_that_nobody_pays_for_is_not_certified_and_is_lowered_to_what_is() -> None:
    rich = parse_policy(POLICY_TEXT.replace('budget = "1000"', 'budget = "2000"'))
    found = document(rich)
    assert found["certified"] is False
    assert "the closes of a year add 26,071.43 credits, fees and grant bring 21,120.00" in found["reasons"]
    assert found["sharing"]["strict"] is True
    [change] = found["changes"]
    assert change["settings"] == [{"key": "epoch.budget", "from": '"2000"', "to": '"1620"'}]
    assert change["cost_micro_credits"] < 0
    assert document(rich, grant=5_000 * MICRO)["certified"] is True


def test_a_fee_beyond_what_the_alliance_is_worth_keeps_members_out() -> None:
    dear = replace(SAMPLE, classes=(*SAMPLE.classes[:-1], replace(SAMPLE.classes[-1], fee=5_000 * MICRO)))
    found = document(POLICY, dear)
    assert found["certified"] is False
    assert found["sharing"]["strict"] is True
    [why] = found["reasons"]
    assert why.startswith("each of 12 Small operators would be ")
    assert found["participation"]["tiers"][2]["join"] == 0
    assert found["changes"] == []


def test_a_class_is_the_same_as_its_members_one_by_one() -> None:
    one_by_one = [
        replace(row, name=f"{row.name} {number}", count=1) for row in SAMPLE.classes for number in range(row.count)
    ]
    together, apart = policy_game(SAMPLE.classes, POLICY), policy_game(one_by_one, POLICY)
    assert apart.reach.exclusion == together.reach.exclusion
    assert not objections(apart, 0)
    # Only the moments of arrival differ, which evens out over the run.
    paid = sum(apart.year.rewards, Fraction())
    each = zip(SAMPLE.classes, together.year.rewards, strict=True)
    expected = sum((row.count * reward for row, reward in each), Fraction())
    assert abs(paid / expected - 1) < Fraction(1, 50)


def test_the_rows_in_a_certificate_are_the_ones_it_was_computed_from() -> None:
    assert rows_of(GOOD).classes == SAMPLE.classes
