"""What each lever alone needs to make full sharing hold, what that costs, and which is cheapest.

Levers: exclusion (less for those who keep their knowledge), rewards on top of the given ones, less risk (anonymity,
insurance), and joining in an order with published pledges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from shieldwall.economics.alliance.equilibria import full_margins, least_equilibrium
from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.alliance.potential import maximises_potential
from shieldwall.economics.alliance.robust import least_rewards
from shieldwall.economics.alliance.tariffs import Notion

PRECISION = Fraction(1, 2**44)
"""Width to which a least amount is bracketed; the simplest fraction in the bracket is taken."""


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """What the levers cost; the defaults are assumptions, to be replaced by an alliance's own.

    Attributes:
        slip: Odds that a sharing member is excluded by mistake. Exclusion costs what that loses:
            slip * exclusion * sum of b_i (K - k_i).
        reward: Per unit of reward paid.
        risk: Per unit of risk removed; above 1 for the loading of insurance.
        order: Once, for publishing pledges and keeping an order.
    """

    slip: Fraction = Fraction(1, 20)
    reward: Fraction = Fraction(1)
    risk: Fraction = Fraction(6, 5)
    order: Fraction = Fraction()


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever used alone.

    Attributes:
        name: ``exclusion``, ``reward``, ``risk`` (member by member), ``risk share`` (the same share for all), or
            ``order``.
        amount: The exclusion needed, the total of extra rewards, the total or the share of risk removed, or 0.
        cost: What it costs above the rules as they are; none if the lever alone does not reach the target.
        marginal_cost: By how much the cost grows per unit of risk added to every member; none if out of reach then.
        per_member: Extra reward or risk removed, per member, where the lever works by member.
        attained: False if the amount is an infimum: any more suffices, it itself does not.
    """

    name: str
    amount: Fraction | None
    cost: Fraction | None
    marginal_cost: Fraction | None
    per_member: tuple[Fraction, ...]
    attained: bool


def holds(alliance: Alliance, target: Notion) -> bool:
    """Whether full sharing is what the target asks for, under the rules as they are."""
    if target is Notion.UNIQUE:
        return len(least_equilibrium(alliance)) == len(alliance)
    if target is Notion.POTENTIAL:
        return maximises_potential(alliance)[0]
    if target is Notion.DOMINANT:
        return max(alliance.hold) <= 0
    margin = min(full_margins(alliance))
    return margin > 0 or (target is Notion.NASH and margin == 0)


def levers(alliance: Alliance, target: Notion, costs: UnitCosts | None = None) -> tuple[Lever, ...]:
    """Every lever for a target, cheapest first, those out of reach last.

    >>> stag_hunt = Alliance([3, 1], [1, 1], [1, 1], [0, 0], "1/2")
    >>> [(lever.name, lever.amount) for lever in levers(stag_hunt, Notion.NASH)][0]
    ('exclusion', Fraction(1, 1))
    """
    prices = costs or UnitCosts()
    step = max(*map(abs, alliance.risk), Fraction(1)) / 1000
    dearer = alliance.risking(risk + step for risk in alliance.risk)
    ranked = []
    for lever in (_exclusion, _reward, _risk, _risk_share, _order):
        now, then = lever(alliance, target, prices), lever(dearer, target, prices)
        marginal = None if now.cost is None or then.cost is None else (then.cost - now.cost) / step
        ranked.append(Lever(now.name, now.amount, now.cost, marginal, now.per_member, now.attained))
    return tuple(sorted(ranked, key=lambda lever: (lever.cost is None, lever.cost or 0)))


def lever_lines(ranked: tuple[Lever, ...]) -> tuple[str, ...]:
    """The table of the levers for a terminal."""
    lines = [f"{'lever':12}{'amount':>14}{'cost':>14}{'marginal cost':>16}"]
    for lever in ranked:
        if lever.amount is None or lever.cost is None:
            lines.append(f"{lever.name:12}{'out of reach':>14}")
            continue
        marginal = "out of reach" if lever.marginal_cost is None else f"{float(lever.marginal_cost):.4g}"
        amount = f"{'' if lever.attained else '> '}{float(lever.amount):.6g}"
        lines.append(f"{lever.name:12}{amount:>14}{float(lever.cost):>14.6g}{marginal:>16}")
    return tuple(lines)


