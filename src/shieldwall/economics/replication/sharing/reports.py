"""Appendix B when each firm alone knows what the other's knowledge saves it: (37), (38), (IC).

A firm's report of its cost spillover moves the plan, hence the tax; the plan is the planner's optimum for the reports.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.appendix_b import FAR, PLANNED, planned
from shieldwall.economics.replication.sharing.cooperation import choice_of
from shieldwall.economics.replication.sharing.samples import SEED, drawn, twice
from shieldwall.economics.replication.sharing.slopes import profits, welfare
from shieldwall.economics.replication.sharing.trial import Trial, in_all, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.cooperative import joint_of, objective_of
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.objective import Optimum, coercivity, maximise
from shieldwall.economics.sharing.prices import fixed_costs
from shieldwall.economics.sharing.unrestricted import FEW_STARTS, least_cost, unrestricted_optimum

TYPES = np.array([0.2, 0.5, 0.8])
"""Cost spillovers a firm may have, and report; the rival's is uniform between the first and the last."""

_RIVAL = 0.5 + 0.3 * np.array([-1, 0, 1]) * np.sqrt(0.6)
_WEIGHT = np.array([5, 8, 5]) / 18
"""Gauss-Legendre points and weights of that distribution."""


def has_a_maximum(markets: Market, best: Optimum) -> Finding:
    """(38) at ever larger own investment, the rival at the planner's choice; the tax is a constant."""

    def value(own: Floats) -> Floats:
        choice = twice(best.sharing), np.column_stack((own, best.investment))
        return np.asarray(welfare(markets, *choice)[:, 0] + fixed_costs(markets, *choice)[:, 0])

    values = np.array([value(best.investment * far) for far in (1.0, *FAR)])
    rising = in_all(np.diff(values, axis=0).T > 0)
    return judged(
        Trial(markets, ~rising, {"planner (s, t)": choice_of(best)}),
        {
            Verdict.FAILS: "(38) leaves out the firm's own cost f_i: more investment is always better, and nothing is "
            "best."
        },
        true_if="f_i is subtracted",
    )


def no_rents(markets: Market, best: Optimum) -> Finding:
    """Derivative of the firm's profit, its own cost included, by its true cost spillover."""
    y = markets.cost_spillover[:, 0] * best.investment * best.sharing
    rise = -markets.cost.f_y(best.investment, y) * best.investment * best.sharing
    return judged(
        Trial(markets, rise == 0, {"planner (s, t)": choice_of(best), "dV/d type": rise}),
        {
            Verdict.FAILS: "It vanishes in (38) only because f_i is left out. With it dV/d cost_spillover = -f_y t_j "
            "s_j > 0: a firm has a type to hide."
        },
        true_if="nothing were shared or invested by the rival",
    )


@dataclass(frozen=True, slots=True)
class Plans:
    """The planner's optima for reports, of M markets.

    Attributes:
        markets: The markets; their own cost spillovers play no part.
        choice: (s_1, s_2, t_1, t_2) by own report (TYPES) and rival's type; shape (M, 3, 3, 4).
        rivals: The rival's types, shape (3,).
    """

    markets: Market
    choice: Floats
    rivals: Floats

    def worth(self, own_type: float, *, part: str) -> Floats:
        """Own profit, the tax or welfare at each plan if the own type is this; shape (M, 3, 3)."""
        count = len(self.markets)
        found = np.empty((count, 3, 3))
        for report in range(3):
            for place, rival in enumerate(self.rivals):
                markets = replace(self.markets, cost_spillover=np.tile([own_type, rival], (count, 1)))
                z = self.choice[:, report, place]
                profit = profits(markets, z[:, :2], z[:, 2:])
                total = welfare(markets, z[:, :2], z[:, 2:])[:, 0]
                found[:, report, place] = {"profit": profit[:, 0], "tax": total - profit[:, 0], "welfare": total}[part]
        return found


@lru_cache
def plans(gauss: bool) -> Plans:
    """Plans of some markets for all reports, against the rival's Gauss points or against TYPES."""
    markets = drawn(400, SEED + 4)
    rivals = _RIVAL if gauss else TYPES
    high = replace(markets, cost_spillover=0 * markets.cost_spillover + TYPES[-1])
    bound, best = coercivity(objective_of(high, "planner")), least_cost(joint_of(high, "planner"))
    known = (markets.cost.max_saving > 0.3) & (markets.demand_spillover > 0)
    keep = np.flatnonzero(known & (bound.left > bound.right) & (markets.cost.k > best))
    optimum = maximise(objective_of(high.take(keep), "planner"))
    keep = keep[(optimum.sharing > 0.02) & (optimum.sharing < 0.98)][:12]
    markets = markets.take(keep)
    choice = np.empty((len(markets), 3, 3, 4))
    for report, own in enumerate(TYPES):
        for place, rival in enumerate(rivals):
            here = replace(markets, cost_spillover=np.tile([own, rival], (len(markets), 1)))
            typical = maximise(
                objective_of(replace(here, cost_spillover=0 * here.cost_spillover + (own + rival) / 2), "planner")
            )
            choice[:, report, place] = unrestricted_optimum(
                joint_of(here, "planner"), typical.sharing, typical.investment, FEW_STARTS
            )[0]
    return Plans(markets, choice, rivals)


