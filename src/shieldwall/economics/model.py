"""What every model offers to the command line: read one object, solve many, tell the answer in words.

A batch is never lost: an object that cannot be read becomes an entry with ``status`` and ``reason`` in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shieldwall.economics.parameters import Parameters
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

Problem = TypeVar("Problem")
Entry = Mapping[str, object]
"""One answer as JSON: ``status``, ``reason`` unless solved, and what the model computed."""

Progress = Callable[[int, int], None]
"""Told after each piece of work: how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Model(Generic[Problem]):
    """A model as data in, data out.

    Attributes:
        name: What the command line calls it.
        read: Reads one problem, taking every key; raises ``InvalidInput``.
        solve: Solves problems, as an array where that is faster; one entry each, in order; raises nothing for a
            well-posed problem.
        tell: The lines that show an entry to a person, the last a sentence of interpretation.
        unread: Keys that an entry has which could not be read, beside ``status`` and ``reason``.
    """

    name: str
    read: Callable[[Parameters], Problem]
    solve: Callable[[Sequence[Problem], Progress], Sequence[Entry]]
    tell: Callable[[Entry], Iterable[str]]
    unread: Entry = field(default_factory=dict)


def answer(model: Model[Problem], document: object, progress: Progress = lambda done, total: None) -> object:
    """Solve one JSON object, or a list of them.

    Args:
        document: From ``parameters.load_json``.
        progress: Told how far the batch is.

    Returns:
        An entry, or a list of entries in the order of the objects.
    """
    if isinstance(document, list):
        return _entries(model, document, progress)
    return _entries(model, [document], progress)[0]


def _entries(model: Model[Problem], objects: Sequence[object], progress: Progress) -> list[Entry]:
    entries: list[Entry | None] = [None] * len(objects)
    problems: list[Problem] = []
    places: list[int] = []
    for place, item in enumerate(objects):
        try:
            parameters = Parameters(item)
            problem = model.read(parameters)
            parameters.close()
        except InvalidInput as error:
            entries[place] = {"status": Status.INVALID.value, "reason": str(error), **model.unread}
        else:
            problems.append(problem)
            places.append(place)
    if problems:
        for place, entry in zip(places, model.solve(problems, progress), strict=True):
            entries[place] = entry
    return [entry for entry in entries if entry is not None]
