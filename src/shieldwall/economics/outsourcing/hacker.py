"""A hacker who chooses how many clients to attack: every pure equilibrium, or the proof that there is none.

The candidates come from ``contest``. Each has to be a best answer of everybody, so a jump of the hacker's answer passes
for nothing. Types of clients and competing providers are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, cast

import numpy as np

from shieldwall.economics.model import Entry
from shieldwall.economics.outsourcing.contest import Attack, Contest, Hacker, MixedAttack
from shieldwall.economics.outsourcing.problem import Problem
from shieldwall.economics.outsourcing.regimes import Regime
from shieldwall.economics.outsourcing.service import LEAST, MOST, Service, assumptions, conventions
from shieldwall.economics.outsourcing.solution import NUMBERS, solve
from shieldwall.economics.outsourcing.terms import Terms
from shieldwall.economics.parameters import Parameters
from shieldwall.economics.status import Status

MOST_WHOLE = 100_000
"""With more whole clients than this the candidates are not all compared."""


@dataclass(frozen=True, slots=True)
class HackerSolution:
    """Every pure equilibrium in order of attack probability; without one, the mixed equilibrium at the jump.

    ``NOT_PROVEN`` says that the candidates and the independent bisection of Φ(a) − a contradict each other.
    """

    status: Status
    equilibria: tuple[Attack, ...]
    mixed: MixedAttack | None


def solve_hacker(service: Service, hacker: Hacker, regime: Regime | str, *, integer: bool = False) -> HackerSolution:
    """Find every attack probability to which clients, provider and hacker answer each other best.

    Args:
        service: A market of shape (); its attack probability is not used.

    Raises:
        InvalidInput: If the market is an array, or there is no such regime.
        EconomicsError: If client_cost is not above provider_cost.

    Source: Hui, Hui & Yue, section Strategic Hacking, equations 19 to 22, with the provider's global maximum.

    >>> market = Service.of(clients=20, attacks=0, system_value=1, provider_cost=1, client_cost=1.5, spillover=0.1)
    >>> found = solve_hacker(market.change(requirement=0.8), Hacker(benefit=5, cost=1), "requirement")
    >>> [round(20 * one.attack_probability, 5) for one in found.equilibria]
    [2.89855]
    """
    contest = Contest(service, hacker, Regime(regime), integer)
    equilibria = contest.equilibria()
    if equilibria:
        return HackerSolution(Status.SOLVED, equilibria, None)
    mixed = contest.mixed()
    return HackerSolution(Status.NOT_PROVEN if mixed is None else Status.NO_EQUILIBRIUM, (), mixed)


def read(given: Parameters) -> Hacker:
    """Take ``hacker`` from a problem.

    Raises:
        InvalidInput: If it is malformed.
    """
    inner = given.child("hacker")
    hacker = Hacker(
        benefit=inner.number("benefit", least=0.0, most=MOST),
        cost=inner.number("cost", least=LEAST, most=MOST),
        capacity=inner.number("capacity", least=0.0, most=MOST) if inner.has("capacity") else None,
        thrill=inner.flag("thrill") if inner.has("thrill") else False,
    )
    inner.close()
    return hacker


def entry(problem: Problem, regime: str) -> Entry:
    """Answer a problem with a hacker; the standard keys describe the equilibrium of lowest attack probability."""
    hacker = cast(Hacker, problem.asked)
    if problem.integer and float(problem.service.clients) > MOST_WHOLE:
        reason = f"{float(problem.service.clients):.0f} whole clients are more than the {MOST_WHOLE} that are compared"
        return {"status": Status.NOT_PROVEN.value, "reason": reason}
    solved = solve_hacker(problem.service, hacker, regime, integer=problem.integer)
    told = [describe(problem.service, one, regime, integer=problem.integer) for one in solved.equilibria]
    first: dict[str, object] = dict(told[0]) if told else dict.fromkeys(KEYS)
    first |= {"status": solved.status.value, "pure_equilibria": len(told), "equilibria": told}
    first["warnings"] = [
        *(["a thrill-seeking hacker is an assumption of this program, not of the paper"] if hacker.thrill else []),
        *(_warnings(problem.service, told[0]) if told else []),
    ]
    if solved.mixed is not None:
        exposure = solved.mixed.attack_probability * float(problem.service.system_value)
        first["inhouse_quality"] = float(Terms.of(problem.service, regime).inhouse_quality(exposure))
        first["mixed_equilibrium"] = asdict(solved.mixed) | {"outsourcing_clients": [*solved.mixed.outsourcing_clients]}
    if solved.status is Status.NO_EQUILIBRIUM:
        first["reason"] = (
            "the best choice of the provider jumps where the hacker would be content: nothing pure is stable"
        )
    if solved.status is Status.NOT_PROVEN:
        first["reason"] = "no candidate is an equilibrium, yet the best answers cross without a jump"
    return first


def _warnings(service: Service, told: Mapping[str, Any]) -> list[str]:
    """What the paper assumes and the attack probability of the equilibrium breaks; qualities are then cut at 1."""
    at = service.change(attack_probability=told["attack_probability"])
    loss = np.array(np.nan if told["expected_loss"] is None else told["expected_loss"])
    broken = chain(assumptions(at), conventions(at, loss, np.array(told["client_utility"])))
    return [one.told() for one in broken if one.broken]


KEYS = ("attack_probability", "outsourcing_clients", *NUMBERS, "provider_shirks", "corner")
"""What ``describe`` tells. Without a pure equilibrium all are null but ``inhouse_quality``, which is that of the mixed
one."""


def describe(service: Service, attack: Attack, regime: Regime | str, *, integer: bool = False) -> dict[str, object]:
    """The standard results at one equilibrium; welfare leaves the hacker out.

    Args:
        integer: As it was solved.
    """
    at = service.change(attack_probability=attack.attack_probability)
    solved = solve(at, regime, integer=integer, any_exposure=True)
    return {"attack_probability": attack.attack_probability, **solved.told()}
