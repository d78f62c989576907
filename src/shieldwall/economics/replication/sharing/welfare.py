"""Welfare and joint profit as formulas: (9) to (14), (27) to (31), and comparisons at given choices (section 2.2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import INTERIOR, SAMPLE, SEED, Interior, drawn, interior, twice
from shieldwall.economics.replication.sharing.slopes import S1, S2, T1, T2, profits, slopes, welfare
from shieldwall.economics.replication.sharing.trial import Trial, in_all, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.cooperative import PRICES, accounts_of, objective_of
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.prices import intercepts, quantities
from shieldwall.economics.sharing.verify import assumptions

EXACT = 1e-10
"""Relative difference of two formulas that rounding explains."""

Choices = tuple[Market, Floats, Floats]


def equal_choices() -> Choices:
    """Random equal choices at which prices are positive: markets, sharing and investment of each firm."""
    markets = drawn()
    draw = np.random.default_rng(SEED)
    s, t = draw.uniform(0.01, 1, len(markets)), draw.exponential(2, len(markets))
    rows = np.flatnonzero(accounts(markets, twice(s), twice(t)).positive)
    return markets.take(rows), s[rows], t[rows]


def _parts(markets: Market, s: Floats, t: Floats) -> tuple[Any, ...]:
    """b1, b2, X = a + B, dB/ds, dB/dt, f_t and the two terms with f_y, at equal choices."""
    planner = objective_of(markets, "planner")
    y = markets.cost_spillover[:, 0] * t * s
    f_y = markets.cost.f_y(t, y)
    by_s = markets.demand_spillover * t - 2 * planner.net_leakage * s
    by_t = 1 - markets.rivalry + markets.demand_spillover * s
    saved = markets.cost_spillover[:, 0] * t * f_y, markets.cost_spillover[:, 0] * s * f_y
    return markets.b1, markets.b2, planner.demand(s, t), by_s, by_t, markets.cost.f_t(t, y), saved


def _same(markets: Market, s: Floats, t: Floats, pairs: list[tuple[Floats, Floats, Floats]], told: str) -> Finding:
    """Whether pairs (printed, computed, scale) agree."""
    apart = np.max([np.abs(printed - ours) / scale for printed, ours, scale in pairs], axis=0)
    shown = {"sharing": s, "investment": t, "relative difference": apart}
    return judged(
        Trial(markets, apart < EXACT, shown),
        {Verdict.HOLDS: told},
        figures={"worst relative difference": float(apart.max())},
        true_if="both sides agreed",
    )


def welfare_integral(markets: Market, s: Floats, t: Floats) -> Finding:
    """(9), with its integral, beside utility less cost."""
    b1, b2, x, *_ = _parts(markets, s, t)
    q = b1 * x / (2 * b1 - b2)
    cost = markets.cost.value(t, markets.cost_spillover[:, 0] * t * s)
    printed = 2 * (x * q - q**2 / 2) / (b1 - b2) - 2 * cost
    ours = accounts(markets, twice(s), twice(t)).welfare
    return _same(
        markets, s, t, [(printed, ours, np.abs(ours) + cost)],
        "With equal firms and choices (9) is utility less cost: on the diagonal the line integral does not depend on "
        "the path.",
    )  # fmt: skip


def planner_conditions(markets: Market, s: Floats, t: Floats) -> Finding:
    """(27) and (28) beside derivatives of welfare by both firms' choices together."""
    b1, b2, x, by_s, by_t, f_t, saved = _parts(markets, s, t)
    factor = b1 * x * (3 * b1 - 2 * b2) / ((2 * b1 - b2) ** 2 * (b1 - b2))
    table = slopes(welfare, markets, twice(s), twice(t))[:, 0]
    return _same(
        markets, s, t,
        [
            (2 * factor * by_s - 2 * saved[0], table[:, S1] + table[:, S2], _size(factor * by_s, saved[0])),
            (factor * by_t - f_t - saved[1], (table[:, T1] + table[:, T2]) / 2, _size(factor * by_t, f_t)),
        ],
        "(27) and (28) are the derivatives of welfare, with (2 b1 - b2)^2 (b1 - b2) in both denominators.",
    )  # fmt: skip


