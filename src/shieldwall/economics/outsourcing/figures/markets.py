"""The markets that the figures show, and the requirements at which they are solved.

How they are drawn is in the other modules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.outsourcing.figures.published import published
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import Floats, Service
from shieldwall.economics.outsourcing.switching import Switch

Codes = NDArray[np.int64]
STEPS = 400
"""Equal steps of the requirement between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Market:
    """A market with a name.

    Attributes:
        name: What a panel and the data call it.
        service: Its parameters, of shape (); the requirement is the horizontal axis.
    """

    name: str
    service: Service

    @property
    def parameters(self) -> str:
        """The parameters in one line.

        >>> FEW.parameters
        'n = 5, v = 10, A = 0.1667, c_s = 1, c_k = 2, e = 0.01'
        """
        one = self.service
        attacks = one.clients * one.attack_probability
        return (
            f"n = {one.clients:g}, v = {one.system_value:g}, A = {attacks:.4g}, c_s = {one.provider_cost:g}, "
            f"c_k = {one.client_cost:g}, e = {one.spillover:g}"
        )

    @property
    def binds_from(self) -> float:
        """The requirement D/c_k: up to there nobody would do less anyway."""
        return float(self.service.exposure / self.service.client_cost)


SINGLE = Market(
    "one client; the paper gives no attack probability, 1/30 is assumed",
    Service.of(clients=1, attack_probability=1 / 30, system_value=10, provider_cost=1, client_cost=2),
)
"""Figures 2 and 3 (note 7), with the attack probability of Figures 4 to 6."""

MAIN = Market(
    "the paper's market",
    Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2, spillover=0.01),
)
"""Figures 4 to 6 (note 7)."""

WAVERING = Market(
    "own example: the provider wavers",
    Service.of(clients=15, attacks=0.75, system_value=10, provider_cost=1, client_cost=1.25, spillover=0.065),
)
"""Not in the paper: admissible, and the provider is truthful, shirks, is truthful and shirks again."""

FEW = Market("own example: all outsource in any case", MAIN.service.change(clients=5))
"""Not in the paper: as in Figures 4 to 6, also a = 1/30, but fewer clients."""

INSTRUMENTS = Market(
    "the paper's market",
    Service.of(clients=10, attacks=0.05, system_value=50, provider_cost=1, client_cost=1.25, spillover=0.08),
)
"""Figure 8 (note 15)."""

SCENARIOS = Market(
    "the paper's market",
    Service.of(clients=10, attacks=0.05, system_value=10, provider_cost=1, client_cost=2, spillover=0.05),
)
"""Figure 9 (note 22)."""


def changes(label: Callable[[Floats], Codes], points: Floats) -> tuple[Floats, Floats]:
    """Neighbouring doubles on either side of every change of a label between two points.

    Args:
        label: One number for each requirement; a change and its reversal between two points are not noticed.
        points: Requirements in increasing order.

    Returns:
        The last requirement before and the first one after each change, in order.

    >>> below, above = changes(lambda points: (points > 0.3).astype(int), np.linspace(0, 1, 5))
    >>> float(below[0]), bool(np.nextafter(below[0], 1) == above[0])
    (0.3, True)
    """
    while True:
        found = label(points)
        places = np.flatnonzero(found[1:] != found[:-1])
        below, above = _bracket(label, points[places], points[places + 1], found[places])
        # A second change between the same two points shows once the first has been taken in.
        finer = np.union1d(points, np.concatenate([below, above]))
        if finer.size == points.size:
            return below, above
        points = finer


def _bracket(label: Callable[[Floats], Codes], below: Floats, above: Floats, before: Codes) -> tuple[Floats, Floats]:
    """Halve every interval, keeping the first change in it, until its ends are neighbouring doubles."""
    while True:
        middle = 0.5 * (below + above)
        if np.all((middle <= below) | (middle >= above)):
            return below, above
        same = label(middle) == before
        below, above = np.where(same, middle, below), np.where(same, above, middle)


def requirements(service: Service, regime: Regime, switches: Sequence[Switch]) -> Floats:
    """Equal steps, both sides of every switch, and the ends of the published curves; in increasing order."""

    def solvable(points: Floats) -> Codes:
        at = service.change(requirement=points)
        roots = [published(at, regime, second=second).outsourcing_clients for second in (False, True)]
        return np.asarray(np.isnan(roots[0]) + 2 * np.isnan(roots[1]))

    steps = np.linspace(0.0, 1.0, STEPS + 1)
    sides = [side for one in switches for side in (one.below, one.requirement)]
    return np.unique(np.concatenate([steps, sides, *changes(solvable, steps)]))
