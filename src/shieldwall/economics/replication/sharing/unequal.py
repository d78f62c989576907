"""Firms that differ in how much the other's knowledge saves them: the conjecture of section 5."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.sharing.samples import SEED, drawn, three_digits
from shieldwall.economics.replication.sharing.trial import Trial, judged
from shieldwall.economics.sharing import Market, solve_many

TIE = 1e-10
COUNT = 260


def unlike() -> Market:
    """Random markets in which the first firm has the larger cost spillover."""
    markets = drawn(COUNT, SEED + 5)
    share = np.random.default_rng(SEED).uniform(0, 0.8, len(markets))
    both = np.column_stack((markets.cost_spillover[:, 0], three_digits(markets.cost_spillover[:, 0] * share)))
    return replace(markets, cost_spillover=both)


def efficient_does_less(markets: Market) -> Finding:
    """Equilibria with sharing inside: whether the firm with the larger cost spillover, the first, does less of both."""
    found = [
        (row, one.sharing, one.investment, one.profit, one.assumption_1)
        for row, solution in enumerate(solve_many(markets, "nash"))
        for one in solution.equilibria
        if max(one.sharing) < 1
    ]
    rows, s, t, profit, first = (np.array(part) for part in zip(*found, strict=True))
    less = (s[:, 0] < s[:, 1] * (1 - TIE)) & (t[:, 0] < t[:, 1] * (1 - TIE))
    more = (s[:, 0] > s[:, 1] * (1 + TIE)) & (t[:, 0] > t[:, 1] * (1 + TIE))
    poorer = profit[:, 0] < profit[:, 1]
    return judged(
        Trial(markets.take(rows), less, {"sharing": s, "investment": t, "profit": profit}),
        {
            Verdict.FAILS: "The firm that saves more has the lower marginal cost: it invests and shares more, wherever "
            "the two can be told apart. If anybody rides free it is the less able firm, which may earn more."
        },
        figures={
            "more efficient firm does more of both": f"{int(more.sum())} of {len(rows)}",
            "more efficient firm earns less, under Assumption 1": f"{int((poorer & first).sum())} of "
            f"{int(first.sum())}",
        },
        true_if="said of the less efficient firm",
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "sharing.unequal-cost-spillovers",
        "5",
        "If firms differ in what they save by shared knowledge, the more efficient one underinvests and shares less.",
        "equilibria of unequal firms, each verified globally",
        f"equilibria with sharing inside found in {COUNT} random markets, seed {SEED + 5}",
        lambda: efficient_does_less(unlike()),
    ),
)
