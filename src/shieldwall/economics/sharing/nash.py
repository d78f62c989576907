"""The simultaneous (Bertrand-Nash) regime and the one without sharing.

Firms choose sharing and investment at once, then prices. Equal firms and the built-in forms are solved here: every
symmetric equilibrium, exactly. Unequal firms are in ``pairs`` and ``many``, with the asymmetric equilibria
of two equal ones; forms of a user are in ``custom``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shieldwall.economics.sharing.candidates import symmetric_candidates
from shieldwall.economics.sharing.custom import is_custom, solve_custom
from shieldwall.economics.sharing.lattice import Flags, bounded, growth_limit, increasing, unbounded, viable
from shieldwall.economics.sharing.many import MOST_FIRMS, many_equilibria
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.pairs import pair_equilibria
from shieldwall.economics.sharing.response import weights
from shieldwall.economics.sharing.result import Equilibrium, Kind, Solution
from shieldwall.economics.sharing.verify import Table, verified
from shieldwall.economics.status import Status


def symmetric_equilibria(markets: Market) -> Table:
    """Every symmetric equilibrium of markets with equal firms and built-in forms, as arrays.

    Each root of the first-order conditions is kept iff no deviation gains, globally. Costs microseconds for a market.

    >>> from shieldwall.economics.sharing.forms import Hyperbolic, Leakage
    >>> three = Market(2, 1, 0.4, demand_spillover=0.8, cost_spillover=0.9, rivalry=0.3,
    ...                leakage=Leakage(0.5, 0.1, 0.1), cost=Hyperbolic(1.9, 0.4))
    >>> table = symmetric_equilibria(three)
    >>> table.sharing[:, 0].round(4).tolist(), table.stable.tolist()
    ([0.1918, 0.9499, 1.0], [True, False, True])
    """
    found = symmetric_candidates(markets)
    sharing, investment = (
        np.repeat(part[:, None], markets.firms, axis=1) for part in (found.sharing, found.investment)
    )
    return verified(markets, found.row, sharing, investment, alike=True)


def solve_nash(markets: Market) -> list[Solution]:
    """Solve admissible markets in the simultaneous regime.

    Equal firms: every symmetric equilibrium, and of two the asymmetric ones as far as a search finds them where they
    are not excluded by proof. Unequal firms: what the search finds. ``Solution.complete`` says whether more is
    excluded, up to the rounding of roots in double precision.
    """
    if is_custom(markets):
        return [solve_custom(market) for market in markets]
    equal = np.flatnonzero(markets.equal)
    table = symmetric_equilibria(markets.take(equal))
    found = _by_row(replace(table, row=equal[table.row]), len(markets))
    rising, nobody = increasing(markets), _nobody_shares(markets)
    endless = unbounded(markets)
    alone = np.array([len(equilibria) == 1 for equilibria in found])
    complete = (markets.equal & alone & rising & bounded(markets) & viable(markets)) | nobody
    excluded = markets.equal & ~alone & np.array([not equilibria for equilibria in found]) & rising
    search = np.flatnonzero(~complete & ~excluded & ~endless | ~markets.equal)
    if markets.firms > 2:
        search = search[~markets.equal[search] & (markets.firms <= MOST_FIRMS)]
    if len(search):
        finder = pair_equilibria if markets.firms == 2 else many_equilibria
        more, unique = finder(markets.take(search))
        complete[search] |= unique
        for place, row in enumerate(more.row):
            if not more.equal[place] or more.kind(place) is Kind.ASYMMETRIC:
                found[search[row]].append(more.at(place))
    return [
        _solution(
            markets.take(slice(row, row + 1)), found[row], complete[row], excluded[row] | nobody[row], endless[row]
        )
        for row in range(len(markets))
    ]


def _by_row(table: Table, count: int) -> list[list[Equilibrium]]:
    found: list[list[Equilibrium]] = [[] for _ in range(count)]
    for place, row in enumerate(table.row):
        found[row].append(table.at(place))
    return found


def _nobody_shares(markets: Market) -> Flags:
    """Where sharing is never a best response, so that investments solve a linear system with one solution."""
    of, others = weights(markets), markets.firms - 1
    cross = of.rival - (of.own + (others - 1) * of.rival) * markets.rivalry / others
    steep = markets.cost.k - 2 * markets.b1 * of.slope**2
    drive = 2 * markets.b1 * of.slope * cross
    regular: Flags = (markets.demand_spillover <= 0) & (steep > 0) & (steep != -drive) & (steep != others * drive)
    return regular


def _solution(market: Market, found: list[Equilibrium], complete: bool, excluded: bool, endless: bool) -> Solution:
    if found:
        return Solution(Status.SOLVED, tuple(sorted(found, key=_order)), complete=bool(complete))
    if endless:
        return Solution(Status.UNBOUNDED, reason=growth_limit(market))
    if excluded:
        return Solution(Status.NO_EQUILIBRIUM, reason=_EXCLUDED, complete=True)
    reason = _UNKNOWN if market.equal.all() else _SEARCHED if market.firms <= MOST_FIRMS else _MANY
    return Solution(Status.NOT_PROVEN, reason=reason)


_EXCLUDED = (
    "no root of the first-order conditions is a global best response to itself, and best responses that rise with the "
    "rivals' choices leave no asymmetric equilibrium either"
)
_UNKNOWN = (
    "no symmetric equilibrium exists: no root of the first-order conditions is a global best response to itself; "
    "whether there is an asymmetric one is open, none was found"
)
_SEARCHED = "the search found no equilibrium and does not prove that there is none"
_MANY = f"more than {MOST_FIRMS} firms that differ are not solved for"


def _order(equilibrium: Equilibrium) -> tuple[float, ...]:
    return equilibrium.investment + equilibrium.sharing
