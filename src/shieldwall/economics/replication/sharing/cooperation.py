"""What an alliance or a planner chooses instead of the firms: Proposition 5 and the text around it (section 2.2)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.prices import BOUND_1
from shieldwall.economics.replication.sharing.samples import (
    INTERIOR,
    Interior,
    interior,
    twice,
)
from shieldwall.economics.replication.sharing.slopes import S1, S2, T1, slopes, welfare
from shieldwall.economics.replication.sharing.trial import Flags, Trial, judged
from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.candidates import without_sharing
from shieldwall.economics.sharing.cooperative import accounts_of, objective_of
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.objective import Optimum, coercivity, maximise

FLAT = 1e-9
"""Relative differences smaller than this are ties."""

COMPARED = 600


@lru_cache
def compared(*, exponential: bool = False) -> Interior:
    """Stable equilibria, alone in their market, for which every regime has an optimum.

    First COMPARED under Assumption 1 at most, then half as many others, with the hyperbolic cost only.
    """
    here = interior(exponential=exponential)
    bound = coercivity(objective_of(here.markets, "first-best"))
    good = here.alone & here.stable & (bound.left > bound.right)
    first = np.flatnonzero(good & here.assumption_1)[:COMPARED]
    rest = np.flatnonzero(good & ~here.assumption_1)[: 0 if exponential else COMPARED // 2]
    return here.take(np.concatenate((first, rest)))


@lru_cache
def optimum(regime: str, *, exponential: bool = False) -> Optimum:
    """The optimum of a regime for each of ``compared``."""
    return maximise(objective_of(compared(exponential=exponential).markets, regime))


def _at_least(left: Floats, right: Floats) -> Flags:
    return np.asarray(left >= right - FLAT * np.abs(right))


def choice_of(best: Optimum) -> Floats:
    """(s, t) of each firm, shape (N, 2)."""
    return np.column_stack((best.sharing, best.investment))


def welfare_above_no_sharing(here: Interior) -> Finding:
    """Proposition 5(i): welfare at equilibria beside that of the equilibrium in which nobody may share."""
    alone = without_sharing(here.markets)
    rows = np.flatnonzero(~np.isnan(alone))
    here, alone = here.take(rows), alone[rows]
    none = accounts(here.markets, twice(0 * alone), twice(alone)).welfare
    return judged(
        Trial(
            here.markets,
            here.welfare > none * (1 - FLAT),
            here.shown(**{"welfare": here.welfare, "without sharing": none}),
        ),
        {
            Verdict.HOLDS: "Sharing raises welfare at every equilibrium tried.",
            Verdict.CONDITIONAL: "Beyond Assumption 1 sharing may draw firms into investment that mostly takes "
            "customers from each other, and lower welfare.",
        },
        within=here.assumption_1,
        condition=BOUND_1,
    )


def joint_profit_above_nash(here: Interior, joint: Optimum) -> Finding:
    """Proposition 5(ii), second part: joint profit beside the market equilibrium."""
    held = _at_least(joint.sharing, here.sharing) & _at_least(joint.investment, here.investment)
    beyond = compared().take(~compared().assumption_1)
    joint_beyond = optimum("joint-profit").investment[~compared().assumption_1]
    return judged(
        Trial(here.markets, held, here.shown(**{"joint profit (s, t)": choice_of(joint)})),
        {Verdict.HOLDS: "Under Assumption 1 joint profit asks for more of both than the firms choose."},
        figures={
            "joint profit asks for full sharing": int((joint.sharing == 1).sum()),
            "invests less than the firms, beyond Assumption 1": f"{int((joint_beyond < beyond.investment).sum())} of "
            f"{len(beyond)}",
        },
        true_if=BOUND_1,
    )


def planner_above_joint_profit(parts: tuple[tuple[Interior, Optimum, Optimum], ...]) -> Finding:
    """Proposition 5(ii), first part, for one cost form after the other: (equilibria, joint profit, planner)."""
    counted: dict[str, object] = {}
    trials, hyperbolic = [], []
    for here, joint, planner in parts:
        more = _at_least(planner.sharing, joint.sharing), _at_least(planner.investment, joint.investment)
        form = type(here.markets.cost).__name__.lower()
        counted[f"{form}: planner shares less"] = f"{int((~more[0]).sum())} of {len(here)}"
        counted[f"{form}: planner invests less"] = f"{int((~more[1]).sum())} of {len(here)}"
        counted[f"{form}: both share fully"] = int(((joint.sharing == 1) & (planner.sharing == 1)).sum())
        shown = here.shown(**{"joint profit (s, t)": choice_of(joint), "planner (s, t)": choice_of(planner)})
        trials.append(Trial(here.markets, more[0] & more[1], shown))
        hyperbolic.append(form == "hyperbolic")
    failing = [trial for trial in trials if not trial.held.all()]
    if not failing:
        return judged(trials[0], {Verdict.HOLDS: "The planner asks for at least as much of both."}, figures=counted)
    good = all(trial.held.all() for trial, kind in zip(trials, hyperbolic, strict=True) if kind) and any(hyperbolic)
    finding = judged(failing[0], {}, figures=counted)
    if not good:
        return replace(finding, ours="The planner may ask for less sharing than joint profit.")
    return replace(
        finding,
        verdict=Verdict.CONDITIONAL,
        ours="The planner always invests more, but at a given investment shares less when sharing saves cost. Which "
        "wins depends on the cost: with the exponential form, which meets all assumptions, the planner may share less.",
        condition="the cost is hyperbolic",
    )


def planner_shares_more_at_joint_profit(here: Interior, joint: Optimum) -> Finding:
    """The proof of Proposition 5(ii): (13) against (27) at the same investment, where joint profit is best inside."""
    rows = np.flatnonzero((joint.sharing < 1) & (joint.sharing > 0))
    markets, s, t = here.markets.take(rows), joint.sharing[rows], joint.investment[rows]
    table = slopes(welfare, markets, twice(s), twice(t))[:, 0]
    rise = table[:, S1] + table[:, S2]
    return judged(
        Trial(markets, rise > 0, {"joint profit (s, t)": np.column_stack((s, t)), "welfare by sharing there": rise}),
        {
            Verdict.FAILS: "At the optimum of joint profit sharing already lowers demand, for the sake of cost; the "
            "planner, who values demand more, shares less at that investment."
        },
        true_if="cost_spillover = 0, and 'more' meant 'as much'",
    )


def coordination_improves(here: Interior, joint: Optimum) -> Finding:
    """Welfare where joint profit is maximal beside welfare of the market equilibrium."""
    there = accounts_of(here.markets, "joint-profit", twice(joint.sharing), twice(joint.investment)).welfare
    return judged(
        Trial(here.markets, _at_least(there, here.welfare), here.shown(welfare=here.welfare, coordinated=there)),
        {
            Verdict.CONDITIONAL: "Coordination raises welfare under Assumption 1. Beyond it the members may agree on "
            "less investment than they would make, and consumers lose."
        },
        within=here.assumption_1,
        condition=BOUND_1,
    )


def collusion_harms(here: Interior, colluding: Optimum, joint: Optimum) -> Finding:
    """Welfare where an alliance sets prices too beside welfare of the market equilibrium."""
    there = accounts_of(here.markets, "collusion", twice(colluding.sharing), twice(colluding.investment))
    prohibited = accounts_of(here.markets, "joint-profit", twice(joint.sharing), twice(joint.investment))
    shown = {"welfare": here.welfare, "colluding": there.welfare, "colluding (s, t)": choice_of(colluding)}
    kept = here.assumption_1
    better = there.welfare > prohibited.welfare
    return judged(
        Trial(here.markets, there.welfare < here.welfare, here.shown(**shown)),
        {
            Verdict.FAILS: "True at given sharing and investment. An alliance that sets prices also shares and invests "
            "more, and welfare may end above that of the market equilibrium."
        },
        within=kept,
        condition=BOUND_1,
        figures={
            "higher welfare than at coordination without prices": f"{int((better & kept).sum())} of {int(kept.sum())}",
        },
        true_if="sharing and investment stayed as they were",
    )


def quantities_fall_short(here: Interior, planner: Optimum) -> Finding:
    """Quantities of the market equilibrium beside those at the planner's choice; both at Bertrand prices."""
    there = accounts_of(here.markets, "planner", twice(planner.sharing), twice(planner.investment)).quantity[:, 0]
    sold = here.markets.b1 * here.price
    return judged(
        Trial(here.markets, sold < there, here.shown(**{"sold": sold, "at the planner's choice": there})),
        {
            Verdict.CONDITIONAL: "Under Assumption 1 every firm sells less than at the planner's choice. Beyond it "
            "firms may invest and sell more than is best for welfare."
        },
        within=here.assumption_1,
        condition=BOUND_1,
    )


