"""Doing without the liability of the provider: end of section Verifiability (Hui, Hui & Yue)."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.audit import shirks
from shieldwall.economics.replication.outsourcing.samples import (
    SAMPLE,
    Flags,
    binds,
    draws,
    figure,
    noise,
    requirements,
    rounds,
    surplus,
    take,
)
from shieldwall.economics.replication.outsourcing.trial import judged

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS


def always_shirks() -> Finding:
    """Without compensation: quality 0, and clients come exactly above 2 av/c_k."""

    def held(markets: Service) -> Flags:
        solved = solve(markets, "no-commitment")
        came = solved.outsourcing_clients > 0.0
        threshold = 2.0 * markets.exposure / markets.client_cost
        clear = np.abs(markets.requirement - threshold) > 1e-9
        result: Flags = (np.where(came, solved.service_quality, 0.0) == 0.0) & (
            (came == (markets.requirement > threshold)) | ~clear
        )
        return result

    came = float((solve(draws(), "no-commitment").outsourcing_clients > 0).mean())
    words = (
        "Quality is 0 after signing, so a client pays only to be rid of the mandate: if and only if it exceeds "
        "2 av/c_k, where protecting herself is worse than no protection."
    )
    return judged(held, {HOLDS: words}, figures={"share of draws in which somebody outsources": round(came, 4)})


def mostly_inhouse() -> Finding:
    """Whether clients stay in-house without compensation, the requirement being drawn from all of [0, 1]."""
    rng = np.random.default_rng(8)
    anywhere = draws().change(requirement=np.round(rng.uniform(size=draws().shape), 3))

    def held(markets: Service) -> Flags:
        result: Flags = solve(markets, "no-commitment").outsourcing_clients == 0.0
        return result

    words = "Whether these are most cases depends on the sample: they stay up to twice what they would do anyway."
    return judged(
        held,
        {CONDITIONAL: words},
        within=lambda markets: markets.requirement <= 2.0 * markets.exposure / markets.client_cost,
        condition="requirement <= 2 av/c_k",
        samples=(rounds(), anywhere),
    )


def no_commitment_lowers() -> Finding:
    """Welfare without commitment is below that with it."""

    def held(markets: Service) -> Flags:
        fall = surplus(markets, solve(markets, "requirement")) - surplus(markets, solve(markets, "no-commitment"))
        return fall > 0.0

    return judged(held, {HOLDS: "Profit rises strictly in β at every m, and clients get the same."})


def liability_or_audit() -> Finding:
    """Whether losing liability costs more than auditing."""

    def held(markets: Service) -> Flags:
        neither, audit = solve(markets, "no-commitment"), solve(markets, "verifiable")
        return surplus(markets, neither) <= surplus(markets, audit) + noise(markets)

    def shown(markets: Service) -> dict[str, Floats]:
        regimes = ("requirement", "verifiable", "no-commitment")
        names = ("welfare with liability", "with liability and audit", "with neither")
        return {name: solve(markets, regime).welfare for name, regime in zip(names, regimes, strict=True)}

    from_ = {
        f"no liability is better than an audit in Figure {number} from requirement": _first(number)
        for number in (4, 8, 9)
    }
    shirking = ~held(take(draws(), shirks(draws())))
    return judged(
        held,
        {
            FAILS: "Liability alone beats liability with an audit. But to lose the liability can cost less than an "
            "audit: at high requirements an audited provider works far too hard."
        },
        where=binds,
        shown=shown,
        true_if="the comparison is between liability alone and an audit",
        figures={"share of shirking markets where it fails": round(float(shirking.mean()), 4), **from_},
    )


def _first(number: int) -> float:
    """The lowest requirement of a figure from which on no liability at all beats an audit."""
    market = figure(number, requirements())
    better = solve(market, "no-commitment").welfare > solve(market, "verifiable").welfare + 1e-12
    return float(market.requirement[np.flatnonzero(~better)[-1] + 1])


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.no-commitment-shirks",
        "Verifiability, end",
        "Without compensation the provider always shirks after contracting, and clients outsource only at an "
        "excessively high requirement.",
        "global optima against the threshold 2 av/c_k",
        SAMPLE,
        always_shirks,
    ),
    Claim(
        "outsourcing.no-commitment-in-house",
        "Verifiability, end",
        "Without compensation clients in most cases develop in-house.",
        "share of draws",
        f"{SAMPLE.split(';')[0]}; requirement uniform on [0, 1]",
        mostly_inhouse,
    ),
    Claim(
        "outsourcing.no-commitment-welfare",
        "Verifiability, end",
        "Welfare always decreases when the provider cannot commit to compensate.",
        "global optima with and without liability compared",
        SAMPLE,
        no_commitment_lowers,
    ),
    Claim(
        "outsourcing.liability-or-audit",
        "Verifiability, end; Implications",
        "Liability plays a more important role than auditing: to lose it costs more than an audit.",
        "welfare with neither against welfare with an audit",
        SAMPLE,
        liability_or_audit,
    ),
)
