"""What the paper says of demand, leakage and cost before any game is played (section 2 and Appendix A, derivation)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import SAMPLE, SEED, drawn
from shieldwall.economics.replication.sharing.trial import Trial, judged
from shieldwall.economics.replication.trial import WOULD_BE_TRUE
from shieldwall.economics.sharing.objective import TINY_STEP

Numbers = tuple[Fraction, ...]
Demand = Callable[[Numbers, Numbers, Fraction, Numbers], Numbers]


def demand_as_printed(r: Numbers, d: Numbers, z: Fraction, p: Numbers) -> Numbers:
    """(20): each quantity depends on its own price only."""
    area = d[0] * d[1] - z * z
    return tuple((d[1 - i] * r[i] - z * r[1 - i] - d[1 - i] * p[i] + z * p[i]) / area for i in (0, 1))


def demand_corrected(r: Numbers, d: Numbers, z: Fraction, p: Numbers) -> Numbers:
    """(20) with the rival's price in the last term."""
    area = d[0] * d[1] - z * z
    return tuple((d[1 - i] * r[i] - z * r[1 - i] - d[1 - i] * p[i] + z * p[1 - i]) / area for i in (0, 1))


def _tastes(count: int) -> list[tuple[Numbers, Numbers, Fraction, Numbers]]:
    draw = np.random.default_rng(SEED)
    found: list[tuple[Numbers, Numbers, Fraction, Numbers]] = []
    for _ in range(count):
        r1, r2, d1, d2, z, p1, p2 = (Fraction(int(value), 10) for value in draw.integers(1, 60, 7))
        low = min(d1, d2)
        found.append(((r1, r2), (d1, d2), min(z, low * Fraction(9, 10)), (p1, p2)))
    return found


def demand_follows(demand: Demand) -> Finding:
    """Put the demand into the conditions (19): r_j - d_j q_j - z q_i = p_j."""
    first: dict[str, object] = {}
    tried = _tastes(200)
    held = 0
    for r, d, z, p in tried:
        q = demand(r, d, z, p)
        left = [r[i] - d[i] * q[i] - z * q[1 - i] - p[i] for i in (0, 1)]
        held += left == [0, 0]
        if any(left) and not first:
            first = {
                "r": _told(r),
                "d": _told(d),
                "z": str(z),
                "p": _told(p),
                "q": _told(q),
                "left in (19)": _told(left),
            }
    figures = {"tried": len(tried), "held": held}
    if not first:
        return Finding(Verdict.HOLDS, "The demand solves (19) exactly.", figures=figures)
    mended = all(
        [r[i] - d[i] * q[i] - z * q[1 - i] - p[i] for i in (0, 1)] == [0, 0]
        for r, d, z, p in tried
        for q in [demand_corrected(r, d, z, p)]
    )
    return Finding(
        Verdict.FAILS,
        "As printed no quantity depends on the other price. (19) gives +z p_2 in q_1 and +z p_1 in q_2.",
        counterexample=first,
        figures=figures | ({WOULD_BE_TRUE: "the last term of q_i is z p_j / (d1 d2 - z^2)"} if mended else {}),
    )


def _told(values: Numbers | list[Fraction]) -> str:
    return ", ".join(map(str, values))


def one_own_slope(*, equal: bool) -> Finding:
    """Own price slopes of both products, exactly, from differences of the corrected demand."""
    tried = [(r, (d[0], d[0]) if equal else d, min(z, d[0] * Fraction(9, 10)), p) for r, d, z, p in _tastes(200)]
    wrong = []
    for r, d, z, p in tried:
        base = demand_corrected(r, d, z, p)
        own = [base[i] - demand_corrected(r, d, z, (p[0] + (i == 0), p[1] + (i == 1)))[i] for i in (0, 1)]
        if own[0] != own[1]:
            wrong.append({"d": _told(d), "z": str(z), "own slope of each": _told(own)})
    figures: dict[str, object] = {"tried": len(tried), "held": len(tried) - len(wrong)}
    if not wrong:
        return Finding(Verdict.HOLDS, "Both own slopes are d / (d^2 - z^2).", figures=figures)
    return Finding(
        Verdict.CONDITIONAL,
        "The own slope of product i is d_j / (d1 d2 - z^2), which differs between the products; z, not the investment "
        "t, belongs in the denominators.",
        condition="d1 = d2, with z^2 read for the printed t^2",
        counterexample=wrong[0],
        figures=figures,
    )


