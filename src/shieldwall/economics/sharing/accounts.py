"""The accounts of a market at given choices: prices, quantities, profits, consumer surplus and welfare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import (
    bertrand_prices,
    consumer_surplus,
    fixed_costs,
    intercepts,
    quantities,
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What firms and consumers get.

    Attributes:
        price, quantity, profit: Shape (N, firms).
        consumer_surplus, welfare: Of the whole market, shape (N,).
        positive: Whether every price and quantity is positive, without which the demand does not apply; (N,).
    """

    price: Floats
    quantity: Floats
    profit: Floats
    consumer_surplus: Floats
    welfare: Floats
    positive: NDArray[np.bool_]


def accounts(
    markets: Market, sharing: Floats, investment: Floats, *, price: Floats | None = None, unit_cost: Any = 0.0
) -> Accounts:
    """The accounts at choices of shape (N, firms).

    Args:
        price: What firms charge; Bertrand prices without unit cost unless given.
        unit_cost: Cost of each unit sold, shape (N, firms).
    """
    intercept = intercepts(markets, sharing, investment)
    charged: Floats = bertrand_prices(markets, intercept) if price is None else price
    sold: Floats = quantities(markets, intercept, charged)
    profit: Floats = (charged - unit_cost) * sold - fixed_costs(markets, sharing, investment)
    surplus: Floats = consumer_surplus(markets, sold)
    positive: NDArray[np.bool_] = np.all((charged > 0) & (sold > 0), axis=1)
    return Accounts(charged, sold, profit, surplus, surplus + profit.sum(axis=1), positive)
