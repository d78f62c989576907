"""One outsourcing problem of a JSON document, as it was read.

An extension is a module with two functions: ``read(given)`` takes its own key from the document and returns what it
asks, ``entry(problem, regime)`` answers with a JSON entry. ``document`` holds the table of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from shieldwall.economics.outsourcing.service import Service


@dataclass(frozen=True, slots=True)
class Problem:
    """A market and what is asked about it.

    Attributes:
        service: The market, of shape (); with types the value is the largest, with a hacker the attack probability 0.
        integer: The number of clients must be whole.
        liability: β, or ``None`` for what the regime implies.
        extension: ``types``, ``providers``, ``hacker`` or ``""``.
        asked: What the extension read.
        notes: Keys that were given and are of no use here, as sentences.
    """

    service: Service
    integer: bool = False
    liability: float | None = None
    extension: str = ""
    asked: object = None
    notes: tuple[str, ...] = ()