def leakage_of_sharing_alone(*, carried: bool) -> Finding:
    """How g_i, defined as a_i + t_i - rivalry t_j + spillover s_j t_j less the intercept, moves with t_i alone.

    Args:
        carried: Whether appreciation carries the investments too, instead of sharing alone.
    """
    shifts = []
    for r, d, z, (a, t) in _tastes(50):
        area = d[0] * d[1] - z * z
        intercept = (d[1] * r[0] - z * r[1]) / area
        leak = [a + t + more - (intercept + (more if carried else 0)) for more in (0, 1)]
        shifts.append(leak[1] - leak[0])
    figures: dict[str, object] = {"tried": len(shifts), "held": sum(shift == 0 for shift in shifts)}
    if not any(shifts):
        return Finding(Verdict.HOLDS, "g_i does not move with the investment.", figures=figures)
    figures[WOULD_BE_TRUE] = (
        "r carries the investments too, so that (d_j r_i - z r_j)/(d1 d2 - z^2) = a_i + t_i - rivalry t_j + "
        "demand_spillover t_j s_j - g_i; the spillover is then assumed, not derived"
    )
    return Finding(
        Verdict.FAILS,
        "If appreciation r_i depends on s_i alone, g_i so defined moves one for one with t_i: it is no leakage of "
        "sharing, and any demand spillover fits because g absorbs it.",
        counterexample={"t_i rises by": 1, "g_i rises by": str(shifts[0]), "sharing": "unchanged"},
        figures=figures,
    )


def appreciation() -> Finding:
    """Let B_i raise willingness to pay r_i instead of the intercept; look whether sharing raises the own price."""
    markets = drawn()
    draw = np.random.default_rng(SEED)
    s, t = draw.uniform(0.01, 1, len(markets)), draw.exponential(2, len(markets))
    b1, b2, of = markets.b1, markets.b2, markets.leakage
    own = s + 1j * TINY_STEP
    worth = -of.value(own, s), markets.demand_spillover * t * own - of.value(s, own)
    # q_i = b1 (r_i - p_i) - b2 (r_j - p_j) has the intercept b1 r_i - b2 r_j.
    x = b1 * worth[0] - b2 * worth[1], b1 * worth[1] - b2 * worth[0]
    rise = ((2 * b1 * x[0] + b2 * x[1]) / (4 * b1**2 - b2**2)).imag / TINY_STEP
    return judged(
        Trial(markets, rise > 0, {"sharing": s, "investment": t, "own price by own sharing": rise}),
        {
            Verdict.FAILS: "If spillovers raise willingness to pay, own sharing lowers the own price wherever both "
            "share alike: nobody shares. Sharing rests on spillovers that enter the demand intercept at given prices."
        },
        true_if="the spillover enters the demand intercept, as in (3)",
    )


def leakage_example() -> Finding:
    """The signs that section 2 asks of g, at random sharing."""
    markets = drawn()
    draw = np.random.default_rng(SEED)
    s, theirs = (draw.uniform(0, 1, len(markets)) for _ in range(2))
    of = markets.leakage
    own = of.value(s + 1j * TINY_STEP, theirs).imag / TINY_STEP
    rival = of.value(s, theirs + 1j * TINY_STEP).imag / TINY_STEP
    alike = of.value(s + 1j * TINY_STEP, s).imag, of.value(s, s + 1j * TINY_STEP).imag
    held = (own > 0) & (rival < 0) & (np.abs(alike[0]) > np.abs(alike[1])) & (of.own > of.rival) & (of.joint >= 0)
    return judged(
        Trial(markets, held, {"s_i": s, "s_j": theirs, "dg_i/ds_i": own}),
        {
            Verdict.CONDITIONAL: "dg_i/ds_i = 2 own s_i - joint s_j is negative where a firm shares little and its "
            "rival much. All other signs hold."
        },
        within=2 * s >= theirs,
        condition="a firm shares at least half as much as its rival",
    )


