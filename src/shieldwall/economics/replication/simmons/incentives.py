"""What the incentive, the lower risk and exclusion do in the game of the text (Simmons 2024, sections B.1 to B.6)."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from shieldwall.economics.pair import Lever, Notion, Pair, critical_belief, full_sharing_is, threshold
from shieldwall.economics.replication.claim import Finding, Verdict
from shieldwall.economics.replication.simmons.equilibria import ALL, LARGER_ALONE
from shieldwall.economics.replication.simmons.tables import (
    PLAYERS,
    Table,
    advantage,
    equilibria,
    expected,
    named,
    narrative,
    shown,
    sum_of,
)


def scaled_rewards_suffice() -> Finding:
    """Solve small games without exclusion; look for one whose proportional reward falls short."""
    tried = held = as_told = 0
    first: dict[str, object] = {}
    risks = rates = [Fraction(tenths, 10) for tenths in (1, 2, 3, 5)]
    for rate, risk, small, large in product(rates, risks, (1, 2), (2, 3, 4)):
        if large == small:
            continue
        pair = Pair.of_knowledge(large, small, risk=risk, rate=rate)
        points = equilibria(pair.payoffs())
        tried += 1
        held += points == (ALL,)
        as_told += (points == (ALL,)) == (rate > max(risk / large, risk / small))
        if points == (LARGER_ALONE,) and not first:
            first = {
                "knowledge": f"({large}, {small})",
                "risk": str(risk),
                "rate": str(rate),
                "equilibria": named(points),
            }
    figures = {"games tried": tried, "full sharing the only equilibrium": held, "the condition decides": as_told}
    if held == tried:
        return Finding(Verdict.HOLDS, "Full sharing is the only equilibrium of every game tried.", figures=figures)
    if as_told == tried:
        return Finding(
            Verdict.CONDITIONAL,
            "A reward proportional to knowledge misses whoever knows little: at equal risks the smallest binds.",
            condition="the rate exceeds the greatest ratio of risk to knowledge (without exclusion)",
            counterexample=first,
            figures=figures,
        )
    return Finding(Verdict.FAILS, "Scaled rewards do not suffice.", counterexample=first, figures=figures)


def becomes_more_appealing(before: Table, after: Table) -> Finding:
    """Compare what C pays more than D in the two tables, for each player against each choice of the other."""
    rise = {
        f"{PLAYERS[player]} against {'CD'[other]}": (advantage(before, player)[other], advantage(after, player)[other])
        for player in (0, 1)
        for other in (0, 1)
    }
    figures = {f"C less D, {who}": f"from {shown(was)} to {shown(now)}" for who, (was, now) in rise.items()}
    for who, (was, now) in rise.items():
        if now <= was:
            return Finding(
                Verdict.FAILS,
                "Sharing does not gain everywhere.",
                counterexample={"who": who, "was": shown(was), "is": shown(now)},
            )
    still = sum(now < 0 for _, now in rise.values())
    return Finding(
        Verdict.HOLDS,
        f"C gains on D in all {len(rise)} comparisons, but still pays less in {still} of them.",
        figures=figures,
    )


def no_clear_incentive(table: Table, game: Pair) -> Finding:
    """Look whether sharing is dominant for the company with more information, in the table and at any exclusion."""
    gains = advantage(table, 0)
    figures = {
        "C less D in Table 1": f"{shown(gains[0])} against C, {shown(gains[1])} against D",
        "exclusion at which sharing is dominant": str(threshold(game, Lever.EXCLUSION, Notion.DOMINANT) or "none"),
        "company 1 answers sharing with sharing if": f"exclusion >= {_own_exclusion(game, 0)}",
    }
    if min(gains) < 0:
        return Finding(
            Verdict.HOLDS,
            "It has a clear incentive not to: D is strictly dominant."
            if max(gains) < 0
            else "Sharing is not dominant for it.",
            figures=figures,
        )
    return Finding(
        Verdict.FAILS,
        "Sharing is dominant for it.",
        counterexample={"C less D against C": shown(gains[0]), "against D": shown(gains[1])},
        figures=figures,
    )


def _own_exclusion(game: Pair, member: int) -> Fraction:
    """The exclusion from which on one member answers sharing with sharing."""
    own = game.members[member]
    return (own.risk - game.reward(member)) / own.access


def larger_is_more_reluctant(table: Table, risk: Fraction) -> Finding:
    """Compare the two companies' gain from sharing, in the table and in the text at exclusions from 0 to 1."""
    more, less = advantage(table, 0), advantage(table, 1)
    full = narrative(risk, exclusion=1)
    figures = {
        "C less D in Table 1, company 1": f"{shown(more[0])}, {shown(more[1])}",
        "C less D in Table 1, company 2": f"{shown(less[0])}, {shown(less[1])}",
        "least exclusion for company 1 to answer sharing with sharing": str(_own_exclusion(full, 0)),
        "least exclusion for company 2": str(_own_exclusion(full, 1)),
        "critical beliefs at full exclusion": ", ".join(str(critical_belief(full, member)) for member in (0, 1)),
    }
    if more < less:
        return Finding(Verdict.HOLDS, "Company 1 gains less from sharing than company 2.", figures=figures)
    steps = [Fraction(step, 20) for step in range(21)]
    games = [narrative(risk, exclusion=exclusion) for exclusion in steps]
    reluctant = [game.exclusion for game in games if game.gain(0, other_shares=True) < game.gain(1, other_shares=True)]
    shown_tie: dict[str, object] = {
        "table": "Table 1",
        "C less D, company 1": shown(more[0]),
        "C less D, company 2": shown(less[0]),
    }
    if reluctant != [step for step in steps if step > 0]:
        return Finding(Verdict.FAILS, "The larger is not.", counterexample=shown_tie, figures=figures)
    return Finding(
        Verdict.CONDITIONAL,
        "In Table 1 both stand alike. In the text the larger has less access to lose by not sharing.",
        condition="the payoffs are those of the text and exclusion > 0",
        counterexample=shown_tie,
        figures=figures,
    )


