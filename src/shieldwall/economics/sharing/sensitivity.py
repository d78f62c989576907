"""Comparative statics of stable interior equilibria, by the implicit function theorem with automatic derivatives.

At equal choices x = (s, t) the marginal profits split as in Gal-Or & Ghose (7), (8): direct, at given prices, and
strategic, through the rivals' prices. F(x, parameters) = direct + strategic = 0, so dx = -F_x^-1 (dF at given x), and
the two parts of dF give the two parts of dx. Signs mean something at stable equilibria only: at unstable ones all of
them reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np

from shieldwall.economics.precision import economics_extra, require_float64
from shieldwall.economics.sharing.custom_forms import CustomCost, CustomLeakage
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.prices import price_weights

PLAIN = ("a", "b1", "b2", "demand_spillover", "cost_spillover", "rivalry")
PRICED = ("volume.unit_cost", "volume.spillover", *(f"volume.technology[{place}]" for place in range(3)))
"""Those of the cost of each unit, if there is one."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How M equilibria move with each parameter, changed for all firms together.

    Attributes:
        names: The parameters, those of the forms as ``k`` and ``leakage.own``.
        values: Of the parameters, shape (M, P).
        direct, strategic: Parts of the derivative of (sharing, investment), shape (M, 2, P).
        marginal: Direct and strategic part of the marginal profit of (sharing, investment), shape (M, 2, 2).
    """

    names: tuple[str, ...]
    values: Floats
    direct: Floats
    strategic: Floats
    marginal: Floats

    @property
    def total(self) -> Floats:
        """The derivatives, shape (M, 2, P)."""
        return self.direct + self.strategic

    def as_json(self, place: int, sharing: float, investment: float) -> dict[str, object]:
        """The keys that one equilibrium gets."""
        total, at = self.total[place], np.array([sharing, investment])
        percent = total * self.values[place] / at[:, None]
        return {
            "sensitivity": self._by_name(total),
            "elasticity": self._by_name(percent),
            "effects": {
                name: {"direct": direct, "strategic": strategic}
                for (name, direct), strategic in zip(
                    self._by_name(self.direct[place]).items(),
                    self._by_name(self.strategic[place]).values(),
                    strict=True,
                )
            },
            "marginal_profit": {
                "sharing": dict(zip(("direct", "strategic"), self.marginal[place, :, 0].tolist(), strict=True)),
                "investment": dict(zip(("direct", "strategic"), self.marginal[place, :, 1].tolist(), strict=True)),
            },
        }

    def _by_name(self, table: Floats) -> Mapping[str, dict[str, float]]:
        return {
            name: {"sharing": float(table[0, column]), "investment": float(table[1, column])}
            for column, name in enumerate(self.names)
        }


def sensitivity(markets: Market, sharing: Floats, investment: Floats) -> Sensitivity:
    """Differentiate equilibria of equal firms that lie inside.

    Args:
        markets: M markets.
        sharing, investment: Of every firm at the equilibrium of each, shape (M,); 0 < sharing < 1.

    Raises:
        EconomicsError: If JAX would compute in 32 bits.
        MissingPackage: If JAX is not installed.
    """
    require_float64()
    forms = _form(markets.leakage), _form(markets.cost)
    leakage, cost = _parameters(forms[0]), _parameters(forms[1])
    volume = markets.volume
    names = (*PLAIN, *cost, *(f"leakage.{name}" for name in leakage), *(PRICED if volume else ()))
    plain = (markets.a[:, 0], markets.b1, markets.b2, markets.demand_spillover, markets.cost_spillover[:, 0])
    own = [getattr(markets.cost, name) for name in cost] + [getattr(markets.leakage, name) for name in leakage]
    own += [volume.unit_cost, volume.spillover, *volume.technology] if volume else []
    values = np.column_stack((*plain, markets.rivalry, *own))
    choices = np.column_stack((sharing, investment))
    # Batches are filled up to a few lengths, for each of which the derivatives are compiled once.
    length = next(size for size in _LENGTHS if size >= len(values))
    filled = (np.resize(table, (length, table.shape[1])) for table in (choices, values))
    found = _derivatives(*forms)(*filled, float(markets.firms))
    at, by_choice, by_theta = (np.asarray(part)[: len(values)] for part in found)
    moved = -np.linalg.inv(by_choice.sum(axis=1))[:, None] @ by_theta
    return Sensitivity(names, values, moved[:, 0], moved[:, 1], at)


_LENGTHS = (1, 16, 256, 4096, 65_536, 2**20, 2**24)


@lru_cache(maxsize=16)
def _derivatives(leakage: Any, cost: Any) -> Any:
    """Compile the marginal profits with their Jacobians by choice and parameters, over batches."""
    with economics_extra():
        import jax  # noqa: PLC0415
        import jax.numpy as jnp  # noqa: PLC0415

    def parts(choice: Any, theta: Any, firms: Any) -> Any:
        split = len(PLAIN) + len(_parameters(cost))
        end = split + len(_parameters(leakage))
        given = dict(zip(PLAIN, theta, strict=False)) | dict(zip(PRICED, theta[end:], strict=False))
        spend, leak = _made(cost, theta[len(PLAIN) : split]), _made(leakage, theta[split:end])
        return _marginal_profits(jax, jnp, choice, given, leak, spend, firms)

    def all_three(choice: Any, theta: Any, firms: Any) -> Any:
        jacobians = jax.jacfwd(parts, argnums=(0, 1))(choice, theta, firms)
        return parts(choice, theta, firms), *jacobians

    return jax.jit(jax.vmap(all_three, in_axes=(0, 0, None)))


def _form(form: Any) -> Any:
    """A form without its parameters: the class of a built-in one, and a user's own as it is."""
    return form if isinstance(form, CustomLeakage | CustomCost) else type(form)


