"""Writes entries to the ledger inside a unit of work and signs the checkpoint over them.

What each kind of entry says is fixed here, in one place: figures and salted commitments, never a STIX body or an
identity (decisions.md 8, 15).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from shieldwall.domain.cases import Ballot, Evidence, Verdict
from shieldwall.domain.contributions import Contribution, Features
from shieldwall.domain.epochs import Epoch, Payout, Priced
from shieldwall.errors import LedgerError
from shieldwall.ledger import (
    Checkpoint,
    EntryKind,
    Frontier,
    SigningKey,
    commitment,
    encode,
    leaf_hash,
    open_checkpoint,
    root,
    sign_checkpoint,
)
from shieldwall.ports import ObjectKey, UnitOfWork
from shieldwall.stix.canonical import canonical_json


class Recorder:
    """Appends to the alliance's ledger.

    Args:
        key: The log's signing key; its name is the log's origin.
    """

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    @property
    def origin(self) -> str:
        """The log's name in its checkpoints."""
        return self._key.name

    def head(self, uow: UnitOfWork) -> Checkpoint:
        """The tree as the last checkpoint states it; empty before the first."""
        note = uow.ledger.checkpoint()
        if note is None:
            return Checkpoint(self.origin, 0, Frontier().root())
        return open_checkpoint(note, self._key.verifier, self.origin)

    def append(self, uow: UnitOfWork, entries: Sequence[bytes]) -> int:
        """Append entries, sign the new checkpoint and return the index of the first entry.

        The tree is read back and compared with the last signed checkpoint first, so that a bit flipped in
        storage is never signed over.

        Raises:
            LedgerError: If the stored tree does not match its own last checkpoint.
        """
        head = self.head(uow)
        frontier = Frontier.at(uow.ledger.size(), uow.ledger.node)
        if (frontier.size, frontier.root()) != (head.size, head.root):
            raise LedgerError(
                f"ledger: the stored tree has {frontier.size} entries and does not match the checkpoint of "
                f"size {head.size}. Nothing was written; run the audit"
            )
        completed: list[tuple[int, int, bytes]] = []
        for entry in entries:
            frontier, nodes = frontier.append(leaf_hash(entry))
            completed += nodes
        uow.ledger.append(entries, completed)
        note = sign_checkpoint(Checkpoint(self.origin, frontier.size, frontier.root()), self._key)
        uow.ledger.save_checkpoint(frontier.size, note)
        return head.size


def policy_entry(at: datetime, policy_hash: str, certificate_hash: str | None) -> bytes:
    """A policy was adopted, on a certificate or, with None, uncertified."""
    return encode(EntryKind.POLICY, at, {"policy": policy_hash, "certificate": certificate_hash})


def contribution_entry(
    contribution: Contribution,
    case: str,
    member: str,
    salt: bytes,
    objects: Sequence[tuple[ObjectKey, bytes]],
) -> bytes:
    """A contribution was taken in; who made it, what it holds and what it is valued by are salted commitments.

    Args:
        objects: Key and SHA-256 of what is served, for each object.
    """
    return encode(
        EntryKind.CONTRIBUTION,
        contribution.accepted_at,
        {
            "contribution": contribution.id,
            "case": case,
            "root_type": contribution.root_type,
            "objects": len(contribution.objects),
            "content": commitment(salt, b"content", *content_digests(objects)).hex(),
            "features": commitment(salt, b"features", features_bytes(contribution.features)).hex(),
            "member": commitment(salt, b"member", member.encode()).hex(),
        },
    )


def content_digests(objects: Sequence[tuple[ObjectKey, bytes]]) -> list[bytes]:
    """One digest per object, sorted, over its id, version and served bytes' hash."""
    return sorted(
        hashlib.sha256(f"{id_}\n{version}\n".encode() + digest).digest() for (id_, version), digest in objects
    )


