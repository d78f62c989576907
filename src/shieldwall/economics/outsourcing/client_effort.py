"""A client whose own effort complements the provider's: what liability is best. Own model; the paper leaves it open.

Assumptions. One client, or several without spill-over. The provider works q at ½ c_s q², the client x (her accounts,
her lines) at ½ c_x x², both from 0 to 1 and unseen. An attack is deterred with probability q y, y = 1 − κ + κ x:
without her care only the share 1 − κ of his work counts. A loss is shared β to 1 − β. Best answers

    q = min(1, β D y/c_s),    x = min(1, (1 − β) κ D q/c_x)

rise in each other and start above 0, and their composition is concave: for κ < 1 they meet exactly once. The surplus is
S(β) = D q y − ½ c_s q² − ½ c_x x². Both efforts inside, with σ = κ² D²/(c_s c_x),

    S ∝ [β − ½ β² − ½ σ β² (1 − β)²]/[1 − σ β (1 − β)]²,

which falls at β = 1 for every κ > 0: full liability, the paper's only credible one, is then too much, because an
insured client is careless. The best share is found among the roots of the derivative and the kinks. Fees move no
effort.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Polynomial

from shieldwall.economics.outsourcing.service import LEAST, MOST, ROUNDING, SAME
from shieldwall.errors import InvalidInput

WIDEST = 1000.0
"""How far costs may be from the exposure: beyond, the best share may be closer to 0 or 1 than can be resolved."""


@dataclass(frozen=True, slots=True)
class JointEffort:
    """A provider and a client who protect one system together.

    Attributes:
        exposure: D = a v, money, from ``LEAST`` to ``MOST``.
        provider_cost: c_s, money, from a thousandth to a thousand times the exposure.
        client_cost: c_x, money, in the same range.
        complement: κ, the share of the provider's work that needs the client's care, from 0 to below 1.
    """

    exposure: float
    provider_cost: float
    client_cost: float
    complement: float

    def __post_init__(self) -> None:
        if not LEAST <= self.exposure <= MOST:
            raise InvalidInput("exposure", self.exposure, f"a number from {LEAST:g} to {MOST:g}")
        least, most = self.exposure / WIDEST, self.exposure * WIDEST
        for name in ("provider_cost", "client_cost"):
            if not least <= getattr(self, name) <= most:
                raise InvalidInput(name, getattr(self, name), f"a number from {least:g} to {most:g}")
        if not 0.0 <= self.complement < 1.0:
            raise InvalidInput("complement", self.complement, "a number from 0 to below 1")

    @property
    def feedback(self) -> float:
        """σ = κ² D²/(c_s c_x)."""
        return (self.complement * self.exposure) ** 2 / (self.provider_cost * self.client_cost)


@dataclass(frozen=True, slots=True)
class Efforts:
    """The equilibrium after a contract.

    Attributes:
        liability: β.
        provider_effort, client_effort: q and x.
        surplus: S, money.
    """

    liability: float
    provider_effort: float
    client_effort: float
    surplus: float

    @property
    def meaning(self) -> str:
        """A sentence for an alliance's operator."""
        return (
            f"Refund {self.liability:.0%} of a loss: more would make the member careless, less the provider idle."
            if self.liability < 1.0
            else "Refund every loss: the member's own care adds nothing."
        )


def efforts(joint: JointEffort, liability: float) -> Efforts:
    """The one pair of efforts that answer each other best.

    Args:
        liability: β, from 0 to 1.

    Raises:
        InvalidInput: If the liability is outside its range.

    >>> efforts(JointEffort(0.5, 1.0, 0.2, 0.0), 1.0)
    Efforts(liability=1.0, provider_effort=0.5, client_effort=0.0, surplus=0.125)
    """
    if not 0.0 <= liability <= 1.0:
        raise InvalidInput("liability", liability, "a number from 0 to 1")
    pull = liability * joint.exposure / joint.provider_cost
    care = (1.0 - liability) * joint.complement * joint.exposure / joint.client_cost
    alone = 1.0 - joint.complement
    # The composed answer is the least of three increasing concave pieces: nobody, the client, the provider at 1.
    slack = 1.0 - joint.feedback * liability * (1.0 - liability)
    effort = min(1.0, pull, pull * alone / slack if slack > 0.0 else 1.0)
    client = min(1.0, care * effort)
    return Efforts(liability, effort, client, _surplus(joint, effort, client))


def best_liability(joint: JointEffort) -> Efforts:
    """The liability of the largest surplus, and the efforts it brings; the largest such liability.

    >>> round(best_liability(JointEffort(0.5, 1.0, 0.2, 0.4)).liability, 4)
    0.8688
    """
    shares = [0.0, 1.0, *(share for share in _candidates(joint) if 0.0 <= share <= 1.0)]
    found = [efforts(joint, share) for share in shares]
    most = max(one.surplus for one in found)
    return max((one for one in found if one.surplus >= most * (1.0 - ROUNDING)), key=lambda one: one.liability)


def _candidates(joint: JointEffort) -> Iterator[float]:
    """Roots of dS/dβ with both efforts inside, and the liabilities at which an effort reaches 1."""
    share = Polynomial([0.0, 1.0])
    rest = 1.0 - share
    top = share - 0.5 * share**2 - 0.5 * joint.feedback * share**2 * rest**2
    slack = 1.0 - joint.feedback * share * rest
    pull = share * (joint.exposure / joint.provider_cost)
    care = rest * (joint.complement * joint.exposure / joint.client_cost)
    alone = 1.0 - joint.complement
    for condition in (
        top.deriv() * slack - 2.0 * top * slack.deriv(),
        pull * alone - slack,
        care * pull * alone - slack,
        pull - 1.0,
        care - 1.0,
        care * pull - 1.0,
    ):
        # A leading coefficient that vanishes beside the others has no root from 0 to 1, and would overflow.
        roots = condition.trim(ROUNDING**2 * np.abs(condition.coef).max()).roots()
        real = np.real(roots[np.abs(np.imag(roots)) < SAME])
        for _ in range(2):
            slope = condition.deriv()(real)
            real = real - np.divide(condition(real), slope, out=np.zeros_like(real), where=slope != 0.0)
        yield from real.tolist()


def _surplus(joint: JointEffort, effort: float, client: float) -> float:
    deterred = effort * (1.0 - joint.complement + joint.complement * client)
    return joint.exposure * deterred - 0.5 * joint.provider_cost * effort**2 - 0.5 * joint.client_cost * client**2
