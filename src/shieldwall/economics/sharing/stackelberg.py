"""One firm joins first: a leader chooses sharing and investment, a follower answers, then prices; section 3.

The follower's answer is its exact global best response, so the leader's payoff is a function of two variables, with
kinks where the follower reaches full sharing and jumps where the follower is indifferent. It is searched globally on
a grid that is refined, and the best point is then solved for exactly by ``leader``. The leader stands first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.sharing.accounts import accounts
from shieldwall.economics.sharing.admissible import Violation
from shieldwall.economics.sharing.forms import Floats, Leakage, QuadraticCost
from shieldwall.economics.sharing.leader import follower, leader_payoff, polish
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.result import Solution, not_proven
from shieldwall.economics.sharing.verify import Table, assumptions
from shieldwall.economics.status import Status

SHARING_POINTS = 25
INVESTMENT_POINTS = 56
_SPAN = 1e-2, 1e3
_WINDOW = np.linspace(-1, 1, 7)
_ROUNDS = 14
_STARTS = 4
_SLACK = 1e-9


def solve_stackelberg(markets: Market) -> Sequence[Solution]:
    """The leader's optimum and the follower's best response, one solution for each market of two firms."""
    built_in = isinstance(markets.leakage, Leakage) and isinstance(markets.cost, QuadraticCost)
    if markets.firms > 2 or not built_in:
        return [not_proven("a leader is solved for against one follower and with built-in forms")] * len(markets)
    limits, k = (leader_limit(markets), follower_limit(markets)), markets.cost.k
    answered = k > limits[1]
    endless = np.where(answered, k <= limits[0], _spared(markets))
    rows = np.flatnonzero(~endless)
    solved = iter(_solve(markets.take(rows)) if len(rows) else ())
    return [
        _unbounded(float(k[row]), *(float(limit[row]) for limit in limits)) if endless[row] else next(solved)
        for row in range(len(markets))
    ]


def _spared(markets: Market) -> NDArray[np.bool_]:
    """Whether the leader's price stays positive however much a follower invests that then shares most."""
    of = weights(markets)
    spared: NDArray[np.bool_] = of.rival + of.own * (np.maximum(markets.demand_spillover, 0) - markets.rivalry) >= 0
    return spared


def _unbounded(k: float, leader: float, follower: float) -> Solution:
    least, needed, why = (
        (follower, "2 b1 (d p / d t)^2 / (1 - max_saving)", _FOLLOWER)
        if k <= follower
        else (leader, "the k at which the leader's payoff stops growing with the square of its investment", "")
    )
    broken = Violation(f"cost.k > {needed}", k, least, float(np.nextafter(max(leader, follower), np.inf)))
    return Solution(Status.UNBOUNDED, reason=f"{broken}{why}", extra={"violation": asdict(broken)})


_FOLLOWER = (
    "; a leader that shares and invests enough saves the follower nearly all that can be saved, and then the "
    "follower's payoff grows without limit in its investment"
)


def follower_limit(markets: Market) -> Floats:
    """The k above which the follower's payoff is bounded whatever the leader does; shape (N,).

    k (1 - max_saving) > 2 b1 (slope of the own price in own investment under full sharing)^2.
    """
    of = weights(markets)
    kept = _kept(markets)[:, 1]
    limit: Floats = 2 * markets.b1 * (of.slope + of.lift) ** 2 / kept
    return limit


def _kept(markets: Market) -> Floats:
    """The share of the cost of investment that remains at full saving; shape (N, 2)."""
    return np.where(markets.cost_spillover > 0, 1 - markets.cost.max_saving[:, None], 1.0)


def leader_limit(markets: Market) -> Floats:
    """The k above which the leader's payoff falls as its investment grows, the follower answering; shape (N,).

    For large t_1 the follower invests theta t_1, with theta from its own limit problem, and what the leader earns is
    a multiple of t_1^2. That multiple falls in k, so its zero is found by bisection; it counts where theta >= 0.
    """
    of, kept = weights(markets), _kept(markets)
    s = np.linspace(0, 1, 201)
    own, rival = of.own[:, None], of.rival[:, None]
    b1, gd, de = markets.b1[:, None], markets.demand_spillover[:, None], markets.rivalry[:, None]
    answer = np.where(of.lift[:, None] > 0, 1.0, np.minimum(of.pull[:, None] * s / of.curb[:, None], 1) * (gd >= 0))
    fixed, slope = own * (gd * s - de) + rival, own + rival * (gd * answer - de)
    base, gift = own + rival * (gd * s - de), own * (gd * answer - de) + rival

    def grows(k: Floats) -> NDArray[np.bool_]:
        steep = k[:, None] * kept[:, 1:] - 2 * b1 * slope**2
        theta = np.where(steep > 0, 2 * b1 * np.maximum(fixed, 0) * slope / np.where(steep > 0, steep, 1), np.inf)
        price = base + theta * gift
        gains = (fixed >= 0) & (price > 0) & (b1 * price**2 > k[:, None] / 2 * kept[:, :1])
        return np.asarray(gains.any(axis=1))

    low = follower_limit(markets) * (1 + 1e-9)
    high = low.copy()
    for _ in range(60):
        high = np.where(grows(high), 2 * high, high)
    always = ~grows(low)
    for _ in range(60):
        middle = (low + high) / 2
        rises = grows(middle)
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    limit: Floats = np.where(always, 0.0, high)
    return limit


