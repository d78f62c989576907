"""Few providers, each an island or contested, and entry: section Competition, note 19 (Hui, Hui & Yue)."""

from __future__ import annotations

import numpy as np

from shieldwall.economics.outsourcing.competition import solve_competition
from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.perfect_competition import (
    PLACE,
    RIVALS,
    SPLIT,
    costs,
    providers,
    share,
    split_surplus,
)
from shieldwall.economics.replication.outsourcing.samples import Flags, draws, figure, inhouse_gain, noise, rounds, take
from shieldwall.economics.replication.outsourcing.trial import case, judged
from shieldwall.economics.replication.trial import found

HOLDS, FAILS = Verdict.HOLDS, Verdict.FAILS


def islands_surplus(markets: Service) -> Floats:
    """W − n (1 − a) v if every provider is a monopoly of his own."""
    solved = solve(markets, "requirement")
    return markets.clients * inhouse_gain(markets, solved) + providers(markets) * solved.provider_profit


def are_islands(markets: Service) -> Flags:
    """z m̆ <= n."""
    return providers(markets) * solve(markets, "requirement").outsourcing_clients <= markets.clients


def islands_above_monopoly() -> Finding:
    """More islands, more welfare."""

    def held(markets: Service) -> Flags:
        solved = solve(markets, "requirement")
        return islands_surplus(markets) > markets.clients * inhouse_gain(markets, solved) + solved.provider_profit

    return judged(held, {HOLDS: "W = n u_k + z π with π > 0."}, where=are_islands)


def islands_below_competition() -> Finding:
    """Whether islands are worse than the zero-profit split among as many providers."""

    def held(markets: Service) -> Flags:
        return islands_surplus(markets) <= split_surplus(markets, share(markets)) + noise(markets)

    many = take(draws(), are_islands(draws()))
    below = islands_surplus(many) <= split_surplus(many, np.ones(many.shape)) + noise(many)
    told = {"held against one provider for each client": int(below.sum()), "of": below.size}
    words = (
        "With as many providers, serving everybody makes networks larger than those of the islands, and is often "
        "worse. Competition is better only because it means more providers."
    )
    return judged(
        held,
        {FAILS: words},
        where=are_islands,
        shown=lambda markets: {
            **costs(markets),
            "gain over no protection, islands": islands_surplus(markets),
            "the same, zero-profit split": split_surplus(markets, share(markets)),
        },
        true_if="perfect competition has a provider for each client (z >= n)",
        figures=told,
    )


def between() -> Finding:
    """Whether the contested split lies between islands and one provider for each client."""

    def contested(markets: Service) -> Flags:
        return ~are_islands(markets)

    def held(markets: Service) -> Flags:
        solved = solve(markets, "requirement")
        number = np.floor(markets.clients / solved.outsourcing_clients)
        islands = markets.clients * inhouse_gain(markets, solved) + number * solved.provider_profit
        split = split_surplus(markets, share(markets))
        one = split_surplus(markets, np.ones(markets.shape))
        return (islands <= split + noise(markets)) & (split <= one + noise(markets))

    words = "At the equal split: profit per client falls in m, and n/z is below the m̆ of an island, above 1."
    return judged(held, {HOLDS: words}, where=contested)


def no_pure_equilibrium() -> Finding:
    """Whether contested markets have no equilibrium in pure strategies."""
    candidates = take(rounds(), (rounds().clients == 3) & (rounds().requirement == 0.0) & ~are_islands(rounds()))
    tried = pure = 0
    example: dict[str, object] = {}
    for row in range(0, candidates.clients.size, 4):
        market = take(candidates, row)
        prices = solve_competition(market, 2, "none").rules["price and capacity"]
        tried += 1
        if prices.low is not None:
            pure += 1
            example = example or {
                **case(take(candidates, [row])),
                "providers": 2,
                "price of both": round(prices.low, 9),
                "most gained by a deviation": prices.regret,
            }
    paper = solve_competition(figure(4), 3, "none").rules
    whole = solve_competition(figure(4), 5, "none", integer=True).rules["voluntary rationing"]
    figures: dict[str, object] = {"tried": tried, "with a pure equilibrium": pure}
    figures["serve all, Figures 4 to 6, 3 providers"] = _interval(paper["serve all"].low, paper["serve all"].high)
    figures["voluntary rationing, whole clients, 5 providers"] = _interval(whole.low, whole.high)
    words = (
        "It hangs on a rationing rule that the paper leaves open. If price and capacity are chosen together, all at "
        "P = MC(n/z) is an equilibrium: who asks more has no client, and n/z is everybody's best number at that price."
    )
    return found(
        FAILS if pure else HOLDS,
        {FAILS: words, HOLDS: "None was found."},
        counterexample=example,
        true_if="clients are continuous and each provider serves as many as he likes after prices are set "
        "(no symmetric one; asymmetric ones are open)",
        figures=figures,
    )


def _interval(low: float | None, high: float | None) -> str:
    return "no pure price" if low is None or high is None else f"prices {low:.6f} to {high:.6f}"


def entry_helps() -> Finding:
    """Note 19: welfare of the split with one provider more."""

    def held(markets: Service) -> Flags:
        more = np.maximum(markets.clients / (providers(markets) + 1.0), 1.0)
        return split_surplus(markets, more) >= split_surplus(markets, share(markets)) - noise(markets)

    return judged(
        held, {HOLDS: "Smaller networks cost less per client; the limit is one client each, the best of all."}
    )


def weakens() -> Finding:
    """Whether the mandate costs less welfare with islands than with one provider, and still some."""

    def held(markets: Service) -> Flags:
        free, bound = solve(markets, "none"), solve(markets, "requirement")
        lost = markets.clients * (inhouse_gain(markets, free) - inhouse_gain(markets, bound))
        gained = bound.provider_profit - free.provider_profit
        several = lost - providers(markets) * gained
        return (several <= lost - gained + noise(markets)) & (several >= -noise(markets))

    words = "Each island gains what the mandate adds to profit, so z of them lose less; all lose unless z m = n."
    return judged(held, {HOLDS: words}, where=are_islands)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.islands-above-monopoly",
        PLACE,
        "If z m̆ <= n, welfare is higher than with one provider.",
        "z islands against one",
        RIVALS,
        islands_above_monopoly,
    ),
    Claim(
        "outsourcing.islands-below-competition",
        PLACE,
        "If z m̆ <= n, welfare is lower than in perfect competition.",
        "z islands against the zero-profit split among z providers",
        RIVALS,
        islands_below_competition,
    ),
    Claim(
        "outsourcing.contested-between",
        PLACE,
        "If z m̆ > n, welfare lies between those of the oligopoly of islands and of perfect competition.",
        "the equal split against as many islands as there is room for, and against one client each",
        RIVALS,
        between,
    ),
    Claim(
        "outsourcing.no-pure-equilibrium",
        f"{PLACE}; its proof",
        "If z m̆ > n, no equilibrium in pure strategies exists.",
        "the best of all deviations in number of clients and price, rule by rule",
        "a grid of round numbers of 3 clients and 2 providers",
        no_pure_equilibrium,
    ),
    Claim(
        "outsourcing.note-19",
        "Note 19",
        "Entry of providers is good for welfare.",
        f"{SPLIT}, with one provider more",
        RIVALS,
        entry_helps,
    ),
    Claim(
        "outsourcing.competition-weakens",
        f"{PLACE}, end",
        "Competition weakens the welfare cost of a mandate, and need not undo it.",
        "z islands against one, with and without the requirement",
        RIVALS,
        weakens,
    ),
)