def _exclusion(alliance: Alliance, target: Notion, costs: UnitCosts) -> Lever:
    found = _least(lambda share: holds(alliance.excluding(share), target), alliance.exclusion)
    if found is None:
        return _beyond("exclusion")
    total = alliance.total
    at_stake = sum(
        (
            benefit * (total - knowledge)
            for benefit, knowledge in zip(alliance.benefit, alliance.knowledge, strict=True)
        ),
        Fraction(),
    )
    return Lever("exclusion", found[0], costs.slip * (found[0] - alliance.exclusion) * at_stake, None, (), found[1])


def _extra(alliance: Alliance, target: Notion) -> tuple[tuple[Fraction, ...], bool]:
    extra = least_rewards(alliance.beyond_reward(), target)
    attained = target not in {Notion.STRICT, Notion.UNIQUE} or holds(alliance, target)
    return extra, attained


def _reward(alliance: Alliance, target: Notion, costs: UnitCosts) -> Lever:
    extra, attained = _extra(alliance, target)
    amount = sum(extra, Fraction())
    return Lever("reward", amount, costs.reward * amount, None, extra, attained)


def _risk(alliance: Alliance, target: Notion, costs: UnitCosts) -> Lever:
    """Risk removed works like reward, but there is no more of it to remove than there is."""
    extra, attained = _extra(alliance, target)
    # An infimum is of use only if a little more can be removed: of a risk removed wholly, nothing is left.
    more = Fraction() if attained else PRECISION * max([Fraction(1), *(abs(risk) for risk in alliance.risk)])
    left = tuple(risk - removed for removed, risk in zip(extra, alliance.risk, strict=True))
    if any(rest < 0 < removed for removed, rest in zip(extra, left, strict=True)):
        return _beyond("risk")
    if not holds(alliance.risking(max(rest - more, min(rest, Fraction())) for rest in left), target):
        return _beyond("risk")
    amount = sum(extra, Fraction())
    return Lever("risk", amount, costs.risk * amount, None, extra, attained)


def _risk_share(alliance: Alliance, target: Notion, costs: UnitCosts) -> Lever:
    def reached(share: Fraction) -> bool:
        return holds(alliance.risking(risk - share * max(risk, Fraction()) for risk in alliance.risk), target)

    found = _least(reached, Fraction())
    if found is None:
        return _beyond("risk share")
    removed = tuple(found[0] * max(risk, Fraction()) for risk in alliance.risk)
    return Lever("risk share", found[0], costs.risk * sum(removed, Fraction()), None, removed, found[1])


def _order(alliance: Alliance, target: Notion, costs: UnitCosts) -> Lever:
    """Published pledges make full sharing the only outcome once it is strict; they cannot make it strict."""
    coordinates = target in {Notion.UNIQUE, Notion.POTENTIAL} and holds(alliance, Notion.STRICT)
    if coordinates or holds(alliance, target):
        return Lever("order", Fraction(), costs.order if coordinates else Fraction(), None, (), True)
    return _beyond("order")


def _beyond(name: str) -> Lever:
    return Lever(name, None, None, None, (), False)


def _least(reached: Callable[[Fraction], bool], low: Fraction) -> tuple[Fraction, bool] | None:
    """The least amount in [low, 1] from which on a growing condition holds, and whether it holds there already."""
    high = Fraction(1)
    if reached(low):
        return low, True
    if not reached(high):
        # It may hold only beyond the end: then the end itself is no infimum of anything allowed.
        return None
    start = low
    while high - low > PRECISION:
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    if low == start and not reached(_simplest(low, high)):
        return start, False
    amount = _simplest(low, high)
    return amount, reached(amount)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator in [low, high]."""
    whole = floor(low)
    if whole == low:
        return low
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))
