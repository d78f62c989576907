"""Printed equations that do not follow, tried in exact fractions; some may be slips of the copy at hand.

Each is judged at the point the paper itself reaches: there a constraint must leave the client her reservation utility,
and a derivative must vanish.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.exact import (
    SEVERAL_ONLY,
    SINGLE,
    Exact,
    exactly,
    several,
    single,
    typed,
)
from shieldwall.economics.replication.outsourcing.samples import figure
from shieldwall.economics.replication.trial import found

HOLDS, FAILS = Verdict.HOLDS, Verdict.FAILS
_METHOD = "exact comparison of the printed term with the derived one"


def _kept(case: Exact, fee: Fraction) -> Fraction:
    """A fully compensated client's utility."""
    return case.system_value - fee


def _fee(case: Exact, inhouse_worth: Fraction) -> Fraction:
    """av q_s + aβv (1 − q_s) less what in-house protection is worth, β = 1."""
    return case.exposure - inhouse_worth


def basic_constraint() -> Finding:
    """½ (av)²/c_s in the first constraint."""

    def printed(case: Exact) -> Fraction:
        return _kept(case, _fee(case, case.exposure**2 / case.provider_cost / 2))

    return exactly(
        single(),
        lambda case: printed(case) == case.reservation,
        {FAILS: "With c_s the client would keep more than u_k; equation 1 gives ½ (av)²/c_k."},
        where=lambda case: not case.binds,
        shown=lambda case: {"utility as printed": typed(printed(case)), "in-house": typed(case.reservation)},
        true_if="c_s were c_k",
    )


def mandate_constraint() -> Finding:
    """−½ c_k q̲² in (A6) and in the Lagrangian of Proposition 1."""

    def printed(case: Exact) -> Fraction:
        worth = case.exposure * case.requirement + case.client_cost * case.requirement**2 / 2
        return _kept(case, _fee(case, worth))

    return exactly(
        single(),
        lambda case: printed(case) == case.reservation,
        {FAILS: "The cost of complying lowers u_k and so raises the price: the sign in the text, +, is right."},
        where=lambda case: case.binds,
        shown=lambda case: {"utility as printed": typed(printed(case)), "in-house": typed(case.reservation)},
        true_if="the sign were +",
    )


def price_in_proof() -> Finding:
    """½ (av)²/c_s in the price of the proof of Lemma 2."""

    def printed(case: Exact) -> Fraction:
        net = case.provider_cost * case.quality**2 - case.exposure**2 / case.provider_cost / 2
        return _kept(case, net - case.exposure * (case.times - 1) + case.lost(case.quality))

    return exactly(
        several(),
        lambda case: printed(case) == case.reservation,
        {FAILS: "Lemma 2 itself has ½ (av)²/c_k, which leaves the client u_k."},
        where=lambda case: not case.binds,
        shown=lambda case: {"utility as printed": typed(printed(case)), "in-house": typed(case.reservation)},
        true_if="c_s were c_k",
    )


def _a13(case: Exact, sign: int) -> Fraction:
    """d/dm of Σ [(a − L) v − ½ c_s q² ± ½ (av)²/c_k] at λ = 1 and fixed q, by an exact central difference."""
    step, quality = Fraction(1, 100), case.quality
    sides = []
    for moved in (replace(case, served=case.served + step), replace(case, served=case.served - step)):
        term = moved.exposure - moved.lost(quality) - moved.provider_cost * quality**2 / 2
        sides.append(moved.served * (term + sign * moved.exposure**2 / moved.client_cost / 2))
    return (sides[0] - sides[1]) / (2 * step)


def a13_sign() -> Finding:
    """+½ λ (av)²/c_k in (A13), against (A14)."""
    return exactly(
        several(),
        lambda case: _a13(case, 1) == _a13(case, -1),
        {FAILS: "(A14), which has −½ (av)²/c_k, follows from (A13) only with a minus."},
        where=lambda case: not case.binds,
        shown=lambda case: {"from (A13)": typed(_a13(case, 1)), "(A14)": typed(_a13(case, -1))},
        true_if="the sign were −",
    )


