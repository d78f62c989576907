"""How far the estimates of a members file may be off before the certificate falls: tried, not proved.

Every cell errs at once, through the mechanism and the access rules. Not here: errors of the figures that those amount
to, for which a margin is proved (``verdict``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import ceil, floor

from shieldwall.economics.certify.game import PolicyGame, policy_game
from shieldwall.economics.certify.members import MemberClass
from shieldwall.economics.certify.verdict import objections

MOST = 50
"""Largest error tried, in per cent."""

TRIED = 5
"""Most classes tried: those with the least to lose, relative to what they gain and risk."""


@dataclass(frozen=True, slots=True)
class Robustness:
    """What the trials found.

    Attributes:
        margin: Error of the estimates, in whole per cent, at which no scenario failed; 0 if none was found.
        scenarios: How many were tried.
        breaks: What failed in one of them one per cent further; empty at `MOST`.
    """

    margin: int
    scenarios: int
    breaks: str


@dataclass(frozen=True, slots=True)
class _Scenario:
    """One member of a class, whose contributions err in direction ``own``, those of all others in ``others``."""

    number: int
    own: int
    others: int

    def rows(self, game: PolicyGame, error: Fraction) -> Iterator[MemberClass]:
        """Benefits lower, risks higher, the member's severity lower, that of the others higher, in whole tenths."""
        for number, row in enumerate(game.classes):
            one = number == self.number
            if one:
                severity = ceil(row.severity * (1 - error))
                yield _off(replace(row, count=1), error, self.own, severity)
            if row.count > one:
                severity = min(floor(row.severity * (1 + error)), 100)
                name = f"the others of {row.name}" if one else row.name
                yield _off(replace(row, name=name, count=row.count - one), error, self.others, severity)


def _off(row: MemberClass, error: Fraction, direction: int, severity: int) -> MemberClass:
    return replace(
        row,
        contributions=row.contributions * (1 + direction * error),
        severity=severity,
        benefit=row.benefit * (1 - error),
        risk=row.risk * (1 + error),
    )


def robustness(
    game: PolicyGame, grant: int, progress: Callable[[int, int], None] = lambda done, total: None
) -> Robustness:
    """Find an error at which the policy stays certified in every scenario, by bisection over whole per cents.

    Fees, counts and the other columns do not err: they are set or counted.

    Args:
        game: Of a policy that is certified.
    """
    scenarios = [_Scenario(*one) for one in product(_weakest(game), (-1, 1), (-1, 1))]
    margin, breaks = MOST, ""
    untried = list(scenarios)
    while margin and untried:
        progress(len(scenarios) - len(untried), len(scenarios))
        scenario = untried.pop()
        if _fails(game, grant, scenario, margin):
            margin, breaks = _largest(game, grant, scenario, margin)
            # An error that a scenario bears says nothing of a smaller one: each is tried at the one that is told.
            untried = [one for one in scenarios if one != scenario]
    return Robustness(margin, len(scenarios), breaks)


def _largest(game: PolicyGame, grant: int, scenario: _Scenario, bad: int) -> tuple[int, str]:
    """An error below ``bad`` that a scenario bears, in per cent, and what fails one further."""
    good, breaks = 0, _fails(game, grant, scenario, bad)
    while bad - good > 1:
        middle = (good + bad) // 2
        if found := _fails(game, grant, scenario, middle):
            bad, breaks = middle, found
        else:
            good = middle
    return good, breaks


def _weakest(game: PolicyGame) -> list[int]:
    """The classes to try, by place, the weakest last."""

    def slack(number: int) -> Fraction:
        turned = game.year.rewards[number] + game.risk(number)
        least = min(game.gain(number), game.surplus(number))
        return least / turned if turned else least

    return sorted(range(len(game.classes)), key=slack, reverse=True)[-TRIED:]


def _fails(game: PolicyGame, grant: int, scenario: _Scenario, error: int) -> str:
    """The first objection to the policy in this scenario; empty if there is none."""
    erring = policy_game(tuple(scenario.rows(game, Fraction(error, 100))), game.policy)
    return next(iter(objections(erring, grant)), "")
