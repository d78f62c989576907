"""Clients who do not know their own risk: protection as a credence good. Own model; the paper leaves it open.

Assumptions. One client, or several without spill-over. Her attack probability is a_H with probability θ, else a_L; she
knows θ only. The provider sees a signal that is right with probability α (the quality of his diagnosis). He has two
grades of protection and nothing between them, efficient for either signal s: q_s = max(D_s/c_s, requirement) with D_s =
v E[a | s]. Which one she got can be seen; whether she needed it cannot. She signs before the diagnosis, so his expected
fee leaves her what in-house protection at the average risk is worth. He refunds a share β. After signal s grade q earns
him p(q) − ½ c_s q² − β D_s (1 − q). So he recommends honestly exactly if the fee gap Δp has

    Δcost − β D_h Δq ≤ Δp ≤ Δcost − β D_l Δq,        Δcost = ½ c_s (q_h² − q_l²).

Free to set the gap, he sets such a one, earns all that diagnosis is worth and is honest at any β: the width
β (D_h − D_l) Δq grows with liability and accuracy, and without liability only equal markups are honest. If both grades
must cost the same, Δp = 0 is honest from β = Δcost/(D_h Δq) on, and less liability undertreats everybody. A gap above
the interval, say a tariff, overtreats everybody.

Where instead he can supply any quality and nobody sees which, there are no grades and no fee moves him: he works
β D_s/c_s after signal s, which is best at full liability. Spill-over is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from shieldwall.economics.outsourcing.service import ROUNDING
from shieldwall.errors import InvalidInput

HONEST, UNDERTREATS, OVERTREATS = "honest", "undertreats", "overtreats"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is at risk and how well it can be told.

    Attributes:
        system_value: v, money, above 0.
        provider_cost, client_cost: c_s < c_k, money; the largest expected loss is at most c_s.
        low, high: a_L <= a_H, attack probabilities.
        prior: θ, probability of a_H, above 0 and below 1.
        accuracy: α, probability that the signal is right, from 0.5 to 1.
        requirement: Mandated quality in-house and of both grades.
    """

    system_value: float
    provider_cost: float
    client_cost: float
    low: float
    high: float
    prior: float
    accuracy: float
    requirement: float = 0.0

    def __post_init__(self) -> None:
        for name, value, expected, right in (
            ("client_cost", self.client_cost, "a finite number", isfinite(self.client_cost)),
            ("low", self.low, f"from 0 to high = {self.high}", 0.0 <= self.low <= self.high <= 1.0),
            ("prior", self.prior, "above 0 and below 1", 0.0 < self.prior < 1.0),
            ("accuracy", self.accuracy, "from 0.5 to 1", 0.5 <= self.accuracy <= 1.0),
            ("requirement", self.requirement, "from 0 to 1", 0.0 <= self.requirement <= 1.0),
            (
                "provider_cost",
                self.provider_cost,
                "above 0, below client_cost",
                0.0 < self.provider_cost < self.client_cost,
            ),
            ("system_value", self.system_value, "above 0", self.system_value > 0.0),
            (
                "high",
                self.high * self.system_value,
                f"high × system_value <= provider_cost = {self.provider_cost}",
                self.high * self.system_value <= self.provider_cost,
            ),
        ):
            if not right:
                raise InvalidInput(name, value, expected)

    @property
    def alarm(self) -> float:
        """The probability of a high signal."""
        return self.prior * self.accuracy + (1.0 - self.prior) * (1.0 - self.accuracy)

    @property
    def exposures(self) -> tuple[float, float]:
        """D_l and D_h, the expected losses after a low and a high signal, money."""
        right, wrong = self.prior * self.accuracy, (1.0 - self.prior) * (1.0 - self.accuracy)
        high = (right * self.high + wrong * self.low) / self.alarm
        missed, quiet = self.prior * (1.0 - self.accuracy), (1.0 - self.prior) * self.accuracy
        low = (missed * self.high + quiet * self.low) / (1.0 - self.alarm)
        return low * self.system_value, high * self.system_value

    @property
    def average_exposure(self) -> float:
        """D at the average risk, money."""
        return self.system_value * (self.prior * self.high + (1.0 - self.prior) * self.low)

    @property
    def grades(self) -> tuple[float, float]:
        """q_l and q_h."""
        low, high = (max(one / self.provider_cost, self.requirement) for one in self.exposures)
        return low, high