def features_bytes(features: Features) -> bytes:
    """Canonical bytes of what clustering and valuation use of a contribution."""
    return canonical_json(
        {
            "root_key": features.root_key,
            "cve": features.cve,
            "observables": sorted(digest.hex() for digest in features.observables),
            "hashes": sorted(digest.hex() for digest in features.hashes),
            "parts": sorted(features.parts),
            "impact": features.impact,
            "decay": features.decay,
            "known": features.known,
        }
    )


def draw_entry(
    at: datetime,
    case: str,
    round_: int,
    size: int,
    seed: bytes,
    eligible: Sequence[str],
    seats: Sequence[str],
) -> bytes:
    """Reviewers were drawn.

    How many were eligible is printed, not who: whoever is missing would point at the contributor's organisation.
    """
    return encode(
        EntryKind.DRAW,
        at,
        {
            "case": case,
            "round": round_,
            "ledger_size": size,
            "seed": seed.hex(),
            "eligible": len(eligible),
            "seats": [seat_name(case, seed, panelist) for panelist in seats],
        },
    )


def seat_name(case: str, seed: bytes, panelist: str) -> str:
    """The name of a seat in public entries: the same panelist has another one in each case."""
    return commitment(hashlib.sha256(seed).digest(), b"seat", case.encode(), panelist.encode()).hex()[:16]


def commit_entry(at: datetime, case: str, round_: int, committed: bytes) -> bytes:
    """A sealed ballot came in."""
    return encode(
        EntryKind.BALLOT, at, {"case": case, "round": round_, "step": "commit", "commitment": committed.hex()}
    )


def reveal_entry(at: datetime, case: str, round_: int, committed: bytes, ballot: Ballot) -> bytes:
    """A ballot was opened; written with the verdict, so that nobody votes knowing another's ballot."""
    return encode(
        EntryKind.BALLOT,
        at,
        {
            "case": case,
            "round": round_,
            "step": "reveal",
            "commitment": committed.hex(),
            "valid": ballot.valid,
            "severity": ballot.severity,
            "root": ballot.root,
        },
    )


def verdict_entry(at: datetime, case: str, verdict: Verdict, evidence: Evidence, contributions: int) -> bytes:
    """A case was judged, and on which public evidence."""
    return encode(
        EntryKind.VERDICT,
        at,
        {
            "case": case,
            "valid": verdict.valid,
            "severity": verdict.severity,
            "root": verdict.root,
            "method": verdict.method.value,
            "ballots": verdict.ballots,
            "contributions": contributions,
            "exploited_on": evidence.exploited_on.isoformat() if evidence.exploited_on else None,
            "epss": str(evidence.epss) if evidence.epss is not None else None,
            "cvss": evidence.cvss,
        },
    )


def epoch_entry(epoch: Epoch, priced: Sequence[Priced], payouts: Sequence[Payout]) -> bytes:
    """An epoch was closed.

    The totals of the cases and the commitments of the payouts are Merkle trees of their own, so that the entry
    stays small and each member can still prove its line.
    """
    return encode(
        EntryKind.EPOCH,
        epoch.closed_at or epoch.opened_at,
        {
            "epoch": epoch.number,
            "policy": epoch.policy,
            "post": epoch.post,
            "reserve_before": epoch.reserve_before,
            "budget": epoch.budget,
            "money": epoch.money,
            "gross": epoch.gross,
            "points": epoch.points,
            "paid": epoch.paid,
            "reserve_after": epoch.reserve_after,
            "cases": len(priced),
            "cases_root": root([leaf_hash(case_line(item)) for item in priced]).hex(),
            "payouts": len(payouts),
            "payouts_root": root([leaf_hash(payout_line(item)) for item in payouts]).hex(),
        },
    )


def case_line(priced: Priced) -> bytes:
    """The public line of a settled case: its points and what was paid for it."""
    return canonical_json({"case": priced.valued.case, "points": priced.valued.points, "amount": priced.amount})


def payout_line(payout: Payout) -> bytes:
    """The public line of a payout: a commitment that only its owner and the auditor can open."""
    return commitment(
        payout.salt,
        b"payout",
        str(payout.epoch).encode(),
        payout.member.encode(),
        str(payout.amount).encode(),
    )
