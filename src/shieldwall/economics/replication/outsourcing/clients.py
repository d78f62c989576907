"""Several clients who infect each other, without a mandate: Lemma 2 and notes 8, 11 and 12 (Hui, Hui & Yue).

Whether the optimum is the only stationary point is in ``stationary``; the steps of the proof are in ``proofs``.
"""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.liability import promise
from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import Solution, solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.samples import (
    SAMPLE,
    Flags,
    binds,
    draws,
    inhouse_gain,
    lattice,
    noise,
)
from shieldwall.economics.replication.outsourcing.trial import Predicate, judged

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
_SOLVED = "global maximum of the provider's profit in every market"
_INTERIOR = "the global optimum has 1 < m < n"


def inside(solved: Solution) -> Flags:
    """Whether the optimum is interior."""
    return np.asarray(solved.corner == 2)


def corner_shares(regime: str) -> dict[str, object]:
    """How often each corner is best in the random sample."""
    counted = np.bincount(solve(draws(), regime).corner, minlength=4) / draws().clients.size
    return {
        f"share with {name}": round(float(counted[place]), 4)
        for place, name in ((1, "one"), (2, "interior"), (3, "all"))
    }


def published_clients(markets: Service, solved: Solution) -> Floats:
    """Equation 11 or 14 at the solution's quality."""
    quality, exposure = solved.service_quality, markets.exposure
    gain = exposure * quality - 0.5 * markets.provider_cost * quality**2 - inhouse_gain(markets, solved)
    return 0.5 + gain / (2.0 * markets.spillover * exposure * (1.0 - quality))


def optimum(regime: str, markets: Service) -> dict[str, Floats]:
    """What describes a counterexample: the global optimum."""
    solved = solve(markets, regime)
    return {
        "outsourcing_clients": solved.outsourcing_clients,
        "service_quality": solved.service_quality,
        "provider_profit": solved.provider_profit,
    }


def domain(regime: str) -> Predicate | None:
    """The markets a claim on a regime speaks of: with the requirement, those where it binds."""
    return binds if regime == "requirement" else None


def formulas(regime: str) -> Finding:
    """Whether the global optimum solves (11) and (12), or (14) and (15), and earns (13) or (16)."""

    def held(markets: Service) -> Flags:
        solved = solve(markets, regime)
        served = solved.outsourcing_clients
        times = 1.0 + markets.spillover * (served - 1.0)
        quality, exposure = times * markets.exposure / markets.provider_cost, markets.exposure
        margin = 0.5 * markets.provider_cost * quality**2 - exposure * (times - 1.0) - inhouse_gain(markets, solved)
        right = np.abs(quality - solved.service_quality) <= 1e-12
        right &= np.abs(served * margin - solved.provider_profit) <= noise(markets)
        # A root of the slope next to an inflection is known to the square root of the precision.
        return right & (np.abs(published_clients(markets, solved) - served) <= 1e-6 * served)

    def shown(markets: Service) -> dict[str, Floats]:
        told = optimum(regime, markets)
        return {**told, "clients by the formula": published_clients(markets, solve(markets, regime))}

    def within(markets: Service) -> Flags:
        return inside(solve(markets, regime))

    words = (
        "The conditions are those of a stationary point. The optimum is often a corner, m = 1 or m = n, where quality "
        "and profit keep their formulas and the number of clients does not."
    )
    return judged(
        held,
        {CONDITIONAL: words},
        where=domain(regime),
        within=within,
        condition=_INTERIOR,
        shown=shown,
        true_if="m is read as the global maximum on [1, n]",
        figures=corner_shares(regime),
    )


def least_profit(regime: str) -> Finding:
    """Whether the profit is at least that from one client."""

    def held(markets: Service) -> Flags:
        solved, one = solve(markets, regime), solve(markets.change(clients=1.0), regime)
        return (solved.provider_profit >= one.provider_profit - noise(markets)) & (one.provider_profit > 0.0)

    return judged(held, {HOLDS: "One client alone pays, and the provider may always stop there."})