def cost_assumptions() -> Finding:
    """f_ty at no investment and at some, for the built-in cost."""
    markets = drawn()
    draw = np.random.default_rng(SEED)
    t = np.where(draw.uniform(size=len(markets)) < 0.1, 0.0, draw.exponential(2, len(markets)))
    y = draw.exponential(1, len(markets))
    mixed = markets.cost.f_t(t, y + 1j * TINY_STEP).imag / TINY_STEP
    return judged(
        Trial(markets, mixed < 0, {"t": t, "y": y, "f_ty": mixed}),
        {
            Verdict.CONDITIONAL: "f_t(0, y) = 0 for every y forces f_ty(0, y) = 0, so no cost at all meets both at t = "
            "0."
        },
        within=t > 0,
        condition="t > 0",
    )


def prices_solve() -> Finding:
    """(21) in both first-order conditions, and q_i = b1 p_i, with exact fractions."""
    tried = held = 0
    for r, d, z, _ in _tastes(200):
        b1, b2 = d[0], min(z, d[0] * Fraction(9, 10))
        p = [(2 * b1 * r[i] + b2 * r[1 - i]) / (4 * b1**2 - b2**2) for i in (0, 1)]
        best = [2 * b1 * p[i] == r[i] + b2 * p[1 - i] for i in (0, 1)]
        sold = [r[i] - b1 * p[i] + b2 * p[1 - i] == b1 * p[i] for i in (0, 1)]
        tried, held = tried + 1, held + all(best + sold)
    figures = {"tried": tried, "held": held}
    if held < tried:
        return Finding(Verdict.FAILS, "(21) is no solution.", counterexample={"held": held}, figures=figures)
    return Finding(
        Verdict.HOLDS,
        "(21) solves both conditions, and the reduced profit (4) follows. The line before it, p_i = (a_i - b1 p_i + "
        "...)/b1, is true but is only q_i = b1 p_i, no formula for p_i.",
        figures=figures,
    )


_EXACT = "exact fractions"
_TASTES = f"200 random tastes and prices, seed {SEED}"
_DRAWN = f"one random choice in each of {SAMPLE}"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.cost-assumptions",
        "2, before (1)",
        "The cost can meet both f_t(0, y) = 0 and f_ty < 0.",
        "complex steps of the built-in cost",
        f"{_DRAWN}, a tenth of them at t = 0",
        cost_assumptions,
    ),
    Claim(
        "sharing.leakage-example",
        "2, (2)",
        "g_i = own s_i^2 - rival s_j^2 - joint s_i s_j satisfies all that is asked: it rises in s_i and falls in s_j.",
        "complex steps",
        _DRAWN,
        leakage_example,
    ),
    Claim(
        "sharing.demand-20",
        "Appendix A, (20)",
        "The quadratic utility gives the demands (20).",
        _EXACT,
        _TASTES,
        lambda: demand_follows(demand_as_printed),
    ),
    Claim(
        "sharing.demand-slopes",
        "Appendix A, after (20)",
        "The slopes b1 = d_j/(d1 d2 - t^2) and b2 = z/(d1 d2 - t^2) of (1) are the same for both products.",
        _EXACT,
        _TASTES,
        lambda: one_own_slope(equal=False),
    ),
    Claim(
        "sharing.leakage-from-utility",
        "Appendix A, after (20)",
        "The utility gives a leakage g(s_i, s_j) with all the restrictions imposed.",
        _EXACT,
        _TASTES,
        lambda: leakage_of_sharing_alone(carried=False),
    ),
    Claim(
        "sharing.willingness-to-pay",
        "2, before (3); footnote 19",
        "The benefit B_i may stand for consumers' utility and willingness to pay: firms share then too.",
        "complex steps at equal choices",
        _DRAWN,
        appreciation,
    ),
    Claim(
        "sharing.prices-21",
        "2.1, (4); Appendix A, (21)",
        "The prices of the second stage are (21), and profit is b1 p_i^2 - f.",
        _EXACT,
        _TASTES,
        prices_solve,
    ),
)
