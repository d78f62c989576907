"""The verdicts on the claims of Hui, Hui & Yue, with the counterexamples worked out again from plain formulas."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.replication import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing import (
    CLAIMS,
    attacks,
    audit,
    clients,
    hacking,
    mandate,
    misprints,
    no_liability,
    oligopoly,
    perfect_competition,
    rising_requirement,
    shirking,
    single_mandate,
    stationary,
    trial,
    type_pairs,
    welfare,
)
from shieldwall.economics.replication.outsourcing.exact import Exact, exactly, several
from shieldwall.economics.replication.outsourcing.exact import single as single_markets
from shieldwall.economics.replication.outsourcing.samples import draws, figure, lattice, rounds, take, three_digits

BY_ID: dict[str, Claim] = {claim.id.removeprefix("outsourcing."): claim for claim in CLAIMS}

EXPECTED = {
    Verdict.HOLDS: """
        in-house lemma-1 service-pays prop-1a prop-1b single-welfare provider-likes-attacks independent-clients
        figures-2-3 lemma-2-least-profit note-8 expected-loss same-effort proof-first-order proof-slope
        proof-a16 prop-2a prop-2b-utility prop-2b-shirks prop-3-never-falls prop-4-first-best prop-4-never-rises
        prop-5-no-effect prop-5 prop-5-protection verifiability-worsens no-commitment-shirks
        no-commitment-welfare types-quality types-welfare-never-rises competition-effort
        competition-no-exploitation note-18 islands-above-monopoly contested-between note-19 competition-weakens
        hacking-b hacking-efforts hacking-d-proof hacking-welfare hacking-thrill clients-shirk-low
        clients-shirk-falls clients-shirk-tighter both-shirk no-requirement-best figure-9
    """,
    Verdict.CONDITIONAL: """
        client-fears-attacks lemma-2-formulas lemma-2-small-spillover lemma-2-unique lemma-2-maximum
        lemma-2-per-client note-11-loss proof-concave prop-2b-formulas prop-2b-unique prop-3-clients
        prop-3-quality greater-risk prop-4 figure-6 note-14 prop-5-exactly figure-8 no-commitment-in-house
        types-substitutes types-welfare note-17 competition-marginal-cost competition-all competition-welfare
        hacking-best-reply hacking-a hacking-d-text hacking-e-partial hacking-capacity clients-shirk-serves
        liability-suffices
    """,
    Verdict.FAILS: """
        lemma-1-line lemma-2-line lemma-2-interior note-11-attacks proof-curvature proof-corner
        prop-3-whole-clients prop-3-truthful figures-4-5 figure-7 liability-or-audit types-clients
        types-both-rise types-qualities-rise islands-below-competition no-pure-equilibrium hacking-c hacking-e
        hacking-exists misprint-basic-constraint misprint-a6 misprint-lemma-2-price misprint-a13-sign
        misprint-a13-refund misprint-hacking-b misprint-proposition-6 note-7
    """,
}
VERDICTS = {name: verdict for verdict, names in EXPECTED.items() for name in names.split()}


@cache
def found(name: str) -> Finding:
    return BY_ID[name].check()


def example(name: str) -> dict[str, Any]:
    return dict(found(name).counterexample)


def test_every_claim_is_expected_and_every_expected_one_is_there() -> None:
    assert list(VERDICTS) and set(VERDICTS) == set(BY_ID)
    assert len(CLAIMS) == len(BY_ID) == sum(len(names.split()) for names in EXPECTED.values())


@pytest.mark.parametrize("name", BY_ID)
def test_each_claim_has_the_verdict_that_was_worked_out_beforehand(name: str) -> None:
    assert found(name).verdict is VERDICTS[name]
    assert "another verdict" not in found(name).ours


@pytest.mark.parametrize("name", [name for name, verdict in VERDICTS.items() if verdict is Verdict.FAILS])
def test_a_claim_that_fails_says_what_would_make_it_true(name: str) -> None:
    assert found(name).figures["would be true if"]


@pytest.mark.parametrize("name", ["lemma-2-unique", "prop-3-truthful", "note-11-loss", "prop-1b"])
def test_a_claim_tried_again_on_a_sample_drawn_again_gives_the_same(name: str) -> None:
    def told() -> str:
        return json.dumps(BY_ID[name].as_json(BY_ID[name].check()), allow_nan=False)

    before = told()
    for memo in (draws, rounds, rising_requirement.second_threshold):
        memo.cache_clear()
    assert told() == before


# The model, from its formulas alone.


class Plain:
    """One market, searched over a grid of numbers of clients; quality is the top of a parabola."""

    def __init__(self, given: Mapping[str, Any], requirement: float | None = None) -> None:
        self.n = int(given["clients"])
        self.a, self.v = (float(given[name]) for name in ("attack_probability", "system_value"))
        self.c_s, self.c_k, self.e = (float(given[name]) for name in ("provider_cost", "client_cost", "spillover"))
        self.mandate = float(given.get("requirement", 0.0)) if requirement is None else requirement
        self.D = self.a * self.v
        self.m = np.linspace(1.0, self.n, 40001)

    def rho(self, comply: bool) -> float:
        quality = max(self.D / self.c_k, self.mandate if comply else 0.0)
        return self.D * quality - 0.5 * self.c_k * quality**2

    def quality(self, floor: float = 0.0, ceiling: float = 1.0) -> NDArray[np.float64]:
        return np.clip((1 + self.e * (self.m - 1)) * self.D / self.c_s, floor, ceiling)

    def profits(self, comply: bool, floor: float = 0.0, ceiling: float = 1.0) -> NDArray[np.float64]:
        quality = self.quality(floor, ceiling)
        lost = self.D * (1 - quality) * (1 + self.e * (self.m - 1))
        profits: NDArray[np.float64] = self.m * (self.D - lost - self.rho(comply) - 0.5 * self.c_s * quality**2)
        return profits

    def best(self, comply: bool = True, floor: float = 0.0, ceiling: float = 1.0) -> tuple[float, float, float]:
        """Number of clients (0 for exit), quality and welfare."""
        profits = self.profits(comply, floor, ceiling)
        place = int(profits.argmax())
        bare = self.n * ((1 - self.a) * self.v + self.rho(comply))
        if profits[place] <= 0:
            return 0.0, float("nan"), bare
        return float(self.m[place]), float(self.quality(floor, ceiling)[place]), bare + float(profits[place])

    def loss(self, served: float, quality: float) -> float:
        return self.a * (1 - quality) * (1 + self.e * (served - 1))


def admissible(given: Mapping[str, Any]) -> bool:
    exposure = given["attack_probability"] * given["system_value"]
    bound = (given["provider_cost"] / exposure - 1) / (given["clients"] - 1) if given["clients"] > 1 else np.inf
    return bool(given["spillover"] < bound and given["provider_cost"] < given["client_cost"])


FULL = ("clients", "attack_probability", "system_value", "provider_cost", "client_cost", "spillover")


@pytest.mark.parametrize("name", [name for name in BY_ID if VERDICTS[name] is not Verdict.HOLDS])
def test_every_counterexample_meets_the_assumptions_of_the_paper(name: str) -> None:
    given = example(name)
    if all(isinstance(given.get(each), int | float) for each in FULL):
        assert admissible(given)
        assert 0 <= given.get("requirement", 0) <= 1


@pytest.mark.parametrize("name", ["lemma-2-interior", "lemma-2-formulas", "lemma-2-per-client"])
def test_serving_one_client_is_best_in_the_counterexample(name: str) -> None:
    assert Plain(example(name)).best(comply=False)[0] == 1.0 == example(name)["outsourcing_clients"]


@pytest.mark.parametrize(("name", "comply"), [("lemma-2-unique", False), ("prop-2b-unique", True)])
def test_the_slope_of_the_profit_vanishes_twice_inside(name: str, comply: bool) -> None:
    market = Plain(example(name))
    slope = np.diff(market.profits(comply))
    turns = market.m[1:-1][np.diff(np.sign(slope)) != 0]
    assert turns == pytest.approx([example(name)["maximum at m"], example(name)["minimum at m"]], abs=1e-4)
    assert np.all(market.quality() < 1)


@pytest.mark.parametrize("name", ["prop-3-clients", "prop-3-quality", "prop-4", "note-14"])
def test_with_everybody_outsourcing_the_mandate_moves_nothing(name: str) -> None:
    free, bound = Plain(example(name)).best(comply=False), Plain(example(name)).best()
    assert free[0] == bound[0] == example(name)["clients"]
    assert free[1:] == pytest.approx(bound[1:], abs=1e-12)


def test_the_number_of_clients_jumps_where_the_finding_says() -> None:
    given = example("figures-4-5") | {"clients": 2}
    below, above = (Plain(given, given["requirement"] + step).best() for step in (-1e-4, 1e-4))
    assert above[0] == 2.0
    assert below[0] < 1.1
    assert above[1] - below[1] > 0.3
    assert above[2] == pytest.approx(below[2], abs=1e-3)


def test_the_provider_is_truthful_again_above_a_range_of_shirking() -> None:
    given = example("prop-3-truthful")
    turns = [float(each.split(" at ")[1]) for each in given["the provider"].split(", ")]
    assert [each.split(" at ")[0] for each in given["the provider"].split(", ")] == [
        "begins to shirk",
        "ceases to shirk",
        "begins to shirk",
    ]
    for turn, shirks in zip(turns, (True, False, True), strict=True):
        for side, expected in ((-1e-3, not shirks), (1e-3, shirks)):
            assert (Plain(given, turn + side).best()[1] < turn + side) == expected


def test_more_clients_are_safer_in_the_counterexample() -> None:
    market = Plain(example("greater-risk"))
    free, bound = market.best(comply=False), market.best()
    assert bound[0] > free[0]
    assert market.loss(*bound[:2]) < market.loss(*free[:2])


def test_a_loss_above_the_system_value_is_possible_within_note_8_but_not_with_a_dear_system() -> None:
    given = example("note-11-loss")
    market = Plain(given)
    assert market.loss(*market.best()[:2]) > 1
    assert given["provider_cost"] > 4 * given["system_value"]
    rng = np.random.default_rng(1)
    a, v, times = rng.uniform(0.01, 1, 10000), rng.uniform(0.25, 5, 10000), rng.uniform(1, 100, 10000)
    assert np.all(a * times * (1 - np.minimum(times * a * v, 1)) <= 1)


def test_a_checked_provider_supplies_more_than_required() -> None:
    given = example("prop-5-exactly")
    served, quality, _ = Plain(given).best(floor=given["requirement"])
    assert Plain(given).best()[1] < given["requirement"] < quality
    assert served == given["clients"]


def test_neither_liability_nor_audit_beats_an_audit_in_the_counterexample() -> None:
    given = example("liability-or-audit")
    market = Plain(given)
    audited, neither = market.best(floor=given["requirement"])[2], market.best(ceiling=0.0)[2]
    assert neither > audited
    assert neither == pytest.approx(given["with neither"])
    assert audited == pytest.approx(given["with liability and audit"])
    assert market.best()[2] == pytest.approx(given["welfare with liability"])


def test_the_provider_exits_when_clients_may_shirk_and_not_when_they_may_not() -> None:
    given = example("clients-shirk-serves")
    assert Plain(given).best(comply=False, floor=given["requirement"])[0] == 0.0
    assert Plain(given).best(floor=given["requirement"])[0] > 0.0
    for side, serves in ((-1e-6, True), (1e-6, False)):
        mandate_ = given["exit from"] + side
        assert (Plain(given, mandate_).best(comply=False, floor=mandate_)[0] > 0) is serves


def test_welfare_and_liability_of_figure_8_at_a_high_requirement() -> None:
    given = {
        "attack_probability": 0.005,
        "system_value": 50,
        "provider_cost": 1,
        "client_cost": 1.25,
        "spillover": 0.08,
    }
    market = Plain({**given, "clients": 10}, 0.9)
    assert market.best()[2] == pytest.approx(example("figure-8")["welfare"], abs=1e-6)
    assert market.best(comply=False)[2] == pytest.approx(example("figure-8")["social optimum"], abs=1e-6)


def types_best(given: Mapping[str, Any], comply: bool) -> list[int]:
    """Enumerate both numbers, from the definition of each client's loss."""
    a, c_s, c_k, e = (given[name] for name in ("attack_probability", "provider_cost", "client_cost", "spillover"))
    n, v = ([each[name] for each in given["types"]] for name in ("clients", "system_value"))
    best, chosen = 0.0, [0, 0]
    for m in product(*(range(most + 1) for most in n)):
        harm = [a * ((1 - e) * v[t] + e * (m[0] * v[0] + m[1] * v[1])) for t in (0, 1)]
        q = [min(1.0, each / c_s) for each in harm]
        spread = sum(m[t] * e * a * (1 - q[t]) for t in (0, 1))
        profit = 0.0
        for t in (0, 1):
            own = max(a * v[t] / c_k, given["requirement"] if comply else 0.0)
            loss = a * (1 - q[t]) * (1 - e) + spread
            utility = (1 - a * (1 - own)) * v[t] - 0.5 * c_k * own**2
            profit += m[t] * ((1 - loss) * v[t] - utility - 0.5 * c_s * q[t] ** 2)
        if profit > best + 1e-12:
            best, chosen = profit, list(m)
    return chosen