def rewards_outweigh(game: Pair) -> Finding:
    """Compare each company's reward with its risk."""
    figures: dict[str, object] = {
        f"company {place + 1}": f"reward {game.reward(place)}, risk {own.risk}"
        for place, own in enumerate(game.members)
    }
    rate, flat = (threshold(game, lever, Notion.STRICTLY_DOMINANT) for lever in (Lever.RATE, Lever.FLAT))
    kept = threshold(game, Lever.EXCLUSION, Notion.STRICT)
    figures["would be true if"] = f"{rate}, or {flat} on top; if what sharing keeps of access counts, {kept}"
    for member in (0, 1):
        net = game.gain(member, other_shares=False)
        if net <= 0:
            return Finding(
                Verdict.FAILS,
                f"They do not for company {member + 1}: its reward falls with what it knows, its risk does not.",
                counterexample={
                    "company": member + 1,
                    "reward": str(game.reward(member)),
                    "risk": str(game.members[member].risk),
                    "net": str(net),
                },
                figures=figures,
            )
    return Finding(Verdict.HOLDS, "Each company's reward exceeds its risk.", figures=figures)


def incentive_does_it(risk: Fraction, lower_risk: Fraction, rate: Fraction) -> Finding:
    """Turn the reward and the lower risk on one at a time, without and with full exclusion."""
    steps = {
        "neither": (risk, Fraction(0)),
        "reward alone": (risk, rate),
        "lower risk alone": (lower_risk, Fraction(0)),
        "both": (lower_risk, rate),
    }
    figures: dict[str, object] = {}
    for name, (at_risk, at_rate) in steps.items():
        ends = [named(equilibria(narrative(at_risk, at_rate, exclusion=exclusion).payoffs())) for exclusion in (0, 1)]
        figures[name] = f"no exclusion: {ends[0]}; full exclusion: {ends[1]}"
    rewarded = narrative(risk, rate)
    needed = threshold(rewarded, Lever.EXCLUSION, Notion.UNIQUE)
    for name, game in (
        ("both suffice", narrative(lower_risk, rate)),
        ("lower risk alone suffices", narrative(lower_risk)),
    ):
        figures[f"{name} if"] = str(threshold(game, Lever.EXCLUSION, Notion.UNIQUE) or "never")
    if full_sharing_is(Notion.UNIQUE, rewarded):
        return Finding(Verdict.HOLDS, "The reward alone makes full sharing the only equilibrium.", figures=figures)
    counterexample: dict[str, object] = {"exclusion": 0, "risk": str(risk), "rate": str(rate)}
    counterexample["equilibria"] = named(equilibria(rewarded.payoffs()))
    if needed is None:
        return Finding(Verdict.FAILS, "No exclusion helps.", counterexample=counterexample, figures=figures)
    return Finding(
        Verdict.CONDITIONAL,
        "Without exclusion the reward moves the larger company alone, and the smaller reads without sharing.",
        condition=str(needed),
        counterexample=counterexample,
        figures=figures,
    )


