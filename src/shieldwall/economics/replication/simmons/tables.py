"""What Simmons (2024) prints, as data, and the game its narrative tells of (section B.4).

The narrative: company 1 knows three times as much as company 2; sharing gives access to what the other knows, costs a
risk and earns a share of own knowledge. It does not say what a company that does not share may read: that is exclusion.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from shieldwall.economics.pair import Pair

Table = tuple[tuple[tuple[Fraction, Fraction], ...], ...]
"""Payoffs (row, column) by row and column; C is first."""

PLAYERS = ("row", "column")
CELLS = (("(C,C)", "(C,D)"), ("(D,C)", "(D,D)"))


def _table(*rows: tuple[tuple[str, str], tuple[str, str]]) -> Table:
    return tuple(tuple((Fraction(first), Fraction(second)) for first, second in row) for row in rows)


TABLE_1 = _table((("3.5", "3.5"), ("0.5", "4")), (("4", "0.5"), ("1", "1")))
TABLE_2 = _table((("3.9", "4.3"), ("0.9", "3")), (("4", "0.9"), ("1", "1")))

RISK_1, RISK_2 = Fraction(1, 2), Fraction(3, 10)
"""Risk of sharing without and with the chain."""

RATE_2 = Fraction(1, 5)
"""The reward per unit of knowledge that Table 2 was computed with; the text says 0.2 percent."""

RATE_AS_PRINTED = Fraction(2, 1000)


def narrative(
    risk: Fraction, rate: Fraction = Fraction(0), *, exclusion: Fraction | int = 0, swapped: bool = False
) -> Pair:
    """The game of the text: knowledge 3 and 1, or 1 and 3 if the players are swapped."""
    first, second = (1, 3) if swapped else (3, 1)
    return Pair.of_knowledge(first, second, risk=risk, rate=rate, exclusion=exclusion)


def equilibria(cells: Table) -> tuple[tuple[Fraction, Fraction], ...]:
    """The probabilities with which row and column share, in every extreme equilibrium."""
    from shieldwall.economics.games import Bimatrix, solve_game  # noqa: PLC0415

    found = solve_game(Bimatrix.of(cells)).equilibria
    return tuple((Fraction(each.row[0]), Fraction(each.column[0])) for each in found)


def advantage(cells: Table, player: int) -> tuple[Fraction, Fraction]:
    """How much more C pays a player than D, against C and against D."""
    against = (0, 1)
    if player == 0:
        return tuple(cells[0][other][0] - cells[1][other][0] for other in against)  # type: ignore[return-value]
    return tuple(cells[other][0][1] - cells[other][1][1] for other in against)  # type: ignore[return-value]


def sum_of(cell: tuple[Fraction, Fraction]) -> Fraction:
    """What both players have together."""
    return cell[0] + cell[1]


def expected(cells: Table, point: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """What each player expects if row and column share with these probabilities."""
    row, column = point
    weights = ((row * column, row * (1 - column)), ((1 - row) * column, (1 - row) * (1 - column)))
    first, second = (
        sum((weights[i][j] * cells[i][j][player] for i in (0, 1) for j in (0, 1)), Fraction(0)) for player in (0, 1)
    )
    return first, second


def differences(first: Table, second: Table) -> list[tuple[str, str, str]]:
    """Where two tables differ, in reading order: which payoff, and what it is in each."""
    return [
        (f"{PLAYERS[player]} in {CELLS[i][j]}", shown(first[i][j][player]), shown(second[i][j][player]))
        for i in (0, 1)
        for j in (0, 1)
        for player in (0, 1)
        if first[i][j][player] != second[i][j][player]
    ]


def readings(risk: Fraction, rate: Fraction) -> dict[str, Pair]:
    """The four ways to read the narrative: with no or full exclusion, with company 1 as row or as column."""
    return {
        f"{'full' if exclusion else 'no'} exclusion{', companies swapped' if swapped else ''}": narrative(
            risk, rate, exclusion=exclusion, swapped=swapped
        )
        for swapped in (False, True)
        for exclusion in (0, 1)
    }


def shown(value: Fraction) -> str:
    """A decimal as the paper prints it where three places are enough, else a fraction."""
    return f"{float(value):g}" if (value * 1000).denominator == 1 else str(value)


def named(points: Iterable[tuple[Fraction, Fraction]]) -> str:
    """Equilibria in words: pure ones by their cell, mixed ones by the probabilities of sharing."""
    words = []
    for row, column in sorted(points, reverse=True):
        pure = row.denominator == 1 and column.denominator == 1
        words.append(CELLS[1 - int(row)][1 - int(column)] if pure else f"mixed ({row}, {column})")
    return ", ".join(words) or "none"