def truth_is_best(found: Plans) -> Finding:
    """The expected tax (37) by own report: a firm whose choices do not depend on it reports what is taxed least."""
    tax = found.worth(TYPES[0], part="tax") @ _WEIGHT
    best = tax.argmin(axis=1)
    profit = np.stack([found.worth(own, part="profit") @ _WEIGHT for own in TYPES], axis=1)
    groves = np.stack([found.worth(own, part="welfare") @ _WEIGHT for own in TYPES], axis=1)
    truthful = in_all(groves.argmax(axis=2) == np.arange(3))
    dictated = profit.argmax(axis=2)
    constant = np.ptp(tax, axis=1) < 1e-9 * np.abs(tax).max(axis=1)
    return judged(
        Trial(found.markets, constant, {"reports": np.tile(TYPES, (len(tax), 1)), "expected tax": tax}),
        {
            Verdict.FAILS: "The tax depends on the own report, through the plan, while the subsidy does not: every "
            "type reports whatever is taxed least, the same for all. Types cannot be told apart."
        },
        figures={
            "least tax at the lowest report": f"{int((best == 0).sum())} of {len(best)}",
            "choices dictated instead: lowest report best for every type": f"{int(in_all(dictated == 0).sum())} of "
            f"{len(best)}",
            "tax free of the own report, choices dictated: truth best for every type": f"{int(truthful.sum())} of "
            f"{len(best)}",
        },
        true_if="the tax does not depend on the own report (Groves); it then no longer equals the subsidy",
    )


def first_best_anyway(found: Plans) -> Finding:
    """Welfare if both report what is taxed least, beside the optimum for their types; both of the highest type."""
    tax = found.worth(TYPES[0], part="tax").mean(axis=2)
    report = tax.argmin(axis=1)
    rows = np.arange(len(report))
    markets = replace(found.markets, cost_spillover=0 * found.markets.cost_spillover + TYPES[-1])

    def at(choice: Floats) -> Floats:
        return np.asarray(welfare(markets, choice[:, :2], choice[:, 2:])[:, 0])

    reached, best = at(found.choice[rows, report, report]), at(found.choice[:, 2, 2])
    shown = {
        "both report": TYPES[report],
        "both are": np.full(len(report), TYPES[-1]),
        "welfare": reached,
        "optimum": best,
    }
    return judged(
        Trial(replace(found.markets), reached > best * (1 - 1e-9), shown),
        {
            Verdict.FAILS: "Plans made for the reports are not the best for the types: with both of the highest type, "
            "and the report that is taxed least, welfare stays below the optimum."
        },
        figures={"greatest loss, share of welfare": float(f"{(1 - reached / best).max():.3g}")},
        true_if="reports were truthful",
    )


_PLANS = f"12 random markets with max_saving above 0.3, seed {SEED + 4}; reports 0.2, 0.5, 0.8, types uniform between"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.objective-38",
        "Appendix B, (38)",
        "With private information a firm maximises (38).",
        "(38) at 10 to 100000 times the planner's investment",
        PLANNED,
        lambda: has_a_maximum(*planned()),
    ),
    Claim(
        "sharing.no-rents",
        "Appendix B, after (IC)",
        "The firm's objective does not depend on its true cost spillover, so that it earns no informational rent.",
        "derivative of the profit, own cost included",
        PLANNED,
        lambda: no_rents(*planned()),
    ),
    Claim(
        "sharing.truth",
        "Appendix B, (37), (IC)",
        "The scheme can be designed so that reporting the true cost spillover is weakly dominant.",
        "expected tax by report, plans being the planner's optimum for the reports",
        _PLANS,
        lambda: truth_is_best(plans(gauss=True)),
    ),
    Claim(
        "sharing.first-best-private",
        "Appendix B, after (IC)",
        "The government can implement the budget-balancing first best in spite of private information.",
        "welfare of the plan for the reports beside that for the types",
        _PLANS,
        lambda: first_best_anyway(plans(gauss=False)),
    ),
)