@pytest.mark.parametrize("name", ["types-both-rise", "types-qualities-rise", "types-clients", "types-welfare"])
def test_the_numbers_of_both_types_are_best_by_enumeration(name: str) -> None:
    given = example(name)
    assert types_best(given, comply=False) == given["clients without"]
    assert types_best(given, comply=True) == given["clients with"]


def test_high_types_give_way_to_low_ones_although_the_requirement_binds_both() -> None:
    given = example("types-both-rise")
    assert given["requirement"] > given["attack_probability"] * given["types"][1]["system_value"] / given["client_cost"]
    assert given["clients with"][1] < given["clients without"][1]


def test_the_rent_of_all_clients_served_never_falls_with_the_requirement() -> None:
    for pair in type_pairs.pairs():
        rent = 0.5 * pair.terms.client_cost * np.maximum(pair.terms.requirement - pair.own, 0.0) ** 2
        before, after = (np.array(one.outsourcing_clients) @ rent for one in (pair.free, pair.bound))
        assert after >= before - 1e-12


def total_cost(given: Mapping[str, Any], m: NDArray[np.float64]) -> NDArray[np.float64]:
    exposed = given["attack_probability"] * given["system_value"] * (1 + given["spillover"] * (m - 1))
    q = np.minimum(exposed / given["provider_cost"], 1.0)
    cost: NDArray[np.float64] = m * (exposed * (1 - q) + 0.5 * given["provider_cost"] * q**2)
    return cost


