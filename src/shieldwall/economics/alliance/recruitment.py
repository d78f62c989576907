"""Coming to full sharing: members who join one after another, founders, and pledges that bind together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from shieldwall.economics.alliance.equilibria import joining
from shieldwall.economics.alliance.members import Alliance
from shieldwall.errors import EconomicsError

MAX_BACKWARD = 16
"""Members up to which the tree of decisions is solved."""

MAX_LABELS = 20_000
"""Candidate founding sets kept; beyond, the result comes with a bound."""


@dataclass(frozen=True, slots=True)
class FoundingSet:
    """Founders after whom all others join by themselves.

    Attributes:
        founders: Their indices, ascending.
        cost: The sum of their costs.
        lower_bound: No founding set costs less.
        exact: Whether none is cheaper than this one.
    """

    founders: tuple[int, ...]
    cost: Fraction
    lower_bound: Fraction
    exact: bool


@dataclass(frozen=True, slots=True)
class Pledges:
    """Pledges to share that bind only if those who pledge hold at least ``threshold`` knowledge.

    Attributes:
        threshold: The knowledge from which pledges bind.
        holdouts: The members for whom pledging is not shown to be weakly dominant.
        dominant: Whether pledging is weakly dominant for everybody.
    """

    threshold: Fraction
    holdouts: tuple[int, ...]
    dominant: bool


def sequential_sharers(alliance: Alliance, order: Sequence[int]) -> tuple[int, ...]:
    """Who shares if members decide in this order and see earlier decisions: backward induction.

    Whoever is indifferent keeps its knowledge, so what comes out does not rest on goodwill. Above the Nash rewards full
    sharing is the outcome in every order: if all before have shared, sharing leads to full sharing, and leaving
    forgoes at least rho b_i (K - k_i) of it.

    Raises:
        EconomicsError: If there are more members than ``MAX_BACKWARD``.

    >>> stag_hunt = Alliance([3, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)
    >>> sequential_sharers(stag_hunt, (1, 0))
    (0, 1)
    """
    if len(alliance) > MAX_BACKWARD:
        raise EconomicsError(f"backward induction for {len(alliance)} members; at most {MAX_BACKWARD}")
    knowledge, benefit, net = alliance.knowledge, alliance.benefit, alliance.net_risk

    @cache
    def outcome(stage: int, sharers: frozenset[int]) -> frozenset[int]:
        if stage == len(order):
            return sharers
        member = order[stage]
        kept, shared = outcome(stage + 1, sharers), outcome(stage + 1, sharers | {member})
        without = (1 - alliance.exclusion) * benefit[member] * sum(knowledge[other] for other in kept)
        others = sum(knowledge[other] for other in shared if other != member)
        return shared if benefit[member] * others - net[member] > without else kept

    return tuple(sorted(outcome(0, frozenset())))


def founding_set(alliance: Alliance, costs: Sequence[Fraction] | None = None) -> FoundingSet:
    """The cheapest founders who share for good and after whom all others strictly gain by joining, one by one.

    In the order of thresholds, member i joins by itself exactly if the knowledge before it and that of the founders
    behind it exceed its threshold. From the last member backwards only founders' knowledge and cost matter, so the
    non-dominated pairs suffice.

    Args:
        costs: What holding each member costs, >= 0; by default 1 each, which gives the smallest set.

    >>> stag_hunt = Alliance([3, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)
    >>> founding_set(stag_hunt).cost
    Fraction(1, 1)
    """
    prices = [Fraction(1)] * len(alliance) if costs is None else list(costs)
    order = sorted(range(len(alliance)), key=lambda member: _threshold(alliance, member))
    kept, exact = _founders(alliance, order, prices, merge=False)
    bound = kept[1] if exact else _founders(alliance, order, prices, merge=True)[0][1]
    founders = tuple(sorted(kept[2]))
    if len(joining(alliance, founders)) != len(alliance):
        raise EconomicsError("the founding set found does not bring in the others")
    return FoundingSet(founders, kept[1], bound, exact)


_Label = tuple[int, Fraction, tuple[int, ...]]


def _threshold(alliance: Alliance, member: int) -> tuple[int, Fraction]:
    pull, hold = alliance.pull[member], alliance.hold[member]
    if pull:
        return 0, Fraction(hold, pull)
    return (-1 if hold < 0 else 1), Fraction()


def _founders(
    alliance: Alliance, order: Sequence[int], prices: Sequence[Fraction], *, merge: bool
) -> tuple[_Label, bool]:
    """The cheapest label at the front of the order; with ``merge``, too good to be feasible if labels ran out."""
    pull, hold, stock = alliance.pull, alliance.hold, alliance.stock
    before = sum(stock)
    labels: list[_Label] = [(0, Fraction(), ())]
    exact = True
    for member in reversed(order):
        before -= stock[member]
        made: list[_Label] = [label for label in labels if pull[member] * (before + label[0]) > hold[member]] + [
            (reach + stock[member], cost + prices[member], (*who, member)) for reach, cost, who in labels
        ]
        made.sort(key=lambda label: (label[1], -label[0]))
        labels = []
        for label in made:
            if not labels or label[0] > labels[-1][0]:
                labels.append(label)
        if len(labels) > MAX_LABELS:
            exact = False
            last = labels[-1]
            if merge:
                labels = [(more[0], less[1], ()) for less, more in zip(labels[::2], labels[1::2], strict=False)]
            else:
                labels = labels[::2]
            if labels[-1][0] < last[0]:
                labels.append(last)
    return labels[0], exact


def conditional_pledges(alliance: Alliance, threshold: Fraction) -> Pledges:
    """Whether pledging is weakly dominant if pledges bind only from ``threshold`` pledged knowledge on.

    Below the threshold nothing is shared. A member whose pledge decides gains b_i k(others) + t_i - r_i with at least
    threshold - k_i from others; one that is not needed gains as in the alliance game with at least ``threshold``, if
    the others can reach it. Both worst cases are lower bounds, so holdouts may include a member that would pledge; for
    a threshold of all knowledge the test is exact.
    """
    total, net, dependence = alliance.total, alliance.net_risk, alliance.dependence
    holdouts = []
    for member, (knowledge, benefit) in enumerate(zip(alliance.knowledge, alliance.benefit, strict=True)):
        decides = benefit * max(Fraction(), threshold - knowledge) if knowledge else None
        joins = dependence[member] * threshold if total - knowledge >= threshold else None
        if any(worth is not None and worth < net[member] for worth in (decides, joins)):
            holdouts.append(member)
    return Pledges(threshold, tuple(holdouts), not holdouts)


def pledge_threshold(alliance: Alliance) -> Pledges:
    """The least threshold shown to make pledging weakly dominant for all; all knowledge, with holdouts, if none is.

    Pledges by all need rewards of only max(0, r_i - b_i (K - k_i)): whoever holds out loses the whole alliance and not
    the excluded share of it.
    """
    total, net = alliance.total, alliance.net_risk
    corners = {total, Fraction()}
    for benefit, own, knowledge, cost in zip(
        alliance.benefit, alliance.dependence, alliance.knowledge, net, strict=True
    ):
        if benefit:
            corners.add(cost / benefit + knowledge)
        if own:
            corners.add(cost / own)
    for threshold in sorted(corner for corner in corners if 0 <= corner <= total):
        found = conditional_pledges(alliance, threshold)
        if found.dominant:
            return found
    return conditional_pledges(alliance, total)
