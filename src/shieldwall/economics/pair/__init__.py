"""Two members who decide whether to share: the smallest alliance, and the game that Simmons (2024) tells of.

Everything is exact. More than two members are ``alliance``; two-player games of any form are ``games``.
"""

from shieldwall.economics.pair.conditions import Notion as Notion
from shieldwall.economics.pair.conditions import critical_belief as critical_belief
from shieldwall.economics.pair.conditions import full_sharing_is as full_sharing_is
from shieldwall.economics.pair.game import Member as Member
from shieldwall.economics.pair.game import Pair as Pair
from shieldwall.economics.pair.levers import Lever as Lever
from shieldwall.economics.pair.levers import Threshold as Threshold
from shieldwall.economics.pair.levers import threshold as threshold
from shieldwall.economics.pair.outcomes import Outcome as Outcome
from shieldwall.economics.pair.outcomes import outcome as outcome
