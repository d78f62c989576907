"""How an attempt to solve a model ended."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The outcome of a solve; ``meaning`` is the sentence shown to a reader.

    >>> Status.NO_EQUILIBRIUM.meaning
    'it is proven that the model has no equilibrium'
    """

    SOLVED = "solved"
    NO_EQUILIBRIUM = "no_equilibrium"
    UNBOUNDED = "unbounded"
    INADMISSIBLE = "inadmissible"
    NOT_PROVEN = "not_proven"
    INVALID = "invalid"

    @property
    def meaning(self) -> str:
        """One sentence for a reader."""
        return _MEANINGS[self]


_MEANINGS = {
    Status.SOLVED: "every equilibrium found was verified",
    Status.NO_EQUILIBRIUM: "it is proven that the model has no equilibrium",
    Status.UNBOUNDED: "the objective grows without limit, so nothing is best",
    Status.INADMISSIBLE: "the parameters break an assumption of the model",
    Status.NOT_PROVEN: "neither an equilibrium nor its absence could be proven",
    Status.INVALID: "the parameters could not be read",
}
