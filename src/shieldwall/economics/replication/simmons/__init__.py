"""The claims of Simmons (2024), Mechanism Design for Cooperation in Cybersecurity, in the order of its pages.

Each is tried on the printed tables, or on the game of the text, with exact arithmetic. Where a claim fails, the figures
say under ``would be true if`` which incentive or exclusion would make it true.
"""

from __future__ import annotations

from shieldwall.economics.replication.claim import Claim
from shieldwall.economics.replication.simmons import equilibria, incentives, printed
from shieldwall.economics.replication.simmons.tables import (
    RATE_2,
    RATE_AS_PRINTED,
    RISK_1,
    RISK_2,
    TABLE_1,
    TABLE_2,
    narrative,
)

_TABLES = {"Table 1": TABLE_1, "Table 2": TABLE_2}
_ENUMERATION = "exact enumeration of all equilibria"
_CELLS = "exact comparison of payoffs"
_GAME_1 = "the game of the text: knowledge 3 and 1, risk 1/2"
_GAME_2 = "the game of the text: knowledge 3 and 1, risk 3/10, rate 1/5"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "simmons.sharing-pays-both",
        "1; 2; B.4",
        "Collaboration has clear benefits: if both share, each has more than if neither does.",
        _CELLS,
        "Tables 1 and 2 and the games of the text; these two cells do not depend on exclusion",
        lambda: printed.pays_both(
            _TABLES, {"text without incentives": narrative(RISK_1), "text with incentives": narrative(RISK_2, RATE_2)}
        ),
    ),
    Claim(
        "simmons.scaled-rewards",
        "B.1",
        "Rewards scaled to what a company discloses, lower for small businesses, bring companies to share.",
        _ENUMERATION,
        "80 games without exclusion: knowledge (2..4, 1..2), risk and rate in {1/10, 1/5, 3/10, 1/2}",
        incentives.scaled_rewards_suffice,
    ),
    Claim(
        "simmons.stag-hunt",
        "B.4",
        "Without incentives the companies face a stag hunt.",
        "signs of the four gains from sharing",
        "Table 1",
        lambda: equilibria.is_stag_hunt(TABLE_1),
    ),
    Claim(
        "simmons.three-times",
        "B.4",
        "Company 1 has three times the knowledge of company 2.",
        "own knowledge read off (D,D)",
        "Tables 1 and 2",
        lambda: printed.knows_three_times(_TABLES, 3),
    ),
    Claim(
        "simmons.access-by-sharing",
        "B.4",
        "The benefit of sharing is to gain access to the other company's knowledge.",
        "exclusion read off the payoffs",
        "Tables 1 and 2, both players",
        lambda: printed.access_by_sharing(_TABLES),
    ),
    Claim(
        "simmons.risk-of-half",
        "B.4",
        "Sharing entails a risk of 0.5.",
        _CELLS,
        "Table 1, both players against both choices",
        lambda: printed.costs_the_risk(TABLE_1, RISK_1),
    ),
    Claim(
        "simmons.table-1-cells",
        "B.4, Table 1",
        "Table 1 holds the payoffs of the situation described.",
        "cell by cell against four readings of the text",
        "8 payoffs; no or full exclusion, company 1 as row or as column",
        lambda: printed.follows_the_text(TABLE_1, RISK_1, RATE_2 * 0),
    ),
    Claim(
        "simmons.point-two-percent",
        "B.4",
        "The incentives are 0.2 percent of a company's knowledge.",
        "rate read off (C,C)",
        "Table 2",
        lambda: printed.rate_is(RATE_AS_PRINTED, TABLE_2, RISK_2),
    ),
    Claim(
        "simmons.table-2-cells",
        "B.4, Table 2",
        "Table 2 holds the payoffs of the situation described.",
        "cell by cell against four readings of the text",
        "8 payoffs; no or full exclusion, company 1 as row or as column",
        lambda: printed.follows_the_text(TABLE_2, RISK_2, RATE_2),
    ),
    Claim(
        "simmons.table-2-title",
        "B.4, Table 2",
        "Table 2 is 'Matrix 1: No Incentives', the title of Table 1.",
        _CELLS,
        "Tables 1 and 2",
        lambda: printed.same_title(TABLE_1, TABLE_2),
    ),
    Claim(
        "simmons.more-appealing",
        "B.4",
        "Incentives and secure sharing make cooperation more appealing.",
        _CELLS,
        "Tables 1 and 2, both players against both choices",
        lambda: incentives.becomes_more_appealing(TABLE_1, TABLE_2),
    ),
    Claim(
        "simmons.mutual-gains",
        "B.4",
        "The shift in strategic behaviour leads to enhanced mutual gains.",
        "expected payoffs at every equilibrium",
        "Tables 1 and 2",
        lambda: incentives.both_gain(TABLE_1, TABLE_2, (narrative(RISK_1), narrative(RISK_2, RATE_2))),
    ),
    Claim(
        "simmons.table-1-equilibria",
        "B.5, Matrix 1",
        "Table 1 has three equilibria: (C,C), (D,D) and one in mixed strategies.",
        _ENUMERATION,
        "Table 1",
        lambda: equilibria.three_equilibria(TABLE_1),
    ),
    Claim(
        "simmons.no-clear-incentive",
        "B.5, Matrix 1",
        "Without incentives the company with more information has no clear incentive to share.",
        "signs of its gains from sharing",
        f"Table 1, and {_GAME_1}, at every exclusion",
        lambda: incentives.no_clear_incentive(TABLE_1, narrative(RISK_1)),
    ),
    Claim(
        "simmons.table-2-equilibrium",
        "B.5, Matrix 2",
        "With incentives the equilibrium is consistently (C,C).",
        _ENUMERATION,
        "Table 2",
        lambda: equilibria.only_full_sharing(TABLE_2),
    ),
    Claim(
        "simmons.interest-of-both",
        "B.5, Matrix 2; Abstract",
        "With incentives sharing is in the interest of both companies; the design is incentive-compatible.",
        "signs of the four gains from sharing",
        "Table 2",
        lambda: equilibria.in_the_interest_of_both(TABLE_2),
    ),
    Claim(
        "simmons.incentive-does-it",
        "B.5, Matrix 2",
        "It is the incentives that bring about the sharing.",
        f"{_ENUMERATION}, reward and lower risk turned on one at a time",
        _GAME_2,
        lambda: incentives.incentive_does_it(RISK_1, RISK_2, RATE_2),
    ),
    Claim(
        "simmons.software",
        "B.5",
        "Nash.py and QuantEcon give the stated equilibria.",
        f"QuantEcon's search for pure equilibria beside {_ENUMERATION}",
        f"Tables 1 and 2, and each after {len(equilibria.SLIPS)} slips of typing",
        lambda: equilibria.software_says(
            _TABLES, {"Table 1": {equilibria.ALL, equilibria.NOBODY}, "Table 2": {equilibria.ALL}}
        ),
    ),
    Claim(
        "simmons.shift",
        "B.6",
        "The equilibria reveal a significant shift in strategy due to the mechanism.",
        _ENUMERATION,
        "Tables 1 and 2",
        lambda: equilibria.shifts(TABLE_1, TABLE_2),
    ),
    Claim(
        "simmons.larger-reluctant",
        "B.6",
        "Without incentives the company with more information is the more reluctant to share.",
        "gains of both companies compared",
        f"Table 1, and {_GAME_1}, exclusion 0, 1/20, ..., 1",
        lambda: incentives.larger_is_more_reluctant(TABLE_1, RISK_1),
    ),
    Claim(
        "simmons.non-cooperative",
        "B.6",
        "The risk of sharing valuable data can lead to a non-cooperative equilibrium.",
        _ENUMERATION,
        "Table 1",
        lambda: equilibria.nobody_may_share(TABLE_1),
    ),
    Claim(
        "simmons.rewards-outweigh",
        "B.4; B.6",
        "Proportional rewards and reduced risks outweigh the costs of sharing.",
        "reward less risk of each company",
        _GAME_2,
        lambda: incentives.rewards_outweigh(narrative(RISK_2, RATE_2)),
    ),
    Claim(
        "simmons.utility",
        "B.6",
        "The incentive-based design provides substantial economic utility.",
        "sum of both payoffs at every equilibrium, and net of rewards",
        "Tables 1 and 2",
        lambda: incentives.creates_utility(TABLE_1, TABLE_2, RATE_2 * (3 + 1)),
    ),
)
