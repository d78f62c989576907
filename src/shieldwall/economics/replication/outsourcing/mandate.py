"""A market without the requirement and with it: Propositions 2 and 3 (Hui, Hui & Yue).

What happens along a rising requirement is in ``rising_requirement``, welfare in ``welfare``.
"""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.clients import formulas, inside
from shieldwall.economics.replication.outsourcing.samples import (
    FINE,
    SAMPLE,
    Flags,
    binds,
    draws,
    inhouse_gain,
    noise,
    rounds,
)
from shieldwall.economics.replication.outsourcing.stationary import unique
from shieldwall.economics.replication.outsourcing.trial import judged

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
SOLVED = "global optima with and without the requirement compared"


def _clients(markets: Service) -> tuple[Floats, Floats]:
    """m* without and with the requirement."""
    return solve(markets, "none").outsourcing_clients, solve(markets, "requirement").outsourcing_clients


def before_and_after(markets: Service) -> dict[str, Floats]:
    """The optimum without and with the requirement."""
    free, bound = solve(markets, "none"), solve(markets, "requirement")
    return {
        "clients without": free.outsourcing_clients,
        "clients with": bound.outsourcing_clients,
        "quality without": free.service_quality,
        "quality with": bound.service_quality,
        "welfare without": free.welfare,
        "welfare with": bound.welfare,
    }


def prop_2a() -> Finding:
    """A requirement of at most av/c_k changes nothing."""

    def held(markets: Service) -> Flags:
        free, bound = solve(markets, "none"), solve(markets, "requirement")
        names = ("outsourcing_clients", "service_quality", "client_utility", "provider_profit")
        result: Flags = (
            np.all([getattr(free, name) == getattr(bound, name) for name in names], axis=0) & ~bound.provider_shirks
        )
        return result

    def not_binding(markets: Service) -> Service:
        return markets.change(requirement=0.999 * markets.exposure / markets.client_cost)

    return judged(
        held,
        {HOLDS: "Not a digit changes, and quality is above it."},
        samples=[not_binding(rounds()), not_binding(draws())],
    )


def prop_2b_utility() -> Finding:
    """Every client's utility falls by ½ c_k (q̲ − av/c_k)²; the provider's profit rises."""

    def held(markets: Service) -> Flags:
        free, bound = solve(markets, "none"), solve(markets, "requirement")
        gap = 0.5 * markets.client_cost * (markets.requirement - markets.exposure / markets.client_cost) ** 2
        fall = inhouse_gain(markets, free) - inhouse_gain(markets, bound)
        fell = np.abs(fall - gap) <= noise(markets)
        return fell & (bound.provider_profit > free.provider_profit)

    words = "All lose ½ c_k (q̲ − av/c_k)², outsourcing or not; the provider gains at least that from each he served."
    return judged(held, {HOLDS: words}, where=binds)


def truthful() -> Finding:
    """He shirks exactly if the requirement exceeds T av/c_s with the T of that requirement."""

    def held(markets: Service) -> Flags:
        solved = solve(markets, "requirement")
        times = 1.0 + markets.spillover * (solved.outsourcing_clients - 1.0)
        own = times * markets.exposure / markets.provider_cost
        clear = np.abs(own - markets.requirement) > 1e-12
        result: Flags = (solved.provider_shirks == (markets.requirement > own)) | ~clear
        return result

    return judged(held, {HOLDS: "True of each requirement with its own T; T moves with the requirement."})


def clients_rise(*, strictly: bool) -> Finding:
    """Whether m* rises with the requirement."""

    def held(markets: Service) -> Flags:
        free, bound = _clients(markets)
        return bound > free * (1.0 + 1e-12) if strictly else bound >= free * (1.0 - 1e-9)

    if not strictly:
        return judged(held, {HOLDS: "A lower ρ is worth more, the more clients are served."}, where=binds)
    words = (
        "m never falls, and rises where 1 < m* < n. With m* = n nobody is left to come; with m* = 1 the requirement "
        "need not suffice for more than one client."
    )
    return judged(
        held,
        {CONDITIONAL: words},
        where=binds,
        within=lambda markets: inside(solve(markets, "none")),
        condition="1 < m* < n without the requirement",
        shown=before_and_after,
        figures=_by_corner(),
    )


