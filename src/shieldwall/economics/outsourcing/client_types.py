"""Which clients of several types a provider serves: exact, for any number of types.

With D_t = a v_t and V = Σ m_t D_t the harm of one breach at a client of type t is X_t = (1 − e) D_t + e V, so the best
quality and the profit per client g_t = D_t − ρ_t − h(X_t) depend on the clients served through V alone:
Π(m) = Σ m_t g_t(V). Replacing a client of one type by one of another, again and again, changes V by equal steps δ and Π
convexly: Π'' = 2 e δ (q_i − q_j) + e² δ² Σ m_t dq_t/dX_t ≥ 0, for q rises with D. A convex function is largest at an
end, so some best choice serves every type but one either wholly or not at all, in every regime, whatever binds (the
interior solutions of Hui, Hui & Yue, equations 17 and 18, are saddles). The same holds for the smallest of equally
good choices: smallest total, then lexicographic. So enumerating Σ_t 2^(T−1) (n_t + 1) vectors is exact.
Competition and a strategic hacker are not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from shieldwall.economics.model import Entry
from shieldwall.economics.outsourcing.problem import Problem
from shieldwall.economics.outsourcing.regimes import rules_of
from shieldwall.economics.outsourcing.service import LEAST, MOST, ROUNDING, Floats, Inequality
from shieldwall.economics.outsourcing.terms import Terms, corner_of
from shieldwall.economics.outsourcing.type_search import Market, branch_and_bound
from shieldwall.economics.parameters import Parameters
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

MOST_CLIENTS = 1_000_000
MOST_EVALUATIONS = 500_000
"""Above this many candidate vectors, branch and bound replaces enumeration."""


@dataclass(frozen=True, slots=True)
class ClientType:
    """Clients with the same value.

    Attributes:
        clients: How many, from 1 to ``MOST_CLIENTS``.
        system_value: v_t, money, from ``LEAST`` to ``MOST``.
    """

    clients: int
    system_value: float

    def __post_init__(self) -> None:
        if not 1 <= self.clients <= MOST_CLIENTS:
            raise InvalidInput("clients", self.clients, f"an integer from 1 to {MOST_CLIENTS}")
        if not LEAST <= self.system_value <= MOST:
            raise InvalidInput("system_value", self.system_value, f"a number from {LEAST:g} to {MOST:g}")


@dataclass(frozen=True, slots=True)
class TypesSolution:
    """The provider's best choice; lists in the order of the types, ``None`` where nobody of the type is served.

    Attributes:
        status: ``SOLVED`` if the choice is proven best, ``NOT_PROVEN`` if the search was cut short.
        expected_loss: L_t as a share of the system value.
        fee: With full liability; without compensation where the provider cannot commit to it.
        gap: The most by which the profit can fall short of the best; 0 when solved.
        method: ``enumeration`` or ``branch and bound``.
        welfare_gap: Difference to the welfare added up client by client, relative to the money in it.
        warnings: Conventions of the paper that do not hold, with both sides.
    """

    status: Status
    outsourcing_clients: tuple[int, ...]
    service_quality: tuple[float | None, ...]
    inhouse_quality: tuple[float, ...]
    client_utility: tuple[float, ...]
    fee: tuple[float | None, ...]
    expected_loss: tuple[float | None, ...]
    provider_profit: float
    welfare: float
    provider_shirks: bool
    corner: str
    gap: float
    method: str
    welfare_gap: float
    warnings: tuple[str, ...]


def read(given: Parameters) -> tuple[ClientType, ...]:
    """Take ``types`` from a problem.

    Raises:
        InvalidInput: If it is malformed.
    """
    types = []
    for each in given.children("types"):
        clients = each.integer("clients", least=1, most=MOST_CLIENTS)
        types.append(ClientType(clients, each.number("system_value", least=LEAST, most=MOST)))
        each.close()
    if not types:
        raise InvalidInput(given.path("types"), [], "at least one type of clients")
    return tuple(types)


def entry(problem: Problem, regime: str) -> Entry:
    """Answer a problem with types as a JSON entry."""
    solved = solve_types(Terms.of(problem.service, regime), cast(tuple[ClientType, ...], problem.asked))
    told = asdict(solved)
    if solved.status is not Status.SOLVED:
        told["reason"] = f"the search was cut short: a choice better by at most {solved.gap:.6g} was not ruled out"
    return {key: list(value) if isinstance(value, tuple) else value for key, value in told.items()} | {
        "status": solved.status.value
    }


def solve_types(
    terms: Terms, types: Sequence[ClientType], *, most_evaluations: int = MOST_EVALUATIONS
) -> TypesSolution:
    """Find the provider's best number of clients of each type, always integer, the smallest on ties.

    Args:
        most_evaluations: From how many candidate vectors on to branch and bound.

    Raises:
        InvalidInput: If there is no type.

    Source: Hui, Hui & Yue, section Heterogeneous Clients, solved globally.

    >>> from shieldwall.economics.outsourcing.regimes import Regime
    >>> terms = Terms(0.05, 1.0, 2.0, 0.05, 0.5, Regime.REQUIREMENT)
    >>> solve_types(terms, [ClientType(5, 5.0), ClientType(5, 10.0)]).outsourcing_clients
    (5, 1)
    """
    if not types:
        raise InvalidInput("types", [], "at least one type of clients")
    clients = np.array([one.clients for one in types], dtype=np.int64)
    exposure = terms.attack_probability * np.array([one.system_value for one in types], dtype=np.float64)
    market = Market(terms, clients, exposure)
    patterns = 2.0 ** (len(types) - 1)
    if patterns * float(np.sum(clients + 1)) <= most_evaluations:
        return _describe(market, types, market.best_by_enumeration(), 0.0, "enumeration")
    served, gap = branch_and_bound(market)
    return _describe(market, types, served, gap, "branch and bound")


def _describe(
    market: Market, types: Sequence[ClientType], served: NDArray[np.int64], gap: float, method: str
) -> TypesSolution:
    """Everything that follows from the clients served; welfare counted client by client and through the profit."""
    terms, exposure = market.terms, market.exposure
    value = np.array([one.system_value for one in types])
    quality = terms.quality(market.harm(served @ exposure))
    breach = terms.attack_probability * (1.0 - quality)
    loss = breach * (1.0 - terms.spillover) + terms.spillover * float(served @ breach)
    utility = (1.0 - terms.attack_probability) * value + market.inhouse_gain
    fee = (1.0 if rules_of(terms.regime).compensates else 1.0 - loss) * value - utility
    profit = float(market.profit(served)) if served.any() else 0.0
    inhouse = terms.inhouse_quality(exposure)
    stay = (1.0 - terms.attack_probability * (1.0 - inhouse)) * value - 0.5 * terms.client_cost * inhouse**2
    come = (1.0 - loss) * value - 0.5 * terms.provider_cost * quality**2
    counted = float((market.clients - served) @ stay + served @ come)
    welfare = float(market.clients @ utility) + profit
    counts = tuple(int(number) for number in served)
    on = [number > 0 for number in counts]
    return TypesSolution(
        status=Status.SOLVED if gap == 0.0 else Status.NOT_PROVEN,
        outsourcing_clients=counts,
        service_quality=_where(on, quality),
        inhouse_quality=tuple(float(one) for one in inhouse),
        client_utility=tuple(float(one) for one in utility),
        fee=_where(on, fee),
        expected_loss=_where(on, loss),
        provider_profit=profit,
        welfare=welfare,
        provider_shirks=bool(np.any((served > 0) & terms.shirks(quality))),
        corner=corner_of(sum(counts), int(market.clients.sum())),
        gap=gap,
        method=method,
        welfare_gap=abs(welfare - counted) / float(market.clients @ value),
        warnings=tuple(_warnings(market, served > 0, loss, utility)),
    )


def _warnings(market: Market, on: NDArray[np.bool_], loss: Floats, utility: Floats) -> Iterator[str]:
    """The conventions of the paper, for types: note 8 asks that the largest X_t stay below c_s whoever outsources."""
    harm = market.harm(market.clients @ market.exposure).max()
    worst = np.where(on, loss, 0.0).max()
    cost, poorest = market.terms.provider_cost, utility.min()
    wide = "(1 - spillover) × D + spillover × sum of D < provider_cost, with D = attack_probability × system_value"
    for claim, left, right, broken in (
        (f"{wide} (note 8, for types)", harm, cost, harm >= cost),
        ("expected_loss <= 1 (note 11)", worst, 1.0, worst > 1.0 + ROUNDING),
        ("0 <= client_utility (no client may shut down her system)", 0.0, poorest, poorest < 0.0),
    ):
        if broken:
            yield Inequality(claim, np.array(left), np.array(right), np.array(broken)).told()


def _where(on: Sequence[bool], values: Floats) -> tuple[float | None, ...]:
    return tuple(float(one) if there else None for there, one in zip(on, values, strict=True))
