"""One client and independent ones under a requirement: Proposition 1, Figures 2 and 3 (Hui, Hui & Yue, Basic Model)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.exact import IDENTITY, SINGLE, Exact, exactly, single
from shieldwall.economics.replication.outsourcing.samples import SAMPLE, Flags, figure, requirements, take
from shieldwall.economics.replication.outsourcing.single import is_best
from shieldwall.economics.replication.outsourcing.trial import judged

HOLDS, CONDITIONAL = Verdict.HOLDS, Verdict.CONDITIONAL


def prop_1a() -> Finding:
    """A requirement that does not bind changes nothing."""

    def held(case: Exact) -> bool:
        free = replace(case, requirement=Fraction(0))
        same = free.reservation == case.reservation and free.profit(free.quality) == case.profit(case.quality)
        return same and case.quality >= case.requirement

    return exactly(single(), held, {HOLDS: "Nothing depends on it."}, where=lambda case: not case.binds)


def prop_1b() -> Finding:
    """Equations 7 and 8, effort, and who shirks."""

    def held(case: Exact) -> bool:
        mandate, exposure = case.requirement, case.exposure
        utility = (1 - case.attack_probability) * case.system_value
        utility += exposure * mandate - case.client_cost * mandate**2 / 2
        earned = exposure**2 / case.provider_cost / 2 + case.client_cost * mandate**2 / 2 - exposure * mandate
        return is_best(case, case.quality) and case.reservation == utility and case.profit(case.quality) == earned

    words = "At full liability effort stays av/c_s, which is below the requirement exactly if that exceeds av/c_s."
    return exactly(single(), held, {HOLDS: words}, where=lambda case: case.binds)


def shifts_surplus() -> Finding:
    """Profit rises by what utility loses; welfare stays; the profit has the two terms of the text."""

    def held(case: Exact) -> bool:
        free = replace(case, requirement=Fraction(0))
        gap = case.client_cost * (case.requirement - case.own) ** 2 / 2
        rise = case.profit(case.quality) - free.profit(free.quality)
        return rise == gap == free.reservation - case.reservation and gap > 0

    words = "½ c_k (q̲ − av/c_k)² moves from client to provider, and quality stays av/c_s: welfare is unaffected."
    return exactly(single(), held, {HOLDS: words}, where=lambda case: case.binds)


def _more_attacks(case: Exact) -> tuple[Fraction, Fraction]:
    """du/da and dπ/da at a fixed regime, central differences of polynomials of degree two, which are exact."""
    step = Fraction(1, 1000)
    sides = []
    for sign in (1, -1):
        moved = replace(case, attack_probability=case.attack_probability + sign * step)
        inhouse = case.requirement if case.binds else moved.own
        utility = moved.inhouse_utility(inhouse)
        worth = moved.system_value - moved.lost(moved.quality) - moved.provider_cost * moved.quality**2 / 2
        sides.append((utility, worth - utility))
    (above, more), (below, less) = sides
    return (above - below) / (2 * step), (more - less) / (2 * step)


def client_fears_attacks() -> Finding:
    """A client prefers fewer attacks."""
    return exactly(
        single(),
        lambda case: _more_attacks(case)[0] < 0,
        {CONDITIONAL: "du/da = −v (1 − q_k), which is 0 for a client who must protect herself perfectly."},
        within=lambda case: case.requirement < 1,
        condition="requirement < 1",
        shown=lambda case: {"du/da": str(_more_attacks(case)[0])},
    )


def provider_likes_attacks() -> Finding:
    """The provider prefers more attacks unless the requirement exceeds his effort."""

    def held(case: Exact) -> bool:
        slope = _more_attacks(case)[1]
        if not case.binds:
            return slope == case.exposure * case.system_value * (1 / case.provider_cost - 1 / case.client_cost) > 0
        return slope == case.system_value * (case.quality - case.requirement)

    words = "dπ/da = v (av/c_s − q̲) once the requirement binds: negative exactly where the provider shirks."
    return exactly(single(), held, {HOLDS: words})


def independent() -> Finding:
    """Without spill-over everybody is served alike."""

    def held(markets: Service) -> Flags:
        apart = markets.change(spillover=0.0)
        solved, one = solve(apart, "requirement"), solve(apart.change(clients=1.0), "requirement")
        earned = np.abs(solved.provider_profit - markets.clients * one.provider_profit)
        same = np.abs(solved.service_quality - one.service_quality) <= 1e-12
        result: Flags = (
            (solved.outsourcing_clients == markets.clients) & same & (earned <= 1e-12 * solved.provider_profit)
        )
        return result

    return judged(held, {HOLDS: "With e = 0 all n outsource at quality av/c_s, and profit is n times that of one."})


def figures_2_and_3(attack_probability: float = 1 / 30) -> Finding:
    """Utility falls and profit rises from av/c_k on; both are flat before."""
    ladder = figure(2, requirements()).change(clients=1.0, attack_probability=attack_probability)
    own = float(ladder.exposure[0] / ladder.client_cost[0])

    def held(markets: Service) -> Flags:
        above = solve(markets.change(requirement=markets.requirement + 1e-3), "requirement")
        here = solve(markets, "requirement")
        loss, rise = here.client_utility - above.client_utility, above.provider_profit - here.provider_profit
        low, moved = markets.requirement + 1e-3 <= own + 1e-9, np.isclose(loss, rise, rtol=0.0, atol=1e-12)
        return moved & np.where(low, np.abs(loss) < 1e-13, loss > 1e-13)

    words = f"Flat up to av/c_k = {own:.6g}, then utility falls and profit rises by the same amount."
    steps = take(ladder, slice(0, -1))
    return judged(held, {HOLDS: words}, samples=[steps], figures={"attack_probability taken": attack_probability})


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.prop-1a",
        "Proposition 1a",
        "A requirement of at most av/c_k changes nothing, and the provider supplies at least that.",
        IDENTITY,
        SINGLE,
        prop_1a,
    ),
    Claim(
        "outsourcing.prop-1b",
        "Proposition 1b, (7), (8)",
        "Above av/c_k the provider still supplies av/c_s, with utility (7) and profit (8); he shirks if and only if "
        "the requirement exceeds av/c_s.",
        IDENTITY,
        SINGLE,
        prop_1b,
    ),
    Claim(
        "outsourcing.single-welfare",
        "Basic Model, after (8)",
        "The requirement raises profit, lowers utility, and leaves quality and welfare alone.",
        IDENTITY,
        SINGLE,
        shifts_surplus,
    ),
    Claim(
        "outsourcing.client-fears-attacks",
        "Basic Model, after (8)",
        "A client always prefers the attack probability to be small: du/da < 0.",
        IDENTITY,
        SINGLE,
        client_fears_attacks,
    ),
    Claim(
        "outsourcing.provider-likes-attacks",
        "Basic Model, after (8)",
        "The provider prefers more attacks without a binding requirement, and fewer if and only if it exceeds av/c_s.",
        IDENTITY,
        SINGLE,
        provider_likes_attacks,
    ),
    Claim(
        "outsourcing.independent-clients",
        "Basic Model, end",
        "With n independent clients Lemma 1 and Proposition 1 extend directly: profit is n times that from one.",
        "global solution of every market with e = 0",
        SAMPLE,
        independent,
    ),
    Claim(
        "outsourcing.figures-2-3",
        "Figures 2 and 3",
        "Utility is flat, then falls with the requirement; profit is flat, then rises.",
        "signs of the steps along the requirement",
        "c_s = 1, c_k = 2, v = 10, a = 1/30 taken from Figures 4 to 6; requirement 0, 0.001, ..., 1",
        figures_2_and_3,
    ),
)
