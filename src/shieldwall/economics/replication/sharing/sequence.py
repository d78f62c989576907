"""Who moves first: (15), (16), Proposition 6 and footnote 27 (section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import INTERIOR, SEED, Interior, drawn, interior, interior_of
from shieldwall.economics.replication.sharing.slopes import S1, S2, T1, T2, prices, slopes
from shieldwall.economics.replication.sharing.trial import Flags, Trial, in_all, judged
from shieldwall.economics.sharing import Solution, solve_many
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.response import facing
from shieldwall.economics.sharing.stability import response_slopes

LED = 200
"""Markets solved with a leader, of either kind."""

SLACK = 1e-6
"""Relative size from which on a residual is no rounding of a leader's optimum."""


@lru_cache
def _led() -> tuple[Interior, Floats, Floats, Floats]:
    """Equilibria whose market has a leader's optimum; sharing, investment and profit of leader and follower."""
    here = interior()
    good = here.alone & here.stable
    kinds = (good & here.assumption_1, good & ~here.assumption_1)
    here = here.take(np.concatenate([np.flatnonzero(kind)[:LED] for kind in kinds]))
    return led(here, solve_many(here.markets, "stackelberg"))


def led(here: Interior, solutions: Sequence[Solution]) -> tuple[Interior, Floats, Floats, Floats]:
    """Where a leader's optimum was found: the equilibrium, and what leader and follower do and earn, (M, 2) each."""
    rows = np.array([row for row, solution in enumerate(solutions) if solution.equilibria])
    best = [solutions[row].equilibria[0] for row in rows]
    parts = (np.array([getattr(one, name) for one in best]) for name in ("sharing", "investment", "profit"))
    return (here.take(rows), *parts)  # type: ignore[return-value]


def printed_conditions(here: Interior, sharing: Floats, investment: Floats) -> Finding:
    """(15) and (16) where the leader's choice is optimal and everybody shares something, not all."""
    inside = np.flatnonzero(in_all((sharing > 0) & (sharing < 1)))
    markets, s, t = here.markets.take(inside), sharing[inside], investment[inside]
    price = prices(markets, s, t)[:, 0]
    rise = slopes(prices, markets, s, t)[:, 0]
    answer = response_slopes(facing(markets, 1, s[:, 0], t[:, 0]), 1, s[:, 1], t[:, 1], t[:, 0])
    revenue = 2 * markets.b1 * price
    y = markets.cost_spillover[:, 0] * t[:, 1] * s[:, 1]
    f_t, f_y = markets.cost.f_t(t[:, 0], y), markets.cost.f_y(t[:, 0], y)
    own, saved = [], []
    for place, column, spent in ((S1, 0, 0.0), (T1, 1, f_t)):
        moved = answer[:, 0, column], answer[:, 1, column]
        own.append(revenue * (rise[:, place] + rise[:, S2] * moved[0] + rise[:, T2] * moved[1]) - spent)
        saved.append(-f_y * markets.cost_spillover[:, 0] * (t[:, 1] * moved[0] + s[:, 1] * moved[1]))
    scale = [revenue * np.abs(rise[:, S2] * answer[:, 0, 0]) + np.abs(own[0]), f_t]
    printed = np.max([np.abs(own[i]) / scale[i] for i in (0, 1)], axis=0)
    ours = np.max([np.abs(own[i] + saved[i]) / scale[i] for i in (0, 1)], axis=0)
    without = markets.cost_spillover[:, 0] == 0
    return judged(
        Trial(
            markets, printed < SLACK, {"(s, t) of the leader": np.column_stack((s[:, 0], t[:, 0])), "residual": printed}
        ),
        {
            Verdict.CONDITIONAL: "(15) and (16) leave out that the follower's answer also lowers the leader's own "
            "cost, by -cost_spillover f_y d(t_j s_j). With that term both hold; it only adds to what the leader gains."
        },
        within=without,
        condition="cost_spillover = 0",
        figures={"worst relative residual with the term added": float(ours.max())},
    )


@lru_cache
def _led_without_cost_spillover() -> tuple[Interior, Floats, Floats]:
    """Some leaders with a cost spillover and as many without one."""
    markets = drawn(110)
    markets = replace(markets, cost_spillover=markets.cost_spillover * (np.arange(len(markets)) % 2)[:, None])
    here = interior_of(markets)
    here = here.take(np.flatnonzero(here.alone & here.stable))
    return led(here, solve_many(here.markets, "stackelberg"))[:3]


