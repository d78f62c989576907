"""Equilibria with a strategic hacker: (e), existence, welfare, capacity, thrill (Hui, Hui & Yue)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from typing import Any, cast

import numpy as np

from shieldwall.economics.outsourcing.contest import Hacker
from shieldwall.economics.outsourcing.hacker import describe, solve_hacker
from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.trial import found

HOLDS, CONDITIONAL, FAILS = Verdict.HOLDS, Verdict.CONDITIONAL, Verdict.FAILS
LADDER = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_SOLVED = "every pure equilibrium of hacker, provider and clients"
_SERIES = "8 markets of round numbers, 2 and 5 clients; requirement 0, 0.2, ..., 1"


@dataclass(frozen=True, slots=True)
class Point:
    """What an equilibrium with a hacker is at one requirement, the one with the fewest attacks; NaN without any.

    Attributes:
        requirement: The mandate.
        equilibria: How many there are.
        attacks: A = a n.
        clients, welfare: m and W, the hacker left out.
        jump: Without an equilibrium, the attack probability at which the provider's best choice jumps.
    """

    requirement: float
    equilibria: int
    attacks: float = np.nan
    clients: float = np.nan
    welfare: float = np.nan
    jump: float = np.nan


@dataclass(frozen=True, slots=True)
class Series:
    """One market with its hacker along the requirement."""

    market: Service
    given: Mapping[str, object]
    points: tuple[Point, ...]

    @property
    def settled(self) -> bool:
        """Whether there is an equilibrium at every requirement."""
        return all(point.equilibria for point in self.points)

    def binding(self, point: Point) -> bool:
        """Whether the requirement binds in-house at the equilibrium attack probability."""
        return point.requirement > point.attacks / float(self.market.clients) / float(self.market.client_cost)


@lru_cache
def series(*, thrill: bool = False, capacity: float | None = None) -> tuple[Series, ...]:
    """Round markets with v = c_s = c_h = 1, smallest first."""
    made = []
    for clients, spillover, benefit in product((2, 5), (0.1, 0.5), (0.5, 5.0)):
        given: dict[str, Any] = {"clients": clients, "system_value": 1, "provider_cost": 1, "client_cost": 2}
        market = Service.of(attacks=0, spillover=spillover, **given)
        hacker = Hacker(benefit, 1.0, capacity, thrill)
        told = {"benefit": benefit, "cost": 1.0} | ({} if capacity is None else {"capacity": capacity})
        points = tuple(_point(market, hacker, each) for each in LADDER)
        made.append(Series(market, {**given, "spillover": spillover, "hacker": told}, points))
    return tuple(made)


def _point(market: Service, hacker: Hacker, requirement: float) -> Point:
    bound = market.change(requirement=requirement)
    solved = solve_hacker(bound, hacker, "requirement")
    if not solved.equilibria:
        return Point(requirement, 0, jump=solved.mixed.attack_probability if solved.mixed else np.nan)
    first = solved.equilibria[0]
    welfare = cast(float, describe(bound, first, "requirement")["welfare"])
    attacks = first.attack_probability * float(market.clients)
    return Point(requirement, len(solved.equilibria), attacks, first.outsourcing_clients, welfare)


def _steps(chosen: Iterable[Series]) -> Iterator[tuple[Series, Point, Point]]:
    """Neighbouring requirements, both with an equilibrium."""
    for one in chosen:
        for before, after in pairwise(one.points):
            if before.equilibria and after.equilibria:
                yield one, before, after


def _told(one: Series, before: Point, after: Point) -> dict[str, object]:
    return {
        **one.given,
        "requirement": f"from {before.requirement:g} to {after.requirement:g}",
        "attacks": f"from {before.attacks:.6g} to {after.attacks:.6g}",
        "outsourcing_clients": f"from {before.clients:.6g} to {after.clients:.6g}",
        "welfare": f"from {before.welfare:.6g} to {after.welfare:.6g}",
    }


def attacks_fall_in_equilibrium() -> Finding:
    """(e), everybody answering: whether attacks fall where the requirement binds."""
    steps = [(one, before, after) for one, before, after in _steps(series()) if one.binding(before)]
    rising = [step for step in steps if step[2].attacks > step[1].attacks * (1.0 + 1e-9)]
    words = (
        "The requirement also brings the provider clients, and if he shirks they are easier prey than in-house: then "
        "attacks rise."
    )
    return found(
        FAILS if rising else HOLDS,
        {FAILS: words, HOLDS: "They never rise."},
        counterexample=_told(*rising[0]) if rising else {},
        true_if="m and q_s are held fixed",
        figures={"steps tried": len(steps), "attacks rise": len(rising)},
    )


def welfare_ambiguous() -> Finding:
    """Whether a requirement moves welfare both ways when the hacker answers."""
    moves = [(after.welfare - before.welfare, one, before, after) for one, before, after in _steps(series())]
    up = [move for move in moves if move[0] > 1e-9]
    down = [move for move in moves if move[0] < -1e-9]
    figures: dict[str, object] = {"steps": len(moves), "welfare rises": len(up), "welfare falls": len(down)}
    for name, some in (("rises", up), ("falls", down)):
        if some:
            figures[f"example: {name}"] = ", ".join(f"{key} {value}" for key, value in _told(*some[0][1:]).items())
    return found(
        HOLDS if up and down else FAILS,
        {HOLDS: "It moves both ways."},
        counterexample={"rises": len(up), "falls": len(down)},
        figures=figures,
    )


def exists_once() -> Finding:
    """Whether there is exactly one equilibrium in pure strategies, note 8 holding where the answers cross."""
    points = [(one, point) for one in series() for point in one.points]
    counted = {f"with {number}": sum(point.equilibria == number for _, point in points) for number in (0, 1, 2)}
    example: dict[str, object] = {}
    for one, point in points:
        chance = 1.0 if np.isnan(point.jump) else point.jump
        at = one.market.change(attack_probability=chance)
        if not point.equilibria and float(at.spillover) < float(at.widest_spillover):
            example = {**one.given, "requirement": point.requirement, "m jumps at attack probability": round(chance, 9)}
            break
    words = (
        "Beyond the inflection of the profit the provider's number of clients jumps as attacks vary; where the hacker "
        "would be content inside the jump, nothing pure is an equilibrium."
    )
    return found(
        FAILS if example else HOLDS,
        {FAILS: words, HOLDS: "There is exactly one everywhere."},
        counterexample=example,
        true_if="the profit is concave in m at every attack probability up to the crossing",
        figures={"tried": len(points), **counted},
    )


def capacity_restores() -> Finding:
    """Whether welfare does not rise with the requirement when the hacker's capacity binds without one."""
    capacity = 0.42
    cases = [one for one in series(capacity=capacity) if one.settled and one.points[0].attacks >= capacity - 1e-9]
    always = [one for one in cases if all(point.attacks >= capacity - 1e-9 for point in one.points)]

    def rise(one: Series) -> float:
        return max(point.welfare for point in one.points) - one.points[0].welfare

    broken = [one for one in cases if rise(one) > 1e-9]
    best = max(broken[0].points, key=lambda point: point.welfare) if broken else None
    verdict = HOLDS if not broken else FAILS if any(rise(one) > 1e-9 for one in always) or not always else CONDITIONAL
    return found(
        verdict,
        {
            CONDITIONAL: "While he attacks all he can, nothing but Proposition 4 is left. A requirement high enough to "
            "give him slack again can raise welfare.",
            HOLDS: "While he attacks all he can, nothing but Proposition 4 is left.",
        },
        condition="the capacity binds at every requirement compared",
        counterexample=_told(broken[0], broken[0].points[0], best) if broken and best else {},
        figures={"tried": len(cases), "welfare rises": len(broken), "capacity binds throughout": len(always)},
    )


