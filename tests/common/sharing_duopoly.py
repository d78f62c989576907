"""The sharing duopoly written out once more, number by number, to judge solvers by: Gal-Or & Ghose (1)-(3), (21).

Plain formulas for two firms without any shortcut of the package. They take floats, arrays and mpmath numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from shieldwall.economics.sharing import Exponential, Hyperbolic, Leakage, Market


@dataclass(frozen=True, slots=True)
class Duopoly:
    """Parameters in the paper's order; ``rate`` is None for the hyperbolic cost."""

    a: tuple[Any, Any]
    b1: Any
    b2: Any
    gd: Any
    gc: tuple[Any, Any]
    de: Any
    al1: Any
    al2: Any
    al3: Any
    k: Any
    ph: Any
    rate: Any = None

    def demand(self, s: Any, t: Any) -> tuple[Any, Any]:
        """Demand intercepts X of both firms."""
        first = self.a[0] + t[0] - self.de * t[1] + self.gd * t[1] * s[1]
        second = self.a[1] + t[1] - self.de * t[0] + self.gd * t[0] * s[0]
        joint = self.al3 * s[0] * s[1]
        return (
            first - self.al1 * s[0] ** 2 + self.al2 * s[1] ** 2 + joint,
            second - self.al1 * s[1] ** 2 + self.al2 * s[0] ** 2 + joint,
        )

    def cost(self, firm: int, s: Any, t: Any) -> Any:
        """f of one firm."""
        y = self.gc[firm] * t[1 - firm] * s[1 - firm]
        if self.rate is None:
            saved = y / (1 + y)
        else:
            saved = 1 - (mpmath.exp if isinstance(y, mpmath.mpf) else np.exp)(-self.rate * y)
        return self.k / 2 * t[firm] ** 2 * (1 - self.ph * saved)

    def prices(self, s: Any, t: Any) -> tuple[Any, Any]:
        """Bertrand prices (21)."""
        x, d = self.demand(s, t), 4 * self.b1**2 - self.b2**2
        return (2 * self.b1 * x[0] + self.b2 * x[1]) / d, (2 * self.b1 * x[1] + self.b2 * x[0]) / d

    def profit(self, firm: int, s: Any, t: Any) -> Any:
        """Profit at Bertrand prices; where either price is not positive it means nothing."""
        return self.b1 * self.prices(s, t)[firm] ** 2 - self.cost(firm, s, t)

    def quantities(self, s: Any, t: Any, p: Any) -> tuple[Any, Any]:
        """What is sold at any prices (1)."""
        x = self.demand(s, t)
        return x[0] - self.b1 * p[0] + self.b2 * p[1], x[1] - self.b1 * p[1] + self.b2 * p[0]

    def welfare(self, s: Any, t: Any, p: Any) -> Any:
        """Gross quadratic utility of the whole market less both costs."""
        x, q = self.demand(s, t), self.quantities(s, t, p)
        det = self.b1**2 - self.b2**2
        worth = (self.b1 * x[0] + self.b2 * x[1]) * q[0] + (self.b1 * x[1] + self.b2 * x[0]) * q[1]
        used = self.b1 * (q[0] ** 2 + q[1] ** 2) / 2 + self.b2 * q[0] * q[1]
        return (worth - used) / det - self.cost(0, s, t) - self.cost(1, s, t)

    def regime_prices(self, regime: str, s: Any, t: Any) -> tuple[Any, Any]:
        """What firms charge under a cooperative regime."""
        x = self.demand(s, t)
        if regime == "collusion":
            det = 2 * (self.b1**2 - self.b2**2)
            return (self.b1 * x[0] + self.b2 * x[1]) / det, (self.b1 * x[1] + self.b2 * x[0]) / det
        return (0 * x[0], 0 * x[1]) if regime == "first-best" else self.prices(s, t)

    def objective(self, regime: str, s: Any, t: Any) -> Any:
        """What a cooperative regime maximises, for the whole market."""
        p = self.regime_prices(regime, s, t)
        if regime in ("planner", "first-best"):
            return self.welfare(s, t, p)
        q = self.quantities(s, t, p)
        return p[0] * q[0] + p[1] * q[1] - self.cost(0, s, t) - self.cost(1, s, t)

    def market(self) -> Market:
        """The same market for the package."""
        cost = Hyperbolic(self.k, self.ph) if self.rate is None else Exponential(self.k, self.ph, self.rate)
        return Market(
            self.a,
            self.b1,
            self.b2,
            demand_spillover=self.gd,
            cost_spillover=self.gc,
            rivalry=self.de,
            leakage=Leakage(self.al1, self.al2, self.al3),
            cost=cost,
        )

    def exact(self) -> Duopoly:
        """The same market in mpmath numbers, digit for digit the doubles."""
        mp = mpmath.mpf
        pair = (mp(self.a[0]), mp(self.a[1])), (mp(self.gc[0]), mp(self.gc[1]))
        rate = None if self.rate is None else mp(self.rate)
        de, al1, al2, al3, k, ph = (mp(item) for item in (self.de, self.al1, self.al2, self.al3, self.k, self.ph))
        return Duopoly(pair[0], mp(self.b1), mp(self.b2), mp(self.gd), pair[1], de, al1, al2, al3, k, ph, rate)


def duopoly(rows: Market, row: int) -> Duopoly:
    """One of many markets of the package, written out."""
    cost, leak = rows.cost, rows.leakage
    rate = float(cost.rate[row]) if isinstance(cost, Exponential) else None
    numbers = (rows.rivalry, leak.own, leak.rival, leak.joint, cost.k, cost.max_saving)
    de, al1, al2, al3, k, ph = (float(part[row]) for part in numbers)
    gc = float(rows.cost_spillover[row, 0]), float(rows.cost_spillover[row, 1])
    a = float(rows.a[row, 0]), float(rows.a[row, 1])
    b1, b2, gd = (float(part[row]) for part in (rows.b1, rows.b2, rows.demand_spillover))
    return Duopoly(a, b1, b2, gd, gc, de, al1, al2, al3, k, ph, rate)
