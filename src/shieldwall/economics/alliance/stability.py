"""From which states best replies lead to full sharing, and which coalitions would leave a state together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations

import numpy as np

from shieldwall.economics.alliance.equilibria import joining, staying
from shieldwall.economics.alliance.members import Alliance
from shieldwall.errors import EconomicsError

MAX_STARTS = 10
"""Members up to which every starting set is tried."""

MAX_COALITIONS = 6
"""Members up to which coalitions of coalitions are searched."""


@dataclass(frozen=True, slots=True)
class Basin:
    """How many starting sets end in full sharing.

    Attributes:
        surely: The share from which every sequence of strict best replies ends there.
        possibly: The share from which some sequence does.
        starts: How many starting sets were tried.
        exact: Whether these were all; else a sample, with ``error`` as the standard error of either share.
        error: At most this standard error; 0 if exact.
    """

    surely: Fraction
    possibly: Fraction
    starts: int
    exact: bool
    error: float


def basin(alliance: Alliance, samples: int = 200, seed: int = 0) -> Basin:
    """The basin of full sharing under best replies of one member at a time.

    From a set S the lowest end is reached by letting all leave who want to before anybody joins, the highest by the
    reverse: strategic complements make every other sequence end between the two.

    Args:
        samples: Starting sets drawn, each member in with odds 1/2, beyond ``MAX_STARTS`` members.
        seed: Of the draw.

    >>> basin(Alliance([1, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)).surely  # only from full sharing itself
    Fraction(1, 4)
    """
    count = len(alliance)
    everybody = tuple(range(count))
    exact = count <= MAX_STARTS
    starts = (
        list(_subsets(everybody))
        if exact
        else [
            tuple(int(member) for member in np.flatnonzero(drawn))
            for drawn in np.random.default_rng(seed).random((samples, count)) < 0.5
        ]
    )
    surely = sum(joining(alliance, staying(alliance, start)) == everybody for start in starts)
    possibly = sum(staying(alliance, joining(alliance, start)) == everybody for start in starts)
    return Basin(
        Fraction(surely, len(starts)),
        Fraction(possibly, len(starts)),
        len(starts),
        exact,
        0.0 if exact else 0.5 / len(starts) ** 0.5,
    )


def gaining_coalition(alliance: Alliance, sharers: Iterable[int]) -> tuple[int, ...] | None:
    """The smallest coalition whose members all gain strictly by changing together; none if the state is strong.

    For full sharing none exists exactly if it is a Nash equilibrium: leaving together only loses more.

    Raises:
        EconomicsError: If there are more members than ``MAX_STARTS``.

    >>> stag_hunt = Alliance([3, 1], [1, 1], ["1/2", "1/2"], [0, 0], 1)
    >>> gaining_coalition(stag_hunt, ()), gaining_coalition(stag_hunt, (0, 1))
    ((0, 1), None)
    """
    if len(alliance) > MAX_STARTS:
        raise EconomicsError(f"coalitions of {len(alliance)} members; at most {MAX_STARTS}")
    state = frozenset(sharers)
    return next(
        (who for who in _subsets(range(len(alliance))) if who and _gains(alliance, state, frozenset(who))), None
    )


def coalition_proof(alliance: Alliance, sharers: Iterable[int]) -> bool:
    """Whether no coalition has a gaining change that none of its own parts would leave (Bernheim and others 1987).

    Raises:
        EconomicsError: If there are more members than ``MAX_COALITIONS``.
    """
    if len(alliance) > MAX_COALITIONS:
        raise EconomicsError(f"coalitions of coalitions of {len(alliance)} members; at most {MAX_COALITIONS}")

    @cache
    def proof(state: frozenset[int], members: frozenset[int]) -> bool:
        """Whether no coalition among ``members`` leaves the state for one that its own proper parts keep."""
        for who in map(frozenset, _subsets(sorted(members))):
            if who and _gains(alliance, state, who):
                moved = state ^ who
                parts = (who - {member} for member in who)
                if all(proof(moved, part) for part in parts):
                    return False
        return True

    return proof(frozenset(sharers), frozenset(range(len(alliance))))


def _gains(alliance: Alliance, state: frozenset[int], who: frozenset[int]) -> bool:
    moved = state ^ who
    return all(_payoff(alliance, moved, member) > _payoff(alliance, state, member) for member in who)


def _payoff(alliance: Alliance, state: frozenset[int], member: int) -> Fraction:
    others = sum((alliance.knowledge[other] for other in state if other != member), Fraction())
    if member in state:
        return alliance.benefit[member] * others + alliance.reward[member] - alliance.risk[member]
    return alliance.benefit[member] * (1 - alliance.exclusion) * others


def _subsets(members: Iterable[int]) -> Iterator[tuple[int, ...]]:
    pool = tuple(members)
    for size in range(len(pool) + 1):
        yield from combinations(pool, size)
