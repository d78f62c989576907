"""Best responses at equilibria and elsewhere: Lemma 1 and Proposition 2 (section 2.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.prices import BOUND_1
from shieldwall.economics.replication.sharing.samples import (
    INTERIOR,
    SEED,
    Interior,
    interior,
)
from shieldwall.economics.replication.sharing.trial import Trial, in_all, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import stack
from shieldwall.economics.sharing.response import best_response, facing
from shieldwall.economics.sharing.stability import response_slopes
from shieldwall.economics.sharing.verify import assumptions

EXACT = 1e-9
"""Relative residual that rounding explains."""


def lemma_conditions(here: Interior) -> Finding:
    """The two printed conditions of Lemma 1(i) at every interior symmetric equilibrium."""
    markets, s, t = here.markets, here.sharing, here.investment
    of, b1, b2 = markets.leakage, markets.b1, markets.b2
    own, cross = (2 * of.own - of.joint) * s, -(2 * of.rival + of.joint) * s
    drive = b2 * markets.demand_spillover * t
    first = np.abs(2 * b1 * own + b2 * cross - drive) / (2 * b1 * np.abs(own) + drive)
    rise = (2 * b1 + b2 * (markets.demand_spillover * s - markets.rivalry)) / (4 * b1**2 - b2**2)
    cost = markets.cost.f_t(t, markets.cost_spillover[:, 0] * t * s)
    second = np.abs(cost - 2 * b1 * here.price * rise) / cost
    return judged(
        Trial(markets, (first < EXACT) & (second < EXACT), here.shown(residuals=np.column_stack((first, second)))),
        {
            Verdict.HOLDS: "Both printed conditions hold at every interior symmetric equilibrium. They are necessary "
            "only."
        },
        figures={"worst relative residual": float(max(first.max(), second.max()))},
    )


def slopes_at(here: Interior) -> Floats:
    """Slopes of the best response at equilibria: own (s, t) by the rival's (s, t); (M, 2, 2)."""
    game = facing(here.markets, 0, here.sharing, here.investment)
    table: Floats = response_slopes(game, 0, here.sharing, here.investment, here.investment)
    return table


@lru_cache
def _elsewhere() -> tuple[Market, Floats, Floats, Floats, Floats, Floats]:
    """Points of reaction functions away from equilibria: markets, rival's and own (s, t), slopes; interior answers."""
    here = interior()
    draw = np.random.default_rng(SEED)
    theirs_s = draw.uniform(0, 1, len(here))
    theirs_t = here.investment * np.exp(draw.normal(0, 0.7, len(here)))
    game = facing(here.markets, 0, theirs_s, theirs_t)
    best = best_response(game)
    inside = np.flatnonzero(best.proven & (best.sharing > 0) & (best.sharing < 1))
    markets = here.markets.take(inside)
    theirs_s, theirs_t, s, t = (part[inside] for part in (theirs_s, theirs_t, best.sharing, best.investment))
    table = response_slopes(facing(markets, 0, theirs_s, theirs_t), 0, s, t, theirs_t)
    return markets, theirs_s, theirs_t, s, t, table


def reactions_rise() -> Finding:
    """Lemma 1(ii): all four slopes, at equilibria and elsewhere, where Assumption 1 holds."""
    here = interior().take(interior().assumption_1)
    markets, theirs_s, theirs_t, s, t, table = _elsewhere()
    sharing, investment = np.column_stack((s, theirs_s)), np.column_stack((t, theirs_t))
    rows = np.flatnonzero(assumptions(markets, sharing, investment)[0])
    table = np.concatenate((slopes_at(here), table[rows]))
    both = stack([here.markets, markets.take(rows)])
    shown = {
        "rival (s, t)": np.concatenate(
            (np.column_stack((here.sharing, here.investment)), _pair(theirs_s, theirs_t, rows))
        ),
        "answer (s, t)": np.concatenate((np.column_stack((here.sharing, here.investment)), _pair(s, t, rows))),
        "slopes of s by (s, t), of t by (s, t)": table,
    }
    apart = table[len(here) :]
    return judged(
        Trial(both, in_all(table > 0), shown),
        {
            Verdict.CONDITIONAL: "The proof uses the rival's first-order condition, so it speaks of equilibria. "
            "Elsewhere answers to the rival's sharing may fall; answers to its investment rise wherever Assumption 1 "
            "holds."
        },
        within=np.arange(len(both)) < len(here),
        condition="the slopes are taken at the equilibrium",
        figures={
            "away from equilibrium, dt_i/ds_j < 0": share(apart[:, 1, 0] < 0),
            "away from equilibrium, ds_i/ds_j < 0": share(apart[:, 0, 0] < 0),
            "away from equilibrium, ds_i/dt_j or dt_i/dt_j < 0": share((apart[:, :, 1] < 0).any(axis=1)),
        },
    )