def _parameters(form: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(form)) if isinstance(form, type) else ()


def _made(form: Any, values: Any) -> Any:
    return form(*values) if isinstance(form, type) else form


def _marginal_profits(jax: Any, jnp: Any, choice: Any, given: Any, leakage: Any, cost: Any, firms: Any) -> Any:
    """Direct and strategic marginal profit of own (sharing, investment) where all firms choose the same; (2, 2)."""
    b1, b2, others = given["b1"], given["b2"], firms - 1
    own_weight, rival_weight = price_weights(b1, b2, firms)

    their_s, their_t = choice

    def effect(s: Any, by_s: Any, by_t: Any) -> Any:
        """What a rival's choice and the leakage do to a firm that shares s."""
        return (given["demand_spillover"] * by_s - given["rivalry"]) * by_t - leakage.value(s, by_s)

    def own_intercept(own: Any) -> Any:
        s, t = own
        return given["a"] + t + effect(s, their_s, their_t)

    def rival_intercept(own: Any) -> Any:
        """Of one rival: its rivals are this firm and the others, who stay."""
        moved = effect(their_s, *own) + (others - 1) * effect(their_s, their_s, their_t)
        return given["a"] + their_t + moved / others

    def own_unit_cost(own: Any) -> Any:
        return _unit_cost(given, own[1], their_s * their_t)

    def rival_unit_cost(own: Any) -> Any:
        return _unit_cost(given, their_t, (own[0] * own[1] + (others - 1) * their_s * their_t) / others)

    def rival_price(own: Any) -> Any:
        """What enters a price like demand does, weighed."""
        mine = own_intercept(own) + b1 * own_unit_cost(own)
        theirs = rival_intercept(own) + b1 * rival_unit_cost(own)
        return (own_weight + (others - 1) * rival_weight) * theirs + rival_weight * mine

    def spent(own: Any) -> Any:
        return cost.value(own[1], given["cost_spillover"] * their_s * their_t)

    margin = (own_intercept(choice) - (b1 - b2) * own_unit_cost(choice)) / (2 * b1 - b2)
    by_cost = margin * b1 * jax.grad(own_unit_cost)(choice)
    direct = margin * jax.grad(own_intercept)(choice) - by_cost - jax.grad(spent)(choice)
    return jnp.stack((direct, margin * b2 * jax.grad(rival_price)(choice)))


def _unit_cost(given: Any, investment: Any, shared: Any) -> Any:
    """F of a firm that invests, at the knowledge its rivals share; 0 where units cost nothing."""
    if PRICED[0] not in given:
        return 0.0 * investment
    cost, gift, *technology = (given[name] for name in PRICED)
    return (cost - gift * shared) * sum(
        part * investment**power / max(power, 1) for power, part in enumerate(technology)
    )
