"""What sharing and investment do to prices: Proposition 1, and a negative demand spillover (section 2.1)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import (
    SAMPLE,
    SEED,
    drawn,
    twice,
)
from shieldwall.economics.replication.sharing.slopes import S1, T1, T2, prices, slopes
from shieldwall.economics.replication.sharing.trial import Trial, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.verify import assumptions

BOUND_1 = "Assumption 1 holds"


def some_choices(markets: Market) -> tuple[Floats, Floats]:
    """Random sharing and investment of both firms, shape (N, 2) each."""
    draw = np.random.default_rng(SEED)
    return draw.uniform(0, 1, (len(markets), 2)), draw.exponential(2, (len(markets), 2))


def _under_assumption_1() -> tuple[Market, Floats, Floats]:
    markets = drawn()
    sharing, investment = some_choices(markets)
    rows = np.flatnonzero(assumptions(markets, sharing, investment)[0])
    return markets.take(rows), sharing[rows], investment[rows]


def price_rises(markets: Market, sharing: Floats, investment: Floats) -> Finding:
    """Proposition 1(i) at choices of shape (N, 2)."""
    rise = slopes(prices, markets, sharing, investment)[:, 0]
    shown = {"sharing": sharing, "investment": investment, "own price by t_i, t_j": rise[:, [T1, T2]]}
    return judged(
        Trial(markets, (rise[:, T1] > 0) & (rise[:, T2] > 0), shown),
        {
            Verdict.HOLDS: "dp_i/dt_i > 0 always, for b1 > b2 and rivalry < 1; dp_i/dt_j > 0 where rivalry < "
            "demand_spillover s_j + b2/(2 b1), and 0 on that bound, where the printed strict sign fails."
        },
        true_if=BOUND_1,
    )


def _under_assumption_2() -> tuple[Market, Floats, Floats]:
    markets = drawn()
    markets = markets.take(np.flatnonzero(weights(markets).lift > 0))
    of = weights(markets)
    draw = np.random.default_rng(SEED)
    theirs, reach = draw.uniform(0, 1, len(markets)), draw.uniform(0, 1, len(markets))
    return markets, theirs, reach * (of.curb - of.pull) / of.lift


def price_peaks(markets: Market, theirs: Floats, t: Floats) -> Finding:
    """Proposition 1(ii): slope of the own price at s_i = 0 and s_i = 1, linear in between, for rivals' sharing."""
    first, last = (
        slopes(prices, markets, np.column_stack((np.full_like(t, own), theirs)), twice(t))[:, 0, S1]
        for own in (0.0, 1.0)
    )
    shown = {"rival sharing": theirs, "investment": t, "slope at s_i = 0": first, "slope at s_i = 1": last}
    return judged(
        Trial(markets, (first > 0) & (last < 0), shown),
        {
            Verdict.HOLDS: "The slope is linear and falling in s_i, positive at 0 and negative at 1: one peak at s_i = "
            "(G s_j + h t_i)/E, with E, G, h of the first-order condition. Assumption 2 is about t_i."
        },
        true_if="Assumption 2 held at the investment",
    )


def harmful() -> Market:
    markets = drawn()
    return replace(markets, demand_spillover=-np.maximum(markets.demand_spillover, 0.01))


def nobody_shares(markets: Market) -> Finding:
    """Slope of the own price in own sharing at random equal choices: sharing must not pay anywhere."""
    draw = np.random.default_rng(SEED)
    s, t = draw.uniform(0.001, 1, len(markets)), draw.exponential(2, len(markets))
    rise = slopes(prices, markets, twice(s), twice(t))[:, 0, S1]
    return judged(
        Trial(markets, rise < 0, {"sharing": s, "investment": t, "own price by own sharing": rise}),
        {Verdict.HOLDS: "Sharing lowers the own price at every equal choice, and less sharing is better down to none."},
        true_if="the demand spillover is negative",
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.prop-1-i",
        "2.1, Proposition 1(i)",
        "A price rises with the own investment and, under Assumption 1, with the rival's.",
        "complex steps of (21)",
        f"random choices that meet Assumption 1, in {SAMPLE}",
        lambda: price_rises(*_under_assumption_1()),
    ),
    Claim(
        "sharing.prop-1-ii",
        "2.1, Proposition 1(ii)",
        "Under Assumption 2 the price rises with own sharing up to a point inside (0, 1) and falls beyond.",
        "complex steps of (21) at both ends; it is quadratic",
        f"random rivals' sharing and investments that meet Assumption 2, in {SAMPLE}",
        lambda: price_peaks(*_under_assumption_2()),
    ),
    Claim(
        "sharing.negative-spillover",
        "2.1, after Proposition 2",
        "With a negative demand spillover no sharing is the only symmetric equilibrium.",
        "complex steps of (21) at equal choices",
        f"{SAMPLE}, with the spillover negative",
        lambda: nobody_shares(harmful()),
    ),
)