def a13_refund() -> Finding:
    """λ_j β_j v in (A13) where the Lagrangian has L_j β_j v: the terms in β at λ = 1/2."""
    half = Fraction(1, 2)

    def printed(case: Exact) -> Fraction:
        return -half * case.system_value * half

    def right(case: Exact) -> Fraction:
        return -case.lost(case.quality) * half

    return exactly(
        several(),
        lambda case: printed(case) == right(case),
        {FAILS: "The Lagrangian has −L_j β_j v (1 − λ_j); at λ_j = 1 both vanish, so that nothing rests on it."},
        shown=lambda case: {"printed": typed(printed(case)), "right": typed(right(case)), "at λ and β": "1/2 and 1"},
        true_if="λ_j were L_j",
    )


def proposition_6(stated: int = 5, cited: int = 6) -> Finding:
    """The last proof cites a proposition by number."""
    return found(
        HOLDS if cited <= stated else FAILS,
        {FAILS: "The paper states five propositions; the argument needed is that of Proposition 5."},
        counterexample={"cited": cited, "stated": stated},
        true_if="5 were cited",
    )


def note_7() -> Finding:
    """Whether the parameters of note 7 determine Figures 2 and 3: two attack probabilities that both fit."""
    first, second = (
        solve(figure(2, [0.9]).change(clients=1.0, attack_probability=chance), "requirement")
        for chance in (1 / 30, 1 / 20)
    )
    profits = [round(float(one.provider_profit[0]), 9) for one in (first, second)]
    return found(
        HOLDS if profits[0] == profits[1] else FAILS,
        {FAILS: "No attack probability is given for them; A = 0.5 with n = 15 is said of Figures 4 to 6 only."},
        counterexample={"requirement": 0.9, "profit at a = 1/30": profits[0], "profit at a = 1/20": profits[1]},
        true_if="a = 1/30 is taken from Figures 4 to 6",
    )


def zero_slope() -> Finding:
    """(b) of the text: ∂A/∂m < 0 if and only if q_s >= q̲, tried at q_s = q̲."""

    def slope(case: Exact) -> Fraction:
        return -(case.quality - case.requirement) / case.clients

    level = (
        replace(case, requirement=case.quality) for case in several() if case.requirement == 0 and case.quality <= 1
    )
    return exactly(
        level,
        lambda case: slope(case) < 0,
        {FAILS: "At q_s = q̲ the slope is 0; the proof has the strict inequality."},
        shown=lambda case: {"slope in units of b/c_h": typed(slope(case))},
        true_if=">= were >",
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.misprint-basic-constraint",
        "Basic Model, the provider's problem",
        "The client participates if p <= av q_s + aβv (1 − q_s) − ½ (av)²/c_s.",
        _METHOD,
        SINGLE,
        basic_constraint,
    ),
    Claim(
        "outsourcing.misprint-a6",
        "Proof of Proposition 1, (A6)",
        "The client participates if p <= av (q_s − q̲) + aβv (1 − q_s) − ½ c_k q̲².",
        _METHOD,
        SINGLE,
        mandate_constraint,
    ),
    Claim(
        "outsourcing.misprint-lemma-2-price",
        "Proof of Lemma 2, price",
        "The price has the term −½ (av)²/c_s.",
        _METHOD,
        SEVERAL_ONLY,
        price_in_proof,
    ),
    Claim(
        "outsourcing.misprint-a13-sign",
        "Proof of Lemma 2, (A13)",
        "The derivative in m has the term +½ λ_j (av)²/c_k.",
        _METHOD,
        SEVERAL_ONLY,
        a13_sign,
    ),
    Claim(
        "outsourcing.misprint-a13-refund",
        "Proof of Lemma 2, (A13)",
        "The derivative in m has the term λ_j β_j v (1 − λ_j).",
        _METHOD,
        SEVERAL_ONLY,
        a13_refund,
    ),
    Claim(
        "outsourcing.misprint-hacking-b",
        "Strategic Hacking, (b)",
        "Attacks fall in the number of outsourcing clients if and only if q_s >= q̲.",
        _METHOD,
        "214 markets in exact fractions, at q_s = q̲",
        zero_slope,
    ),
    Claim(
        "outsourcing.misprint-proposition-6",
        "Proof for Shirking Clients",
        "The proof follows that of Proposition 6.",
        "count of the propositions stated",
        "the paper",
        proposition_6,
    ),
    Claim(
        "outsourcing.note-7",
        "Note 7",
        "c_s = 1, c_k = 2 and v = 10 determine Figures 2 and 3.",
        "the same figure at two attack probabilities",
        "requirement 0.9, a = 1/30 and 1/20",
        note_7,
    ),
)
