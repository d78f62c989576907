"""Stationary points of the profit: is there one with 1 < m < n, alone, and best (Hui, Hui & Yue, Lemma 2)?"""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.clients import corner_shares, domain, inside, optimum
from shieldwall.economics.replication.outsourcing.samples import FINE, SAMPLE, Flags, draws, hundredths, take
from shieldwall.economics.replication.outsourcing.trial import judged

CONDITIONAL, FAILS = Verdict.CONDITIONAL, Verdict.FAILS


def interior(regime: str = "none") -> Finding:
    """Whether 1 < m* < n."""
    return judged(
        lambda markets: inside(solve(markets, regime)),
        {FAILS: "Small e makes m = n best, and without enough advantage of the provider, c_s near c_k, m = 1 is."},
        shown=lambda markets: optimum(regime, markets),
        true_if="1 < m < n is assumed of the global optimum",
        figures=corner_shares(regime),
    )


def interior_for_small_spillover() -> Finding:
    """Whether some small e and large n have an interior optimum, given the three costs.

    With e → 0 and y = e (m − 1) the slope of the profit is γ − 2 s (1 − s) y + 3/2 s² y², s = av/c_s,
    γ = ½ s (s − av/c_k): it has no root if 3 s (s − av/c_k) > 4 (1 − s)².
    """
    crowd, part = (axis.ravel() for axis in np.meshgrid(10.0 ** np.arange(2, 7), np.linspace(0.05, 0.999, 20)))

    def steepness(markets: Service) -> Floats:
        scaled = markets.exposure / markets.provider_cost
        return 3.0 * scaled * (scaled - markets.exposure / markets.client_cost) / (1.0 - scaled) ** 2

    def held(markets: Service) -> Flags:
        many = take(markets, np.repeat(np.arange(markets.clients.size), crowd.size))
        clients = np.tile(crowd, markets.clients.size)
        many = many.change(clients=clients, spillover=0.0)
        many = many.change(spillover=many.widest_spillover * np.tile(part, markets.clients.size))
        interior = inside(solve(many, "none")).reshape(-1, crowd.size)
        return np.asarray(interior.any(axis=1))

    few = take(draws(), slice(0, 1500))
    pairs = take(hundredths(), (hundredths().clients == 2) & (hundredths().requirement == 0.0))
    costs = take(pairs, np.unique(pairs.attack_probability + 100.0 * pairs.client_cost, return_index=True)[1])
    beyond = int(held(take(few, steepness(few) > 4.0)).sum())
    words = (
        "If the provider's advantage is large, the profit rises in m at every e and n: he serves all. Otherwise some e "
        "and n give an interior optimum; but for a given n a small enough e never does."
    )
    return judged(
        held,
        {CONDITIONAL: words},
        within=lambda markets: steepness(markets) < 3.5,
        condition="3 s (s − av/c_k) < 4 (1 − s)² with s = av/c_s (tried up to 3.5), and e (n − 1) large enough",
        samples=[costs, few],
        figures={"interior although 3 s (s − av/c_k) > 4 (1 − s)²": beyond},
    )


def roots_inside(markets: Service, regime: str) -> tuple[Flags, Flags]:
    """Whether the maximum, and whether the minimum of the cubic lies in (1, n) with quality below 1."""
    solved = solve(markets, regime)
    flags = []
    for root in (solved.stationary_maximum, solved.stationary_minimum):
        quality = (1.0 + markets.spillover * (root - 1.0)) * markets.exposure / markets.provider_cost
        flags.append((root > 1.0 + 1e-9) & (root < markets.clients * (1.0 - 1e-9)) & (quality < 1.0))
    return flags[0], flags[1]


def _both(regime: str, markets: Service) -> dict[str, Floats]:
    solved = solve(markets, regime)
    roots = {"maximum at m": solved.stationary_maximum, "minimum at m": solved.stationary_minimum}
    return roots | optimum(regime, markets)


def unique(regime: str) -> Finding:
    """Whether at most one pair solves the conditions with 1 < m < n and q < 1."""

    def held(markets: Service) -> Flags:
        top, bottom = roots_inside(markets, regime)
        return ~(top & bottom)

    words = (
        "After the best quality the profit is a cubic in m. Its slope can vanish twice in (1, n): at a local maximum "
        "and at a local minimum, which solves the published conditions too."
    )
    return judged(
        held,
        {CONDITIONAL: words, FAILS: words},
        where=domain(regime),
        within=lambda markets: markets.spillover <= markets.concave_spillover,
        condition="e <= 2 (c_s/av − 1)/(3 n − 2), which makes the profit concave in m",
        shown=lambda markets: _both(regime, markets),
        samples=(hundredths(), draws()),
        true_if="e <= 2 (c_s/av − 1)/(3 n − 2)",
    )


def maximum(regime: str = "none") -> Finding:
    """Whether an interior solution of the conditions is the global optimum."""

    def has_one(markets: Service) -> Flags:
        top, bottom = roots_inside(markets, regime)
        return top | bottom

    def held(markets: Service) -> Flags:
        top, bottom = roots_inside(markets, regime)
        return top & ~bottom & inside(solve(markets, regime))

    def within(markets: Service) -> Flags:
        return markets.spillover <= markets.concave_spillover

    words = "An interior solution can be a minimum, or a local maximum below the profit at m = n."
    return judged(
        held,
        {CONDITIONAL: words, FAILS: words},
        where=has_one,
        within=within,
        condition="e <= 2 (c_s/av − 1)/(3 n − 2), which makes the profit concave in m",
        shown=lambda markets: _both(regime, markets),
        samples=(hundredths(), draws()),
        true_if="e <= 2 (c_s/av − 1)/(3 n − 2)",
        figures=_solutions(regime),
    )


def _solutions(regime: str) -> dict[str, object]:
    """What the solutions of the conditions are, in the random sample."""
    top, bottom = roots_inside(draws(), regime)
    best = inside(solve(draws(), regime))
    return {
        "a maximum and a minimum": int((top & bottom).sum()),
        "only a minimum": int((bottom & ~top).sum()),
        "a maximum that m = n beats": int((top & ~best).sum()),
    }


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.lemma-2-interior",
        "Lemma 2; its proof",
        "Some clients outsource and some do not: 1 < m < n.",
        "global maximum of the provider's profit in every market",
        SAMPLE,
        interior,
    ),
    Claim(
        "outsourcing.lemma-2-small-spillover",
        "Proof of Lemma 2",
        "A sufficiently small e and a sufficiently large n guarantee an interior solution.",
        "global maximum over 100 pairs of e and n for each market's costs",
        "396 and 1,500 markets' costs, seed 2012, n from 100 to 1,000,000",
        interior_for_small_spillover,
    ),
    Claim(
        "outsourcing.lemma-2-unique",
        "Lemma 2; its proof",
        "The solution of (11) and (12) is unique.",
        "both roots of the slope of the profit, in closed form",
        FINE,
        lambda: unique("none"),
    ),
    Claim(
        "outsourcing.lemma-2-maximum",
        "Proof of Lemma 2",
        "A solution of (11) and (12) with 1 < m < n maximises profit.",
        "both roots of the slope, against the global maximum",
        FINE,
        maximum,
    ),
)
