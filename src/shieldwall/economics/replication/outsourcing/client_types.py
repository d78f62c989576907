"""Clients of two values: section Heterogeneous Clients, equations 17 and 18, note 17 (Hui, Hui & Yue)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Floats
from shieldwall.economics.outsourcing.type_search import Market
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.type_pairs import COUNT, SAMPLE, SEED, Pair, binding_pairs, pairs
from shieldwall.economics.replication.trial import found, tried

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
TINY = 1e-12
_ENUMERATED = "best numbers of both types by enumeration, with and without the requirement"


def quality() -> Finding:
    """Equation 17: profit at other qualities of the two types is lower by ½ c_s Σ m_t (q_t − q_t*)²."""
    rng = np.random.default_rng(3)

    def held(pair: Pair) -> bool:
        served = np.array(pair.free.outsourcing_clients, dtype=np.float64)
        best, other = pair.quality(pair.free), rng.uniform(size=2)
        gap = _worth(pair, served, best) - _worth(pair, served, other)
        short = 0.5 * pair.terms.provider_cost * float(served @ (other - best) ** 2)
        return bool(abs(gap - short) <= 1e-11)

    return tried(pairs(), held, {HOLDS: "Each type's quality is the top of a parabola, whatever the numbers."})


def _worth(pair: Pair, served: Floats, quality: Floats) -> float:
    """Σ m_t (−L_t v_t − ½ c_s q_t²), from the definition of L_t."""
    breach = pair.terms.attack_probability * (1.0 - quality)
    spread = pair.terms.spillover * (float(served @ breach) - breach)
    value = np.array([one.system_value for one in pair.types])
    return float(served @ (-(breach + spread) * value - 0.5 * pair.terms.provider_cost * quality**2))


def clients() -> Finding:
    """Equation 18: whether the best numbers solve it, up to the rounding of a whole number."""

    def held(pair: Pair) -> bool:
        return bool(np.all(np.abs(pair.clients(pair.bound) - np.array(pair.bound.outsourcing_clients)) <= 1.0))

    inside = sum(
        all(0 < many < one.clients for many, one in zip(solved.outsourcing_clients, pair.types, strict=True))
        for pair in pairs()
        for solved in (pair.free, pair.bound)
    )
    words = (
        "(18) is stationary but always a saddle: at fixed quality the Hessian in (m_0, m_1) has the determinant "
        "−a²e²[(1 − q_0) v_1 − (1 − q_1) v_0]² < 0. At the optimum at most one type is served in part."
    )
    return tried(
        pairs(),
        held,
        {FAILS: words},
        shown=lambda pair: {"m by (18)": np.round(pair.clients(pair.bound), 6).tolist()},
        true_if="m_0 and m_1 are compared over all numbers",
        figures={"optima with both types served in part": inside, "optima": 2 * len(pairs())},
    )


def substitutes() -> Finding:
    """Whether one more client of a type lowers the profit from one more of the other, everywhere in the market."""

    def held(pair: Pair) -> bool:
        numbers = [np.arange(one.clients + 1) for one in pair.types]
        vectors = np.stack(np.meshgrid(*numbers, indexing="ij"), axis=-1).astype(np.int64)
        profit = _market(pair).profit(vectors)
        return bool((np.diff(np.diff(profit, axis=0), axis=1) < 0.0).all())

    def within(pair: Pair) -> bool:
        together = np.array([one.clients for one in pair.types]) @ pair.exposure
        most = _market(pair).harm(together).max() / pair.terms.provider_cost
        return bool(most <= 0.5)

    words = (
        "True at fixed quality. But a further client also raises the quality of all, and from there the types can be "
        "complements; not while quality is at most 1/2."
    )
    return tried(
        pairs(),
        held,
        {CONDITIONAL: words, FAILS: words},
        within=within,
        condition="quality is at most 1/2 even if all outsource",
    )


def _market(pair: Pair) -> Market:
    """The provider's profit from any numbers, without the requirement."""
    return Market(replace(pair.terms, regime=Regime.NONE), np.array([one.clients for one in pair.types]), pair.exposure)


def both_rise() -> Finding:
    """Whether neither number falls."""

    def held(pair: Pair) -> bool:
        return all(
            more >= less
            for less, more in zip(pair.free.outsourcing_clients, pair.bound.outsourcing_clients, strict=True)
        )

    cases = binding_pairs()
    moves = np.array([np.subtract(one.bound.outsourcing_clients, one.free.outsourcing_clients) for one in cases])
    figures = {
        "m_0 falls": int((moves[:, 0] < 0).sum()),
        "m_1 falls": int((moves[:, 1] < 0).sum()),
        "m_0 + m_1 falls": int((moves.sum(axis=1) < 0).sum()),
    }
    words = (
        "The requirement hurts low types more, ½ c_k (q̲ − av_t/c_k)², so the provider takes them in and may drop high "
        "types: serving both is a saddle."
    )
    return tried(
        cases,
        held,
        {FAILS: words},
        true_if="'both' were 'the low types', in every case tried; Σ m_t × rent_t never falls",
        figures=figures,
    )


