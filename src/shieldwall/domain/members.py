"""Who takes part: members, panelists, mediators, the operator and auditors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each account has exactly one role."""

    MEMBER = "member"
    PANELIST = "panelist"
    MEDIATOR = "mediator"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Tier(StrEnum):
    """Class of a member's own systems; it sets factor T and the access target."""

    CRITICAL = "critical"
    CORE = "core"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the alliance.

    Attributes:
        id: Opaque and random; the only name that leaves the sealed tables.
        name: Unique name the operator gave.
        organisation: Legal entity; two accounts of one organisation are never independent.
        aliases: Texts that identify the member and are removed by mediation: names, domains,
            property-key prefixes, STIX identity ids.
        aggregator: Repeats what others publish, so it never counts as an independent corroborator.
        account: Index on the settlement chain, None for roles that are never paid.
        submissions: TAXII collection id of the member's own submissions.
        pool: TAXII collection id of what was released to the member.
    """

    id: str
    name: str
    role: Role
    tier: Tier
    organisation: str
    aliases: tuple[str, ...]
    aggregator: bool
    account: int | None
    submissions: str
    pool: str
    joined_at: datetime
