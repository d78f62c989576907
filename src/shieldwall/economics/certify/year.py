"""What the mechanism pays for the contributions of a members file: a run of its own code over many epochs.

Values, prices, the cut, the split and the reserve are those of ``mechanism``, in exact integers; contributions arrive
evenly, so nothing is drawn. Not here: what a member loses by not sharing (``exclusion``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from math import ceil, floor

from shieldwall.domain.amounts import MICRO
from shieldwall.domain.cases import Evidence, Judged, Method, Verdict
from shieldwall.domain.contributions import Contribution, Features, Filed
from shieldwall.domain.epochs import Valued
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.members import MemberClass
from shieldwall.mechanism.price import next_post, pay, spendable
from shieldwall.mechanism.split import split
from shieldwall.mechanism.value import value

DAYS_A_YEAR = 365
SETTLING_EPOCHS = 52
"""Epochs before the measured ones: the longest price memory, after which the start no longer matters."""
MEASURED_EPOCHS = 52

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""A time, because a case has one; nothing here depends on which."""

_PARTS = ("evidence", "context", "detection", "mitigation")


@dataclass(frozen=True, slots=True)
class Books:
    """The money of the measured epochs.

    Attributes:
        money: Most that an epoch might pay, mean in micro-credits.
        paid: What an epoch paid, mean in micro-credits.
        post: Posted price, mean in micro-credits per point.
        cut_epochs: Part of the epochs in which the cut was below 1.
        deepest_cut: The smallest cut.
        overspent: Epochs that paid more than their money; the mechanism allows none.
    """

    money: Fraction
    paid: Fraction
    post: Fraction
    cut_epochs: Fraction
    deepest_cut: Fraction
    overspent: int


@dataclass(frozen=True, slots=True)
class Year:
    """What a year brings when these members share.

    Attributes:
        points: Milli-points of one contribution, by class.
        pay: Micro-credits that one contribution earns its first reporter, mean over the run, by class.
        corroboration: Micro-credits a year that a member earns as a corroborator, by class.
        rewards: Micro-credits a year that a member earns in all, by class.
        books: The money of an epoch.
    """

    points: tuple[int, ...]
    pay: tuple[Fraction, ...]
    corroboration: tuple[Fraction, ...]
    rewards: tuple[Fraction, ...]
    books: Books


def judged_sample(row: MemberClass) -> Judged:
    """A judged case with one contribution such as this class shares: nothing known before, nobody sighted it."""
    features = Features(
        root_key=None,
        cve=None,
        observables=frozenset(),
        hashes=frozenset(),
        parts=frozenset(_PARTS[: row.parts]),
        impact=row.severity,
        decay=row.decay,
        known=0,
    )
    verdict = Verdict(valid=True, severity=row.severity, root=row.root, method=Method.BALLOTS, ballots=5)
    contribution = Contribution("contribution", NOON, "report", "report", (), features)
    return Judged("case", 1, NOON, verdict, Evidence(), (Filed(contribution, "case"),))


def arrivals(rate: Fraction, epoch: int, phase: Fraction) -> int:
    """How many contributions arrive in an epoch at an even rate, the first after part ``phase`` of the spacing.

    >>> [arrivals(Fraction(1, 3), epoch, Fraction(1, 2)) for epoch in range(6)]
    [0, 1, 0, 0, 1, 0]
    """
    bottom = rate.denominator * phase.denominator
    step, begin = rate.numerator * phase.denominator, phase.numerator * rate.denominator
    return (step * (epoch + 1) + begin) // bottom - (step * epoch + begin) // bottom


def run_year(classes: Sequence[MemberClass], policy: Policy) -> Year:
    """Run the mechanism over the contributions of these members, all of them sharing.

    Args:
        classes: At least one.

    Returns:
        Figures per year and epoch, after ``SETTLING_EPOCHS`` epochs, over at least ``MEASURED_EPOCHS`` and so many
        that every class contributes. A case is judged and settled in the epoch in which it was opened.
    """
    organisations = sum(row.count for row in classes)
    valued = [value(judged_sample(row), (), organisations, policy) for row in classes]
    per_epoch = Fraction(policy.epoch.days, DAYS_A_YEAR)
    rates = [row.count * row.contributions * per_epoch for row in classes]
    measured = max(MEASURED_EPOCHS, ceil(2 / min(rates)))
    book = _Book(policy, len(classes))
    for epoch in range(SETTLING_EPOCHS + measured):
        if epoch == SETTLING_EPOCHS:
            book.begin()
        counts = [arrivals(rate, epoch, Fraction(2 * number + 1, 2 * len(rates))) for number, rate in enumerate(rates)]
        book.close(classes, valued, counts)
    earned = [Fraction(book.first[number], book.cases[number]) for number in range(len(classes))]
    years = measured * per_epoch
    knowledge = sum(row.count * row.contributions for row in classes)
    second = [Fraction(book.second) / years * row.contributions / knowledge for row in classes]
    return Year(
        points=tuple(case.points for case in valued),
        pay=tuple(earned),
        corroboration=tuple(second),
        rewards=tuple(row.contributions * own + more for row, own, more in zip(classes, earned, second, strict=True)),
        books=book.books(measured),
    )