def one_firm_invests_more(here: Interior) -> Finding:
    """Derivative of welfare by one firm's investment at equilibria."""
    rise = slopes(welfare, here.markets, *here.both)[:, 0, T1]
    return judged(
        Trial(here.markets, rise > 0, here.shown(**{"welfare by own investment": rise})),
        {
            Verdict.CONDITIONAL: "Under Assumption 1 consumers and the rival both gain. Beyond it the rival may lose "
            "more than consumers gain."
        },
        within=here.assumption_1,
        condition=BOUND_1,
    )


def _under_1(regime: str) -> tuple[Interior, Optimum]:
    here, best = compared(), optimum(regime)
    rows = np.flatnonzero(here.assumption_1)
    return here.take(rows), Optimum(*(getattr(best, name)[rows] for name in Optimum.__slots__))


def _both_forms() -> tuple[tuple[Interior, Optimum, Optimum], ...]:
    found = []
    for exponential in (False, True):
        here = compared(exponential=exponential)
        rows = np.flatnonzero(here.assumption_1)
        joint, planner = (
            Optimum(*(getattr(optimum(regime, exponential=exponential), name)[rows] for name in Optimum.__slots__))
            for regime in ("joint-profit", "planner")
        )
        found.append((here.take(rows), joint, planner))
    return tuple(found)


