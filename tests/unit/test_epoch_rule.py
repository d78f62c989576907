"""The statement of one epoch, figure by figure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rule_samples import POLICY, START, filed, judged, lookup, member, verdict

from shieldwall.domain.amounts import MICRO
from shieldwall.domain.cases import Judged
from shieldwall.domain.epochs import Epoch
from shieldwall.errors import MechanismError
from shieldwall.mechanism.epoch import Statement, close

MEMBERS = {"a": member("m-a"), "b": member("m-b"), "c": member("m-a"), "d": member("m-d")}
SEVERE = judged(filed("a", 0), filed("b", 1), case="case-1", found=verdict(95))
PLAIN = judged(filed("c", 2), case="case-2", found=verdict(75), opened_epoch=1)
INVALID = judged(filed("d", 3), case="case-0", found=verdict(75, valid=False), opened_epoch=1)
POSTS = {0: 8 * MICRO, 1: 10 * MICRO}


def state(*cases: Judged, reserve: int = 0, posts: dict[int, int] = POSTS) -> Statement:
    return close(
        Epoch(number=1, opened_at=START, post=10 * MICRO, reserve_before=reserve),
        START + timedelta(days=28),
        [(case, ()) for case in cases],
        posts=posts,
        member_of=lookup(MEMBERS),
        members=4,
        history=[120_000, 120_000],
        policy=POLICY,
    )


def test_every_figure_of_a_small_epoch() -> None:
    found = state(SEVERE, PLAIN, INVALID, reserve=200 * MICRO)
    closed = found.epoch
    assert closed.closed_at == START + timedelta(days=28)
    assert (closed.budget, closed.money) == (1_000 * MICRO, 1_100 * MICRO)
    assert (closed.points, closed.gross) == (60_000, 520 * MICRO)
    assert (closed.paid, closed.reserve_after) == (520 * MICRO, 680 * MICRO)
    assert closed.policy == POLICY.hash
    # SEVERE: 40 points at the price of epoch 0 = 320 credits: 7/8 to a, 1/8 to b. PLAIN: 20 points = 200 to c.
    assert found.totals == {"m-a": 480 * MICRO, "m-b": 40 * MICRO}
    # 0.8 * (1000 + 680 / 2) credits over a mean of 100 points
    assert found.next_post == 10_720_000


def test_cases_come_in_id_order_with_their_shares() -> None:
    found = state(SEVERE, PLAIN, INVALID)
    assert [case.valued.case for case in found.priced] == ["case-0", "case-1", "case-2"]
    assert [(share.contribution, share.first, share.amount) for share in found.priced[1].shares] == [
        ("a", True, 280 * MICRO),
        ("b", False, 40 * MICRO),
    ]


def test_who_earns_nothing_is_not_among_the_totals() -> None:
    assert "m-d" not in state(INVALID).totals
    assert state(INVALID).epoch.paid == 0


def test_a_statement_does_not_depend_on_the_order_of_cases() -> None:
    assert state(SEVERE, PLAIN, INVALID) == state(INVALID, PLAIN, SEVERE)


def test_an_epoch_without_cases_saves_its_budget() -> None:
    found = state(reserve=5)
    assert (found.epoch.paid, found.epoch.reserve_after) == (0, 1_000 * MICRO + 5)
    assert found.totals == {}


def test_a_case_twice_or_without_its_price_is_refused() -> None:
    with pytest.raises(MechanismError, match="settled twice"):
        state(PLAIN, PLAIN)
    with pytest.raises(MechanismError, match="case-1: no posted price for epoch 0"):
        state(SEVERE, posts={1: 10})
