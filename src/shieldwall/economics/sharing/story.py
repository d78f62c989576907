"""The answer for a person: a table, and one sentence in the terms of an alliance's operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shieldwall.economics.status import Status

_WORDS = {
    "nash": "Left alone, the firms",
    "no-sharing": "Without an alliance, the firms",
    "technology-first": "With investments known before sharing starts, the firms",
    "stackelberg": "With one firm joining first, the firms",
    "joint-profit": "An alliance run for joint profit lets the firms",
    "collusion": "An alliance that also fixes prices lets the firms",
    "planner": "An alliance run for the whole market lets the firms",
    "first-best": "With prices at cost, the best for the whole market is that the firms",
}


def tell(entry: Mapping[str, Any]) -> Iterator[str]:
    """The lines that show an entry; the last says what it means for an alliance."""
    status, equilibria = Status(entry["status"]), entry["equilibria"]
    yield f"{status.value}: {status.meaning}"
    for number, one in enumerate(equilibria, 1):
        steady = "stable" if one["stable"] else "unstable"
        kind, gain = one["kind"].replace("_", " "), one["deviation_gain"]
        yield f"{number}. {kind}, {steady}; no deviation gains more than {gain:.1g}"
        for name in ("sharing", "investment", "price", "quantity", "profit"):
            yield f"   {name:<18}{_row(one[name])}"
        yield f"   {'consumer surplus':<18}{one['consumer_surplus']:.6g}"
        yield f"   {'welfare':<18}{one['welfare']:.6g}"
        if "proof" in one:
            yield f"   {'proof':<18}{_proof(one['proof'])}"
        for name, move in one.get("sensitivity", {}).items():
            yield f"   by {name:<18}sharing {move['sharing']:+.4g}, investment {move['investment']:+.4g}"
    if not equilibria:
        yield f"{entry['reason']}."
        yield "Nothing follows for an alliance: change the parameter named, or the regime."
        return
    yield _sentence(entry["regime"], equilibria)


def _sentence(regime: str, equilibria: Sequence[Mapping[str, Any]]) -> str:
    steady = [one for one in equilibria if one["stable"]]
    best = max(steady or equilibria, key=lambda one: one["welfare"])
    share = " and ".join(f"{100 * value:.3g} %" for value in dict.fromkeys(best["sharing"][:2]))
    text = f"{_WORDS[regime]} share {share} of what they know and earn {_row(best['profit'][:2])}"
    if len(steady) > 1:
        text += f"; {len(steady)} outcomes are stable, and what members expect of each other decides which comes about"
    elif not steady:
        text += "; no outcome is stable, so small changes move them away from it"
    by = best.get("sensitivity", {})
    if by and by["demand_spillover"]["sharing"] > abs(by["leakage.own"]["sharing"]):
        text += "; making reports more useful to the others' customers raises sharing more than plugging leaks"
    elif by:
        text += "; plugging leaks raises sharing more than making reports more useful to the others' customers"
    return text + "."


def _proof(proofs: Sequence[Mapping[str, Any]] | None) -> str:
    if proofs is None:
        return "the method covers two firms with built-in forms, in nash and the regimes of one decision maker"
    if all(proof["proved"] for proof in proofs):
        return f"no deviation gains more than {max(proof['slack'] for proof in proofs):.1g}, rounding included"
    return "not established"


def _row(values: Sequence[float]) -> str:
    return " ".join(f"{value:.6g}" for value in values)
