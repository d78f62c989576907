"""Which firm free-rides when members differ in how well they use what others share; open in Gal-Or & Ghose section 5.

They conjecture that the more efficient firm invests and shares less. A firm free-rides here if it gives less knowledge
than the other and still gains more by the alliance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shieldwall.economics.sharing.baseline import Unsolved, decided
from shieldwall.economics.sharing.market import Market
from shieldwall.economics.sharing.result import Equilibrium
from shieldwall.economics.status import Status


@dataclass(frozen=True, slots=True)
class FreeRiding:
    """Two members of different ability side by side; every pair holds one value for each firm.

    Attributes:
        ability: The cost spillovers.
        equilibrium: Of the market as it is.
        before: The equilibrium if both had the lesser ability.
        gives: The knowledge s t that each firm shares; it gets what the other gives.
        gain: Profit over a market in which nobody shares.
        free_rider: The firm that gives less and gains more, if there is one.
    """

    ability: tuple[float, float]
    equilibrium: Equilibrium
    before: Equilibrium
    gives: tuple[float, float]
    gain: tuple[float, float]
    free_rider: int | None

    @property
    def status(self) -> Status:
        """Solved: both equilibria are verified."""
        return Status.SOLVED

    @property
    def abler(self) -> int | None:
        """The firm of greater ability."""
        first, second = self.ability
        return None if first == second else int(second > first)

    @property
    def abler_does_less(self) -> bool:
        """Whether the paper's conjecture holds: the abler firm invests less and shares less."""
        if self.abler is None:
            return False
        able, other = self.abler, 1 - self.abler
        sharing, investment = self.equilibrium.sharing, self.equilibrium.investment
        return investment[able] < investment[other] and sharing[able] < sharing[other]

    @property
    def gain_by_ability(self) -> tuple[float, float]:
        """What each firm earns more because the abler one is abler than the other."""
        first, second = (now - then for now, then in zip(self.equilibrium.profit, self.before.profit, strict=True))
        return first, second

    @property
    def sentence(self) -> str:
        """What it means for an alliance."""
        if self.free_rider is None:
            return "Nobody free-rides: no member gives less than the other and gains more by the alliance."
        rider = self.free_rider
        who = "The abler member" if rider == self.abler else "The less able member"
        return (
            f"{who} free-rides: it gives {self.gives[rider]:.3g} of knowledge against {self.gives[1 - rider]:.3g} and "
            f"gains {self.gain[rider]:.3g} by the alliance against {self.gain[1 - rider]:.3g}."
        )


def free_riding(market: Market) -> FreeRiding | Unsolved:
    """Compare what two members give and gain in the simultaneous regime.

    Args:
        market: One market of two firms with built-in forms, equal but for the cost spillover if the comparison is to
            speak of ability alone.
    """
    if market.firms != 2:
        return Unsolved(Status.NOT_PROVEN, "members are compared in pairs")
    lesser = replace(market, cost_spillover=market.cost_spillover.min(axis=1, keepdims=True).repeat(2, axis=1))
    now, before, alone = decided(market, "nash"), decided(lesser, "nash"), decided(market, "no-sharing")
    if isinstance(now, Unsolved):
        return now
    if isinstance(before, Unsolved):
        return before
    if isinstance(alone, Unsolved):
        return alone
    first, second = (s * t for s, t in zip(now.sharing, now.investment, strict=True))
    gain = now.profit[0] - alone.profit[0], now.profit[1] - alone.profit[1]
    # Differences below this are rounding, and equal firms differ by nothing else.
    given, gained = 1e-9 * max(first, second), 1e-12 * max(now.profit)
    rider = None
    if first < second - given and gain[0] > gain[1] + gained:
        rider = 0
    elif second < first - given and gain[1] > gain[0] + gained:
        rider = 1
    ability = float(market.cost_spillover[0, 0]), float(market.cost_spillover[0, 1])
    return FreeRiding(ability, now, before, (first, second), gain, rider)