def thrill() -> Finding:
    """Whether a hacker drawn by protection makes every requirement costly, in a form of our own."""
    cases = [one for one in series(thrill=True) if one.settled]
    broken = [step for step in _steps(cases) if step[2].welfare > step[1].welfare + 1e-9]
    below = [one for one in cases if max(point.welfare for point in one.points) > one.points[0].welfare + 1e-9]
    words = "In our form, A = (b/c_h) × mean quality; without protection nobody attacks, and that is best."
    return found(
        HOLDS if not below else FAILS,
        {HOLDS: words},
        counterexample=_told(*broken[0]) if broken else {},
        figures={"tried": len(cases), "welfare above that without a requirement": len(below)},
    )


_PLACE = "Strategic Hacking"
CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.hacking-e",
        f"{_PLACE}, (e)",
        "A binding requirement, raised further, decreases the hacker's attacks.",
        _SOLVED,
        _SERIES,
        attacks_fall_in_equilibrium,
    ),
    Claim(
        "outsourcing.hacking-welfare",
        f"{_PLACE}, after (e)",
        "With a strategic hacker the net effect of a requirement on welfare is ambiguous.",
        _SOLVED,
        _SERIES,
        welfare_ambiguous,
    ),
    Claim(
        "outsourcing.hacking-exists",
        f"{_PLACE}, cases (i) and (ii)",
        "The conditions of all players determine the equilibrium.",
        _SOLVED,
        _SERIES,
        exists_once,
    ),
    Claim(
        "outsourcing.hacking-capacity",
        f"{_PLACE}, capacity",
        "If the hacker's capacity binds, Proposition 4 applies.",
        _SOLVED,
        f"{_SERIES}; capacity 0.42, which binds all these hackers without a requirement",
        capacity_restores,
    ),
    Claim(
        "outsourcing.hacking-thrill",
        f"{_PLACE}, end",
        "With a hacker who seeks thrill, a high requirement is undesirable.",
        f"{_SOLVED}; the hacker's form is our assumption",
        _SERIES,
        thrill,
    ),
)