def _pair(first: Floats, second: Floats, rows: Any) -> Floats:
    pair: Floats = np.column_stack((first, second))[rows]
    return pair


def share(flags: Any) -> str:
    """How many flags are set, of how many."""
    return f"{int(flags.sum())} of {len(flags)}"


def answers_to_sharing(here: Interior) -> Finding:
    """Proposition 2(i): slopes by the rival's sharing at equilibria."""
    table = slopes_at(here)[:, :, 0]
    return judged(
        Trial(here.markets, in_all(table > 0), here.shown(slopes=table)),
        {
            Verdict.HOLDS: "At every interior symmetric equilibrium a rival that shares more is answered by more of "
            "both."
        },
    )


def answers_to_investment(here: Interior) -> Finding:
    """Proposition 2(ii): slopes by the rival's investment at equilibria."""
    table = slopes_at(here)[:, :, 1]
    beyond = interior().take(~interior().assumption_1)
    return judged(
        Trial(here.markets, in_all(table > 0), here.shown(slopes=table)),
        {
            Verdict.HOLDS: "Under Assumption 1 more investment by the rival is answered by more of both, at the "
            "equilibrium."
        },
        figures={"negative without Assumption 1": share((slopes_at(beyond)[:, :, 1] < 0).any(axis=1))},
        true_if=BOUND_1,
    )


def complements(here: Interior) -> Finding:
    """Proposition 2(iii): all four slopes at equilibria under Assumption 1."""
    table = slopes_at(here)
    return judged(
        Trial(here.markets, in_all(table > 0), here.shown(slopes=table)),
        {
            Verdict.HOLDS: "All four slopes are positive at the equilibrium. Complementarity works through the own "
            "investment: dp_i/ds_i does not depend on t_j."
        },
        true_if=BOUND_1,
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.lemma-1-i",
        "2.1, Lemma 1(i)",
        "Equilibrium sharing and investment solve the two printed conditions.",
        "residuals at verified equilibria",
        INTERIOR,
        lambda: lemma_conditions(interior()),
    ),
    Claim(
        "sharing.lemma-1-ii",
        "2.1, Lemma 1(ii)",
        "The reaction functions are upward sloping: in the rival's sharing, and under Assumption 1 in its investment.",
        "implicit differentiation of exact best responses",
        f"{INTERIOR} that meet Assumption 1, and a random point of a reaction function beside each",
        reactions_rise,
    ),
    Claim(
        "sharing.prop-2-i",
        "2.1, Proposition 2(i)",
        "More sharing by one firm leads to more sharing and investment by the other.",
        "implicit differentiation at equilibria",
        INTERIOR,
        lambda: answers_to_sharing(interior()),
    ),
    Claim(
        "sharing.prop-2-ii",
        "2.1, Proposition 2(ii)",
        "Under Assumption 1 more investment by one firm leads to more sharing and investment by the other.",
        "implicit differentiation at equilibria",
        f"{INTERIOR}, those under Assumption 1",
        lambda: answers_to_investment(interior().take(interior().assumption_1)),
    ),
    Claim(
        "sharing.prop-2-iii",
        "2.1, Proposition 2(iii)",
        "Under Assumption 1 investment and sharing are strategic complements.",
        "implicit differentiation at equilibria",
        f"{INTERIOR}, those under Assumption 1",
        lambda: complements(interior().take(interior().assumption_1)),
    ),
)
