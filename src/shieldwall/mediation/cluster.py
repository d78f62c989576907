"""Which case a contribution belongs to (decision 2).

Not here: the look-up of candidates, and the keyed digests that observables are compared by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shieldwall.domain.contributions import Features
from shieldwall.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contribution of an open case, as compared with the one that came in.

    Attributes:
        root_key: What its root names, None unless exactly one.
        size: How many observables it has that are not on the stop list.
        shared: How many of those both have and that still count: in at most ``common_after`` contributions.
        shared_hashes: Those of ``shared`` that are file hashes.
    """

    contribution: str
    case: str
    case_opened_at: datetime
    root_key: str | None
    size: int
    shared: int
    shared_hashes: int


def matches(features: Features, size: int, candidate: Candidate, policy: Policy) -> bool:
    """Whether two contributions are of one case.

    Two roots that each name one key decide it. Otherwise the observables do: enough common hashes, enough
    common observables that make up enough of the smaller contribution, or the smaller wholly contained.

    Args:
        features: Features of the contribution that came in.
        size: How many of its observables are not on the stop list.
    """
    if features.root_key is not None and candidate.root_key is not None:
        return features.root_key == candidate.root_key
    rules = policy.cluster
    smaller = min(size, candidate.size)
    return (
        candidate.shared_hashes >= rules.shared_hashes
        or (candidate.shared >= rules.shared_observables and candidate.shared >= rules.shared_share * smaller)
        or candidate.shared == smaller >= 1
    )


def choose(features: Features, size: int, candidates: Iterable[Candidate], policy: Policy) -> str | None:
    """Return the earliest open case with a matching contribution, None if the contribution opens a new one.

    Args:
        features: Features of the contribution that came in.
        size: How many of its observables are not on the stop list.
        candidates: Contributions of open cases with its root key or a common observable, in any order.
    """
    matching = (candidate for candidate in candidates if matches(features, size, candidate, policy))
    return min(((found.case_opened_at, found.case) for found in matching), default=(None, None))[1]
