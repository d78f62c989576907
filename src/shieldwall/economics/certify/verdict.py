"""What is found of a policy's game: how firmly honest sharing holds, who joins, and whether the money suffices.

Not here: which change of the policy would mend it (``mending``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from shieldwall.domain.amounts import MICRO, format_credits
from shieldwall.domain.certificates import NOTIONS
from shieldwall.economics.alliance.equilibria import full_sharing
from shieldwall.economics.certify.game import PolicyGame
from shieldwall.economics.certify.year import yearly_budget

PER_MILLE = 1000

AT_FULL_SHARING = ("nash", "strict")
"""Notions that look at full sharing and one deviation from it, and are decided; the others look at every set of sharers
and are sufficient conditions, for pay is only bounded there."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """How firmly honest sharing by all holds.

    Attributes:
        holds: By notion, whether it is shown to hold.
        margins: By notion, the largest error, in thousandths, of the knowledge, benefits, risks and rewards of the game
            as computed, under which it still does; None where it does not even without an error.
    """

    holds: Mapping[str, bool]
    margins: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Deviator:
    """A class that does not strictly lose by keeping its knowledge, and what would hold each of its members.

    Each figure alone is the bound: to hold the class strictly it takes more reward, more exclusion or less risk.

    Attributes:
        number: Place of the class.
        gain: What a member gains a year by sharing, 0 or less, in micro-credits.
        reward: Micro-credits that must be added per contribution.
        exclusion: Exclusion that would do; None where even full exclusion would not.
        risk: Risk per contribution that would do, in micro-credits; None where even no risk would not.
    """

    number: int
    gain: Fraction
    reward: Fraction
    exclusion: Fraction | None
    risk: Fraction | None


@dataclass(frozen=True, slots=True)
class Budget:
    """Whether what is paid is there: micro-credits a year that the closes add, and that fees and grant bring."""

    added: Fraction
    fees: int
    grant: int
    overspent: int

    @property
    def income(self) -> int:
        """Fees and grant."""
        return self.fees + self.grant

    @property
    def holds(self) -> bool:
        """Whether the income covers what the closes add, and no epoch pays more than its money."""
        return self.added <= self.income and not self.overspent


def sharing_of(game: PolicyGame, progress: Callable[[int, int], None] = lambda done, total: None) -> Sharing:
    """Judge honest sharing by every notion, and find how much error each verdict bears.

    Each notion that holds under an error holds under every smaller one (docs/theory/certificate.md), so bisection
    finds the largest thousandth exactly.
    """
    known: dict[tuple[bool, int], Mapping[str, bool]] = {}

    def holds(notion: str, error: int) -> bool:
        near = notion in AT_FULL_SHARING
        if (near, error) not in known:
            known[near, error] = _notions(game, near, Fraction(error, PER_MILLE))
        return known[near, error][notion]

    margins: dict[str, int | None] = {}
    for done, notion in enumerate(NOTIONS):
        progress(done, len(NOTIONS))
        margins[notion] = _largest(lambda error, notion=notion: holds(notion, error))  # type: ignore[misc]
    return Sharing({notion: margins[notion] is not None for notion in NOTIONS}, margins)


def _notions(game: PolicyGame, near: bool, error: Fraction) -> Mapping[str, bool]:
    rewards = game.year.rewards if near else game.least_rewards
    found = full_sharing(game.alliance(rewards, error))
    return {notion: bool(getattr(found, notion)) for notion in NOTIONS}


def _largest(holds: Callable[[int], bool]) -> int | None:
    if not holds(0):
        return None
    if holds(PER_MILLE):
        return PER_MILLE
    low, high = 0, PER_MILLE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def strict(game: PolicyGame) -> bool:
    """Whether every member strictly loses by being the only one who does not share."""
    return all(game.gain(number) > 0 for number in range(len(game.classes)))


def deviators(game: PolicyGame) -> tuple[Deviator, ...]:
    """The classes that honest sharing does not hold strictly, with what would hold them."""
    return tuple(_deviator(game, number) for number in range(len(game.classes)) if game.gain(number) <= 0)


def _deviator(game: PolicyGame, number: int) -> Deviator:
    row, gain = game.classes[number], game.gain(number)
    worth = row.benefit * game.others(number)
    lost = game.reach.sharing[number] - game.reach.keeping
    exclusion = game.reach.exclusion - gain / worth if worth else None
    risk = row.risk + gain / row.contributions
    if exclusion is not None and exclusion - game.reach.exclusion + lost > game.reach.sharing[number]:
        exclusion = None
    return Deviator(number, gain, -gain / row.contributions, exclusion, risk if risk >= 0 else None)


def budget_of(game: PolicyGame, grant: int) -> Budget:
    """Compare the money of a year with what brings it in.

    Args:
        grant: Micro-credits a year that come from elsewhere than fees.
    """
    fees = sum(row.count * row.fee for row in game.classes)
    return Budget(yearly_budget(game.policy), fees, grant, game.year.books.overspent)


def staying_out(game: PolicyGame) -> tuple[int, ...]:
    """The classes whose members would be better off outside, by place."""
    return tuple(number for number in range(len(game.classes)) if game.surplus(number) < 0)


def objections(game: PolicyGame, grant: int) -> tuple[str, ...]:
    """Why the policy is not certified; empty when it is."""
    why = []
    for number in range(len(game.classes)):
        if (gain := game.gain(number)) <= 0:
            why.append(f"{_who(game, number)} gains {_credits(-gain)} credits a year by keeping its knowledge")
    for number in staying_out(game):
        lost = _credits(-game.surplus(number))
        why.append(f"{_who(game, number)} would be {lost} credits a year better off outside")
    budget = budget_of(game, grant)
    if budget.added > budget.income:
        why.append(
            f"the closes of a year add {_credits(budget.added)} credits, fees and grant bring {_credits(budget.income)}"
        )
    if budget.overspent:
        why.append(f"{budget.overspent} epochs pay more than their money")
    return tuple(why)


def _who(game: PolicyGame, number: int) -> str:
    row = game.classes[number]
    return row.name if row.count == 1 else f"each of {row.count} {row.name}"


def _credits(micro: Fraction | int) -> str:
    """Micro-credits as credits with two decimals."""
    cent = MICRO // 100
    return format_credits(round(Fraction(micro) / cent) * cent)
