"""The regime in which nobody may share: firms choose investment, then prices. Best responses are linear."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import bertrand_prices
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.result import Solution
from shieldwall.economics.sharing.verify import Table, assumptions
from shieldwall.economics.status import Status


def solve_no_sharing(markets: Market) -> list[Solution]:
    """Solve admissible markets whose firms cannot share: the unique equilibrium, or why there is none.

    (k - 2 b1 A^2) t_i - 2 b1 A B t_j = 2 b1 A p_i(0), where A and B are the slopes of the own price in own and rival
    investment. The payoff is strictly concave in own investment if k > 2 b1 A^2, so that this is the global best
    response, and unbounded otherwise while B >= 0 keeps the rivals' prices positive.
    """
    of, firms = weights(markets), markets.firms
    drive = 2 * markets.b1 * of.slope
    cross = of.rival - (of.own + (firms - 2) * of.rival) * markets.rivalry / (firms - 1)
    steep = markets.cost.k - drive * of.slope
    start = drive[:, None] * bertrand_prices(markets, markets.a)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The matrix has equal rows but for the diagonal: one sum solves it.
        off = -drive * cross
        total = start.sum(axis=1) / (steep + (firms - 1) * off)
        investment = (start - (off * total)[:, None]) / (steep - off)[:, None]
        radius = np.abs((firms - 1) * off / steep)
    solutions = []
    kept = accounts(markets, np.zeros_like(investment), np.nan_to_num(investment))
    slope = drive[:, None] * kept.price - markets.cost.k[:, None] * investment
    gain = (slope**2).max(axis=1) / (2 * np.abs(steep) + 1e-300)
    none = np.zeros_like(investment)
    strict = np.ones(len(markets), dtype=np.bool_)
    table = Table(
        np.arange(len(markets)), none, investment, kept, gain, strict, radius, *assumptions(markets, none, investment),
        markets.equal,
    )  # fmt: skip
    for row in range(len(markets)):
        if steep[row] <= 0:
            fails = _inequality(float(markets.cost.k[row]), float((drive * of.slope)[row]))
            status = Status.UNBOUNDED if cross[row] >= 0 else Status.NOT_PROVEN
            solutions.append(Solution(status, reason=fails))
        elif not (np.isfinite(investment[row]).all() and (investment[row] > 0).all() and kept.positive[row]):
            reason = "the only common point of the best responses has a price or an investment that is not positive"
            solutions.append(Solution(Status.NO_EQUILIBRIUM, reason=reason))
        else:
            solutions.append(Solution(Status.SOLVED, (table.at(row),), complete=True))
    return solutions


def _inequality(left: float, right: float) -> str:
    nearest = float(np.nextafter(right, np.inf))
    return (
        "profit grows without limit in investment: cost.k > 2 b1 m^2 fails, where m is what a unit of investment adds "
        f"to the own price: {left:g} against {right:g}; nearest admissible: {nearest!r}"
    )
