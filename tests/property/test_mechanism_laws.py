"""Laws of the mechanism that hold for every epoch, not only for samples."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from rule_samples import POLICY, START, features, filed, judged, lookup, member, policy_with, verdict

from shieldwall.domain.amounts import MICRO
from shieldwall.domain.cases import Evidence, Judged
from shieldwall.domain.epochs import Epoch
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.mechanism.access import index, level
from shieldwall.mechanism.epoch import Statement, close
from shieldwall.mechanism.price import next_post
from shieldwall.mechanism.split import counted, split
from shieldwall.mechanism.value import severity_points, timeliness, value

ORGANISATIONS = 5
POLICIES = [
    policy_with(('first_reporter = "3/4"', f'first_reporter = "{ratio}"')) for ratio in ("0", "1/2", "3/4", "1")
]
policies = st.sampled_from(POLICIES)
amounts = st.integers(0, 10**12)
Case = tuple[Judged, tuple[Tier, ...]]


@st.composite
def cases(draw: st.DrawFn, number: int) -> Case:
    """One judged case; contribution ids end in the number of the organisation that filed them."""
    filings = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, ORGANISATIONS - 1)), min_size=1, max_size=6))
    name = f"case-{number:02}"
    contributions = [
        filed(
            f"{name}.{position}.{organisation}",
            hours,
            features(known=draw(st.integers(0, 4)), parts=draw(st.sets(st.sampled_from(["evidence", "context"])))),
            name,
        )
        for position, (hours, organisation) in enumerate(filings)
    ]
    listed = draw(st.none() | st.integers(-10, 130))
    case = judged(
        *contributions,
        case=name,
        opened_epoch=draw(st.integers(0, 2)),
        judged_after=draw(st.integers(40, 60)),
        found=verdict(draw(st.integers(0, 100)), valid=draw(st.booleans()), root=draw(st.booleans())),
        evidence=Evidence(
            exploited_on=None if listed is None else START.date() - timedelta(days=listed),
            epss=draw(st.none() | st.fractions(0, 1, max_denominator=10**5)),
        ),
    )
    return case, tuple(draw(st.lists(st.sampled_from(Tier), max_size=ORGANISATIONS)))


@st.composite
def epochs(draw: st.DrawFn) -> list[Case]:
    return [draw(cases(number)) for number in range(draw(st.integers(0, 6)))]


def settle(settled: list[Case], reserve: int, post: int, policy: Policy = POLICY) -> Statement:
    members = {
        filing.contribution.id: member(f"m-{filing.contribution.id[-1]}")
        for case, _ in settled
        for filing in case.filed
    }
    return close(
        Epoch(number=2, opened_at=START, post=post, reserve_before=reserve),
        START + timedelta(days=28),
        settled,
        posts={0: post, 1: 3 * post, 2: post // 2},
        member_of=lookup(members),
        members=ORGANISATIONS,
        history=[30_000, 90_000],
        policy=policy,
    )


@given(epochs(), amounts, st.integers(0, 10**10), policies)
def test_payouts_never_exceed_the_money_and_the_reserve_never_goes_negative(
    settled: list[Case], reserve: int, post: int, policy: Policy
) -> None:
    found = settle(settled, reserve, post, policy)
    closed = found.epoch
    assert closed.paid is not None and closed.money is not None and closed.reserve_after is not None
    assert sum(found.totals.values()) == closed.paid <= closed.money
    assert closed.reserve_after >= 0
    assert closed.reserve_after + closed.paid == reserve + POLICY.epoch.budget
    for case in found.priced:
        assert sum(share.amount for share in case.shares) <= case.amount


@given(epochs(), amounts, st.data())
def test_order_of_arrival_within_the_input_changes_nothing(
    settled: list[Case], reserve: int, data: st.DataObject
) -> None:
    assert settle(data.draw(st.permutations(settled)), reserve, MICRO) == settle(settled, reserve, MICRO)


@given(st.lists(st.integers(1, 40), max_size=ORGANISATIONS - 1), st.data(), policies)
def test_order_of_arrival_among_corroborators_changes_no_payout(
    hours: list[int], data: st.DataObject, policy: Policy
) -> None:
    def totals(arrivals: list[int]) -> tuple[object, ...]:
        later = [filed(f"c.{1 + number}", at) for number, at in enumerate(arrivals)]
        found = settle([(judged(filed("c.0"), *later, judged_after=40), ())], 0, MICRO, policy)
        return found.totals, found.epoch, found.next_post

    assert totals(data.draw(st.permutations(hours))) == totals(hours)


@given(epochs(), cases(0))
def test_a_case_is_valued_the_same_whatever_else_is_settled(settled: list[Case], other: Case) -> None:
    before = {case.valued.case: case.valued for case in settle(settled, 0, 1).priced}
    for case in settle([other, *settled[1:]], 0, 1).priced[1:]:
        assert before[case.valued.case] == case.valued


@given(amounts, st.integers(0, 50), policies)
def test_split_keeps_within_the_amount_and_loses_less_than_a_unit_each(
    amount: int, corroborators: int, policy: Policy
) -> None:
    parts = split(amount, corroborators, policy)
    assert len(parts) == corroborators + 1
    assert 0 <= amount - sum(parts) < corroborators + 1
    assert all(parts[0] >= part for part in parts)


def own_share(hours: list[int], policy: Policy) -> int:
    """What organisation 0 earns of a million micro-credits when each organisation files at its hour."""
    case = judged(*(filed(str(organisation), at) for organisation, at in enumerate(hours)), judged_after=50)
    members = lookup({str(organisation): member(f"m-{organisation}") for organisation in range(len(hours))})
    first, corroborators = counted(case, members)
    parts = split(MICRO, len(corroborators), policy)
    paid = [filing.contribution.id for filing in (first, *corroborators)]
    return parts[paid.index("0")] if "0" in paid else 0


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=6).filter(lambda hours: min(hours) <= 50),
    st.integers(0, 60),
    policies,
)
def test_reporting_earlier_never_lowers_ones_own_share(hours: list[int], earlier: int, policy: Policy) -> None:
    if earlier <= hours[0]:
        assert own_share([earlier, *hours[1:]], policy) >= own_share(hours, policy)


@given(st.integers(10**6, 10**12), st.integers(0, 8), st.integers(0, 8), policies)
def test_sybil_gain_is_the_published_formula(amount: int, sybils: int, others: int, policy: Policy) -> None:
    honest = split(amount, others, policy)[0]
    padded = split(amount, others + sybils, policy)[: 1 + sybils]
    extra = 1 - policy.split.first_reporter
    gain = extra * Fraction(sybils * others, (1 + sybils + others) * (1 + others)) * amount
    assert -(1 + sybils) < sum(padded) - honest - gain < 1


@given(st.lists(st.integers(0, 10**7), max_size=12), amounts, st.integers(2_500_000, 40_000_000))
def test_posted_price_stays_in_the_band_and_moves_at_most_a_step(history: list[int], money: int, previous: int) -> None:
    rules = POLICY.price
    following = next_post(history, money, previous, POLICY)
    assert rules.initial_post / rules.band <= following <= rules.initial_post * rules.band
    exempt = sum(points > 0 for points in history) < rules.warm_up_epochs or not any(history[:6])
    if exempt:
        assert following == rules.initial_post
    else:
        assert previous / rules.step <= following <= previous * rules.step


@given(st.integers(0, 99), st.booleans(), st.integers(0, 5))
def test_value_rises_with_severity_scope_and_specificity(tenths: int, root: bool, affected: int) -> None:
    assert severity_points(tenths) < severity_points(tenths + 1)

    def points(severity: int, specific: bool, reached: int) -> int:
        return value(judged(found=verdict(severity, root=not specific)), [Tier.SMALL] * reached, 6, POLICY).points

    base = points(tenths, not root, affected)
    assert points(tenths + 1, not root, affected) >= base
    assert points(tenths, not root, affected + 1) >= base
    assert points(tenths, False, affected) >= base


@given(st.integers(0, 400), st.sampled_from(["phishing", "network", "vulnerability", "ttp"]))
def test_older_is_never_worth_more(days: int, decay: str) -> None:
    def at(age: int) -> Fraction:
        listed = Evidence(exploited_on=START.date() - timedelta(days=age))
        return timeliness(features(decay=decay), listed, START, POLICY)

    assert 0 <= at(days + 1) <= at(days) <= 1


@given(st.lists(st.integers(0, 10**6), max_size=20), st.integers(1, 10**6), st.integers(0, 10**6))
def test_contributing_more_never_lowers_the_level(points: list[int], more: int, target: int) -> None:
    memory = POLICY.access.memory
    before = index(points, memory)
    after = index([more, *points], memory) if not points else index([points[0] + more, *points[1:]], memory)
    steps = list(type(level(before, Fraction(target), 9, POLICY)))
    assert steps.index(level(after, Fraction(target), 9, POLICY)) >= steps.index(
        level(before, Fraction(target), 9, POLICY)
    )
