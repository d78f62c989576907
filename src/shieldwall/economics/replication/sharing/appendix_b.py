"""The subsidy and the tax of Appendix B when the government knows all: (34) to (36), (IR1).

What firms report when it does not is in ``reports``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.cooperation import choice_of, compared, optimum
from shieldwall.economics.replication.sharing.samples import SAMPLE, Interior, drawn, twice
from shieldwall.economics.replication.sharing.slopes import S1, T1, profits, slopes, welfare
from shieldwall.economics.replication.sharing.trial import Trial, in_all, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.cooperative import objective_of
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.objective import Optimum, coercivity, maximise
from shieldwall.economics.sharing.prices import bertrand_prices, fixed_costs, intercepts

FAR = 10.0 ** np.arange(1, 6)
"""Multiples of the planner's investment at which an objective must have fallen, if it has a maximum."""


@lru_cache
def planned() -> tuple[Market, Optimum]:
    """Markets of the sample in which the planner's best equal choice is inside, and that choice."""
    markets = drawn()
    bound = coercivity(objective_of(markets, "planner"))
    markets = markets.take(np.flatnonzero((bound.left > bound.right) & (markets.b2 > 0))[:1000])
    best = maximise(objective_of(markets, "planner"))
    rows = np.flatnonzero((best.sharing > 0) & (best.sharing < 1))
    return markets.take(rows), Optimum(*(getattr(best, name)[rows] for name in Optimum.__slots__))


def both(best: Optimum) -> tuple[Floats, Floats]:
    """The same choice for both firms: sharing and investment, shape (N, 2) each."""
    return twice(best.sharing), twice(best.investment)


def _cross(markets: Market) -> Floats:
    """z of the utility, what a unit of each product takes from the worth of the other."""
    return np.asarray(markets.b2 / (markets.b1**2 - markets.b2**2))


def subsidised(markets: Market, sharing: Any, investment: Any) -> Any:
    """What a firm maximises if the areas of (35) are read at the rival's quantity: welfare less z q_1 q_2; (N, 1)."""
    q = markets.b1[:, None] * bertrand_prices(markets, intercepts(markets, sharing, investment))
    return welfare(markets, sharing, investment) - (_cross(markets) * q[:, 0] * q[:, 1])[:, None]


def _literal(markets: Market, sharing: Floats, investment: Floats) -> Floats:
    """A firm's profit and the subsidy (35) with its double integrals as printed."""
    x = intercepts(markets, sharing, investment)
    q = markets.b1[:, None] * bertrand_prices(markets, x)
    b1, b2 = markets.b1, markets.b2
    worth = (b1[:, None] * x + b2[:, None] * x[:, ::-1]) / (b1**2 - b2**2)[:, None]
    own = b1 / (b1**2 - b2**2)
    areas = (worth - (own[:, None] * q + _cross(markets)[:, None] * q[:, ::-1]) / 2).sum(axis=1) * q.prod(axis=1)
    cost = fixed_costs(markets, sharing, investment).sum(axis=1)
    return np.asarray(areas - cost)


def subsidy_induces(markets: Market, best: Optimum) -> Finding:
    """Marginal subsidised profit of each reading at the planner's point, where it should vanish."""
    choice = both(best)
    columns = [S1, T1]
    scale = slopes(welfare, markets, twice(0 * best.sharing), choice[1])[:, 0, [T1]]
    size = np.abs(np.column_stack((best.investment / np.maximum(best.sharing, 1e-300), np.ones(len(markets)))) * scale)
    printed = slopes(subsidised, markets, *choice)[:, 0, columns]
    corrected = slopes(welfare, markets, *choice)[:, 0, columns]
    far = np.column_stack((best.investment * FAR[-1], best.investment))
    stays = bertrand_prices(markets, intercepts(markets, choice[0], far))[:, 1] > 0
    grows = _literal(markets, choice[0], far) > 100 * _literal(markets, choice[0], far / [10, 1])
    still = in_all(np.abs(printed) < 1e-6 * size)
    shown = {"planner (s, t)": choice_of(best), "marginal subsidised profit": printed}
    return judged(
        Trial(markets, still, shown),
        {
            Verdict.FAILS: "As printed the areas are double integrals and the subsidised profit grows like t^3: "
            "nothing is best. Read as areas at the rival's quantity they miss z q_1 q_2, and firms stay below the "
            "planner's choice."
        },
        figures={
            "double integrals: profit grows faster than the square of investment": f"{int((grows & stays).sum())} of "
            f"{int(stays.sum())} in which the rival still sells",
            "greatest relative slope with the corrected subsidy": float(f"{(np.abs(corrected) / size).max():.1e}"),
        },
        true_if="the subsidy is consumer surplus counted once, U - p q, plus the rival's profit, and the planner's "
        "equal choice is best among unequal ones too",
    )