def per_client() -> Finding:
    """Whether profit per client is below that of the single-client case, and quality above it."""

    def held(markets: Service) -> Flags:
        solved, one = solve(markets, "none"), solve(markets.change(clients=1.0), "none")
        less = solved.provider_profit / solved.outsourcing_clients < one.provider_profit * (1.0 - 1e-14)
        return less & (solved.service_quality > one.service_quality)

    words = "Each client more lowers the margin and raises quality; with m = 1 nothing differs from a single client."
    return judged(
        held,
        {CONDITIONAL: words},
        within=lambda markets: solve(markets, "none").outsourcing_clients > 1.0 + 1e-9,
        condition="more than one client outsources",
        shown=lambda markets: optimum("none", markets),
    )


def note_8() -> Finding:
    """Whether the bound on e keeps quality below 1."""

    def held(markets: Service) -> Flags:
        result: Flags = np.all(
            [solve(markets, regime).service_quality < 1.0 for regime in ("none", "requirement")], axis=0
        )
        return result

    return judged(held, {HOLDS: "q = T av/c_s < 1 even for m = n. It makes neither m interior nor the profit concave."})


def note_11() -> Finding:
    """Whether expected loss stays a share of the system value."""
    return judged(
        lambda markets: solve(markets, "requirement").expected_loss <= 1.0,
        {
            CONDITIONAL: "L = a T (1 − T av/c_s) is at most c_s/(4 v), whatever m, e and n; where c_s > 4 v nothing "
            "keeps it below 1, not even note 8."
        },
        within=lambda markets: markets.provider_cost <= 4.0 * markets.system_value,
        condition="c_s <= 4 v",
        samples=(lattice((2, 3, 5, 10), np.arange(1, 10) / 10, (2,), np.arange(1, 10) / 10, (1.0,), 0.1), draws()),
        shown=lambda markets: {
            **optimum("requirement", markets),
            "expected_loss": solve(markets, "requirement").expected_loss,
        },
    )


def line() -> Finding:
    """Try half liability on the line: would the provider make the effort that the line assumes?"""

    def held(markets: Service) -> Flags:
        return promise(markets, "requirement", 0.5).shortfall <= 1e-12 * markets.exposure

    def shown(markets: Service) -> dict[str, Floats]:
        tried = promise(markets, "requirement", 0.5)
        return {
            "liability": np.full(markets.shape, 0.5),
            "quality assumed": tried.promised_quality,
            "quality supplied": tried.supplied_quality,
            "client utility": tried.client_utility,
            "in-house": tried.client_utility + tried.shortfall,
        }

    words = (
        "With several clients too only β = 1 is kept: at β = 1/2 the provider supplies half of what the fee assumes."
    )
    return judged(held, {FAILS: words}, shown=shown, true_if="β = 1, or effort could be contracted on")


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.lemma-2-formulas",
        "Lemma 2, (11) to (13)",
        "In equilibrium m and q solve (11) and (12), and profit is (13).",
        _SOLVED,
        SAMPLE,
        lambda: formulas("none"),
    ),
    Claim(
        "outsourcing.lemma-2-line",
        "Lemma 2; Proposition 2b",
        "Every pair of price and liability on the stated line is an equilibrium.",
        "effort after signing at liability 1/2, against the effort that the line assumes",
        SAMPLE,
        line,
    ),
    Claim(
        "outsourcing.lemma-2-least-profit",
        "Proofs of Lemma 2 and Proposition 2",
        "Equilibrium profit is at least that from a single client, which is positive.",
        _SOLVED,
        SAMPLE,
        lambda: least_profit("requirement"),
    ),
    Claim(
        "outsourcing.lemma-2-per-client",
        "After Lemma 2; note 12",
        "Interdependence lowers the profit per client and raises the protection against direct hacking.",
        _SOLVED,
        SAMPLE,
        per_client,
    ),
    Claim(
        "outsourcing.note-8",
        "Note 8",
        "e < (c_s/av − 1)/(n − 1) ensures q <= 1.",
        _SOLVED,
        SAMPLE,
        note_8,
    ),
    Claim(
        "outsourcing.note-11-loss",
        "Note 11",
        "With many clients and small e the expected loss L stays at most 1.",
        "expected loss at the global maximum, and its maximum over T in closed form",
        SAMPLE,
        note_11,
    ),
)
