"""Checking the provider's effort: Proposition 5, Figures 7 and 8 (Hui, Hui & Yue)."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.rising_requirement import second_threshold
from shieldwall.economics.replication.outsourcing.samples import (
    SAMPLE,
    Flags,
    binds,
    draws,
    figure,
    lattice,
    noise,
    requirements,
    surplus,
    take,
)
from shieldwall.economics.replication.outsourcing.trial import judged
from shieldwall.economics.replication.trial import found

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
_SOLVED = "global optima with and without verifiability compared"


def shirks(markets: Service) -> Flags:
    """Whether the provider shirks when nobody can check him."""
    return solve(markets, "requirement").provider_shirks


def _audited(markets: Service) -> dict[str, Floats]:
    bound, checked = solve(markets, "requirement"), solve(markets, "verifiable")
    return {
        "clients unchecked": bound.outsourcing_clients,
        "quality unchecked": bound.service_quality,
        "clients checked": checked.outsourcing_clients,
        "quality checked": checked.service_quality,
        "welfare unchecked": bound.welfare,
        "welfare checked": checked.welfare,
    }


def no_effect() -> Finding:
    """A truthful provider does the same when he is checked."""

    def held(markets: Service) -> Flags:
        bound, checked = solve(markets, "requirement"), solve(markets, "verifiable")
        same = np.abs(checked.outsourcing_clients - bound.outsourcing_clients) <= 1e-9 * markets.clients
        return same & (np.abs(checked.provider_profit - bound.provider_profit) <= noise(markets))

    words = "His free optimum is allowed when he is checked, so it is the optimum there too."
    return judged(held, {HOLDS: words}, where=lambda markets: binds(markets) & ~shirks(markets))


def profit_and_welfare_fall() -> Finding:
    """Both fall when a shirking provider is checked."""

    def held(markets: Service) -> Flags:
        bound, checked = solve(markets, "requirement"), solve(markets, "verifiable")
        fall = bound.provider_profit - checked.provider_profit
        same = np.abs(surplus(markets, bound) - surplus(markets, checked) - fall) <= noise(markets)
        return (fall > 0.0) & same

    words = "Clients are held to the same utility, so welfare falls by what the provider loses."
    return judged(held, {HOLDS: words}, where=shirks)


def exactly_required() -> Finding:
    """Whether a checked provider who would shirk supplies just the requirement."""

    def held(markets: Service) -> Flags:
        return solve(markets, "verifiable").service_quality <= markets.requirement * (1.0 + 1e-12)

    def within(markets: Service) -> Flags:
        return markets.spillover <= markets.concave_spillover

    words = (
        "The floor makes a larger network pay: where the profit has two maxima, the checked provider may move to m = n "
        "and supply T av/c_s above the requirement."
    )
    hundred = lattice((2, 3), np.arange(1, 100) / 100, (1.25, 1.5, 2, 5), np.arange(1, 40) / 40, np.arange(1, 50) / 50)
    return judged(
        held,
        {CONDITIONAL: words, FAILS: words},
        where=shirks,
        within=within,
        condition="e <= 2 (c_s/av − 1)/(3 n − 2), which makes the unchecked profit concave in m",
        shown=_audited,
        samples=(hundred, draws()),
        true_if="e <= 2 (c_s/av − 1)/(3 n − 2)",
    )


def better_protected() -> Finding:
    """Whether those who outsource are better protected directly, and lose less in all."""

    def held(markets: Service) -> Flags:
        bound, checked = solve(markets, "requirement"), solve(markets, "verifiable")
        return checked.service_quality > bound.service_quality

    bound, checked = (solve(take(draws(), shirks(draws())), regime) for regime in ("requirement", "verifiable"))
    more = checked.outsourcing_clients - bound.outsourcing_clients
    figures = {
        "share with a lower expected loss": round(float((checked.expected_loss < bound.expected_loss).mean()), 4),
        "share with more clients": round(float((more > 1e-9).mean()), 4),
        "share with fewer clients": round(float((more < -1e-9).mean()), 4),
    }
    return judged(
        held, {HOLDS: "His quality is at least the requirement, which he fell short of."}, where=shirks, figures=figures
    )


def figure_7() -> Finding:
    """Whether the outcome changes at av/c_k and at one requirement T av/c_s only."""
    example = second_threshold()
    words = (
        "There are not always three ranges: T rises with the requirement, so the provider may be truthful again above "
        "a range of shirking. And with m = n the figure's strict m̆ > m is an equality."
    )
    return found(
        FAILS if example else HOLDS,
        {FAILS: words, HOLDS: "Three ranges everywhere."},
        counterexample=example,
        true_if="q̲ − T av/c_s, T being that of q̲, changes sign once",
    )


def figure_8() -> Finding:
    """Whether the main configuration reaches the social optimum at every requirement of Figure 8."""
    market = figure(8, requirements())
    best = solve(market, "none").welfare
    gap = best - solve(market, "requirement").welfare
    first = int(np.argmax(gap > 1e-9))
    if not (gap > 1e-9).any():
        return found(HOLDS, {HOLDS: "It does."}, figures={"tried": gap.size})
    return found(
        CONDITIONAL,
        {
            CONDITIONAL: "It contradicts Proposition 4: welfare falls below that without a mandate as soon as the "
            "requirement binds. It is only higher than with verifiability."
        },
        condition=f"requirement <= av/c_k = {float(market.exposure[0] / market.client_cost[0]):.6g}",
        counterexample={
            "clients": 10,
            "requirement": 0.9,
            "welfare": round(float(best[900] - gap[900]), 9),
            "social optimum": round(float(best[900]), 9),
        },
        figures={"first requirement that costs welfare": float(market.requirement[first]), "tried": gap.size},
    )


def verifiability_worsens() -> Finding:
    """Welfare is never higher with verifiability, at any requirement of the sample and of Figure 8."""

    def held(markets: Service) -> Flags:
        unchecked, checked = solve(markets, "requirement"), solve(markets, "verifiable")
        return surplus(markets, checked) <= surplus(markets, unchecked) + noise(markets)

    words = "At the same liability a check can only bind the provider, and clients keep nothing of it."
    return judged(held, {HOLDS: words})


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.prop-5-no-effect",
        "Proposition 5",
        "If the requirement is at most T av/c_s, verifiability does not affect the outcome.",
        _SOLVED,
        SAMPLE,
        no_effect,
    ),
    Claim(
        "outsourcing.prop-5",
        "Proposition 5",
        "If the provider would shirk, verifiability decreases his profit and welfare.",
        _SOLVED,
        SAMPLE,
        profit_and_welfare_fall,
    ),
    Claim(
        "outsourcing.prop-5-exactly",
        "Verifiability; proof of Proposition 5",
        "A provider who would shirk then supplies exactly the requirement.",
        _SOLVED,
        f"{SAMPLE}; and a finer grid of 2 and 3 clients",
        exactly_required,
    ),
    Claim(
        "outsourcing.prop-5-protection",
        "Proposition 5",
        "If the provider would shirk, verifiability protects his clients better against direct hacking.",
        _SOLVED,
        SAMPLE,
        better_protected,
    ),
    Claim(
        "outsourcing.figure-7",
        "Figure 7",
        "Outcomes fall into three ranges of the requirement, divided at av/c_k and at one T av/c_s.",
        "switching points to the last bit",
        "a grid of round numbers of 2, 3 and 5 clients",
        figure_7,
    ),
    Claim(
        "outsourcing.figure-8",
        "Verifiability, on Figure 8",
        "The main configuration, without verifiability, achieves the social optimum for all requirements.",
        "welfare against that without a requirement",
        "the parameters of Figure 8; requirement 0, 0.001, ..., 1",
        figure_8,
    ),
    Claim(
        "outsourcing.verifiability-worsens",
        "Abstract; Implications",
        "Auditing is less effective than liability: verifiability never raises welfare.",
        _SOLVED,
        SAMPLE,
        verifiability_worsens,
    ),
)
