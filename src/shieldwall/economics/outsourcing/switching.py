"""Every requirement at which behaviour changes: shirking begins or ends, the provider exits, clients come or jump.

There is no single threshold: the provider may be truthful, shirk, be truthful and shirk again as the requirement rises.
Points known in closed form are tried beside a grid. Wherever behaviour differs between the ends of a step, a change is
bracketed by two neighbouring doubles, whose solutions are its proof, and the search starts again behind it until
behaviour agrees with the end of the step. So behaviour after each change is the behaviour before the next. What can be
missed is a change that is undone within one step, where no closed form separates the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import JUMP, Floats, Service, admit
from shieldwall.economics.outsourcing.solution import CORNERS, Solution, solve

GRID = 2048


@dataclass(frozen=True, slots=True)
class Switch:
    """A requirement at which something changes.

    Attributes:
        below, requirement: Neighbouring doubles: the last requirement before and the first one after.
        changes: Among ``begins to shirk``, ``ceases to shirk``, ``exits``, ``enters``, ``jumps``, and
            ``corner to corner`` such as ``one to interior``.
        clients: Before and after.
        quality: Before and after, NaN where nobody outsources.
    """

    below: float
    requirement: float
    changes: tuple[str, ...]
    clients: tuple[float, float]
    quality: tuple[float, float]


def exit_requirement(service: Service) -> Floats:
    """The requirement from which on the provider exits under ``clients-shirk``; above 1 he never does.

    (D/c_s) (1 + √(1 − c_s/c_k)): even one client no longer pays for the quality asked.

    Raises:
        EconomicsError: If a market breaks Assumption 2, 4 or 6.

    Source: own; the paper does not consider exit.

    >>> market = Service.of(clients=10, attacks=0.05, system_value=50, provider_cost=1, client_cost=1.25)
    >>> exit_requirement(market).round(6)
    np.float64(0.361803)
    """
    admit(service)
    best = service.exposure / service.provider_cost
    return best * (1.0 + np.sqrt(1.0 - service.provider_cost / service.client_cost))


def switching_points(service: Service, regime: Regime | str, *, integer: bool = False) -> tuple[Switch, ...]:
    """Every requirement in [0, 1] at which the provider's behaviour changes, in order.

    Args:
        service: One market, of shape (); its requirement is not used.
        integer: Whole clients only; then every change of their number is a jump.

    Raises:
        EconomicsError: If the market breaks Assumption 2, 4 or 6.
        InvalidInput: If it is an array, or there is no such regime.

    >>> market = Service.of(clients=15, attacks=0.75, system_value=10, provider_cost=1, client_cost=1.25,
    ...     spillover=0.065)
    >>> [(round(one.requirement, 6), one.changes[0]) for one in switching_points(market, "requirement")]
    [(0.518685, 'begins to shirk'), (0.874427, 'ceases to shirk'), (0.955, 'begins to shirk')]
    """
    service.require_one()
    points = np.unique(np.concatenate([np.linspace(0.0, 1.0, GRID + 1), _closed_forms(service)]))
    points = np.sort(np.concatenate([points, 0.5 * (points[1:] + points[:-1])]))
    states = _states(service, points, regime, integer)
    places = np.flatnonzero(np.any(states[1:] != states[:-1], axis=1))
    left, right = points[places], points[places + 1]
    pairs = [(left[:0], left[:0])]
    while left.size:
        below, above = _bracket(service, left, right, regime, integer)
        pairs.append((below, above))
        behind = _states(service, above, regime, integer)
        rest = np.any(behind != _states(service, right, regime, integer), axis=1)
        left, right = above[rest], right[rest]
    below, above = (np.sort(np.concatenate(side)) for side in zip(*pairs, strict=True))
    before = solve(service.change(requirement=below), regime, integer=integer)
    after = solve(service.change(requirement=above), regime, integer=integer)
    return tuple(_switch(below, above, before, after, place) for place in range(below.size))


def _states(service: Service, points: Floats, regime: Regime | str, integer: bool) -> Floats:
    """What must not change between switching points, one row per requirement."""
    solved = solve(service.change(requirement=points), regime, integer=integer)
    counted = solved.outsourcing_clients if integer else solved.corner
    return np.stack([counted.astype(np.float64), solved.provider_shirks.astype(np.float64)], axis=1)


def _bracket(
    service: Service, below: Floats, above: Floats, regime: Regime | str, integer: bool
) -> tuple[Floats, Floats]:
    """Halve every interval, keeping a change from its lower end in it, until its ends are neighbouring doubles."""
    start = _states(service, below, regime, integer)
    while True:
        middle = 0.5 * (below + above)
        if np.all((middle <= below) | (middle >= above)):
            return below, above
        same = np.all(_states(service, middle, regime, integer) == start, axis=1)
        below, above = np.where(same, middle, below), np.where(same, above, middle)


def _closed_forms(service: Service) -> Floats:
    """Where quality meets the requirement for one client, for all, or inside (equations 14 and 15), and where he exits.

    With q = T D/c_s the condition on the number of clients is a quadratic in q: putting requirement = q into it gives
    (3/2 c_s/D + c_k/(2 D)) q² − (2 c_s/D + 2 − e) q + 2 − e = 0.
    """
    exposure = float(service.exposure)
    if exposure == 0.0:
        return np.empty(0)
    spillover, ratio = float(service.spillover), float(service.provider_cost) / exposure
    square = 1.5 * ratio + 0.5 * float(service.client_cost) / exposure
    linear = 2.0 * ratio + 2.0 - spillover
    square_root = np.sqrt(np.maximum(linear**2 - 4.0 * square * (2.0 - spillover), 0.0))
    inside = (linear + np.array([-1.0, 1.0]) * square_root) / (2.0 * square)
    whole = (1.0 + spillover * (float(service.clients) - 1.0)) / ratio
    own = exposure / float(service.client_cost)
    found = np.array([own, 2.0 * own, 1.0 / ratio, whole, *inside, float(exit_requirement(service))])
    return found[(found > 0.0) & (found < 1.0)]


def _switch(below: Floats, above: Floats, before: Solution, after: Solution, place: int) -> Switch:
    clients = (float(before.outsourcing_clients[place]), float(after.outsourcing_clients[place]))
    quality = (float(before.service_quality[place]), float(after.service_quality[place]))
    shirked, shirks = bool(before.provider_shirks[place]), bool(after.provider_shirks[place])
    changes = []
    if clients[1] == 0.0 < clients[0]:
        changes.append("exits")
    if clients[0] == 0.0 < clients[1]:
        changes.append("enters")
    if shirked != shirks:
        changes.append("begins to shirk" if shirks else "ceases to shirk")
    if abs(clients[1] - clients[0]) > JUMP * max(clients):
        changes.append("jumps")
    if before.corner[place] != after.corner[place]:
        changes.append(f"{CORNERS[before.corner[place]]} to {CORNERS[after.corner[place]]}")
    return Switch(float(below[place]), float(above[place]), tuple(changes), clients, quality)
