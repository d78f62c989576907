"""The alliance game: members who share their knowledge or keep it, and what each gains by sharing.

Member i has payoff b_i k_i + b_i a(x_i) k(S without i) + x_i (t_i - r_i), where S are the sharers, k(S) their
knowledge, a(1) = 1 and a(0) = 1 - exclusion. Sharing against sharers S therefore gains

    gain_i(S) = exclusion * b_i * k(S without i) + t_i - r_i,

which grows with S: strategic complements. All comparisons are made in integers, so a member who stands exactly at a
threshold is seen to stand there. Nothing here solves the game.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import inf, isfinite, lcm

from shieldwall.errors import InvalidInput

Number = int | float | Decimal | Fraction

MAX_BITS = 4096
"""Knowledge whose common denominator is longer than this is read in float64: exact sums would not end."""

SURELY_FINITE = 1020
"""Bits by which a numerator may be longer than its denominator if the number is to be below 2 ** 1021."""


@dataclass(frozen=True, slots=True, init=False)
class Alliance:
    """Who could share, and under which rules; numbers are read exactly, a float as the binary fraction that it is.

    Args:
        knowledge: What each member would share, >= 0.
        benefit: Worth of one unit of the others' knowledge to each member, >= 0.
        risk: What sharing costs each member; negative where it is a relief.
        reward: What each member is paid for sharing; negative for a fee on sharing.
        exclusion: Share of the others' knowledge that a member who keeps its own does not get, in [0, 1].

    Attributes:
        exact: Whether the numbers are used as given; else they were rounded to float64 first (see ``MAX_BITS``).

    Raises:
        InvalidInput: If there is no member, a list is short, or a number is out of range.

    >>> stag_hunt = Alliance([3, 1], [1, 1], ["1/2", 0.5], [0, 0], 1)
    >>> stag_hunt.total, stag_hunt.gain(0, {1}), stag_hunt.gain(0, ())
    (Fraction(4, 1), Fraction(1, 2), Fraction(-1, 2))
    """

    knowledge: tuple[Fraction, ...]
    benefit: tuple[Fraction, ...]
    risk: tuple[Fraction, ...]
    reward: tuple[Fraction, ...]
    exclusion: Fraction
    exact: bool
    unit: int = field(repr=False, compare=False)
    stock: tuple[int, ...] = field(repr=False, compare=False)
    pull: tuple[int, ...] = field(repr=False, compare=False)
    hold: tuple[int, ...] = field(repr=False, compare=False)

    def __init__(
        self,
        knowledge: Iterable[Number | str],
        benefit: Iterable[Number | str],
        risk: Iterable[Number | str],
        reward: Iterable[Number | str],
        exclusion: Number | str,
    ) -> None:
        columns = {
            "knowledge": _column("knowledge", knowledge, least=0),
            "benefit": _column("benefit", benefit, least=0),
            "risk": _column("risk", risk),
            "reward": _column("reward", reward),
        }
        count = len(columns["knowledge"])
        if not count:
            raise InvalidInput("members", [], "at least one member")
        for name, column in columns.items():
            if len(column) != count:
                raise InvalidInput(name, len(column), f"{count} numbers, one per member")
        share = _read(exclusion, least=0)
        if share is None:
            raise InvalidInput("exclusion", exclusion, _expected(0))
        if share > 1:
            raise InvalidInput("exclusion", exclusion, "a number from 0 to 1")
        unit = _common_denominator(columns["knowledge"])
        object.__setattr__(self, "exact", unit is not None)
        if unit is None:
            columns = {name: tuple(Fraction(float(value)) for value in column) for name, column in columns.items()}
            unit = lcm(*(value.denominator for value in columns["knowledge"]))
        for name, column in columns.items():
            object.__setattr__(self, name, column)
        object.__setattr__(self, "exclusion", share)
        self._scale(unit)

    def _scale(self, unit: int) -> None:
        """Note the game in integers: ``i`` gains against S exactly if ``pull[i] * stock(S without i) > hold[i]``."""
        top, bottom = self.exclusion.numerator, self.exclusion.denominator
        pull, hold = [], []
        for benefit, risk, reward in zip(self.benefit, self.risk, self.reward, strict=True):
            scale = risk.denominator * reward.denominator
            pull.append(top * benefit.numerator * scale)
            net = risk.numerator * reward.denominator - reward.numerator * risk.denominator
            hold.append(net * bottom * benefit.denominator * unit)
        stock = tuple(value.numerator * (unit // value.denominator) for value in self.knowledge)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "stock", stock)
        object.__setattr__(self, "pull", tuple(pull))
        object.__setattr__(self, "hold", tuple(hold))

    def __len__(self) -> int:
        return len(self.knowledge)

    @property
    def total(self) -> Fraction:
        """All knowledge together."""
        return Fraction(sum(self.stock), self.unit)

    @property
    def net_risk(self) -> tuple[Fraction, ...]:
        """What sharing costs each member after its reward."""
        return tuple(risk - reward for risk, reward in zip(self.risk, self.reward, strict=True))

    @property
    def dependence(self) -> tuple[Fraction, ...]:
        """What each member loses per unit of others' knowledge if it does not share: exclusion times benefit."""
        return tuple(self.exclusion * benefit for benefit in self.benefit)

    def gain(self, member: int, sharers: Iterable[int]) -> Fraction:
        """What a member gains by sharing when ``sharers`` (it may be among them) do."""
        others = sum((self.knowledge[other] for other in sharers if other != member), Fraction())
        return self.exclusion * self.benefit[member] * others + self.reward[member] - self.risk[member]

    def paying(self, reward: Iterable[Number | str]) -> Alliance:
        """The same members with other rewards."""
        return Alliance(self.knowledge, self.benefit, self.risk, reward, self.exclusion)

    def risking(self, risk: Iterable[Number | str]) -> Alliance:
        """The same members with other risks."""
        return Alliance(self.knowledge, self.benefit, risk, self.reward, self.exclusion)

    def excluding(self, exclusion: Number | str) -> Alliance:
        """The same members with another exclusion."""
        return Alliance(self.knowledge, self.benefit, self.risk, self.reward, exclusion)

    def beyond_reward(self) -> Alliance:
        """The game in which the given reward is part of the risk, so that rewards found come on top of it."""
        return Alliance(self.knowledge, self.benefit, self.net_risk, (0,) * len(self), self.exclusion)


