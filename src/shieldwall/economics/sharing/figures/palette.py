"""The colours of the figures, told apart by the colour-blind (Okabe & Ito); each line is named beside it as well."""

from __future__ import annotations

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#7f7f7f"
