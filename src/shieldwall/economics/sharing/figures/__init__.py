"""The figures of the sharing market; every number is solved for when it is asked for."""

from __future__ import annotations

from shieldwall.economics.sharing.figures import planner, reaction, regimes, substitutability

FIGURES = (reaction.FIGURE, regimes.FIGURE, substitutability.FIGURE, planner.FIGURE)
