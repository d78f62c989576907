"""How much of the pool a member receives, and how soon."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Access level of a member, lowest first; ``policy.access.levels`` says what each one receives."""

    BASIC = "basic"
    PARTIAL = "partial"
    FULL = "full"
