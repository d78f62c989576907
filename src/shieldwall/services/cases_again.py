"""Clusters stored contributions again, in memory, to check the case each one was filed under.

The look-up of candidates is written here a second time on purpose: an audit that asked the same query as intake
would repeat its mistakes. The rule itself, ``mediation.cluster``, is the same one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from shieldwall.domain.cases import Case
from shieldwall.domain.contributions import Features, Filed
from shieldwall.domain.policy import Policy
from shieldwall.mediation.cluster import Candidate, choose


def cases_again(
    recorded: Sequence[tuple[Filed, int]],
    cases: Mapping[str, Case],
    frozen: Mapping[str, datetime],
    loose: Mapping[bytes, int],
    policy_at: Callable[[datetime], Policy],
) -> Iterator[str]:
    """Name each contribution that the rule would have filed under another case.

    Args:
        recorded: Every contribution with the index of its ledger entry, in the order of intake.
        cases: Every case by id.
        frozen: Time of the verdict of each judged case.
        loose: Digests of the indicator lane, with the ledger's size when each first came.
        policy_at: The policy in force at a time.
    """
    index = _Index(loose)
    opened: set[str] = set()
    for item, entry in recorded:
        contribution, found = item.contribution, item.contribution.features
        policy = policy_at(contribution.accepted_at)
        candidates = index.candidates(found, policy.cluster.common_after, cases)
        still_open = [
            candidate
            for candidate in candidates
            if candidate.case not in frozen or frozen[candidate.case] >= contribution.accepted_at
        ]
        chosen = choose(found, len(found.observables), still_open, policy)
        if item.case not in cases:
            yield f"contribution {contribution.id}: its case {item.case} is not stored"
        elif item.case != chosen and not (chosen is None and item.case not in opened):
            yield f"contribution {contribution.id}: is filed under {item.case}; the rule gives {chosen or 'a new case'}"
        known = index.known(found, entry)
        if found.known != known:
            yield f"contribution {contribution.id}: {found.known} of its observables were known, found {known}"
        opened.add(item.case)
        index.add(item)


class _Index:
    """Contributions by observable and by root key."""

    def __init__(self, loose: Mapping[bytes, int]) -> None:
        self._loose = loose
        self._holders: dict[bytes, list[Filed]] = defaultdict(list)
        self._by_root: dict[str, list[Filed]] = defaultdict(list)

    def add(self, filed: Filed) -> None:
        for digest in filed.contribution.features.observables:
            self._holders[digest].append(filed)
        if filed.contribution.features.root_key is not None:
            self._by_root[filed.contribution.features.root_key].append(filed)

    def known(self, features: Features, entry: int) -> int:
        # What came loose in the same POST was noted after the contribution: the ledger was longer by then.
        return sum(
            digest in self._holders or self._loose.get(digest, entry + 1) <= entry for digest in features.observables
        )

    def candidates(self, features: Features, common_after: int, cases: Mapping[str, Case]) -> list[Candidate]:
        shared: Counter[str] = Counter()
        hashes: Counter[str] = Counter()
        holders = {item.contribution.id: item for item in self._by_root.get(features.root_key or "", [])}
        for digest in features.observables:
            found = self._holders.get(digest, [])
            if len(found) <= common_after:
                for item in found:
                    holders[item.contribution.id] = item
                    shared[item.contribution.id] += 1
                    hashes[item.contribution.id] += digest in item.contribution.features.hashes
        return [
            Candidate(
                contribution=id_,
                case=item.case,
                case_opened_at=cases[item.case].opened_at,
                root_key=item.contribution.features.root_key,
                size=len(item.contribution.features.observables),
                shared=shared[id_],
                shared_hashes=hashes[id_],
            )
            for id_, item in holders.items()
            if item.case in cases
        ]
