"""The subsidy of Appendix B as it is printed, and the figures that show why it fails.

Four faults, each computed: (35) integrates an inverse demand twice, which is no money and has no maximum; (38) leaves
out the firm's own cost; the tax (37) depends on the firm's own report; (IR1) compares a firm with itself. The scheme
that works is in ``correction``, the tax that does not depend on the report in ``groves``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shieldwall.economics.sharing.abilities import Types
from shieldwall.economics.sharing.baseline import Unsolved, decided, natural_scale, outcome
from shieldwall.economics.sharing.correction import neglected
from shieldwall.economics.sharing.forms import Floats, Leakage
from shieldwall.economics.sharing.groves import planned
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.status import Status

_FAR = 2.0 ** np.arange(10, 31, 2)


@dataclass(frozen=True, slots=True)
class PrintedSubsidy:
    """The printed scheme in figures.

    Attributes:
        degree: By which power of the unit of quantity the printed integral grows, the price's unit growing with it;
            money grows by the power 2.
        growth: By which power of investment a firm's printed objective grows far out, both sharing as planned.
        unbounded: Whether it grows there, so that nothing is best.
        growth_without_cost: The same for (38), own cost left out and the subsidy counted correctly.
        tax_by_report: The expected tax (37) of a firm by its own report.
        chosen_report: The report that costs least, whatever the truth.
        profit_in, profit_out: What (IR1) should compare: profit of a firm at the planner's point and in the market.
    """

    degree: float
    growth: float
    unbounded: bool
    growth_without_cost: float
    tax_by_report: tuple[float, ...]
    chosen_report: float
    profit_in: float
    profit_out: float

    @property
    def status(self) -> Status:
        """Unbounded where the printed objective has no maximum."""
        return Status.UNBOUNDED if self.unbounded else Status.NOT_PROVEN

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        takes = "would lose by it" if self.profit_in < self.profit_out else "would gain by it"
        return (
            f"Do not run the printed scheme: its subsidy grows like investment to the power {self.growth:.3g}, its tax "
            f"is least for whoever reports {self.chosen_report:.3g}, and a member that the paper calls indifferent "
            f"{takes}: {self.profit_in:.4g} against {self.profit_out:.4g}."
        )


def double_integral(market: Market, sharing: Any, investment: Any) -> Any:
    """The integral of (35), of each firm's inverse demand over both quantities; shape (N, 2).

    The integral of r_i - d x_i - z x_j over [0, q_i] x [0, q_j] is q_i q_j (r_i - d q_i / 2 - z q_j / 2), and the
    inverse demand gives r_i = p_i + d q_i + z q_j.
    """
    price = outcome(market, sharing, investment)[0]
    sold = (market.b1 * price.T).T
    square = market.b1**2 - market.b2**2
    own, cross = market.b1 / square, market.b2 / square
    return sold * sold[:, ::-1] * (price + (own * sold.T).T / 2 + (cross * sold[:, ::-1].T).T / 2)


def printed_amount(market: Market, sharing: Any, investment: Any) -> Any:
    """B_i as printed in (35); shape (N, 2). What it adds up has different units."""
    price, profit, _ = outcome(market, sharing, investment)
    revenue = (market.b1 * (price**2).T).T
    volume = double_integral(market, sharing, investment)
    return volume - revenue + volume[:, ::-1] - (revenue - profit)[:, ::-1]


def examine_printed(market: Market, types: Types) -> PrintedSubsidy | Unsolved:
    """Compute the faults of the printed scheme in one market.

    Args:
        market: Two equal firms, built-in forms; its cost spillover counts where types play no part.
        types: Values of the cost spillover that a firm may report.
    """
    target, free, plans = decided(market, "planner"), decided(market, "nash"), planned(market, types)
    if isinstance(target, Unsolved):
        return target
    if isinstance(free, Unsolved):
        return free
    if isinstance(plans, Unsolved):
        return plans
    sharing = np.array([[1.0, target.sharing[1]]])
    printed, costless, sold = (np.empty(len(_FAR)) for _ in range(3))
    for place, far in enumerate(_FAR * natural_scale(market)):
        choice = sharing, np.array([[far, target.investment[1]]])
        price, profit, _ = outcome(market, *choice)
        printed[place] = (profit + printed_amount(market, *choice))[0, 0]
        costless[place] = (market.b1 * price[:, 0] ** 2 + neglected(market, *choice)[:, 0])[0]
        sold[place] = price.min()
    tax = plans.subsidy[:, :, 0] @ np.array(types.prior)
    return PrintedSubsidy(
        degree=_degree(market, np.array([target.sharing]), np.array([target.investment])),
        growth=_power(printed),
        unbounded=bool(sold.min() > 0 and printed[-1] > 0 and _power(printed) > 2.5),
        growth_without_cost=_power(costless),
        tax_by_report=tuple(tax.tolist()),
        chosen_report=types.values[int(tax.argmin())],
        profit_in=target.profit[0],
        profit_out=free.profit[0],
    )


def _power(values: Floats) -> float:
    """The power by which positive values grow at the far end, where each step is a factor of 4."""
    return float(np.log(abs(values[-1] / values[-2])) / np.log(4)) if values[-2] else 0.0


def _degree(market: Market, sharing: Floats, investment: Floats) -> float:
    """The power by which the double integral grows when quantities and prices are counted in half the unit."""
    leakage = market.leakage
    twice = replace(market, a=2 * market.a, leakage=Leakage(2 * leakage.own, 2 * leakage.rival, 2 * leakage.joint))
    large, small = double_integral(twice, sharing, 2 * investment), double_integral(market, sharing, investment)
    return float(np.log2(large[0, 0] / small[0, 0]))
