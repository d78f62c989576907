"""Sharing of security knowledge by competing firms, Gal-Or & Ghose (2005): who shares, how much, and what for."""

from __future__ import annotations

from shieldwall.economics.sharing.custom_forms import CustomCost, CustomLeakage
from shieldwall.economics.sharing.forms import Exponential, Hyperbolic, Leakage
from shieldwall.economics.sharing.market import Market, Volume
from shieldwall.economics.sharing.nash import symmetric_equilibria
from shieldwall.economics.sharing.result import Equilibrium, Kind, Solution
from shieldwall.economics.sharing.solve import REGIMES, solve, solve_many

__all__ = [
    "REGIMES",
    "CustomCost",
    "CustomLeakage",
    "Equilibrium",
    "Exponential",
    "Hyperbolic",
    "Kind",
    "Leakage",
    "Market",
    "Solution",
    "Volume",
    "solve",
    "solve_many",
    "symmetric_equilibria",
]
