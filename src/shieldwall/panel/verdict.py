"""What the ballots add up to, and the criteria that stand in for them (mechanism 2.4; decision 11).

Not here: when a verdict is due, and what it releases.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shieldwall.domain.cases import Ballot, Evidence, Method, Verdict
from shieldwall.domain.contributions import Features
from shieldwall.domain.policy import Policy
from shieldwall.errors import MechanismError


def lower_median(severities: Collection[int]) -> int:
    """Return the median, the lower of the two middle values of an even number.

    Fewer than half of the values cannot move it outside the range of the others.

    Raises:
        MechanismError: There is none.

    >>> lower_median([90, 10, 50, 60])
    50
    """
    if not severities:
        raise MechanismError("no severity to take the median of")
    return sorted(severities)[(len(severities) - 1) // 2]


def by_ballots(ballots: Sequence[Ballot]) -> Verdict:
    """Combine revealed ballots: lower median of severity, strict majority for valid and for root.

    Args:
        ballots: At least one; the quorum is the caller's to check.

    Raises:
        MechanismError: There is none.
    """
    count = len(ballots)
    return Verdict(
        valid=2 * sum(ballot.valid for ballot in ballots) > count,
        severity=lower_median([ballot.severity for ballot in ballots]),
        root=2 * sum(ballot.root for ballot in ballots) > count,
        method=Method.BALLOTS,
        ballots=count,
    )


def automatic(filed: Sequence[Features], corroborators: int, evidence: Evidence, policy: Policy) -> Verdict | None:
    """Return the verdict of a case that needs no ballots, None if it needs them.

    Args:
        filed: Features of the case's contributions, at least one.
        corroborators: Independent corroborators of the first one.
        evidence: Public facts about its CVE as they stand now.

    Returns:
        Valid and specific; severity from CVSS, else the highest on the impact scale.
    """
    rules = policy.automatic
    if rules.exploited and evidence.exploited_on is not None:
        method = Method.EXPLOITED
    elif 0 < rules.corroborators <= corroborators:
        method = Method.CORROBORATED
    else:
        return None
    impact = max(features.impact for features in filed)
    severity = impact if evidence.cvss is None else evidence.cvss
    return Verdict(valid=True, severity=severity, root=False, method=method, ballots=0)
