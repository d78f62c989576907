"""A published claim as an object that can be run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What a run found; it speaks of the sample that was tried, or of all cases where the method is a proof."""

    HOLDS = "holds"
    FAILS = "fails"
    CONDITIONAL = "holds under a condition"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one run of a claim found.

    Attributes:
        verdict: Holds, fails, or holds under ``condition``.
        ours: What is true instead, or why it holds: one or two sentences.
        condition: Under what it holds; only for ``CONDITIONAL``.
        counterexample: The smallest case found that contradicts the claim, with its numbers; needed unless it holds.
        figures: Counts and measures of the run, such as ``{"tried": 6362, "held": 6362}``.
    """

    verdict: Verdict
    ours: str
    condition: str = ""
    counterexample: Mapping[str, object] = field(default_factory=dict)
    figures: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.verdict is not Verdict.HOLDS and not self.counterexample:
            raise ValueError("a claim that does not hold as printed needs its counterexample")
        if (self.verdict is Verdict.CONDITIONAL) != bool(self.condition):
            raise ValueError("a condition belongs to a claim that holds under one, and to no other")


@dataclass(frozen=True, slots=True)
class Claim:
    """A published statement and the way to try it.

    Attributes:
        id: Paper and place in short, such as ``simmons.table-1``.
        place: Where the paper says it.
        statement: The claim in our words.
        method: How it is tried: exact enumeration, symbolic identity, search over random markets.
        sample: What it is tried on, with the seed where it is random.
        check: Tries it; deterministic.
    """

    id: str
    place: str
    statement: str
    method: str
    sample: str
    check: Callable[[], Finding]

    def as_json(self, finding: Finding) -> dict[str, object]:
        """The claim with what a run found."""
        return {
            "id": self.id,
            "place": self.place,
            "statement": self.statement,
            "method": self.method,
            "sample": self.sample,
            "verdict": finding.verdict.value,
            "ours": finding.ours,
            "condition": finding.condition or None,
            "counterexample": dict(finding.counterexample) or None,
            "figures": dict(finding.figures),
        }
