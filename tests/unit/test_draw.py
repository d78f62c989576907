"""The draw of a panel."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from rule_samples import POLICY, member, policy_with

from shieldwall.errors import MechanismError
from shieldwall.panel.draw import draw, eligible, seats, seed

ROOT = bytes(range(32))
POOL = [member(f"panelist-{number}") for number in range(9)]


def test_a_seed_is_the_digest_anybody_can_compute() -> None:
    text = b"shieldwall draw v1" + ROOT + (7).to_bytes(8, "big") + (1).to_bytes(8, "big") + b"case-1"
    assert seed(ROOT, 7, "case-1", 1) == sha256(text).digest()


def test_every_input_changes_the_seed() -> None:
    seeds = {
        seed(ROOT, 7, "case-1", 0),
        seed(bytes(32), 7, "case-1", 0),
        seed(ROOT, 8, "case-1", 0),
        seed(ROOT, 7, "case-2", 0),
        seed(ROOT, 7, "case-1", 1),
    }
    assert len(seeds) == 5


def test_a_seed_needs_a_whole_root() -> None:
    with pytest.raises(MechanismError, match="not 31"):
        seed(ROOT[1:], 7, "case-1", 0)


def test_the_lowest_digests_are_drawn() -> None:
    digests = {sha256(ROOT + panelist.id.encode()).digest(): panelist for panelist in POOL}
    assert draw(ROOT, POOL, 5) == tuple(digests[digest] for digest in sorted(digests)[:5])


def test_every_panelist_is_drawn_about_equally_often() -> None:
    drawn = Counter(panelist.id for case in range(900) for panelist in draw(seed(ROOT, 1, f"case-{case}", 0), POOL, 3))
    assert len(drawn) == 9
    assert all(240 < count < 360 for count in drawn.values()), drawn  # 300 expected, four deviations


def test_more_seats_than_panelists_are_refused() -> None:
    assert len(draw(ROOT, POOL, 9)) == 9
    with pytest.raises(MechanismError, match="10 of 9"):
        draw(ROOT, POOL, 10)


@pytest.mark.parametrize(("count", "expected"), [(0, None), (2, None), (3, 3), (4, 3), (5, 5), (6, 5), (500, 5)])
def test_seats_are_odd_and_at_least_three(count: int, expected: int | None) -> None:
    assert seats(count, POLICY) == expected


def test_a_panel_too_small_for_the_quorum_waits() -> None:
    policy = policy_with(("quorum = 3", "quorum = 5"))
    assert seats(4, policy) is None
    assert seats(5, policy) == 5


def test_contributors_organisations_and_seated_panelists_are_left_out() -> None:
    same = member("panelist-x", "alpha")
    found = eligible([*POOL, same], {"alpha"}, {"panelist-3"})
    assert found == tuple(panelist for panelist in POOL if panelist.id != "panelist-3")
    assert same in eligible([*POOL, same], {"beta"}, ())
