"""One market along a rising requirement, its thresholds and jumps: Proposition 3, Figures 4 and 5 (Hui, Hui & Yue)."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import Any, cast

import numpy as np

from shieldwall.economics.outsourcing.service import Service
from shieldwall.economics.outsourcing.solution import solve
from shieldwall.economics.outsourcing.switching import switching_points
from shieldwall.economics.replication.claim import Claim, Finding, Verdict
from shieldwall.economics.replication.outsourcing.samples import Flags, draws, figure, lattice, requirements, take
from shieldwall.economics.replication.outsourcing.trial import case
from shieldwall.economics.replication.trial import found

HOLDS, FAILS = Verdict.HOLDS, Verdict.FAILS


def along(markets: Service, steps: int = 200) -> Service:
    """Each market at requirements from 0 to 1, shape (M, steps + 1)."""
    spread = Service(*(getattr(markets, field.name)[:, None] for field in fields(Service)))
    return spread.change(requirement=requirements(steps))


def truthful_again(markets: Service) -> Flags:
    """Whether the provider is truthful at a higher requirement than one at which he shirks."""
    shirks = solve(along(markets), "requirement").provider_shirks
    return np.asarray((shirks[:, :-1] & ~shirks[:, 1:]).any(axis=1))


@lru_cache
def second_threshold() -> dict[str, object]:
    """The smallest market found in which shirking has more than one threshold, with all of them; empty if none."""
    few = lattice((2, 3, 5), np.arange(1, 10) / 10, (1.25, 1.5, 2, 5), np.arange(1, 40) / 40, 0.0)
    broken = take(few, truthful_again(few))
    if not broken.clients.size:
        return {}
    example = case(broken)
    del example["requirement"]
    turns = switching_points(Service.of(**cast(dict[str, Any], example)), "requirement")
    told = [f"{one.changes[0]} at {one.requirement:.6g}" for one in turns if "shirk" in one.changes[0]]
    return {**example, "the provider": ", ".join(told)}


def more_often_truthful() -> Finding:
    """Whether truthfulness has a single threshold, beyond which the provider shirks."""
    example = second_threshold()
    few = take(draws(), slice(0, 1000))
    words = (
        "T itself depends on the requirement, so q̲ > T av/c_s has no single threshold: the provider may shirk, be "
        "truthful again at a higher requirement, and shirk again."
    )
    return found(
        FAILS if example else HOLDS,
        {FAILS: words, HOLDS: "A single threshold."},
        counterexample=example,
        true_if="it means that T at any requirement is at least the T without one",
        figures={"tried": few.clients.size, "truthful again": int(truthful_again(few).sum())},
    )


def continuous() -> Finding:
    """Whether m and q move continuously with the requirement."""
    few = lattice((2, 3), np.arange(1, 10) / 10, (1.25, 1.5, 2, 5), np.arange(1, 20) / 20, 0.0)
    step = np.diff(solve(along(few), "requirement").outsourcing_clients, axis=1).max(axis=1)
    paper = switching_points(figure(4), "requirement")
    jumps = _jumping(take(few, np.argsort(-step / few.clients, kind="stable")[:20]))
    figures: dict[str, object] = {
        "jumps at the parameters of Figures 4 to 6": sum("jumps" in one.changes for one in paper)
    }
    return found(
        FAILS if jumps else HOLDS,
        {
            FAILS: "Beyond the inflection of the profit its two maxima exchange ranks: m jumps to n and q with it, "
            "while profit and welfare stay continuous.",
            HOLDS: "No jump was found.",
        },
        counterexample=jumps,
        true_if="e <= 2 (c_s/av − 1)/(3 n − 2), as at the parameters of the figures",
        figures=figures,
    )


def _jumping(markets: Service) -> dict[str, object]:
    """The first of some markets with a proven jump."""
    for row in range(markets.clients.size):
        one = take(markets, row)
        for switch in switching_points(one, "requirement"):
            if "jumps" in switch.changes:
                sides = one.change(requirement=[switch.below, switch.requirement])
                example = case(take(markets, [row]))
                return example | {
                    "requirement": switch.requirement,
                    "clients": f"from {switch.clients[0]:.6g} to {switch.clients[1]:.6g} of {example['clients']}",
                    "quality": f"from {switch.quality[0]:.6g} to {switch.quality[1]:.6g}",
                    "welfare": f"{solve(sides, 'requirement').welfare[0]:.9g} on both sides",
                }
    return {}


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "outsourcing.prop-3-truthful",
        "Proposition 3",
        "It becomes more likely that the provider meets the requirement truthfully.",
        "shirking along the requirement; switching points of the counterexample to the last bit",
        "1,000 random markets, seed 2012, requirement 0, 0.005, ..., 1; and a grid of round numbers",
        more_often_truthful,
    ),
    Claim(
        "outsourcing.figures-4-5",
        "Figures 4 and 5",
        "Quality and number of clients rise continuously with the requirement.",
        "jumps bracketed by neighbouring doubles",
        "a grid of round numbers of 2 and 3 clients; requirement 0, 0.005, ..., 1",
        continuous,
    ),
)