def subsidised_equilibrium(markets: Market) -> Optimum:
    """The best equal choice for the subsidised profit, which all firms share: an equilibrium of the subsidised game."""
    planner = objective_of(markets, "planner")
    missed = _cross(markets) * (markets.b1 / (2 * markets.b1 - markets.b2)) ** 2 / 2
    return maximise(replace(planner, weight=planner.weight - missed))


def costs_nothing(markets: Market, best: Optimum) -> Finding:
    """Subsidy less tax at the choices that the subsidy (35), at the rival's quantity, brings about."""
    chosen = subsidised_equilibrium(markets)

    def paid(point: Optimum) -> Floats:
        own = profits(markets, *both(point))[:, 0]
        return np.asarray(subsidised(markets, *both(point))[:, 0] - own)

    net = paid(chosen) - paid(best)
    shown = {
        "planner (s, t)": choice_of(best),
        "subsidised (s, t)": choice_of(chosen),
        "subsidy less tax, per firm": net,
    }
    return judged(
        Trial(markets, np.abs(net) < 1e-9 * np.abs(paid(best)), shown),
        {
            Verdict.FAILS: "Subsidy and tax are equal at the planner's choice, which this subsidy does not bring "
            "about. Where firms end up, the subsidy falls short of the tax."
        },
        figures={"firms pay": int((net < 0).sum()), "the government pays": int((net > 0).sum())},
        true_if="the subsidy is corrected, so that firms choose what the tax is computed at",
    )


def participation(here: Interior, best: Optimum) -> Finding:
    """Own profit at the planner's choice beside that of the market equilibrium, which a firm gets by declining."""
    own = profits(here.markets, *both(best))[:, 0]
    held, kept = own >= here.profit, here.assumption_1
    shown = {"planner (s, t)": choice_of(best), "profit, declining": here.profit, "taking part": own}
    return judged(
        Trial(here.markets, held, here.shown(**shown)),
        {
            Verdict.FAILS: "(IR1) has the price of the scheme on both sides, so that it cancels. Who declines earns "
            "the equilibrium profit, mostly more than at the planner's choice, where subsidy and tax cancel."
        },
        within=kept,
        condition="Assumption 1 holds",
        figures={"profit at the planner's choice negative, under Assumption 1": int((own < 0)[kept].sum())},
        true_if="the right side is the profit at the market equilibrium; the scheme then needs a net subsidy",
    )


PLANNED = f"markets of {SAMPLE} in which the planner shares something, not all; of the first 1000 with an optimum"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.subsidy",
        "Appendix B, (35), (36)",
        "The subsidy (35), with a fixed tax, makes firms choose the planner's sharing and investment.",
        "complex steps of the subsidised profit at the planner's choice; both readings of the integrals",
        PLANNED,
        lambda: subsidy_induces(*planned()),
    ),
    Claim(
        "sharing.costless",
        "Appendix B, after (36)",
        "The scheme costs the government nothing: at the equilibrium subsidy and tax are equal.",
        "subsidy and tax at the subsidised equilibrium",
        PLANNED,
        lambda: costs_nothing(*planned()),
    ),
    Claim(
        "sharing.participation",
        "Appendix B, (IR1)",
        "(IR1) says that a firm that could decline takes part; with equal subsidy and tax it binds.",
        "profit at the planner's choice beside that of the market equilibrium",
        "the equilibria that Proposition 5 is tried on, with and without Assumption 1",
        lambda: participation(compared(), optimum("planner")),
    ),
)
