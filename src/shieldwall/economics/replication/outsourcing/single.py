"""One client without a requirement: equation 1 and Lemma 1 (Hui, Hui & Yue, Basic Model)."""

from __future__ import annotations

from fractions import Fraction

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.exact import IDENTITY, SINGLE, Exact, exactly, single

HOLDS, FAILS = Verdict.HOLDS, Verdict.FAILS
STEP = Fraction(1, 10)


def is_best(case: Exact, quality: Fraction) -> bool:
    """Whether a quality is the maximum of the profit, a parabola in it."""
    below, above = case.profit(quality - STEP), case.profit(quality + STEP)
    return below == above < case.profit(quality)


def inhouse() -> Finding:
    """Equation 1: the best in-house quality, and the reservation utility."""

    def held(case: Exact) -> bool:
        below, above = case.inhouse_utility(case.own - STEP), case.inhouse_utility(case.own + STEP)
        best = case.inhouse_utility(case.own)
        bare = (1 - case.attack_probability) * case.system_value
        return below == above < best == bare + case.exposure**2 / (2 * case.client_cost) > bare and case.own <= 1

    return exactly(single(), held, {HOLDS: "u_k is a parabola in quality with its top at av/c_k < 1."})


def lemma_1() -> Finding:
    """Effort, utility and profit with full liability."""

    def held(case: Exact) -> bool:
        earned = (1 / case.provider_cost - 1 / case.client_cost) * case.exposure**2 / 2
        kept = case.system_value - case.line(Fraction(1))
        return is_best(case, case.quality) and case.profit(case.quality) == earned > 0 and kept == case.reservation

    told = "At full liability, β = 1, effort, utility and profit are those of the lemma."
    return exactly(single(), held, {HOLDS: told}, where=lambda case: not case.binds)


def _line_holds(case: Exact) -> bool:
    """Whether every liability on the line of the lemma is kept: effort q = β a v T/c_s against the one assumed."""
    for liability in (Fraction(0), Fraction(1, 2), Fraction(1)):
        supplied = liability * case.quality
        kept = case.system_value - (1 - liability) * case.lost(supplied) - case.line(liability)
        if supplied != case.quality or kept != case.reservation:
            return False
    return True


def line() -> Finding:
    """Try other liabilities of the line: would the provider make the effort that the line assumes?"""

    def shown(case: Exact) -> dict[str, object]:
        supplied = case.quality / 2
        kept = case.system_value - case.lost(supplied) / 2 - case.line(Fraction(1, 2))
        return {
            "liability": "1/2",
            "quality assumed": str(case.quality),
            "quality supplied": str(supplied),
            "client utility": str(kept),
            "in-house": str(case.reservation),
        }

    words = (
        "Effort that nobody can check is q = β T av/c_s, so of the pairs (p, β) on the line only β = 1 gives the "
        "quality that its price assumes; at any other a client is worse off than in-house and does not sign."
    )
    return exactly(
        single(),
        _line_holds,
        {FAILS: words},
        shown=shown,
        true_if="β = 1, or effort could be contracted on",
    )


def improves() -> Finding:
    """With the provider welfare and quality are above those without him."""

    def held(case: Exact) -> bool:
        return case.profit(case.quality) > 0 and case.quality > case.own

    told = "Profit is ½(av)²(1/c_s − 1/c_k) > 0 and utility is unchanged; av/c_s > av/c_k."
    return exactly(single(), held, {HOLDS: told}, where=lambda case: not case.binds)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.in-house",
        "Basic Model, (1)",
        "In-house a client chooses q_k = av/c_k, in [0, 1], and her reservation utility u_k is above that of no "
        "protection.",
        IDENTITY,
        SINGLE,
        inhouse,
    ),
    Claim(
        "outsourcing.lemma-1",
        "Lemma 1, (4), (5)",
        "The provider supplies av/c_s; the client is held to her reservation utility; his profit is "
        "½(av)²(1/c_s − 1/c_k).",
        IDENTITY,
        SINGLE,
        lemma_1,
    ),
    Claim(
        "outsourcing.lemma-1-line",
        "Lemma 1; Proposition 1b",
        "Every pair of price and liability on the stated line is an equilibrium.",
        "exact effort after signing, against the effort that the line assumes",
        f"{SINGLE}, liability 0, 1/2 and 1",
        line,
    ),
    Claim(
        "outsourcing.service-pays",
        "Basic Model",
        "The provider improves welfare, and the client is better protected than in-house.",
        IDENTITY,
        SINGLE,
        improves,
    ),
)
