"""What joining is worth to a firm outside the alliance, and what it does to those inside.

Own assumption, beyond Gal-Or & Ghose: n >= 3 firms compete with each other; all but the last are members, the last is
the outsider. Members hear what members share. An outsider shares nothing and hears a part of it, ``reach``, without
joining. A firm that leaks loses to every competitor, in the alliance or not. When all are members this is the market
of n firms of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shieldwall.economics.sharing.baseline import Unsolved, built_in, natural_scale
from shieldwall.economics.sharing.forms import Floats, across
from shieldwall.economics.sharing.game import Game, Point, equilibrium
from shieldwall.economics.sharing.market import Market, violations
from shieldwall.economics.sharing.prices import bertrand_prices, consumer_surplus, of_rivals
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Joining:
    """The market with the last firm outside and inside; tuples hold one value for each firm, the newcomer last.

    Attributes:
        reach: The part of what members share that an outsider hears.
        sharing_outside, sharing_inside: What firms share before and after it joins.
        profit_outside, profit_inside: What they earn.
        surplus_change: What consumers gain when it joins.
        deviation_gain: The most a firm gains by any deviation from either equilibrium, by global search.
    """

    reach: float
    sharing_outside: tuple[float, ...]
    sharing_inside: tuple[float, ...]
    profit_outside: tuple[float, ...]
    profit_inside: tuple[float, ...]
    surplus_change: float
    deviation_gain: float

    @property
    def status(self) -> Status:
        """Solved: both equilibria are verified."""
        return Status.SOLVED

    @property
    def value(self) -> float:
        """What the newcomer gains by joining."""
        return self.profit_inside[-1] - self.profit_outside[-1]

    @property
    def value_to_members(self) -> float:
        """What the members gain by its joining, in all."""
        return sum(self.profit_inside[:-1]) - sum(self.profit_outside[:-1])

    @property
    def fees(self) -> tuple[float, float] | None:
        """Least and greatest entry fee that both sides accept, if there is one; a negative fee pays the newcomer."""
        return (-self.value_to_members, self.value) if self.value + self.value_to_members >= 0 else None

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        text = f"Joining is worth {self.value:.3g} to the outsider and {self.value_to_members:.3g} to the members"
        if self.fees is None:
            return text + ": no entry fee makes both agree."
        least, most = self.fees
        if least <= 0 <= most:
            return text + ": it joins and is welcome without any fee."
        return text + f": they agree on an entry fee between {least:.3g} and {most:.3g}."


def membership_game(market: Market, inside: tuple[bool, ...], reach: float) -> Game:
    """The simultaneous game in which only some firms are members of the alliance.

    Args:
        market: One market with built-in forms, admissible.
        inside: Whether each firm is a member.
        reach: The part of what members share that the others hear, in [0, 1].
    """
    hears = np.where(inside, 1.0, reach)

    def payoff(sharing: Any, investment: Any) -> Any:
        price, heard = _prices(market, hears, sharing, investment)
        return across(market.b1, price) * price**2 - market.cost.value(investment, market.cost_spillover * heard)

    def admissible(sharing: Any, investment: Any) -> Any:
        return (_prices(market, hears, sharing, investment)[0] > 0).all(axis=1)

    return Game(payoff, admissible, natural_scale(market), inside)


def _prices(market: Market, hears: Floats, sharing: Any, investment: Any) -> tuple[Any, Any]:
    """Prices, and the knowledge each firm hears; ``hears`` is the part of it that reaches each firm."""
    leakage = market.leakage
    heard = hears * of_rivals(investment * sharing)
    own, rival, joint = (across(part, sharing) for part in (leakage.own, leakage.rival, leakage.joint))
    loss = own * sharing**2 - rival * of_rivals(sharing**2) - joint * sharing * of_rivals(sharing)
    intercept = market.a + investment - across(market.rivalry, sharing) * of_rivals(investment)
    return bertrand_prices(market, intercept + across(market.demand_spillover, sharing) * heard - loss), heard


def value_of_joining(market: Market, reach: float = 0.0) -> Joining | Unsolved:
    """Compare the equilibria with the last firm outside and inside, each reached from a market in which nobody shares.

    Args:
        market: One market of three or more firms with built-in forms.
        reach: In [0, 1].

    Raises:
        InvalidInput: If the reach is out of range, or there are several markets.
    """
    if not 0 <= reach <= 1:
        raise InvalidInput("reach", reach, "a part, in [0, 1]")
    if len(market) != 1:
        raise InvalidInput("market", f"{len(market)} markets", "one market")
    if market.firms < 3 or not built_in(market):
        return Unsolved(Status.NOT_PROVEN, "an outsider needs a market of three or more firms with built-in forms")
    broken = violations(market)
    if broken:
        return Unsolved(Status.INADMISSIBLE, str(broken[0]))
    start = np.zeros(market.firms), np.full(market.firms, natural_scale(market))
    members = (True,) * (market.firms - 1)
    points = [equilibrium(membership_game(market, (*members, joined), reach), *start) for joined in (False, True)]
    if not all(point.proven for point in points):
        return Unsolved(Status.NOT_PROVEN, "no equilibrium was found with the firm outside, or none with it inside")
    outside, inside = points
    surplus = [_surplus(market, hears, point) for hears, point in ((reach, outside), (1.0, inside))]
    return Joining(
        reach,
        sharing_outside=tuple(outside.sharing.tolist()),
        sharing_inside=tuple(inside.sharing.tolist()),
        profit_outside=tuple(outside.payoff.tolist()),
        profit_inside=tuple(inside.payoff.tolist()),
        surplus_change=surplus[1] - surplus[0],
        deviation_gain=max(outside.gain, inside.gain),
    )


def _surplus(market: Market, reach: float, point: Point) -> float:
    """Consumer surplus where all but the last firm are members and the last hears a part of what they share."""
    hears = np.append(np.ones(market.firms - 1), reach)
    price, _ = _prices(market, hears, point.sharing[None], point.investment[None])
    return float(consumer_surplus(market, market.b1 * price)[0])