def leader_does_more(here: Interior, sharing: Floats, investment: Floats) -> Finding:
    """Proposition 6, and what its proof says of the follower."""
    more_s, more_t = sharing > here.sharing[:, None], investment > here.investment[:, None]
    held = more_s[:, 0] & more_t[:, 0]
    kept = here.assumption_1
    return judged(
        _under_1(here, held, {"leader and follower share": sharing, "invest": investment}),
        {
            Verdict.HOLDS: "Under Assumption 1 the leader shares and invests more than at once, and so does the "
            "follower."
        },
        figures={
            "follower does more of both too": f"{int((more_s & more_t)[kept, 1].sum())} of {int(kept.sum())}",
            "leader does not, beyond Assumption 1": f"{int((~held & ~kept).sum())} of {int((~kept).sum())}",
        },
        true_if="Assumption 1 holds",
    )


def both_earn_more(here: Interior, profit: Floats) -> Finding:
    """After Proposition 6: both profits beside those of choosing at once."""
    held = in_all(profit > here.profit[:, None])
    second = profit[:, 1] >= profit[:, 0]
    kept = here.assumption_1
    return judged(
        _under_1(here, held, {"profit at once": here.profit, "leader and follower earn": profit}),
        {
            Verdict.HOLDS: "Under Assumption 1 both earn more in sequence, and the follower mostly more than the "
            "leader: each would rather join second."
        },
        figures={
            "follower earns at least as much as the leader": f"{int(second[kept].sum())} of {int(kept.sum())}",
            "not both earn more, beyond Assumption 1": f"{int((~held & ~kept).sum())} of {int((~kept).sum())}",
        },
        true_if="Assumption 1 holds",
    )


def _under_1(here: Interior, held: Flags, shown: dict[str, Floats]) -> Trial:
    rows = np.flatnonzero(here.assumption_1)
    shown = here.shown(**shown)
    return Trial(here.markets.take(rows), held[rows], {name: value[rows] for name, value in shown.items()})


@lru_cache
def _technology_first() -> tuple[Interior, Floats, Floats]:
    """Equilibria, every third without joint leakage, and sharing and investment if technology is chosen first."""
    markets = drawn(210)
    joint = np.where(np.arange(len(markets)) % 3 == 0, 0.0, markets.leakage.joint)
    spillover = np.maximum(markets.demand_spillover, 0.01)
    here = interior_of(replace(markets, demand_spillover=spillover, leakage=replace(markets.leakage, joint=joint)))
    here = here.take(np.flatnonzero(here.alone & here.stable))
    solutions = solve_many(here.markets, "technology-first")
    rows = np.array([row for row, solution in enumerate(solutions) if len(solution.equilibria) == 1])
    best = [solutions[row].equilibria[0] for row in rows]
    return (
        here.take(rows),
        np.array([one.sharing[0] for one in best]),
        np.array([one.investment[0] for one in best]),
    )


def technology_first(here: Interior, sharing: Floats, investment: Floats) -> Finding:
    """Footnote 27: both choices beside those of choosing at once."""
    tie = 1e-10
    held = (sharing > here.sharing * (1 + tie)) & (investment > here.investment * (1 + tie))
    less = (sharing < here.sharing * (1 - tie)) | (investment < here.investment * (1 - tie))
    joint = here.markets.leakage.joint > 0
    return judged(
        Trial(here.markets, held, here.shown(**{"technology first (s, t)": np.column_stack((sharing, investment))})),
        {
            Verdict.CONDITIONAL: "Investing first raises the rival's later sharing only through joint leakage: without "
            "it both orders coincide. Neither choice is ever lower."
        },
        within=joint,
        condition="joint leakage is positive",
        figures={"less of either": int(less.sum()), "equal without joint leakage": int((~held & ~joint).sum())},
    )


_LED = f"up to {LED} with and as many without Assumption 1 of stable {INTERIOR}, each alone in its market"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.leader-15-16",
        "3, (15), (16)",
        "The leader's first-order conditions are (15) and (16).",
        "residuals where the leader's global optimum is interior",
        f"optima in 110 random markets, seed {SEED}, every second one without a cost spillover",
        lambda: printed_conditions(*_led_without_cost_spillover()),
    ),
    Claim(
        "sharing.prop-6",
        "3, Proposition 6",
        "Under Assumption 1 the first to join shares and invests more than if both joined at once.",
        "the leader's global optimum against the follower's exact best response",
        f"{_LED}; those under Assumption 1",
        lambda: leader_does_more(*_led()[:3]),
    ),
    Claim(
        "sharing.sequence-profits",
        "1.1; 3, after Proposition 6",
        "Both firms earn strictly more if they join one after the other.",
        "the leader's global optimum against the follower's exact best response",
        f"{_LED}; those under Assumption 1",
        lambda: both_earn_more(_led()[0], _led()[3]),
    ),
    Claim(
        "sharing.technology-first",
        "3, footnote 27",
        "If technology is chosen before sharing, both are higher than if chosen at once.",
        "all symmetric equilibria of both orders, where each has one",
        f"210 random markets, seed {SEED}, demand spillover at least 1/100, every third without joint leakage",
        lambda: technology_first(*_technology_first()),
    ),
)
