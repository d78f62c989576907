"""How much sharing a subsidy buys, what it costs, and who could pay for it: open in Gal-Or & Ghose section 5.

The alliance pays each firm a rate on its sharing s, or on the knowledge s t that it shares; firms then choose as in
the simultaneous regime. The curve is followed from the market equilibrium. That what is paid for is what is shared,
and not what is claimed, is assumed here and examined in ``misreport``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shieldwall.economics.precision import economics_extra
from shieldwall.economics.sharing.baseline import Unsolved, at_least_zero, decided, outcome
from shieldwall.economics.sharing.game import (
    TOLERANCE,
    Game,
    Point,
    equilibrium,
    gradient,
    is_free,
    jacobian,
    market_game,
)
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

BASES: dict[str, Callable[[Any, Any], Any]] = {
    "sharing": lambda sharing, investment: sharing + 0 * investment,
    "knowledge": lambda sharing, investment: sharing * investment,
}
"""What the rate is paid on, by name."""

_DOUBLINGS = 40


@dataclass(frozen=True, slots=True)
class Subsidised:
    """The equilibrium under a subsidy, against the market without one.

    Attributes:
        rate: Credits for each unit of the base.
        base: A key of ``BASES``.
        sharing, investment: One value for each firm.
        profit: Before the subsidy and before any fee.
        paid: What the alliance pays in all.
        consumer_surplus, welfare: Of the whole market; a subsidy is a transfer and no part of welfare.
        profit_change: Of each firm, before the subsidy.
        welfare_change: Of the whole market.
        marginal_sharing: Mean sharing that another unit of the rate adds.
        sharing_per_credit: Mean sharing that the last credit paid added.
        stable: Whether best responses return to it; the two before mean something only then.
        deviation_gain: The most a firm gains by any deviation, by global search.
    """

    rate: float
    base: str
    sharing: tuple[float, ...]
    investment: tuple[float, ...]
    profit: tuple[float, ...]
    paid: float
    consumer_surplus: float
    welfare: float
    profit_change: tuple[float, ...]
    welfare_change: float
    marginal_sharing: float
    sharing_per_credit: float
    stable: bool
    deviation_gain: float

    @property
    def status(self) -> Status:
        """Solved: the equilibrium is verified."""
        return Status.SOLVED

    @property
    def self_financing(self) -> bool:
        """Whether fixed fees that repay the subsidy leave no member worse off than without the scheme."""
        return min(self.profit_change) >= -TOLERANCE * max(map(abs, self.profit))

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        share = 100 * float(np.mean(self.sharing))
        text = (
            f"A subsidy of {self.rate:.4g} on {self.base} brings sharing to {share:.3g} % for {self.paid:.4g} credits"
        )
        if self.self_financing:
            return text + "; fixed fees can repay it and leave no member worse off."
        if self.welfare_change >= 0:
            return text + "; members would not pay for it themselves, but their customers gain more than they lose."
        return text + "; the market as a whole loses by it."


def subsidise(market: Market, rates: Sequence[float], base: str = "knowledge") -> list[Subsidised | Unsolved]:
    """The equilibrium at each rate, each solved from the one before it.

    Args:
        market: One market with built-in forms.
        rates: Credits for each unit; rising.
        base: A key of ``BASES``.

    Raises:
        InvalidInput: If a rate is negative or not in order, or there is no such base.
    """
    for rate in rates:
        at_least_zero("rates", rate)
    if list(rates) != sorted(rates):
        raise InvalidInput("rates", list(rates), "rising numbers")
    _known(base)
    free = decided(market, "nash")
    if isinstance(free, Unsolved):
        return [free] * len(rates)
    answers: list[Subsidised | Unsolved] = []
    start: Equilibrium | Subsidised = free
    for rate in rates:
        found = _follow(market, base, rate, start, free)
        start = start if isinstance(found, Unsolved) else found
        answers.append(found)
    return answers


def least_subsidy(market: Market, target: float, base: str = "knowledge") -> Subsidised | Unsolved:
    """The least rate on the curve from the market equilibrium at which every firm shares at least so much.

    The curve may jump; then more than the target is shared. A rate without a verified equilibrium counts as too low.

    Args:
        target: In [0, 1].

    Raises:
        InvalidInput: If the target is not in [0, 1], or there is no such base.
        MissingPackage: If SciPy is not installed.
    """
    with economics_extra():
        from scipy.optimize import brentq  # noqa: PLC0415
    if not 0 <= target <= 1:
        raise InvalidInput("target", target, "sharing in [0, 1]")
    _known(base)
    free = decided(market, "nash")
    if isinstance(free, Unsolved):
        return free
    solved: dict[float, Subsidised] = {}

    def shortfall(rate: float) -> float:
        below = [one for known, one in solved.items() if known <= rate]
        found = _follow(market, base, rate, max(below, key=lambda one: one.rate, default=free), free)
        if isinstance(found, Unsolved):
            return -1.0
        solved[rate] = found
        return min(found.sharing) - target

    low, high = 0.0, max(free.profit) * 1e-3
    if shortfall(low) < 0:
        for _ in range(_DOUBLINGS):
            if not shortfall(high) < 0:
                break
            low, high = high, 2 * high
        if high in solved and min(solved[high].sharing) >= target:
            brentq(shortfall, low, high, xtol=1e-13 * high, rtol=1e-14, disp=False)
    enough = [one for one in solved.values() if min(one.sharing) >= target]
    if not enough:
        return Unsolved(Status.NOT_PROVEN, f"no subsidy was found that brings sharing to {target:g}")
    return min(enough, key=lambda one: one.rate)


def _known(base: str) -> None:
    if base not in BASES:
        raise InvalidInput("base", base, f"one of {', '.join(BASES)}")


def _follow(
    market: Market, base: str, rate: float, start: Equilibrium | Subsidised, free: Equilibrium
) -> Subsidised | Unsolved:
    """The equilibrium at a rate, from choices at a lower one."""
    point = equilibrium(_game(market, base, rate), np.array(start.sharing), np.array(start.investment))
    if not point.proven:
        return Unsolved(Status.NOT_PROVEN, f"no equilibrium was found at a subsidy of {rate:g}")
    return _subsidised(market, base, rate, point, free)


def _game(market: Market, base: str, rate: float) -> Game:
    return market_game(market, lambda sharing, investment: rate * BASES[base](sharing, investment))


def _subsidised(market: Market, base: str, rate: float, point: Point, free: Equilibrium) -> Subsidised:
    choice = point.sharing[None], point.investment[None]
    _, profit, surplus = outcome(market, *choice)
    welfare = float(surplus[0] + profit.sum())
    paid = rate * float(BASES[base](*choice).sum())
    by_sharing, by_paid = _marginal(market, base, rate, point)
    return Subsidised(
        rate=rate,
        base=base,
        sharing=tuple(point.sharing.tolist()),
        investment=tuple(point.investment.tolist()),
        profit=tuple(profit[0].tolist()),
        paid=paid,
        consumer_surplus=float(surplus[0]),
        welfare=welfare,
        profit_change=tuple((profit[0] - free.profit).tolist()),
        welfare_change=welfare - free.welfare,
        marginal_sharing=by_sharing,
        sharing_per_credit=by_sharing / by_paid if by_paid else 0.0,
        stable=point.radius < 1,
        deviation_gain=point.gain,
    )


def _marginal(market: Market, base: str, rate: float, point: Point) -> tuple[float, float]:
    """How mean sharing and what is paid move with the rate, by the implicit function theorem."""
    z, count = np.concatenate((point.sharing, point.investment)), len(point.sharing)
    game = _game(market, base, rate)
    free = is_free(game, z)
    # The payoff is linear in the rate, so that a whole unit of it gives the derivative.
    push = gradient(_game(market, base, rate + 1), z) - gradient(game, z)
    move = np.zeros_like(z)
    if free.any():
        move[free] = np.linalg.solve(jacobian(game, z)[np.ix_(free, free)], -push[free])
    amount = BASES[base](point.sharing, point.investment)
    step = 1e-20
    moved = BASES[base](point.sharing + 1j * step * move[:count], point.investment + 1j * step * move[count:])
    return float(move[:count].mean()), float(amount.sum() + rate * (moved.imag / step).sum())
