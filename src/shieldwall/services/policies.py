"""The policy in force, and how another one is adopted."""

from __future__ import annotations

from functools import lru_cache

from shieldwall.domain.cases import CaseStatus
from shieldwall.domain.certificates import Certificate, Recompute, differences, parse_certificate
from shieldwall.domain.policy import Policy, parse_policy
from shieldwall.errors import InvalidInput, StorageError
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
    """Shows and adopts policies.

    Args:
        recompute: What a certificate is held against before a policy is adopted on it.
    """

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, recompute: Recompute) -> None:
        self._recompute = recompute
        self._store = store
        self._clock = clock
        self._recorder = recorder

    def current(self) -> Policy:
        """The policy in force."""
        with self._store.read() as uow:
            return current_policy(uow)

    def certificate(self) -> Certificate | None:
        """The certificate on which the policy in force was adopted, None if it was adopted uncertified."""
        with self._store.read() as uow:
            text = uow.documents.get("certificate", "current")
            return parse_certificate(text) if text else None

    def adopt(self, text: str, certificate_text: str) -> Policy:
        """Put a certified policy into force from now on; the ledger records both hashes.

        A policy already in force on the same certificate changes nothing.

        Raises:
            InvalidPolicy: If it is not a valid policy; the one in force stays.
            InvalidInput: If the certificate is none, is of another policy, does not certify it, or says anything else
                than what this version computes from its rows.
        """
        policy = parse_policy(text)
        certificate = parse_certificate(certificate_text)
        if reason := objection(certificate, policy.hash):
            raise InvalidInput("certificate", certificate.hash, "a positive certificate of this policy", reason)
        for place, seen, right in differences(certificate, self._recompute(policy, certificate)):
            raise InvalidInput(place, seen, f"{right!r:.100}, computed again from its rows", "Certify the policy again")
        return self._adopt(policy, certificate)

    def adopt_uncertified(self, text: str) -> Policy:
        """Put a policy into force from now on without a certificate; the ledger says that there was none.

        A policy already in force changes nothing, and keeps its certificate.

        Raises:
            InvalidPolicy: If it is not a valid policy; the one in force stays.
        """
        return self._adopt(parse_policy(text), None)

    def _adopt(self, policy: Policy, certificate: Certificate | None) -> Policy:
        text, proof = policy.text.encode(), certificate.text if certificate else b""
        with self._store.write() as uow:
            in_force = uow.documents.get("policy", "current") == text
            if in_force and (certificate is None or uow.documents.get("certificate", "current") == proof):
                return policy
            uow.documents.put("policy", policy.hash, text)
            uow.documents.put("policy", "current", text)
            if certificate is not None:
                uow.documents.put("certificate", certificate.hash, proof)
            uow.documents.put("certificate", "current", proof)
            reconsider(uow, CaseStatus.WAITING, CaseStatus.REVIEW)
            recorded = certificate.hash if certificate else None
            self._recorder.append(uow, [policy_entry(self._clock.now(), policy.hash, recorded)])
            uow.commit()
        return policy


def objection(certificate: Certificate, policy_hash: str) -> str:
    """Why a policy cannot be adopted on this certificate, and what to do; empty if it can."""
    if certificate.policy != policy_hash:
        return (
            f"It is of policy {certificate.policy[:12]}, this one is {policy_hash[:12]}. Certify this one: "
            "shieldwall certify --policy POLICY --members MEMBERS --json > certificate.json"
        )
    if not certificate.certified:
        return f"It does not certify the policy: {'; '.join(certificate.reasons)}. Mend the policy and certify it again"
    return ""
