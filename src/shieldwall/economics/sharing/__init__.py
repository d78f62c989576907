"""Sharing of security knowledge by competing firms, Gal-Or & Ghose (2005): who shares, how much, and what for."""

from __future__ import annotations

from shieldwall.economics.sharing.abilities import Types
from shieldwall.economics.sharing.baseline import Unsolved
from shieldwall.economics.sharing.correction import Correction, corrected_subsidy
from shieldwall.economics.sharing.custom_forms import CustomCost, CustomLeakage
from shieldwall.economics.sharing.forms import Exponential, Hyperbolic, Leakage
from shieldwall.economics.sharing.free_riding import FreeRiding, free_riding
from shieldwall.economics.sharing.groves import RULES, Mechanism, examine_rule
from shieldwall.economics.sharing.industries import Industries, link_industries
from shieldwall.economics.sharing.joining import Joining, value_of_joining
from shieldwall.economics.sharing.market import Market, Volume
from shieldwall.economics.sharing.misreport import Claims, Truth, subsidise_claims, truthful_sharing
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.printed_subsidy import PrintedSubsidy, examine_printed
from shieldwall.economics.sharing.reneging import Reneging, renege
from shieldwall.economics.sharing.result import Equilibrium, Kind, Solution
from shieldwall.economics.sharing.solve import REGIMES, solve, solve_many
from shieldwall.economics.sharing.subsidy import Subsidised, least_subsidy, subsidise

__all__ = [
    "REGIMES",
    "RULES",
    "Claims",
    "Correction",
    "CustomCost",
    "CustomLeakage",
    "Equilibrium",
    "Exponential",
    "FreeRiding",
    "Hyperbolic",
    "Industries",
    "Joining",
    "Kind",
    "Leakage",
    "Market",
    "Mechanism",
    "PrintedSubsidy",
    "Reneging",
    "Solution",
    "Subsidised",
    "Truth",
    "Types",
    "Unsolved",
    "Volume",
    "corrected_subsidy",
    "examine_printed",
    "examine_rule",
    "free_riding",
    "least_subsidy",
    "link_industries",
    "renege",
    "solve",
    "solve_many",
    "subsidise",
    "subsidise_claims",
    "symmetric_equilibria",
    "truthful_sharing",
    "value_of_joining",
]
