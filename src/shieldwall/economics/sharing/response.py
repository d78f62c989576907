"""The exact best response of one firm in the simultaneous game, to any choice of its rivals.

The own price is strictly concave in own sharing, so sharing is eliminated exactly: s = clip((G s_j + h t) / E, 0, 1),
which is Gal-Or & Ghose (5). What remains is a payoff in own investment t alone, V(t) = b1 P(t)^2 - (k r / 2) t^2. While
s < 1, P is a rising parabola, so V' is convex where P > 0 and V has one local maximum at most: the first root of V',
to which Newton's method from t = 0 rises without overshooting. Where s = 1, V is a parabola. The better one is the
global best response; no other point can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import intercepts, knowledge, of_rivals, price_weights

_STEPS = 100
_SLACK = 1e-12


@dataclass(frozen=True, slots=True)
class Weights:
    """How own choices move the own price: A t + h t s - (E / 2) s^2 + G s_j s; and each rival's price.

    Attributes:
        own, rival: Weights of own and of a rival's demand intercept in a price.
        slope: A, of own investment without sharing.
        lift: h, of own sharing times own investment; 0 where the demand spillover is harmful, for then nobody shares.
        curb: E, the curvature of own sharing.
        pull: G, of a rival's sharing on own sharing; less than E.
    """

    own: Floats
    rival: Floats
    slope: Floats
    lift: Floats
    curb: Floats
    pull: Floats


def weights(markets: Market) -> Weights:
    """The weights of each market, shape (N,)."""
    own, rival = price_weights(markets.b1, markets.b2, markets.firms)
    leakage = markets.leakage
    return Weights(
        own,
        rival,
        slope=own - rival * markets.rivalry,
        lift=rival * np.maximum(markets.demand_spillover, 0),
        curb=2 * (own * leakage.own - rival * leakage.rival),
        pull=(own + rival) * leakage.joint,
    )


@dataclass(frozen=True, slots=True)
class Facing:
    """The problem of one firm whose rivals all share s and invest t; every field has shape (N,).

    Attributes:
        base: Own price at no own sharing and investment.
        pull: G s, what the rivals' sharing adds to own sharing.
        steepness: k r(y).
        rival_base: A rival's price at no own sharing and investment.
    """

    markets: Market
    weights: Weights
    sharing: Floats
    base: Floats
    pull: Floats
    steepness: Floats
    rival_base: Floats

    def share(self, t: Any) -> Any:
        """The best own sharing at own investment t."""
        return np.clip((self.pull + self.weights.lift * t) / self.weights.curb, 0, 1)

    def price(self, t: Any, s: Any) -> Any:
        """The own price."""
        of = self.weights
        return self.base + (of.slope + of.lift * s) * t + (self.pull - of.curb / 2 * s) * s

    def payoff(self, t: Any, s: Any) -> Any:
        """The own profit; only where both prices are positive."""
        return self.markets.b1 * self.price(t, s) ** 2 - self.steepness / 2 * t**2

    def rival_parts(self, s: Any) -> tuple[Any, Any]:
        """A rival's price at own sharing s, as constant and slope in own investment."""
        markets, of, leakage = self.markets, self.weights, self.markets.leakage
        others = markets.firms - 1
        mean = (of.own + (markets.firms - 2) * of.rival) / others
        joint = leakage.joint * self.sharing * s
        constant = self.rival_base + of.rival * (joint - leakage.own * s**2) + mean * (joint + leakage.rival * s**2)
        return constant, of.rival + mean * (markets.demand_spillover * s - markets.rivalry)


def facing(markets: Market, firm: int, sharing: Floats, investment: Floats) -> Facing:
    """The problem of a firm whose rivals all choose the same; shape (N,) each.

    Two firms may differ; more are equal.
    """
    of, leakage, others = weights(markets), markets.leakage, markets.firms - 1
    gift = investment * (markets.demand_spillover * sharing - markets.rivalry) + leakage.rival * sharing**2
    own = markets.a[:, firm] + gift
    rival = markets.a[:, 1 - firm] + investment - leakage.own * sharing**2
    rival = rival + (others - 1) / others * (gift + leakage.joint * sharing**2)
    worth = markets.cost_spillover[:, firm] * investment * sharing
    return Facing(
        markets,
        of,
        sharing,
        base=of.own * own + others * of.rival * rival,
        pull=of.pull * sharing,
        steepness=markets.cost.k * markets.cost.remaining(worth),
        rival_base=(of.own + (others - 1) * of.rival) * rival + of.rival * own,
    )


