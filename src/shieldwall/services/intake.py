"""One submission, from the bytes of a POST to filed contributions: one transaction, one status resource.

parse -> validate -> mediate -> keep -> group -> cluster -> ledger. What is not acknowledged leaves no trace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from shieldwall.domain.cases import Case, CaseStatus
from shieldwall.domain.contributions import (
    Contribution,
    Features,
    Filed,
    MediatedObject,
    Refusal,
    ValidObject,
)
from shieldwall.domain.members import Member, Role
from shieldwall.domain.policy import Policy
from shieldwall.errors import InvalidStix, NotFound, NotPermitted
from shieldwall.mediation.anonymise import mediate
from shieldwall.mediation.cluster import choose
from shieldwall.mediation.fingerprint import features, fingerprint
from shieldwall.ports import Clock, Draw, Link, ObjectKey, Store, UnitOfWork
from shieldwall.services.policies import current_policy
from shieldwall.services.record import Recorder, contribution_entry
from shieldwall.services.screening import Screened, key_of, screen, status_resource, validate_all, version_of
from shieldwall.stix.contributions import Grouping, group
from shieldwall.stix.observables import observable, observables_of
from shieldwall.stix.parse import StixObject, parse_envelope
from shieldwall.stix.references import references_of

MAX_OBJECTS = 5_000
"""Objects in one submission."""

MAX_DEPTH = 32
"""Nesting of one object."""


@dataclass(frozen=True, slots=True)
class Status:
    """The outcome of one submission.

    Attributes:
        body: The TAXII status resource.
        contributions: Ids of what was filed.
    """

    id: str
    body: bytes
    contributions: tuple[str, ...]
    accepted: int
    refused: int


class Intake:
    """Takes submissions.

    Args:
        pseudonym_key: Makes the pseudonymous identities.
        fingerprint_key: Makes the digests of observables.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        draw: Draw,
        recorder: Recorder,
        pseudonym_key: bytes,
        fingerprint_key: bytes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._draw = draw
        self._recorder = recorder
        self._pseudonym_key = pseudonym_key
        self._fingerprint_key = fingerprint_key

    def submit(self, member: Member, body: bytes) -> Status:
        """Take in a TAXII envelope; when this returns, everything in the status has been committed.

        Raises:
            NotPermitted: If the account is not a member's.
            InvalidStix: If the body is no envelope.
            TooLarge: If it holds too many objects.
        """
        if member.role is not Role.MEMBER:
            raise NotPermitted(f"a {member.role} does not submit; only a member does")
        valid, refused = validate_all(parse_envelope(body, max_objects=MAX_OBJECTS, max_depth=MAX_DEPTH))
        mediated, unservable = self._mediate(member, valid)
        with self._store.write() as uow:
            now = self._clock.now()
            screened = screen(uow, member, mediated, [*refused, *unservable], now)
            uow.objects.keep(
                member.id,
                screened.fresh,
                uow.objects.instants(now, len(screened.fresh)) if screened.fresh else (),
            )
            uow.objects.pseudonyms({ref for item in screened.fresh for ref in _pseudonyms(item)})
            contributions = self._file(uow, member, screened, now)
            status_id = str(UUID(bytes=self._draw.take(16), version=4))
            resource = status_resource(status_id, now, screened)
            uow.documents.put("status", f"{member.id}/{status_id}", resource)
            uow.commit()
        return Status(
            status_id,
            resource,
            tuple(contribution.id for contribution in contributions),
            len(screened.fresh) + len(screened.repeated),
            len(screened.refused),
        )

    def status(self, member: Member, id: str) -> bytes:  # noqa: A002 - the word of the TAXII specification
        """The status resource of one of the member's own submissions.

        Raises:
            NotFound: If there is none, or it is somebody else's.
        """
        with self._store.read() as uow:
            resource = uow.documents.get("status", f"{member.id}/{id}")
        if resource is None:
            raise NotFound(f"status {id!r} does not exist")
        return resource

    def _mediate(self, member: Member, valid: Sequence[ValidObject]) -> tuple[list[MediatedObject], list[Refusal]]:
        mediated, refused = [], []
        for obj in valid:
            try:
                mediated.append(mediate(obj, member.aliases, self._pseudonym_key))
            except InvalidStix as error:
                refused.append(Refusal(obj.id, obj.version_text, str(error)))
        return mediated, refused

    def _file(self, uow: UnitOfWork, member: Member, screened: Screened, now: datetime) -> list[Contribution]:
        policy = current_policy(uow)
        earlier = _Earlier(uow, member, screened.taken)
        found = group([dict(item.content) for item in screened.taken], earlier.find)
        # A root that was here before has been filed: repeating a submission files nothing twice.
        fresh = {item.original.id for item in screened.fresh}
        roots = [grouping for grouping in found.contributions if grouping.root_id in fresh]
        in_cases: set[ObjectKey] = set()
        contributions = []
        entries: list[bytes] = []
        base = uow.ledger.size()
        for grouping in roots:
            objects = earlier.resolve(grouping)
            contribution = self._contribution(uow, policy, objects, grouping, now)
            case = _file_under(uow, self._draw, policy, contribution, member)
            keys = earlier.keys(grouping)
            stored = uow.objects.stored(keys)
            salt = self._draw.take(32)
            entries.append(
                contribution_entry(
                    contribution, case, member.id, salt, [(key, item.digest) for key, item in stored.items()]
                )
            )
            uow.seal.link(contribution.id, Link(member.id, salt))
            uow.contributions.add(Filed(contribution, case), keys, base + len(entries) - 1)
            contributions.append(contribution)
            in_cases.update(keys)
        if entries:
            self._recorder.append(uow, entries)
        self._release_indicator_lane(uow, screened, in_cases, now)
        _sight(uow, member, screened, now)
        return contributions

    def _contribution(
        self,
        uow: UnitOfWork,
        policy: Policy,
        objects: Mapping[str, StixObject],
        grouping: Grouping,
        now: datetime,
    ) -> Contribution:
        found = features(self._fingerprint_key, objects[grouping.root_id], objects)
        return Contribution(
            id=f"contribution-{self._draw.take(12).hex()}",
            accepted_at=now,
            root=grouping.root_id,
            root_type=grouping.root_type,
            objects=tuple(objects),
            features=self._against_pool(uow, policy, found),
        )

    def _against_pool(self, uow: UnitOfWork, policy: Policy, found: Features) -> Features:
        """Drop stop-listed observables and count those the alliance holds already."""
        stops = {self._stop(text) for text in policy.cluster.stop_list}
        kept = found.observables - stops
        return replace(found, observables=kept, hashes=found.hashes - stops, known=uow.contributions.known(kept))

    def _release_indicator_lane(
        self, uow: UnitOfWork, screened: Screened, in_cases: Collection[ObjectKey], now: datetime
    ) -> None:
        """Objects under no new root are released at once: no panel sees them, and they earn nothing yet.

        Their observables are held from now on, so that a report made of them is no news.
        """
        loose = [item for item in screened.fresh if item.served is not None and key_of(item) not in in_cases]
        if loose:
            uow.pool.release([key_of(item) for item in loose], now, critical=False)
            seen = {entry for item in loose for entry in observables_of(dict(item.content))}
            uow.contributions.hold_loose(
                {fingerprint(self._fingerprint_key, entry) for entry in seen}, uow.ledger.size()
            )

    def _stop(self, text: str) -> bytes:
        kind, _, value = text.partition(":")
        entry = observable(kind, value)
        return fingerprint(self._fingerprint_key, entry) if entry else b""


