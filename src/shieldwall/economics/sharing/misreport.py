"""Claims to share more than is shared, as an extra stage; open in Gal-Or & Ghose section 5.

After investing, each firm shares a part of what it claims to share, and prices follow. A claim is verified with some
probability; a shortfall that is found costs a penalty. Two questions: when do members keep an agreement whose keeping
nobody sees, and what does a subsidy buy that is paid on claims.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shieldwall.economics.sharing.baseline import Unsolved, agreement_on, at_least_zero, best_sharing, outcome
from shieldwall.economics.sharing.game import TOLERANCE
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.sharing.subsidy import Subsidised, subsidise
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

_ROUNDS = 1000
"""Best responses in sharing alone are a contraction; this many end it wherever pull / curb is below 0.96."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether members share what an agreement says, under verification.

    Attributes:
        agreed: The agreement.
        verification: Probability with which a claim is verified.
        penalty: Fixed cost of a shortfall that is found.
        hidden: What each firm would share in secret while the other keeps to the agreement.
        temptation: What each firm earns more by that.
        unverified: What both share if nothing is verified; investment stays as agreed.
    """

    agreed: Equilibrium
    verification: float
    penalty: float
    hidden: tuple[float, ...]
    temptation: tuple[float, ...]
    unverified: tuple[float, ...]

    @property
    def status(self) -> Status:
        """Solved: the best hidden sharing is exact."""
        return Status.SOLVED

    @property
    def truthful(self) -> bool:
        """Whether the truth of both is an equilibrium of the extra stage."""
        return self.verification * self.penalty >= max(self.temptation)

    @property
    def least_penalty(self) -> float | None:
        """The least penalty that keeps members truthful at this verification; None if nothing is verified."""
        worst = max(self.temptation)
        if worst == 0:
            return 0.0
        return worst / self.verification if self.verification else None

    @property
    def least_verification(self) -> float | None:
        """The least probability of verification that does so at this penalty; None if none does."""
        worst = max(self.temptation)
        if worst == 0:
            return 0.0
        return worst / self.penalty if self.penalty >= worst else None

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        share = f"{100 * self.agreed.sharing[0]:.3g} %"
        if self.truthful:
            return f"Members share the {share} they claim: a lie gains {max(self.temptation):.3g} and costs more."
        text = f"Members claim {share} and share {100 * self.hidden[0]:.3g} %, for {max(self.temptation):.3g} each"
        if self.least_penalty is None:
            return text + "; without verification no penalty helps."
        return text + f"; at this verification a penalty of {self.least_penalty:.3g} would keep them truthful."


@dataclass(frozen=True, slots=True)
class Claims:
    """What a subsidy buys that is paid on claimed sharing.

    Attributes:
        rate: Paid for each unit claimed.
        verification: Probability with which a claim is verified.
        penalty: For each unit claimed and not shared, if that is found.
        claimed: What each firm claims.
        shared: The equilibrium with the sharing that takes place.
        paid: Subsidies on claims less expected penalties, in all.
    """

    rate: float
    verification: float
    penalty: float
    claimed: tuple[float, ...]
    shared: Subsidised
    paid: float

    @property
    def status(self) -> Status:
        """Solved: the equilibrium is verified, the claim is exact."""
        return Status.SOLVED

    @property
    def truthful(self) -> bool:
        """Whether claims are true."""
        return self.verification * self.penalty >= self.rate

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        share = f"{100 * self.shared.sharing[0]:.3g} %"
        if self.truthful:
            return f"Claims are true: members claim and share {share}, for {self.paid:.3g} credits."
        return (
            f"Members claim everything and share {share}: of a rate of {self.rate:.3g} only "
            f"{self.shared.rate:.3g}, the expected penalty, moves anybody, and {self.paid:.3g} credits are paid."
        )


def truthful_sharing(
    market: Market, agreement: str = "joint-profit", verification: float = 0.0, penalty: float = 0.0
) -> Truth | Unsolved:
    """Whether members keep an agreement on sharing that only verification sees.

    At investments as agreed the own price is strictly concave in own sharing: the best hidden sharing is exact.

    Args:
        market: One market of two firms with built-in forms.
        agreement: One of ``AGREEMENTS``, whose sharing and investment are agreed on.
        verification: In [0, 1].
        penalty: At least 0, in units of profit.

    Raises:
        InvalidInput: If one is out of range.
    """
    _in_unit("verification", verification)
    at_least_zero("penalty", penalty)
    if market.firms != 2:
        return Unsolved(Status.NOT_PROVEN, "claims are examined between two firms")
    agreed = agreement_on(market, agreement)
    if isinstance(agreed, Unsolved):
        return agreed
    sharing, investment = np.array(agreed.sharing), np.array(agreed.investment)
    hidden = np.minimum(best_sharing(market, sharing, investment), sharing)
    # One row for each firm, in which it alone shares less.
    price, profit, _ = outcome(market, np.where(np.eye(2, dtype=np.bool_), hidden, sharing), investment[None])
    if not (price > 0).all():
        return Unsolved(Status.NOT_PROVEN, "sharing less than agreed would drive a firm out of the market")
    kept = outcome(market, sharing[None], investment[None])[1][0]
    gain = np.diagonal(profit) - kept
    # A difference of this size is rounding.
    gain = np.where(gain > TOLERANCE * np.abs(kept), gain, 0.0)
    unverified = sharing
    for _ in range(_ROUNDS):
        unverified = np.minimum(best_sharing(market, unverified, investment), sharing)
    return Truth(
        agreed,
        verification,
        penalty,
        hidden=tuple(hidden.tolist()),
        temptation=tuple(gain.tolist()),
        unverified=tuple(unverified.tolist()),
    )


def subsidise_claims(market: Market, rate: float, verification: float, penalty: float) -> Claims | Unsolved:
    """The sharing bought by a subsidy on claims.

    A claim c >= s pays rate c - verification penalty (c - s). If the expected penalty is at least the rate, c = s is
    best; if not, c = 1 is, and a unit of real sharing is worth the expected penalty that it saves. So real sharing is
    what a subsidy of the lesser of the two would buy.

    Args:
        rate: At least 0, for each unit claimed.
        verification: In [0, 1].
        penalty: At least 0, for each unit claimed and not shared.

    Raises:
        InvalidInput: If one is out of range.
    """
    at_least_zero("rate", rate)
    at_least_zero("penalty", penalty)
    _in_unit("verification", verification)
    (shared,) = subsidise(market, [min(rate, verification * penalty)], "sharing")
    if isinstance(shared, Unsolved):
        return shared
    claimed = shared.sharing if verification * penalty >= rate else (1.0,) * market.firms
    paid = rate * sum(claimed) - verification * penalty * (sum(claimed) - sum(shared.sharing))
    return Claims(rate, verification, penalty, claimed, shared, paid)


def _in_unit(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise InvalidInput(name, value, "a probability")
