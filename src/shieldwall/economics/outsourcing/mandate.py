"""What a regulator asks: which mandate is best, what one costs, who leaves, whether auditing pays.

Every answer is a difference of solutions. Clients are always held to their reservation utility, so with ρ what in-house
protection is worth to one of them and V(ρ) the provider's profit, W = n (1 − a) v + n ρ + V(ρ) and dW/dρ = n − m ≥ 0:
where effort cannot be checked, a requirement lowers ρ and so never raises welfare. Against a strategic hacker it moves
the attacks as well and may raise welfare: there the best one is searched for. The requirements at which behaviour
changes are found in ``switching``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shieldwall.economics.outsourcing.client_types import ClientType, solve_types
from shieldwall.economics.outsourcing.contest import Hacker
from shieldwall.economics.outsourcing.hacker import describe, solve_hacker
from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import TIE, Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.terms import Terms
from shieldwall.errors import InvalidInput

STEP, FINEST = 0.02, 1e-6
"""How finely requirements against a hacker are tried everywhere, and around the best one."""


def welfare_cost(
    service: Service, regime: Regime | str = Regime.REQUIREMENT, *, hacker: Hacker | None = None
) -> Floats:
    """What the mandate costs, money: welfare at requirement 0 less welfare with it.

    Both are in the same regime, so what no commitment costs by itself is not counted. Without a hacker it is never
    below 0 but for rounding; against one the mandate may pay.

    Args:
        hacker: Who chooses the attack probability; NaN where there is no pure equilibrium with or without the mandate.

    Source: Proposition 4 and its counterparts.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01)
    >>> welfare_cost(market.change(requirement=[0.1, 0.3, 0.9])).round(4)
    array([0.    , 0.1064, 0.1362])
    """
    free = service.change(requirement=0.0)
    if hacker is not None:
        return welfare_against(hacker, free, regime) - welfare_against(hacker, service, regime)
    return solve(free, regime).welfare - solve(service, regime).welfare


def welfare_against(hacker: Hacker, service: Service, regime: Regime | str) -> Floats:
    """Welfare in the equilibrium of fewest attacks, money, the hacker left out; NaN without a pure equilibrium.

    Args:
        service: Markets of any shape, solved one by one.
    """
    welfare = np.full(service.shape, np.nan)
    for place in np.ndindex(service.shape):
        one = Service.of(**{field.name: getattr(service, field.name)[place] for field in fields(Service)})
        for attack in solve_hacker(one, hacker, regime).equilibria[:1]:
            welfare[place] = describe(one, attack, regime)["welfare"]
    return welfare


@dataclass(frozen=True, slots=True)
class BestMandate:
    """The best requirement found.

    Attributes:
        requirement: From 0 to 1, the lowest of equally good ones.
        welfare: With it, money.
        gain: By how much that exceeds welfare at requirement 0, money; NaN without a pure equilibrium there.
    """

    requirement: float
    welfare: float
    gain: float


def best_mandate(service: Service, hacker: Hacker, regime: Regime | str = Regime.REQUIREMENT) -> BestMandate | None:
    """The requirement of most welfare against a strategic hacker; ``None`` if no requirement tried has an equilibrium.

    Requirements in steps of ``STEP`` are compared, then ever finer ones around the best: it is the best of those, not
    proven to be better than every one between. Without a strategic hacker see ``highest_harmless_mandate``.

    Args:
        service: One market, of shape (); its attack probability and requirement are not used.

    Source: Hui, Hui & Yue, section Strategic Hacking, where the effect on welfare is left open.

    >>> market = Service.of(clients=10, attacks=0, system_value=10, provider_cost=1, client_cost=2, spillover=0.05)
    >>> best = best_mandate(market, Hacker(benefit=0.2, cost=1))
    >>> round(best.requirement, 4), round(best.gain, 4)
    (0.1665, 0.0617)
    """
    service.require_one()
    points: Floats = np.linspace(0.0, 1.0, round(1.0 / STEP) + 1)
    step = STEP
    welfare = welfare_against(hacker, service.change(requirement=points), regime)
    if np.isnan(welfare).all():
        return None
    free = float(welfare[0])
    while True:
        top = float(np.nanmax(welfare))
        best = int(np.argmax(welfare >= top - TIE * abs(top)))
        chosen = float(points[best])
        if step <= FINEST:
            return BestMandate(chosen, float(welfare[best]), float(welfare[best]) - free)
        step /= 4.0
        points = np.unique(np.clip(chosen + step * np.arange(-4, 5), 0.0, 1.0))
        welfare = welfare_against(hacker, service.change(requirement=points), regime)


def highest_harmless_mandate(service: Service, regime: Regime | str = Regime.REQUIREMENT) -> Floats:
    """The largest requirement that costs no welfare; every lower one is as good, every higher one costs.

    The best mandate is therefore any from 0 to here. It is 1 where a mandate is ignored, or where all clients outsource
    anyway to a provider nobody checks. Clients who comply are hurt as soon as the requirement exceeds D/c_k, unless
    all outsource; a provider who is checked, as soon as it exceeds his own choice.

    Source: own; Proposition 4 gives the first half.

    >>> market = Service.of(clients=[5, 15], attack_probability=1 / 30, system_value=10, provider_cost=1,
    ...     client_cost=2, spillover=0.01)
    >>> highest_harmless_mandate(market, "requirement").round(6)
    array([1.      , 0.166667])
    """
    rules = rules_of(regime)
    free = solve(service, Regime.NONE)
    everyone = free.outsourcing_clients == service.clients
    own = np.minimum(service.exposure / service.client_cost, 1.0)
    highest: Floats = np.ones(service.shape)
    if rules.clients_comply:
        highest = np.where(everyone & rules.compensates, highest, own)
    if rules.effort_verified:
        choice = np.where(np.isnan(free.service_quality), 0.0, free.service_quality)
        highest = np.where(everyone | (not rules.clients_comply), np.minimum(highest, choice), highest)
    return highest


@dataclass(frozen=True, slots=True)
class Instruments:
    """Welfare under each way to make a provider work, money.

    Attributes:
        liability: He refunds all losses and nobody checks him (``requirement``).
        audit: His effort is checked (``verifiable``); what he refunds then makes no difference to welfare.
        neither: ``no-commitment``.
        audit_cost: ``liability`` less ``audit``, at least 0 (Proposition 5).
    """

    liability: Floats
    audit: Floats
    neither: Floats

    @property
    def audit_cost(self) -> Floats:
        """What auditing adds to the cost of the mandate."""
        return self.liability - self.audit

    @property
    def audit_worse_than_nothing(self) -> NDArray[np.bool_]:
        """Where even no liability at all beats an audit."""
        return self.neither > self.audit


def compare_instruments(service: Service) -> Instruments:
    """Compare liability, audit and neither.

    >>> market = Service.of(clients=10, attacks=0.05, system_value=50, provider_cost=1, client_cost=1.25,
    ...     spillover=0.08)
    >>> tried = compare_instruments(market.change(requirement=[0.3, 0.9]))
    >>> tried.audit_cost.round(4), tried.audit_worse_than_nothing
    (array([0.0012, 1.1045]), array([False,  True]))
    """
    regimes = (Regime.REQUIREMENT, Regime.VERIFIABLE, Regime.NO_COMMITMENT)
    return Instruments(*(solve(service, regime).welfare for regime in regimes))


def clients_leaving(service: Service, regime: Regime | str, *, integer: ArrayLike = False) -> Floats:
    """How many clients give up outsourcing because of the mandate; negative where it brings clients.

    Both counts are in the same regime: at requirement 0 less with the requirement.

    Identical clients cannot be told apart; ``types_leaving`` says which ones.
    """
    free = solve(service.change(requirement=0.0), regime, integer=integer).outsourcing_clients
    return free - solve(service, regime, integer=integer).outsourcing_clients


def types_leaving(terms: Terms, types: Sequence[ClientType]) -> tuple[int, ...]:
    """The same for each type, in its order: those who outsource at requirement 0 less those who do with it.

    >>> terms = Terms(0.05, 1.0, 2.0, 0.05, 0.35, Regime.REQUIREMENT)
    >>> types_leaving(terms, [ClientType(5, 5.0), ClientType(5, 10.0)])
    (-4, 3)
    """
    free = solve_types(replace(terms, requirement=0.0), types).outsourcing_clients
    bound = solve_types(terms, types).outsourcing_clients
    return tuple(before - after for before, after in zip(free, bound, strict=True))


@dataclass(frozen=True, slots=True)
class Platforms:
    """One provider who spreads his clients over separate platforms; arrays over the numbers of platforms tried.

    Attributes:
        platforms: How many.
        outsourcing_clients: On all of them.
        provider_profit: After paying for the platforms, money.
        welfare: The same of welfare.
    """

    platforms: NDArray[np.int64]
    outsourcing_clients: Floats
    provider_profit: Floats
    welfare: Floats

    @property
    def best(self) -> int:
        """The cheapest number of platforms that earns most; the same number is best for welfare."""
        return int(self.platforms[int(np.argmax(self.provider_profit))])


def split_platforms(service: Service, regime: Regime | str, most: int, platform_cost: float) -> Platforms:
    """Spread the clients of one market over 1, 2, … separate platforms as evenly as possible.

    A breach spills over within a platform only, and each platform beyond the first costs ``platform_cost``, money.
    Clients get their reservation utility in any case, so profit and welfare differ by a constant and the provider's
    number of platforms is the best one.

    Args:
        service: One market, of shape ().
        most: The largest number of platforms tried, at least 1; more than n are not.
        platform_cost: At least 0.

    Raises:
        InvalidInput: If one of these is not so.

    Source: note 14 of the paper, which names the remedy without solving it.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01)
    >>> split_platforms(market, "none", 5, platform_cost=0.02).best
    5
    """
    service.require_one()
    if most < 1:
        raise InvalidInput("most", most, "an integer of at least 1")
    if not 0.0 <= platform_cost < np.inf:
        raise InvalidInput("platform_cost", platform_cost, "a number of at least 0")
    clients = int(service.clients)
    numbers = np.arange(1, min(most, clients) + 1)
    sizes, larger = clients // numbers, clients % numbers
    small = solve(service.change(clients=sizes), regime)
    large = solve(service.change(clients=sizes + 1), regime)
    cost = platform_cost * (numbers - 1)
    profit = larger * large.provider_profit + (numbers - larger) * small.provider_profit - cost
    served = larger * large.outsourcing_clients + (numbers - larger) * small.outsourcing_clients
    return Platforms(numbers, served, profit, clients * small.client_utility + profit)
