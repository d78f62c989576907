"""Whether the printed tables are the game that the text tells of (Simmons 2024, section B.4)."""

from __future__ import annotations

from fractions import Fraction

from shieldwall.economics.pair import Lever, Notion, Pair, threshold
from shieldwall.economics.replication.claim import Finding, Verdict
from shieldwall.economics.replication.simmons.tables import (
    CELLS,
    PLAYERS,
    Table,
    advantage,
    differences,
    equilibria,
    named,
    narrative,
    readings,
    shown,
)


def follows_the_text(table: Table, risk: Fraction, rate: Fraction) -> Finding:
    """Compare a table with the narrative cell by cell, in each of its readings."""
    wrong = {name: differences(table, pair.payoffs()) for name, pair in readings(risk, rate).items()}
    figures = {f"{name} contradicts": _listed(cells) for name, cells in wrong.items()}
    right = [name for name, cells in wrong.items() if not cells]
    if right:
        return Finding(Verdict.HOLDS, f"Every payoff follows from the text with {right[0]}.", figures=figures)
    closest = min(wrong, key=lambda name: len(wrong[name]))
    payoff, printed, told = wrong[closest][0]
    return Finding(
        Verdict.FAILS,
        f"No reading of the text gives it. The closest, {closest}, contradicts {_listed(wrong[closest])}.",
        counterexample={"reading": closest, "payoff": payoff, "printed": printed, "by the text": told},
        figures=figures | {"would be true if": f"with {closest}, {_corrected(wrong[closest])}"},
    )


def _listed(cells: list[tuple[str, str, str]]) -> str:
    return f"{len(cells)} of 8 payoffs: " + ", ".join(
        f"{payoff} {first} for {second}" for payoff, first, second in cells
    )


def _corrected(cells: list[tuple[str, str, str]]) -> str:
    return ", ".join(f"{payoff} were {second}" for payoff, _, second in cells)


def knows_three_times(tables: dict[str, Table], ratio: int) -> Finding:
    """Read each company's own knowledge off the cell where nobody shares."""
    alone = {name: cells[1][1] for name, cells in tables.items()}
    figures = {f"{name}, (D,D)": f"({shown(own)}, {shown(other)})" for name, (own, other) in alone.items()}
    for name, (own, other) in alone.items():
        if own != ratio * other:
            return Finding(
                Verdict.FAILS,
                "Where nobody shares, each company has what it knows itself, and the tables give both the same.",
                counterexample={"table": name, "cell": "(D,D)", "company 1": shown(own), "company 2": shown(other)},
                figures=figures | {"would be true if": f"company 1 had {shown(ratio * other)} in (D,D)"},
            )
    return Finding(Verdict.HOLDS, f"In (D,D) company 1 has {ratio} times what company 2 has.", figures=figures)


def access_by_sharing(tables: dict[str, Table]) -> Finding:
    """Read off which part of the other's knowledge a company loses by not sharing."""
    excluded = {
        f"{name}, {PLAYERS[player]}": _exclusion(cells, player) for name, cells in tables.items() for player in (0, 1)
    }
    figures = {f"exclusion in {place}": str(value) for place, value in excluded.items()}
    for place, value in excluded.items():
        if value <= 0:
            return Finding(
                Verdict.FAILS,
                "Who does not share reads all that the other shares: access is not a benefit of sharing but a gift.",
                counterexample={
                    "company": place,
                    "part of its access lost by not sharing": str(value),
                },
                figures=figures | {"would be true if": "exclusion > 0; with 1 all access is earned by sharing"},
            )
    return Finding(Verdict.HOLDS, "Who does not share loses part of what the other shares.", figures=figures)


def _exclusion(cells: Table, player: int) -> Fraction:
    """1 less the ratio of what the other's sharing is worth to one that does not share and to one that does."""
    if player == 0:
        sharer, other = cells[0][0][0] - cells[0][1][0], cells[1][0][0] - cells[1][1][0]
    else:
        sharer, other = cells[0][0][1] - cells[1][0][1], cells[0][1][1] - cells[1][1][1]
    return 1 - other / sharer


