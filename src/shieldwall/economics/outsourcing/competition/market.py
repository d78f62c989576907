"""What identical providers charge, whom they serve and what that is worth, rule by rule.

Clients pay a price P that leaves them v − P and stay in-house above R. Providers who together serve less than everybody
at R are islands. Otherwise the outcome hangs on a rule the paper leaves open (it claims that nothing pure exists):

* ``price and capacity``: both are announced, clients go to the cheapest with room. Everybody at P = MC of the equal
  split with room to spare is an equilibrium: who asks more has no client, who asks less earns less at every number,
  because the split is his best number at P. The standard results describe this one.
* ``serve all``: whoever is cheapest must serve all who come. The prices between the average cost of the split and the
  price at which serving everybody alone pays no better are equilibria; a single provider asks R.
* ``voluntary rationing``: prices are announced, each serves as many as he likes, the rest go to the next cheapest.
  With whole clients a price can be an equilibrium whose sellers are indifferent to one client more; otherwise
  providers mix, see ``rationing``.

A price counts as an equilibrium only if the most profitable deviation, computed at it, gains nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shieldwall.economics.outsourcing.rationing import MixedPrices, mixed_prices
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import SAME, Service, admit
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

MOST_PROVIDERS = 1000
MOST_MIXING = 8
"""With more providers the mixed equilibrium is not computed."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """What follows from one way to price.

    Attributes:
        price: P, what a fully compensated client pays.
        split: Clients of each provider.
        average_cost, marginal_cost: At the largest share of the split; ``None`` if nobody is served.
        client_utility: Of a client who outsources.
        provider_profit: Of all providers together.
        welfare: All clients and providers.
        participation: Clients would not rather stay in-house.
    """

    price: float
    split: tuple[float, ...]
    average_cost: float | None
    marginal_cost: float | None
    client_utility: float
    provider_profit: float
    welfare: float
    participation: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """Pure equilibrium prices from ``low`` to ``high``, the same for everybody; ``None`` if there are none.

    Attributes:
        regret: The most a provider gains by a deviation at ``low`` or ``high``, money.
    """

    low: float | None
    high: float | None
    regret: float | None


NO_PRICE = Prices(None, None, None)


@dataclass(frozen=True, slots=True)
class CompetitionSolution:
    """The market under each pricing and each rule.

    Attributes:
        status: ``NOT_PROVEN`` if no equilibrium was established under the rule ``price and capacity``.
        reason: Why not; empty if it was.
        case: ``islands`` or ``contested``.
        equilibrium: Under ``price and capacity``; the candidate that failed if the status is ``NOT_PROVEN``.
        pricing: ``zero_profit``, ``marginal_cost`` (both at the equal split), ``islands`` (``None`` if contested),
            ``welfare_maximising`` (among equal splits).
        rules: Pure prices under each rule.
        mixed: Mixed prices under ``voluntary rationing`` where asked for and nothing is pure.
    """

    status: Status
    reason: str
    case: str
    equilibrium: Pricing
    pricing: dict[str, Pricing | None]
    rules: dict[str, Prices]
    mixed: MixedPrices | None


def solve_competition(
    service: Service, providers: int, regime: Regime | str, *, integer: bool = False, mix: bool = False
) -> CompetitionSolution:
    """Solve a market with z identical providers.

    Args:
        service: A market of shape ().
        providers: z, from 1 to 1000; those beyond one per client stay idle.
        mix: Compute mixed prices, for 2 to 8 providers in a contested market without a pure price under ``voluntary
            rationing``; up to about a second.

    Raises:
        EconomicsError: If the market breaks Assumption 2, 4 or 6.
        InvalidInput: If it is an array, or the providers are out of range.

    Source: Hui, Hui & Yue, section Competition; the rules and their equilibria are derived here.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01)
    >>> three = solve_competition(market, 3, "none").rules["serve all"]
    >>> (round(three.low, 6), round(three.high, 6))
    (0.286578, 0.305556)
    """
    if not 1 <= providers <= MOST_PROVIDERS:
        raise InvalidInput("providers", providers, f"an integer from 1 to {MOST_PROVIDERS}")
    rivalry = _Rivalry(service, int(providers), Regime(regime), integer)
    pure, voluntary = rivalry.price_and_capacity(), rivalry.voluntary_rationing()
    mixes = mix and rivalry.contested and voluntary.low is None and 1 < providers <= MOST_MIXING
    equilibrium = rivalry.priced(rivalry.common_price(), rivalry.split)
    return CompetitionSolution(
        status=Status.SOLVED if pure.low is not None else Status.NOT_PROVEN,
        reason="" if pure.low is not None else rivalry.why_not(equilibrium),
        case="contested" if rivalry.contested else "islands",
        equilibrium=equilibrium,
        pricing={
            "zero_profit": rivalry.zero_profit(),
            "marginal_cost": rivalry.priced(float(rivalry.costs.marginal(rivalry.equal[0])), rivalry.equal),
            "islands": None if rivalry.contested else equilibrium,
            "welfare_maximising": rivalry.welfare_maximising(),
        },
        rules={"price and capacity": pure, "serve all": rivalry.serve_all(), "voluntary rationing": voluntary},
        mixed=mixed_prices(rivalry.costs, providers) if mixes else None,
    )


class _Rivalry:
    """One market and its providers: the equal split of all clients, and the split in equilibrium."""

    def __init__(self, service: Service, providers: int, regime: Regime, integer: bool) -> None:
        admit(service)
        self.service, self.providers = service, providers
        self.costs = Costs.of(service, regime, integer=integer)
        self.clients, self.value = self.costs.clients, float(service.system_value)
        self.active = int(min(providers, self.clients))
        share, more = divmod(self.clients, self.active) if integer else (self.clients / self.active, 0.0)
        idle = (0.0,) * (providers - self.active)
        self.equal = tuple(share + (index < more) for index in range(self.active)) + idle
        self.highest = self.costs.highest_price
        self.scale = self.clients * max(self.highest, self.costs.exposure)
        alone = float(self.costs.supply(self.highest, self.clients)[0])
        self.contested = alone * providers > self.clients
        self.split = self.equal if self.contested else (alone,) * providers

    def priced(self, price: float, split: tuple[float, ...], costs: Costs | None = None) -> Pricing:
        """The results of a price and a split; who is not served stays in-house."""
        costs = costs or self.costs
        served, highest = np.array(split), costs.highest_price
        total, most, utility = float(served.sum()), float(served.max()), self.value - price
        profit = float(total * price - costs.total(served).sum())
        return Pricing(
            price=price,
            split=split,
            average_cost=float(costs.average(most)) if most else None,
            marginal_cost=float(costs.marginal(most)) if most else None,
            client_utility=utility,
            provider_profit=profit,
            welfare=total * utility + (self.clients - total) * (self.value - highest) + profit,
            participation=price <= highest * (1.0 + SAME),
        )

    def zero_profit(self) -> Pricing:
        """Everybody pays the average cost of the equal split."""
        return self.priced(float(self.costs.total(np.array(self.equal)).sum()) / self.clients, self.equal)

    def welfare_maximising(self) -> Pricing:
        """The equal split of the largest welfare, in-house protection being chosen freely; priced at cost."""
        free = Costs.of(self.service, Regime.NONE, integer=self.costs.integer)
        served, _ = free.supply(free.highest_price, np.array(self.equal))
        total = float(served.sum())
        price = float(free.total(served).sum()) / total if total else free.highest_price
        return self.priced(price, tuple(served.tolist()), free)

    def common_price(self) -> float:
        """R of islands; else the lowest price at which the equal split is everybody's best number, if there is one."""
        if not self.contested:
            return self.highest
        if self.providers > self.active:
            return float(self.costs.average(1.0))
        return float(self.costs.marginal(self.equal[0] - (1.0 if self.costs.integer else 0.0)))

    def price_and_capacity(self) -> Prices:
        """Up to, with whole clients and equal shares, the cost of one client more."""
        low = high = self.common_price()
        if self.contested and self.costs.integer and self.equal[0] == self.equal[-1]:
            high = max(low, min(float(self.costs.marginal(self.equal[0])), self.highest))
        return self._judged(low, high, self._gain_by_number)

    def why_not(self, candidate: Pricing) -> str:
        """Why the common price is no equilibrium under ``price and capacity``."""
        found = f"the one candidate, everybody at the marginal cost of the equal split, {candidate.price:.6g}, fails: "
        if not candidate.participation:
            return f"{found}clients stay in-house above {self.highest:.6g}"
        return f"{found}another number of clients gains a provider {self._gain_by_number(candidate.price):.6g}"

    def serve_all(self) -> Prices:
        """The interval where neither asking more nor undercutting everybody pays."""
        low = max(float(self.costs.average(one)) for one in self.equal if one > 0.0)
        high = self.highest
        if self.providers == 1:
            return self._judged(max(low, high), max(low, high), self._gain_by_everybody)
        for served in set(self.equal) - {self.clients}:
            spared = float(self.costs.total(self.clients) - self.costs.total(served))
            high = min(high, spared / (self.clients - served))
        return NO_PRICE if low > high * (1.0 + SAME) else self._judged(low, max(low, high), self._gain_by_everybody)

    def voluntary_rationing(self) -> Prices:
        """The price whose sellers are indifferent to one client more and absorb a deviator's; R of islands."""
        if not self.contested:
            return self._judged(self.highest, self.highest, self._gain_by_number)
        if self.providers > self.active:
            most, price = 1.0, float(self.costs.average(1.0))
        elif self.costs.integer:
            most = self.equal[0] + (self.equal[0] == self.equal[-1])
            price = float(self.costs.marginal(most - 1.0))
        else:
            return NO_PRICE
        left = max(0.0, self.clients - (self.providers - 1) * most)
        _, alone = self.costs.supply(self.highest, left)

        def gain(price: float) -> float:
            return max(self._gain_by_number(price), float(alone) - self._least(price))

        return self._judged(price, price, gain)

    def _judged(self, low: float, high: float, gain: Callable[[float], float]) -> Prices:
        """The prices, unless clients refuse them or a deviation gains."""
        regret = max(gain(low), gain(high))
        proven = low <= self.highest * (1.0 + SAME) and regret <= SAME * self.scale
        return Prices(low, high, regret) if proven else NO_PRICE

    def _least(self, price: float) -> float:
        """What the provider with the least profit of the split earns."""
        served = np.array(self.split)
        return float(np.min(served * price - self.costs.total(served)))

    def _gain_by_number(self, price: float) -> float:
        """The most anybody gains by another number of clients at a price, or a lower one."""
        return max(0.0, float(self.costs.supply(price, self.clients)[1]) - self._least(price))

    def _gain_by_everybody(self, price: float) -> float:
        """The most anybody of the equal split gains by serving nobody, or all: just below a price, at R if alone."""
        served = np.array(self.equal)
        now = float(np.min(served * price - self.costs.total(served)))
        asked = self.highest if self.providers == 1 else price
        everybody = self.clients * asked - float(self.costs.total(self.clients))
        return max(0.0, everybody - now, -now)
