"""Competition as the command line uses it: the key ``providers``, and the answer as JSON. Solved in ``market``."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

import numpy as np

from shieldwall.economics.model import Entry
from shieldwall.economics.outsourcing.competition.market import MOST_PROVIDERS, Pricing, solve_competition
from shieldwall.economics.outsourcing.problem import Problem
from shieldwall.economics.outsourcing.rationing import MixedPrices
from shieldwall.economics.outsourcing.regimes import rules_of
from shieldwall.economics.outsourcing.service import Floats, Service, conventions
from shieldwall.economics.outsourcing.supply import Costs
from shieldwall.economics.outsourcing.terms import corner_of
from shieldwall.economics.parameters import Parameters
from shieldwall.economics.status import Status


def read(given: Parameters) -> int:
    """Take ``providers`` from a problem.

    Raises:
        InvalidInput: If it is malformed.
    """
    return given.integer("providers", least=1, most=MOST_PROVIDERS)


def entry(problem: Problem, regime: str) -> Entry:
    """Answer a problem with providers; the standard keys describe the equilibrium under ``price and capacity``."""
    service = problem.service
    solved = solve_competition(service, cast(int, problem.asked), regime, integer=problem.integer, mix=True)
    costs = Costs.of(service, regime, integer=problem.integer)
    told, losses = _equilibrium(service, costs, solved.equilibrium)
    utility = solved.equilibrium.client_utility
    if solved.status is not Status.SOLVED:
        told = {"reason": solved.reason, **dict.fromkeys(told), "inhouse_quality": told["inhouse_quality"]}
        losses, utility = losses[:0], np.nan
    broken = conventions(service, np.array(losses.max() if losses.size else np.nan), np.array(utility))
    warnings = [one.told() for one in broken if one.broken]
    if solved.mixed is not None and not solved.mixed.verified:
        warnings.append(
            f"mixed_prices is no equilibrium: another price gains {solved.mixed.regret:.6g} over the mixture"
        )
    return {
        "status": solved.status.value,
        **told,
        "case": solved.case,
        "rationing": "price and capacity",
        "pricing": {name: None if one is None else _listed(one) for name, one in solved.pricing.items()},
        "equilibrium_prices": {name: asdict(one) for name, one in solved.rules.items()},
        "mixed_prices": None if solved.mixed is None else _listed(solved.mixed),
        "warnings": warnings,
    }


def _equilibrium(service: Service, costs: Costs, chosen: Pricing) -> tuple[dict[str, object], Floats]:
    """The results of an equilibrium, quality, fee and loss as means over clients; and the loss at each provider."""
    value = float(service.system_value)
    served = np.array([one for one in chosen.split if one > 0.0])
    quality = costs.terms.quality(costs.harm(served))
    losses: Floats = (1.0 - quality) * costs.harm(served) / value
    total = float(served.sum())
    loss = float(served @ losses) / total if total else None
    borne = 0.0 if rules_of(costs.terms.regime).compensates or loss is None else loss * value
    return {
        "outsourcing_clients": int(total) if total.is_integer() else total,
        "service_quality": float(served @ quality) / total if total else None,
        "inhouse_quality": float(costs.terms.inhouse_quality(costs.exposure)),
        "client_utility": chosen.client_utility,
        "fee": chosen.price - borne if total else None,
        "expected_loss": loss,
        "provider_profit": chosen.provider_profit,
        "welfare": chosen.welfare,
        "provider_shirks": bool(np.any(costs.terms.shirks(quality))),
        "corner": corner_of(total, costs.clients),
        "split": list(chosen.split),
        "average_cost": chosen.average_cost,
        "marginal_cost": chosen.marginal_cost,
    }, losses


def _listed(one: Pricing | MixedPrices) -> dict[str, object]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(one).items()}
