"""The random markets that the claims are tried on, drawn and solved once for all of them.

Parameters are rounded to three digits, so that a counterexample is short and exact. A seed fixes every sample.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.precision import use_float64
from shieldwall.economics.replication.sharing.trial import Flags
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import violations
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.sample import random_markets
from shieldwall.economics.sharing.sensitivity import Sensitivity, sensitivity

SEED = 2005
COUNT = 5000
SAMPLE = f"{COUNT} random markets, parameters of three digits, seed {SEED}"
INTERIOR = f"interior symmetric equilibria of {SAMPLE}"


def three_digits(value: Any) -> Floats:
    """Numbers rounded to three significant digits, each the double nearest to its decimal."""
    array = np.asarray(value, dtype=np.float64)
    return np.array([float(f"{item:.3g}") for item in array.ravel()]).reshape(array.shape)


@lru_cache
def drawn(count: int = COUNT, seed: int = SEED, *, exponential: bool = False) -> Market:
    """Random admissible markets of two equal firms."""
    exact = random_markets(count, seed, exponential=exponential)

    def short(form: Any) -> Any:
        return replace(form, **{item.name: three_digits(getattr(form, item.name)) for item in fields(form)})

    plain = {item.name: getattr(exact, item.name) for item in fields(exact)}
    numbers: dict[str, Any] = {
        name: three_digits(value) for name, value in plain.items() if isinstance(value, np.ndarray)
    }
    markets = replace(exact, **numbers, leakage=short(exact.leakage), cost=short(exact.cost))
    return markets.take(np.setdiff1d(np.arange(count), list(violations(markets))))


@dataclass(frozen=True, slots=True)
class Interior:
    """Verified symmetric equilibria with sharing inside (0, 1); every field has M rows.

    Attributes:
        markets: The market of each.
        sharing, investment, price, profit: Of each firm.
        welfare: Of the whole market.
        stable, assumption_1, assumption_2: As in ``Equilibrium``.
        alone: Whether the market has no other symmetric equilibrium.
    """

    markets: Market
    sharing: Floats
    investment: Floats
    price: Floats
    profit: Floats
    welfare: Floats
    stable: Flags
    assumption_1: Flags
    assumption_2: Flags
    alone: Flags

    def __len__(self) -> int:
        return len(self.sharing)

    def take(self, rows: NDArray[np.intp] | Flags) -> Interior:
        """Some of the equilibria."""
        places = np.arange(len(self))[rows]
        rest = (getattr(self, name)[places] for name in Interior.__slots__[1:])
        return Interior(self.markets.take(places), *rest)

    @property
    def both(self) -> tuple[Floats, Floats]:
        """Sharing and investment of both firms, shape (M, 2) each."""
        return twice(self.sharing), twice(self.investment)

    def shown(self, **more: Any) -> dict[str, Any]:
        """What describes a case: the equilibrium, then more."""
        return {"sharing": self.sharing, "investment": self.investment, **more}


def twice(values: Floats) -> Floats:
    """The same for both firms, shape (M, 2)."""
    return np.repeat(values[:, None], 2, axis=1)


@lru_cache
def interior(*, exponential: bool = False) -> Interior:
    """The interior equilibria of the sample; of the one with exponential cost, at a tenth of each demand spillover."""
    markets = drawn(exponential=exponential)
    if exponential:
        markets = replace(markets, demand_spillover=three_digits(markets.demand_spillover / 10))
    return interior_of(markets)


def interior_of(markets: Market) -> Interior:
    """The interior symmetric equilibria of markets with equal firms."""
    table = symmetric_equilibria(markets)
    s = table.sharing[:, 0]
    rows = np.flatnonzero((s > 0) & (s < 1))
    kept = table.accounts
    return Interior(
        markets.take(table.row[rows]),
        s[rows],
        table.investment[rows, 0],
        kept.price[rows, 0],
        kept.profit[rows, 0],
        kept.welfare[rows],
        table.stable[rows],
        table.assumption_1[rows],
        table.assumption_2[rows],
        (np.bincount(table.row, minlength=len(markets)) == 1)[table.row[rows]],
    )


@lru_cache
def moves() -> Sensitivity:
    """How the interior equilibria of the sample move with each parameter."""
    use_float64()
    here = interior()
    return sensitivity(here.markets, here.sharing, here.investment)
