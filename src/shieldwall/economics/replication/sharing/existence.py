"""Whether there is an equilibrium, only one, and below full sharing: Assumption 2, Lemma 1(i), footnote 12."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import SAMPLE, drawn, twice
from shieldwall.economics.replication.sharing.trial import Flags, Trial, judged
from shieldwall.economics.sharing import Market
from shieldwall.economics.sharing.candidates import symmetric_candidates
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.lattice import bounded, increasing, unbounded
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.response import facing
from shieldwall.economics.sharing.stability import curvature
from shieldwall.economics.sharing.verify import Table, verified


@lru_cache
def _table() -> Table:
    return symmetric_equilibria(drawn())


def points(table: Table, count: int, rows: Flags | None = None) -> Any:
    """The (sharing, investment) of some of the equilibria of each market, shape (N,) of lists."""
    found = np.empty(count, dtype=object)
    for market in range(count):
        found[market] = []
    for place in np.flatnonzero(np.ones(len(table), dtype=bool) if rows is None else rows):
        found[table.row[place]].append([float(table.sharing[place, 0]), float(table.investment[place, 0])])
    return found


def exists(markets: Market, table: Table) -> Finding:
    """Which markets have a symmetric equilibrium; absence counts only where none of any kind is possible."""
    found = np.bincount(table.row, minlength=len(markets)) > 0
    excluded = unbounded(markets) | increasing(markets)
    enough = bounded(markets)
    return judged(
        Trial(markets, found | ~excluded, {"profits grow without limit": unbounded(markets)}),
        {
            Verdict.CONDITIONAL: "A rising marginal cost is not enough. Unless it outruns what investment earns, also "
            "where both invest alike, there may be no equilibrium at all.",
            Verdict.FAILS: "A rising marginal cost is not enough, nor are bounded best responses.",
        },
        within=enough,
        condition="k (1 - max_saving) > 2 b1 A^2 and > 2 b1/(2 b1 - b2) A (1 - rivalry + demand_spillover), with A = "
        "(2 b1 + b2 (demand_spillover - rivalry))/(4 b1^2 - b2^2) (k alone without cost spillovers)",
        figures={
            "no symmetric equilibrium": int((~found).sum()),
            "and proven that there is none of any kind": int((~found & excluded).sum()),
            "sufficient condition met without a symmetric equilibrium": int((~found & enough).sum()),
        },
    )


def only_one(markets: Market, table: Table) -> Finding:
    """Count the symmetric equilibria of each market that has one."""
    count = np.bincount(table.row, minlength=len(markets))
    rows = np.flatnonzero(count > 0)
    return judged(
        Trial(markets.take(rows), count[rows] == 1, {"equilibria (s, t)": points(table, len(markets))[rows]}),
        {
            Verdict.FAILS: "A market may have several symmetric equilibria, typically a low one and full sharing, "
            "often with an unstable one between. Which is played the paper does not say."
        },
        figures={"most in one market": int(count.max()), "unstable equilibria": int((~table.stable).sum())},
        true_if="one of them were singled out",
    )


def never_full(markets: Market, table: Table) -> Finding:
    """Full sharing beside an equilibrium at which Assumption 2 holds, and at equilibria at which it does."""
    meets = np.unique(table.row[table.assumption_2])
    rows = np.flatnonzero(np.isin(table.row, meets))
    full = table.sharing[rows, 0] == 1
    return judged(
        Trial(markets.take(table.row[rows]), ~full, {"all (s, t)": points(table, len(markets))[table.row[rows]]}),
        {
            Verdict.CONDITIONAL: "Assumption 2 speaks of the investment at the equilibrium, not of the market: one "
            "market may meet it at a low equilibrium and have full sharing as another, at a higher investment."
        },
        within=table.assumption_2[rows],
        condition="Assumption 2 holds at the investment of the very equilibrium, which then says no more than s < 1",
        figures={
            "full sharing, of all symmetric equilibria": int((table.sharing[:, 0] == 1).sum()),
            "under Assumption 1 too": int(((table.sharing[:, 0] == 1) & table.assumption_1).sum()),
        },
    )


def first_order_suffices(markets: Market, row: Any, sharing: Floats, investment: Floats) -> Finding:
    """Which interior solutions of the first-order conditions with positive prices are equilibria."""
    chosen = markets.take(row)
    index = np.arange(len(row))
    kept = verified(chosen, index, twice(sharing), twice(investment), alike=True)
    held = np.isin(index, kept.row)
    concave = curvature(facing(chosen, 0, sharing, investment), sharing, investment) < 0
    return judged(
        Trial(chosen, held, {"sharing": sharing, "investment": investment}),
        {
            Verdict.FAILS: "Some solutions are no equilibria: a firm gains by another choice, because profit is convex "
            "in the own investment there or has a second peak at full sharing. Each needs a test of global deviations."
        },
        figures={"no equilibrium, though the second-order conditions hold": int((~held & concave).sum())},
        true_if="the solution passes a test of all deviations",
    )


def _roots() -> tuple[Market, Any, Floats, Floats]:
    markets = drawn()
    found = symmetric_candidates(markets)
    rows = np.flatnonzero((found.sharing > 0) & (found.sharing < 1) & (found.investment > 0))
    return markets, found.row[rows], found.sharing[rows], found.investment[rows]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.existence",
        "2, footnote 12",
        "That marginal cost is 0 without investment and rises with it guarantees an equilibrium.",
        "all roots of the first-order conditions, each tested against all deviations; absence by proof",
        SAMPLE,
        lambda: exists(drawn(), _table()),
    ),
    Claim(
        "sharing.uniqueness",
        "2.1, 'the equilibrium'",
        "The symmetric equilibrium is unique.",
        "all roots of the first-order conditions, each tested against all deviations",
        f"those of {SAMPLE} that have one",
        lambda: only_one(drawn(), _table()),
    ),
    Claim(
        "sharing.full-sharing",
        "2.1, Lemma 1(i)",
        "Assumption 2 guarantees that full sharing is never an equilibrium.",
        "all roots of the first-order conditions, each tested against all deviations",
        f"all symmetric equilibria of those of {SAMPLE} that meet Assumption 2 at one of them",
        lambda: never_full(drawn(), _table()),
    ),
    Claim(
        "sharing.first-order",
        "2.1, (5), (6)",
        "The first-order conditions (5) and (6) give the equilibrium.",
        "all interior roots, each tested against all deviations",
        f"interior roots of {SAMPLE}",
        lambda: first_order_suffices(*_roots()),
    ),
)
