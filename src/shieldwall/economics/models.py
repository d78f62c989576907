"""The models by name. Each is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from shieldwall.economics.model import Model

MODELS = {
    "game": "shieldwall.economics.games.document",
    "alliance": "shieldwall.economics.alliance.document",
    "sharing": "shieldwall.economics.sharing.document",
    "outsourcing": "shieldwall.economics.outsourcing.document",
}
"""The module of each model; it has a function ``model(regime)``."""


def model_named(name: str, regime: str | None = None) -> Model[Any]:
    """The model of that name, in one of its regimes if it has any.

    Raises:
        InvalidInput: If the model has no such regime.
    """
    made: Model[Any] = import_module(MODELS[name]).model(regime)
    return made