def both_gain(before: Table, after: Table, games: tuple[Pair, Pair]) -> Finding:
    """Compare what each company has in the equilibria of the two tables."""
    was, now = (_at_equilibrium(cells) for cells in (before, after))
    text_was, text_now = (_at_equilibrium(game.payoffs()) for game in games)
    figures = {
        "at equilibrium in Table 1 and Table 2": f"{_pairs(was)} and {_pairs(now)}",
        "if all shared": f"{_pairs([before[0][0]])} and {_pairs([after[0][0]])}",
        "at equilibrium in the text, no exclusion": f"{_pairs(text_was)} and {_pairs(text_now)}",
    }
    if _each_has_more(text_was, text_now):
        figures["would be true if"] = "the payoffs were those of the text: there both gain, without exclusion too"
    if _each_has_more(was, now):
        return Finding(Verdict.HOLDS, "Each company has more at equilibrium.", figures=figures)
    return Finding(
        Verdict.FAILS,
        "At the equilibria of the tables neither company has more: the gains printed in (C,C) are not reached.",
        counterexample={"Table 1": _pairs(was), "Table 2": _pairs(now)},
        figures=figures,
    )


def creates_utility(before: Table, after: Table, rewards: Fraction) -> Finding:
    """Add up what both have at equilibrium, less the rewards somebody has to pay."""
    was, now = ([sum_of(payoffs) for payoffs in _at_equilibrium(cells)] for cells in (before, after))
    full_was, full_now = sum_of(before[0][0]), sum_of(after[0][0])
    figures = {
        "sum at equilibrium, Table 1": ", ".join(map(shown, was)),
        "sum at equilibrium, Table 2": ", ".join(map(shown, now)),
        "sum if all shared": f"{shown(full_was)} and {shown(full_now)}, of which rewards {shown(rewards)}",
        "gain of full sharing net of rewards": shown(full_now - rewards - full_was),
        "would be true if": "(C,C) were played in Table 2; access and lower risk add to the sum, a reward does not",
    }
    if min(now) > max(was):
        return Finding(Verdict.HOLDS, "The sum at equilibrium rises.", figures=figures)
    return Finding(
        Verdict.FAILS,
        f"The sum at equilibrium does not rise. Of the {shown(full_now - full_was)} more in (C,C) {shown(rewards)} are "
        "rewards, which somebody pays.",
        counterexample={"sum, Table 1": shown(max(was)), "sum, Table 2": shown(min(now))},
        figures=figures,
    )


def _each_has_more(was: list[tuple[Fraction, Fraction]], now: list[tuple[Fraction, Fraction]]) -> bool:
    """Whether each player has more in every later equilibrium than in every earlier one."""
    return all(later[player] > earlier[player] for earlier in was for later in now for player in (0, 1))


def _at_equilibrium(table: Table) -> list[tuple[Fraction, Fraction]]:
    return [expected(table, point) for point in equilibria(table)]


def _pairs(payoffs: list[tuple[Fraction, Fraction]]) -> str:
    return ", ".join(f"({shown(first)}, {shown(second)})" for first, second in payoffs)
