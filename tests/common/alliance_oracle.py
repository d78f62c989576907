"""The alliance game by brute force: every set of sharers, every order, in exact fractions."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import chain, combinations, permutations

import numpy as np
from scipy.optimize import linprog

from shieldwall.economics.alliance import Alliance


def draw(rng: random.Random, members: int, *, zeros: bool) -> Alliance:
    """Small rationals, so that members at a threshold are common; with ``zeros`` also in knowledge and benefit."""
    low = 0 if zeros else 1

    def some(least: int, most: int) -> list[Fraction]:
        return [Fraction(rng.randint(least, most), rng.choice((1, 2))) for _ in range(members)]

    return Alliance(some(low, 6), some(low, 4), some(0, 18), some(0, 6), Fraction(rng.randint(low, 4), 4))


def sets(members: int) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(range(members), size) for size in range(members + 1)))


def payoff(alliance: Alliance, sharers: set[int], member: int) -> Fraction:
    """The payoff itself, from the definition of the game and not from gains."""
    access = Fraction(1) if member in sharers else 1 - alliance.exclusion
    others = sum((alliance.knowledge[other] for other in sharers if other != member), Fraction())
    kept = alliance.benefit[member] * alliance.knowledge[member]
    own = alliance.reward[member] - alliance.risk[member] if member in sharers else Fraction()
    return kept + alliance.benefit[member] * access * others + own


def equilibria(alliance: Alliance) -> list[tuple[int, ...]]:
    everybody = range(len(alliance))
    return [
        sharers
        for sharers in sets(len(alliance))
        if all(
            payoff(alliance, set(sharers), member) >= payoff(alliance, set(sharers) ^ {member}, member)
            for member in everybody
        )
    ]


def cheapest_order(alliance: Alliance) -> Fraction:
    """The least total over all orders of joining."""
    found = []
    for order in permutations(range(len(alliance))):
        reach = paid = Fraction()
        for member in order:
            paid += max(Fraction(), alliance.risk[member] - alliance.exclusion * alliance.benefit[member] * reach)
            reach += alliance.knowledge[member]
        found.append(paid)
    return min(found)


def potential(alliance: Alliance, sharers: tuple[int, ...]) -> Fraction:
    """The weighted potential, for positive knowledge and benefit."""
    pairs = sum((alliance.knowledge[i] * alliance.knowledge[j] for i, j in combinations(sharers, 2)), Fraction())
    return alliance.exclusion * pairs - sum(
        (alliance.knowledge[i] / alliance.benefit[i] * (alliance.risk[i] - alliance.reward[i]) for i in sharers),
        Fraction(),
    )


def least_potential_total(alliance: Alliance) -> float:
    """The linear programme over all sets of sharers."""
    count = len(alliance)
    unpaid = alliance.paying([0] * count)
    everybody = tuple(range(count))
    rows, bounds = [], []
    for sharers in sets(count)[:-1]:
        weights = [float(alliance.knowledge[i] / alliance.benefit[i]) for i in everybody]
        rows.append([0.0 if i in sharers else -weights[i] for i in everybody])
        bounds.append(float(potential(unpaid, everybody) - potential(unpaid, sharers)))
    found = linprog(np.ones(count), A_ub=rows, b_ub=bounds)
    assert found.success
    return float(found.fun)
