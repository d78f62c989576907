"""What a mandatory requirement does to risk and welfare: Proposition 4, Figure 6, note 14 (Hui, Hui & Yue)."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.switching import switching_points
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.mandate import SOLVED, before_and_after
from shieldwall.economics.replication.outsourcing.samples import (
    FIGURES_4_TO_6,
    SAMPLE,
    Flags,
    binds,
    draws,
    figure,
    inhouse_gain,
    noise,
    requirements,
    surplus,
    take,
)
from shieldwall.economics.replication.outsourcing.trial import judged
from shieldwall.economics.replication.trial import found

HOLDS, CONDITIONAL = Verdict.HOLDS, Verdict.CONDITIONAL


def greater_risk() -> Finding:
    """Whether an outsourcing client's expected loss rises with the requirement."""

    def held(markets: Service) -> Flags:
        free, bound = solve(markets, "none"), solve(markets, "requirement")
        return bound.expected_loss >= free.expected_loss * (1.0 - 1e-12)

    def within(markets: Service) -> Flags:
        return solve(markets, "requirement").service_quality <= 0.5

    def shown(markets: Service) -> dict[str, Floats]:
        losses = [solve(markets, regime).expected_loss for regime in ("none", "requirement")]
        return {**before_and_after(markets), "expected loss without": losses[0], "expected loss with": losses[1]}

    words = (
        "L = a T (1 − T av/c_s) rises with T only up to quality 1/2; beyond it the better protection outweighs the "
        "larger network and every outsourcing client is safer."
    )
    return judged(
        held,
        {CONDITIONAL: words},
        where=binds,
        within=within,
        condition="service quality is at most 1/2 with the requirement",
        shown=shown,
    )


def first_best() -> Finding:
    """Whether no number of clients and quality gives more welfare than Lemma 2; and W = n u_k + π."""
    rng = np.random.default_rng(7)
    share, quality = rng.uniform(size=(40, 1)), rng.uniform(size=(40, 1))

    def held(markets: Service) -> Flags:
        solved = solve(markets, "none")
        served = 1.0 + share * (markets.clients - 1.0)
        exposure = markets.exposure
        margin = exposure - exposure * (1.0 - quality) * (1.0 + markets.spillover * (served - 1.0))
        gain = served * (margin - 0.5 * markets.provider_cost * quality**2 - inhouse_gain(markets, solved))
        best = gain.max(axis=0) <= solved.provider_profit + noise(markets)
        result: Flags = best & (solved.welfare_gap < 1e-12)
        return result

    words = "W − n u_k is the provider's profit, so what maximises the one maximises the other: his global maximum."
    return judged(held, {HOLDS: words}, samples=[take(draws(), slice(0, 20000))])


def welfare_falls(*, strictly: bool) -> Finding:
    """Whether welfare falls."""

    def held(markets: Service) -> Flags:
        fall = surplus(markets, solve(markets, "none")) - surplus(markets, solve(markets, "requirement"))
        return fall > noise(markets) if strictly else fall >= -noise(markets)

    if not strictly:
        return judged(held, {HOLDS: "dW/dρ = n − m >= 0, and a requirement lowers ρ."}, where=binds)
    words = "dW/dρ = n − m: welfare falls while somebody stays in-house, and not at all if all outsource anyway."
    return judged(
        held,
        {CONDITIONAL: words},
        where=binds,
        within=lambda markets: solve(markets, "none").outsourcing_clients < markets.clients,
        condition="m* < n without the requirement",
        shown=before_and_after,
    )


def figure_6() -> Finding:
    """Whether welfare falls over the whole range beyond av/c_k."""
    market = figure(4, requirements())
    solved = solve(market, "requirement")
    own = float(market.exposure[0] / market.client_cost[0])
    gain = surplus(market, solved)
    fell = np.diff(gain) < -noise(market)[1:]
    beyond = market.requirement[:-1] >= own
    flat = market.requirement[:-1][beyond & ~fell]
    if not flat.size:
        return found(HOLDS, {HOLDS: "It falls all the way."}, figures={"steps": int(beyond.sum())})
    turn = next(one for one in switching_points(figure(4), "requirement") if "interior to all" in one.changes)
    return found(
        CONDITIONAL,
        {CONDITIONAL: "Once all outsource, a higher requirement only moves money from clients to the provider."},
        condition=f"requirement < {turn.requirement:.6f}, where all outsource",
        counterexample={
            "requirement": f"{turn.requirement:.6f} and 1",
            "welfare": f"{solved.welfare[-1]:.6f} at both",
            "clients": float(solved.outsourcing_clients[-1]),
        },
        figures={"flat from": round(turn.requirement, 6), "steps that fall": int((beyond & fell).sum())},
    )


def interdependence_costs_more() -> Finding:
    """Note 14: whether the welfare lost to interdependence is larger under a binding requirement."""

    def cost(markets: Service, regime: str) -> Floats:
        apart = markets.change(spillover=0.0)
        return surplus(apart, solve(apart, regime)) - surplus(markets, solve(markets, regime))

    return judged(
        lambda markets: cost(markets, "requirement") - cost(markets, "none") > 2.0 * noise(markets),
        {CONDITIONAL: "Without spill-over the requirement leaves welfare alone, so this is Proposition 4 again."},
        where=binds,
        within=lambda markets: solve(markets, "none").outsourcing_clients < markets.clients,
        condition="m* < n without the requirement",
        shown=lambda markets: {"cost without": cost(markets, "none"), "cost with": cost(markets, "requirement")},
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.greater-risk",
        "Abstract; section on Proposition 3",
        "With more clients served, those who outsource are subject to greater risks from each other.",
        "expected loss at the global optima",
        SAMPLE,
        greater_risk,
    ),
    Claim(
        "outsourcing.prop-4-first-best",
        "Proof of Proposition 4, (A17)",
        "Lemma 2 gives the first-best welfare.",
        "welfare counted twice; 40 random pairs of clients and quality in every market",
        "20,000 random markets, seed 2012",
        first_best,
    ),
    Claim(
        "outsourcing.prop-4-never-rises",
        "Proposition 4, weakly",
        "A binding requirement does not raise welfare.",
        SOLVED,
        SAMPLE,
        lambda: welfare_falls(strictly=False),
    ),
    Claim(
        "outsourcing.prop-4",
        "Proposition 4",
        "A binding requirement decreases welfare.",
        SOLVED,
        SAMPLE,
        lambda: welfare_falls(strictly=True),
    ),
    Claim(
        "outsourcing.figure-6",
        "Figure 6",
        "Welfare falls with the requirement above av/c_k.",
        "steps along the requirement",
        FIGURES_4_TO_6,
        figure_6,
    ),
    Claim(
        "outsourcing.note-14",
        "Note 14",
        "The welfare lost to interdependence is larger under a binding requirement.",
        "global optima with and without spill-over, with and without the requirement",
        SAMPLE,
        interdependence_costs_more,
    ),
)
