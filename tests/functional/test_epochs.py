"""Epoch closes over the whole loop: pay, order, access, settlement, audit."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import NO, YES, Script, hosts

from shieldwall.domain.access import Level
from shieldwall.domain.members import Tier
from shieldwall.errors import InvalidInput, NotPermitted
from shieldwall.ports import Query


def test_the_first_reporter_earns_most_and_the_corroborator_its_share() -> None:
    script = Script()
    alice, bob = script.enrol("alice"), script.enrol("bob")
    script.report(alice, 1, hosts("a", "b", "c"))
    script.report(bob, 2, hosts("a", "b", "c"))
    script.judge()
    script.close()
    first, second = script.alliance.settlement.balance(alice), script.alliance.settlement.balance(bob)
    assert first > second > 0
    assert first == 7 * second
    assert script.alliance.auditor.run().differences == ()


def test_a_rejected_case_earns_nothing() -> None:
    script = Script()
    alice = script.enrol("alice")
    script.report(alice, 1, hosts("a"))
    script.judge(NO)
    script.close()
    assert script.alliance.settlement.balance(alice) == 0
    assert script.alliance.auditor.run().differences == ()


def test_sightings_by_others_widen_scope_and_tier_and_own_ones_do_not() -> None:
    def points(sighting_by: str) -> int:
        script = Script()
        members = {"alice": script.enrol("alice", tier=Tier.CRITICAL), "bob": script.enrol("bob", tier=Tier.CRITICAL)}
        script.report(members["alice"], 1, hosts("a"))
        target = script.alliance.reading.page(members["alice"], "submissions", Query(), 10).rows[-1].id
        sighting = {
            "type": "sighting",
            "spec_version": "2.1",
            "id": "sighting--3f1bb0a5-1c1e-4f8c-9a3f-0a8c3f3f3f31",
            "created": "2026-01-02T00:00:00.000Z",
            "modified": "2026-01-02T00:00:00.000Z",
            "sighting_of_ref": target,
        }
        script.judge()
        script.post(members[sighting_by], sighting)
        script.close()
        assert script.alliance.auditor.run().differences == ()
        return script.alliance.epochs.priced(1)[0].valued.points

    # Scope 1 + 1 of 2 members, tier critical: 1.5 * 2; one floor of the whole product.
    assert points("bob") // 3 == points("alice")


def _paid(order: list[int]) -> tuple[dict[str, int], int]:
    script = Script(policy={'budget = "1000"': 'budget = "20"'})
    members = [script.enrol(name) for name in ("alice", "bob", "carol")]
    for number in order:
        # Cases of several sizes without a common observable; number % 3 says whose.
        script.report(members[number % 3], number, hosts(*[f"h{number}-{i}" for i in range(number + 1)]))
        script.judge(NO if number == 4 else YES)
    script.close()
    assert script.alliance.auditor.run().differences == ()
    return {m.name: script.alliance.settlement.balance(m) for m in members}, script.alliance.epochs.all()[0].paid or 0


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_arrival_of_separate_cases_inside_an_epoch_changes_no_payout(random: Random) -> None:
    order = list(range(6))
    random.shuffle(order)
    assert _paid(order) == _paid(list(range(6)))


def test_payouts_never_exceed_the_money_over_many_epochs() -> None:
    script = Script(policy={'budget = "1000"': 'budget = "7.000001"'})
    members = [script.enrol(name) for name in ("alice", "bob", "carol")]
    for number in range(12):
        script.report(members[number % 3], number, hosts(*[f"h{number}-{i}" for i in range(3)]))
        script.report(members[(number + 1) % 3], 100 + number, hosts(*[f"h{number}-{i}" for i in range(3)]))
        script.judge()
        if number % 2:
            script.close()
    for epoch in script.alliance.epochs.all()[:-1]:
        assert epoch.paid is not None
        assert epoch.money is not None
        assert epoch.reserve_after is not None
        assert 0 < epoch.paid <= epoch.money
        assert epoch.reserve_after >= 0
    assert script.alliance.auditor.run().differences == ()


def test_who_contributes_nothing_receives_later_and_misses_and_repeats_nothing() -> None:
    script = Script(policy={'floor = "5"': 'floor = "1"'})
    alice, idle = script.enrol("alice"), script.enrol("idle")
    got: dict[str, list[str]] = {"alice": [], "idle": []}

    def poll() -> None:
        for member in (alice, idle):
            since = seen.get(member.name)
            rows = script.pool(member, Query(added_after=since))
            got[member.name] += [row.id for row in rows]
            if rows:
                seen[member.name] = rows[-1].date_added

    seen: dict[str, datetime] = {}
    for number in range(6):
        script.report(alice, number, hosts(f"h{number}"))
        script.judge()
        poll()
        script.close()
        poll()
    assert script.alliance.overview.level(alice) is Level.FULL
    assert script.alliance.overview.level(idle) is Level.BASIC
    script.report(alice, 9, hosts("late"))
    script.judge()
    poll()
    assert len(got["alice"]) == len(got["idle"]) + 2
    script.clock.forward(days=14)
    poll()
    assert sorted(got["alice"]) == sorted(got["idle"])
    assert len(set(got["idle"])) == len(got["idle"])


def test_a_critical_case_reaches_everybody_at_once() -> None:
    script = Script(policy={"grace_epochs = 3": "grace_epochs = 0"})
    alice, idle = script.enrol("alice"), script.enrol("idle")
    script.close()
    assert script.alliance.overview.level(idle) is Level.BASIC
    script.report(alice, 1, hosts("a"))
    script.judge(YES)
    assert script.pool(idle) == []
    script.report(alice, 2, hosts("b"))
    script.judge(type(YES)(valid=True, severity=95, root=True))
    assert len(script.pool(idle)) == 2


def test_dispatching_twice_pays_once() -> None:
    script = Script()
    alice = script.enrol("alice")
    script.report(alice, 1, hosts("a"))
    script.judge()
    script.close()
    balance = script.alliance.settlement.balance(alice)
    assert script.alliance.settlement.dispatch() == 0
    assert script.alliance.settlement.balance(alice) == balance > 0


def test_a_member_withdraws_what_it_has_and_not_more() -> None:
    script = Script()
    alice = script.enrol("alice")
    script.report(alice, 1, hosts("a"))
    script.judge()
    script.close()
    balance = script.alliance.settlement.balance(alice)
    for refused in (balance + 1, 0, -1):
        with pytest.raises(InvalidInput, match="at most the balance"):
            script.alliance.settlement.withdraw(alice, refused)
    script.alliance.settlement.withdraw(alice, balance)
    assert script.alliance.settlement.balance(alice) == 0
    assert script.alliance.auditor.run().differences == ()


def test_a_member_that_holds_its_own_key_is_paid_and_withdraws_by_itself() -> None:
    script = Script()
    alice = script.enrol("alice", address="0x" + "12" * 20)
    script.report(alice, 1, hosts("a"))
    script.judge()
    script.close()
    assert script.alliance.settlement.balance(alice) > 0
    with pytest.raises(NotPermitted, match="holds its own key"):
        script.alliance.settlement.withdraw(alice, 1)


def test_a_policy_change_holds_from_then_on_and_is_in_the_ledger() -> None:
    script = Script()
    alice = script.enrol("alice")
    text = script.alliance.policies.current().text
    script.alliance.policies.adopt_uncertified(text.replace('budget = "1000"', 'budget = "5"'))
    script.report(alice, 1, hosts("a"))
    script.judge()
    script.close()
    assert script.alliance.settlement.balance(alice) <= 5_000_000
    with pytest.raises(InvalidInput, match=r"epoch\.days"):
        script.alliance.policies.adopt_uncertified(text.replace("days = 28", "days = 0", 1))
    assert script.alliance.auditor.run().differences == ()
