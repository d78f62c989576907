"""From the cases that a claim was tried on to its finding, by one rule for all papers.

What a case is, how it is drawn and how it is shown, the modules of each paper know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from shieldwall.economics.replication.claim import Finding, Verdict

WOULD_BE_TRUE = "would be true if"
UNDER = "tried under the condition"


class Shown(Protocol):
    """A case that tells its numbers."""

    def shown(self) -> dict[str, object]:
        """The numbers by name, as JSON takes them."""


Case = TypeVar("Case", bound=Shown)


def verdict(held: ArrayLike, within: ArrayLike | None = None) -> Verdict:
    """Holds if in all cases, under the condition if in all within it and there is one, else fails.

    Args:
        held: Whether the claim holds in each case; shape (M,).
        within: Whether the case meets the condition; shape (M,).

    >>> verdict([True, True, False], within=[True, False, False])
    <Verdict.CONDITIONAL: 'holds under a condition'>
    >>> verdict([True, True, False], within=[False, False, False])
    <Verdict.FAILS: 'fails'>
    """
    every = np.asarray(held, dtype=bool)
    if every.all():
        return Verdict.HOLDS
    inside = every[np.zeros_like(every) if within is None else np.asarray(within, dtype=bool)]
    return Verdict.CONDITIONAL if inside.size and inside.all() else Verdict.FAILS


def counts(held: ArrayLike, within: ArrayLike | None = None) -> dict[str, object]:
    """How many cases were tried and held, in all and under the condition; arguments as those of ``verdict``.

    Raises:
        ValueError: If there is no case.
    """
    every = np.asarray(held, dtype=bool)
    if not every.size:
        raise ValueError("a claim needs a case to be tried on")
    numbers: dict[str, object] = {"tried": every.size, "held": int(every.sum())}
    if within is not None:
        inside = every[np.asarray(within, dtype=bool)]
        numbers |= {UNDER: inside.size, "held there": int(inside.sum())}
    return numbers


def found(
    verdict: Verdict,
    told: Mapping[Verdict, str],
    *,
    condition: str = "",
    counterexample: Mapping[str, object] | None = None,
    true_if: str = "",
    figures: Mapping[str, object] | None = None,
) -> Finding:
    """A finding that keeps of condition, counterexample and remedy what suits its verdict.

    Args:
        told: What is true, by the verdict that the words suit.
        true_if: What would mend the claim; told unless it holds.
    """
    numbers = dict(figures or {})
    if true_if and verdict is not Verdict.HOLDS:
        numbers[WOULD_BE_TRUE] = true_if
    return Finding(
        verdict,
        told.get(verdict, "The words kept for this claim suit another verdict; see the counts."),
        condition=condition if verdict is Verdict.CONDITIONAL else "",
        counterexample={} if verdict is Verdict.HOLDS else dict(counterexample or {}),
        figures=numbers,
    )


def tried(
    cases: Sequence[Case],
    held: Callable[[Case], bool],
    told: Mapping[Verdict, str],
    *,
    within: Callable[[Case], bool] | None = None,
    condition: str = "",
    shown: Callable[[Case], Mapping[str, object]] | None = None,
    true_if: str = "",
    figures: Mapping[str, object] | None = None,
) -> Finding:
    """The finding of a claim tried case by case, with the first one that contradicts it.

    Args:
        cases: At least one, the simplest first.
        held: Whether the claim holds in a case.
        told: What is true, by the verdict that the words suit.
        within: Whether a case meets the condition.
        shown: What else describes a counterexample.
        true_if: What would mend the claim; told unless it holds.
    """
    flags = [held(case) for case in cases]
    broken = next((case for case, fine in zip(cases, flags, strict=True) if not fine), None)
    example = {} if broken is None else {**broken.shown(), **(shown(broken) if shown else {})}
    return found(
        verdict(flags, None if within is None else [within(case) for case in cases]),
        told,
        condition=condition,
        counterexample=example,
        true_if=true_if,
        figures={**counts(flags), **(figures or {})},
    )