class _Earlier:
    """The objects of a submission by id, and what the same member posted before, looked up at most once."""

    def __init__(self, uow: UnitOfWork, member: Member, taken: Sequence[MediatedObject]) -> None:
        self._uow = uow
        self._member = member
        self._post: dict[str, list[MediatedObject]] = defaultdict(list)
        for item in taken:
            self._post[item.original.id].append(item)
        self._found: dict[str, StixObject | None] = {}
        wanted = {ref for item in taken for ref in references_of(dict(item.content))}
        self._fetch(wanted - self._post.keys())

    def find(self, id: str) -> StixObject | None:  # noqa: A002
        if id not in self._found:
            self._fetch({id})
        return self._found[id]

    def resolve(self, grouping: Grouping) -> dict[str, StixObject]:
        """The content of each object of a contribution, the root first, each in its latest version."""
        resolved = {}
        for id_ in grouping.member_ids:
            if id_ in self._post:
                latest = max(self._post[id_], key=lambda item: item.original.version)
                resolved[id_] = dict(latest.content)
            elif (content := self._found.get(id_)) is not None:
                resolved[id_] = content
        return resolved

    def keys(self, grouping: Grouping) -> list[ObjectKey]:
        """Keys of what is served of a contribution, every version of the submission included."""
        keys = []
        for id_ in grouping.member_ids:
            if id_ in self._post:
                keys += [key_of(item) for item in self._post[id_] if item.served is not None]
            elif (content := self._found.get(id_)) is not None:
                keys.append((id_, version_of(content)[0]))
        return keys

    def _fetch(self, ids: set[str]) -> None:
        bodies = self._uow.objects.latest(self._member.id, ids) if ids else {}
        for id_ in ids:
            self._found[id_] = msgspec.json.decode(bodies[id_]) if id_ in bodies else None


def _pseudonyms(item: MediatedObject) -> set[str]:
    """Identities that mediation put in."""
    if item.content is item.original.content:
        return set()
    added = references_of(dict(item.content)) - references_of(dict(item.original.content))
    return {ref for ref in added if ref.startswith("identity--")}


def _file_under(uow: UnitOfWork, draw: Draw, policy: Policy, contribution: Contribution, member: Member) -> str:
    """Put a contribution into the case it belongs to, or open one."""
    found = contribution.features
    candidates = uow.contributions.candidates(found.observables, found.root_key, policy.cluster.common_after)
    case_id = choose(found, len(found.observables), candidates, policy)
    if case_id is None:
        case_id = f"case-{draw.take(8).hex()}"
        uow.cases.add(
            Case(
                id=case_id,
                opened_at=contribution.accepted_at,
                opened_epoch=uow.epochs.current().number,
                status=CaseStatus.FILED,
                round=0,
                due_at=None,
                reveal_from=None,
                reason="",
            )
        )
        return case_id
    case = uow.cases.get(case_id)
    if case is not None and case.status is not CaseStatus.FILED:
        uow.cases.update(replace(case, status=CaseStatus.FILED))
    return case_id


def _sight(uow: UnitOfWork, member: Member, screened: Screened, now: datetime) -> None:
    """A sighting names what its sender saw in its own systems (factors P and T)."""
    seen = {
        str(item.content["sighting_of_ref"])
        for item in screened.fresh
        if item.original.type == "sighting" and item.content.get("count") != 0
    }
    if seen:
        uow.contributions.sight(seen, member.id, now)
