"""Laws of the alliance game: complements, the order of the notions, and invariance to units and names."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

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

amounts = st.fractions(0, 8, max_denominator=6)


@st.composite
def alliances(draw: st.DrawFn) -> Alliance:
    members = draw(st.lists(st.tuples(amounts, amounts, amounts, amounts), min_size=1, max_size=7))
    knowledge, benefit, risk, reward = zip(*members, strict=True)
    return Alliance(knowledge, benefit, risk, reward, draw(st.fractions(0, 1, max_denominator=6)))


@given(alliances(), amounts)
@settings(max_examples=25)
def test_more_reward_never_loses_a_sharer(alliance: Alliance, more: Fraction) -> None:
    richer = alliance.paying(paid + more for paid in alliance.reward)
    assert set(least_equilibrium(alliance)) <= set(least_equilibrium(richer))
    assert set(greatest_equilibrium(alliance)) <= set(greatest_equilibrium(richer))


@given(alliances())
@settings(max_examples=25)
def test_more_exclusion_never_loses_a_sharer(alliance: Alliance) -> None:
    harder = alliance.excluding((1 + alliance.exclusion) / 2)
    assert set(least_equilibrium(alliance)) <= set(least_equilibrium(harder))
    assert set(greatest_equilibrium(alliance)) <= set(greatest_equilibrium(harder))


@given(alliances())
@settings(max_examples=25)
def test_totals_grow_from_nash_over_potential_and_unique_to_dominant(alliance: Alliance) -> None:
    nash, dominant = sum(nash_rewards(alliance)), sum(dominant_rewards(alliance))
    assert nash <= potential_rewards(alliance).total <= dominant
    assert nash <= unique_rewards(alliance).total <= dominant


@given(alliances())
@settings(max_examples=25)
def test_verdicts_imply_each_other_as_the_theory_says(alliance: Alliance) -> None:
    found = full_sharing(alliance)
    assert found.nash or not (found.strict or found.dominant or found.unique or found.potential_maximiser)
    assert found.potential_maximiser or not (found.unique or found.dominant)


@given(alliances(), st.randoms(use_true_random=False), st.integers(1, 9))
@settings(max_examples=25)
def test_names_and_units_do_not_matter(alliance: Alliance, rng: object, unit: int) -> None:
    order = list(range(len(alliance)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    renamed = Alliance(
        [alliance.knowledge[at] * unit for at in order],
        [alliance.benefit[at] * unit for at in order],
        [alliance.risk[at] * unit**2 for at in order],
        [alliance.reward[at] * unit**2 for at in order],
        alliance.exclusion,
    )
    assert {order[at] for at in least_equilibrium(renamed)} == set(least_equilibrium(alliance))
    assert unique_rewards(renamed).total == unique_rewards(alliance).total * unit**2
    assert potential_rewards(renamed).total == potential_rewards(alliance).total * unit**2