def _by_corner() -> dict[str, object]:
    """How often the number of clients rises, by the corner it starts from."""
    free, bound = _clients(draws())
    rose = bound > free * (1.0 + 1e-12)
    corner = solve(draws(), "none").corner
    names = {1: "one", 2: "interior", 3: "all"}
    return {
        f"share that rises from {name}": round(float(rose[corner == place].mean()), 4) for place, name in names.items()
    }


def quality_rises() -> Finding:
    """Whether the quality of the service rises strictly."""

    def held(markets: Service) -> Flags:
        free, bound = solve(markets, "none"), solve(markets, "requirement")
        return bound.service_quality > free.service_quality * (1.0 + 1e-14)

    return judged(
        held,
        {CONDITIONAL: "q = T av/c_s moves with m only: it never falls, and rises where 1 < m* < n."},
        where=binds,
        within=lambda markets: inside(solve(markets, "none")),
        condition="1 < m* < n without the requirement",
        shown=before_and_after,
    )


def whole_clients_rise() -> Finding:
    """Whether m* rises strictly when clients are whole."""

    def held(markets: Service) -> Flags:
        free, bound = (solve(markets, regime, integer=True).outsourcing_clients for regime in ("none", "requirement"))
        return bound > free

    def starts_inside(markets: Service) -> Flags:
        return binds(markets) & inside(solve(markets, "none", integer=True))

    def shown(markets: Service) -> dict[str, Floats]:
        both = [solve(markets, regime, integer=True).outsourcing_clients for regime in ("none", "requirement")]
        return {"clients without": both[0], "clients with": both[1]}

    words = "A small rise of the requirement may not pay for one client more. The number of whole clients never falls."
    return judged(held, {FAILS: words}, where=starts_inside, shown=shown, true_if="clients are continuous")


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.prop-2a",
        "Proposition 2a",
        "A requirement of at most av/c_k changes nothing.",
        SOLVED,
        SAMPLE,
        prop_2a,
    ),
    Claim(
        "outsourcing.prop-2b-formulas",
        "Proposition 2b, (14) to (16)",
        "Above av/c_k, m and q solve (14) and (15), and profit is (16).",
        "global maximum of the provider's profit in every market",
        SAMPLE,
        lambda: formulas("requirement"),
    ),
    Claim(
        "outsourcing.prop-2b-unique",
        "Proof of Proposition 2",
        "The solution of (14) and (15) is unique.",
        "both roots of the slope of the profit, in closed form",
        FINE,
        lambda: unique("requirement"),
    ),
    Claim(
        "outsourcing.prop-2b-utility",
        "Proposition 2b; section on Proposition 3",
        "Above av/c_k the utility of all clients falls, outsourcing or not, and the provider's profit rises.",
        SOLVED,
        SAMPLE,
        prop_2b_utility,
    ),
    Claim(
        "outsourcing.prop-2b-shirks",
        "Proposition 2b",
        "The provider shirks if and only if the requirement exceeds T av/c_s.",
        SOLVED,
        SAMPLE,
        truthful,
    ),
    Claim(
        "outsourcing.prop-3-never-falls",
        "Proposition 3, weakly",
        "A binding requirement does not lower the number of clients.",
        SOLVED,
        SAMPLE,
        lambda: clients_rise(strictly=False),
    ),
    Claim(
        "outsourcing.prop-3-clients",
        "Proposition 3",
        "A binding requirement increases the number of outsourcing clients.",
        SOLVED,
        SAMPLE,
        lambda: clients_rise(strictly=True),
    ),
    Claim(
        "outsourcing.prop-3-whole-clients",
        "Proposition 3; proof of Lemma 2",
        "Treating m as continuous is a simplification only: whole clients too increase from an interior optimum.",
        "all whole numbers of clients compared",
        SAMPLE,
        whole_clients_rise,
    ),
    Claim(
        "outsourcing.prop-3-quality",
        "Proposition 3",
        "A binding requirement increases the quality of the service.",
        SOLVED,
        SAMPLE,
        quality_rises,
    ),
)
