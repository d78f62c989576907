"""The policy in force, and how another one is adopted."""

from __future__ import annotations

from functools import lru_cache

from shieldwall.domain.cases import CaseStatus
from shieldwall.domain.policy import Policy, parse_policy
from shieldwall.errors import StorageError
from shieldwall.ports import Clock, Store, UnitOfWork
from shieldwall.services.reconsider import reconsider
from shieldwall.services.record import Recorder, policy_entry

_cached = lru_cache(maxsize=16)(parse_policy)


def current_policy(uow: UnitOfWork) -> Policy:
    """The policy in force.

    Raises:
        StorageError: If the alliance has none, which ``init`` rules out.
    """
    text = uow.documents.get("policy", "current")
    if text is None:
        raise StorageError("the alliance has no policy. Was it made with `shieldwall init`?")
    return _cached(text.decode())


def policy_with(uow: UnitOfWork, policy_hash: str) -> Policy | None:
    """The adopted policy with this hash, None if there never was one."""
    text = uow.documents.get("policy", policy_hash)
    return None if text is None else _cached(text.decode())


class Policies:
    """Shows and adopts policies."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store = store
        self._clock = clock
        self._recorder = recorder

    def current(self) -> Policy:
        """The policy in force."""
        with self._store.read() as uow:
            return current_policy(uow)

    def adopt(self, text: str) -> Policy:
        """Put a policy into force from now on; a text already in force changes nothing.

        Raises:
            InvalidPolicy: If it is not a valid policy; the one in force stays.
        """
        policy = parse_policy(text)
        with self._store.write() as uow:
            if uow.documents.get("policy", "current") == text.encode():
                return policy
            uow.documents.put("policy", policy.hash, text.encode())
            uow.documents.put("policy", "current", text.encode())
            reconsider(uow, CaseStatus.WAITING, CaseStatus.REVIEW)
            self._recorder.append(uow, [policy_entry(self._clock.now(), policy.hash)])
            uow.commit()
        return policy
