"""Small samples of the nouns that the rules take; every field has a default that a test may replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from shieldwall.domain.cases import Evidence, Judged, Method, Verdict
from shieldwall.domain.contributions import Contribution, Features, Filed
from shieldwall.domain.members import Member, Role, Tier
from shieldwall.domain.policy import Policy, parse_policy

POLICY_TEXT = files("shieldwall.domain").joinpath("default_policy.toml").read_text(encoding="utf-8")
POLICY = parse_policy(POLICY_TEXT)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def policy_with(*changes: tuple[str, str]) -> Policy:
    """The default policy with each text replaced; a text that is not there once is an error."""
    text = POLICY_TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_policy(text)


def member(
    name: str,
    organisation: str = "",
    aggregator: bool = False,
    role: Role = Role.MEMBER,
    tier: Tier = Tier.CORE,
) -> Member:
    return Member(
        id=name,
        name=name,
        role=role,
        tier=tier,
        organisation=organisation or name,
        aliases=(),
        aggregator=aggregator,
        account=None,
        submissions=f"{name}-submissions",
        pool=f"{name}-pool",
        joined_at=START,
    )


def features(
    observables: Iterable[str] = ("a", "b", "c", "d"),
    *,
    root_key: str | None = None,
    parts: Iterable[str] = ("evidence", "context"),
    impact: int = 50,
    decay: str = "network",
    known: int = 0,
) -> Features:
    return Features(
        root_key=root_key,
        cve=root_key,
        observables=frozenset(name.encode() for name in observables),
        hashes=frozenset(),
        parts=frozenset(parts),
        impact=impact,
        decay=decay,
        known=known,
    )


def filed(name: str, hours: int = 0, of: Features | None = None, case: str = "case-1") -> Filed:
    """A contribution accepted so many hours after ``START``."""
    return Filed(
        Contribution(
            id=name,
            accepted_at=START + timedelta(hours=hours),
            root=f"report--{name}",
            root_type="report",
            objects=(),
            features=of or features(),
        ),
        case,
    )


def verdict(severity: int = 75, *, valid: bool = True, root: bool = False) -> Verdict:
    return Verdict(valid=valid, severity=severity, root=root, method=Method.BALLOTS, ballots=5)


def judged(
    *contributions: Filed,
    case: str = "case-1",
    opened_epoch: int = 0,
    judged_after: int = 1000,
    found: Verdict | None = None,
    evidence: Evidence | None = None,
) -> Judged:
    """A case judged so many hours after ``START``; its contributions come in (accepted_at, id) order."""
    return Judged(
        case=case,
        opened_epoch=opened_epoch,
        judged_at=START + timedelta(hours=judged_after),
        verdict=found or verdict(),
        evidence=evidence or Evidence(),
        filed=tuple(
            sorted(
                contributions or (filed("first", case=case),),
                key=lambda item: (item.contribution.accepted_at, item.contribution.id),
            )
        ),
    )


def lookup(members: Mapping[str, Member]) -> Callable[[str], Member]:
    """The member behind each contribution id."""
    return members.__getitem__
