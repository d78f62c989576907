"""Full sharing as the maximiser of the weighted potential, and the least rewards that make it so.

With weights b_i / k_i the game has the potential

    P(S) = (rho / 2) (k(S)^2 - sum of k_i^2 over S) - sum over S of (k_i / b_i) (r_i - t_i).

Full sharing maximises it exactly if no set of leavers T has y(T) > f(T), where y_i = k_i (r_i - t_i) / c_i,
c_i = rho b_i and f(T) = K k(T) - (k(T)^2 + sum of k_i^2 over T) / 2. f is submodular, so the rewards of
least total are the greedy point of a submodular polyhedron (Edmonds 1970): exact, without a linear programme.

Where the weights do not exist the rules are their limits. A member with c_i = 0 decides alone, so it must not lose by
sharing, and then it shares in every set compared. A member with k_i = 0 moves nobody: it must not lose by sharing when
all do.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from shieldwall.economics.alliance.members import Alliance

EXACT_WORK = 200_000_000
"""Bits of integer arithmetic up to which a verdict is exact; beyond, float64."""

EXACT_TYPES = 5_000
"""Different members up to which a verdict is attempted without rounding."""

MAX_TYPES = 20_000
"""Different members up to which the least rewards are computed; beyond, a feasible rule with a bound."""


@dataclass(frozen=True, slots=True)
class PotentialRewards:
    """Rewards that make full sharing a potential maximiser.

    Attributes:
        rewards: One per member, >= 0; equal members are paid equally.
        total: Their sum.
        lower_bound: What no such rewards can undercut; equals ``total`` if ``exact``.
        method: How they were found.
        exact: Whether the total is the least, computed without rounding.
    """

    rewards: tuple[Fraction, ...]
    total: Fraction
    lower_bound: Fraction
    method: str
    exact: bool


_Kind = tuple[Fraction, Fraction, Fraction]
"""Knowledge, dependence and cost of sharing of equal members."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Equal members: together they bring ``knowledge``; ``level`` orders who stays out of the maximiser first."""

    members: tuple[int, ...]
    knowledge: Fraction
    level: Fraction
    weight: Fraction


def maximises_potential(alliance: Alliance) -> tuple[bool, bool]:
    """Whether full sharing maximises the potential under the given rewards, and whether that is exact."""
    total, net = alliance.total, alliance.net_risk
    for cost, knowledge, dependence in zip(net, alliance.knowledge, alliance.dependence, strict=True):
        if (not dependence and cost > 0) or (not knowledge and cost > dependence * total):
            return False, True
    kinds = _kinds(alliance, net)
    exact = _excess(_groups(kinds, total)) if len(kinds) <= EXACT_TYPES else None
    if exact is not None:
        return exact <= 0, True
    return _surely_no_excess(kinds, float(total))


def worst_leavers(alliance: Alliance) -> tuple[int, ...]:
    """The set whose leaving raises the potential most, ascending; empty if full sharing maximises it."""
    groups = sorted(_groups(_kinds(alliance, alliance.net_risk), alliance.total), key=lambda group: -group.level)
    best, best_at, reach, sum_ = Fraction(), 0, Fraction(), Fraction()
    for at, group in enumerate(groups, 1):
        reach += group.knowledge
        sum_ += group.knowledge * group.level
        if reach * reach / 2 + sum_ > best:
            best, best_at = reach * reach / 2 + sum_, at
    return tuple(sorted(member for group in groups[:best_at] for member in group.members))


def potential_rewards(alliance: Alliance) -> PotentialRewards:
    """The rewards of least total, in place of the given ones, under which full sharing maximises the potential.

    For n equal members: max(0, r - rho b k (n - 1) / 2) each, half-way from dominance to Nash.

    >>> stag_hunt = Alliance([1, 1, 1], [1, 1, 1], [2, 2, 2], [0, 0, 0], 1)
    >>> potential_rewards(stag_hunt).rewards
    (Fraction(1, 1), Fraction(1, 1), Fraction(1, 1))
    """
    total, dependence = alliance.total, alliance.dependence
    rewards = [
        max(Fraction(), risk - own * (total - knowledge))
        for risk, own, knowledge in zip(alliance.risk, dependence, alliance.knowledge, strict=True)
    ]
    lower_bound = sum(rewards, Fraction())
    kinds = _kinds(alliance, alliance.risk)
    if len(kinds) > MAX_TYPES:
        for (knowledge, own, risk), members in kinds.items():
            for member in members:
                rewards[member] = max(Fraction(), risk - own * (total - knowledge) / 2)
        return PotentialRewards(tuple(rewards), sum(rewards, Fraction()), lower_bound, "half gap", False)
    groups = sorted(_groups(kinds, total), key=lambda group: -group.weight)
    excesses, exact = _growing_excess(groups)
    before = Fraction()
    for group, excess in zip(groups, excesses, strict=True):
        for member in group.members:
            rewards[member] = group.weight * (excess - before) / len(group.members)
        before = excess
    paid = sum(rewards, Fraction())
    exact = exact and alliance.exact
    return PotentialRewards(tuple(rewards), paid, paid if exact else lower_bound, "greedy", exact)


