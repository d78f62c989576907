"""A claim tried on many markets, and the verdict that follows; the claims themselves are in the other modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields

import numpy as np

from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.replication.claim import Finding, Verdict
from shieldwall.economics.replication.outsourcing.samples import Flags, draws, rounds, take
from shieldwall.economics.replication.trial import counts, found, verdict

Predicate = Callable[[Service], Flags]
Describe = Callable[[Service], Mapping[str, Floats]]


def judged(
    held: Predicate,
    told: Mapping[Verdict, str],
    *,
    where: Predicate | None = None,
    within: Predicate | None = None,
    condition: str = "",
    shown: Describe | None = None,
    true_if: str = "",
    figures: Mapping[str, object] | None = None,
    samples: Sequence[Service] | None = None,
) -> Finding:
    """The verdict over all markets of the samples, with the simplest that contradicts.

    Args:
        held: Whether the claim holds in each market.
        told: What is true, by the verdict that the words suit.
        where: The markets the claim speaks of.
        within: Those that meet the condition.
        shown: What else describes a counterexample.
        true_if: What would mend the claim; told unless it holds.
        samples: Round markets first; the last is the one counted.
    """
    fine: list[Flags] = []
    met: list[Flags] = []
    counterexample: dict[str, object] = {}
    for sample in (rounds(), draws()) if samples is None else samples:
        markets = take(sample, where(sample)) if where else sample
        fine.append(held(markets))
        if within:
            met.append(within(markets))
        if not fine[-1].all() and not counterexample:
            counterexample = case(take(markets, ~fine[-1]), shown)
    return found(
        verdict(np.concatenate(fine), np.concatenate(met) if within else None),
        told,
        condition=condition,
        counterexample=counterexample,
        true_if=true_if,
        figures={**counts(fine[-1], met[-1] if within else None), **(figures or {})},
    )


def case(markets: Service, shown: Describe | None = None) -> dict[str, object]:
    """Of some markets the one with the fewest clients, then the fewest digits, under the keys of the interface."""
    few = np.flatnonzero(markets.clients == markets.clients.min())
    row = min(few.tolist(), key=lambda place: (sum(len(text) for text in _texts(markets, place)), place))
    one = take(markets, [row])
    more = shown(one) if shown else {}
    return {
        **{field.name: _short(getattr(one, field.name)[0]) for field in fields(Service)},
        **{name: _short(values[0]) for name, values in more.items()},
    }


def _texts(markets: Service, row: int) -> Iterable[str]:
    return (f"{getattr(markets, field.name)[row]:.12g}" for field in fields(Service))


def _short(value: float) -> float | int | None:
    """A number of JSON with at most nine digits."""
    number = float(value)
    if np.isnan(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else float(f"{number:.9g}")