def test_at_the_contested_price_nobody_gains_by_another_number_or_another_price() -> None:
    given = example("no-pure-equilibrium")
    price, half = given["price of both"], given["clients"] / given["providers"]
    numbers = np.concatenate([[0.0, half], np.linspace(1.0, given["clients"], 5001)])
    earned = numbers * price - total_cost(given, numbers)
    assert earned[1] == pytest.approx(earned.max(), abs=1e-9)
    cheaper = numbers[:, None] * np.linspace(0.5, 1.0, 200) * price - total_cost(given, numbers)[:, None]
    assert earned[1] >= cheaper.max() - 1e-9
    rho = (given["attack_probability"] * given["system_value"]) ** 2 / (2 * given["client_cost"])
    assert total_cost(given, np.array([half]))[0] / half < price < given["attack_probability"] - rho


def test_serving_all_is_not_the_best_split_in_the_counterexample() -> None:
    given = example("competition-welfare")
    bare = given["clients"] * (1 - given["attack_probability"]) * given["system_value"]
    rho = (given["attack_probability"] * given["system_value"]) ** 2 / (2 * given["client_cost"])
    exposure = given["attack_probability"] * given["system_value"]
    served = np.linspace(1.0, given["clients each"], 1001)
    split = bare + given["clients"] * rho + 2 * (served * (exposure - rho) - total_cost(given, served))
    assert split[-1] == pytest.approx(given["welfare"], abs=1e-8)
    assert split.max() == pytest.approx(given["welfare at the best split"], abs=1e-8)
    assert served[split.argmax()] == given["clients each at the best split"]


