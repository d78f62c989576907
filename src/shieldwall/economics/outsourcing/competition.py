"""Several identical providers: what they charge, whom they serve and what that is worth, under stated rules.

Clients pay a price P that leaves them v − P and stay in-house above R. Providers who together serve less than everybody
at R are islands. Otherwise the outcome hangs on a rule the paper leaves open (it claims that nothing pure exists):

* ``price and capacity``: both are announced, clients go to the cheapest with room. Everybody at P = MC of the equal
  split with room to spare is an equilibrium: who asks more has no client, who asks less earns less at every number,
  because the split is his best number at P. The standard results describe this one.
* ``serve all``: whoever is cheapest must serve all who come. The prices between the average cost of the split and the
  price at which serving everybody alone pays no better are equilibria.
* ``voluntary rationing``: prices are announced, each serves as many as he likes, the rest go to the next cheapest.
  With whole clients a price can be an equilibrium whose sellers are indifferent to one client more; otherwise
  providers mix, see ``rationing``.

Unequal providers are in ``reputation``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from shieldwall.economics.model import Entry
from shieldwall.economics.outsourcing.problem import Problem
from shieldwall.economics.outsourcing.rationing import MixedPrices, mixed_prices
from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import Service, conventions
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.economics.outsourcing.terms import corner_of
from shieldwall.economics.parameters import Parameters
from shieldwall.economics.status import Status

MOST_PROVIDERS = 1000
MOST_MIXING = 8
"""With more providers the mixed equilibrium is not computed."""
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Pricing:
    """What follows from one way to price.

    Attributes:
        price: P, what a fully compensated client pays.
        split: Clients of each provider.
        client_utility: Of a client who outsources.
        provider_profit: Of all providers together.
        welfare: All clients and providers.
        participation: Clients would not rather stay in-house.
    """

    price: float
    split: tuple[float, ...]
    client_utility: float
    provider_profit: float
    welfare: float
    participation: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """Pure equilibrium prices from ``low`` to ``high``, the same for everybody; ``None`` if there are none.

    Attributes:
        regret: The most a provider gains by a deviation at ``low`` or ``high``.
    """

    low: float | None
    high: float | None
    regret: float


@dataclass(frozen=True, slots=True)
class CompetitionSolution:
    """The market under each pricing and each rule.

    Attributes:
        status: ``NOT_PROVEN`` if no equilibrium was established under the rule ``price and capacity``.
        case: ``islands`` or ``contested``.
        equilibrium: Under ``price and capacity``.
        average_cost, marginal_cost: At the (larger) share of the equal split that serves everybody.
        pricing: ``zero_profit``, ``marginal_cost`` (both at the equal split), ``islands`` (``None`` if contested),
            ``welfare_maximising`` (among equal splits).
        rules: Pure prices under each rule; without one under ``voluntary rationing``, see ``mixed_prices``.
    """

    status: Status
    case: str
    equilibrium: Pricing
    average_cost: float
    marginal_cost: float
    pricing: dict[str, Pricing | None]
    rules: dict[str, Prices]


def solve_competition(
    service: Service, providers: int, regime: Regime | str, *, integer: bool = False
) -> CompetitionSolution:
    """Solve a market with z identical providers.

    Args:
        service: A market of shape ().
        providers: z, from 1 to 1000; those beyond one per client stay idle.

    Source: Hui, Hui & Yue, section Competition; the rules and their equilibria are derived here.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01)
    >>> three = solve_competition(market, 3, "none").rules["serve all"]
    >>> (round(three.low, 6), round(three.high, 6))
    (0.286578, 0.305556)
    """
    rivalry = _Rivalry(service, providers, Regime(regime), integer)
    islands = rivalry.islands()
    contested = rivalry.contested_price()
    regret = rivalry.regret(contested)
    rules = {
        "price and capacity": Prices(contested, rivalry.highest(contested), regret),
        "serve all": rivalry.serve_all(),
        "voluntary rationing": rivalry.voluntary(),
    }
    proven = islands is not None or (regret <= EXACT * rivalry.scale and contested <= rivalry.limit)
    if islands is not None:
        alone = Prices(rivalry.costs.highest_price, rivalry.costs.highest_price, 0.0)
        rules |= {"price and capacity": alone, "voluntary rationing": alone}
    elif not proven:
        rules["price and capacity"] = Prices(None, None, regret)
    return CompetitionSolution(
        status=Status.SOLVED if proven else Status.NOT_PROVEN,
        case="contested" if islands is None else "islands",
        equilibrium=islands or rivalry.priced(contested, rivalry.split),
        average_cost=float(rivalry.costs.average(rivalry.split[0])),
        marginal_cost=float(rivalry.costs.marginal(rivalry.split[0])),
        pricing={
            "zero_profit": rivalry.zero_profit(),
            "marginal_cost": rivalry.priced(float(rivalry.costs.marginal(rivalry.split[0])), rivalry.split),
            "islands": islands,
            "welfare_maximising": rivalry.best(),
        },
        rules=rules,
    )


class _Rivalry:
    """One market, its providers and the equal split."""

    def __init__(self, service: Service, providers: int, regime: Regime, integer: bool) -> None:
        self.service, self.providers, self.regime = service, providers, regime
        self.costs = Costs.of(service, regime, integer=integer)
        self.clients, self.value = float(service.clients), float(service.system_value)
        self.active = int(min(providers, self.clients))
        share, more = divmod(self.clients, self.active)
        if not integer:
            share, more = self.clients / self.active, 0.0
        idle = (0.0,) * (providers - self.active)
        self.split = tuple(share + (index < more) for index in range(self.active)) + idle
        self.limit = self.costs.highest_price * (1.0 + EXACT)
        self.scale = self.clients * max(self.costs.highest_price, self.costs.exposure)

    def priced(self, price: float, split: tuple[float, ...]) -> Pricing:
        """The results of a price and a split; who is not served stays in-house."""
        served = np.array(split)
        stay = self.value - self.costs.highest_price
        profit = float(served.sum() * price - self.costs.total(served).sum())
        utility = self.value - price
        welfare = float(served.sum()) * utility + (self.clients - float(served.sum())) * stay + profit
        return Pricing(price, split, utility, profit, welfare, price <= self.limit)

    def zero_profit(self) -> Pricing:
        """Everybody pays the average cost of the split."""
        total = float(self.costs.total(np.array(self.split)).sum())
        return self.priced(total / self.clients, self.split)

    def islands(self) -> Pricing | None:
        """Everybody a monopoly, if together they do not want more clients than there are."""
        alone, _ = self.costs.supply(self.costs.highest_price, self.clients)
        if float(alone) * self.providers > self.clients:
            return None
        return self.priced(self.costs.highest_price, (float(alone),) * self.providers)

    def best(self) -> Pricing:
        """The equal split of the largest welfare, in-house protection being chosen freely; priced at cost."""
        free = Costs.of(self.service, Regime.NONE, integer=self.costs.integer)
        most = np.array(self.split)
        served, _ = free.supply(free.highest_price, most)
        split = tuple(float(one) for one in served)
        total = float(served.sum())
        stay = self.value - free.highest_price
        cost = float(free.total(served).sum())
        price = cost / total if total else free.highest_price
        welfare = total * self.value - cost + (self.clients - total) * stay
        return Pricing(price, split, self.value - price, 0.0, welfare, price <= free.highest_price * (1.0 + EXACT))

    def contested_price(self) -> float:
        """The lowest price at which the split is everybody's best number, if there is one."""
        if self.providers > self.active:
            return float(self.costs.average(1.0))
        if self.costs.integer:
            return float(self.costs.marginal(self.split[0] - 1.0))
        return float(self.costs.marginal(self.split[0]))

    def highest(self, lowest: float) -> float:
        """The highest such price: with whole clients and equal shares it is the cost of one client more."""
        if self.costs.integer and self.split[0] == self.split[-1]:
            return max(lowest, min(float(self.costs.marginal(self.split[0])), self.costs.highest_price))
        return lowest

    def regret(self, price: float) -> float:
        """The most anybody gains by another number of clients at a price."""
        _, best = self.costs.supply(price, self.clients)
        served = np.array(self.split)
        return max(0.0, float(np.max(best - (served * price - self.costs.total(served)))))

    def serve_all(self) -> Prices:
        """The interval where neither asking more nor undercutting everybody pays."""
        largest, smallest = self.split[0], self.split[-1]
        low = max(float(self.costs.average(one)) for one in (largest, smallest) if one > 0.0)
        everybody = float(self.costs.average(self.clients))
        high = self.costs.highest_price
        for served in {largest, smallest}:
            if served < self.clients:
                spared = self.clients * everybody - float(self.costs.total(served))
                high = min(high, spared / (self.clients - served))
        if low > high * (1.0 + EXACT):
            return Prices(None, None, 0.0)
        return Prices(low, max(low, high), 0.0)

    def voluntary(self) -> Prices:
        """The price, with whole clients, whose sellers are indifferent to one client more and absorb a deviator's."""
        none = Prices(None, None, 0.0)
        if not self.costs.integer or self.providers != self.active:
            price = float(self.costs.average(1.0))
            return Prices(price, price, 0.0) if self.providers > self.active and price <= self.limit else none
        number = self.split[0] + (self.split[0] == self.split[-1])
        price = float(self.costs.marginal(number - 1.0))
        left = max(0.0, self.clients - (self.providers - 1) * number)
        _, alone = self.costs.supply(self.costs.highest_price, left)
        _, now = self.costs.supply(price, self.clients)
        content = price * self.split[-1] - float(self.costs.total(self.split[-1]))
        regret = max(0.0, float(alone) - content, float(now) - content)
        return Prices(price, price, regret) if price <= self.limit and regret <= EXACT * self.scale else none