class _Book:
    """The running account: reserve, price and history, and what was earned since ``begin``."""

    def __init__(self, policy: Policy, classes: int) -> None:
        self._policy = policy
        self._reserve = 0
        self._post = policy.price.initial_post
        self._history: list[int] = []
        self._classes = classes
        self._taken = [0] * classes
        self.begin()

    def begin(self) -> None:
        """Forget what was earned so far, not the price nor the reserve."""
        self.cases = [0] * self._classes
        self.first = [0] * self._classes
        self.second = 0
        self._money = self._paid = self._posts = self._cuts = self._overspent = 0
        self._deepest = Fraction(1)

    def close(self, classes: Sequence[MemberClass], valued: Sequence[Valued], counts: Sequence[int]) -> None:
        """Settle one epoch: ``mechanism.epoch.close`` for cases of which many are alike."""
        policy = self._policy
        money = spendable(policy.epoch.budget, self._reserve, policy)
        points = sum(case.points * count for case, count in zip(valued, counts, strict=True))
        settled = [number for number, count in enumerate(counts) if count]
        # Like cases are paid alike, and the cut depends on the sum alone: one of each, and the rest in one.
        rest = replace(valued[0], points=points - sum(valued[number].points for number in settled))
        amounts = pay([(case, self._post) for case in (*(valued[number] for number in settled), rest)], money)
        paid = sum(
            self._share(number, classes[number], counts[number], amount)
            for number, amount in zip(settled, amounts, strict=False)
        )
        gross = self._post * points
        self._money += money
        self._paid += paid
        self._posts += self._post
        self._overspent += paid > money
        if gross > money * 1000:
            self._cuts += 1
            self._deepest = min(self._deepest, Fraction(money * 1000, gross))
        self._reserve += policy.epoch.budget - paid
        self._history.insert(0, points)
        self._post = next_post(self._history, spendable(policy.epoch.budget, self._reserve, policy), self._post, policy)

    def _share(self, number: int, row: MemberClass, count: int, amount: int) -> int:
        """Split what the cases of one class are paid; the part that is corroborated comes evenly."""
        corroborated = 0
        if row.corroborated:
            before = floor(self._taken[number] * row.corroborated)
            self._taken[number] += count
            corroborated = floor(self._taken[number] * row.corroborated) - before
        # Without a corroborator the first reporter has it all, whatever lambda is.
        own, second = (count - corroborated) * amount, 0
        if corroborated:
            first, second = split(amount, 1, self._policy)
            own += corroborated * first
        self.cases[number] += count
        self.first[number] += own
        self.second += corroborated * second
        return own + corroborated * second

    def books(self, epochs: int) -> Books:
        """The money of an epoch, mean over the epochs since ``begin``."""
        return Books(
            money=Fraction(self._money, epochs),
            paid=Fraction(self._paid, epochs),
            post=Fraction(self._posts, epochs),
            cut_epochs=Fraction(self._cuts, epochs),
            deepest_cut=self._deepest,
            overspent=self._overspent,
        )


def epochs_a_year(policy: Policy) -> Fraction:
    """How many epochs close in a year."""
    return Fraction(DAYS_A_YEAR, policy.epoch.days)


def yearly_budget(policy: Policy) -> Fraction:
    """Micro-credits that the closes of a year add."""
    return policy.epoch.budget * epochs_a_year(policy)


def credits_text(micro: int) -> str:
    """Micro-credits as a policy writes them: credits without needless zeros.

    >>> credits_text(12_500_000), credits_text(1_000_000_000)
    ('12.5', '1000')
    """
    whole, part = divmod(micro, MICRO)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".")
