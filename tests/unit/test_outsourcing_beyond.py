"""What the paper leaves open: unequal providers, clients who do not know their risk, clients whose effort counts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from shieldwall.economics.outsourcing.client_effort import JointEffort, best_liability, efforts
from shieldwall.economics.outsourcing.competition import solve_competition
from shieldwall.economics.outsourcing.diagnosis import Diagnosis, solve_diagnosis
from shieldwall.economics.outsourcing.reputation import Reputed, solve_reputation
from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput


def market(**changes: float) -> Service:
    given = {"clients": 15.0, "attacks": 0.5, "system_value": 10.0, "provider_cost": 1.0, "client_cost": 2.0}
    return Service.of(**{**given, "spillover": 0.02, **changes})


# Reputation


def earned(provider: Reputed, price: float, served: float) -> float:
    """A provider's profit from his effort, his fee and the refunds he pays, without the equivalent cost."""
    if served == 0.0:
        return 0.0
    chance, value = 0.5 / 15, 10.0
    times = 1 + 0.02 * (served - 1)
    quality = min(1.0, provider.reputation * times * chance * value / provider.cost)
    loss = chance * (1 - quality) * times
    fee = price - (1 - provider.reputation) * loss * value
    return served * (fee - provider.reputation * loss * value - provider.cost * quality**2 / 2)


