"""The parameters of the outsourcing market, one market or an array of them, and the assumptions of the paper.

What the provider makes of them is in ``provider``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shieldwall.errors import InvalidInput

Floats = NDArray[np.float64]
ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""Relative differences below this are rounding of the inputs: such profits tie, such inequalities are equalities."""


@dataclass(frozen=True, slots=True)
class Service:
    """Markets of identical clients; every field has the same shape.

    Attributes:
        clients: n, at least 1.
        attack_probability: a, the share of clients attacked.
        system_value: v, money, above 0.
        provider_cost: c_s, money: quality q costs the provider ½ c_s q² per client.
        client_cost: c_k, money, the same in-house.
        spillover: e, share of the system value that each other outsourcing client loses per compromised one.
        requirement: Mandated quality, from 0 to 1.
    """

    clients: Floats
    attack_probability: Floats
    system_value: Floats
    provider_cost: Floats
    client_cost: Floats
    spillover: Floats
    requirement: Floats

    @classmethod
    def of(
        cls,
        *,
        clients: ArrayLike,
        system_value: ArrayLike,
        provider_cost: ArrayLike,
        client_cost: ArrayLike,
        attacks: ArrayLike | None = None,
        attack_probability: ArrayLike | None = None,
        spillover: ArrayLike = 0.0,
        requirement: ArrayLike = 0.0,
    ) -> Service:
        """Broadcast scalars and arrays to one shape; either ``attacks`` (A = a n) or ``attack_probability``.

        Raises:
            InvalidInput: If a value is outside its range or not finite, or the shapes do not fit.

        >>> Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2).exposure
        np.float64(0.3333333333333333)
        """
        if (attacks is None) == (attack_probability is None):
            raise InvalidInput("attacks", attacks, "either attacks or attack_probability, and not both")
        if attack_probability is None:
            with np.errstate(divide="ignore", invalid="ignore"):
                attack_probability = np.asarray(attacks, dtype=np.float64) / np.asarray(clients, dtype=np.float64)
        given = (clients, attack_probability, system_value, provider_cost, client_cost, spillover, requirement)
        try:
            arrays = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in given))
        except ValueError as error:
            raise InvalidInput("service", str(error), "numbers, or arrays whose shapes fit together") from error
        made = cls(*arrays)
        for name, (expected, allowed) in _ranges(made).items():
            values = getattr(made, name)
            wrong = ~(np.isfinite(values) & allowed)
            if wrong.any():
                raise InvalidInput(name, float(values[wrong].flat[0]), expected)
        return made

    def change(self, **changes: ArrayLike) -> Service:
        """The same markets with other values of some fields, broadcast again."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return Service.of(**{**values, **changes})

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of every field."""
        return self.clients.shape

    @property
    def exposure(self) -> Floats:
        """D = a v: the expected loss of a client without protection and without neighbours, money."""
        return self.attack_probability * self.system_value

    @property
    def widest_spillover(self) -> Floats:
        """The spillover below which the best quality stays below 1 whoever outsources (note 8)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = (self.provider_cost / self.exposure - 1.0) / (self.clients - 1.0)
        return np.where(self.clients > 1.0, bound, np.inf)

    @property
    def concave_spillover(self) -> Floats:
        """The spillover up to which the profit is concave in the clients, whatever the requirement."""
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = 2.0 * (self.provider_cost / self.exposure - 1.0) / (3.0 * self.clients - 2.0)
        return np.where(self.clients > 1.0, bound, np.inf)


def _ranges(made: Service) -> dict[str, tuple[str, NDArray[np.bool_]]]:
    """What each field may be, beyond finite."""
    whole = (made.clients >= 1) & (made.clients == np.floor(made.clients))
    return {
        "clients": ("an integer of at least 1", whole),
        "attack_probability": ("a finite number", np.isfinite(made.attack_probability)),
        "system_value": ("a number above 0", made.system_value > 0),
        "provider_cost": ("a number above 0", made.provider_cost > 0),
        "client_cost": ("a number above 0", made.client_cost > 0),
        "spillover": ("a number of at least 0", made.spillover >= 0),
        "requirement": ("a number from 0 to 1", (made.requirement >= 0) & (made.requirement <= 1)),
    }


@dataclass(frozen=True, slots=True)
class Inequality:
    """An assumption as left <= right (or <), and where it is broken.

    Attributes:
        claim: The inequality in the names of the parameters, with its place in the paper.
        left, right: Both sides, arrays.
        broken: Where it does not hold.
    """

    claim: str
    left: Floats
    right: Floats
    broken: NDArray[np.bool_]

    def told(self, index: tuple[int, ...] = ()) -> str:
        """The inequality with both sides in numbers."""
        return (
            f"{self.claim} does not hold: the left side is {self.left[index]:.12g}, the right {self.right[index]:.12g}"
        )


def assumptions(service: Service) -> Iterator[Inequality]:
    """What must hold for the model to mean anything: Assumptions 2, 4 and 6.

    >>> dear = Service.of(clients=2, attacks=1, system_value=1, provider_cost=3, client_cost=2)
    >>> [one.told() for one in assumptions(dear) if one.broken]
    ['provider_cost < client_cost (Assumption 4) does not hold: the left side is 3, the right 2']
    """
    none, one = np.zeros(service.shape), np.ones(service.shape)
    chance = service.attack_probability
    yield _at_most("0 <= attack probability (Assumption 2)", none, chance)
    yield _at_most("attack probability = attacks / clients <= 1 (Assumption 2)", chance, one)
    yield _below("provider_cost < client_cost (Assumption 4)", service.provider_cost, service.client_cost)
    claim = "attack probability × system_value <= provider_cost (Assumption 6)"
    yield _at_most(claim, service.exposure, service.provider_cost)


def conventions(service: Service, expected_loss: Floats, client_utility: Floats) -> Iterator[Inequality]:
    """What the paper takes for granted and a solution can do without; broken ones are warned of.

    Args:
        expected_loss: L of the solution, NaN where nobody outsources.
        client_utility: u_k of the solution.
    """
    none, one = np.zeros(service.shape), np.ones(service.shape)
    claim = "spillover < (provider_cost / (attack probability × system_value) - 1) / (clients - 1) (note 8)"
    yield _below(claim, service.spillover, service.widest_spillover)
    yield _at_most("expected_loss <= 1 (note 11)", expected_loss, one)
    yield _at_most("0 <= client_utility (no client may shut down her system)", none, client_utility)


def _at_most(claim: str, left: Floats, right: Floats) -> Inequality:
    return Inequality(claim, left, right, left > right + ROUNDING * np.abs(right))


def _below(claim: str, left: Floats, right: Floats) -> Inequality:
    return Inequality(claim, left, right, left >= right)