def ratio(top: int, bottom: int) -> float:
    """``top / bottom`` for sorting: infinite where it is too large or ``bottom`` is 0."""
    if not bottom:
        return inf if top >= 0 else -inf
    try:
        return top / bottom
    except OverflowError:
        return inf if (top > 0) == (bottom > 0) else -inf


def _column(name: str, values: Iterable[Number | str], least: int | None = None) -> tuple[Fraction, ...]:
    column = []
    for at, value in enumerate(values):
        number = _read(value, least)
        if number is None:
            raise InvalidInput(f"members[{at}].{name}", value, _expected(least))
        column.append(number)
    return tuple(column)


def _read(value: Number | str, least: int | None) -> Fraction | None:
    """A number exactly; None if it is none, too small, or beyond the floats."""
    if type(value) is float:
        return Fraction(value) if isfinite(value) and (least is None or value >= least) else None
    try:
        number = value if type(value) is Fraction else _fraction(value)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return None
    top, bottom = number.numerator, number.denominator
    if least is not None and top < least * bottom:
        return None
    if top.bit_length() - bottom.bit_length() > SURELY_FINITE and not isfinite(ratio(top, bottom)):
        return None
    return number


def _fraction(value: Number | str) -> Fraction:
    if type(value) is str:
        # Plain decimals are most of what is read, and the pattern of Fraction takes three times as long.
        whole, _, digits = value.partition(".")
        if whole.isdecimal() and digits.isdecimal():
            return Fraction(int(whole + digits), 10 ** len(digits))
    return Fraction(value)


def _expected(least: int | None) -> str:
    return "a finite number" if least is None else f"a finite number of at least {least}"


def _common_denominator(values: Sequence[Fraction]) -> int | None:
    unit = 1
    for bottom in {value.denominator for value in values}:
        unit = lcm(unit, bottom)
        if unit.bit_length() > MAX_BITS:
            return None
    return unit
