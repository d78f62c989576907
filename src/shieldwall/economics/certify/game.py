"""The alliance game that the members face under a policy, and whether they would join it at all.

    gain_i = b_i (a_i - a_0) k(others who share) + t_i - r_i      micro-credits a year

with k contributions a year, b_i what one is worth to i, a_i the part that reaches i while it shares and a_0 while it
does not, t_i its pay and r_i its risk. Written as the alliance game (``economics.alliance``) exclusion is 1 - a_0 and
the benefit is b_i (a_i - a_0) / (1 - a_0). Not here: verdicts on the game (``verdict``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shieldwall.domain.policy import Policy
from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.certify.exclusion import Reach, levels_of, reach_of
from shieldwall.economics.certify.least_pay import least_rewards
from shieldwall.economics.certify.members import MemberClass
from shieldwall.economics.certify.year import Year, run_year


@dataclass(frozen=True, slots=True)
class PolicyGame:
    """A policy as the game that these members play.

    Attributes:
        year: What the mechanism pays when all share.
        reach: What the access rules let through.
        knowledge: Contributions a year of all members together.
    """

    classes: tuple[MemberClass, ...]
    policy: Policy
    year: Year
    reach: Reach
    knowledge: Fraction

    def benefit(self, number: int) -> Fraction:
        """Benefit of a class in the terms of the alliance game, micro-credits per contribution."""
        row, exclusion = self.classes[number], self.reach.exclusion
        kept = self.reach.sharing[number] - self.reach.keeping
        return row.benefit * kept / exclusion if exclusion else row.benefit

    def risk(self, number: int) -> Fraction:
        """What sharing costs a member of a class, micro-credits a year."""
        return self.classes[number].risk * self.classes[number].contributions

    @property
    def least_rewards(self) -> tuple[Fraction, ...]:
        """Micro-credits a year that a member of each class earns at least, whoever else shares."""
        return least_rewards(self.classes, self.year.points, self.policy)

    def others(self, number: int) -> Fraction:
        """Contributions a year of all other members, seen by one of a class."""
        return self.knowledge - self.classes[number].contributions

    def gain(self, number: int) -> Fraction:
        """What a member of a class gains a year by sharing when all others do, in micro-credits."""
        row = self.classes[number]
        kept = row.benefit * (self.reach.sharing[number] - self.reach.keeping) * self.others(number)
        return kept + self.year.rewards[number] - self.risk(number)

    def surplus(self, number: int) -> Fraction:
        """What a member of a class gains a year by being inside and sharing, over staying out, in micro-credits."""
        row = self.classes[number]
        received = row.benefit * self.reach.sharing[number] * self.others(number)
        return received + self.year.rewards[number] - self.risk(number) - row.fee

    def alliance(self, rewards: Sequence[Fraction], error: Fraction = Fraction(0)) -> Alliance:
        """The alliance game at these rewards, each of its figures off by ``error`` against sharing.

        Benefits, knowledge and rewards are lower by that part, risks higher. Of all errors up to ``error`` this is
        the one under which honest sharing is hardest to hold, for each notion (docs/theory/certificate.md).
        """
        less, more = 1 - error, 1 + error
        columns = [
            [value for number, row in enumerate(self.classes) for value in [of(number, row)] * row.count]
            for of in (
                lambda number, row: row.contributions * less,
                lambda number, row: self.benefit(number) * less,
                lambda number, row: self.risk(number) * more,
                lambda number, row: rewards[number] * less,
            )
        ]
        knowledge, benefit, risk, reward = columns
        return Alliance(knowledge, benefit, risk, reward, self.reach.exclusion)


def policy_game(classes: Sequence[MemberClass], policy: Policy) -> PolicyGame:
    """Map a policy to the game that these members face, all of them sharing.

    Args:
        classes: At least one.
    """
    year = run_year(classes, policy)
    return PolicyGame(
        classes=tuple(classes),
        policy=policy,
        year=year,
        reach=reach_of(classes, levels_of(classes, year.points, policy), policy),
        knowledge=sum((row.count * row.contributions for row in classes), Fraction()),
    )
