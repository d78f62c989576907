"""Steps of the published proofs that are identities, tried in exact fractions (Hui, Hui & Yue, Appendix)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.exact import IDENTITY, SEVERAL, Exact, exactly, several
from shieldwall.economics.replication.trial import found

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
QUALITIES = tuple(Fraction(tenths, 10) for tenths in range(10))
NUDGE = Fraction(1, 100)


def free(case: Exact) -> bool:
    """Whether the requirement does not bind; with one number of clients served, for the curves of the proof."""
    return case.requirement == 0 and case.served == 1


def curve(case: Exact, quality: Fraction) -> Fraction:
    """m(q), equation 11."""
    gain = case.exposure * quality - case.provider_cost * quality**2 / 2 - case.exposure**2 / case.client_cost / 2
    return Fraction(1, 2) + gain / (2 * case.spillover * case.exposure * (1 - quality))


def same_effort() -> Finding:
    """With any vector of qualities profit is Σ over clients of the same parabola."""

    def held(case: Exact) -> bool:
        vector = [Fraction(place % 3, 4) + Fraction(place, 100) for place in range(int(case.served))]
        worth = Fraction(0)
        for place, quality in enumerate(vector):
            others = sum(1 - other for index, other in enumerate(vector) if index != place)
            loss = case.attack_probability * (1 - quality + case.spillover * others)
            worth += (1 - loss) * case.system_value - case.provider_cost * quality**2 / 2 - case.reservation
        short = sum((quality - case.quality) ** 2 for quality in vector) * case.provider_cost / 2
        return case.profit(case.quality) - worth == short

    words = "Profit is its value at the common quality T av/c_s less ½ c_s Σ (q_j − T av/c_s)²."
    return exactly(several(), held, {HOLDS: words})


def expected_loss() -> Finding:
    """L_j by counting every set of clients attacked, against its formula; A whole."""
    tried = 0
    for clients in range(2, 6):
        for attacks, served in product(range(1, clients + 1), range(1, clients + 1)):
            chances = [Fraction(place + 1, 7) for place in range(served)]
            tried += 1
            if _counted(clients, attacks, chances) != _formula(Fraction(attacks, clients), chances):
                example = {"clients": clients, "attacks": attacks, "outsourcing_clients": served}
                return found(FAILS, {FAILS: "It is not."}, counterexample=example)
    words = "Expectations add: only the chance a that a client is attacked matters, not how attacks are drawn."
    return found(HOLDS, {HOLDS: words}, figures={"tried": tried, "held": tried})


def _counted(clients: int, attacks: int, qualities: list[Fraction]) -> Fraction:
    """Loss of the first outsourcing client, all sets of attacked clients alike likely; e = 1/10."""
    sets = list(combinations(range(clients), attacks))
    lost = Fraction(0)
    for attacked in sets:
        breaches = {place: 1 - qualities[place] for place in attacked if place < len(qualities)}
        lost += sum(chance if place == 0 else chance / 10 for place, chance in breaches.items())
    return lost / len(sets)


def _formula(chance: Fraction, qualities: list[Fraction]) -> Fraction:
    first, *others = qualities
    return chance * (1 - first) + chance * sum(1 - one for one in others) / 10


def attacks_on_others() -> Finding:
    """na − 1 attacks on the others are left once client j was attacked, at the parameters of the figures."""
    figures = {"Figures 4 to 6": Fraction(1, 2), "Figures 8 and 9": Fraction(1, 20)}
    worst = min(figures.values())
    words = (
        "The figures take A = 0.5 and 0.05, so that na − 1 attacks is a negative number. The formula of L survives, "
        "because it needs only the chance a of each client."
    )
    return found(
        HOLDS if worst >= 1 else FAILS,
        {FAILS: words},
        counterexample={"attacks": str(figures["Figures 4 to 6"]), "attacks left": str(figures["Figures 4 to 6"] - 1)},
        true_if="A is at least 1; or read A as an expected number",
        figures={name: f"{attacks - 1} attacks left" for name, attacks in figures.items()},
    )


def slope() -> Finding:
    """dm*/dq* as printed, against the exact derivative of (11), and its sign at q = T av/c_s."""

    def held(case: Exact) -> bool:
        quality = case.quality
        top = case.exposure - case.provider_cost * quality + case.provider_cost * quality**2 / 2
        top -= case.exposure**2 / case.client_cost / 2
        below = case.exposure - case.provider_cost * quality
        gain = case.exposure * quality - case.provider_cost * quality**2 / 2 - case.exposure**2 / case.client_cost / 2
        return top == below * (1 - quality) + gain and (top > 0) == (case.margin(quality) > 0)

    words = "The derivative is right, and its sign at q = T av/c_s is that of the profit per client (13), positive."
    return exactly(several(), held, {HOLDS: words}, where=lambda case: case.requirement == 0)


def curvature() -> Finding:
    """The sign of d²m*/dq*² as printed, against second differences of (11)."""

    def printed(case: Exact) -> Fraction:
        return 2 * case.exposure - case.provider_cost - case.exposure**2 / case.client_cost / 2

    def bend(case: Exact) -> Fraction:
        left, middle, right = (curve(case, Fraction(1, 2) + step * NUDGE) for step in (-1, 0, 1))
        return left - 2 * middle + right

    def held(case: Exact) -> bool:
        return (bend(case) > 0) == (printed(case) > 0) and (bend(case) < 0) == (printed(case) < 0)

    def right(case: Exact) -> Fraction:
        return 2 * case.exposure - case.provider_cost - case.exposure**2 / case.client_cost

    steps = (
        Exact(clients=Fraction(2), attack_probability=Fraction(part, 100), client_cost=cost, spillover=Fraction(1, 10))
        for cost in (Fraction(2), Fraction(5, 4), Fraction(5))
        for part in range(1, 100)
    )
    return exactly(
        steps,
        held,
        {FAILS: "The sign is that of 2 av − c_s − (av)²/c_k: the printed expression lacks a factor of 2."},
        shown=lambda case: {
            "printed": str(printed(case)),
            "right": str(right(case)),
            "second difference": str(bend(case)),
        },
        true_if="½ (av)²/c_k were (av)²/c_k",
    )


def corner_on_curve() -> Finding:
    """Whether (11) passes through m = 1 at q = av/c_s, as the count of intersections needs."""

    def at_one(case: Exact) -> Fraction:
        return curve(case, case.exposure / case.provider_cost)

    return exactly(
        several(),
        lambda case: at_one(case) == 1,
        {FAILS: "At q = av/c_s equation (11) gives another m, so a line and a convex curve may still meet twice."},
        where=free,
        shown=lambda case: {"m by (11) at q = av/c_s": str(at_one(case))},
        true_if="av (1/c_s − 1/c_k) = 2 e (1 − av/c_s)",
    )


def first_order() -> Finding:
    """(A14), (A15): the derivative of m h(m, q) in m at fixed q."""

    def held(case: Exact) -> bool:
        sides = [replace(case, served=case.served + step) for step in (NUDGE, -NUDGE)]
        for quality in QUALITIES[::3]:
            above, below = (side.profit(quality) for side in sides)
            if (above - below) / (2 * NUDGE) != _a14(case, quality):
                return False
        return True

    return exactly(several(), held, {HOLDS: "Both are the derivative of the profit in m at fixed quality."})


def _a14(case: Exact, quality: Fraction) -> Fraction:
    """The right side of (A14), or (A15) where the requirement binds."""
    exposure, spill = case.exposure, case.spillover
    slope = spill * exposure + exposure * (1 - spill) * quality - 2 * spill * exposure * case.served * (1 - quality)
    slope -= case.provider_cost * quality**2 / 2
    if case.binds:
        return slope - exposure * case.requirement + case.client_cost * case.requirement**2 / 2
    return slope - exposure**2 / case.client_cost / 2


def a16() -> Finding:
    """The difference of (A15) and (A14)."""

    def held(case: Exact) -> bool:
        unbound = replace(case, requirement=Fraction(0))
        gap = case.client_cost * (case.requirement - case.own) ** 2 / 2
        return all(_a14(case, quality) - _a14(unbound, quality) == gap > 0 for quality in QUALITIES[::3])

    words = "The requirement lowers what a client can get elsewhere by ½ c_k (q̲ − av/c_k)², for each client served."
    return exactly(several(), held, {HOLDS: words}, where=lambda case: case.binds)


def concave() -> Finding:
    """Second differences in m: at fixed quality, and at the best quality for each m."""

    def bend(case: Exact) -> Fraction:
        side = [replace(case, served=case.served + step) for step in (-NUDGE, Fraction(0), NUDGE)]
        left, middle, right = (one.profit(one.quality) for one in side)
        return left - 2 * middle + right

    def within(case: Exact) -> bool:
        return 3 * case.times < 2 * case.provider_cost / case.exposure + 1 - case.spillover

    words = (
        "−2 e av (1 − q) is right at fixed q, but quality follows m. With it the profit is a cubic, convex beyond "
        "m = 2/3 + 2 (c_s/av − 1)/(3 e)."
    )
    return exactly(
        several(),
        lambda case: bend(case) < 0,
        {CONDITIONAL: words, FAILS: words},
        within=within,
        condition="m < 2/3 + 2 (c_s/av − 1)/(3 e), or quality is held fixed",
        where=lambda case: case.served > 1,
        shown=lambda case: {"second difference": str(bend(case))},
        true_if="m < 2/3 + 2 (c_s/av − 1)/(3 e)",
    )


_LEMMA = "Proof of Lemma 2"
CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.expected-loss",
        "L_j, after (9); note 11",
        "Client j's expected loss is a (1 − q_j) + e a Σ (1 − q_i) over the other outsourcing clients.",
        "exact count over all sets of attacked clients",
        "every n from 2 to 5, whole A and m, qualities k/7",
        expected_loss,
    ),
    Claim(
        "outsourcing.note-11-attacks",
        "Note 11; notes 7, 15 and 22",
        "After an attack on client j the hacker has na − 1 attacks left for the others.",
        "arithmetic",
        "the attacks of Figures 4 to 6, 8 and 9",
        attacks_on_others,
    ),
    Claim(
        "outsourcing.same-effort",
        f"{_LEMMA}, (A11)",
        "The provider exerts the same effort for all clients.",
        f"{IDENTITY} with unequal qualities",
        SEVERAL,
        same_effort,
    ),
    Claim(
        "outsourcing.proof-first-order",
        "Proofs of Lemma 2 and Proposition 2",
        "The first-order conditions in m are (A14) and (A15).",
        IDENTITY,
        SEVERAL,
        first_order,
    ),
    Claim(
        "outsourcing.proof-slope",
        _LEMMA,
        "dm*/dq* is as printed and positive up to q = T av/c_s.",
        IDENTITY,
        SEVERAL,
        slope,
    ),
    Claim(
        "outsourcing.proof-curvature",
        _LEMMA,
        "d²m*/dq*² has the sign of 2 av − c_s − ½ (av)²/c_k.",
        "exact second difference",
        "297 markets in exact fractions: av/c_s in hundredths, c_k = 2, 5/4 and 5",
        curvature,
    ),
    Claim(
        "outsourcing.proof-corner",
        _LEMMA,
        "m = 1, q = av/c_s is a point of both curves, so that they meet once elsewhere.",
        IDENTITY,
        SEVERAL,
        corner_on_curve,
    ),
    Claim(
        "outsourcing.proof-concave",
        "Proof of Proposition 3",
        "Λ is strictly concave in m, so that a larger slope means more clients.",
        "exact second difference at the best quality for each m",
        SEVERAL,
        concave,
    ),
    Claim(
        "outsourcing.proof-a16",
        "Proof of Proposition 3, (A16)",
        "The requirement raises ∂Λ/∂m by ½ c_k (q̲ − av/c_k)².",
        IDENTITY,
        SEVERAL,
        a16,
    ),
)
