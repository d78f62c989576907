"""The sharing game of two members, from what they know, gain and risk.

A member that shares (C) runs a risk and earns a reward; one that does not (D) loses the excluded part of what the
other shares. What each knows itself it keeps in any case. Conditions for sharing are in ``conditions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from shieldwall.economics.parameters import as_rational
from shieldwall.errors import InvalidInput

if TYPE_CHECKING:
    from shieldwall.economics.games import Bimatrix

Exact = int | str | Fraction
"""A number that is read without rounding: ``"1/30"``, ``"0.3"``, 3."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the two members; every figure is in units of payoff.

    Attributes:
        knowledge: Worth to itself of what it knows, >= 0. A proportional reward is paid on it.
        access: Benefit of reading all that the other shares, >= 0.
        risk: Expected loss from sharing, >= 0.
    """

    knowledge: Fraction
    access: Fraction
    risk: Fraction

    @classmethod
    def of(cls, knowledge: Exact, access: Exact, risk: Exact) -> Member:
        """A member from numbers or text.

        Raises:
            InvalidInput: If one is not a number, or negative.
        """
        return cls(
            _exact("knowledge", knowledge, least=0), _exact("access", access, least=0), _exact("risk", risk, least=0)
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members under one set of rules (Simmons 2024, section B.4, with exclusion as a parameter).

    Attributes:
        members: Row and column player.
        rate: Reward per unit of the sharer's knowledge; negative is a fee.
        flat: Reward for sharing that is the same for both, in units of payoff.
        exclusion: Share of the access benefit that a member loses if it does not share, from 0 to 1.

    >>> pair = Pair.of_knowledge(3, 1, risk="0.3", rate="0.2", exclusion="1/2")
    >>> [[str(payoff) for payoff in cell] for row in pair.payoffs() for cell in row]
    [['43/10', '39/10'], ['33/10', '5/2'], ['7/2', '9/10'], ['3', '1']]
    """

    members: tuple[Member, Member]
    rate: Fraction = Fraction(0)
    flat: Fraction = Fraction(0)
    exclusion: Fraction = Fraction(0)

    @classmethod
    def of(cls, first: Member, second: Member, *, rate: Exact = 0, flat: Exact = 0, exclusion: Exact = 0) -> Pair:
        """Two members under rules given as numbers or text.

        Raises:
            InvalidInput: If a rule is not a number, or the exclusion outside 0 to 1.
        """
        return cls(
            (first, second), _exact("rate", rate), _exact("flat", flat), _exact("exclusion", exclusion, least=0, most=1)
        )

    @classmethod
    def of_knowledge(
        cls,
        first: Exact,
        second: Exact,
        *,
        risk: Exact,
        rate: Exact = 0,
        flat: Exact = 0,
        exclusion: Exact = 0,
    ) -> Pair:
        """The narrative of Simmons (2024), section B.4: each gains from access what the other knows.

        Args:
            first: Knowledge of the row player, >= 0.
            second: Knowledge of the column player, >= 0.
            risk: Expected loss from sharing, the same for both, >= 0.
            rate: Reward per unit of knowledge.
            flat: Reward that does not depend on knowledge.
            exclusion: Share of the access benefit lost by not sharing, from 0 to 1.

        Raises:
            InvalidInput: If one of them is not a number or out of its range.
        """
        members = Member.of(first, second, risk), Member.of(second, first, risk)
        return cls.of(*members, rate=rate, flat=flat, exclusion=exclusion)

    def reward(self, member: int) -> Fraction:
        """What a member is paid for sharing: flat + rate times knowledge."""
        return self.flat + self.rate * self.members[member].knowledge

    def gain(self, member: int, *, other_shares: bool) -> Fraction:
        """How much more sharing pays a member than not sharing, given what the other does.

        Against a sharer it is exclusion * access + reward - risk, otherwise reward - risk.
        """
        own = self.members[member]
        kept = self.exclusion * own.access if other_shares else Fraction(0)
        return kept + self.reward(member) - own.risk

    def payoff(self, member: int, *, shares: bool, other_shares: bool) -> Fraction:
        """What a member has in the end: own knowledge, what it reads, and the net reward of sharing."""
        own = self.members[member]
        read = own.access * (1 if shares else 1 - self.exclusion) if other_shares else Fraction(0)
        return own.knowledge + read + (self.reward(member) - own.risk if shares else 0)

    def payoffs(self) -> tuple[tuple[tuple[Fraction, Fraction], ...], ...]:
        """The four cells as (row payoff, column payoff); sharing first."""
        choices = (True, False)
        return tuple(
            tuple(
                (
                    self.payoff(0, shares=row, other_shares=column),
                    self.payoff(1, shares=column, other_shares=row),
                )
                for column in choices
            )
            for row in choices
        )

    def bimatrix(self) -> Bimatrix:
        """The game in strategic form; sharing is strategy 0 of each player."""
        from shieldwall.economics.games import Bimatrix  # noqa: PLC0415 - conditions need no solver

        return Bimatrix.of(self.payoffs())


def _exact(field: str, value: Exact, *, least: int | None = None, most: int | None = None) -> Fraction:
    exact = value if isinstance(value, Fraction) else as_rational(field, value)
    if (least is not None and exact < least) or (most is not None and exact > most):
        expected = f"a number of at least {least}" if most is None else f"a number from {least} to {most}"
        raise InvalidInput(field, str(exact), expected)
    return exact
