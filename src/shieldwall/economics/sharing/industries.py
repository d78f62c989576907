"""Two industries whose alliances help each other: a bank's customers gain by what power companies share, and back.

Gal-Or & Ghose section 5 names cross-industry effects as open. The link is an assumption of this module: the mean
knowledge s t shared in one industry raises every demand intercept in the other, and saves it costs of investment in
the form in which knowledge of the own industry does, independently of that. Prices in one do not matter to the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shieldwall.economics.sharing.baseline import Unsolved, at_least_zero, built_in, decided, outcome
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.status import Status

_ROUNDS = 400
_SETTLED = 1e-12


@dataclass(frozen=True, slots=True)
class Industries:
    """The common equilibrium of two industries; every pair holds one value for each industry.

    Attributes:
        equilibria: Each is verified against every deviation of its firms, the other industry's choices given.
        alone: The equilibria if the industries do not touch.
        knowledge: Mean knowledge shared.
        residual: How far each industry's knowledge is from the one the other answered.
        external_worth: What another unit of its knowledge adds to welfare in the other industry, choices there given.
    """

    equilibria: tuple[Equilibrium, Equilibrium]
    alone: tuple[Equilibrium, Equilibrium]
    knowledge: tuple[float, float]
    residual: float
    external_worth: tuple[float, float]

    @property
    def status(self) -> Status:
        """Solved: the equilibria are verified and answer each other."""
        return Status.SOLVED

    @property
    def welfare_change(self) -> tuple[float, float]:
        """What each industry gains by the link."""
        first, second = (now.welfare - then.welfare for now, then in zip(self.equilibria, self.alone, strict=True))
        return first, second

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        shares = " and ".join(f"{100 * one.sharing[0]:.3g} %" for one in self.equilibria)
        before = " and ".join(f"{100 * one.sharing[0]:.3g} %" for one in self.alone)
        if max(self.external_worth) == 0:
            return f"The industries share {shares} and do not touch."
        worth = " and ".join(f"{value:.3g}" for value in self.external_worth)
        return (
            f"Linked, the industries share {shares} instead of {before}; another unit of their knowledge is worth "
            f"{worth} to the other industry, which no member counts: an alliance across both would pay for it."
        )


def link_industries(first: Market, second: Market, *, demand: float, cost: float) -> Industries | Unsolved:
    """The equilibrium of two industries that answer each other, followed from the one without a link.

    Args:
        first, second: One market each, with built-in forms.
        demand: What a unit of the other industry's knowledge adds to every demand intercept; at least 0.
        cost: What it counts for in the saving of costs; at least 0.

    Raises:
        InvalidInput: If a link is negative.
    """
    at_least_zero("demand", demand)
    at_least_zero("cost", cost)
    markets = first, second
    alone = _pair(decided(first, "nash"), decided(second, "nash"))
    if isinstance(alone, Unsolved):
        return alone
    now, knowledge, residual = alone, (0.0, 0.0), np.inf
    for _ in range(_ROUNDS):
        given = _knowledge(now[0]), _knowledge(now[1])
        residual = max(abs(given[0] - knowledge[0]), abs(given[1] - knowledge[1]))
        if residual <= _SETTLED * max(given):
            break
        knowledge = given
        answers = _pair(*(decided(helped(markets[i], given[1 - i], demand, cost), "nash") for i in (0, 1)))
        if isinstance(answers, Unsolved):
            return answers
        now = answers
    else:
        return Unsolved(Status.NOT_PROVEN, "the industries' answers to each other do not settle")
    worth = [_worth(markets[1 - i], now[1 - i], knowledge[i], demand, cost) for i in (0, 1)]
    return Industries(now, alone, knowledge, residual, (worth[0], worth[1]))


def helped(market: Market, knowledge: float, demand: float, cost: float) -> Market:
    """A market as the other industry's knowledge leaves it: larger demand, a flatter cost k r(cost knowledge)."""
    if not built_in(market):
        return market
    flatter = replace(market.cost, k=market.cost.k * market.cost.remaining(np.full(len(market), cost * knowledge)))
    return replace(market, a=market.a + demand * knowledge, cost=flatter)


def _pair(first: Equilibrium | Unsolved, second: Equilibrium | Unsolved) -> tuple[Equilibrium, Equilibrium] | Unsolved:
    if isinstance(first, Unsolved):
        return first
    return second if isinstance(second, Unsolved) else (first, second)


def _knowledge(equilibrium: Equilibrium) -> float:
    return float(np.mean(np.multiply(equilibrium.sharing, equilibrium.investment)))


def _worth(market: Market, at: Equilibrium, knowledge: float, demand: float, cost: float) -> float:
    """The derivative of welfare by the other industry's knowledge; welfare is smooth, and 1e-5 leaves nine digits."""
    choice = np.array([at.sharing]), np.array([at.investment])

    def welfare(given: float) -> float:
        _, profit, surplus = outcome(helped(market, given, demand, cost), *choice)
        return float(surplus[0] + profit.sum())

    step = 1e-5 * (1 + knowledge)
    return (welfare(knowledge + step) - welfare(knowledge - step)) / (2 * step)