def answer(given: Mapping[str, Any], requirement: float, chance: float) -> tuple[float, float, float]:
    """The hacker's best A to the best answers of provider and clients; their m and welfare."""
    market = Plain({**given, "attack_probability": chance}, requirement)
    served, quality, money = market.best()
    inhouse = max(chance * market.v / market.c_k, requirement)
    shielded = (market.n - served) * inhouse + served * quality
    hacker = given["hacker"]
    wish = hacker["benefit"] / hacker["cost"] * (1 - shielded / market.n)
    return min(wish, hacker.get("capacity", market.n), market.n), served, money


@pytest.mark.parametrize("name", ["hacking-e", "hacking-capacity"])
def test_both_ends_are_equilibria_with_the_hacker(name: str) -> None:
    given = example(name)
    ends = [[float(each) for each in given[key].removeprefix("from ").split(" to ")] for key in ENDS]
    for requirement, hacked, served, money in zip(*ends, strict=True):
        again = answer(given, requirement, hacked / given["clients"])
        assert again == pytest.approx((hacked, served, money), rel=2e-4)
    assert ends[1][1] > ends[1][0] if name == "hacking-e" else ends[3][1] > ends[3][0]


ENDS = ("requirement", "attacks", "outsourcing_clients", "welfare")


def test_without_an_equilibrium_the_answers_cross_only_in_a_jump() -> None:
    given = example("hacking-exists")
    chances = np.linspace(0.01, 1.0, 199)
    gaps = np.array([answer(given, given["requirement"], each)[0] / given["clients"] - each for each in chances])
    place = int(np.flatnonzero(np.diff(np.sign(gaps)))[0])
    assert np.count_nonzero(np.diff(np.sign(gaps))) == 1
    assert chances[place] <= given["m jumps at attack probability"] <= chances[place + 1]
    assert min(gaps[place], -gaps[place + 1]) > 0.01


