"""The parameters of the outsourcing market, one market or an array of them, and the assumptions of the paper.

What the provider makes of them is in ``provider``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shieldwall.errors import EconomicsError, InvalidInput

Floats = NDArray[np.float64]
ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""Relative differences below this are rounding of the inputs: such profits tie, such inequalities are equalities."""
TIE = 1e-13
"""The same for sums over many clients: profits that differ by less than this share of the exposed value tie."""
SAME = 1e-9
"""Solutions of equations closer than this, relative to their size, are one."""
JUMP = 1e-6
"""Between neighbouring doubles, a change beyond this share of the value is a jump."""
LEAST, MOST = 1e-30, 1e30
"""Money outside these bounds is refused: its squares and ratios would leave the range of a double."""
MOST_CLIENTS = 10**9


@dataclass(frozen=True, slots=True)
class Service:
    """Markets of identical clients; every field has the same shape. Money is from ``LEAST`` to ``MOST``.

    Attributes:
        clients: n, from 1 to ``MOST_CLIENTS``.
        attack_probability: a, the share of clients attacked; from 0 to 1 where ``admit`` lets the market pass.
        system_value: v, money.
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

        What the assumptions of the paper ask is not checked here but by ``admit``, which tells both sides.

        Raises:
            InvalidInput: If a value is no number, not finite or outside its range, or the shapes do not fit.

        >>> Service.of(clients=15, attacks=0.5, system_value=10, provider_cost=1, client_cost=2).exposure
        np.float64(0.3333333333333333)
        """
        if (attacks is None) == (attack_probability is None):
            raise InvalidInput("attacks", attacks, "either attacks or attack_probability, and not both")
        names = ("clients", "system_value", "provider_cost", "client_cost", "spillover", "requirement")
        given = (clients, system_value, provider_cost, client_cost, spillover, requirement)
        numbers, value, *others = (as_numbers(name, one) for name, one in zip(names, given, strict=True))
        if attack_probability is None:
            numbers, chance = broadcast(numbers, as_numbers("attacks", attacks))
            with np.errstate(all="ignore"):
                chance = chance / numbers
        else:
            chance = as_numbers("attack_probability", attack_probability)
        made = cls(*broadcast(numbers, chance, value, *others))
        for name, (expected, allowed) in _ranges(made).items():
            values = getattr(made, name)
            if not allowed.all():
                raise InvalidInput(name, float(values[~allowed].flat[0]), expected)
        return made

    def change(self, **changes: ArrayLike) -> Service:
        """The same markets with other values of some fields, broadcast again."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return Service.of(**{**values, **changes})

    def require_one(self) -> None:
        """Refuse an array where one market is asked about.

        Raises:
            InvalidInput: If the shape is not ().
        """
        if self.shape != ():
            raise InvalidInput("service", f"markets of shape {self.shape}", "one market, of shape ()")

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
        with np.errstate(all="ignore"):
            bound = (self.provider_cost / self.exposure - 1.0) / (self.clients - 1.0)
        return np.where(self.clients > 1.0, bound, np.inf)

    @property
    def concave_spillover(self) -> Floats:
        """The spillover up to which the profit is concave in the clients, whatever the requirement."""
        with np.errstate(all="ignore"):
            bound = 2.0 * (self.provider_cost / self.exposure - 1.0) / (3.0 * self.clients - 2.0)
        return np.where(self.clients > 1.0, bound, np.inf)


def as_numbers(field: str, values: ArrayLike | None) -> Floats:
    """An array of doubles.

    Raises:
        InvalidInput: If something is no number.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput(field, values, "a number or an array of numbers") from error


def as_shares(field: str, values: ArrayLike) -> Floats:
    """An array of doubles from 0 to 1.

    Raises:
        InvalidInput: If something is no number or outside the range.
    """
    shares = as_numbers(field, values)
    wrong = ~((shares >= 0) & (shares <= 1))
    if wrong.any():
        raise InvalidInput(field, float(shares[wrong].flat[0]), "a number from 0 to 1")
    return shares


def broadcast(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """The arrays in one shape.

    Raises:
        InvalidInput: If their shapes do not fit.
    """
    try:
        return np.broadcast_arrays(*arrays)
    except ValueError as error:
        raise InvalidInput("service", str(error), "arrays whose shapes fit together") from error


def _ranges(made: Service) -> dict[str, tuple[str, NDArray[np.bool_]]]:
    """What each field may be, beyond finite."""
    whole = made.clients == np.floor(made.clients)
    money = f"a number from {LEAST:g} to {MOST:g}"
    return {
        "clients": (f"an integer from 1 to {MOST_CLIENTS}", whole & _within(made.clients, 1, MOST_CLIENTS)),
        "attack_probability": ("a finite number", np.isfinite(made.attack_probability)),
        "system_value": (money, _within(made.system_value, LEAST, MOST)),
        "provider_cost": (money, _within(made.provider_cost, LEAST, MOST)),
        "client_cost": (money, _within(made.client_cost, LEAST, MOST)),
        "spillover": (f"a number from 0 to {MOST:g}", _within(made.spillover, 0, MOST)),
        "requirement": ("a number from 0 to 1", _within(made.requirement, 0, 1)),
    }


def _within(values: Floats, least: float, most: float) -> NDArray[np.bool_]:
    return (values >= least) & (values <= most)


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
    yield _at_most("0 <= attack_probability (Assumption 2)", none, chance)
    yield _at_most("attack_probability = attacks / clients <= 1 (Assumption 2)", chance, one)
    yield _below("provider_cost < client_cost (Assumption 4)", service.provider_cost, service.client_cost)
    claim = "attack_probability × system_value <= provider_cost (Assumption 6)"
    yield _at_most(claim, service.exposure, service.provider_cost)


def admit(service: Service, *, any_exposure: bool = False) -> None:
    """Refuse markets that break an assumption.

    Args:
        any_exposure: Leave Assumption 6 out: where a hacker chooses a, D may exceed c_s.

    Raises:
        EconomicsError: With both sides of the first inequality broken.
    """
    *others, sixth = assumptions(service)
    for each in others if any_exposure else (*others, sixth):
        if each.broken.any():
            place = tuple(int(index) for index in np.argwhere(each.broken)[0])
            raise EconomicsError(each.told(place) + (f" (market {place})" if place else ""))


def conventions(service: Service, expected_loss: Floats, client_utility: Floats) -> Iterator[Inequality]:
    """What the paper takes for granted and a solution can do without; broken ones are warned of.

    Args:
        expected_loss: L of the solution, NaN where nobody outsources.
        client_utility: u_k of the solution.
    """
    none, one = np.zeros(service.shape), np.ones(service.shape)
    claim = "spillover < (provider_cost / (attack_probability × system_value) - 1) / (clients - 1) (note 8)"
    yield _below(claim, service.spillover, service.widest_spillover)
    yield _at_most("expected_loss <= 1 (note 11)", expected_loss, one)
    yield _at_most("0 <= client_utility (no client may shut down her system)", none, client_utility)


def _at_most(claim: str, left: Floats, right: Floats) -> Inequality:
    return Inequality(claim, left, right, left > right + ROUNDING * np.abs(right))


def _below(claim: str, left: Floats, right: Floats) -> Inequality:
    return Inequality(claim, left, right, left >= right)
