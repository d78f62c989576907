"""Tariffs, joining, stability, robustness and levers of the alliance game, each against its definition."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from alliance_oracle import draw, equilibria, payoff, potential, sets
from scipy.optimize import linprog

from shieldwall.economics.alliance import (
    Alliance,
    Notion,
    UnitCosts,
    basin,
    coalition_proof,
    conditional_pledges,
    flat,
    founding_set,
    full_sharing,
    gaining_coalition,
    greatest_equilibrium,
    holds,
    joining,
    least_rewards,
    lever_lines,
    levers,
    nash_rewards,
    pledge_threshold,
    proportional,
    robust_rewards,
    sequential_sharers,
    two_part,
    unique_rewards,
)
from shieldwall.errors import EconomicsError, InvalidInput

STAG_HUNT = Alliance([3, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)
TARIFF_NOTIONS = (Notion.NASH, Notion.DOMINANT, Notion.POTENTIAL)


def games(seed: int, sample: int = 30, most: int = 5, *, zeros: bool = False) -> list[Alliance]:
    rng = random.Random(seed)  # noqa: S311
    return [draw(rng, rng.randint(1, most), zeros=zeros) for _ in range(sample)]


@pytest.mark.parametrize("notion", TARIFF_NOTIONS)
def test_a_tariff_reaches_its_notion_and_the_two_part_one_costs_what_the_linear_programme_says(notion: Notion) -> None:
    for alliance in games(21):
        rules = [rule(alliance, notion) for rule in (two_part, proportional, flat)]
        for tariff in rules:
            assert tariff is not None
            assert holds(alliance.paying(tariff.rewards), notion)
        best = rules[0]
        assert best is not None
        assert best.total <= min(other.total for other in rules if other is not None)
        assert float(best.total) == pytest.approx(_least_two_part(alliance, notion), abs=1e-7)


def _least_two_part(alliance: Alliance, notion: Notion) -> float:
    """Flat and rate from one linear programme with every inequality of the notion at once."""
    count, rows, bounds = len(alliance), [], []
    if notion is Notion.POTENTIAL:
        everybody, unpaid = tuple(range(count)), alliance.paying([0] * count)
        for sharers in sets(count)[:-1]:
            gone = [member for member in everybody if member not in sharers]
            weights = [alliance.knowledge[member] / alliance.benefit[member] for member in gone]
            rates = [weight * alliance.knowledge[member] for weight, member in zip(weights, gone, strict=True)]
            rows.append([-float(sum(weights)), -float(sum(rates))])
            bounds.append(float(potential(unpaid, everybody) - potential(unpaid, sharers)))
    else:
        for knowledge, needed in zip(alliance.knowledge, least_rewards(alliance, notion), strict=True):
            rows.append([-1.0, -float(knowledge)])
            bounds.append(-float(needed))
    found = linprog(np.array([count, float(alliance.total)]), A_ub=rows, b_ub=bounds)
    assert found.success
    return float(found.fun)


def test_a_proportional_rule_misses_members_without_knowledge_and_a_flat_one_does_not() -> None:
    alliance = Alliance([3, 0], [1, 1], [1, 1], [0, 0], 0)
    assert proportional(alliance, Notion.DOMINANT) is None
    fair = flat(alliance, Notion.DOMINANT)
    assert fair is not None and fair.total == 2 and fair.overpaid == ()


def test_two_parts_pay_affine_risks_without_overpaying_anybody() -> None:
    alliance = Alliance([1, 2, 5], [1, 1, 1], [Fraction(3), Fraction(4), Fraction(7)], [0] * 3, 1)
    found = two_part(alliance, Notion.DOMINANT)
    assert found is not None
    assert found.flat == 2 and found.rate == 1 and found.overpaid == ()


def test_a_tariff_for_uniqueness_is_refused() -> None:
    with pytest.raises(EconomicsError, match="unique_rewards"):
        flat(STAG_HUNT, Notion.UNIQUE)


def test_just_above_nash_everybody_joins_in_every_order_and_just_below_the_last_does_not() -> None:
    for alliance in games(22, sample=15, most=4):
        margin = Fraction(1, 1000)
        everybody = tuple(range(len(alliance)))
        above = alliance.paying(paid + margin for paid in nash_rewards(alliance))
        below = above.paying(paid - 2 * margin * (paid > margin) for paid in above.reward)
        for order in permutations(everybody):
            assert sequential_sharers(above, order) == everybody
            if above.reward[order[-1]] > margin:
                assert sequential_sharers(below, order) != everybody


def test_no_cheaper_founders_bring_in_the_others() -> None:
    for alliance in games(23, most=6, zeros=True):
        costs = [max(Fraction(), cost) for cost in alliance.net_risk]
        everybody = tuple(range(len(alliance)))
        able = [founders for founders in sets(len(alliance)) if joining(alliance, founders) == everybody]
        smallest, cheapest = founding_set(alliance), founding_set(alliance, costs)
        assert smallest.exact and cheapest.exact
        assert smallest.founders in able and len(smallest.founders) == min(map(len, able))
        assert cheapest.cost == min(sum((costs[member] for member in who), Fraction()) for who in able)


def test_too_many_candidate_founders_leave_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(24)  # noqa: S311
    knowledge, benefit = ([rng.random() for _ in range(40)] for _ in range(2))
    alliance = Alliance(knowledge, benefit, [rng.random() * 8 for _ in range(40)], [0] * 40, 1)
    exact = founding_set(alliance, list(alliance.risk))
    monkeypatch.setattr("shieldwall.economics.alliance.recruitment.MAX_LABELS", 30)
    rough = founding_set(alliance, list(alliance.risk))
    assert exact.exact and not rough.exact
    assert rough.lower_bound <= exact.cost <= rough.cost


def test_pledges_shown_dominant_are_so_in_every_case() -> None:
    seen = set()
    for alliance in games(25, zeros=True):
        found = pledge_threshold(alliance)
        seen.add(found.dominant)
        if found.dominant:
            assert all(_pledging_pays(alliance, found.threshold, member) for member in range(len(alliance)))
        by_all = conditional_pledges(alliance, alliance.total)
        for member in range(len(alliance)):
            if alliance.knowledge[member]:
                assert (member not in by_all.holdouts) == _pledging_pays(alliance, alliance.total, member)
    assert seen == {False, True}


def _pledging_pays(alliance: Alliance, threshold: Fraction, member: int) -> bool:
    """Weak dominance of pledging over every set of others who pledge."""

    def worth(pledged: set[int]) -> Fraction:
        bound = sum((alliance.knowledge[at] for at in pledged), Fraction()) >= threshold
        return payoff(alliance, pledged if bound else set(), member)

    others = [set(who) - {member} for who in sets(len(alliance))]
    return all(worth(who | {member}) >= worth(who) for who in others)


def test_the_basin_is_that_of_every_sequence_of_best_replies() -> None:
    for alliance in games(26, sample=20, most=4):
        everybody = frozenset(range(len(alliance)))
        ends = {start: _ends(alliance, frozenset(start)) for start in sets(len(alliance))}
        found = basin(alliance)
        assert found.exact
        assert found.surely * len(ends) == sum(end == {everybody} for end in ends.values())
        assert found.possibly * len(ends) == sum(everybody in end for end in ends.values())


def _ends(alliance: Alliance, start: frozenset[int]) -> set[frozenset[int]]:
    """Every state at which some sequence of strict improvements stops."""
    seen, todo, ends = {start}, [start], set()
    while todo:
        state = todo.pop()
        moves = [
            state ^ {member}
            for member in range(len(alliance))
            if payoff(alliance, set(state ^ {member}), member) > payoff(alliance, set(state), member)
        ]
        if not moves:
            ends.add(state)
        todo += [move for move in moves if move not in seen]
        seen |= set(moves)
    return ends


def test_beyond_ten_members_the_basin_is_a_sample_with_its_error() -> None:
    found = basin(Alliance([1] * 12, [1] * 12, [2] * 12, [0] * 12, 1), samples=50)
    assert (found.exact, found.starts) == (False, 50) and 0 < found.error < 0.1
    assert 0 < found.surely < 1


def test_full_sharing_is_strong_exactly_if_it_is_nash() -> None:
    seen = set()
    for alliance in games(27, sample=40, zeros=True):
        nash = full_sharing(alliance).nash
        seen.add(nash)
        assert (gaining_coalition(alliance, range(len(alliance))) is None) == nash
    assert seen == {False, True}


def test_the_greatest_equilibrium_is_coalition_proof_and_what_is_no_equilibrium_is_not() -> None:
    for alliance in games(28, sample=15, most=4):
        assert coalition_proof(alliance, greatest_equilibrium(alliance))
        found = equilibria(alliance)
        assert all(not coalition_proof(alliance, who) for who in sets(len(alliance)) if who not in found)
    assert not coalition_proof(STAG_HUNT, ())


def test_robust_rewards_hold_for_every_risk_of_the_intervals_and_none_less_does() -> None:
    alliance = Alliance([3, 1], [1, 1], [2, 2], [0, 0], "1/2")
    found = robust_rewards(alliance, [Fraction(1)] * 2, [Fraction(3)] * 2, Notion.NASH)
    for risk in (1, 2, 3):
        assert full_sharing(alliance.risking([risk, risk]).paying(found.rewards)).nash
    less = [paid - Fraction(1, 10**6) for paid in found.rewards]
    assert not full_sharing(alliance.risking([3, 3]).paying(less)).nash
    assert found.rent == found.total - sum(nash_rewards(alliance.risking([1, 1])))
    with pytest.raises(InvalidInput, match=r"greatest_risk\[0\]"):
        robust_rewards(alliance, [Fraction(4)] * 2, [Fraction(3)] * 2, Notion.NASH)


@pytest.mark.parametrize("target", list(Notion))
def test_a_lever_reaches_its_target_and_a_little_less_of_it_does_not(target: Notion) -> None:
    hair = Fraction(1, 10**9)
    for alliance in games(29, sample=8, most=4):
        ranked = {lever.name: lever for lever in levers(alliance, target)}
        assert len(ranked) == 5
        exclusion = ranked["exclusion"]
        if exclusion.amount is not None:
            amount = exclusion.amount + (0 if exclusion.attained else hair)
            assert amount > 1 or holds(alliance.excluding(amount), target)
            if exclusion.amount > alliance.exclusion:
                assert not holds(alliance.excluding(exclusion.amount - hair), target)
        extra = [paid + hair for paid in ranked["reward"].per_member]
        more = [given + paid for given, paid in zip(alliance.reward, extra, strict=True)]
        assert holds(alliance.paying(more), target)
        share = ranked["risk share"]
        if share.amount is not None:
            left = [(1 - min(share.amount + hair, Fraction(1))) * risk for risk in alliance.risk]
            assert holds(alliance.risking(left), target)


@pytest.mark.parametrize("target", list(Notion))
def test_risk_is_a_lever_only_as_far_as_there_is_risk(target: Notion) -> None:
    """Within reach, a hair more than told suffices and takes no more than there is; else all of it may not suffice."""
    hair, reached = Fraction(1, 10**15), 0
    for alliance in (*games(31, sample=40, most=4), Alliance([3, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)):
        lever = next(lever for lever in levers(alliance, target) if lever.name == "risk")
        if lever.amount is None:
            if target in {Notion.NASH, Notion.DOMINANT}:
                assert not holds(alliance.risking(min(risk, Fraction()) for risk in alliance.risk), target)
            continue
        reached += 1
        both = zip(alliance.risk, lever.per_member, strict=True)
        left = [max(risk - gone - hair, min(risk, Fraction())) for risk, gone in both]
        assert holds(alliance.risking(left), target)
    assert reached


def test_a_risk_that_must_fall_below_nothing_is_out_of_reach() -> None:
    alliance = Alliance([3, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)
    ranked = {lever.name: lever for lever in levers(alliance, Notion.UNIQUE)}
    assert ranked["risk"].amount is None
    assert ranked["reward"].amount == Fraction(1, 2)


def test_the_levers_are_ranked_by_cost_and_prices_turn_the_rank() -> None:
    alliance = Alliance([3, 1, 2], [1, 1, 1], [2, 2, 2], [0, 0, 0], "1/4")
    ranked = levers(alliance, Notion.NASH)
    costs = [lever.cost for lever in ranked if lever.cost is not None]
    assert costs == sorted(costs)
    assert ranked[0].name == "exclusion"
    assert levers(alliance, Notion.NASH, UnitCosts(slip=Fraction(1)))[0].name == "reward"
    assert len(lever_lines(ranked)) == 6
    assert next(lever for lever in ranked if lever.name == "reward").marginal_cost == 3


def test_published_pledges_save_the_price_of_robustness() -> None:
    order = next(lever for lever in levers(STAG_HUNT, Notion.UNIQUE) if lever.name == "order")
    assert order.cost == 0 < unique_rewards(STAG_HUNT).total
    loose = next(lever for lever in levers(STAG_HUNT.excluding(0), Notion.UNIQUE) if lever.name == "order")
    assert loose.cost is None