def read(given: Parameters) -> int:
    """Take ``providers`` from a problem.

    Raises:
        InvalidInput: If it is malformed.
    """
    return given.integer("providers", least=1, most=MOST_PROVIDERS)


def entry(problem: Problem, regime: str) -> Entry:
    """Answer a problem with providers; the standard keys are totals under the rule ``price and capacity``."""
    providers = int(str(problem.asked))
    solved = solve_competition(problem.service, providers, regime, integer=problem.integer)
    chosen, service = solved.equilibrium, problem.service
    costs = Costs.of(service, regime, integer=problem.integer)
    pure = solved.rules["voluntary rationing"].low is not None
    mixes = solved.status is Status.SOLVED and not pure and 1 < providers <= MOST_MIXING
    exposure, value = float(service.exposure), float(service.system_value)
    served = np.array(chosen.split)
    on, total = served[served > 0.0], float(served.sum())
    quality = costs.terms.quality(costs.harm(on))
    loss = float(service.attack_probability) * (1.0 - quality) * costs.harm(on) / exposure if exposure else 0.0 * on
    average = float(on @ loss / on.sum()) if on.size else None
    refund = 0.0 if rules_of(regime).compensates or average is None else average * value
    islands = solved.case == "islands"
    utility = value - costs.highest_price if islands else chosen.client_utility
    warned = conventions(service, np.array(np.nan if average is None else loss.max()), np.array(utility))
    reason = (
        {} if solved.status is Status.SOLVED else {"reason": "the marginal cost of the equal split supports no price"}
    )
    return {
        "status": solved.status.value,
        **reason,
        "outsourcing_clients": int(total) if total.is_integer() else total,
        "service_quality": float(on @ quality / on.sum()) if on.size else None,
        "inhouse_quality": float(costs.terms.inhouse_quality(exposure)),
        "client_utility": utility,
        "fee": chosen.price - refund if on.size else None,
        "expected_loss": average,
        "provider_profit": chosen.provider_profit,
        "welfare": chosen.welfare,
        "provider_shirks": bool(np.any(costs.terms.shirks(quality))),
        "corner": corner_of(total, float(service.clients)),
        "case": solved.case,
        "rationing": "price and capacity",
        "split": list(chosen.split),
        "average_cost": solved.average_cost,
        "marginal_cost": solved.marginal_cost,
        "pricing": {name: _shown(one) for name, one in solved.pricing.items()},
        "equilibrium_prices": {name: asdict(one) for name, one in solved.rules.items()},
        "mixed_prices": _mixed(mixed_prices(costs, providers)) if mixes else None,
        "warnings": [one.told() for one in warned if one.broken],
    }


def _shown(one: Pricing | None) -> dict[str, object] | None:
    return None if one is None else {**asdict(one), "split": list(one.split)}


def _mixed(one: MixedPrices) -> dict[str, object]:
    return {**asdict(one), "prices": list(one.prices), "chances": list(one.chances)}
