"""The token bucket never lets more through than burst + rate x time, and forgets nobody who still owes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shieldwall.errors import RateLimited
from shieldwall.web import limits
from shieldwall.web.limits import TokenBuckets


@given(st.lists(st.integers(0, 500), max_size=60), st.integers(1, 50), st.integers(1, 20))
def test_no_window_lets_more_through_than_burst_and_rate_allow(waits: list[int], rate: int, burst: int) -> None:
    now = 0
    buckets = TokenBuckets(rate, burst, lambda: now / 1024)
    passed: list[int] = []
    for wait in waits:
        now += wait
        try:
            buckets.take("one")
        except RateLimited as error:
            assert error.retry_after_s >= 1
        else:
            passed.append(now)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            allowed = burst + rate * (passed[last] - passed[first]) / 1024
            assert last - first + 1 <= allowed + 1e-6


def test_waiting_as_long_as_told_is_enough() -> None:
    now = 0.0
    buckets = TokenBuckets(3, 5, lambda: now)
    for _ in range(5):
        buckets.take("one")
    with pytest.raises(RateLimited) as refused:
        buckets.take("one")
    now += refused.value.retry_after_s
    buckets.take("one")


def test_memory_is_bounded_and_an_empty_bucket_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_FORGET_ABOVE", 10)
    now = 0.0
    buckets = TokenBuckets(1, 2, lambda: now)
    for number in range(100):
        buckets.take(f"visitor {number}")
        now += 1
    assert len(buckets._levels) <= 12
    buckets.take("busy")
    buckets.take("busy")
    for number in range(20):
        buckets.take(f"other {number}")
    with pytest.raises(RateLimited):
        buckets.take("busy")