def joint_profit_conditions(markets: Market, s: Floats, t: Floats) -> Finding:
    """(13), (14), repeated as (30), (31), beside derivatives of the sum of profits."""
    b1, b2, x, by_s, by_t, f_t, saved = _parts(markets, s, t)
    factor = 4 * b1 * x / (2 * b1 - b2) ** 2
    table = slopes(profits, markets, twice(s), twice(t)).sum(axis=1)
    return _same(
        markets, s, t,
        [
            (factor * by_s - 2 * saved[0], table[:, S1] + table[:, S2], _size(factor * by_s, saved[0])),
            (factor * by_t - 2 * (f_t + saved[1]), table[:, T1] + table[:, T2], _size(factor * by_t, f_t)),
        ],
        "(13) and (14) are the derivatives of joint profit.",
    )  # fmt: skip


def nash_conditions(markets: Market, s: Floats, t: Floats) -> Finding:
    """(12), up to its factor, and (29) beside derivatives of one firm's profit by its own choice."""
    b1, b2, x, _, _, f_t, _ = _parts(markets, s, t)
    of, area = markets.leakage, 4 * b1**2 - b2**2
    own, cross = (2 * of.own - of.joint) * s, -(2 * of.rival + of.joint) * s
    p = x / (2 * b1 - b2)
    twelve = 2 * b1 * p * (b2 * (markets.demand_spillover * t - cross) - 2 * b1 * own) / area
    lift = 2 * b1 + b2 * (markets.demand_spillover * s - markets.rivalry)
    revenue = 2 * b1 * x * lift / ((2 * b1 - b2) * area)
    table = slopes(profits, markets, twice(s), twice(t))[:, 0]
    return _same(
        markets, s, t,
        [
            (twelve, table[:, S1], _size(twelve, 4 * b1**2 * p * own / area)),
            (revenue - f_t, table[:, T1], _size(revenue, f_t)),
        ],
        "(12), times b2 and a positive factor, and (29) are the derivatives of a firm's profit.",
    )  # fmt: skip


def _size(first: Floats, second: Floats) -> Floats:
    size: Floats = np.abs(first) + np.abs(second)
    return size


def planner_shares_more(here: Interior) -> Finding:
    """At the investment of each equilibrium: the planner's best sharing, by ternary search, beside the firms'."""
    planner = objective_of(here.markets, "planner")
    low, high = np.zeros(len(here)), np.ones(len(here))
    grid = np.linspace(0, 1, 41)
    for _ in range(12):
        s = low + (high - low) * grid[:, None]
        x = planner.demand(s.T, np.broadcast_to(here.investment[:, None], s.T.shape))
        value = np.where(x > 0, planner.value(s.T, np.broadcast_to(here.investment[:, None], s.T.shape)), -np.inf)
        best = value.argmax(axis=1)
        columns = np.arange(len(here))
        low, high = s[np.maximum(best - 1, 0), columns], s[np.minimum(best + 1, len(grid) - 1), columns]
    chosen = (low + high) / 2
    return judged(
        Trial(here.markets, chosen > here.sharing, here.shown(**{"planner's sharing at this investment": chosen})),
        {Verdict.HOLDS: "At a given investment the planner shares more than the firms, for any spillovers."},
    )


def planner_invests_more(markets: Market, s: Floats, t: Floats) -> Finding:
    """The inequality between (28) and (29) of Appendix A."""
    b1, b2 = markets.b1, markets.b2
    gift = markets.demand_spillover * s - markets.rivalry
    left = (3 * b1 - 2 * b2) * (2 * b1 + b2) * (1 + gift)
    right = 2 * (b1 - b2) * (2 * b1 + b2 * gift)
    return judged(
        Trial(markets, left > right, {"sharing": s, "investment": t, "left": left, "right": right}),
        {
            Verdict.HOLDS: "The inequality holds under Assumption 1. Without it the planner may invest less than the "
            "firms, whose investment then mostly takes customers from each other."
        },
        true_if="Assumption 1 holds",
    )


def _under_assumption_1() -> Choices:
    markets, s, t = equal_choices()
    rows = np.flatnonzero(assumptions(markets, twice(s), twice(t))[0])
    return markets.take(rows), s[rows], t[rows]


