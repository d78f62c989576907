"""Two providers that differ in cost and reputation: who serves whom, at what fee. Own model; the paper leaves it open.

Assumptions. Effort cannot be checked. Provider i protects at ½ c_i q² per client and is believed to honour a share r_i
of the full refund he promises: that share is his reputation, and he does honour just that share. So he works q_i =
min(1, r_i T D/c_i), a client keeps v − P when her fee is p_i = P − (1 − r_i) L_i v, and his cost in terms of P is

    C_i(m) = m [T D (1 − q_i) + ½ c_i q_i²] = m [T D − T² D² r_i (2 − r_i)/(2 c_i)],

that of a fully reputable provider with cost coefficient c_i/(r_i (2 − r_i)). Both announce P_i and a capacity, clients
go where they keep most, at equal offers to whoever has room. With room to spare at a common price, who asks more loses
all clients and who asks less earns less at every number; so it is an equilibrium exactly if both numbers are best at
that price and every client is served, or the price is R. The highest such price is sought: then nobody asks less than
serving one client costs him. Numbers jump with the price where crowding makes few clients or all of them best, so there
may be none; providers to whom any number is equally good (no spill-over) share the clients.
Identical providers and other rules are in ``competition``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import isfinite

from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import JUMP, SAME, Service, as_shares
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput


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
        status: ``NOT_PROVEN`` if no common price makes both numbers best and serves everybody; the rest then describes
            the highest price at which both together want at most everybody, and is no equilibrium.
        price: P, what the same protection would cost with a full refund.
        unserved: Clients who want that price, find nobody who serves them, and would pay more; 0 at R.
        regret: The most either gains by another number of clients, money.
    """

    status: Status
    price: float
    outsourcing_clients: tuple[float, float]
    service_quality: tuple[float | None, float | None]
    fee: tuple[float | None, float | None]
    provider_profit: tuple[float, float]
    welfare: float
    unserved: float
    regret: float

    @property
    def meaning(self) -> str:
        """A sentence for an alliance's operator."""
        first, second = self.outsourcing_clients
        if self.status is not Status.SOLVED:
            return "No price suits both providers and every member: as it rises, one of them wants many more at once."
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
    clients, highest = sides[0].clients, sides[0].highest_price
    price = _highest_price(sides, clients)
    served = _served(sides, price, clients)
    profit = (_profit(sides[0], price, served[0]), _profit(sides[1], price, served[1]))
    regret = max(0.0, *(float(one.supply(price, clients)[1]) - now for one, now in zip(sides, profit, strict=True)))
    unserved = 0.0 if price == highest else max(0.0, clients - sum(served))
    settled = regret <= SAME * clients * sides[0].exposure and unserved <= SAME * clients
    utility = float(service.system_value) - price
    stay = float(service.system_value) - highest
    offers = [_offer(*each, price) for each in zip(providers, sides, served, strict=True)]
    return ReputationSolution(
        status=Status.SOLVED if settled else Status.NOT_PROVEN,
        price=price,
        outsourcing_clients=served,
        service_quality=(offers[0][0], offers[1][0]),
        fee=(offers[0][1], offers[1][1]),
        provider_profit=profit,
        welfare=sum(served) * utility + (clients - sum(served)) * stay + sum(profit),
        unserved=unserved,
        regret=regret,
    )


def _profit(side: Costs, price: float, served: float) -> float:
    return price * served - float(side.total(served))


def _offer(provider: Reputed, side: Costs, served: float, price: float) -> tuple[float | None, float | None]:
    """Quality and fee of a provider who has clients: she bears the share of her loss that he will not refund."""
    if not served:
        return None, None
    harm = float(side.harm(served))
    quality = provider.reputation * harm / provider.cost
    return quality, price - (1.0 - provider.reputation) * (1.0 - quality) * harm


def _costs(service: Service, one: Reputed, regime: Regime | str) -> Costs:
    """The costs of the equivalent provider of full reputation."""
    if not (isfinite(one.cost) and one.cost > 0.0 and 0.0 < one.reputation <= 1.0):
        raise InvalidInput("provider", (one.cost, one.reputation), "a cost above 0 and a reputation above 0, at most 1")
    as_shares("attack_probability", service.attack_probability)
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
        return sum(float(one.supply(price, clients)[0]) for one in sides) > clients * (1.0 + SAME)

    low, high = 0.0, sides[0].highest_price
    if not crowded(high):
        return high
    while (middle := 0.5 * (low + high)) not in (low, high):
        low, high = (low, middle) if crowded(middle) else (middle, high)
    return low


def _served(sides: list[Costs], price: float, clients: float) -> tuple[float, float]:
    """The fewest that are best for each; below R, if there are, best numbers that serve all, as equal as can be."""
    fewest = (sides[0].equals(price)[0], sides[1].equals(price)[0])
    if price == sides[0].highest_price:
        return fewest
    pairs = product(*(one.equals(price, 0.5 * clients) for one in sides))
    everybody = [pair for pair in pairs if abs(sum(pair) - clients) <= JUMP * clients]
    if not everybody:
        return fewest
    first, second = min(everybody, key=lambda pair: abs(pair[0] - pair[1]))
    # Where supply is steep the last digit of the price moves it: that rounding is shared out.
    return first * clients / (first + second), second * clients / (first + second)
