"""The answer for a person: a table, and one sentence in the terms of an alliance's operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shieldwall.economics.sharing.objective import PER_FIRM_WEIGHTS
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
        other = _deviation(entry["regime"], one)
        yield f"{number}. {one['kind'].replace('_', ' ')}, {_steady(entry['regime'], one)}; " + (
            f"no {other} found gains more than {one['deviation_gain']:.1g}"
        )
        for name in ("sharing", "investment", "price", "quantity", "profit"):
            yield f"   {name:<18}{_row(one[name])}"
        yield f"   {'consumer surplus':<18}{one['consumer_surplus']:.6g}"
        yield f"   {'welfare':<18}{one['welfare']:.6g}"
        if "symmetric_optimum_is_global" in one:
            yield f"   {'choosing apart':<18}{_apart(one)}"
        if "proof" in one:
            yield f"   {'proof':<18}{_proof(one['proof'], other)}"
        for name, move in one.get("sensitivity", {}).items():
            yield f"   by {name:<18}sharing {move['sharing']:+.4g}, investment {move['investment']:+.4g}"
    if not equilibria:
        yield f"{entry['reason']}."
        yield "Nothing follows for an alliance: change the parameter named, or the regime."
        return
    yield sentence(entry["regime"], equilibria)


def _deviation(regime: str, one: Mapping[str, Any]) -> str:
    """What kind of choice was compared with the solution."""
    if regime not in PER_FIRM_WEIGHTS:
        return "deviation"
    return "equal choice" if "symmetric_optimum_is_global" in one else "choice"


def _steady(regime: str, one: Mapping[str, Any]) -> str:
    if regime in PER_FIRM_WEIGHTS or regime == "stackelberg":
        return "a strict maximum" if one["stable"] else "a maximum that is not strict"
    return "stable" if one["stable"] else "unstable"


def _apart(one: Mapping[str, Any]) -> str:
    best, gain = one["symmetric_optimum_is_global"], one["asymmetric_gain"]
    if best is None:
        return "not searched"
    if best:
        return "gains nothing, as far as a search shows"
    return "gains without limit" if gain is None else f"gains {gain:.6g} in all"


def sentence(regime: str, equilibria: Sequence[Mapping[str, Any]]) -> str:
    """What solutions mean for an alliance."""
    steady = [one for one in equilibria if one["stable"]]
    shown = steady or equilibria
    outcomes = [f"share {_shares(one['sharing'])} of what they know and earn {_span(one['profit'])}" for one in shown]
    text = f"{_WORDS[regime]} {', or '.join(outcomes)}"
    if len(steady) > 1:
        text += f"; {len(steady)} outcomes are stable, and what members expect of each other decides which comes about"
    elif not steady and regime not in PER_FIRM_WEIGHTS:
        text += "; no outcome is stable, so small changes move them away from it"
    if all(one.get("symmetric_optimum_is_global") is False for one in shown):
        text += "; it would do better still by letting equal firms choose differently"
    useful = {
        by["demand_spillover"]["sharing"] > abs(by["leakage.own"]["sharing"])
        for by in (one["elasticity"] for one in shown if "elasticity" in one)
    }
    if useful == {True}:
        text += f"; {_USE} raise sharing more than one percent less leakage"
    elif useful == {False}:
        text += f"; one percent less leakage raises sharing more than {_USE}"
    return text + "."


_USE = "reports one percent more useful to the others' customers"


def _shares(values: Sequence[float]) -> str:
    return _listed([f"{100 * value:.3g} %" for value in values], values)


def _span(values: Sequence[float]) -> str:
    return _listed([f"{value:.6g}" for value in values], values)


def _listed(texts: Sequence[str], values: Sequence[float]) -> str:
    """Each value once, in order; of many that differ the least and the greatest."""
    if len(values) > _FEW and len(set(texts)) > 1:
        least, most = (values.index(end) for end in (min(values), max(values)))
        return f"from {texts[least]} to {texts[most]}"
    return " and ".join(dict.fromkeys(texts))


_FEW = 3


def _proof(proofs: Sequence[Mapping[str, Any]] | None, other: str) -> str:
    if proofs is None:
        return "the method covers two firms with built-in forms, in nash and the regimes of one decision maker"
    if all(proof["proved"] for proof in proofs):
        return f"no {other} gains more than {max(proof['slack'] for proof in proofs):.1g}, rounding included"
    return "not established"


def _row(values: Sequence[float]) -> str:
    return " ".join(f"{value:.6g}" for value in values)
