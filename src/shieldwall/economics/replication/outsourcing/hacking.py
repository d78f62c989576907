"""A hacker who answers protection, the derivatives: section Strategic Hacking, (a) to (e) (Hui, Hui & Yue).

What holds once everybody answers is in ``attacks``.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import Solution, solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.clients import inside
from shieldwall.economics.replication.outsourcing.exact import SEVERAL, Exact, exactly, several, typed
from shieldwall.economics.replication.outsourcing.samples import SAMPLE, Flags, binds
from shieldwall.economics.replication.outsourcing.trial import judged

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
_FIXED = "the derivative, in closed form, at the other players' best choices"


def eagerness_slopes(markets: Service, solved: Solution) -> tuple[Floats, Floats, Floats]:
    """∂A/∂q_s, ∂A/∂q_k and ∂A/∂m of (20) and (22), in units of b/c_h."""
    part = solved.outsourcing_clients / markets.clients
    return -part, part - 1.0, (solved.inhouse_quality - solved.service_quality) / markets.clients


def attack_and_clients(markets: Service, solved: Solution) -> Floats:
    """(n/v) ∂²π/∂A∂m = e + (1 − e) q_s − 2 e m (1 − q_s) − q_k: (A14) and (A15) differentiated once more."""
    quality, spill = solved.service_quality, markets.spillover
    harm = 2.0 * spill * solved.outsourcing_clients * (1.0 - quality)
    return spill + (1.0 - spill) * quality - harm - solved.inhouse_quality


def best_reply() -> Finding:
    """(20): whether A* is the hacker's best number of attacks, tried at b/c_h = 2 n."""

    def wish(case: Exact) -> Fraction:
        part = case.served / case.clients
        inhouse = max(case.own, case.requirement)
        return 2 * case.clients * ((1 - inhouse) - part * (case.quality - inhouse))

    def utility(case: Exact, attacks: Fraction) -> Fraction:
        return attacks * wish(case) - attacks**2 / 2

    def held(case: Exact) -> bool:
        best = utility(case, wish(case))
        step = Fraction(1, 10)
        inside = all(utility(case, wish(case) + side) < best for side in (step, -step))
        return inside and wish(case) <= case.clients

    return exactly(
        several(),
        held,
        {CONDITIONAL: "It is the top of a parabola. Where it exceeds n he attacks all: a is 1, not A*/n."},
        within=lambda case: wish(case) <= case.clients,
        condition="(b/c_h) [(1 − q_k) − (m/n)(q_s − q_k)] <= n",
        shown=lambda case: {"b/c_h": typed(2 * case.clients), "A* by (20)": typed(wish(case))},
    )


def hacker_deterred() -> Finding:
    """(a): attacks fall in each quality."""

    def held(markets: Service) -> Flags:
        service, inhouse, _ = eagerness_slopes(markets, solve(markets, "none"))
        return (service < 0.0) & (inhouse < 0.0)

    return judged(
        held,
        {CONDITIONAL: "The slopes are −(b/c_h) m/n and −(b/c_h)(1 − m/n): in-house quality counts if it is used."},
        within=lambda markets: solve(markets, "none").outsourcing_clients < markets.clients,
        condition="m < n, for the slope in q_k",
        shown=lambda markets: {"clients outsourcing": solve(markets, "none").outsourcing_clients},
    )


def hacker_and_clientele() -> Finding:
    """(b): attacks fall in m exactly where the provider is better than in-house protection."""

    def held(markets: Service) -> Flags:
        solved, free = solve(markets, "requirement"), solve(markets, "none")
        slope, unbound = eagerness_slopes(markets, solved)[2], eagerness_slopes(markets, free)[2]
        clear = np.abs(solved.service_quality - markets.requirement) > 1e-12
        result: Flags = (unbound < 0.0) & (((slope < 0.0) == ~solved.provider_shirks) | ~clear)
        return result

    words = "The slope is −(b/c_h)(q_s − q_k)/n; at q_s = q̲, which the text includes, it is 0."
    return judged(held, {HOLDS: words}, where=binds)


def efforts_rise() -> Finding:
    """(c), (d): slopes of marginal utility and marginal profit in A."""

    def held(markets: Service) -> Flags:
        solved = solve(markets, "requirement")
        each = markets.system_value / markets.clients
        times = 1.0 + markets.spillover * (solved.outsourcing_clients - 1.0)
        fewer = markets.change(attack_probability=0.5 * markets.attack_probability)
        rise = markets.exposure * times - fewer.exposure * times
        step = 0.5 * markets.attack_probability * markets.clients
        return (each > 0.0) & (np.abs(rise - each * times * step) <= 1e-12 * rise) & (rise > 0.0)

    return judged(held, {HOLDS: "They are v/n and m v T/n: more attacks make protection worth more at any m."})