def costs_the_risk(table: Table, risk: Fraction) -> Finding:
    """Compare C with D in every column and row, where access does not depend on sharing."""
    for player in (0, 1):
        for other, gain in enumerate(advantage(table, player)):
            if gain != -risk:
                return Finding(
                    Verdict.FAILS,
                    "Sharing does not cost each company the risk alone.",
                    counterexample={"company": PLAYERS[player], "against": "CD"[other], "C less D": shown(gain)},
                )
    return Finding(
        Verdict.HOLDS,
        f"C is worth {shown(risk)} less than D to both, whatever the other does; so nothing but the risk is at stake.",
        figures={"comparisons": 4},
    )


def rate_is(printed: Fraction, table: Table, risk: Fraction) -> Finding:
    """Read the rate off the cell where all share: payoff less knowledge, access and risk, per unit of knowledge."""
    first, second = table[0][0]
    # Knowledge and access add up to 4 for both, whoever of the two knows more.
    rewards = sorted((first - 4 + risk, second - 4 + risk))
    rates = (rewards[0] / 1, rewards[1] / 3)
    literal = narrative(risk, printed, exclusion=1)
    figures = {
        "rate in the table": ", ".join(str(rate) for rate in rates),
        "equilibria at the printed rate, no exclusion": named(equilibria(narrative(risk, printed).payoffs())),
        "equilibria at the printed rate, full exclusion": named(equilibria(literal.payoffs())),
        "full sharing is an equilibrium at the printed rate if": str(threshold(literal, Lever.EXCLUSION, Notion.NASH)),
        "it is the only one at the printed rate if": str(threshold(literal, Lever.EXCLUSION, Notion.UNIQUE) or "never"),
    }
    if set(rates) == {printed}:
        return Finding(Verdict.HOLDS, f"The rewards in (C,C) are {printed} of what each knows.", figures=figures)
    return Finding(
        Verdict.FAILS,
        f"The rewards in (C,C) are {rates[0]} of what the smaller company knows: {rates[0] / printed} times as much.",
        counterexample={"reward of the smaller in (C,C)": shown(rewards[0]), "at the printed rate": shown(printed)},
        figures=figures | {"would be true if": f"the text said {float(rates[0] * 100):g} percent"},
    )


def same_title(first: Table, second: Table) -> Finding:
    """Compare two tables printed under one title."""
    changed = differences(first, second)
    if not changed:
        return Finding(Verdict.HOLDS, "The tables are the same.")
    payoff, was, now = changed[0]
    return Finding(
        Verdict.FAILS,
        f"A misprint: {len(changed)} of 8 payoffs differ, and section B.5 calls the second one Matrix 2, Incentives.",
        counterexample={"payoff": payoff, "Table 1": was, "Table 2": now},
        figures={"payoffs that differ": len(changed), "would be true if": "the title were 'Matrix 2: Incentives'"},
    )


def pays_both(tables: dict[str, Table], games: dict[str, Pair]) -> Finding:
    """Compare the payoffs where all share with those where nobody does."""
    compared = tables | {name: pair.payoffs() for name, pair in games.items()}
    figures = {
        name: f"{CELLS[0][0]} ({shown(cells[0][0][0])}, {shown(cells[0][0][1])}), "
        f"{CELLS[1][1]} ({shown(cells[1][1][0])}, {shown(cells[1][1][1])})"
        for name, cells in compared.items()
    }
    for name, cells in compared.items():
        for player in (0, 1):
            if cells[0][0][player] <= cells[1][1][player]:
                return Finding(
                    Verdict.FAILS,
                    "Full sharing does not pay each company more than no sharing.",
                    counterexample={"game": name, "company": PLAYERS[player]},
                    figures=figures,
                )
    return Finding(
        Verdict.HOLDS,
        "In both tables, and in the games of the text, (C,C) pays each company more than (D,D).",
        figures=figures,
    )
