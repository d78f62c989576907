"""The published formulas as they stand, to be drawn beside the optimum; nothing in the solvers uses them.

They are conditions for a stationary point. Where they ask for fewer than 1 or more than n clients, or have no real
root, they say nothing, and so does this module.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve


@dataclass(frozen=True, slots=True)
class Published:
    """What the formulas give; arrays of the shape of the service, NaN where they have no solution among 1 … n clients.

    Attributes:
        outsourcing_clients: m of equations 11, 14, or m_v of Figure 7.
        service_quality: q of equations 12, 15, or the requirement where effort is checked.
        client_utility: u of equations 4, 7, money.
        provider_profit: π of equations 13, 16, money.
        welfare: n u + π, money.
    """

    outsourcing_clients: Floats
    service_quality: Floats
    client_utility: Floats
    provider_profit: Floats
    welfare: Floats


def published(service: Service, regime: Regime | str, *, second: bool = False) -> Published:
    """Follow the paper: Lemma 2, Proposition 2, or Proposition 5 with Figure 7 where effort is checked.

    Args:
        second: Take the larger root of (14) with (15) put in, which the paper overlooks; it is a minimum of the profit.

    Source: Hui, Hui & Yue, equations 4 to 16. Without commitment they give no formula: everything is NaN.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01)
    >>> published(market.change(requirement=[0.0, 0.3, 0.6]), "requirement").outsourcing_clients.round(2)
    array([ 6.9 , 11.16,   nan])
    """
    rules = rules_of(regime)
    exposure, required = service.exposure, service.requirement
    inhouse = exposure / service.client_cost
    if rules.clients_comply:
        inhouse = np.maximum(inhouse, required)
    kept = exposure * inhouse - 0.5 * service.client_cost * inhouse**2
    solved = solve(service, regime)
    root = solved.stationary_minimum if second else np.where(service.clients > 1.0, solved.stationary_maximum, 1.0)
    if not rules.compensates:
        root = np.full(service.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        quality = (1.0 + service.spillover * (root - 1.0)) * exposure / service.provider_cost
        if rules.effort_verified:
            gain = exposure * required - 0.5 * service.provider_cost * required**2 - kept
            held = 0.5 + gain / (2.0 * service.spillover * exposure * (1.0 - required))
            root, quality = np.where(required > quality, (held, required), (root, quality))
        exists = (root >= 1.0) & (root <= service.clients)
        reach = 1.0 + service.spillover * (root - 1.0)
        loss = exposure * (1.0 - quality) * reach
        profit = root * (exposure - loss - kept - 0.5 * service.provider_cost * quality**2)
    utility = (1.0 - service.attack_probability) * service.system_value + kept
    values = (root, quality, utility, profit, service.clients * utility + profit)
    return Published(*(np.where(exists, value, np.nan) for value in values))