@pytest.mark.parametrize("regime", ["none", "requirement"])
def test_at_an_interior_optimum_the_cross_derivative_is_the_one_told(regime: str) -> None:
    """(c_s q_s² − c_k q_k²)/(2 av), against a difference quotient of the slope of the profit in m."""
    solved = solve(draws(), regime)
    market, solved = take(draws(), solved.corner == 2), solve(take(draws(), solved.corner == 2), regime)
    quality, inhouse = solved.service_quality, solved.inhouse_quality
    told = (market.provider_cost * quality**2 - market.client_cost * inhouse**2) / (2 * market.exposure)
    assert hacking.attack_and_clients(market, solved) == pytest.approx(told, rel=1e-5, abs=1e-6)

    def slope(exposure: NDArray[np.float64]) -> NDArray[np.float64]:
        def profit(m: NDArray[np.float64]) -> NDArray[np.float64]:
            lost = exposure * (1 - quality) * (1 + market.spillover * (m - 1))
            rho = exposure * inhouse - 0.5 * market.client_cost * inhouse**2
            return np.asarray(m * (exposure - lost - rho - 0.5 * market.provider_cost * quality**2))

        step = 1e-3 * solved.outsourcing_clients
        return np.asarray(
            (profit(solved.outsourcing_clients + step) - profit(solved.outsourcing_clients - step)) / (2 * step)
        )

    change = 1e-3 * market.exposure
    quotient = (slope(market.exposure + change) - slope(market.exposure - change)) / (2 * change)
    assert quotient == pytest.approx(told, rel=1e-4, abs=1e-6)


# The exact claims, with other arithmetic.


