"""What a share of liability does to an effort nobody can check, and what the provider must be able to pay.

Given β, his effort after signing is q = min(1, β T D/c_s). Clients foresee it, so with m clients he earns
m [D − D T + ½ β (2 − β) (T D)²/c_s − ρ]: strictly more for a larger β, until β = 1. Any other pair of price and
liability on the line of Lemma 2 promises an effort that he will not make.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import ROUNDING, Floats, Service, as_numbers, as_shares, broadcast
from shieldwall.economics.outsourcing.solution import Solution, solve
from shieldwall.errors import InvalidInput


def effort(service: Service, served: ArrayLike, liability: ArrayLike) -> Floats:
    """The quality the provider supplies after signing with m clients at liability β.

    Args:
        served: m, from 1 to n; NaN where nobody outsources.
        liability: β, from 0 to 1.

    Raises:
        InvalidInput: If one of them is outside its range, or the shapes do not fit.

    Source: the first-order condition of equation 10 in q, prices being sunk.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2)
    >>> effort(market, 1, [0.0, 0.5, 1.0])
    array([0.        , 0.16666667, 0.33333333])
    """
    exposure, number, share = broadcast(
        service.exposure, as_numbers("served", served), as_shares("liability", liability)
    )
    wrong = (number < 1.0) | (number > service.clients)
    if wrong.any():
        raise InvalidInput("served", float(number[wrong].flat[0]), "a number from 1 to clients")
    supplied: Floats = np.minimum(
        share * exposure * (1.0 + service.spillover * (number - 1.0)) / service.provider_cost, 1.0
    )
    return supplied


def profit_from_liability(service: Service, served: ArrayLike, liability: ArrayLike) -> Floats:
    """dπ/dβ at m clients who foresee the effort, money: m (T D)² (1 − β)/c_s, and 0 once q = 1.

    It is positive below β = 1: full liability is the only one the provider would choose. Arguments as for ``effort``.
    """
    supplied = effort(service, served, liability)
    breach = service.exposure * (1.0 + service.spillover * (np.asarray(served) - 1.0))
    slope = np.asarray(served) * breach**2 * (1.0 - np.asarray(liability)) / service.provider_cost
    return np.where(supplied < 1.0, slope, 0.0)


@dataclass(frozen=True, slots=True)
class Promise:
    """A contract on the line of Lemma 2 or Proposition 2 with less than full liability.

    Attributes:
        promised_quality: What the line assumes, NaN where nobody outsources; so for the others.
        supplied_quality: What the provider then does.
        fee: The line's price, money.
        client_utility: What a client gets for it, money.
        shortfall: By how much that is below staying in-house, money; positive means she would not sign.
    """

    promised_quality: Floats
    supplied_quality: Floats
    fee: Floats
    client_utility: Floats
    shortfall: Floats


def promise(service: Service, regime: Regime | str, liability: ArrayLike) -> Promise:
    """Try the line of Lemma 2 at liability β, effort being unobservable.

    Args:
        regime: ``none``, ``requirement`` or ``both-shirk``; elsewhere effort is checked or not paid for.
        liability: β, from 0 to 1.

    Raises:
        EconomicsError, InvalidInput: As ``solve`` does.

    >>> market = Service.of(clients=1, attack_probability=1 / 30, system_value=10, provider_cost=1, client_cost=2)
    >>> tried = promise(market, "none", 0.5)
    >>> float(tried.promised_quality), float(tried.supplied_quality), float(tried.shortfall)
    (0.3333333333333333, 0.16666666666666666, 0.027777777777777776)
    """
    full = solve(service, regime)
    share = as_shares("liability", liability)
    served = np.where(full.outsourcing_clients > 0, full.outsourcing_clients, np.nan)
    supplied = effort(service, served, share)
    exposure = service.exposure * (1.0 + service.spillover * (served - 1.0))
    refund = share * exposure * (1.0 - full.service_quality)
    fee = full.fee - exposure * (1.0 - full.service_quality) + refund
    shortfall = (1.0 - share) * exposure * (full.service_quality - supplied)
    return Promise(full.service_quality, supplied, fee, full.client_utility - shortfall, shortfall)


@dataclass(frozen=True, slots=True)
class Collateral:
    """What the provider must be able to pay so that his liability is worth its name, money.

    Attributes:
        expected: β m L v, the mean of what he pays.
        worst: Every attack hits an outsourcing client and succeeds.
    """

    expected: Floats
    worst: Floats


def collateral(service: Service, solution: Solution, liability: ArrayLike = 1.0) -> Collateral:
    """The security a service agreement needs; 0 where nobody outsources or nothing is breached.

    At most min(m, ⌈a n⌉) outsourcing clients are hit at once, each with its own loss and that of m − 1 neighbours.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01)
    >>> needed = collateral(market, solve(market, "none"))
    >>> round(float(needed.expected), 3), round(float(needed.worst), 3)
    (1.575, 10.59)
    """
    share, served = broadcast(as_shares("liability", liability), solution.outsourcing_clients)
    breached = (served > 0) & (solution.service_quality < 1.0)
    lost = np.where(breached, solution.expected_loss, 0.0) * service.system_value
    attacks = service.attack_probability * service.clients
    hit = np.minimum(served, np.ceil(attacks * (1.0 - ROUNDING)))
    one = service.system_value * (1.0 + service.spillover * (served - 1.0))
    return Collateral(share * served * lost, np.where(breached, share * hit * one, 0.0))
