"""The outsourcing model as the command line uses it: JSON in, JSON or sentences out.

Nothing is computed here. Types of clients, competing providers and a strategic hacker are answered by their modules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, cast

import numpy as np

from shieldwall.economics.model import Entry, Model, Progress
from shieldwall.economics.outsourcing.problem import Problem
from shieldwall.economics.outsourcing.regimes import Regime, rules_of
from shieldwall.economics.outsourcing.service import LEAST, MOST, MOST_CLIENTS, Service, assumptions, conventions
from shieldwall.economics.outsourcing.solution import Solution, number, solve
from shieldwall.economics.parameters import Parameters
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

EXTENSIONS = {
    "types": "shieldwall.economics.outsourcing.client_types",
    "providers": "shieldwall.economics.outsourcing.competition",
    "hacker": "shieldwall.economics.outsourcing.hacker",
}
"""The module that answers each optional key; it has ``read`` and ``entry``, see ``problem``."""

SHOWN = 12
"""A longer list is counted instead of shown to a person."""


def model(regime: str | None) -> Model[Problem]:
    """The model in one regime, by default ``requirement``.

    Raises:
        InvalidInput: If there is no such regime.
    """
    chosen = Regime(Regime.REQUIREMENT if regime is None else regime)
    return Model("outsourcing", partial(read, chosen), partial(answers, chosen), tell)


def read(regime: Regime, given: Parameters) -> Problem:
    """Take one problem from a JSON object.

    Raises:
        InvalidInput: If it is malformed.
    """
    extension, asked = _extension(given)
    clients, value = _clients(given, extension, asked)
    chance, notes = _attack_probability(given, clients, extension)
    if extension == "types" and given.has("system_value"):
        given.number("system_value", least=LEAST, most=MOST)
        notes = (*notes, "system_value is not used: every type has its own")
    service = Service.of(
        clients=clients,
        attack_probability=chance,
        system_value=value,
        provider_cost=given.number("provider_cost", least=LEAST, most=MOST),
        client_cost=given.number("client_cost", least=LEAST, most=MOST),
        spillover=given.number("spillover", least=0.0, most=MOST) if given.has("spillover") else 0.0,
        requirement=given.number("requirement", least=0.0, most=1.0) if given.has("requirement") else 0.0,
    )
    integer = given.flag("integer_clients") if given.has("integer_clients") else False
    return Problem(service, integer, _liability(given, regime, extension), extension, asked, notes)


def _extension(given: Parameters) -> tuple[str, object]:
    names = [name for name in EXTENSIONS if given.has(name)]
    if len(names) > 1:
        raise InvalidInput(names[1], "a second extension", f"only one of {', '.join(EXTENSIONS)} at a time")
    if not names:
        return "", None
    return names[0], import_module(EXTENSIONS[names[0]]).read(given)


def _clients(given: Parameters, extension: str, asked: Any) -> tuple[int, float]:
    """How many clients there are, and the largest value of a system."""
    if extension != "types":
        clients = given.integer("clients", least=1, most=MOST_CLIENTS)
        return clients, given.number("system_value", least=LEAST, most=MOST)
    total = sum(one.clients for one in asked)
    if given.has("clients") and given.integer("clients", least=1, most=MOST_CLIENTS) != total:
        raise InvalidInput(given.path("clients"), "another number", f"{total}, the sum over the types, or no such key")
    return total, max(one.system_value for one in asked)


def _attack_probability(given: Parameters, clients: int, extension: str) -> tuple[float, tuple[str, ...]]:
    keys = [key for key in ("attacks", "attack_probability") if given.has(key)]
    if len(keys) > 1:
        raise InvalidInput(given.path("attacks"), "both", "either attacks or attack_probability")
    if extension == "hacker":
        for key in keys:
            given.number(key)
        return 0.0, tuple(f"{key} is not used: the hacker chooses" for key in keys)
    key = keys[0] if keys else "attacks"
    number = given.number(key, least=-MOST, most=MOST)
    return (number if key == "attack_probability" else number / clients), ()


def _liability(given: Parameters, regime: Regime, extension: str) -> float | None:
    if not given.has("liability"):
        return None
    liability, rules = given.number("liability", least=0.0, most=1.0), rules_of(regime)
    path, implied = given.path("liability"), rules.implied_liability
    if extension and liability != implied:
        raise InvalidInput(path, liability, f"{implied:g}, as {regime} implies, or no such key beside {extension}")
    if liability and not rules.compensates:
        raise InvalidInput(path, liability, f"0 or no such key: under {regime} nobody can commit to compensate")
    return liability


def answers(regime: Regime, problems: Sequence[Problem], progress: Progress) -> list[Entry]:
    """Answer every problem, the homogeneous ones as one array."""
    entries: list[Entry | None] = [_refusal(problem) for problem in problems]
    plain = [place for place, one in enumerate(problems) if entries[place] is None and not one.extension]
    for place, entry in zip(plain, _plain(regime, [problems[place] for place in plain]), strict=True):
        entries[place] = entry
    for place, problem in enumerate(problems):
        if entries[place] is None:
            entry = import_module(EXTENSIONS[problem.extension]).entry(problem, regime.value)
            entries[place] = {**entry, "warnings": [*problem.notes, *cast(list[str], entry.get("warnings", []))]}
        progress(place + 1, len(problems))
    return [entry for entry in entries if entry is not None]


def _refusal(problem: Problem) -> Entry | None:
    """The entry of a problem that breaks an assumption without which the model means nothing."""
    reasons = [one.told() for one in assumptions(problem.service) if one.broken]
    return {"status": Status.INADMISSIBLE.value, "reason": "; ".join(reasons)} if reasons else None


def _plain(regime: Regime, problems: Sequence[Problem]) -> list[Entry]:
    if not problems:
        return []
    implied = rules_of(regime).implied_liability
    service = Service(*(np.array(column) for column in zip(*(_row(one.service) for one in problems), strict=True)))
    liability = np.array([implied if one.liability is None else one.liability for one in problems])
    solved = solve(service, regime, liability=liability, integer=np.array([one.integer for one in problems]))
    warned = list(conventions(service, solved.expected_loss, solved.client_utility))
    return [
        _entry(solved, place, [*one.notes, *(each.told((place,)) for each in warned if each.broken[place])])
        for place, one in enumerate(problems)
    ]


def _row(service: Service) -> tuple[float, ...]:
    return (
        float(service.clients),
        float(service.attack_probability),
        float(service.system_value),
        float(service.provider_cost),
        float(service.client_cost),
        float(service.spillover),
        float(service.requirement),
    )


def _entry(solved: Solution, place: int, warnings: list[str]) -> Entry:
    return {
        "status": Status.SOLVED.value,
        **solved.told((place,)),
        "local_clients": number(solved.local_clients[place]),
        "stationary_clients": {
            "maximum": number(solved.stationary_maximum[place]),
            "minimum": number(solved.stationary_minimum[place]),
        },
        "welfare_gap": number(solved.welfare_gap[place]),
        "warnings": warnings,
    }


def tell(entry: Mapping[str, object]) -> Iterator[str]:
    """The lines that show an entry to a person."""
    yield from _lines({key: value for key, value in entry.items() if key != "warnings"}, "")
    for warning in cast(list[str], entry.get("warnings", [])):
        yield f"warning: {warning}"
    yield _sentence(entry)


def _lines(values: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, value in values.items():
        name = f"{indent}{key.replace('_', ' ')}:"
        if isinstance(value, Mapping):
            yield name
            yield from _lines(value, f"{indent}  ")
        else:
            yield f"{name} {_shown(value)}"


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        if len(value) > SHOWN or any(isinstance(one, Mapping) for one in value):
            return f"{len(value)} of them, see --json"
        return ", ".join(_shown(one) for one in value)
    return str(value)


def _sentence(entry: Mapping[str, object]) -> str:
    if entry["status"] == Status.NO_EQUILIBRIUM:
        return "No pure equilibrium: the provider's best number of members jumps with the attacks, and no choice lasts."
    if entry["status"] != Status.SOLVED:
        return f"No answer: {Status(str(entry['status'])).meaning}."
    if isinstance(entry.get("outsourcing_clients"), list):
        return "Each list is in the order of the types: members whose systems have the same value are treated alike."
    if entry["corner"] == "exit":
        return "No member outsources: at this requirement the provider has nothing to gain."
    who = {
        "one": "One member outsources",
        "interior": "Some members outsource (one more would put more at risk than she pays)",
        "all": "Every member outsources",
    }[str(entry["corner"])]
    does = "protects below the requirement" if entry["provider_shirks"] else "meets the requirement where there is one"
    return f"{who}, and the provider {does}."
