"""Several providers who share all clients equally at zero profit: section Competition, note 18 (Hui, Hui & Yue)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shieldwall.economics.outsourcing.competition import solve_competition
from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.samples import SAMPLE, Flags, figure, inhouse_gain, noise
from shieldwall.economics.replication.outsourcing.trial import judged
from shieldwall.economics.replication.trial import found

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
RIVALS = f"{SAMPLE}; 2 to 9 providers, 2 for up to 10 clients"
SPLIT = "costs and welfare of the equal split that serves everybody"
PLACE = "Competition"


def providers(markets: Service) -> Floats:
    """z of each market, at most n: it follows from the market, so that every sample has its own."""
    return 2.0 + np.mod(np.floor(markets.requirement * 1000.0), 8.0) * (markets.clients > 10.0)


def share(markets: Service) -> Floats:
    """n/z."""
    return markets.clients / providers(markets)


def quality(markets: Service, served: Floats) -> Floats:
    """q_c = (av/c_s) (1 + e (m − 1))."""
    return (1.0 + markets.spillover * (served - 1.0)) * markets.exposure / markets.provider_cost


def average_cost(markets: Service, served: Floats) -> Floats:
    """AC: losses and effort per client at m clients and the best quality."""
    best = quality(markets, served)
    return markets.provider_cost * best * (1.0 - 0.5 * best)


def marginal_cost(markets: Service, served: Floats) -> Floats:
    """MC = AC + m e av (1 − q); of a single client, all of her cost."""
    harm = served * markets.spillover * markets.exposure * (1.0 - quality(markets, served))
    return average_cost(markets, served) + np.where(served > 1.0, harm, 0.0)


def split_surplus(markets: Service, served: Floats) -> Floats:
    """W − n (1 − a) v if all outsource, m to each provider."""
    return markets.clients * (markets.exposure - average_cost(markets, served))


def costs(markets: Service) -> dict[str, Floats]:
    """What the equal split costs, as a counterexample shows it."""
    served = share(markets)
    return {
        "providers": providers(markets),
        "clients each": served,
        "average cost": average_cost(markets, served),
        "marginal cost": marginal_cost(markets, served),
    }


def marginal_is_average() -> Finding:
    """Whether a price at marginal cost leaves no profit."""

    def held(markets: Service) -> Flags:
        served = share(markets)
        return marginal_cost(markets, served) - average_cost(markets, served) <= noise(markets) / markets.clients

    return judged(
        held,
        {
            CONDITIONAL: "A further client also harms the others: MC = AC + m e av (1 − q) > AC. Marginal-cost prices "
            "leave m² e av (1 − q) to each provider, and zero profit means prices below marginal cost."
        },
        within=lambda markets: share(markets) == 1.0,
        condition="each provider serves one client (z >= n), or e = 0",
        shown=costs,
    )


def equal_effort() -> Finding:
    """The quality that is best for clients who pay the cost."""

    def held(markets: Service) -> Flags:
        served = share(markets)
        exposed = (1.0 + markets.spillover * (served - 1.0)) * markets.exposure

        def utility(tried: Floats) -> Floats:
            return -exposed * (1.0 - tried) - 0.5 * markets.provider_cost * tried**2

        best = quality(markets, served)
        above, below = utility(best + 0.25), utility(best - 0.25)
        return (np.abs(above - below) <= noise(markets)) & (utility(best) > above)

    return judged(held, {HOLDS: "The quality q_c is the top of a parabola, at any split."})


def all_outsource() -> Finding:
    """Whether clients accept the zero-profit price of the equal split."""

    def most(markets: Service) -> Floats:
        return markets.exposure - inhouse_gain(markets, solve(markets, "requirement"))

    return judged(
        lambda markets: average_cost(markets, share(markets)) <= most(markets),
        {CONDITIONAL: "With few providers networks can be so large that clients are better off in-house even at cost."},
        within=lambda markets: share(markets) == 1.0,
        condition="there is a provider for each client (z >= n); in general AC(n/z) <= av − ρ",
        shown=lambda markets: {**costs(markets), "most a client pays": most(markets)},
    )


def welfare_maximised() -> Finding:
    """Whether the equal split that serves everybody is the best of all equal splits."""

    def best(markets: Service) -> tuple[Floats, Floats]:
        solved = solve(replace(markets, clients=share(markets)), "none")
        gain = markets.clients * inhouse_gain(markets, solved) + providers(markets) * solved.provider_profit
        return solved.outsourcing_clients, gain

    def shown(markets: Service) -> dict[str, Floats]:
        bare = markets.clients * (1.0 - markets.attack_probability) * markets.system_value
        served, gain = best(markets)
        welfare = {"welfare": bare + split_surplus(markets, share(markets)), "welfare at the best split": bare + gain}
        return {**costs(markets), **welfare, "clients each at the best split": served}

    two = figure(4).change(clients=[15.0])
    gap = best(two)[1] - split_surplus(two, share(two))
    return judged(
        lambda markets: split_surplus(markets, share(markets)) >= best(markets)[1] - noise(markets),
        {CONDITIONAL: "Zero profit ignores the harm to others: all are served, even where fewer at each is better."},
        within=lambda markets: best(markets)[0] == share(markets),
        condition="n/z clients are the best number for a provider with n/z or fewer, as with z >= n",
        shown=shown,
        figures={"welfare lost at Figures 4 to 6 with 2 providers": float(f"{gap[0]:.6g}")},
    )


def one_each() -> Finding:
    """Note 18: with z >= n everybody has a provider of her own."""
    figures: dict[str, object] = {}
    for clients, rivals in ((2, 2), (3, 3), (3, 5), (5, 9)):
        market = figure(4).change(clients=float(clients))
        solved = solve_competition(market, rivals, "none")
        split = sorted(solved.equilibrium.split, reverse=True)
        price = float(average_cost(market, np.array(1.0)))
        fine = split == [1.0] * clients + [0.0] * (rivals - clients)
        figures[f"{clients} clients, {rivals} providers"] = f"split {solved.equilibrium.split}"
        if not fine or (rivals > clients and abs(solved.equilibrium.price - price) > 1e-12):
            return found(FAILS, {FAILS: "Not so."}, counterexample={"clients": clients, "providers": rivals})
    return found(
        HOLDS, {HOLDS: "One client each, at quality av/c_s; with an idle provider at average cost."}, figures=figures
    )


def no_exploitation() -> Finding:
    """Whether the zero-profit price, and so what a client keeps, ignores the requirement."""
    figures: dict[str, object] = {}
    for rivals in (2, 5, 15):
        prices = {
            solve_competition(figure(4, mandate), rivals, "requirement").pricing["zero_profit"]
            for mandate in (0.0, 0.3, 0.6, 0.9)
        }
        kept = {one.client_utility for one in prices if one is not None}
        figures[f"client utility with {rivals} providers"] = ", ".join(f"{each:.9g}" for each in sorted(kept))
        if len(kept) != 1:
            return found(FAILS, {FAILS: "It does not."}, counterexample={"providers": rivals, **figures})
    words = "What a client pays is the cost of serving her, in which the requirement has no part."
    return found(HOLDS, {HOLDS: words}, figures=figures)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.competition-marginal-cost",
        PLACE,
        "Under perfect competition price equals marginal cost and profit is zero.",
        SPLIT,
        RIVALS,
        marginal_is_average,
    ),
    Claim(
        "outsourcing.competition-effort",
        PLACE,
        "All providers choose q_c = (av/c_s)(1 + e (m_c − 1)).",
        "the parabola of a client's utility at cost",
        RIVALS,
        equal_effort,
    ),
    Claim(
        "outsourcing.competition-no-exploitation",
        PLACE,
        "Under perfect competition providers cannot exploit clients, even with a high requirement.",
        "zero-profit price of the equal split at several requirements",
        "the parameters of Figures 4 to 6; 2, 5 and 15 providers, requirement 0, 0.3, 0.6 and 0.9",
        no_exploitation,
    ),
    Claim(
        "outsourcing.competition-all",
        PLACE,
        "Under perfect competition all clients outsource.",
        SPLIT,
        RIVALS,
        all_outsource,
    ),
    Claim(
        "outsourcing.competition-welfare",
        PLACE,
        "Under perfect competition, with m_c = n/z, welfare is maximised.",
        f"{SPLIT}, against the best equal split",
        RIVALS,
        welfare_maximised,
    ),
    Claim(
        "outsourcing.note-18",
        "Note 18",
        "If z >= n, each provider serves one client at quality av/c_s.",
        "solution of the market with z providers",
        "c_s = 1, c_k = 2, v = 10, a = 1/30, e = 0.01; 2 to 5 clients, 2 to 9 providers",
        one_each,
    ),
)