def collusion_at_given_choices(markets: Market, s: Floats, t: Floats) -> Finding:
    """Welfare at collusive and at Bertrand prices, and the two printed prices and quantities."""
    bertrand = accounts_of(markets, "planner", twice(s), twice(t))
    collusive = accounts_of(markets, "collusion", twice(s), twice(t))
    rows = np.flatnonzero(markets.b2 > 0)
    held = (collusive.welfare < bertrand.welfare) & in_all(collusive.quantity < bertrand.quantity)
    shown = {"sharing": s, "investment": t, "welfare, Bertrand": bertrand.welfare, "collusive": collusive.welfare}
    return judged(
        Trial(markets.take(rows), held[rows], {name: value[rows] for name, value in shown.items()}),
        {
            Verdict.HOLDS: "At given sharing and investment collusive prices lower every quantity and welfare, for b2 "
            "> 0."
        },
        true_if="prices rose by the collusion",
    )


def collusive_price(markets: Market, s: Floats, t: Floats) -> Finding:
    """p = (a + B) / (2 (b1 - b2)) and q = (a + B)/2 beside the prices at which no joint price change pays."""
    intercept = intercepts(markets, twice(s), twice(t))
    price = PRICES["collusion"](markets, intercept)
    q = quantities(markets, intercept, price)
    x = intercept[:, 0]
    # The marginal joint revenue of one price at these prices.
    marginal = q[:, 0] - markets.b1 * price[:, 0] + markets.b2 * price[:, 1]
    return _same(
        markets, s, t,
        [
            (x / (2 * (markets.b1 - markets.b2)), price[:, 0], price[:, 0]),
            (x / 2, q[:, 0], q[:, 0]),
            (marginal, 0 * marginal, q[:, 0] * markets.b1 / (markets.b1 - markets.b2)),
        ],
        "The printed collusive price and quantity maximise joint profit at given choices.",
    )  # fmt: skip


_CHOICES = f"random equal choices with positive prices in {SAMPLE}"
_DERIVATIVES = "the printed formula beside complex steps of profits and utility"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.welfare-9",
        "2.2, (9)",
        "Welfare of equal firms and choices is (9).",
        "the printed integral beside the quadratic utility less all costs",
        _CHOICES,
        lambda: welfare_integral(*equal_choices()),
    ),
    Claim(
        "sharing.planner-27-28",
        "2.2; Appendix A, (27), (28)",
        "The planner's conditions are (27) and (28).",
        _DERIVATIVES,
        _CHOICES,
        lambda: planner_conditions(*equal_choices()),
    ),
    Claim(
        "sharing.nash-12-29",
        "2.2, (12); Appendix A, (29)",
        "The conditions of the market equilibrium are (12) and (29).",
        _DERIVATIVES,
        _CHOICES,
        lambda: nash_conditions(*equal_choices()),
    ),
    Claim(
        "sharing.joint-profit-13-14",
        "2.2, (13), (14)",
        "The conditions of joint profit are (13) and (14).",
        _DERIVATIVES,
        _CHOICES,
        lambda: joint_profit_conditions(*equal_choices()),
    ),
    Claim(
        "sharing.planner-shares-more",
        "2.2, after (12)",
        "At a fixed investment the socially optimal sharing is higher than that of the market equilibrium.",
        "global search over sharing at the investment of each equilibrium",
        f"every fourth of the {INTERIOR}",
        lambda: planner_shares_more(interior().take(np.arange(0, len(interior()), 4))),
    ),
    Claim(
        "sharing.planner-invests-more",
        "Appendix A, after (29)",
        "Under Assumption 1 (3 b1 - 2 b2)(2 b1 + b2)(1 - rivalry + spillover s) > 2 (b1 - b2)(2 b1 + b2 (spillover s - "
        "rivalry)), so that at a fixed sharing the planner invests more than the firms.",
        "both sides compared",
        f"{_CHOICES}, those under Assumption 1",
        lambda: planner_invests_more(*_under_assumption_1()),
    ),
    Claim(
        "sharing.collusive-price",
        "2.2, last but one paragraph",
        "The collusive price is (a + B)/(2 (b1 - b2)), and the quantity (a + B)/2.",
        "first-order conditions of joint profit over prices",
        _CHOICES,
        lambda: collusive_price(*equal_choices()),
    ),
    Claim(
        "sharing.collusion-given-choices",
        "2.2, last but one paragraph",
        "For fixed choices collusive prices reduce quantities and welfare.",
        "accounts at both prices",
        _CHOICES,
        lambda: collusion_at_given_choices(*equal_choices()),
    ),
)
