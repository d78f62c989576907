"""The game of two members is the alliance game with n = 2: both name the same sharers."""

from __future__ import annotations

import random
from fractions import Fraction

from shieldwall.economics.alliance.equilibria import full_sharing, greatest_equilibrium, least_equilibrium
from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.pair import Notion, Outcome, Pair, full_sharing_is, outcome

SHARERS: dict[Outcome, tuple[tuple[int, ...], tuple[int, ...]]] = {
    Outcome.NOBODY: ((), ()),
    Outcome.FIRST_ONLY: ((0,), (0,)),
    Outcome.SECOND_ONLY: ((1,), (1,)),
    Outcome.ALL_OR_NOBODY: ((), (0, 1)),
    Outcome.ALL_OR_NOBODY_ALL_RISK_DOMINANT: ((), (0, 1)),
    Outcome.ALL: ((0, 1), (0, 1)),
    Outcome.ALL_DOMINANT: ((0, 1), (0, 1)),
}
"""The least and the greatest equilibrium of each outcome."""


def test_two_members_are_an_alliance_of_two() -> None:
    draw = random.Random(8)  # noqa: S311 - a sample, not a secret
    seen = set()
    for _ in range(500):
        first, second, risk = (Fraction(draw.randint(1, 9), 3) for _ in range(3))
        rate, exclusion = Fraction(draw.randint(0, 6), 6), Fraction(draw.randint(0, 5), 5)
        pair = Pair.of_knowledge(first, second, risk=risk, rate=rate, exclusion=exclusion)
        rewards = [pair.reward(member) for member in (0, 1)]
        alliance = Alliance([first, second], [1, 1], [risk, risk], rewards, exclusion)
        told = outcome(pair)
        seen.add(told)
        if told is not Outcome.BOUNDARY:
            assert (tuple(least_equilibrium(alliance)), tuple(greatest_equilibrium(alliance))) == SHARERS[told]
        found = full_sharing(alliance)
        assert found.nash == full_sharing_is(Notion.NASH, pair)
        assert found.strict == full_sharing_is(Notion.STRICT, pair)
        assert found.dominant == full_sharing_is(Notion.DOMINANT, pair)
        assert found.unique == full_sharing_is(Notion.UNIQUE, pair)
    assert seen == set(Outcome)
