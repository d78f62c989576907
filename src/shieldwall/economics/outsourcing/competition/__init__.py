"""Several identical providers: who serves whom, and at what price. Unequal ones are in ``reputation``."""

from __future__ import annotations

from shieldwall.economics.outsourcing.competition.document import entry, read
from shieldwall.economics.outsourcing.competition.market import (
    CompetitionSolution,
    Prices,
    Pricing,
    solve_competition,
)

__all__ = ["CompetitionSolution", "Prices", "Pricing", "entry", "read", "solve_competition"]
