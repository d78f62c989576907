"""Clients who may shirk: section Shirking Clients and Figure 9 (Hui, Hui & Yue)."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.switching import exit_requirement
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.samples import (
    SAMPLE,
    Flags,
    binds,
    draws,
    figure,
    noise,
    requirements,
    surplus,
)
from shieldwall.economics.replication.outsourcing.trial import judged
from shieldwall.economics.replication.trial import found

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
_SOLVED = "global optima of the regimes compared"


def asks_more(markets: Service) -> Flags:
    """q̲ > T av/c_s with the T of Lemma 2."""
    return markets.requirement > solve(markets, "none").service_quality * (1.0 + 1e-9)


def low_requirement() -> Finding:
    """Up to T av/c_s nothing differs from Lemma 2."""

    def held(markets: Service) -> Flags:
        free, careless = solve(markets, "none"), solve(markets, "clients-shirk")
        same = np.abs(free.outsourcing_clients - careless.outsourcing_clients) <= 1e-9 * markets.clients
        return same & (np.abs(surplus(markets, free) - surplus(markets, careless)) <= noise(markets))

    return judged(held, {HOLDS: "The provider's free optimum meets it."}, where=lambda markets: ~asks_more(markets))


def falls() -> Finding:
    """Above it profit and welfare fall."""

    def held(markets: Service) -> Flags:
        free, careless = solve(markets, "none"), solve(markets, "clients-shirk")
        less = careless.provider_profit < free.provider_profit
        return less & (surplus(markets, careless) < surplus(markets, free))

    words = "Clients keep u_k, so welfare falls with the profit; at worst to that of nobody outsourcing."
    return judged(held, {HOLDS: words}, where=asks_more)


def tighter() -> Finding:
    """His profit is below that where clients comply."""

    def held(markets: Service) -> Flags:
        comply, careless = solve(markets, "verifiable"), solve(markets, "clients-shirk")
        return careless.provider_profit < comply.provider_profit

    return judged(held, {HOLDS: "Clients who may shirk keep a better alternative, so he can charge less."}, where=binds)


def serves() -> Finding:
    """Whether he goes on serving, as with verifiability."""

    def served(markets: Service) -> Flags:
        return solve(markets, "clients-shirk").outsourcing_clients > 0.0

    exits = float((~served(draws())).mean())
    return judged(
        served,
        {
            CONDITIONAL: "With verifiability he never exits, for clients too must meet the requirement. Here he does "
            "from (av/c_s)(1 + √(1 − c_s/c_k)) on, where even one client no longer pays; the paper has no exit."
        },
        where=asks_more,
        within=lambda markets: markets.requirement < exit_requirement(markets) * (1.0 - 1e-12),
        condition="requirement < (av/c_s)(1 + √(1 − c_s/c_k))",
        shown=lambda markets: {"exit from": exit_requirement(markets)},
        figures={"share of all draws in which he exits": round(exits, 4)},
    )


def immaterial() -> Finding:
    """If both may shirk, the requirement does nothing."""

    def held(markets: Service) -> Flags:
        free, both = solve(markets, "none"), solve(markets, "both-shirk")
        result: Flags = (free.outsourcing_clients == both.outsourcing_clients) & (free.welfare == both.welfare)
        return result

    return judged(held, {HOLDS: "Not a digit differs from Lemma 2."})


def ranking() -> Finding:
    """No requirement is at least as good for welfare as each other scenario."""

    def held(markets: Service) -> Flags:
        free = surplus(markets, solve(markets, "none")) + noise(markets)
        others = [surplus(markets, solve(markets, regime)) for regime in ("requirement", "verifiable", "clients-shirk")]
        result: Flags = np.all([free >= other for other in others], axis=0)
        return result

    careless, shirk = (surplus(draws(), solve(draws(), regime)) for regime in ("clients-shirk", "requirement"))
    share = round(float((careless >= shirk - noise(draws())).mean()), 4)
    words = "Without a requirement welfare is the first best. Of the others only 'diligent' and 'MSSP shirk' rank."
    return judged(held, {HOLDS: words}, figures={"share with clients shirk >= MSSP shirk": share})


def figure_9() -> Finding:
    """At the parameters of Figure 9 welfare without a requirement is highest everywhere."""
    market = figure(9, requirements())
    free = solve(market, "none").welfare
    others = {regime: solve(market, regime).welfare for regime in ("requirement", "verifiable", "clients-shirk")}
    worst = max(float((other - free).max()) for other in others.values())
    starts: dict[str, object] = {
        f"{regime} costs welfare from requirement": float(market.requirement[int(np.argmax(free - other > 1e-9))])
        for regime, other in others.items()
    }
    starts["provider exits under clients-shirk from"] = round(float(exit_requirement(market)[0]), 6)
    if worst <= 1e-9:
        words = "No other scenario is better at any requirement; the provider's exit shows where clients shirk."
        return found(HOLDS, {HOLDS: words}, figures=starts)
    return found(FAILS, {FAILS: "Another scenario is better."}, counterexample={"by": worst}, figures=starts)


def efficient_liability() -> Finding:
    """Whether liability makes the provider serve efficiently under the mandate."""

    def held(markets: Service) -> Flags:
        return surplus(markets, solve(markets, "requirement")) >= surplus(markets, solve(markets, "none")) - noise(
            markets
        )

    def shown(markets: Service) -> dict[str, Floats]:
        return {
            "welfare": solve(markets, "requirement").welfare,
            "first best": solve(markets, "none").welfare,
        }

    def within(markets: Service) -> Flags:
        result: Flags = ~binds(markets) | (solve(markets, "none").outsourcing_clients == markets.clients)
        return result

    words = (
        "Full liability makes his quality right for the clients he serves. How many he serves is right only without a "
        "binding requirement: with one he serves too many, and the rest protect themselves too much."
    )
    return judged(
        held,
        {CONDITIONAL: words},
        within=within,
        condition="the requirement does not bind, or all outsource without it",
        shown=shown,
    )


_PLACE = "Shirking Clients"
CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.clients-shirk-low",
        _PLACE,
        "If clients can shirk and the provider cannot, Lemma 2 applies for every requirement up to T av/c_s.",
        _SOLVED,
        SAMPLE,
        low_requirement,
    ),
    Claim(
        "outsourcing.clients-shirk-falls",
        _PLACE,
        "If clients can shirk and the provider cannot, a higher requirement decreases profit and welfare.",
        _SOLVED,
        SAMPLE,
        falls,
    ),
    Claim(
        "outsourcing.clients-shirk-tighter",
        _PLACE,
        "The provider is under a tighter constraint than with verifiability.",
        _SOLVED,
        SAMPLE,
        tighter,
    ),
    Claim(
        "outsourcing.clients-shirk-serves",
        _PLACE,
        "Beyond T av/c_s the situation is similar to verifiability: the provider serves and works hard.",
        "global optimum, exit included",
        SAMPLE,
        serves,
    ),
    Claim(
        "outsourcing.both-shirk",
        _PLACE,
        "If both can shirk, the requirement is immaterial and Lemma 2 applies.",
        _SOLVED,
        SAMPLE,
        immaterial,
    ),
    Claim(
        "outsourcing.no-requirement-best",
        f"{_PLACE}, end",
        "Welfare without a requirement is at least that of each other scenario.",
        _SOLVED,
        SAMPLE,
        ranking,
    ),
    Claim(
        "outsourcing.figure-9",
        "Figure 9",
        "Welfare is highest if no high requirement is imposed.",
        "welfare in four scenarios along the requirement",
        "the parameters of Figure 9; requirement 0, 0.001, ..., 1",
        figure_9,
    ),
    Claim(
        "outsourcing.liability-suffices",
        "Implications",
        "A liability set to the expected risk of the clients suffices to make the provider serve efficiently.",
        "welfare with full liability against the first best",
        SAMPLE,
        efficient_liability,
    ),
)