def _kinds(alliance: Alliance, cost: Sequence[Fraction]) -> dict[_Kind, list[int]]:
    """The members for whom the weight exists, equal ones together; ``cost`` is what sharing costs each."""
    kinds: dict[_Kind, list[int]] = {}
    for member, kind in enumerate(zip(alliance.knowledge, alliance.dependence, cost, strict=True)):
        if kind[0] and kind[1]:
            kinds.setdefault(kind, []).append(member)
    return kinds


def _groups(kinds: Mapping[_Kind, list[int]], total: Fraction) -> list[_Group]:
    return [
        _Group(tuple(members), knowledge * len(members), cost / own - total + knowledge / 2, own / knowledge)
        for (knowledge, own, cost), members in kinds.items()
    ]


def _scaled(groups: Sequence[_Group], limit: int) -> tuple[int, list[tuple[int, int]]] | None:
    """Knowledge and knowledge times level in integers: value * scale, and value * scale^2 * 2."""
    scale = 1
    for group in groups:
        scale = lcm(scale, group.knowledge.denominator, group.level.denominator)
        if scale.bit_length() * len(groups) > limit:
            return None
    return scale, [
        (int(group.knowledge * scale), 2 * int(group.knowledge * scale) * int(group.level * scale)) for group in groups
    ]


def _excess(groups: list[_Group]) -> Fraction | None:
    """The greatest y(T) - f(T) over all T, the empty set included: some T of the highest levels attains it."""
    groups = sorted(groups, key=lambda group: -group.level)
    made = _scaled(groups, EXACT_WORK)
    if made is None:
        return None
    scale, rows = made
    best = reach = sum_ = 0
    for knowledge, product in rows:
        reach += knowledge
        sum_ += product
        best = max(best, reach * reach + sum_)
    return Fraction(best, 2 * scale * scale)


def _surely_no_excess(kinds: Mapping[_Kind, list[int]], total: float) -> tuple[bool, bool]:
    """Whether no T has an excess beyond rounding, and whether rounding leaves no doubt."""
    count = np.array([len(members) for members in kinds.values()])
    each, own, cost = (np.array([float(kind[at]) for kind in kinds]) for at in range(3))
    level, knowledge = cost / own - total + each / 2, each * count
    order = np.argsort(-level)
    reach = np.cumsum(knowledge[order])
    excess = reach * reach / 2 + np.cumsum((knowledge * level)[order])
    doubt = 2**-50 * len(kinds) * float(np.sum(knowledge * (np.abs(cost / own) + 2 * total)))
    return bool(np.max(excess) <= doubt), bool(abs(np.max(excess)) > doubt)


def _growing_excess(groups: list[_Group]) -> tuple[list[Fraction], bool]:
    """The excess of the first 1, 2, ... groups."""
    made = _scaled(groups, EXACT_WORK // (len(groups) or 1))
    if made is None:
        return _growing_excess_float(groups), False
    scale, rows = made
    held: list[tuple[Fraction, int, int, int]] = []
    best, found = 0, []
    for at, (group, (knowledge, product)) in enumerate(zip(groups, rows, strict=True)):
        insort(held, (-group.level, at, knowledge, product))
        reach = sum_ = 0
        for _, _, brought, weighed in held:
            reach += brought
            sum_ += weighed
            best = max(best, reach * reach + sum_)
        found.append(Fraction(best, 2 * scale * scale))
    return found, True


def _growing_excess_float(groups: list[_Group]) -> list[Fraction]:
    level = np.array([float(group.level) for group in groups])
    order = np.argsort(-level, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(groups))
    knowledge, product = np.zeros(len(groups)), np.zeros(len(groups))
    best, found = 0.0, []
    for at, group in enumerate(groups):
        brought = float(group.knowledge)
        knowledge[place[at]], product[place[at]] = brought, brought * level[at]
        reach = np.cumsum(knowledge)
        best = max(best, float(np.max(reach * reach / 2 + np.cumsum(product))))
        found.append(Fraction(best))
    return found