def qualities_rise() -> Finding:
    """Whether the quality of neither type falls."""

    def held(pair: Pair) -> bool:
        return bool(np.all(pair.quality(pair.bound) >= pair.quality(pair.free) - 1e-12))

    def shown(pair: Pair) -> dict[str, object]:
        return {
            "q without": np.round(pair.quality(pair.free), 9).tolist(),
            "q with": np.round(pair.quality(pair.bound), 9).tolist(),
        }

    words = "Quality (17) rises with Σ m_t v_t, which falls when high types give way to low ones."
    return tried(binding_pairs(), held, {FAILS: words}, shown=shown, true_if="Σ m_t v_t does not fall")


def welfare(*, strictly: bool) -> Finding:
    """Whether welfare falls."""

    def held(pair: Pair) -> bool:
        fall = pair.free.welfare - pair.bound.welfare
        return fall > 1e-10 if strictly else fall >= -1e-10

    def left(pair: Pair) -> bool:
        return sum(pair.free.outsourcing_clients) < sum(one.clients for one in pair.types)

    if not strictly:
        return tried(pairs(), held, {HOLDS: "Without a requirement the provider's choice is the first best."})
    return tried(
        binding_pairs(),
        held,
        {CONDITIONAL: "It never rises; it falls unless all outsource anyway."},
        within=left,
        condition="somebody stays in-house without the requirement",
        shown=lambda pair: {
            "welfare without": round(pair.free.welfare, 9),
            "welfare with": round(pair.bound.welfare, 9),
        },
    )


def ambiguous() -> Finding:
    """Whether a requirement between av_0/c_k and av_1/c_k moves each number and quality both ways."""
    cases = [pair for pair in pairs(between=True) if pair.own[0] < pair.terms.requirement <= pair.own[1]]
    moves = np.array([np.subtract(one.bound.outsourcing_clients, one.free.outsourcing_clients) for one in cases])
    better = np.array([one.quality(one.bound) - one.quality(one.free) for one in cases])
    columns = {"m_0": moves[:, 0], "m_1": moves[:, 1], "m_0 + m_1": moves.sum(axis=1), "q_0": better[:, 0]}
    counted = {name: (int((one > TINY).sum()), int((one < -TINY).sum())) for name, one in columns.items()}
    figures: dict[str, object] = {name: f"rises in {up}, falls in {down}" for name, (up, down) in counted.items()}
    certain = [name for name, ways in counted.items() if 0 in ways]
    words = (
        "Quality goes both ways, but m_0 never falls: the requirement makes each low type pay more and no high type, "
        "so fewer low types cannot become best."
    )
    verdict = CONDITIONAL if 0 in counted["m_0"] and 0 not in counted["q_0"] else FAILS if certain else HOLDS
    return found(
        verdict,
        {CONDITIONAL: words, HOLDS: "All go both ways."},
        condition="it is said of the qualities",
        counterexample={"moves one way only": ", ".join(f"{name} {figures[name]}" for name in certain)},
        figures={"tried": len(cases), **figures},
    )


_PLACE = "Heterogeneous Clients"
CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.types-quality",
        f"{_PLACE}, (17)",
        "The qualities for the two types are (17).",
        "profit at random other qualities, from the definition of L",
        SAMPLE,
        quality,
    ),
    Claim(
        "outsourcing.types-clients",
        f"{_PLACE}, (18)",
        "The numbers of clients of both types are (18).",
        "best numbers by enumeration against the right sides, one client of slack",
        SAMPLE,
        clients,
    ),
    Claim(
        "outsourcing.types-substitutes",
        f"{_PLACE}, after (18)",
        "The types are substitutes: if he serves more of one type, then fewer of the other.",
        "second differences of the profit at all numbers of both types",
        SAMPLE,
        substitutes,
    ),
    Claim(
        "outsourcing.types-both-rise",
        f"{_PLACE}; its proof",
        "If the requirement exceeds av_1/c_k, the provider serves more clients of both types.",
        _ENUMERATED,
        SAMPLE,
        both_rise,
    ),
    Claim(
        "outsourcing.types-qualities-rise",
        f"{_PLACE}; its proof",
        "If the requirement exceeds av_1/c_k, both qualities unambiguously increase.",
        _ENUMERATED,
        SAMPLE,
        qualities_rise,
    ),
    Claim(
        "outsourcing.types-welfare-never-rises",
        f"{_PLACE}, end, weakly",
        "With two types a requirement does not raise welfare.",
        _ENUMERATED,
        SAMPLE,
        lambda: welfare(strictly=False),
    ),
    Claim(
        "outsourcing.types-welfare",
        f"{_PLACE}, end",
        "With two types a requirement above av_1/c_k decreases welfare.",
        _ENUMERATED,
        SAMPLE,
        lambda: welfare(strictly=True),
    ),
    Claim(
        "outsourcing.note-17",
        "Note 17",
        "Between av_0/c_k and av_1/c_k the effect on both numbers, their sum and the qualities is ambiguous.",
        _ENUMERATED,
        f"{COUNT} random markets with such a requirement, seed {SEED}",
        ambiguous,
    ),
)
