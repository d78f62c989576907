"""The alliance game: who shares, how firmly full sharing holds, and what makes it hold at least cost."""

from shieldwall.economics.alliance.equilibria import (
    FullSharing,
    full_sharing,
    greatest_equilibrium,
    joining,
    least_equilibrium,
    staying,
)
from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.alliance.potential import PotentialRewards, maximises_potential, potential_rewards
from shieldwall.economics.alliance.ranking import Lever, UnitCosts, holds, lever_lines, levers
from shieldwall.economics.alliance.recruitment import (
    FoundingSet,
    Pledges,
    conditional_pledges,
    founding_set,
    pledge_threshold,
    sequential_sharers,
)
from shieldwall.economics.alliance.rewards import UniqueRewards, dominant_rewards, nash_rewards, unique_rewards
from shieldwall.economics.alliance.robust import RobustRewards, least_rewards, robust_rewards
from shieldwall.economics.alliance.stability import Basin, basin, coalition_proof, gaining_coalition
from shieldwall.economics.alliance.tariffs import Notion, Tariff, flat, proportional, two_part

__all__ = [
    "Alliance",
    "Basin",
    "FoundingSet",
    "FullSharing",
    "Lever",
    "Notion",
    "Pledges",
    "PotentialRewards",
    "RobustRewards",
    "Tariff",
    "UniqueRewards",
    "UnitCosts",
    "basin",
    "coalition_proof",
    "conditional_pledges",
    "dominant_rewards",
    "flat",
    "founding_set",
    "full_sharing",
    "gaining_coalition",
    "greatest_equilibrium",
    "holds",
    "joining",
    "least_equilibrium",
    "least_rewards",
    "lever_lines",
    "levers",
    "maximises_potential",
    "nash_rewards",
    "pledge_threshold",
    "potential_rewards",
    "proportional",
    "robust_rewards",
    "sequential_sharers",
    "staying",
    "two_part",
    "unique_rewards",
]
