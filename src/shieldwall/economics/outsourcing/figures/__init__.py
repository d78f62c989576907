"""Figures 2 to 9 of Hui, Hui & Yue, redrawn from the provider's global optimum."""

from __future__ import annotations

from shieldwall.economics.outsourcing.figures.bands import BANDS
from shieldwall.economics.outsourcing.figures.curves import CURVES
from shieldwall.economics.outsourcing.figures.settings import WELFARE

FIGURES = CURVES + BANDS + WELFARE