_OPTIMA = "global optima of each regime"
_COMPARED = f"up to {COMPARED} with and half as many without Assumption 1 of stable {INTERIOR}, where all optima exist"


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.prop-5-i",
        "2.2, Proposition 5(i)",
        "Welfare at the symmetric equilibrium is higher with sharing than without.",
        "welfare of both equilibria",
        INTERIOR,
        lambda: welfare_above_no_sharing(interior()),
    ),
    Claim(
        "sharing.prop-5-ii-planner",
        "2.2, Proposition 5(ii), first",
        "Under Assumption 1 the social optimum has more sharing and more investment than joint profit.",
        f"{_OPTIMA}; equality counts as held",
        "those of the next claim, and as many with the exponential cost and a tenth of each demand spillover",
        lambda: planner_above_joint_profit(_both_forms()),
    ),
    Claim(
        "sharing.prop-5-ii-joint-profit",
        "2.2, Proposition 5(ii), second",
        "Under Assumption 1 joint profit has more sharing and more investment than the market equilibrium.",
        f"{_OPTIMA}; equality counts as held",
        f"{_COMPARED}; those under Assumption 1",
        lambda: joint_profit_above_nash(*_under_1("joint-profit")),
    ),
    Claim(
        "sharing.prop-5-proof",
        "2.2, proof of Proposition 5",
        "Comparing (13) with (27): at the same investment the planner shares more than joint profit.",
        "complex step of welfare where joint profit is maximal and sharing inside",
        _COMPARED,
        lambda: planner_shares_more_at_joint_profit(compared(), optimum("joint-profit")),
    ),
    Claim(
        "sharing.coordination-improves",
        "2.2, after Proposition 5; 5",
        "Coordination of sharing and investment improves on the market equilibrium even if it is not socially optimal.",
        "welfare of both",
        _COMPARED,
        lambda: coordination_improves(compared(), optimum("joint-profit")),
    ),
    Claim(
        "sharing.quantities-short",
        "2.2, last but one paragraph",
        "Quantities at the market equilibrium fall short of those at the social optimum.",
        _OPTIMA,
        _COMPARED,
        lambda: quantities_fall_short(compared(), optimum("planner")),
    ),
    Claim(
        "sharing.collusion-harms",
        "2.2, last but one paragraph",
        "If coordination becomes collusion on prices, social welfare falls: colluding must be prevented.",
        f"{_OPTIMA}, welfare beside that of the market equilibrium",
        _COMPARED,
        lambda: collusion_harms(compared(), optimum("collusion"), optimum("joint-profit")),
    ),
    Claim(
        "sharing.expenditure-at-nash",
        "2.2, last paragraph",
        "At the market equilibrium a small increase of either firm's expenditure raises welfare.",
        "complex step",
        INTERIOR,
        lambda: one_firm_invests_more(interior()),
    ),
)
