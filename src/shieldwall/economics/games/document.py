"""Games as JSON: what ``shieldwall solve game`` reads, writes and tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shieldwall.economics.games.bimatrix import Bimatrix, Number, Strategy, best_responses, integers
from shieldwall.economics.games.components import Component
from shieldwall.economics.games.dominance import Dominance
from shieldwall.economics.games.kinds import GameClass, kind_of
from shieldwall.economics.games.selection import Selection
from shieldwall.economics.games.solution import Equilibrium, GameSolution
from shieldwall.economics.games.solve import solve_game
from shieldwall.economics.model import Entry, Model, Progress
from shieldwall.economics.parameters import Parameters
from shieldwall.errors import InvalidInput

EXPECTED = "a list of rows of pairs [row player's payoff, column player's payoff]"


def model(regime: str | None) -> Model[Bimatrix]:
    """The finite two-player game.

    Raises:
        InvalidInput: If a regime is named; there are none.
    """
    if regime is not None:
        raise InvalidInput("regime", regime, "none: a game has no regimes")
    return Model("game", _read, _solve, _tell)


def _read(parameters: Parameters) -> Bimatrix:
    return Bimatrix.of(parameters.take("payoffs", EXPECTED), field=parameters.path("payoffs"))


def _solve(games: Sequence[Bimatrix], progress: Progress) -> list[Entry]:
    entries: list[Entry] = []
    for place, game in enumerate(games):
        entries.append(_entry(game, solve_game(game)))
        progress(place + 1, len(games))
    return entries


def _kind(game: Bimatrix) -> str | None:
    """The class of a 2x2 game."""
    if game.shape != (2, 2):
        return None
    row, column = integers(game.row), integers(game.column)
    return kind_of([*row[0], *row[1]], [*column[0], *column[1]]).label


def _entry(game: Bimatrix, solution: GameSolution) -> dict[str, object]:
    chosen = solution.selection
    replies = best_responses(game)
    written = _Written()
    entry: dict[str, object] = {
        "status": solution.status.value,
        "exact": solution.exact,
        "degenerate": solution.degenerate,
        "complete": solution.complete,
        "equilibria": [_equilibrium(found, solution.exact, written) for found in solution.equilibria],
        "components": [_component(found, written) for found in solution.components],
        "dominance": _dominance(solution.dominance, game.shape),
        "best_responses": {"row": replies.row, "column": replies.column},
        "payoff_dominant": chosen and chosen.payoff_dominant,
        "risk_dominant": chosen and chosen.risk_dominant,
        "critical_beliefs": chosen and _beliefs(chosen),
        "class": _kind(game),
        "read": game.read,
    }
    if solution.reason:
        entry["reason"] = solution.reason
    return entry


class _Written:
    """The numbers of one solution as JSON, each object converted once: strategies share their zeros and ones."""

    def __init__(self) -> None:
        self._floats: dict[int, float] = {}
        self._texts: dict[int, str] = {}

    def floats(self, numbers: Sequence[Number]) -> list[float]:
        known = self._floats
        for number in numbers:
            if id(number) not in known:
                known[id(number)] = float(number)
        return [known[id(number)] for number in numbers]

    def texts(self, numbers: Sequence[Number]) -> list[str]:
        known = self._texts
        for number in numbers:
            if id(number) not in known:
                known[id(number)] = str(number)
        return [known[id(number)] for number in numbers]


def _equilibrium(found: Equilibrium, exact: bool, written: _Written) -> dict[str, object]:
    entry: dict[str, object] = {
        "row": written.floats(found.row),
        "column": written.floats(found.column),
        "payoffs": written.floats(found.payoffs),
        "regret": float(found.regret),
    }
    if exact:
        entry["fractions"] = {
            "row": written.texts(found.row),
            "column": written.texts(found.column),
            "payoffs": written.texts(found.payoffs),
        }
    return entry


def _component(found: Component, written: _Written) -> dict[str, object]:
    def listed(strategies: Iterable[Strategy]) -> list[list[float]]:
        return [written.floats(strategy) for strategy in strategies]

    return {
        "equilibria": found.equilibria,
        "nash_subsets": found.subsets
        and [{"row": listed(subset.row), "column": listed(subset.column)} for subset in found.subsets],
    }


def _dominance(found: Dominance, shape: tuple[int, int]) -> dict[str, object]:
    entry: dict[str, object] = {
        name: {
            "strictly_dominated": player.strict,
            "weakly_dominated": player.weak,
            "strictly_dominant": _only_other(player.strict, size),
        }
        for name, player, size in zip(("row", "column"), (found.row, found.column), shape, strict=True)
    }
    rounds = [{"row": rows, "column": columns} for rows, columns in found.rounds]
    rows, columns = found.survivors
    entry["iterated"] = {"rounds": rounds, "row": rows, "column": columns}
    entry["by"] = "mixed strategies" if found.by_mixed else "pure strategies"
    return entry


def _only_other(dominated: Sequence[int], size: int) -> int | None:
    """The one strategy that is not dominated: if there is just one, it is the best reply to everything."""
    left = [own for own in range(size) if own not in dominated]
    return left[0] if len(left) == 1 else None


def _beliefs(chosen: Selection) -> dict[str, object]:
    row, column = chosen.critical_beliefs
    return {"profile": chosen.strict[0], "row": float(row), "column": float(column)}


def _tell(entry: Entry) -> Iterator[str]:
    found: Mapping[str, Any] = entry
    if found["class"]:
        kind = GameClass[found["class"].upper()]
        yield f"{found['class'].replace('_', ' ')}: {kind.meaning}"
    for number, equilibrium in enumerate(found["equilibria"], start=1):
        told = equilibrium.get("fractions", equilibrium)
        row, column, payoffs = (_line(told[key]) for key in ("row", "column", "payoffs"))
        yield f"equilibrium {number}: rows {row} against columns {column}, payoffs {payoffs}"
    for number, component in enumerate(found["components"], start=1):
        if len(component["equilibria"]) > 1:
            members = ", ".join(str(place + 1) for place in component["equilibria"])
            yield f"component {number}: equilibria {members} are the corners of a connected set of equilibria"
    for player in ("row", "column"):
        dominated = found["dominance"][player]
        strict, weak = dominated["strictly_dominated"], dominated["weakly_dominated"]
        if weak:
            yield f"{player} player: strictly dominated {_places(strict)}, weakly dominated {_places(weak)}"
    yield f"numbers: {found['read']}; " + ", ".join(
        f"{key}: {_YES[found[key]]}" for key in ("exact", "degenerate", "complete")
    )
    yield _meaning(found)


_YES = {True: "yes", False: "no", None: "not known"}


def _line(numbers: Iterable[object]) -> str:
    return f"({', '.join(number if isinstance(number, str) else f'{number:.6g}' for number in numbers)})"


def _places(strategies: Sequence[int]) -> str:
    return ", ".join(map(str, strategies)) or "none"


def _meaning(found: Mapping[str, Any]) -> str:
    """What an operator who writes the rules of this game should expect; strategies are numbered from 0."""
    count = len(found["equilibria"])
    if not found["complete"]:
        told = found["reason"]
    elif count == 1:
        forced = found["dominance"]["iterated"]
        sure = len(forced["row"]) == len(forced["column"]) == 1
        told = f"these rules lead to {_outcome(found['equilibria'][0])} alone" + (
            ", whatever either believes of the other" if sure else "; from anything else one of the two would move"
        )
    elif found["critical_beliefs"] is None:
        told = f"the rules leave open which of {count} extreme equilibria the two settle on; expectations decide"
    else:
        told = _selected(found["payoff_dominant"], found["risk_dominant"])
    return f"Meaning: {told}."


def _selected(best: Sequence[int] | None, safe: Sequence[int] | None) -> str:
    if best is None and safe is None:
        return "the two outcomes in pure strategies have equal claims; the rules must name one"
    if best is None or safe is None:
        return f"{_cell(best)} pays both more" if best else f"{_cell(safe or ())} bears more doubt about the other"
    if best == safe:
        return f"{_cell(best)} pays both more and bears more doubt; the rules only have to point at it"
    return f"{_cell(best)} pays both more, but {_cell(safe)} bears more doubt; members need assurance before they move"


def _outcome(equilibrium: Mapping[str, Any]) -> str:
    places = [weights.index(1.0) for weights in (equilibrium["row"], equilibrium["column"]) if 1.0 in weights]
    return _cell(places) if len(places) == 2 else "a mixture"


def _cell(profile: Sequence[int]) -> str:
    return f"row {profile[0]}, column {profile[1]}"
