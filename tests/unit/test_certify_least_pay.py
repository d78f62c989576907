"""No set of sharers earns a member less than the bound: against runs of the mechanism for every set there is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

from rule_samples import policy_with

from shieldwall.domain.members import Tier
from shieldwall.economics.certify.least_pay import least_rewards
from shieldwall.economics.certify.members import MemberClass
from shieldwall.economics.certify.year import run_year

CHANGES = [
    (),
    (('budget = "1000"', 'budget = "100"'),),
    (('budget = "1000"', 'budget = "20"'), ('step = "1.25"', 'step = "4"')),
    (('step = "1.25"', 'step = "1.01"'),),
    (('reserve_share = "1/2"', 'reserve_share = "0"'),),  # the price spends a part of the budget, for good
]
POLICIES = [policy_with(*changes) for changes in CHANGES]


def classes(random: Random) -> list[MemberClass]:
    return [
        MemberClass(
            name=f"class {number}",
            tier=Tier.CORE,
            contributions=random.choice([1, 20]) * Fraction(random.randint(1, 60), random.choice([1, 2, 3])),
            severity=random.randint(10, 100),
            benefit=Fraction(0),
            risk=Fraction(0),
            fee=0,
            count=random.randint(1, 2),
            corroborated=random.choice([Fraction(0), Fraction(0), Fraction(1, 3)]),
        )
        for number in range(random.randint(1, 3))
    ]


def test_no_set_of_sharers_earns_less_than_the_bound_and_some_come_near() -> None:
    random, nearest = Random(5), Fraction(10)  # noqa: S311 - samples, not secrets
    for round_ in range(40):
        rows, policy = classes(random), POLICIES[round_ % len(POLICIES)]
        bound = least_rewards(rows, run_year(rows, policy).points, policy)
        for counts in product(*(range(row.count + 1) for row in rows)):
            inside = [number for number, count in enumerate(counts) if count]
            if not inside:
                continue
            year = run_year([replace(rows[number], count=counts[number]) for number in inside], policy)
            for number, reward in zip(inside, year.rewards, strict=True):
                assert reward >= bound[number] > 0
                nearest = min(nearest, reward / bound[number])
    assert nearest < Fraction(11, 10)


def test_contributions_without_points_are_bounded_by_nothing() -> None:
    [row] = classes(Random(1))[:1]  # noqa: S311
    assert list(least_rewards([replace(row, severity=0)], [0], POLICIES[0])) == [0]