def facing_each(markets: Market, firm: int, sharing: Floats, investment: Floats) -> Facing:
    """The problem of a firm whose rivals may all differ, at choices of shape (N, firms).

    With several rivals each of their prices counts as positive, so that what the firm gains by a deviation is an upper
    bound.
    """
    if markets.firms == 2:
        return facing(markets, firm, sharing[:, 1 - firm], investment[:, 1 - firm])
    of = weights(markets)
    sharing, investment = sharing.copy(), investment.copy()
    sharing[:, firm] = investment[:, firm] = 0
    demand = intercepts(markets, sharing, investment)
    rivals = of_rivals(sharing)[:, firm]
    return Facing(
        markets,
        of,
        rivals,
        base=(of.own - of.rival) * demand[:, firm] + of.rival * demand.sum(axis=1),
        pull=of.pull * rivals,
        steepness=markets.cost.k * markets.cost.remaining(knowledge(markets, sharing, investment)[:, firm]),
        rival_base=np.full(len(markets), np.inf),
    )


@dataclass(frozen=True, slots=True)
class Best:
    """A global best response; every field has shape (N,).

    Attributes:
        investment, sharing: The choice; infinite investment where the payoff has no maximum.
        payoff: What it earns.
        proven: Whether every price is positive there, so that the exact argument holds.
    """

    investment: Floats
    sharing: Floats
    payoff: Floats
    proven: NDArray[np.bool_]


def best_response(game: Facing) -> Best:
    """The global best response, among choices that leave every price positive."""
    of, twice = game.weights, 2 * game.markets.b1
    inner = first_maximum(game)
    edge = of.slope + of.lift
    full = game.base + game.pull - of.curb / 2
    concave = game.steepness - twice * edge**2
    with np.errstate(divide="ignore", invalid="ignore"):
        outer = twice * full * edge / concave
        starts = np.where(of.lift > 0, (of.curb - game.pull) / of.lift, np.inf)
        # V' is continuous where the pieces meet: a maximum there belongs to both, and rounding must not lose it.
        outer = np.where((concave > 0) & (outer >= starts * (1 - _SLACK)), outer, np.nan)
        inner = np.where(inner <= starts * (1 + _SLACK), inner, np.nan)
    reach = np.where(of.lift > 0, concave, game.steepness - twice * of.slope**2)
    options = np.stack((inner, outer))
    shares = game.share(options)
    worth = np.where(np.isnan(options), -np.inf, game.payoff(options, shares))
    pick = worth.argmax(axis=0)
    columns = np.arange(len(pick))
    t, s, payoff = (table[pick, columns] for table in (options, shares, worth))
    unbounded = (reach <= 0) | np.isnan(t)
    constant, slope = game.rival_parts(s)
    proven = ~unbounded & (constant + slope * t > 0) & (game.price(t, s) > 0)
    t, s, payoff = (np.where(unbounded, other, own) for own, other in ((t, np.inf), (s, 1.0), (payoff, np.inf)))
    return Best(t, s, payoff, proven)


def first_maximum(game: Facing) -> Floats:
    """The first root of V' on the piece where s < 1; NaN where V rises without one."""
    of, twice = game.weights, 2 * game.markets.b1
    bend = of.lift**2 / of.curb
    tilt = of.slope + of.lift * game.pull / of.curb
    start = game.base + game.pull**2 / (2 * of.curb)
    steepness = game.steepness
    result = np.full(len(start), np.nan)
    active = np.flatnonzero(start > 0)
    t = np.zeros(len(active))
    for _ in range(_STEPS):
        if not len(active):
            break
        twice_, bend_, tilt_, start_, steep = (part[active] for part in (twice, bend, tilt, start, steepness))
        price, rise = start_ + (tilt_ + bend_ / 2 * t) * t, tilt_ + bend_ * t
        first = twice_ * price * rise - steep * t
        second = twice_ * (rise**2 + price * bend_) - steep
        falling = second < 0
        with np.errstate(divide="ignore", invalid="ignore"):
            step = -first / second
        done = falling & (step <= 4e-16 * t)
        result[active[done]] = t[done]
        going = falling & ~done
        active, t = active[going], (t + step)[going]
    result[active] = t
    return result
