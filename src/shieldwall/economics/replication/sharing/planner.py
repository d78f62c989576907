"""What the planner of (9) leaves out: unequal choices, and negative demand spillovers (section 2.2)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.cooperation import FLAT, choice_of
from shieldwall.economics.replication.sharing.samples import (
    SEED,
    drawn,
    three_digits,
)
from shieldwall.economics.replication.sharing.trial import Trial, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.cooperative import joint_of, objective_of
from shieldwall.economics.sharing.forms import Leakage
from shieldwall.economics.sharing.market import stack, violations
from shieldwall.economics.sharing.objective import Optimum, coercivity, maximise
from shieldwall.economics.sharing.unrestricted import FEW_STARTS, least_cost, unrestricted_optimum


def near_leakage() -> Market:
    """Ordinary markets, then as many whose leakages are nearly equal and whose cost is three times as steep."""
    plain = drawn(200, SEED + 1)
    own, draw = plain.leakage.own, np.random.default_rng(SEED)
    share = draw.uniform(0.8, 0.98, len(plain))
    leakage = Leakage(own, three_digits(own * share), three_digits(own * (1 - share) * 0.3))
    steep = replace(plain.cost, k=three_digits(3 * plain.cost.k))
    both = stack([plain, replace(plain, leakage=leakage, cost=steep)])
    return both.take(np.setdiff1d(np.arange(len(both)), list(violations(both))))


def planner_is_symmetric(markets: Market) -> Finding:
    """Whether choices that differ give more welfare than the best equal ones, where an optimum surely exists."""
    joint = joint_of(markets, "planner")
    rows = np.flatnonzero(markets.cost.k > least_cost(joint))
    markets, joint = markets.take(rows), joint.take(rows)
    best = maximise(objective_of(markets, "planner"))
    choice, value = unrestricted_optimum(joint, best.sharing, best.investment, FEW_STARTS)
    alike = value <= 2 * best.value * (1 + FLAT)
    shown = {
        "equal (s, t)": choice_of(best),
        "welfare": 2 * best.value,
        "better (s1, s2, t1, t2)": choice,
        "its welfare": value,
    }
    ordinary = rows < 200
    return judged(
        Trial(markets, alike, shown),
        {
            Verdict.FAILS: "Equal firms may do better for welfare by choosing differently, as when one shares and the "
            "other does not: the planner of (9) is restricted, not the best one."
        },
        figures={"better apart, of ordinary markets": f"{int((~alike & ordinary).sum())} of {int(ordinary.sum())}"},
        true_if="the planner must treat equal firms alike",
    )


def harmful_spillovers() -> tuple[Market, Optimum]:
    """Large markets with a negative demand spillover near the cost spillover, and the planner's optimum."""
    markets = drawn(900, SEED + 2)
    ratio = np.random.default_rng(SEED).uniform(0.5, 1.5, len(markets))
    harm = np.minimum(three_digits(ratio * markets.cost_spillover[:, 0]), 1)
    markets = replace(markets, a=three_digits(5 * markets.a), demand_spillover=-harm)
    bound = coercivity(objective_of(markets, "planner"))
    markets = markets.take(np.flatnonzero(bound.left > bound.right))
    return markets, maximise(objective_of(markets, "planner"))


def harmful_planner(markets: Market, best: Optimum) -> Finding:
    """Whether the planner prevents sharing when the negative demand spillover exceeds the cost spillover."""
    rows = np.flatnonzero(-markets.demand_spillover > markets.cost_spillover[:, 0])
    planner = objective_of(markets, "planner")
    zero = np.zeros(len(markets))
    alone = 2 * planner.weight * planner.intercept * planner.net_investment
    t = alone / (markets.cost.k - 2 * planner.weight * planner.net_investment**2)
    saving = markets.cost_spillover[:, 0] * -markets.cost.f_y(t, zero)
    harm = 2 * planner.weight * planner.demand(zero, t) * -markets.demand_spillover
    agrees = (saving <= harm) == (best.sharing == 0)
    shown = {"planner (s, t)": choice_of(best)[rows]}
    return judged(
        Trial(markets.take(rows), best.sharing[rows] == 0, shown),
        {
            Verdict.FAILS: "What counts is cost_spillover |f_y| against 2 W X |demand_spillover|, at s = 0: where much "
            "is invested, savings outweigh a demand spillover that is larger in magnitude."
        },
        figures={
            "planner shares, of all": f"{int((best.sharing > 0).sum())} of {len(markets)}",
            "comparison at s = 0 decides": f"{int(agrees.sum())} of {len(markets)}",
        },
        true_if="cost_spillover |f_y(t, 0)| <= 2 W (a + (1 - rivalry) t) |demand_spillover| at the investment t "
        "without sharing were the comparison",
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.planner-symmetric",
        "2.2, (9)",
        "The planner sets t1 = t2 and s1 = s2.",
        "search over all four choices from several starts, beside the best equal choice",
        f"200 random markets, seed {SEED + 1}, and the same with nearly equal leakages and k tripled; where optima "
        "exist",
        lambda: planner_is_symmetric(near_leakage()),
    ),
    Claim(
        "sharing.negative-spillover-planner",
        "2.2, after Proposition 5",
        "With a negative demand spillover larger in magnitude than the cost spillover, the planner prevents sharing.",
        "global optima",
        f"900 random markets, seed {SEED + 2}, five times as large, demand spillover -1/2 to -3/2 times that on cost; "
        "those beyond -1",
        lambda: harmful_planner(*harmful_spillovers()),
    ),
)