def _solve(markets: Market) -> list[Solution]:
    count = len(markets)
    row, sharing, investment, seen, inside = _search(markets)
    point = polish(markets.take(row), sharing, investment)
    value = np.where(point.proven, point.value, -np.inf).reshape(count, _STARTS)
    pick = value.argmax(axis=1) + _STARTS * np.arange(count)
    best = point.take(pick)
    choice = np.column_stack((best.sharing, best.rival_sharing)), np.column_stack((best.investment, best.rival))
    kept = accounts(markets, *choice)
    answer = follower(markets, best.sharing, best.investment)
    gain = np.maximum(seen - best.value, answer.payoff - kept.profit[:, 1])
    scale = (kept.price * kept.quantity).max(axis=1)
    first, second = assumptions(markets, *choice)
    radius = np.where(best.strict, 0.0, np.inf)
    # Who leads and who follows are no equals, so that different choices are no kind of their own.
    unlike = np.zeros(count, dtype=np.bool_)
    table = Table(np.arange(count), *choice, kept, np.maximum(gain, 0), best.strict, radius, first, second, unlike)
    good = best.proven & kept.positive & inside & (gain <= _SLACK * scale)
    return [
        Solution(Status.SOLVED, (table.at(place),)) if good[place] else not_proven(_WHY[bool(inside[place])])
        for place in range(count)
    ]


_WHY = {
    True: "the best point of the search is no optimum that can be solved for: the leader's payoff jumps there, because "
    "the follower is indifferent, or a price reaches 0",
    False: "the leader's payoff still rises at the edge of the search",
}


def _search(markets: Market) -> tuple[NDArray[np.intp], Floats, Floats, Floats, NDArray[np.bool_]]:
    """The leader's best cells, refined.

    Returns:
        Market, sharing and investment of ``_STARTS`` points for each market; the best payoff seen anywhere, shape
        (N,); whether it lies inside the range of investments.
    """
    count = len(markets)
    scale = 2 * markets.b1 * weights(markets).own * markets.a.max(axis=1) / markets.cost.k
    s = np.linspace(0, 1, SHARING_POINTS)
    t = np.concatenate(([0.0], np.geomspace(*_SPAN, INVESTMENT_POINTS - 1)))
    grid_s, grid_t = (part.ravel() for part in np.meshgrid(s, t, indexing="ij"))
    every = np.repeat(np.arange(count), len(grid_s))
    payoff = leader_payoff(markets.take(every), np.tile(grid_s, count), np.outer(scale, grid_t).ravel())
    payoff = payoff.reshape(count, len(s), len(t))
    inside = payoff.max(axis=1).argmax(axis=1) < len(t) - 1
    framed = np.pad(payoff, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    around = [framed[:, i : i + len(s), j : j + len(t)] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    peak = np.where(payoff >= np.max(around, axis=0), payoff, -np.inf).reshape(count, -1)
    places = np.argsort(peak, axis=1)[:, -_STARTS:].ravel()
    row = np.repeat(np.arange(count), _STARTS)
    sharing, level = grid_s[places], grid_t[places]
    width_s = np.full(len(row), s[1])
    width_t = np.maximum(level * (t[2] / t[1] - 1), t[1]) * scale[row]
    investment = level * scale[row]
    wide = markets.take(np.repeat(row, len(_WINDOW) ** 2))
    step_s, step_t = (part.ravel() for part in np.meshgrid(_WINDOW, _WINDOW, indexing="ij"))
    seen = payoff.reshape(count, -1).max(axis=1)
    for _ in range(_ROUNDS):
        near_s = np.clip(sharing[:, None] + width_s[:, None] * step_s, 0, 1)
        near_t = np.maximum(investment[:, None] + width_t[:, None] * step_t, 0)
        worth = leader_payoff(wide, near_s.ravel(), near_t.ravel()).reshape(near_s.shape)
        best = worth.argmax(axis=1)
        rows = np.arange(len(row))
        sharing, investment = near_s[rows, best], near_t[rows, best]
        np.maximum.at(seen, row, worth[rows, best])
        width_s, width_t = width_s / 2, width_t / 2
    return row, sharing, investment, seen, inside