PAIRS = [
    (Reputed(1.0, 1.0), Reputed(1.0, 0.7)),
    (Reputed(0.8, 0.6), Reputed(1.2, 1.0)),
    (Reputed(1.0, 1.0), Reputed(1.0, 1.0)),
    (Reputed(0.7, 1.0), Reputed(1.9, 0.4)),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_no_offer_pays_an_unequal_provider_more(pair: tuple[Reputed, Reputed]) -> None:
    found = solve_reputation(market(requirement=0.5), *pair)
    assert found.status is Status.SOLVED
    for provider, served, profit in zip(pair, found.outsourcing_clients, found.provider_profit, strict=True):
        assert profit == pytest.approx(earned(provider, found.price, served), rel=1e-9, abs=1e-12)
        # Rivals have room for everybody at the price: asking more sells nothing, any number can be had for less.
        for share in (1.0, 0.99, 0.9, 0.5):
            tried = [earned(provider, found.price * share, float(m)) for m in np.linspace(1, 15, 300)]
            assert max(0.0, *tried) <= profit + 1e-9


def test_a_price_off_the_equilibrium_leaves_a_better_offer() -> None:
    first, second = PAIRS[0]
    found = solve_reputation(market(requirement=0.5), first, second)
    served = found.outsourcing_clients[0]
    tried = [earned(first, found.price * 1.02, float(m)) for m in np.linspace(1, 15, 300)]
    assert max(tried) > earned(first, found.price * 1.02, served) + 1e-6


def test_the_better_known_provider_serves_more_at_a_higher_fee() -> None:
    found = solve_reputation(market(requirement=0.5), Reputed(1.0, 1.0), Reputed(1.0, 0.7))
    assert found.outsourcing_clients[0] > found.outsourcing_clients[1] > 0
    assert found.fee[0] is not None and found.fee[1] is not None
    assert found.fee[0] > found.fee[1]
    swapped = solve_reputation(market(requirement=0.5), Reputed(1.0, 0.7), Reputed(1.0, 1.0))
    assert swapped.outsourcing_clients == pytest.approx(found.outsourcing_clients[::-1])
    assert "first provider serves more" in found.meaning


def test_equal_providers_of_full_reputation_are_the_competition_of_two() -> None:
    service = market(requirement=0.5)
    found = solve_reputation(service, Reputed(1.0, 1.0), Reputed(1.0, 1.0))
    rivals = solve_competition(service, 2, "requirement").equilibrium
    assert found.outsourcing_clients == pytest.approx(rivals.split)
    assert found.welfare == pytest.approx(rivals.welfare, rel=1e-12)


def best_numbers(
    provider: Reputed, service: Service, price: float, slack: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The numbers of clients of a fine grid that earn nearly most, from effort, fee and refunds."""
    served = np.append(0.0, np.linspace(1.0, float(service.clients), 4001))
    times, exposure = 1.0 + float(service.spillover) * (served - 1.0), float(service.exposure)
    quality = provider.reputation * times * exposure / provider.cost
    loss = exposure * (1.0 - quality) * times
    profit = served * (price - loss - provider.cost * quality**2 / 2)
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = served[profit >= profit.max() - slack]
    return found


def test_in_an_equilibrium_everybody_is_served_unless_the_price_is_the_most_they_pay() -> None:
    rng = np.random.default_rng(71)
    seen = {Status.SOLVED: 0, Status.NOT_PROVEN: 0}
    for index in range(200):
        clients, exposure = int(rng.integers(1, 12)), float(rng.uniform(0.05, 0.6))
        first, second = (Reputed(float(rng.uniform(1, 3)), float(rng.uniform(0.2, 1))) for _ in range(2))
        pair = (first, first if index % 4 == 0 else second)
        room = min(one.effective_cost for one in pair) / exposure - 1
        spill = 0.0 if index % 5 == 0 else float(rng.uniform(0, 1)) * room / max(clients - 1, 1)
        service = Service.of(
            clients=clients,
            attack_probability=exposure,
            system_value=1.0,
            provider_cost=1.0,
            client_cost=float(rng.uniform(1.1, 5)),
            spillover=spill,
            requirement=float(rng.uniform(0, 1)),
        )
        found = solve_reputation(service, *pair)
        seen[found.status] += 1
        highest = Costs.of(service, "requirement").highest_price
        served = sum(found.outsourcing_clients)
        if found.status is Status.SOLVED:
            assert served == pytest.approx(clients, rel=1e-9) or found.price == highest
            for one, number in zip(pair, found.outsourcing_clients, strict=True):
                near = best_numbers(one, service, found.price, 1e-6 * clients)
                assert np.abs(near - number).min() <= max(1e-3 * clients, 1e-9)
        else:
            assert served < clients
            assert found.price < highest
            assert found.unserved == pytest.approx(clients - served)
            assert "No price suits" in found.meaning
    assert min(seen.values()) >= 1


def test_without_spillover_equal_providers_share_all_clients() -> None:
    service = Service.of(
        clients=10, attack_probability=0.05, system_value=10, provider_cost=1, client_cost=2, requirement=0.3
    )
    found = solve_reputation(service, Reputed(1.0, 1.0), Reputed(1.0, 1.0))
    assert (found.status, found.outsourcing_clients) == (Status.SOLVED, (5.0, 5.0))
    assert found.welfare == pytest.approx(96.25)
    assert found.welfare == pytest.approx(solve_competition(service, 2, "requirement").equilibrium.welfare)
    one = solve_reputation(service.change(clients=1), Reputed(1.0, 1.0), Reputed(1.0, 1.0))
    assert sorted(one.outsourcing_clients) == [0.0, 1.0]
    cheaper = solve_reputation(service, Reputed(1.0, 1.0), Reputed(1.1, 1.0))
    assert cheaper.outsourcing_clients == (10.0, 0.0)


def test_where_supply_jumps_past_all_clients_no_equilibrium_is_claimed() -> None:
    service = Service.of(
        clients=2,
        attack_probability=0.33191038,
        system_value=1.36164797,
        provider_cost=1.0,
        client_cost=4.69984803,
        spillover=0.30561107,
        requirement=0.8487624,
    )
    pair = Reputed(2.8972630877, 0.1715852501), Reputed(0.8915826165, 0.5662710197)
    assert solve_reputation(service, *pair).status is Status.NOT_PROVEN
    highest = Costs.of(service, "requirement").highest_price
    for price in np.linspace(0.0, highest, 400)[:-1]:
        first, second = (best_numbers(one, service, float(price), 1e-12) for one in pair)
        assert np.abs(first[:, None] + second - 2.0).min() > 1e-3


@pytest.mark.parametrize(
    ("provider", "regime"),
    [
        (Reputed(float("inf"), 1.0), "none"),
        (Reputed(1.0, 0.0), "none"),
        (Reputed(0.0, 1.0), "none"),
        (Reputed(1.0, 1.0), "verifiable"),
    ],
)
def test_what_the_reputation_model_cannot_mean_is_refused(provider: Reputed, regime: str) -> None:
    with pytest.raises(InvalidInput):
        solve_reputation(market(), provider, Reputed(1.0, 1.0), regime)


# Diagnosis

RISKS = Diagnosis(10.0, 1.0, 2.0, low=0.02, high=0.08, prior=0.4, accuracy=0.9)


def best_strategy(risks: Diagnosis, liability: float, gap: float) -> tuple[int, int]:
    """The grade recommended after each signal: the best of all four strategies over the joint chances."""

    def payoff(strategy: tuple[int, int]) -> float:
        total = 0.0
        for high, alarm in product((False, True), repeat=2):
            risk = risks.high if high else risks.low
            chance = (risks.prior if high else 1 - risks.prior) * (
                risks.accuracy if high == alarm else 1 - risks.accuracy
            )
            grade = strategy[alarm]
            quality = risks.grades[grade]
            total += chance * (
                gap * grade
                - risks.provider_cost * quality**2 / 2
                - liability * risk * risks.system_value * (1 - quality)
            )
        return total

    return max(((0, 0), (0, 1), (1, 0), (1, 1)), key=payoff)


@pytest.mark.parametrize("requirement", [0.0, 0.4])
def test_the_behaviour_is_the_best_of_all_recommendation_strategies(requirement: float) -> None:
    expected = {(0, 1): "honest", (0, 0): "undertreats", (1, 1): "overtreats"}
    seen = set()
    for accuracy, liability, gap in product((0.6, 0.75, 0.95), np.linspace(0, 1, 11), np.linspace(-0.1, 0.3, 21)):
        risks = replace(RISKS, accuracy=accuracy, requirement=requirement)
        found = solve_diagnosis(risks, float(liability), float(gap))
        if min(abs(gap - bound) for bound in found.honest_gap) > 1e-9:
            if risks.grades[0] < risks.grades[1]:
                assert found.behaviour == expected[best_strategy(risks, float(liability), float(gap))]
            seen.add(found.behaviour)
    assert seen == {"honest", "undertreats", "overtreats"}


def test_liability_and_accuracy_widen_the_honest_gap_and_no_liability_leaves_equal_markups() -> None:
    def width(accuracy: float, liability: float) -> float:
        least, most = solve_diagnosis(replace(RISKS, accuracy=accuracy), liability).honest_gap
        return most - least

    assert width(0.9, 0.0) == pytest.approx(0.0, abs=1e-15)
    assert width(0.9, 0.5) < width(0.9, 1.0)
    assert width(0.7, 1.0) < width(0.9, 1.0)
    low, high = RISKS.grades
    assert solve_diagnosis(RISKS, 0.0).honest_gap[0] == pytest.approx((high**2 - low**2) / 2)


def test_a_flat_fee_is_honest_from_the_stated_liability_on() -> None:
    bound = solve_diagnosis(RISKS, 1.0).flat_fee_liability
    assert bound is not None
    low, high = RISKS.exposures
    assert bound == pytest.approx((1 + low / high) / 2)
    assert solve_diagnosis(RISKS, bound + 1e-9).behaviour == "honest"
    assert solve_diagnosis(RISKS, bound - 1e-9).behaviour == "undertreats"
    assert solve_diagnosis(RISKS, bound - 1e-9).lost > 0


def test_diagnosis_is_worth_nothing_when_blind_and_more_the_better_it_is() -> None:
    worths = [solve_diagnosis(replace(RISKS, accuracy=one), 1.0).worth for one in (0.5, 0.6, 0.8, 1.0)]
    assert worths[0] == pytest.approx(0.0, abs=1e-15)
    assert worths == sorted(worths)
    assert worths[3] > worths[1] > 0


def test_unseen_effort_follows_the_liability_and_no_fee_moves_it() -> None:
    joint = {True: (RISKS.alarm, RISKS.exposures[1]), False: (1 - RISKS.alarm, RISKS.exposures[0])}
    grid = np.linspace(0, 1, 100_001)
    for liability in (0.0, 0.3, 0.7, 1.0):
        found = solve_diagnosis(RISKS, liability)
        assert solve_diagnosis(RISKS, liability, 0.2).unseen_effort == found.unseen_effort
        for effort, (_, exposure) in zip(found.unseen_effort, (joint[False], joint[True]), strict=True):
            cost = 0.5 * grid**2 + liability * exposure * (1 - grid)
            assert effort == pytest.approx(float(grid[cost.argmin()]), abs=1e-5)
        lost = sum(chance * (1 - liability) ** 2 * exposure**2 / 2 for chance, exposure in joint.values())
        assert found.profit + found.lost - found.unseen_profit == pytest.approx(lost, abs=1e-12)
    assert solve_diagnosis(RISKS, 0.7).behaviour == "honest"
    assert solve_diagnosis(RISKS, 0.7).unseen_effort == pytest.approx((0.169, 0.5), abs=5e-4)
    assert RISKS.grades == pytest.approx((0.241, 0.714), abs=5e-4)
    assert solve_diagnosis(RISKS, 1.0).unseen_effort == pytest.approx(RISKS.grades)


def test_a_fee_gap_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInput, match="fee_gap"):
        solve_diagnosis(RISKS, 1.0, float("nan"))


def test_a_requirement_never_raises_the_welfare_of_honest_diagnosis() -> None:
    told = [solve_diagnosis(replace(RISKS, requirement=one), 1.0, 0.01).welfare for one in np.linspace(0, 1, 21)]
    assert all(after <= before + 1e-12 for before, after in pairwise(told))
    assert told[-1] < told[0]


@pytest.mark.parametrize(
    "change",
    [
        {"accuracy": 0.4},
        {"prior": 0.0},
        {"low": 0.09},
        {"high": 0.2},
        {"provider_cost": 3.0},
        {"client_cost": float("inf")},
        {"requirement": 2.0},
    ],
)
def test_risks_out_of_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        replace(RISKS, **change)


# Effort of both


def drawn(rng: np.random.Generator) -> JointEffort:
    exposure, own, client = (float(one) for one in np.exp(rng.uniform(-1.5, 1.0, 3)))
    return JointEffort(exposure, own, client, float(rng.uniform(0, 0.95)))


def test_each_effort_is_the_best_answer_to_the_other() -> None:
    rng = np.random.default_rng(80)
    grid = np.linspace(0, 1, 2001)
    for _ in range(150):
        joint, share = drawn(rng), float(rng.uniform(0, 1))
        found = efforts(joint, share)
        alone = 1 - joint.complement

        def loss(effort: float, client: float, joint: JointEffort = joint, alone: float = alone) -> float:
            return joint.exposure * (1 - effort * (alone + joint.complement * client))

        effort, client = found.provider_effort, found.client_effort
        his = share * loss(effort, client) + joint.provider_cost * effort**2 / 2
        hers = (1 - share) * loss(effort, client) + joint.client_cost * client**2 / 2
        assert (
            his <= min(share * loss(float(q), client) + joint.provider_cost * float(q) ** 2 / 2 for q in grid) + 1e-12
        )
        assert (
            hers
            <= min((1 - share) * loss(effort, float(x)) + joint.client_cost * float(x) ** 2 / 2 for x in grid) + 1e-12
        )


def test_alternating_answers_from_both_ends_reach_the_same_efforts() -> None:
    rng = np.random.default_rng(81)
    for _ in range(50):
        joint, share = drawn(rng), float(rng.uniform(0.05, 1))
        found = efforts(joint, share)
        for start in (0.0, 1.0):
            effort = start
            for _ in range(20_000):
                client = min(1.0, (1 - share) * joint.complement * joint.exposure * effort / joint.client_cost)
                after = min(1.0, share * joint.exposure * (1 - joint.complement * (1 - client)) / joint.provider_cost)
                if abs(after - effort) < 1e-14:
                    break
                effort = after
            assert effort == pytest.approx(found.provider_effort, abs=1e-9)


def test_no_liability_on_a_fine_grid_beats_the_best() -> None:
    rng = np.random.default_rng(82)
    for _ in range(100):
        joint = drawn(rng)
        best = best_liability(joint)
        surpluses = [efforts(joint, float(share)).surplus for share in np.linspace(0, 1, 501)]
        assert best.surplus >= max(surpluses) - 1e-12


@pytest.mark.parametrize("own", [1e-3, 0.1, 1e3])
@pytest.mark.parametrize("client", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("complement", [1e-12, 1e-4, 0.5, 1 - 1e-9])
def test_the_best_liability_is_found_at_the_ends_of_the_ranges(own: float, client: float, complement: float) -> None:
    near = np.logspace(-9, 0, 150)
    for exposure in (1e-30, 1.0, 1e30):
        joint = JointEffort(exposure, exposure * own, exposure * client, complement)
        surpluses = [efforts(joint, float(share)).surplus for share in np.concatenate([near, 1 - near])]
        assert best_liability(joint).surplus >= max(surpluses) * (1 - 1e-12)


def test_full_liability_is_best_exactly_when_the_client_does_not_matter() -> None:
    assert best_liability(JointEffort(0.5, 1.0, 0.2, 0.0)).liability == 1.0
    for complement in (0.05, 0.3, 0.8):
        best = best_liability(JointEffort(0.5, 1.0, 0.2, complement))
        assert best.liability < 1.0
        assert best.surplus > efforts(JointEffort(0.5, 1.0, 0.2, complement), 1.0).surplus
        assert "careless" in best.meaning


def test_without_complement_the_surplus_is_the_profit_of_a_single_client() -> None:
    single = Service.of(clients=1, attack_probability=0.05, system_value=10, provider_cost=1, client_cost=2)
    solved = solve(single, "none")
    inhouse = 0.5**2 / (2 * 2)
    assert efforts(JointEffort(0.5, 1.0, 1.0, 0.0), 1.0).surplus == pytest.approx(
        float(solved.provider_profit) + inhouse
    )


@pytest.mark.parametrize(
    "values",
    [
        (0.0, 1, 1, 0.5),
        (float("inf"), 1, 1, 0.5),
        (1, 0.0, 1, 0.5),
        (1, 1e4, 1, 0.5),
        (1, 1, -1.0, 0.5),
        (1, 1, 1, 1.0),
        (1, 1, 1, -0.1),
    ],
)
def test_efforts_out_of_range_are_refused(values: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidInput):
        JointEffort(*values)
    with pytest.raises(InvalidInput):
        efforts(JointEffort(1.0, 1.0, 1.0, 0.5), 1.5)
