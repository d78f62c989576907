"""Whether a choice is an equilibrium of the simultaneous game: no firm gains by any deviation, tested globally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.accounts import Accounts, accounts
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.response import Facing, best_response, facing, weights
from shieldwall.economics.sharing.result import Equilibrium, Kind
from shieldwall.economics.sharing.stability import curvature, response_slopes, spectral_radius

TOLERANCE = 1e-10
"""Gain from a deviation that rounding explains, as a share of the firm's revenue and cost together."""

_NEAR = 1e-6
"""Relative distance at which the payoff is its Taylor polynomial to more digits than a double has."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """Verified equilibria of many markets as arrays; those of a market stand together, by rising investment.

    Attributes:
        row: The market of each equilibrium, rising; shape (M,).
        sharing, investment: Shape (M, firms).
        accounts: Prices, quantities, profits, surplus.
        deviation_gain: The most a firm gains by any deviation, never below 0; shape (M,).
        second_order, stable, assumption_1, assumption_2: Shape (M,).
        radius: Spectral radius of the best responses, below 1 where stable; shape (M,).
        equal: Whether the firms of the market are equal; shape (M,).
    """

    row: NDArray[np.intp]
    sharing: Floats
    investment: Floats
    accounts: Accounts
    deviation_gain: Floats
    second_order: Flags
    radius: Floats
    assumption_1: Flags
    assumption_2: Flags
    equal: Flags

    def __len__(self) -> int:
        return len(self.row)

    @property
    def stable(self) -> Flags:
        """Whether best responses return after a small push."""
        stable: Flags = self.radius < 1
        return stable

    def take(self, places: NDArray[np.intp]) -> Table:
        """Some of the equilibria."""
        kept = Accounts(*(getattr(self.accounts, name)[places] for name in Accounts.__slots__))
        parts = {name: getattr(self, name)[places] for name in Table.__slots__ if name != "accounts"}
        return Table(**parts, accounts=kept)

    def kind(self, place: int) -> Kind:
        """Where one of the equilibria lies."""
        sharing, investment = self.sharing[place], self.investment[place]
        if self.equal[place] and np.ptp(investment) > 1e-9 * investment.max():
            return Kind.ASYMMETRIC
        if (sharing == 0).all():
            return Kind.NO_SHARING
        if (sharing == 1).all():
            return Kind.FULL_SHARING
        return Kind.INTERIOR if ((sharing > 0) & (sharing < 1)).all() else Kind.MIXED

    def at(self, place: int) -> Equilibrium:
        """One of the equilibria."""
        kept = self.accounts
        return Equilibrium(
            sharing=tuple(self.sharing[place].tolist()),
            investment=tuple(self.investment[place].tolist()),
            price=tuple(kept.price[place].tolist()),
            quantity=tuple(kept.quantity[place].tolist()),
            profit=tuple(kept.profit[place].tolist()),
            consumer_surplus=float(kept.consumer_surplus[place]),
            welfare=float(kept.welfare[place]),
            kind=self.kind(place),
            stable=bool(self.radius[place] < 1),
            deviation_gain=float(self.deviation_gain[place]),
            second_order=bool(self.second_order[place]),
            assumption_1=bool(self.assumption_1[place]),
            assumption_2=bool(self.assumption_2[place]),
        )


def verified(markets: Market, row: NDArray[np.intp], sharing: Floats, investment: Floats, *, alike: bool) -> Table:
    """Keep the choices that are equilibria.

    Args:
        markets: N markets.
        row: The market of each choice, shape (M,), rising.
        sharing, investment: The choices, shape (M, firms).
        alike: Whether all firms are equal and choose the same, so that one deviation test serves for all.
    """
    chosen = markets.take(row)
    kept = accounts(chosen, sharing, investment)
    firms = (0,) if alike else (0, 1)
    games = [facing(chosen, firm, sharing[:, 1 - firm], investment[:, 1 - firm]) for firm in firms]
    gains, slopes, concave = [], [], []
    for firm, game in zip(firms, games, strict=True):
        own = sharing[:, firm], investment[:, firm]
        gains.append(deviation_gain(game, *own))
        slopes.append(response_slopes(game, firm, *own, investment[:, 1 - firm]))
        concave.append(curvature(game, *own) < 0)
    scale = (kept.price * kept.quantity * 2 - kept.profit).max(axis=1)
    gain = np.max(gains, axis=0)
    with np.errstate(invalid="ignore"):
        radius = spectral_radius(slopes[0]) if alike else np.sqrt(spectral_radius(slopes[0] @ slopes[1]))
    # Parameters of extreme size overflow: what cannot be computed is no equilibrium.
    finite = np.isfinite(kept.welfare) & np.isfinite(radius)
    good = np.flatnonzero(finite & kept.positive & (gain <= TOLERANCE * scale))
    table = Table(
        row, sharing, investment, kept, np.maximum(gain, 0), np.all(concave, axis=0), radius,
        *assumptions(chosen, sharing, investment), chosen.equal,
    )  # fmt: skip
    return table.take(good)


def deviation_gain(game: Facing, sharing: Floats, investment: Floats) -> Floats:
    """The most a firm gains by any choice that leaves every price positive; shape (N,)."""
    best = best_response(game)
    here = game.payoff(investment, sharing)
    gain: Floats = best.payoff - here
    # Near a maximum the difference of two payoffs is all rounding, and the square of the distance is not.
    distance = best.investment - investment
    near = np.abs(distance) <= _NEAR * investment
    gain[near] = (np.abs(curvature(game, sharing, investment)) * distance**2 / 2)[near]
    # A best response without positive prices is none; only then is the gain searched for instead of computed.
    rest = np.flatnonzero(~best.proven & (gain > 0))
    if len(rest):
        gain[rest] = constrained_best(part_of(game, rest)) - here[rest]
    return gain


def assumptions(markets: Market, sharing: Floats, investment: Floats) -> tuple[Flags, Flags]:
    """Assumptions 1 and 2 of Gal-Or & Ghose at given choices, shape (N,) each; means over rivals if there are more."""
    of, others = weights(markets), markets.firms - 1
    bound = others * of.rival / (of.own + (others - 1) * of.rival)
    first: Flags = markets.rivalry <= markets.demand_spillover * sharing.min(axis=1) + bound
    drive = (of.rival * markets.demand_spillover)[:, None] * investment
    second: Flags = np.all((drive > 0) & (drive < (of.curb - of.pull)[:, None]), axis=1)
    return first, second


_GRID = np.linspace(0, 1, 257)[:, None]


def constrained_best(game: Facing) -> Floats:
    """The best payoff of firms of which some could drive a rival's price to 0: own investment is eliminated.

    At given sharing both prices are linear in own investment, so its best value is exact; sharing is searched on a
    grid that is refined three times.
    """
    columns = np.arange(len(game.base))
    low, high, best = np.zeros(len(columns)), np.ones(len(columns)), np.full(len(columns), -np.inf)
    for _ in range(4):
        shares = low + (high - low) * _GRID
        worth = _best_at(game, shares)
        top = worth.argmax(axis=0)
        best = np.maximum(best, worth[top, columns])
        low, high = (shares[np.clip(top + step, 0, len(shares) - 1), columns] for step in (-1, 1))
    return best


def _best_at(game: Facing, s: Floats) -> Floats:
    """The best payoff at given sharing, shape (grid, N); infinite where it grows without limit."""
    constant, slope = game.price(0.0, s), game.weights.slope + game.weights.lift * s
    rival, tilt = game.rival_parts(s)
    least, most = np.zeros_like(s), np.full_like(s, np.inf)
    for base, rise in ((constant, slope), (rival, tilt)):
        with np.errstate(divide="ignore", invalid="ignore"):
            root = -base / rise
        least = np.where(rise > 0, np.maximum(least, root), least)
        most = np.where(rise < 0, np.minimum(most, root), most)
        most = np.where((rise == 0) & (base <= 0), -np.inf, most)
    twice = 2 * game.markets.b1
    bend = game.steepness - twice * slope**2
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.where(bend > 0, np.clip(twice * constant * slope / bend, least, most), most)
    ends = np.stack((least, top))
    with np.errstate(invalid="ignore"):
        worth = np.where(np.isinf(ends), np.inf, game.payoff(np.where(np.isinf(ends), 0, ends), s))
    empty = most <= least
    best: Floats = np.where(empty, -np.inf, worth.max(axis=0))
    return best


def part_of(game: Facing, rows: NDArray[np.intp]) -> Facing:
    """The problems of some rows."""
    parts: Any = (game.sharing, game.base, game.pull, game.steepness, game.rival_base)
    markets = game.markets.take(rows)
    return Facing(markets, weights(markets), *(part[rows] for part in parts))
