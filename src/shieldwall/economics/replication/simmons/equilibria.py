"""Which equilibria the printed tables have (Simmons 2024, sections B.5 and B.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from shieldwall.economics.pair import Lever, Member, Notion, Pair, threshold
from shieldwall.economics.precision import economics_extra
from shieldwall.economics.replication.claim import Finding, Verdict
from shieldwall.economics.replication.simmons.tables import (
    CELLS,
    PLAYERS,
    RATE_2,
    RISK_1,
    RISK_2,
    Table,
    advantage,
    equilibria,
    named,
    narrative,
    shown,
)

ALL, LARGER_ALONE, NOBODY = (Fraction(1), Fraction(1)), (Fraction(1), Fraction(0)), (Fraction(0), Fraction(0))
"""The probabilities of sharing in (C,C), (C,D) and (D,D)."""


def three_equilibria(table: Table) -> Finding:
    """Enumerate, and look for (C,C), (D,D) and one mixed profile."""
    points = equilibria(table)
    without = narrative(RISK_1)
    full = narrative(RISK_1, exclusion=1)
    # What the table would be as a game: two companies that know 1 each and gain 3.
    as_printed = Pair((Member.of(1, 3, RISK_1), Member.of(1, 3, RISK_1)))
    figures = {
        "equilibria": named(points),
        "equilibria of the text, no exclusion": named(equilibria(without.payoffs())),
        "equilibria of the text, full exclusion": named(equilibria(full.payoffs())),
        "would be true if": f"{threshold(without, Lever.EXCLUSION, Notion.STRICT)} in the game of the text, "
        f"or {threshold(as_printed, Lever.EXCLUSION, Notion.STRICT)} with the access that Table 1 prints",
    }
    # An extreme equilibrium in which one of them alone mixes is the end of a whole line of equilibria.
    both_mix = [point for point in points if all(0 < probability < 1 for probability in point)]
    if len(both_mix) == 1 and set(points) == {ALL, NOBODY, *both_mix}:
        return Finding(Verdict.HOLDS, f"The equilibria are {named(points)}.", figures=figures)
    return Finding(
        Verdict.FAILS,
        f"The only equilibrium is {named(points)}{_because(table)}."
        if len(points) == 1
        else f"The equilibria are {named(points)}.",
        counterexample=deviation(table),
        figures=figures,
    )


def _because(table: Table) -> str:
    better = [name for player, name in enumerate(PLAYERS) if max(advantage(table, player)) < 0]
    return f"; D is strictly dominant for the {' and the '.join(better)} player" if better else ""


def deviation(table: Table) -> dict[str, object]:
    """The first player that gains by leaving (C,C), or whatever equilibrium there is besides."""
    for player, (there, kept) in enumerate(((table[1][0], table[0][0]), (table[0][1], table[0][0]))):
        if there[player] > kept[player]:
            return {
                "profile": CELLS[0][0],
                "who leaves": PLAYERS[player],
                "C pays": shown(kept[player]),
                "D pays": shown(there[player]),
            }
    return {"equilibria": named(equilibria(table))}


def is_stag_hunt(table: Table) -> Finding:
    """Compare C with D against C (must gain) and against D (must lose), for both players."""
    gains = {PLAYERS[player]: advantage(table, player) for player in (0, 1)}
    figures: dict[str, object] = {
        f"C less D, {name}": f"{shown(pair[0])} against C, {shown(pair[1])} against D" for name, pair in gains.items()
    }
    needed = threshold(narrative(RISK_1), Lever.EXCLUSION, Notion.STRICT)
    figures["would be true if"] = f"{needed} in the game of the text"
    if all(with_sharer > 0 > alone for with_sharer, alone in gains.values()):
        return Finding(Verdict.HOLDS, "Each does best by doing what the other does.", figures=figures)
    dilemma = all(max(pair) < 0 for pair in gains.values()) and all(
        table[0][0][player] > table[1][1][player] for player in (0, 1)
    )
    return Finding(
        Verdict.FAILS,
        "It is a prisoner's dilemma: D is strictly dominant for both, and (C,C) would pay both more than (D,D)."
        if dilemma
        else "Not each player does best by doing what the other does.",
        counterexample=deviation(table),
        figures=figures,
    )


def only_full_sharing(table: Table) -> Finding:
    """Enumerate, and look for (C,C) alone."""
    points = equilibria(table)
    game = narrative(RISK_2, RATE_2)
    figures = {
        "equilibria": named(points),
        "equilibria of the text, no exclusion": named(equilibria(game.payoffs())),
        "equilibria of the text, full exclusion": named(equilibria(narrative(RISK_2, RATE_2, exclusion=1).payoffs())),
        "would be true if": f"{threshold(game, Lever.EXCLUSION, Notion.UNIQUE)} in the game of the text, or without "
        f"exclusion {threshold(game, Lever.RATE, Notion.UNIQUE)}; in the table as printed, {_added(table)}",
    }
    if points == (ALL,):
        return Finding(Verdict.HOLDS, "(C,C) is the only equilibrium.", figures=figures)
    return Finding(
        Verdict.FAILS,
        f"The only equilibrium is {named(points)}{_because(table)}."
        if len(points) == 1
        else f"The equilibria are {named(points)}.",
        counterexample=deviation(table),
        figures=figures,
    )


def _added(table: Table) -> str:
    """The reward on top that makes (C,C) the only equilibrium: every C beats a C, and one of them a D."""
    (first_with, first_alone), (second_with, second_alone) = advantage(table, 0), advantage(table, 1)
    least = max(-first_with, -second_with, min(-first_alone, -second_alone))
    return f"a further reward > {least} for each"


def in_the_interest_of_both(table: Table) -> Finding:
    """Look whether C beats D for each player whatever the other does."""
    game = narrative(RISK_2, RATE_2)
    figures: dict[str, object] = {
        f"reward less risk of company {number} in the text": str(game.gain(number - 1, other_shares=False))
        for number in (1, 2)
    }
    figures["would be true if"] = f"{threshold(game, Lever.RATE, Notion.STRICTLY_DOMINANT)}; no exclusion makes it true"
    for player, name in enumerate(PLAYERS):
        for other, gain in enumerate(advantage(table, player)):
            if gain <= 0:
                return Finding(
                    Verdict.FAILS,
                    f"The {name} player loses {shown(-gain)} by sharing{_because(table)}.",
                    counterexample={"company": name, "against": "CD"[other], "C less D": shown(gain)},
                    figures=figures,
                )
    return Finding(Verdict.HOLDS, "C is strictly dominant for both.", figures=figures)


def shifts(before: Table, after: Table) -> Finding:
    """Compare the equilibria of the two tables."""
    was, now = equilibria(before), equilibria(after)
    needed = threshold(narrative(RISK_2, RATE_2), Lever.EXCLUSION, Notion.UNIQUE)
    texts = [named(equilibria(game.payoffs())) for game in (narrative(RISK_1), narrative(RISK_2, RATE_2))]
    figures = {
        "Table 1": named(was),
        "Table 2": named(now),
        "the text, no exclusion": f"from {texts[0]} to {texts[1]}: the larger company alone begins to share",
        "would be true if": f"{needed} in the game of the text: then from (D,D) to (C,C) alone",
    }
    if set(was) != set(now):
        return Finding(Verdict.HOLDS, f"Play moves from {named(was)} to {named(now)}.", figures=figures)
    return Finding(
        Verdict.FAILS,
        f"Nothing shifts: {named(was)} before and after.",
        counterexample={"Table 1": named(was), "Table 2": named(now)},
        figures=figures,
    )


def nobody_may_share(table: Table) -> Finding:
    """Look for (D,D) among the equilibria."""
    points = equilibria(table)
    if NOBODY in points:
        return Finding(Verdict.HOLDS, f"(D,D) is an equilibrium; all of them: {named(points)}.")
    return Finding(Verdict.FAILS, "(D,D) is none.", counterexample={"equilibria": named(points)})


def software_says(tables: Mapping[str, Table], printed: Mapping[str, set[tuple[Fraction, Fraction]]]) -> Finding:
    """Let QuantEcon find the pure equilibria; then solve the tables as they would read after a slip in typing them."""
    found = {name: _pure_by_quantecon(cells) for name, cells in tables.items()}
    figures: dict[str, object] = {f"QuantEcon, {name}": named(points) for name, points in found.items()}
    mending = []
    for slip, change in SLIPS.items():
        typed = {name: equilibria(change(cells)) for name, cells in tables.items()}
        figures[f"if typed with {slip}"] = "; ".join(f"{name} {named(points)}" for name, points in typed.items())
        if all({each for each in points if _pure(each)} == printed[name] for name, points in typed.items()):
            mending.append(slip)
    figures["would be true if"] = (
        f"the tables were typed with {' or '.join(mending)}"
        if mending
        else f"none of the {len(SLIPS)} slips of typing tried gives both"
    )
    if found == printed:
        return Finding(Verdict.HOLDS, "QuantEcon finds the printed pure equilibria.", figures=figures)
    agree = all(found[name] == {each for each in equilibria(cells) if _pure(each)} for name, cells in tables.items())
    return Finding(
        Verdict.FAILS,
        "QuantEcon finds other pure equilibria in the printed tables, "
        + ("the same as our exact enumeration." if agree else "and others than our exact enumeration."),
        counterexample={name: named(points) for name, points in found.items()},
        figures=figures,
    )


def _pure(point: tuple[Fraction, Fraction]) -> bool:
    return all(probability.denominator == 1 for probability in point)


def _pure_by_quantecon(table: Table) -> set[tuple[Fraction, Fraction]]:
    with economics_extra():
        import numpy as np  # noqa: PLC0415
        from quantecon.game_theory import NormalFormGame, pure_nash_brute  # noqa: PLC0415
    payoffs = np.array([[[float(payoff) for payoff in cell] for cell in row] for row in table])
    game = NormalFormGame(payoffs)
    found = pure_nash_brute(game)
    return {(Fraction(1 - int(row)), Fraction(1 - int(column))) for row, column in found}


def _changed(table: Table, first: int, second: int, *, transposed: bool = False, sign: int = 1) -> Table:
    """The table whose players get the payoffs of players ``first`` and ``second``, the latter's possibly turned."""
    return tuple(
        tuple((table[i][j][first], sign * (table[j][i] if transposed else table[i][j])[second]) for j in (0, 1))
        for i in (0, 1)
    )


SLIPS: dict[str, Callable[[Table], Table]] = {
    "the payoffs of each cell interchanged": lambda table: _changed(table, 1, 0),
    "the column player's payoffs transposed": lambda table: _changed(table, 0, 1, transposed=True),
    "the row player's payoffs for both": lambda table: _changed(table, 0, 0),
    "the column player's payoffs for both": lambda table: _changed(table, 1, 1),
    "the row player's payoffs alone, as a symmetric game": lambda table: _changed(table, 0, 0, transposed=True),
    "the row player's payoffs alone, as a zero-sum game": lambda table: _changed(table, 0, 0, sign=-1),
}
"""Mistakes that are easily made when payoffs are handed to a solver."""
