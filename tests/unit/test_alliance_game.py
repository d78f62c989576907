"""The alliance game against brute force over every set, every order and every linear inequality."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from alliance_oracle import cheapest_order, draw, equilibria, least_potential_total, payoff, potential, sets

from shieldwall.economics.alliance import (
    Alliance,
    dominant_rewards,
    full_sharing,
    greatest_equilibrium,
    least_equilibrium,
    nash_rewards,
    potential_rewards,
    unique_rewards,
)
from shieldwall.economics.alliance.order_programmes import Kind, by_layers, by_rows
from shieldwall.economics.alliance.ordering import Joining, best_order, lower_bound
from shieldwall.errors import InvalidInput

SAMPLE = 60


def games(*, zeros: bool, seed: int = 3) -> list[Alliance]:
    rng = random.Random(seed)  # noqa: S311
    return [draw(rng, rng.randint(1, 5), zeros=zeros) for _ in range(SAMPLE)]


@pytest.mark.parametrize("zeros", [False, True])
def test_every_equilibrium_lies_between_the_least_and_the_greatest(zeros: bool) -> None:
    for alliance in games(zeros=zeros):
        least, greatest, found = least_equilibrium(alliance), greatest_equilibrium(alliance), equilibria(alliance)
        assert least in found and greatest in found
        assert all(set(least) <= set(sharers) <= set(greatest) for sharers in found)


@pytest.mark.parametrize("zeros", [False, True])
def test_the_verdicts_on_full_sharing_are_those_of_the_definitions(zeros: bool) -> None:
    for alliance in games(zeros=zeros, seed=4):
        found, members = full_sharing(alliance), range(len(alliance))
        gains = {
            (member, sharers): payoff(alliance, {*sharers, member}, member)
            - payoff(alliance, {*sharers} - {member}, member)
            for member in members
            for sharers in sets(len(alliance))
        }
        everybody = tuple(members)
        assert list(found.gains) == [gains[member, everybody] for member in members]
        assert found.nash == all(gains[member, everybody] >= 0 for member in members)
        assert found.strict == all(gains[member, everybody] > 0 for member in members)
        assert found.dominant == (min(gains.values()) >= 0)
        assert found.unique == (equilibria(alliance) == [everybody])
        assert found.deviators == tuple(member for member in members if gains[member, everybody] < 0)
        assert found.exact


def test_full_sharing_maximises_the_potential_exactly_if_no_set_has_more_of_it() -> None:
    verdicts = set()
    for alliance in games(zeros=False, seed=5):
        everybody = tuple(range(len(alliance)))
        best = max(potential(alliance, sharers) for sharers in sets(len(alliance)))
        verdicts.add(found := full_sharing(alliance).potential_maximiser)
        assert found == (potential(alliance, everybody) == best)
    assert verdicts == {False, True}


def test_least_potential_rewards_cost_what_the_linear_programme_says_and_reach_it() -> None:
    for alliance in games(zeros=False, seed=6):
        found = potential_rewards(alliance)
        assert full_sharing(alliance.paying(found.rewards)).potential_maximiser
        assert min(found.rewards) >= 0 and found.exact
        assert float(found.total) == pytest.approx(least_potential_total(alliance), abs=1e-7)


def test_equal_members_are_paid_half_way_from_dominance_to_nash() -> None:
    for count in range(1, 7):
        found = potential_rewards(Alliance([2] * count, [3] * count, [20] * count, [0] * count, "1/2"))
        assert found.rewards == (max(Fraction(), 20 - Fraction(3, 2) * (count - 1)),) * count


def test_weights_that_do_not_exist_are_limits() -> None:
    """Members almost without knowledge, or who almost do not depend, are judged as those who are without."""
    for alliance in games(zeros=True, seed=7):
        tiny = Fraction(1, 10**9)
        near = Alliance(
            [value or tiny**2 for value in alliance.knowledge],
            [value or tiny for value in alliance.benefit],
            alliance.risk,
            alliance.reward,
            alliance.exclusion or tiny,
        )
        assert float(potential_rewards(near).total) == pytest.approx(float(potential_rewards(alliance).total), abs=1e-5)


@pytest.mark.parametrize("zeros", [False, True])
def test_unique_rewards_are_the_cheapest_order_and_any_margin_suffices(zeros: bool) -> None:
    for alliance in games(zeros=zeros, seed=8):
        found = unique_rewards(alliance)
        assert found.exact and found.gap == 0
        assert found.total == sum(found.rewards) == found.lower_bound == cheapest_order(alliance)
        assert sorted(found.order) == list(range(len(alliance)))
        margin = Fraction(1, 10**12)
        assert full_sharing(alliance.paying(paid + margin for paid in found.rewards)).unique


def test_nash_and_dominant_rewards_are_least_in_every_component() -> None:
    for alliance in games(zeros=True, seed=9):
        for rewards, verdict in ((nash_rewards(alliance), "nash"), (dominant_rewards(alliance), "dominant")):
            assert getattr(full_sharing(alliance.paying(rewards)), verdict)
            for member, paid in enumerate(rewards):
                if paid:
                    less = [value - (at == member) * Fraction(1, 10**9) for at, value in enumerate(rewards)]
                    assert not getattr(full_sharing(alliance.paying(less)), verdict)


def test_a_member_at_the_threshold_is_nash_and_not_strict_and_a_hair_below_deviates() -> None:
    at = Alliance([3, 1], ["0.1", "0.1"], ["0.1", "0.1"], [0, "0"], 1)
    found = full_sharing(at)
    assert found.nash and not found.strict and found.gains[0] == 0
    below = at.risking([Fraction(1, 10) + Fraction(1, 10**30), Fraction(1, 10)])
    assert full_sharing(below).deviators == (0,)


def test_without_exclusion_decisions_are_independent() -> None:
    alliance = Alliance([3, 1, 2], [1, 1, 0], [1, 2, 0], [1, 1, 1], 0)
    assert (least_equilibrium(alliance), greatest_equilibrium(alliance)) == ((2,), (0, 2))
    needed = (Fraction(1), Fraction(2), Fraction(0))
    assert unique_rewards(alliance).rewards == nash_rewards(alliance) == potential_rewards(alliance).rewards == needed


def test_both_programmes_find_orders_of_the_same_cost_on_integers_and_floats() -> None:
    rng = random.Random(10)  # noqa: S311
    for _ in range(20):
        kinds = [Kind(rng.randint(1, 4), rng.randint(1, 9), rng.randint(0, 60), rng.randint(1, 5)) for _ in range(3)]
        costs = set()
        for programme in (by_layers, by_rows):
            for dtype in ("int64", "object", "float64"):
                reach, paid = 2, 0
                for at in programme(kinds, 2, dtype):
                    paid += int(max(0, kinds[at].level - kinds[at].slope * reach))
                    reach += int(kinds[at].stock)
                costs.add(paid)
        assert len(costs) == 1


def test_the_search_is_never_below_its_bound_nor_the_bound_above_the_optimum() -> None:
    rng = random.Random(11)  # noqa: S311
    for _ in range(30):
        count = rng.randint(2, 6)
        parts = [tuple(rng.randint(1, most) for _ in range(count)) for most in (9, 60, 5)]
        game = Joining(0, *parts)
        optimum = cheapest_order(Alliance(parts[0], parts[2], parts[1], [0] * count, 1))
        found = game.cost(best_order(game))
        assert lower_bound(game, found) <= optimum <= found <= optimum * 3 // 2


def test_sixty_members_in_three_classes_are_exact() -> None:
    knowledge = [50] * 3 + [15] * 15 + [3] * 42
    risk = [1 + Fraction(value, 10) for value in knowledge]
    found = unique_rewards(Alliance(knowledge, ["0.05"] * 60, risk, [0] * 60, 1))
    assert found.exact and found.total == Fraction("3.8")
    assert found.total < sum(risk) / 20


def test_many_members_get_an_order_with_a_proven_bound() -> None:
    rng = random.Random(12)  # noqa: S311
    count = 200
    knowledge, benefit = ([rng.random() for _ in range(count)] for _ in range(2))
    found = unique_rewards(
        Alliance(knowledge, benefit, [rng.random() * count / 8 for _ in range(count)], [0] * count, "1/2")
    )
    assert found.method == "search" and not found.exact
    assert 0 < found.lower_bound < found.total and found.gap < Fraction(1, 10)


def test_a_denominator_without_end_is_read_in_floats_and_said_so() -> None:
    primes = [value for value in range(2, 7000) if all(value % small for small in range(2, int(value**0.5) + 1))]
    count = len(primes)
    alliance = Alliance([Fraction(1, value) for value in primes], [1] * count, [1] * count, [2] * count, 1)
    assert not alliance.exact and not full_sharing(alliance).exact
    assert least_equilibrium(alliance) == tuple(range(count))


@pytest.mark.parametrize("text", ["007.50", "0.1", "12", "-1.5", "+1.5", "7/2", " 1.5 ", "1e3", ".5", "5.", "1_0.5"])
def test_text_is_read_as_a_fraction_is(text: str) -> None:
    assert Alliance([1], [1], [text], [0], 0).risk == (Fraction(text),)


@pytest.mark.parametrize("text", ["", ".", "1.2.3", "1.-2", "a.b", "1/0", "nan", "9" * 400 + ".0"])
def test_text_that_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"members\[0\].risk"):
        Alliance([1], [1], [text], [0], 0)


def test_members_are_read_and_full_sharing_judged_with_little_arithmetic_on_fractions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One difference for each member is what its net risk takes; comparisons and gains are made in integers."""
    calls = {"_richcmp": 0, "__sub__": 0, "__add__": 0, "__radd__": 0}

    def counted(name: str) -> None:
        original = getattr(Fraction, name)

        def count(*given: object) -> object:
            calls[name] += 1
            return original(*given)

        monkeypatch.setattr(Fraction, name, count)

    for name in calls:
        counted(name)
    rng, count = random.Random(13), 6_000  # noqa: S311
    knowledge, benefit, risk, reward = ([rng.random() for _ in range(count)] for _ in range(4))
    alliance = Alliance(knowledge, benefit, risk, reward, 0.5)
    assert sum(calls.values()) < 10
    assert full_sharing(alliance).strict
    assert calls["__sub__"] <= count + 10
    assert calls["__add__"] + calls["__radd__"] < 10


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        (([], [], [], [], 0), "members"),
        (([-1], [1], [1], [1], 0), r"members\[0\].knowledge"),
        (([1, 1], [1, -1], [1, 1], [1, 1], 0), r"members\[1\].benefit"),
        (([1], [1], [float("nan")], [1], 0), "risk"),
        (([1], [1], [1], [float("inf")], 0), "reward"),
        (([1], [1], [1], [1], "1.01"), "exclusion"),
        (([1], [1], [1], [1], -1), "exclusion"),
        (([1, 2], [1, 2], [1], [1, 2], 0), "risk"),
    ],
)
def test_what_is_no_alliance_is_refused_by_name(columns: tuple[list[float], ...], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        Alliance(*columns)  # type: ignore[arg-type]
    assert len(Alliance([1], [0], [-1], [-1], 1)) == 1