@dataclass(frozen=True, slots=True)
class DiagnosisSolution:
    """What the provider does and earns.

    Attributes:
        honest_gap: The fee gaps (least, most) at which he recommends honestly.
        flat_fee_liability: The least liability at which one fee for both grades keeps him honest, above 1 if none does;
            ``None`` where both grades are the same.
        behaviour: At the fee gap asked about: ``honest``, ``undertreats`` or ``overtreats``.
        profit, welfare: With that behaviour.
        lost: Profit and welfare lost to dishonesty, money.
        worth: What honest diagnosis earns over treating everybody at the average risk, money.
        unseen_effort: Quality after a low and a high signal where he is free to supply any and nobody sees it.
        unseen_profit: With that effort, the client foreseeing it.
    """

    honest_gap: tuple[float, float]
    flat_fee_liability: float | None
    behaviour: str
    profit: float
    welfare: float
    lost: float
    worth: float
    unseen_effort: tuple[float, float]
    unseen_profit: float

    @property
    def meaning(self) -> str:
        """A sentence for an alliance's operator."""
        if self.behaviour == HONEST:
            return "At these fees and this liability the provider treats every member as his diagnosis says."
        if self.behaviour == UNDERTREATS:
            return "These fees invite undertreatment: raise the liability, or pay more for the higher grade."
        return "These fees invite overtreatment: pay less for the higher grade, or verify the need for it."


def solve_diagnosis(diagnosis: Diagnosis, liability: float, fee_gap: float = 0.0) -> DiagnosisSolution:
    """Find when the provider recommends what his diagnosis says, and what it costs when he does not.

    Args:
        liability: β, from 0 to 1.
        fee_gap: Δp, how much more the higher grade costs the client, money, finite; 0 if both cost the same.

    Raises:
        InvalidInput: If the liability or the fee gap is outside its range.

    >>> risks = Diagnosis(10.0, 1.0, 2.0, low=0.02, high=0.08, prior=0.4, accuracy=0.9)
    >>> [solve_diagnosis(risks, *asked).behaviour for asked in ((1.0, 0.0), (0.5, 0.0), (0.5, 0.2))]
    ['honest', 'undertreats', 'overtreats']
    """
    if not 0.0 <= liability <= 1.0:
        raise InvalidInput("liability", liability, "a number from 0 to 1")
    if not isfinite(fee_gap):
        raise InvalidInput("fee_gap", fee_gap, "a finite number")
    low, high = diagnosis.exposures
    lesser, greater = diagnosis.grades
    step = greater - lesser
    extra = 0.5 * diagnosis.provider_cost * (greater**2 - lesser**2)
    least, most = extra - liability * high * step, extra - liability * low * step
    behaviour, supplied = HONEST, (lesser, greater)
    if fee_gap < least - ROUNDING * extra:
        behaviour, supplied = UNDERTREATS, (lesser, lesser)
    elif fee_gap > most + ROUNDING * extra:
        behaviour, supplied = OVERTREATS, (greater, greater)
    honest, now = _profit(diagnosis, (lesser, greater)), _profit(diagnosis, supplied)
    plain = max(diagnosis.average_exposure / diagnosis.provider_cost, diagnosis.requirement)
    unseen = (liability * low / diagnosis.provider_cost, liability * high / diagnosis.provider_cost)
    utility = diagnosis.system_value - diagnosis.average_exposure + _inhouse(diagnosis)
    return DiagnosisSolution(
        honest_gap=(least, most),
        flat_fee_liability=extra / (high * step) if step > 0.0 else None,
        behaviour=behaviour,
        profit=now,
        welfare=utility + now,
        lost=honest - now,
        worth=honest - _profit(diagnosis, (plain, plain)),
        unseen_effort=unseen,
        unseen_profit=_profit(diagnosis, unseen),
    )


def _inhouse(diagnosis: Diagnosis) -> float:
    """ρ at the average risk, which is all a client knows."""
    exposure = diagnosis.average_exposure
    quality = max(exposure / diagnosis.client_cost, diagnosis.requirement)
    return exposure * quality - 0.5 * diagnosis.client_cost * quality**2


def _profit(diagnosis: Diagnosis, supplied: tuple[float, float]) -> float:
    """The surplus of what is supplied after each signal, less what in-house protection is worth."""
    earned = -_inhouse(diagnosis)
    odds = (1.0 - diagnosis.alarm, diagnosis.alarm)
    for chance, exposure, quality in zip(odds, diagnosis.exposures, supplied, strict=True):
        earned += chance * (exposure * quality - 0.5 * diagnosis.provider_cost * quality**2)
    return earned
