"""Laws of the panel: nobody outvotes an honest majority, nobody chooses its judges, no sealed ballot changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_samples import START, member

from shieldwall.domain.cases import Ballot, Seat
from shieldwall.domain.members import Member
from shieldwall.errors import InvalidBallot
from shieldwall.panel.ballot import check_reveal, commitment, parse_ballot
from shieldwall.panel.draw import draw
from shieldwall.panel.verdict import by_ballots, lower_median

ballots = st.builds(Ballot, valid=st.booleans(), severity=st.integers(0, 100), root=st.booleans())
nonces = st.binary(min_size=32, max_size=32)
pools = st.sets(st.integers(0, 500), min_size=1, max_size=20).map(
    lambda numbers: [member(f"p-{number}") for number in sorted(numbers)]
)


@st.composite
def panels(draw: st.DrawFn) -> tuple[list[Ballot], list[Ballot]]:
    """Honest ballots, and strictly fewer dishonest ones."""
    honest = draw(st.lists(ballots, min_size=1, max_size=8))
    return honest, draw(st.lists(ballots, max_size=len(honest) - 1))


@given(panels())
def test_fewer_than_half_cannot_move_the_median_beyond_the_honest_range(
    panel: tuple[list[Ballot], list[Ballot]],
) -> None:
    honest, dishonest = panel
    severities = [ballot.severity for ballot in honest]
    assert min(severities) <= by_ballots([*honest, *dishonest]).severity <= max(severities)


@given(panels())
def test_fewer_than_half_cannot_overturn_a_unanimous_honest_opinion(
    panel: tuple[list[Ballot], list[Ballot]],
) -> None:
    honest, dishonest = panel
    agreed = [replace(ballot, valid=True, root=False) for ballot in honest]
    found = by_ballots([*agreed, *dishonest])
    assert found.valid
    assert not found.root


@given(st.lists(ballots, min_size=1, max_size=9), st.data())
def test_order_of_ballots_changes_nothing(cast: list[Ballot], data: st.DataObject) -> None:
    assert by_ballots(data.draw(st.permutations(cast))) == by_ballots(cast)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9), st.integers(0, 8), st.integers(0, 100))
def test_raising_one_ballot_never_lowers_the_median(severities: list[int], position: int, raised: int) -> None:
    changed = list(severities)
    changed[position % len(changed)] = max(raised, changed[position % len(changed)])
    assert lower_median(changed) >= lower_median(severities)


@given(nonces, pools, st.data())
def test_a_draw_does_not_depend_on_the_order_of_the_pool(seed: bytes, pool: list[Member], data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(pool)))
    drawn = draw(seed, data.draw(st.permutations(pool)), count)
    assert drawn == draw(seed, pool, count)
    assert len(set(drawn)) == count


@given(nonces, pools)
def test_leaving_out_one_panelist_moves_up_only_the_next_one(seed: bytes, pool: list[Member]) -> None:
    ranked = draw(seed, pool, len(pool))
    assert draw(seed, [each for each in pool if each != ranked[0]], len(pool) - 1) == ranked[1:]


@given(ballots, ballots, nonces, nonces)
def test_only_the_committed_ballot_and_nonce_open_a_seat(
    cast: Ballot, other: Ballot, nonce: bytes, other_nonce: bytes
) -> None:
    seat = Seat("case-1", "p-1", 0, START, commitment("case-1", "p-1", 0, cast, nonce))
    check_reveal(seat, cast, nonce)
    if (other, other_nonce) != (cast, nonce):
        with pytest.raises(InvalidBallot):
            check_reveal(seat, other, other_nonce)


@given(st.integers(0, 100))
def test_every_step_of_the_scale_is_read_back(tenths: int) -> None:
    text = f"{tenths // 10}.{tenths % 10}"
    assert parse_ballot(True, text, False).severity == tenths
    assert parse_ballot(True, tenths / 10, False).severity == tenths
