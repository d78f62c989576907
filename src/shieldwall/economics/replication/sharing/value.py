"""What sharing is worth to the firms, and which firm shares more (Abstract; sections 2.1 and 5)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import (
    INTERIOR,
    Interior,
    drawn,
    interior,
    moves,
    three_digits,
)
from shieldwall.economics.replication.sharing.trial import Trial, judged
from shieldwall.economics.sharing import Market, solve_many
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.objective import TINY_STEP

UNEQUAL_SEED = 7
_VALUED = f"the stable of the {INTERIOR} that are the only symmetric one of their market"


def _gain(at: Any, choice: Any, here: Market) -> Any:
    """Profit at equal choices less profit where nobody may share, from (4) and Lemma 1, at (a, b1, b2) and (s, t)."""
    a, b1, b2 = at.T
    gap, area = 2 * b1 - b2, 4 * b1**2 - b2**2
    leak = here.leakage.own - here.leakage.rival - here.leakage.joint
    alone = 2 * b1 / gap * (2 * b1 - b2 * here.rivalry) / area

    def profit(s: Any, t: Any) -> Any:
        x = a + (1 - here.rivalry) * t + here.demand_spillover * t * s - leak * s**2
        return b1 * (x / gap) ** 2 - here.cost.value(t, here.cost_spillover[:, 0] * t * s)

    return profit(*choice.T) - profit(0 * a, alone * a / (here.cost.k - alone * (1 - here.rivalry)))


@lru_cache
def valued() -> tuple[Interior, Floats]:
    """Stable equilibria that are the only symmetric ones, where one without sharing exists, and how they move."""
    here = interior()
    without = [bool(solution.equilibria) for solution in solve_many(here.markets, "no-sharing")]
    rows = np.flatnonzero(here.stable & here.alone & np.array(without))
    columns = [moves().names.index(name) for name in ("a", "b1", "b2")]
    return here.take(rows), moves().total[rows][:, :, columns]


def sharing_pays(here: Interior) -> Finding:
    """Whether the profit at the equilibrium exceeds that of the equilibrium in which nobody may share."""
    markets = here.markets
    at = np.column_stack((markets.a[:, 0], markets.b1, markets.b2))
    value = _gain(at, np.column_stack((here.sharing, here.investment)), markets)
    return judged(
        Trial(markets, value > 0, here.shown(value=value)),
        {
            Verdict.CONDITIONAL: "Under Assumption 1 both earn more with sharing. Where rivalry outweighs what a "
            "rival's sharing gives, sharing draws both into investment that costs them more than it brings."
        },
        within=here.assumption_1,
        condition="Assumption 1 holds",
    )


def value_rises(here: Interior, total: Floats, direction: str) -> Finding:
    """Derivative of the value of sharing by ``a``, by ``b2``, or by substitution ``z`` at given tastes.

    Args:
        total: Derivatives of (sharing, investment) by (a, b1, b2), shape (M, 2, 3).
    """
    markets = here.markets
    a, b1, b2 = markets.a[:, 0], markets.b1, markets.b2
    zero, one = np.zeros_like(b1), np.ones_like(b1)
    # Of a = r/(d + z), b1 = d/(d^2 - z^2), b2 = z/(d^2 - z^2) by z.
    rates = {"a": (one, zero, zero), "b2": (zero, zero, one), "z": (-a * (b1 - b2), 2 * b1 * b2, b1**2 + b2**2)}
    rate = np.column_stack(rates[direction])
    moved = (total * rate[:, None]).sum(axis=2)
    at = np.column_stack((a, b1, b2)) + 1j * TINY_STEP * rate
    choice = np.column_stack((here.sharing, here.investment)) + 1j * TINY_STEP * moved
    rise = _gain(at, choice, markets).imag / TINY_STEP
    held, kept = rise > 0, here.assumption_1
    shown = {"value": _gain(at, choice, markets).real, "value rises by": rise, "(s, t) by": moved}
    return judged(
        Trial(markets, held, here.shown(**shown)),
        _VALUE_TOLD[direction],
        within=kept,
        condition="Assumption 1 holds",
        figures={
            "sharing rises, under Assumption 1": int((moved[kept, 0] > 0).sum()),
            "investment rises, under Assumption 1": int((moved[kept, 1] > 0).sum()),
        },
        true_if="b2 rose at given a and b1, so that total demand grows with it" if direction == "z" else "",
    )


_VALUE_TOLD = {
    "a": {
        Verdict.CONDITIONAL: "Under Assumption 1 the profit that sharing adds rises with the demand intercept of both. "
        "Beyond it sharing may lower profits, and more so in larger markets."
    },
    "b2": {
        Verdict.CONDITIONAL: "Under Assumption 1 true of b2 at given a and b1. That change also enlarges the market: "
        "it is no measure of competition alone."
    },
    "z": {
        Verdict.FAILS: "With consumers' tastes fixed, closer substitutes shrink the market: firms invest less nearly "
        "always and sharing is mostly worth less. The printed result is an effect of market size."
    },
}


def _larger_first() -> Market:
    markets = drawn(150, UNEQUAL_SEED)
    ratio = np.random.default_rng(UNEQUAL_SEED).choice([1.05, 1.2, 1.5], len(markets))
    return replace(markets, a=np.column_stack((three_digits(markets.a[:, 0] * ratio), markets.a[:, 0])))


def larger_firm(markets: Market) -> Finding:
    """Equilibria below full sharing of firms of which the first has the larger demand intercept."""
    found = [
        (row, one.sharing, one.investment)
        for row, solution in enumerate(solve_many(markets, "nash"))
        for one in solution.equilibria
        if max(one.sharing) < 1
    ]
    rows, s, t = (np.array(part) for part in zip(*found, strict=True))
    held = (s[:, 0] > s[:, 1]) & (t[:, 0] > t[:, 1])
    return judged(
        Trial(markets.take(rows), held, {"sharing": s, "investment": t}),
        {Verdict.HOLDS: "The larger of two otherwise equal firms shares and invests more at every equilibrium found."},
        true_if="the first firm had the larger demand intercept",
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.larger-firm",
        "2.1, after Proposition 4",
        "Of two firms the larger invests and shares more.",
        "equilibria of unequal firms, each verified globally",
        f"equilibria found in 150 random markets, seed {UNEQUAL_SEED}, first firm 5, 20 or 50 percent larger",
        lambda: larger_firm(_larger_first()),
    ),
    Claim(
        "sharing.value-positive",
        "5",
        "Firms have an economic incentive to join: profits are higher with sharing.",
        "profit less that without sharing",
        _VALUED,
        lambda: sharing_pays(valued()[0]),
    ),
    Claim(
        "sharing.value-and-size",
        "Abstract; 5",
        "The benefit from sharing rises with the size of the firms.",
        "complex step of the profit less that without sharing, choices moving as the equilibrium does",
        _VALUED,
        lambda: value_rises(*valued(), "a"),
    ),
    Claim(
        "sharing.value-and-b2",
        "Abstract; 5",
        "Sharing is more valuable when b2 is higher.",
        "complex step of the profit less that without sharing, choices moving as the equilibrium does",
        _VALUED,
        lambda: value_rises(*valued(), "b2"),
    ),
    Claim(
        "sharing.value-and-competition",
        "Abstract; 1.1; 5",
        "Alliances yield greater benefits in more competitive industries: sharing is worth more between closer "
        "substitutes.",
        "the same with tastes r and d of the utility fixed, and substitution z rising",
        _VALUED,
        lambda: value_rises(*valued(), "z"),
    ),
)
