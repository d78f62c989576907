"""The corrected subsidy and tax of Appendix B, when the alliance knows everything the firms know.

Gal-Or & Ghose (34)-(36) pay each firm what it neglects and take a fixed tax. Counted once, that is the consumers'
surplus U - p q and the rival's profit, so that each firm maximises welfare less a constant. Their printed sums are in
``printed_subsidy``, private information in ``groves``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shieldwall.economics.sharing.baseline import Unsolved, decided, natural_scale, outcome
from shieldwall.economics.sharing.cooperative import joint_of
from shieldwall.economics.sharing.forms import Floats
from shieldwall.economics.sharing.game import TOLERANCE, Game, Point, deviation_gain, equilibrium
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.sharing.unrestricted import MANY_STARTS, unrestricted_optimum
from shieldwall.economics.status import Status


@dataclass(frozen=True, slots=True)
class Correction:
    """What the corrected subsidy and tax do.

    Attributes:
        target: The planner's choices; equal for equal firms, as in the paper.
        market: The equilibrium without the scheme.
        subsidy: What each firm is paid at the target, consumer surplus and the rival's profit.
        tax: The fixed tax of each firm, the same amount.
        deviation_gain: The most a firm gains by leaving the target under the scheme, by global search.
        implements: Whether that is nothing, so that the target is an equilibrium.
        unrestricted_welfare: The best welfare found over all choices, unequal ones included.
        reached: Where repeated best responses lead under the scheme, starting from ``market``.
        gain_over_market: What each firm gains by the scheme against ``market``.
    """

    target: Equilibrium
    market: Equilibrium
    subsidy: tuple[float, ...]
    tax: tuple[float, ...]
    deviation_gain: float
    implements: bool
    unrestricted_welfare: float
    reached: Point
    gain_over_market: tuple[float, ...]

    @property
    def status(self) -> Status:
        """Solved: the target is verified, or refuted by a deviation that gains."""
        return Status.SOLVED

    @property
    def budget(self) -> float:
        """Taxes less subsidies at the target."""
        return sum(self.tax) - sum(self.subsidy)

    @property
    def target_is_optimum(self) -> bool:
        """Whether no choice found, unequal ones included, gives more welfare than the target."""
        return self.unrestricted_welfare <= self.target.welfare * (1 + TOLERANCE)

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        if not self.implements:
            return (
                f"Even with full knowledge the subsidy does not hold the planner's point: a member gains "
                f"{self.deviation_gain:.4g} by leaving it, for equal choices are not the best for the market."
            )
        worst = min(self.gain_over_market)
        verdict = (
            "and they join willingly" if worst >= 0 else f"but a member loses {-worst:.4g} by it and must be made to"
        )
        return (
            f"Paid what they leave to others, members share {100 * self.target.sharing[0]:.3g} % instead of "
            f"{100 * self.market.sharing[0]:.3g} % at no cost to the alliance, {verdict}."
        )


def neglected(market: Market, sharing: Any, investment: Any) -> Any:
    """Consumer surplus and the rival's profit, which a firm leaves out of account; shape (N, 2)."""
    _, profit, surplus = outcome(market, sharing, investment)
    return surplus[:, None] + profit[:, ::-1]


def welfare_game(market: Market) -> Game:
    """The game under the corrected subsidy, the fixed tax left out: every firm maximises welfare."""

    def payoff(sharing: Any, investment: Any) -> Any:
        return outcome(market, sharing, investment)[1] + neglected(market, sharing, investment)

    def admissible(sharing: Any, investment: Any) -> Any:
        return (outcome(market, sharing, investment)[0] > 0).all(axis=1)

    return Game(payoff, admissible, natural_scale(market), (True, True))


def corrected_subsidy(market: Market) -> Correction | Unsolved:
    """Whether the corrected subsidy and tax make the planner's point an equilibrium.

    If the target is the best of all choices, it is one, because each firm maximises welfare. If equal choices are not
    the best, the deviation test decides: it is a computed answer, not a theorem.

    Args:
        market: One market of two firms with built-in forms.
    """
    if market.firms != 2:
        return Unsolved(Status.NOT_PROVEN, "the subsidy is computed for two firms")
    target, free = decided(market, "planner"), decided(market, "nash")
    if isinstance(target, Unsolved):
        return target
    if isinstance(free, Unsolved):
        return free
    sharing, investment = np.array(target.sharing), np.array(target.investment)
    game = welfare_game(market)
    gain = deviation_gain(game, sharing, investment)
    paid = tuple(neglected(market, sharing[None], investment[None])[0].tolist())
    return Correction(
        target=target,
        market=free,
        subsidy=paid,
        tax=paid,
        deviation_gain=gain,
        implements=bool(gain <= TOLERANCE * target.welfare),
        unrestricted_welfare=_best_welfare(market, sharing, investment),
        reached=equilibrium(game, np.array(free.sharing), np.array(free.investment)),
        gain_over_market=tuple(with_it - without for with_it, without in zip(target.profit, free.profit, strict=True)),
    )


def _best_welfare(market: Market, sharing: Floats, investment: Floats) -> float:
    found = unrestricted_optimum(joint_of(market, "planner"), sharing[:1], investment[:1], MANY_STARTS)
    return float(found[1][0])