def clientele_ambiguous() -> Finding:
    """(c): whether ∂²π/∂A∂m takes both signs where the provider's number of clients is best."""

    def held(markets: Service) -> Flags:
        return attack_and_clients(markets, solve(markets, "none")) <= 0.0

    def free(markets: Service) -> Flags:
        return inside(solve(markets, "none"))

    words = (
        "At an interior optimum it is (c_s q_s² − (av)²/c_k) v/(2 n av) > 0: the number of clients rises with attacks. "
        "Away from the optimum, or at m = 1, it has either sign."
    )
    return judged(
        held,
        {FAILS: words},
        where=free,
        shown=lambda markets: {"(n/v) ∂²π/∂A∂m": attack_and_clients(markets, solve(markets, "none"))},
        true_if="m is not the provider's best choice",
    )


def clientele_rises() -> Finding:
    """(d) as the text has it: ∂²π/∂A∂m > 0 where the requirement binds."""

    def held(markets: Service) -> Flags:
        return attack_and_clients(markets, solve(markets, "requirement")) > 0.0

    def within(markets: Service) -> Flags:
        solved = solve(markets, "requirement")
        left = markets.provider_cost * solved.service_quality**2
        return left > markets.client_cost * markets.requirement**2 * (1.0 + 1e-9)

    words = (
        "At an interior optimum the sign is that of c_s q_s² − c_k q̲²: negative wherever the provider shirks, and for "
        "some truthful ones too. The proof has this sign for shirkers, the text the opposite."
    )
    return judged(
        held,
        {CONDITIONAL: words},
        where=lambda markets: binds(markets) & inside(solve(markets, "requirement")),
        within=within,
        condition="q_s > √(c_k/c_s) q̲, at an interior optimum",
        shown=lambda markets: {
            "service_quality": solve(markets, "requirement").service_quality,
            "(n/v) ∂²π/∂A∂m": attack_and_clients(markets, solve(markets, "requirement")),
        },
    )


def clientele_falls_for_shirkers() -> Finding:
    """(d) as its proof has it: negative for q_s <= q̲."""

    def held(markets: Service) -> Flags:
        return attack_and_clients(markets, solve(markets, "requirement")) < 0.0

    words = "(v/n)[q_s − q̲ − e (1 − q_s)(2 m − 1)] has two terms, neither positive; at corners too."
    return judged(held, {HOLDS: words}, where=lambda markets: solve(markets, "requirement").provider_shirks)


def deterred_by_mandate() -> Finding:
    """(e), the others' choices held: attacks fall in the requirement."""

    def held(markets: Service) -> Flags:
        return eagerness_slopes(markets, solve(markets, "requirement"))[1] < 0.0

    return judged(
        held,
        {CONDITIONAL: "The slope is −(b/c_h)(1 − m/n), m and q_s held: with m = n the requirement protects nobody."},
        where=binds,
        within=lambda markets: solve(markets, "requirement").outsourcing_clients < markets.clients,
        condition="m < n, and the provider's choices are held fixed",
        shown=lambda markets: {"clients outsourcing": solve(markets, "requirement").outsourcing_clients},
    )


_PLACE = "Strategic Hacking"
CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.hacking-best-reply",
        f"{_PLACE}, (20), (22)",
        "The hacker attacks A* = (b/c_h) [(1 − q_k) − (m/n)(q_s − q_k)] clients.",
        "the parabola of his utility, in exact fractions",
        f"{SEVERAL}; b/c_h = 2 n",
        best_reply,
    ),
    Claim(
        "outsourcing.hacking-a",
        f"{_PLACE}, (a)",
        "Attacks fall in the protection of the provider and of the clients in-house.",
        _FIXED,
        SAMPLE,
        hacker_deterred,
    ),
    Claim(
        "outsourcing.hacking-b",
        f"{_PLACE}, (b)",
        "Attacks fall in the number of outsourcing clients if and only if the provider does not shirk.",
        _FIXED,
        SAMPLE,
        hacker_and_clientele,
    ),
    Claim(
        "outsourcing.hacking-efforts",
        f"{_PLACE}, (c) and (d)",
        "Efforts rise with attacks: the provider's always, the clients' where no requirement binds.",
        _FIXED,
        SAMPLE,
        efforts_rise,
    ),
    Claim(
        "outsourcing.hacking-c",
        f"{_PLACE}, (c)",
        "Without a binding requirement the sign of ∂²π/∂A∂m is ambiguous.",
        _FIXED,
        SAMPLE,
        clientele_ambiguous,
    ),
    Claim(
        "outsourcing.hacking-d-text",
        f"{_PLACE}, (d)",
        "With a binding requirement ∂²π/∂A∂m > 0: the number of clients rises with attacks.",
        _FIXED,
        SAMPLE,
        clientele_rises,
    ),
    Claim(
        "outsourcing.hacking-d-proof",
        "Proof of Strategic Hacking, (d)",
        "With a binding requirement ∂²π/∂A∂m < 0 if the provider shirks.",
        _FIXED,
        SAMPLE,
        clientele_falls_for_shirkers,
    ),
    Claim(
        "outsourcing.hacking-e-partial",
        f"{_PLACE}, (e), as proven",
        "With a binding requirement, attacks fall in it: the derivative of (22).",
        _FIXED,
        SAMPLE,
        deterred_by_mandate,
    ),
)
