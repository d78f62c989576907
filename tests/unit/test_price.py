"""The posted price and the cut of an epoch."""

from __future__ import annotations

import pytest
from rule_samples import POLICY, judged, policy_with, verdict

from shieldwall.domain.amounts import MICRO
from shieldwall.domain.epochs import Valued
from shieldwall.mechanism.price import next_post, pay, spendable
from shieldwall.mechanism.value import value

INITIAL = POLICY.price.initial_post
MONEY = 1_000 * MICRO
FAIR = 80_000
"""Milli-points per epoch at which 0.8 of the money buys exactly ten credits per point."""


def case(points_of_severity: int) -> Valued:
    return value(judged(found=verdict(points_of_severity)), (), 1, POLICY)


def test_half_the_reserve_may_be_used() -> None:
    assert spendable(1_000, 501, POLICY) == 1_250


def test_price_is_the_planned_money_over_the_mean_points() -> None:
    assert next_post([FAIR] * 3, MONEY, INITIAL, POLICY) == INITIAL
    assert next_post([FAIR * 9 // 10] * 3, MONEY, INITIAL, POLICY) == INITIAL * 10 // 9


def test_mean_looks_back_over_the_memory_and_no_further() -> None:
    history = [FAIR] * 6
    assert next_post([*history, 10**9], MONEY, INITIAL, POLICY) == INITIAL
    assert next_post([*history[:5], 10**9], MONEY, INITIAL, POLICY) < INITIAL


def test_quiet_epochs_pull_the_mean_down() -> None:
    assert next_post([0, FAIR, FAIR, FAIR], MONEY, INITIAL * 5 // 4, POLICY) == INITIAL * 4 // 3


def test_initial_price_holds_until_three_epochs_have_points() -> None:
    assert next_post([1, 1], MONEY, INITIAL, POLICY) == INITIAL
    assert next_post([1, 0, 1, 0], MONEY, INITIAL, POLICY) == INITIAL
    assert next_post([1, 1, 1], MONEY, INITIAL, POLICY) > INITIAL


def test_initial_price_returns_after_an_empty_memory() -> None:
    history = [*[0] * 6, FAIR, FAIR, FAIR]
    assert next_post(history, MONEY, 3 * INITIAL, POLICY) == INITIAL
    assert next_post([1, *history], MONEY, 3 * INITIAL, POLICY) == 3 * INITIAL * 5 // 4


@pytest.mark.parametrize(
    ("points", "previous", "expected"),
    [
        (1, INITIAL, INITIAL * 5 // 4),
        (10**9, INITIAL, INITIAL * 4 // 5),
        (1, INITIAL * 4, INITIAL * 4),
        (10**9, INITIAL // 4, INITIAL // 4),
    ],
)
def test_price_moves_by_the_step_and_stays_in_the_band(points: int, previous: int, expected: int) -> None:
    assert next_post([points] * 6, MONEY, previous, POLICY) == expected


def test_a_changed_band_wins_over_the_step() -> None:
    policy = policy_with(('initial_post = "10"', 'initial_post = "1"'))
    assert next_post([FAIR] * 6, MONEY, INITIAL, policy) == 4 * MICRO


def test_a_case_is_paid_its_locked_price_when_the_money_suffices() -> None:
    assert pay([(case(95), 10 * MICRO), (case(75), 20 * MICRO)], MONEY) == (400 * MICRO, 400 * MICRO)


def test_all_are_cut_alike_when_it_does_not() -> None:
    assert pay([(case(95), 10 * MICRO), (case(75), 10 * MICRO)], 300 * MICRO) == (200 * MICRO, 100 * MICRO)
    assert pay([(case(95), 1)] * 3, 100) == (33, 33, 33)


def test_nothing_to_pay_is_no_error() -> None:
    assert pay([], MONEY) == ()
    assert pay([(case(0), INITIAL)], 0) == (0,)
