"""First derivatives of prices, profits and welfare by the firms' choices, by complex steps: exact to rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.objective import TINY_STEP
from shieldwall.economics.sharing.prices import bertrand_prices, consumer_surplus, fixed_costs, intercepts

S1, S2, T1, T2 = range(4)
"""Places of the choices (s_1, s_2, t_1, t_2) among the derivatives."""

Values = Callable[[Market, Any, Any], Any]


def demand(markets: Market, sharing: Any, investment: Any) -> Any:
    """Demand intercepts: what each firm sells at given prices moves one for one with them; (N, 2)."""
    return intercepts(markets, sharing, investment)


def prices(markets: Market, sharing: Any, investment: Any) -> Any:
    """Bertrand prices (21), shape (N, 2)."""
    return bertrand_prices(markets, intercepts(markets, sharing, investment))


def profits(markets: Market, sharing: Any, investment: Any) -> Any:
    """Reduced profits (4), shape (N, 2)."""
    price = prices(markets, sharing, investment)
    return markets.b1[:, None] * price**2 - fixed_costs(markets, sharing, investment)


def welfare(markets: Market, sharing: Any, investment: Any) -> Any:
    """Consumer surplus and both profits at Bertrand prices, shape (N, 1)."""
    price = prices(markets, sharing, investment)
    surplus = consumer_surplus(markets, markets.b1[:, None] * price)
    return (surplus + profits(markets, sharing, investment).sum(axis=1))[:, None]


def slopes(values: Values, markets: Market, sharing: Floats, investment: Floats) -> Floats:
    """The derivative of each value, shape (N, V), by (s_1, s_2, t_1, t_2); shape (N, V, 4)."""
    columns = []
    for place in range(4):
        step = np.zeros(4)
        step[place] = TINY_STEP
        moved = sharing + 1j * step[:2], investment + 1j * step[2:]
        columns.append(values(markets, *moved).imag / TINY_STEP)
    return np.stack(columns, axis=-1)
