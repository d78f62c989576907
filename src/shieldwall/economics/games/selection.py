"""Which of two strict equilibria of a 2x2 game is payoff-dominant, and which risk-dominant.

Harsanyi and Selten (1988), sections 3.6 and 3.9. Games of another size, or without two strict equilibria,
have no answer here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from shieldwall.economics.games.bimatrix import Bimatrix

Profile = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Selection:
    """Two strict equilibria compared.

    Attributes:
        strict: The two, the one in the first row first.
        critical_beliefs: For the row and for the column player: the probability of the opponent's part in the first
            equilibrium above which the own part in it is the only best reply.
        payoff_dominant: The one that gives both players more, if one does.
        risk_dominant: The one with the greater product of both players' losses from deviating; None if they are equal.
            It is the first exactly when the two critical beliefs add up to less than 1.
    """

    strict: tuple[Profile, Profile]
    critical_beliefs: tuple[Fraction, Fraction]
    payoff_dominant: Profile | None
    risk_dominant: Profile | None


def selection(game: Bimatrix) -> Selection | None:
    """Compare the two strict equilibria of a 2x2 game; None if it has not two.

    >>> hunt = selection(Bimatrix.of([[(4, 4), (0, 3)], [(3, 0), (2, 2)]]))
    >>> hunt.payoff_dominant, hunt.risk_dominant, [str(belief) for belief in hunt.critical_beliefs]
    ((0, 0), (1, 1), ['2/3', '2/3'])
    """
    if game.shape != (2, 2):
        return None
    for first in ((0, 0), (0, 1)):
        second = (1, 1 - first[1])
        here, there = _losses(game, first), _losses(game, second)
        if min(*here, *there) > 0:
            beliefs = tuple(other / (own + other) for own, other in zip(here, there, strict=True))
            return Selection(
                (first, second),
                (beliefs[0], beliefs[1]),
                _better(first, second, _payoffs(game, first), _payoffs(game, second)),
                _greater(first, second, here[0] * here[1], there[0] * there[1]),
            )
    return None


def _losses(game: Bimatrix, profile: Profile) -> tuple[Fraction, Fraction]:
    """What each player loses by deviating alone."""
    i, j = profile
    return game.row[i][j] - game.row[1 - i][j], game.column[i][j] - game.column[i][1 - j]


def _payoffs(game: Bimatrix, profile: Profile) -> tuple[Fraction, Fraction]:
    i, j = profile
    return game.row[i][j], game.column[i][j]


def _better(
    first: Profile, second: Profile, here: tuple[Fraction, Fraction], there: tuple[Fraction, Fraction]
) -> Profile | None:
    if here[0] > there[0] and here[1] > there[1]:
        return first
    return second if here[0] < there[0] and here[1] < there[1] else None


def _greater(first: Profile, second: Profile, here: Fraction, there: Fraction) -> Profile | None:
    if here == there:
        return None
    return first if here > there else second
