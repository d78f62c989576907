"""Which case a contribution joins, decision 2 clause by clause."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rule_samples import POLICY, START, features

from shieldwall.mediation.cluster import Candidate, choose, matches

CVE = "CVE-2021-44228"


def candidate(
    *,
    case: str = "case-1",
    hours: int = 0,
    root_key: str | None = None,
    size: int = 10,
    shared: int = 0,
    shared_hashes: int = 0,
) -> Candidate:
    return Candidate(
        contribution=f"c-{case}",
        case=case,
        case_opened_at=START + timedelta(hours=hours),
        root_key=root_key,
        size=size,
        shared=shared,
        shared_hashes=shared_hashes,
    )


def test_two_root_keys_decide_alone() -> None:
    named = features(root_key=CVE)
    assert matches(named, 10, candidate(root_key=CVE), POLICY)
    everything = candidate(root_key="CVE-2021-45046", shared=10, shared_hashes=10)
    assert not matches(named, 10, everything, POLICY)


@pytest.mark.parametrize(("own", "other"), [(None, CVE), (CVE, None), (None, None)])
def test_observables_decide_where_a_root_names_no_key(own: str | None, other: str | None) -> None:
    found = features(root_key=own)
    assert matches(found, 10, candidate(root_key=other, shared=5), POLICY)
    assert not matches(found, 10, candidate(root_key=other), POLICY)


@pytest.mark.parametrize(
    ("size", "other_size", "shared", "hashes", "expected"),
    [
        (100, 100, 3, 3, True),  # three hashes
        (100, 100, 49, 2, False),
        (6, 100, 3, 0, True),  # three observables, half of the smaller
        (7, 100, 3, 0, False),
        (100, 6, 3, 0, True),
        (4, 100, 2, 0, False),  # half, but not three
        (2, 100, 2, 0, True),  # wholly contained
        (1, 1, 1, 0, True),
        (2, 100, 1, 0, False),
        (0, 100, 0, 0, False),  # nothing that counts is contained in nothing
    ],
)
def test_shared_observables(size: int, other_size: int, shared: int, hashes: int, expected: bool) -> None:
    found = candidate(size=other_size, shared=shared, shared_hashes=hashes)
    assert matches(features(), size, found, POLICY) is expected


def test_the_earliest_matching_case_takes_it_whatever_the_order() -> None:
    early_miss = candidate(case="case-0", hours=0, shared=1)
    later = candidate(case="case-1", hours=2, shared=9)
    earlier = candidate(case="case-2", hours=1, shared=5)
    for order in ([early_miss, later, earlier], [earlier, later, early_miss]):
        assert choose(features(), 10, order, POLICY) == "case-2"


def test_cases_opened_together_are_ordered_by_id() -> None:
    together = [candidate(case="case-b", shared=9), candidate(case="case-a", shared=9)]
    assert choose(features(), 10, together, POLICY) == "case-a"


def test_nothing_that_matches_opens_a_new_case() -> None:
    assert choose(features(), 10, [candidate(shared=1)], POLICY) is None
    assert choose(features(), 10, [], POLICY) is None