def test_the_bend_of_the_published_curve_has_the_sign_of_the_mended_expression() -> None:
    given = example("proof-curvature")
    exposure, c_k, e = eval_(given["attack_probability"]), float(given["client_cost"]), eval_(given["spillover"])
    q = np.linspace(0.1, 0.8, 8)
    bend = (2 * exposure - 1 - exposure**2 / c_k) / (2 * e * exposure * (1 - q) ** 3)

    def m(q: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(0.5 + (exposure * q - 0.5 * q**2 - 0.5 * exposure**2 / c_k) / (2 * e * exposure * (1 - q)))

    assert (m(q + 1e-3) - 2 * m(q) + m(q - 1e-3)) / 1e-6 == pytest.approx(bend, rel=1e-3)
    assert 2 * exposure - 1 - exposure**2 / c_k < 0 < 2 * exposure - 1 - exposure**2 / (2 * c_k)


def eval_(text: str) -> float:
    above, below = text.split("/")
    return int(above) / int(below)


def test_the_line_of_lemma_1_leaves_the_client_short_at_half_liability() -> None:
    given = example("lemma-1-line")
    a, c_k, assumed = 0.1, 2.0, 0.1
    fee = a * assumed + a * 0.5 * (1 - assumed) - 0.5 * a**2 / c_k
    supplied = 0.5 * a
    utility = 1 - a * (1 - supplied) + 0.5 * a * (1 - supplied) - fee
    assert utility == pytest.approx(eval_(given["client utility"]))
    assert utility < 1 - a + 0.5 * a**2 / c_k == pytest.approx(eval_(given["in-house"]))


# The predicates can come out the other way.


def only(monkeypatch: pytest.MonkeyPatch, keep: Callable[[Service], NDArray[np.bool_]]) -> None:
    """Leave only some markets in both samples, and of the random ones only some thousand."""
    few = {rounds: rounds(), draws: take(draws(), slice(0, 4000))}
    kept = {sample: take(some, keep(some)) for sample, some in few.items()}
    monkeypatch.setattr(trial, "rounds", lambda: kept[rounds])
    monkeypatch.setattr(trial, "draws", lambda: kept[draws])


ANY: Callable[[Service], Any] = lambda some: some.clients > 0  # noqa: E731
INTERIOR: Callable[[Service], Any] = lambda some: solve(some, "none").corner == 2  # noqa: E731


@pytest.mark.parametrize(
    ("check", "keep"),
    [
        (lambda: clients.formulas("none"), INTERIOR),
        (stationary.interior, INTERIOR),
        (lambda: mandate.clients_rise(strictly=True), INTERIOR),
        (mandate.quality_rises, INTERIOR),
        (lambda: welfare.welfare_falls(strictly=True), INTERIOR),
        (welfare.interdependence_costs_more, INTERIOR),
        (clients.per_client, INTERIOR),
        (shirking.serves, lambda some: some.requirement < some.exposure / some.provider_cost * 1.01),
        (perfect_competition.marginal_is_average, lambda some: some.clients == 2),
        (no_liability.liability_or_audit, lambda some: some.requirement < 1.05 * some.exposure / some.client_cost),
    ],
)
def test_a_claim_that_does_not_hold_does_where_its_condition_is_met(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[], Finding], keep: Callable[[Service], Any]
) -> None:
    only(monkeypatch, ANY)
    assert check().verdict is not Verdict.HOLDS
    only(monkeypatch, keep)
    assert check().verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("module", "check", "asked", "instead"),
    [
        (mandate, mandate.prop_2b_utility, "requirement", "none"),
        (welfare, lambda: welfare.welfare_falls(strictly=False), "none", "no-commitment"),
        (audit, audit.profit_and_welfare_fall, "verifiable", "requirement"),
        (shirking, shirking.immaterial, "both-shirk", "requirement"),
        (clients, lambda: clients.least_profit("requirement"), "requirement", "clients-shirk"),
        (oligopoly, oligopoly.islands_above_monopoly, "requirement", "no-commitment"),
    ],
)
def test_a_claim_that_holds_fails_when_one_regime_is_solved_as_another(
    monkeypatch: pytest.MonkeyPatch, module: Any, check: Callable[[], Finding], asked: str, instead: str
) -> None:
    only(monkeypatch, ANY)
    assert check().verdict is Verdict.HOLDS
    monkeypatch.setattr(module, "solve", lambda some, regime: solve(some, instead if regime == asked else regime))
    assert check().verdict is not Verdict.HOLDS


