"""What follows from the provider's choice, and the precision it is computed in.

Where a result is a small difference of large numbers, double precision is not enough: such points, about one in a
hundred, are solved once more in extended precision, where the platform has one. ``provider`` makes the choice itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shieldwall.economics.outsourcing.provider import Array, Provider
from shieldwall.economics.outsourcing.regimes import Regime, Rules, rules_of
from shieldwall.economics.outsourcing.service import Floats, Service, admit, as_shares, broadcast
from shieldwall.economics.outsourcing.terms import level

CORNERS = ("exit", "one", "interior", "all")
"""What ``Solution.corner`` counts: nobody outsources, one client, some, every one of several."""

AMPLIFIED = 512.0
"""A point whose rounding is amplified more than this is solved again in extended precision."""
BLOCK = 8192
"""Points solved at a time, so that the arrays between stay in the cache."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The provider's best choice and what it means; arrays of the shape of the service.

    Attributes:
        outsourcing_clients: m, 0 or from 1 to n.
        service_quality: q, NaN where nobody outsources.
        inhouse_quality: q_k.
        client_utility: u_k, money, of every client, outsourcing or not.
        fee: p, money, with the liability solved for; NaN where nobody outsources.
        expected_loss: L, share of the system value; NaN where nobody outsources.
        provider_profit: π, money.
        welfare: W = n u_k + π, money.
        welfare_gap: Difference to W added up client by client, relative to the money in it.
        provider_shirks: Somebody outsources, and quality is below the requirement.
        corner: Index into ``CORNERS``.
        local_clients: The best number of clients short of a jump to n.
        stationary_maximum, stationary_minimum: Where the slope of the cubic is 0; NaN without roots, and possibly
            outside [1, n].
    """

    outsourcing_clients: Floats
    service_quality: Floats
    inhouse_quality: Floats
    client_utility: Floats
    fee: Floats
    expected_loss: Floats
    provider_profit: Floats
    welfare: Floats
    welfare_gap: Floats
    provider_shirks: NDArray[np.bool_]
    corner: NDArray[np.int8]
    local_clients: Floats
    stationary_maximum: Floats
    stationary_minimum: Floats

    def told(self, place: tuple[int, ...] = ()) -> dict[str, object]:
        """The results of one market as JSON names them, ``None`` where a number is not defined.

        >>> market = Service.of(clients=1, attacks=0.5, system_value=1, provider_cost=1, client_cost=2)
        >>> solve(market, "none").told()["corner"]
        'one'
        """
        served = float(self.outsourcing_clients[place])
        return {
            "outsourcing_clients": int(served) if served.is_integer() else served,
            **{name: number(getattr(self, name)[place]) for name in NUMBERS},
            "provider_shirks": bool(self.provider_shirks[place]),
            "corner": CORNERS[self.corner[place]],
        }


NUMBERS = (
    "service_quality",
    "inhouse_quality",
    "client_utility",
    "fee",
    "expected_loss",
    "provider_profit",
    "welfare",
)
"""The fields that ``told`` gives as they are."""


def number(value: Any) -> float | None:
    """A double, ``None`` where it is not finite."""
    return float(value) if np.isfinite(value) else None


def solve(
    service: Service,
    regime: Regime | str,
    *,
    liability: ArrayLike | None = None,
    integer: ArrayLike = False,
    any_exposure: bool = False,
) -> Solution:
    """Solve every market in one regime.

    Args:
        service: The markets; the spillover may exceed the bound of note 8, quality is then cut at 1.
        liability: β, the share of losses refunded, from 0 to 1; by default 1, and 0 under ``no-commitment``. It steers
            an effort that cannot be checked, and the fee.
        integer: Where the number of clients must be whole.
        any_exposure: Solve also where D exceeds c_s, as it may where a hacker chooses a; quality is then cut at 1.

    Raises:
        EconomicsError: If a market breaks Assumption 2, 4 or 6, with both sides.
        InvalidInput: If there is no such regime, a liability is outside [0, 1], or the shapes do not fit.

    Source: Hui, Hui & Yue, Lemmas 1 and 2, Propositions 1, 2 and 5, solved globally.

    >>> market = Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01)
    >>> solved = solve(market.change(requirement=[0.0, 0.3, 0.6]), "requirement")
    >>> solved.outsourcing_clients.round(3), solved.welfare.round(3)
    (array([ 6.895, 11.163, 15.   ]), array([145.519, 145.413, 145.383]))
    """
    rules = rules_of(regime)
    share = as_shares("liability", rules.implied_liability if liability is None else liability)
    admit(service, any_exposure=any_exposure)
    given = [getattr(service, field.name) for field in fields(Service)]
    arrays = broadcast(*given, share, np.asarray(integer, dtype=np.bool_))
    flat = [array.reshape(-1) for array in arrays]
    made = _empty(arrays[0].size)
    for start in range(0, arrays[0].size, BLOCK):
        part = slice(start, start + BLOCK)
        _fill(made, part, [array[part] for array in flat], rules)
    return Solution(*(made[field.name].reshape(arrays[0].shape) for field in fields(Solution)))


def _empty(size: int) -> dict[str, Any]:
    kinds = {"provider_shirks": np.bool_, "corner": np.int8}
    return {field.name: np.empty(size, dtype=kinds.get(field.name, np.float64)) for field in fields(Solution)}


def _fill(made: dict[str, Any], part: slice, columns: list[Array], rules: Rules) -> None:
    """Solve one block, and once more what double precision cannot settle."""
    with np.errstate(all="ignore"):
        solved, amplified = _solve(columns, rules)
        for name, values in solved.items():
            made[name][part] = values
        # Not "amplified > …": a NaN must be solved again too.
        again = np.flatnonzero(~(amplified <= AMPLIFIED))
        if again.size:
            wide = [column[again].astype(np.longdouble) for column in columns[:-1]]
            solved, _ = _solve([*wide, columns[-1][again]], rules)
            for name, values in solved.items():
                made[name][part.start + again] = values


def _solve(columns: list[Array], rules: Rules) -> tuple[dict[str, Array], Array]:
    """Every column of the solution, and by how much rounding may be amplified in it."""
    clients, chance, value, provider_cost, client_cost, spillover, requirement, share, integer = columns
    provider = Provider(clients, chance, value, provider_cost, client_cost, spillover, requirement, share, rules)
    served, local = provider.choose(integer)
    nobody = served == 0.0
    quality = level(provider.quality(served), requirement)
    margin, weight = provider.margin(served)
    inhouse, exposure = provider.inhouse, provider.exposure
    expense = 0.5 * client_cost * inhouse**2
    loss = chance * (1.0 - quality) * (1.0 + spillover * (served - 1.0))
    utility = (1.0 - chance) * value + (exposure * inhouse - expense)
    refund = (1.0 - share) * loss * value
    fee = exposure * (1.0 - inhouse) + expense - refund
    profit = provider_cost * served * margin
    welfare = clients * utility + profit
    stays = (1.0 - chance * (1.0 - inhouse)) * value - expense
    comes = (1.0 - loss) * value - 0.5 * provider_cost * quality**2
    counted = np.where(nobody, 0.0, served * comes) + (clients - served) * stays
    money = clients * (value + expense) + np.abs(profit)
    amplified = _largest(
        weight / np.abs(margin),
        1.0 / np.where(quality < 1.0, 1.0 - quality, 1.0),
        (value + expense) / np.abs(utility),
        money / np.abs(welfare),
        (exposure + expense + refund) / np.abs(fee),
        np.where((served > 1.0) & (served < clients), 2.0 / provider.root, 1.0),
    )
    some = (served > 1.0) & (served < clients)
    solution = {
        "outsourcing_clients": served,
        "service_quality": np.where(nobody, np.nan, quality),
        "inhouse_quality": inhouse,
        "client_utility": utility,
        "fee": np.where(nobody, np.nan, fee),
        "expected_loss": np.where(nobody, np.nan, loss),
        "provider_profit": np.where(nobody, 0.0, profit),
        "welfare": np.where(nobody, clients * utility, welfare),
        "welfare_gap": np.abs(np.where(nobody, clients * utility, welfare) - counted) / money,
        "provider_shirks": ~nobody & (quality < requirement) & rules.mandated,
        "corner": np.where(nobody, 0, np.where(some, 2, np.where(served > 1.0, 3, 1))),
        "local_clients": local,
        "stationary_maximum": provider.peak,
        "stationary_minimum": provider.valley,
    }
    return solution, amplified


def _largest(first: Array, *others: Array) -> Array:
    """The largest of several, NaN if one is."""
    for other in others:
        first = np.maximum(first, other)
    return first
