"""Solutions of the sharing regimes in 40 digits, from a start and from which side each sharing is held at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
from sharing_duopoly import Duopoly

DIGITS = 40


def _root(conditions: Callable[..., Any], start: Sequence[float]) -> list[Any]:
    found = mpmath.findroot(conditions, [mpmath.mpf(x) for x in start], tol=mpmath.mpf(10) ** (-60), verify=False)
    return list(found) if len(start) > 1 else [found]


def _slope(function: Callable[..., Any], point: Sequence[Any], place: int) -> Any:
    order = [0] * len(point)
    order[place] = 1
    return mpmath.diff(function, tuple(point), tuple(order))


def cooperative(game: Duopoly, regime: str, s: float, t: float) -> tuple[Any, Any]:
    """The stationary point of equal choices near (s, t); s = 1 and s = 0 are held."""
    with mpmath.workdps(DIGITS):
        exact = game.exact()

        def worth(s: Any, t: Any) -> Any:
            return exact.objective(regime, (s, s), (t, t))

        if s in (0.0, 1.0):
            return mpmath.mpf(s), _root(lambda t: _slope(worth, (mpmath.mpf(s), t), 1), [t])[0]
        found = _root(lambda s, t: [_slope(worth, (s, t), 0), _slope(worth, (s, t), 1)], [s, t])
        return found[0], found[1]


def unequal(game: Duopoly, regime: str, s: Sequence[float], t: Sequence[float]) -> list[Any]:
    """The stationary point (s_1, s_2, t_1, t_2) near a start; sharing at an edge is held."""
    with mpmath.workdps(DIGITS):
        exact, start = game.exact(), [mpmath.mpf(x) for x in (*s, *t)]
        free = [place for place in range(4) if place > 1 or 0 < start[place] < 1]

        def worth(*z: Any) -> Any:
            return exact.objective(regime, z[:2], z[2:])

        def conditions(*moved: Any) -> list[Any]:
            z = list(start)
            for place, value in zip(free, moved, strict=True):
                z[place] = value
            return [_slope(worth, z, place) for place in free]

        for place, value in zip(free, _root(conditions, [start[place] for place in free]), strict=True):
            start[place] = value
        return start


def technology_first(game: Duopoly, t: float) -> tuple[Any, Any]:
    """The symmetric interior equilibrium near t of investment first, then sharing from its own two conditions."""
    with mpmath.workdps(DIGITS):
        exact = game.exact()

        def shared(first: Any, second: Any) -> tuple[Any, Any]:
            e = 2 * (2 * exact.b1 * exact.al1 - exact.b2 * exact.al2)
            g, h = (2 * exact.b1 + exact.b2) * exact.al3, exact.b2 * exact.gd
            solved = mpmath.lu_solve(mpmath.matrix([[e, -g], [-g, e]]), mpmath.matrix([h * first, h * second]))
            return solved[0], solved[1]

        def earned(first: Any, second: Any) -> Any:
            return exact.profit(0, shared(first, second), (first, second))

        found = _root(lambda t: _slope(earned, (t, t), 0), [t])[0]
        return shared(found, found)[0], found


def stackelberg(game: Duopoly, s: Sequence[float], t: Sequence[float]) -> list[Any]:
    """Leader's and follower's (s_1, s_2, t_1, t_2) near a start; sharing at an edge is held."""
    with mpmath.workdps(DIGITS):
        exact, start = game.exact(), [mpmath.mpf(x) for x in (*s, *t)]
        free = [place for place in range(4) if place > 1 or 0 < start[place] < 1]
        theirs = [place for place in free if place in (1, 3)]
        own = [place for place in free if place in (0, 2)]

        def follower(*z: Any) -> Any:
            return exact.profit(1, z[:2], z[2:])

        def leader(*z: Any) -> Any:
            return exact.profit(0, z[:2], z[2:])

        def conditions(*moved: Any) -> list[Any]:
            z = list(start)
            for place, value in zip(free, moved, strict=True):
                z[place] = value
            answer = [_slope(follower, z, place) for place in theirs]
            bend = mpmath.matrix([[_cross(follower, z, row, column) for column in theirs] for row in theirs])
            pull = mpmath.matrix([_slope(leader, z, place) for place in theirs])
            shadow = mpmath.lu_solve(bend, pull)
            lead = []
            for place in own:
                mixed = mpmath.matrix([_cross(follower, z, row, place) for row in theirs])
                lead.append(_slope(leader, z, place) - (shadow.T * mixed)[0])
            return answer + lead

        for place, value in zip(free, _root(conditions, [start[place] for place in free]), strict=True):
            start[place] = value
        return start


def _cross(function: Callable[..., Any], z: Sequence[Any], row: int, column: int) -> Any:
    order = [0] * len(z)
    order[row] += 1
    order[column] += 1
    return mpmath.diff(function, tuple(z), tuple(order))