def test_the_other_claims_can_come_out_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert misprints.proposition_6(stated=6).verdict is Verdict.HOLDS
    assert exactly(single_markets(), lambda case: case.own < case.quality, {}).verdict is Verdict.HOLDS
    assert exactly(several(), lambda case: case.spillover == 0, {}).verdict is Verdict.FAILS
    calm = replace(attacks.series()[0].points[0], attacks=1.0)
    series = tuple(replace(one, points=(calm, replace(calm, requirement=1.0))) for one in attacks.series())
    monkeypatch.setattr(attacks, "series", lambda **_: series)
    assert attacks.attacks_fall_in_equilibrium().verdict is Verdict.HOLDS
    assert attacks.welfare_ambiguous().verdict is Verdict.FAILS
    assert attacks.exists_once().verdict is Verdict.HOLDS
    assert single_mandate.figures_2_and_3(0.09).verdict is Verdict.HOLDS


# The machinery.


def test_a_verdict_follows_the_condition_only_if_all_within_it_hold() -> None:
    few = lattice((2,), np.arange(1, 10) / 10, (2,), (0.05,), (0.0,))

    def low(some: Service) -> NDArray[np.bool_]:
        return some.attack_probability < 0.5

    def run(within: Callable[[Service], NDArray[np.bool_]] | None) -> Finding:
        return trial.judged(low, {}, within=within, condition="a < 1/2", samples=[few])

    assert run(None).verdict is Verdict.FAILS
    assert run(low).verdict is Verdict.CONDITIONAL
    assert run(lambda some: some.attack_probability < 0.7).verdict is Verdict.FAILS
    assert run(low).counterexample["attack_probability"] == 0.5
    with pytest.raises(ValueError, match="a case"):
        trial.judged(low, {}, where=lambda some: some.clients > 2, samples=[few])


def test_case_by_case_too_the_condition_must_hold_in_some_case_and_the_first_contradiction_is_told() -> None:
    def low(case: Exact) -> bool:
        return case.attack_probability < Fraction(1, 2)

    def run(within: Callable[[Exact], bool]) -> Finding:
        return exactly(single_markets(), low, {}, within=within, condition="a < 1/2")

    assert run(low).verdict is Verdict.CONDITIONAL
    assert run(low).counterexample["attack_probability"] == "1/2"
    assert run(lambda case: case.attack_probability < Fraction(7, 10)).verdict is Verdict.FAILS
    assert run(lambda case: case.attack_probability < 0).verdict is Verdict.FAILS
    with pytest.raises(ValueError, match="a case"):
        exactly((), low, {})


def test_the_sample_meets_the_assumptions_and_is_exact_as_printed() -> None:
    some = draws()
    assert np.all(some.exposure <= some.provider_cost)
    assert np.all(some.spillover < some.widest_spillover)
    assert np.all(some.requirement * some.client_cost > some.exposure)
    for values in (some.spillover, some.client_cost, some.system_value):
        assert all(float(f"{value:.3g}") == value for value in values[:2000].tolist())
    assert three_digits(np.array([1234.0, 0.0012345])).tolist() == [1230.0, 0.00123]


def test_an_exact_market_agrees_with_the_solver() -> None:
    case: Exact = next(case for case in several() if case.requirement > 0 and case.served == 2)
    market = figure(4).change(
        **{name: float(getattr(case, name)) for name in FULL}, requirement=float(case.requirement)
    )
    solved = solve(market, "requirement")
    assert float(case.reservation) == pytest.approx(float(solved.client_utility), abs=1e-14)
