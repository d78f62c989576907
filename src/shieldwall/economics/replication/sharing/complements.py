"""Why sharing and investment are complements, and how much rivalry they bear: the text after Proposition 2."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.prices import BOUND_1, harmful
from shieldwall.economics.replication.sharing.responses import share, slopes_at
from shieldwall.economics.replication.sharing.samples import (
    INTERIOR,
    SAMPLE,
    Interior,
    drawn,
    interior,
    interior_of,
)
from shieldwall.economics.replication.sharing.slopes import S1, S2, T2, prices, slopes
from shieldwall.economics.replication.sharing.trial import Trial, in_all, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.response import facing, weights
from shieldwall.economics.sharing.stability import response_slopes

SLACK = 1e-9
"""Signs of numbers smaller than this, relative to what they are computed from, are rounding."""


def weaker_bound() -> Finding:
    """After Proposition 2: a higher bound on rivalry than Assumption 1 is enough."""
    here = interior()
    s, t, markets = here.sharing, here.investment, here.markets
    of = weights(markets)
    by_rival = of.own * (markets.demand_spillover * s - markets.rivalry) + of.rival
    rise = of.slope + of.lift * s
    worth = markets.cost_spillover[:, 0]
    saving = -worth * s * markets.cost.k * t * markets.cost.slope(worth * t * s)
    enough = 2 * markets.b1 * by_rival * rise + saving > 0
    positive = in_all(slopes_at(here)[:, :, 1] > 0)
    return judged(
        Trial(markets, enough == positive, here.shown(slopes=slopes_at(here)[:, :, 1])),
        {
            Verdict.HOLDS: "The exact bound is 2 b1 (dp_i/dt_j)(dp_i/dt_i) > cost_spillover s_j f_ty: beyond "
            "Assumption 1 the cost spillover alone can keep the slopes positive."
        },
        figures={
            "meet Assumption 1": share(here.assumption_1),
            "slopes positive": share(positive),
            "slopes positive beyond Assumption 1": int((positive & ~here.assumption_1).sum()),
        },
    )


def _cross(here: Interior, place: int, step: Floats) -> Floats:
    """How dp_i/ds_i moves with another choice. At the equilibrium it is d2 profit_i / 2 b1 p_i."""
    moved = [part.copy() for part in here.both]
    moved[place // 2][:, place % 2] += step
    after, before = slopes(prices, here.markets, *moved), slopes(prices, here.markets, *here.both)
    return (after - before)[:, 0, S1] / step


def cross_with_investment(here: Interior) -> Finding:
    """d2 profit_i / ds_i dt_j at equilibria, from the slope of the own price."""
    cross = _cross(here, T2, here.investment)
    scale = weights(here.markets).rival
    return judged(
        Trial(here.markets, cross > SLACK * scale, here.shown(**{"d2 profit / 2 b1 p": cross})),
        {
            Verdict.FAILS: "It is exactly 0 at the first-order condition, where dp_i/ds_i = 0 and does not depend on "
            "t_j. The complementarity of the two inputs is d2 profit_i / ds_i dt_i > 0."
        },
        figures={"greatest, relative to the weight of a rival's intercept": float((np.abs(cross) / scale).max())},
        true_if="t_j were the own investment t_i",
    )


def _some_without_joint_leakage() -> Interior:
    markets = drawn()
    joint = np.where(np.arange(len(markets)) % 2 == 0, 0.0, markets.leakage.joint)
    return interior_of(replace(markets, leakage=replace(markets.leakage, joint=joint)))


def cross_with_sharing(here: Interior) -> Finding:
    """d2 profit_i / ds_i ds_j at equilibria."""
    cross = _cross(here, S2, np.full(len(here), 0.5))
    return judged(
        Trial(here.markets, cross > SLACK * weights(here.markets).own, here.shown(**{"d2 profit / 2 b1 p": cross})),
        {Verdict.CONDITIONAL: "It is 2 b1 p_i joint (2 b1 + b2)/(4 b1^2 - b2^2): 0 without joint leakage."},
        within=here.markets.leakage.joint > 0,
        condition="joint leakage is positive",
    )


def cross_of_investments(here: Interior) -> Finding:
    """d2 profit_i / dt_i dt_j at equilibria under Assumption 1: it has the sign of the slope dt_i/dt_j."""
    table = slopes_at(here)[:, 1, 1]
    return judged(
        Trial(here.markets, table > 0, here.shown(**{"dt_i/dt_j": table})),
        {Verdict.HOLDS: "Positive under Assumption 1, because the rival's investment raises the own price."},
        true_if=BOUND_1,
    )


def harmful_investments() -> Finding:
    """Slope dt_i/dt_j of the equilibrium without sharing where rivalry <= b2/(2 b1)."""
    markets = harmful()
    limit = markets.b2 / (2 * markets.b1)
    markets = replace(markets, rivalry=np.minimum(markets.rivalry, limit * (1 - 1e-3)))
    of = weights(markets)
    zero = np.zeros(len(markets))
    slope = response_slopes(facing(markets, 0, zero, zero + 1), 0, zero, zero + 1, zero + 1)[:, 1, 1]
    rows = markets.cost.k > 2 * markets.b1 * of.slope**2
    return judged(
        Trial(markets.take(np.flatnonzero(rows)), slope[rows] > 0, {"dt_i/dt_j": slope[rows]}),
        {Verdict.HOLDS: "The best investment rises with the rival's wherever it exists."},
    )


def harmful_spillovers_are_idle(markets: Market) -> Finding:
    """Investment at the symmetric equilibrium under two negative demand spillovers and two cost spillovers."""
    other = replace(
        markets, demand_spillover=markets.demand_spillover / 3, cost_spillover=1 - markets.cost_spillover / 2
    )
    tables = [symmetric_equilibria(part) for part in (markets, other)]
    rows, first, second = np.intersect1d(tables[0].row, tables[1].row, return_indices=True)
    t, changed = tables[0].investment[first, 0], tables[1].investment[second, 0]
    return judged(
        Trial(markets.take(rows), t == changed, {"investment": t, "with other spillovers": changed}),
        {Verdict.HOLDS: "Nothing is shared, so that neither spillover has anything to act on."},
        true_if="the demand spillover is negative",
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.cross-sharing-investment",
        "2.1, after Proposition 2",
        "This is evident from d2 profit_i / ds_i dt_j > 0.",
        "difference of complex steps",
        INTERIOR,
        lambda: cross_with_investment(interior()),
    ),
    Claim(
        "sharing.cross-sharing",
        "2.1, after Proposition 2",
        "d2 profit_i / ds_i ds_j > 0.",
        "difference of complex steps",
        f"{INTERIOR}; every second one without joint leakage",
        lambda: cross_with_sharing(_some_without_joint_leakage()),
    ),
    Claim(
        "sharing.cross-investment",
        "2.1, after Proposition 2",
        "d2 profit_i / dt_i dt_j > 0 when rivalry is small.",
        "implicit differentiation at equilibria",
        f"{INTERIOR}, those under Assumption 1",
        lambda: cross_of_investments(interior().take(interior().assumption_1)),
    ),
    Claim(
        "sharing.negative-spillover-idle",
        "2.1, after Proposition 4",
        "With a negative demand spillover investment does not depend on either spillover.",
        "verified symmetric equilibria of each market with two pairs of spillovers",
        f"{SAMPLE}, with the demand spillover negative",
        lambda: harmful_spillovers_are_idle(harmful()),
    ),
    Claim(
        "sharing.weaker-bound",
        "2.1, after Proposition 2",
        "A higher bound on rivalry than that of Assumption 1 suffices for upward slopes in the rival's investment.",
        "the exact bound beside the slopes at equilibria",
        INTERIOR,
        weaker_bound,
    ),
    Claim(
        "sharing.negative-spillover-investment",
        "2.1, after Proposition 2",
        "Even then the best investment rises with the rival's if rivalry <= b2/(2 b1).",
        "implicit differentiation",
        f"{SAMPLE}, with the spillover negative and rivalry below the bound",
        harmful_investments,
    ),
)
