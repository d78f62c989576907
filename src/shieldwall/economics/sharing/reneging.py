"""Breaking the agreement after joining, and when the future keeps members from it; open in Gal-Or & Ghose section 5.

The market repeats, period after period. Members keep an agreement until a breach is detected, and return to a
punishment for ever after. Whoever breaks it does so in every period until then: because the rest do not change, the
best breach of one period is the best of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shieldwall.economics.sharing.baseline import Unsolved, agreement_on, best_sharing, decided, outcome
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.game import TOLERANCE, best_response, market_game
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

BREACHES = ("sharing", "everything")
"""What a member changes: sharing, its investment being sunk; or sharing and investment."""

PUNISHMENTS = ("nash", "no-sharing")
"""What follows a breach: each firm for itself, or the end of the alliance."""


@dataclass(frozen=True, slots=True)
class Reneging:
    """What each firm earns in a period, and the patience that keeps it to the agreement.

    Attributes:
        agreed: The agreement.
        detection: Probability with which a breach is detected in its period.
        kept, broken, punished: Profit of each firm if all keep it, if this firm breaks it, in the punishment.
        critical: The least discount factor at which each firm keeps it; None where no patience suffices.
    """

    agreed: Equilibrium
    detection: float
    kept: tuple[float, ...]
    broken: tuple[float, ...]
    punished: tuple[float, ...]
    critical: tuple[float | None, ...]

    @property
    def status(self) -> Status:
        """Solved: agreement, breach and punishment are verified."""
        return Status.SOLVED

    def holds(self, discount: float) -> bool:
        """Whether every member keeps the agreement.

        Args:
            discount: What profit of the next period counts today, in [0, 1).
        """
        return all(least is not None and discount >= least for least in self.critical)

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        gain = max(one - other for one, other in zip(self.broken, self.kept, strict=True))
        share = f"{100 * self.agreed.sharing[0]:.3g} %"
        needed = [least for least in self.critical if least is not None]
        if len(needed) < len(self.critical):
            return f"No patience keeps members at {share}: some of them do better when the agreement ends."
        if max(needed) == 0:
            return f"Members keep to {share} without any threat."
        return (
            f"Breaking the agreement on {share} gains {gain:.3g} at once; members keep it if the next period counts "
            f"{max(needed):.3g} of this one or more."
        )


def renege(
    market: Market,
    agreement: str = "joint-profit",
    *,
    punishment: str = "nash",
    breach: str = "sharing",
    detection: float = 1.0,
) -> Reneging | Unsolved:
    """When the threat of ending an agreement keeps members to it.

    Kept for ever, an agreement is worth K / (1 - d). Broken in every period until detected, it is worth
    V = B + d ((1 - p) V + p P / (1 - d)). The first is at least the second iff d >= (B - K) / (B - K + p (K - P)).

    Args:
        market: One market of two firms with built-in forms.
        agreement: One of ``AGREEMENTS``, whose sharing and investment are agreed on.
        punishment: One of ``PUNISHMENTS``; both are equilibria once nobody, or no alliance, is trusted any more.
        breach: One of ``BREACHES``.
        detection: In (0, 1].

    Raises:
        InvalidInput: If a choice is none of those, or the detection is out of range.
    """
    for name, value, allowed in (("punishment", punishment, PUNISHMENTS), ("breach", breach, BREACHES)):
        if value not in allowed:
            raise InvalidInput(name, value, f"one of {', '.join(allowed)}")
    if not 0 < detection <= 1:
        raise InvalidInput("detection", detection, "a probability above 0")
    if market.firms != 2:
        return Unsolved(Status.NOT_PROVEN, "agreements are examined between two firms")
    agreed, after = agreement_on(market, agreement), decided(market, punishment)
    if isinstance(agreed, Unsolved):
        return agreed
    if isinstance(after, Unsolved):
        return after
    sharing, investment = np.array(agreed.sharing), np.array(agreed.investment)
    kept = outcome(market, sharing[None], investment[None])[1][0]
    broken = _broken(market, sharing, investment, breach)
    if broken is None:
        return Unsolved(Status.NOT_PROVEN, "a breach would drive a firm out of the market, or gain without limit")
    # A difference of this size is rounding.
    gain = np.where(broken - kept > TOLERANCE * np.abs(kept), broken - kept, 0.0)
    threat = detection * (kept - after.profit)
    return Reneging(
        agreed,
        detection,
        kept=tuple(kept.tolist()),
        broken=tuple((kept + gain).tolist()),
        punished=after.profit,
        critical=tuple(_critical(*pair) for pair in zip(gain.tolist(), threat.tolist(), strict=True)),
    )


def _broken(market: Market, sharing: Floats, investment: Floats, breach: str) -> Floats | None:
    """What each firm earns by its best breach; None where that leaves the model."""
    if breach == "everything":
        game = market_game(market, lambda sharing, _investment: 0 * sharing)
        replies = [best_response(game, firm, sharing, investment) for firm in (0, 1)]
        return None if any(np.isinf(reply[1]) for reply in replies) else np.array([reply[2] for reply in replies])
    secret = np.where(np.eye(2, dtype=np.bool_), best_sharing(market, sharing, investment), sharing)
    price, profit, _ = outcome(market, secret, investment[None])
    return np.diagonal(profit) if (price > 0).all() else None


def _critical(gain: float, threat: float) -> float | None:
    if gain == 0:
        return 0.0
    return gain / (gain + threat) if threat > 0 else None
