"""Two providers that differ in cost and reputation: who serves whom, at what fee. Own model; the paper leaves it open.

Assumptions. Effort cannot be checked. Provider i protects at ½ c_i q² per client and is believed to honour a share r_i
of the full refund he promises: that share is his reputation, and he does honour just that share. So he works q_i =
min(1, r_i T D/c_i), a client keeps v − P when her fee is p_i = P − (1 − r_i) L_i v, and his cost in terms of P is

    C_i(m) = m [T D (1 − q_i) + ½ c_i q_i²] = m [T D − T² D² r_i (2 − r_i)/(2 c_i)],

that of a fully reputable provider with cost coefficient c_i/(r_i (2 − r_i)). Both announce P_i and a capacity, clients
go where they keep most, at equal offers to whoever has room. With room to spare at a common price, who asks more loses
all clients and who asks less earns less at every number; so it is an equilibrium exactly if both numbers are best at
that price. The highest such price is taken, at most R: then nobody asks less than serving one client costs him.
Identical providers and other rules are in ``competition``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Reputed:
    """A provider.

    Attributes:
        cost: c_i, money, above 0.
        reputation: r_i, the share of a promised refund that he is believed to pay, above 0 and at most 1.
    """

    cost: float
    reputation: float

    @property
    def effective_cost(self) -> float:
        """The cost coefficient of an equivalent provider of full reputation.

        >>> Reputed(3.0, 0.5).effective_cost
        4.0
        """
        return self.cost / (self.reputation * (2.0 - self.reputation))


@dataclass(frozen=True, slots=True)
class ReputationSolution:
    """The equilibrium; pairs in the order of the providers, ``None`` for one without clients.

    Attributes:
        status: ``NOT_PROVEN`` if no common price makes both numbers best.
        price: P, what the same protection would cost with a full refund.
        regret: The most either gains by another offer, money.
    """

    status: Status
    price: float
    outsourcing_clients: tuple[float, float]
    service_quality: tuple[float | None, float | None]
    fee: tuple[float | None, float | None]
    provider_profit: tuple[float, float]
    welfare: float
    regret: float

    @property
    def meaning(self) -> str:
        """A sentence for an alliance's operator."""
        first, second = self.outsourcing_clients
        if first == second == 0.0:
            return "Neither provider is worth his price: every member protects herself."
        if min(first, second) == 0.0:
            return "One provider serves all who outsource: the other's cost or name is too poor to win a single member."
        larger, smaller = ("first", "second") if first >= second else ("second", "first")
        return f"The {larger} provider serves more members; the {smaller} keeps some because crowding is costly."


def solve_reputation(
    service: Service, first: Reputed, second: Reputed, regime: Regime | str = Regime.REQUIREMENT
) -> ReputationSolution:
    """Find the common price at which two unequal providers serve their best numbers of clients.

    Args:
        service: A market of shape (); its provider cost is not used.
        regime: One in which effort is unchecked and losses are refunded.

    Raises:
        InvalidInput: If the regime is another, or a provider's quality would have to exceed 1.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.02)
    >>> found = solve_reputation(market, Reputed(1.0, 1.0), Reputed(1.0, 0.7))
    >>> [round(one, 3) for one in found.outsourcing_clients], [round(one, 3) for one in found.fee]
    ([3.693, 2.987], [0.306, 0.227])
    """
    rules = rules_of(regime)
    if rules.effort_verified or not rules.compensates:
        raise InvalidInput("regime", str(regime), "a regime with unchecked effort and refunds")
    providers = (first, second)
    sides = [_costs(service, one, regime) for one in providers]
    price = _highest_price(sides, float(service.clients))
    served = _served(sides, price, float(service.clients))
    profit = tuple(price * number - float(one.total(number)) for one, number in zip(sides, served, strict=True))
    best = [float(one.supply(price, one.clients)[1]) for one in sides]
    regret = max(0.0, *(most - now for most, now in zip(best, profit, strict=True)))
    value, chance = float(service.system_value), float(service.attack_probability)
    quality: list[float | None] = []
    fee: list[float | None] = []
    for one, side, number in zip(providers, sides, served, strict=True):
        harm = float(side.harm(number))
        effort = one.reputation * harm / one.cost
        exposed = harm / side.exposure if side.exposure else 1.0
        quality.append(effort if number else None)
        fee.append(price - (1.0 - one.reputation) * chance * (1.0 - effort) * exposed * value if number else None)
    total, stay = sum(served), value - sides[0].highest_price
    welfare = total * (value - price) + (sides[0].clients - total) * stay + sum(profit)
    solved = regret <= EXACT * sides[0].clients * sides[0].exposure
    return ReputationSolution(
        status=Status.SOLVED if solved else Status.NOT_PROVEN,
        price=price,
        outsourcing_clients=served,
        service_quality=(quality[0], quality[1]),
        fee=(fee[0], fee[1]),
        provider_profit=(profit[0], profit[1]),
        welfare=welfare,
        regret=regret,
    )


def _costs(service: Service, one: Reputed, regime: Regime | str) -> Costs:
    """The costs of the equivalent provider of full reputation."""
    if not (one.cost > 0.0 and 0.0 < one.reputation <= 1.0):
        raise InvalidInput("provider", (one.cost, one.reputation), "a cost above 0 and a reputation above 0, at most 1")
    costs = Costs.of(service, str(Regime(regime)))
    made = replace(costs, terms=replace(costs.terms, provider_cost=one.effective_cost))
    most = float(made.harm(made.clients))
    if most > one.effective_cost:
        raise InvalidInput(
            "spillover", float(service.spillover), f"T D = {most:.6g} <= {one.effective_cost:.6g} at m = n"
        )
    return made


def _highest_price(sides: list[Costs], clients: float) -> float:
    """The largest price up to R at which both together want at most everybody."""

    def crowded(price: float) -> bool:
        return sum(float(one.supply(price, clients)[0]) for one in sides) > clients * (1.0 + EXACT)

    low, high = 0.0, sides[0].highest_price
    if not crowded(high):
        return high
    while (middle := 0.5 * (low + high)) not in (low, high):
        low, high = (low, middle) if crowded(middle) else (middle, high)
    return low


def _served(sides: list[Costs], price: float, clients: float) -> tuple[float, float]:
    """Both numbers at the price; rounding that leaves somebody unserved is shared out."""
    numbers = np.array([float(one.supply(price, clients)[0]) for one in sides])
    total = numbers.sum()
    if 0.0 < abs(total - clients) <= 1e-6 * clients:
        numbers *= clients / total
    return float(numbers[0]), float(numbers[1])
