"""A year of the certificate is what the mechanism's own close pays, epoch by epoch, and access is its own access."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from math import ceil

import pytest
from rule_samples import POLICY, member, policy_with

from shieldwall.domain.access import Level
from shieldwall.domain.cases import Judged
from shieldwall.domain.contributions import Filed
from shieldwall.domain.epochs import Epoch
from shieldwall.domain.members import Member, Tier
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.exclusion import levels_of, reach_of, worth_after
from shieldwall.economics.certify.members import MemberClass
from shieldwall.economics.certify.year import (
    MEASURED_EPOCHS,
    NOON,
    SETTLING_EPOCHS,
    arrivals,
    judged_sample,
    run_year,
)
from shieldwall.mechanism.epoch import close


def row(name: str = "Alder", tier: Tier = Tier.CORE, contributions: str = "12", **more: object) -> MemberClass:
    given: dict[str, object] = {"severity": 75, "benefit": Fraction(0), "risk": Fraction(0), "fee": 0} | more
    return MemberClass(name, tier, Fraction(contributions), **given)  # type: ignore[arg-type]


CLASSES = (
    row("Alder", Tier.CRITICAL, "30", severity=81, root=True, corroborated=Fraction(1, 3)),
    row("Birch", contributions="11/2", severity=64, count=4, parts=3),
    row("Cedar", Tier.SMALL, "3", severity=93, decay="phishing", corroborated=Fraction(1)),
)


def judged(kind: MemberClass, place: int, epoch: int, number: int, second: bool) -> Judged:
    """One case of a class; its first contribution belongs to the class, a second one to another organisation."""
    sample = judged_sample(kind)
    name = f"{place}-{epoch}-{number}"
    first = Filed(replace(sample.filed[0].contribution, id=f"first-{name}"), f"case-{name}")
    other = Filed(replace(first.contribution, id=f"other-{name}"), first.case)
    return replace(sample, case=first.case, opened_epoch=epoch, filed=(first, other) if second else (first,))


def closed_by_the_mechanism(
    classes: Sequence[MemberClass], policy: Policy, epochs: int, settling: int
) -> tuple[Counter[str], list[Epoch]]:
    """Run ``mechanism.epoch.close`` on one case after the other; earnings and epochs after the settling ones."""
    rates = [kind.count * kind.contributions * Fraction(policy.epoch.days, 365) for kind in classes]
    taken, earned = [0] * len(classes), Counter[str]()
    epoch, history, shown = Epoch(0, NOON, policy.price.initial_post, 0), list[int](), list[Epoch]()
    people = {place: member(f"class-{place}") for place in range(len(classes))} | {-1: member("corroborator")}

    def member_of(contribution: str) -> Member:
        kind, _, name = contribution.partition("-")
        return people[int(name.split("-")[0])] if kind == "first" else people[-1]

    for number in range(settling + epochs):
        cases = []
        for place, (kind, rate) in enumerate(zip(classes, rates, strict=True)):
            for index in range(arrivals(rate, number, Fraction(2 * place + 1, 2 * len(classes)))):
                second = (taken[place] + 1) * kind.corroborated // 1 > taken[place] * kind.corroborated // 1
                taken[place] += 1
                cases.append((judged(kind, place, number, index, second), ()))
        stated = close(
            epoch,
            NOON,
            cases,
            posts={number: epoch.post},
            member_of=member_of,
            members=sum(kind.count for kind in classes),
            history=history,
            policy=policy,
        )
        if number >= settling:
            earned.update(stated.totals)
            shown.append(stated.epoch)
        history.insert(0, stated.epoch.points or 0)
        epoch = Epoch(number + 1, NOON, stated.next_post, stated.epoch.reserve_after or 0)
    return earned, shown


@pytest.mark.parametrize(
    "policy",
    [
        POLICY,
        policy_with(('budget = "1000"', 'budget = "150"')),  # the cut binds
        policy_with(('first_reporter = "3/4"', 'first_reporter = "0"'), ("days = 28", "days = 7")),
    ],
    ids=["default", "short of money", "weekly Shapley"],
)
def test_a_year_is_what_the_close_pays_for_the_same_contributions(policy: Policy) -> None:
    year = run_year(CLASSES, policy)
    slowest = min(kind.count * kind.contributions for kind in CLASSES) * policy.epoch.days / 365
    epochs = max(MEASURED_EPOCHS, ceil(2 / slowest))
    earned, shown = closed_by_the_mechanism(CLASSES, policy, epochs, SETTLING_EPOCHS)
    assert year.books.paid * epochs == sum(epoch.paid or 0 for epoch in shown)
    assert year.books.money * epochs == sum(epoch.money or 0 for epoch in shown)
    assert year.books.post * epochs == sum(epoch.post for epoch in shown)
    assert year.books.overspent == 0
    cut = sum((epoch.gross or 0) > (epoch.money or 0) for epoch in shown)
    assert year.books.cut_epochs * epochs == cut
    rates = [kind.count * kind.contributions * Fraction(policy.epoch.days, 365) for kind in CLASSES]
    for place, rate in enumerate(rates):
        cases = sum(
            arrivals(rate, number, Fraction(2 * place + 1, 6))
            for number in range(SETTLING_EPOCHS, SETTLING_EPOCHS + epochs)
        )
        assert year.pay[place] * cases == earned[f"class-{place}"]
    years = epochs * Fraction(policy.epoch.days, 365)
    people = [kind.count for kind in CLASSES]
    corroborating = sum(many * one for many, one in zip(people, year.corroboration, strict=True))
    assert corroborating * years == earned["corroborator"]


def test_money_that_is_short_is_really_cut() -> None:
    year = run_year(CLASSES, policy_with(('budget = "1000"', 'budget = "150"')))
    assert year.books.cut_epochs > 0
    assert year.books.deepest_cut < 1
    assert run_year([row()], POLICY).books.cut_epochs == 0


def test_the_same_file_gives_the_same_year() -> None:
    assert run_year(CLASSES, POLICY) == run_year(CLASSES, POLICY)


def test_arrivals_are_even_and_add_up() -> None:
    rate = Fraction(12 * 28, 365)
    counts = [arrivals(rate, epoch, Fraction(1, 2)) for epoch in range(365)]
    assert sum(counts) == 12 * 28
    assert set(counts) == {0, 1}


def test_delay_costs_what_the_decay_curve_says_and_never_gains_worth() -> None:
    assert worth_after(timedelta(days=14), "network", POLICY) == Fraction(658434, 1_000_000)
    assert worth_after(timedelta(0), "phishing", POLICY) == 1
    assert worth_after(timedelta(days=3), "phishing", POLICY) == 0
    worth = [worth_after(timedelta(hours=hours), "network", POLICY) for hours in range(0, 24 * 8)]
    assert worth == sorted(worth, reverse=True)
    middle = worth_after(timedelta(hours=36), "network", POLICY)
    assert (
        middle
        == (worth_after(timedelta(days=1), "network", POLICY) + worth_after(timedelta(days=2), "network", POLICY)) / 2
    )


def exclusion(classes: Sequence[MemberClass], policy: Policy) -> Fraction:
    points = run_year(classes, policy).points
    return reach_of(classes, levels_of(classes, points, policy), policy).exclusion


def test_exclusion_is_the_lowest_levels_delay_unless_a_case_is_critical() -> None:
    mild = [row(severity=75, count=3)]
    assert exclusion(mild, POLICY) == 1 - Fraction(658434, 1_000_000)
    half = [row(severity=75), row("Birch", severity=90)]
    assert exclusion(half, POLICY) == (1 - Fraction(658434, 1_000_000)) / 2
    assert exclusion([row(severity=95, count=3)], POLICY) == 0


def test_a_marking_that_never_reaches_the_lowest_level_excludes_wholly() -> None:
    policy = policy_with(('delay_hours = 336\ntlp = "amber"', 'delay_hours = 336\ntlp = "green"'))
    assert exclusion([row(severity=95, count=3)], policy) == 1


def test_without_any_delay_nothing_is_withheld() -> None:
    assert exclusion([row(count=3)], policy_with(("delay_hours = 336", "delay_hours = 0"))) == 0


def test_a_member_that_contributes_too_little_is_not_always_at_the_full_level() -> None:
    classes = [row(contributions="24", count=5), row("Rare", contributions="1/2", severity=40)]
    levels = levels_of(classes, run_year(classes, POLICY).points, POLICY)
    assert levels.sharing[0][Level.FULL] == 1
    assert levels.sharing[1][Level.FULL] < 1
    assert sum(levels.sharing[1].values()) == 1
    assert levels.keeping == {Level.BASIC}
