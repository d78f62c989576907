"""One submission, from the bytes of a POST to filed contributions: one transaction, one status resource.

parse -> validate -> mediate -> keep -> group -> cluster -> ledger. What is not acknowledged leaves no trace.
"""

from __future__ import annotations

import hashlib
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
from shieldwall.ports import Clock, Draw, Link, ObjectKey, Purpose, Store, Stored, UnitOfWork
from shieldwall.services.policies import current_policy
from shieldwall.services.record import Recorder, contribution_entry
from shieldwall.stix.canonical import canonical_json
from shieldwall.stix.contributions import Grouping, group
from shieldwall.stix.markings import Tlp, tlp_of
from shieldwall.stix.observables import observable
from shieldwall.stix.parse import RawObject, StixObject, parse_envelope
from shieldwall.stix.references import references_of
from shieldwall.stix.timestamp import format_micro, parse_timestamp
from shieldwall.stix.validate import check

MAX_OBJECTS = 5_000
"""Objects in one submission."""

MAX_DEPTH = 32
"""Nesting of one object."""

DEFAULT_TLP = Tlp.AMBER
"""Marking assumed for an object that carries none."""

_KEPT_PRIVATE = "kept for you, not served: it identifies you"
_REPEATED = "already here, nothing changed"


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


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The objects of a submission after the look-ups, in POST order; ``taken`` are the fresh and the repeated."""

    taken: tuple[MediatedObject, ...]
    fresh: tuple[MediatedObject, ...]
    repeated: tuple[MediatedObject, ...]
    refused: tuple[Refusal, ...]


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
        valid, refused = _validate(parse_envelope(body, max_objects=MAX_OBJECTS, max_depth=MAX_DEPTH))
        mediated, unservable = self._mediate(member, valid)
        with self._store.write() as uow:
            now = self._clock.now()
            sorted_ = _sort(uow, member, mediated, [*refused, *unservable], now)
            uow.objects.keep(
                member.id,
                sorted_.fresh,
                uow.objects.instants(now, len(sorted_.fresh)) if sorted_.fresh else (),
            )
            uow.objects.pseudonyms({ref for item in sorted_.fresh for ref in _pseudonyms(item)})
            contributions = self._file(uow, member, sorted_, now)
            status_id = str(UUID(bytes=self._draw.take(16), version=4))
            resource = _status_resource(status_id, now, sorted_)
            uow.documents.put("status", f"{member.id}/{status_id}", resource)
            uow.commit()
        return Status(
            status_id,
            resource,
            tuple(contribution.id for contribution in contributions),
            len(sorted_.fresh) + len(sorted_.repeated),
            len(sorted_.refused),
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

    def _file(self, uow: UnitOfWork, member: Member, sorted_: _Sorted, now: datetime) -> list[Contribution]:
        policy = current_policy(uow)
        earlier = _Earlier(uow, member, sorted_.taken)
        found = group([dict(item.content) for item in sorted_.taken], earlier.find)
        # A root that was here before has been filed: repeating a submission files nothing twice.
        fresh = {item.original.id for item in sorted_.fresh}
        roots = [grouping for grouping in found.contributions if grouping.root_id in fresh]
        in_cases: set[ObjectKey] = set()
        contributions = []
        entries: list[bytes] = []
        base = uow.ledger.size()
        for grouping in roots:
            objects = earlier.resolve(grouping)
            contribution = self._contribution(uow, policy, grouping, objects, now)
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
        _release_indicator_lane(uow, sorted_, in_cases, now)
        _sight(uow, member, sorted_, now)
        return contributions

    def _contribution(
        self,
        uow: UnitOfWork,
        policy: Policy,
        grouping: Grouping,
        objects: Mapping[str, StixObject],
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
                keys += [_key(item) for item in self._post[id_] if item.served is not None]
            elif (content := self._found.get(id_)) is not None:
                keys.append((id_, version_of(content)[0]))
        return keys

    def _fetch(self, ids: set[str]) -> None:
        bodies = self._uow.objects.latest(self._member.id, ids) if ids else {}
        for id_ in ids:
            self._found[id_] = msgspec.json.decode(bodies[id_]) if id_ in bodies else None


def version_of(content: Mapping[str, object]) -> tuple[str, str]:
    """Sortable version of an object and its text; two empty texts for an object without one."""
    text = content.get("modified", content.get("created"))
    return (parse_timestamp(text).key, text) if isinstance(text, str) else ("", "")


def _validate(raws: Sequence[RawObject]) -> tuple[list[ValidObject], list[Refusal]]:
    valid, refused = [], []
    for number, raw in enumerate(raws, start=1):
        content = raw.value
        if content is None:
            refused.append(Refusal(f"(object {number})", "", str(raw.problem)))
            continue
        problems = check(content)
        if problems:
            refused.append(_refusal(number, content, "; ".join(problem.message for problem in problems)))
            continue
        tlp = tlp_of(content, DEFAULT_TLP)
        if tlp is Tlp.RED:
            reason = "object_marking_refs: got TLP:RED; expected TLP:AMBER+STRICT or below. RED is for named recipients"
            refused.append(_refusal(number, content, reason))
            continue
        version, text = version_of(content)
        valid.append(
            ValidObject(
                id=content["id"],
                type=content["type"],
                version=version,
                version_text=text,
                spec_version=str(content.get("spec_version", "2.1")),
                tlp=tlp,
                body=raw.raw,
                content=content,
            )
        )
    return valid, refused


def _refusal(number: int, content: Mapping[str, object], reason: str) -> Refusal:
    claimed, version = content.get("id"), content.get("modified", content.get("created"))
    return Refusal(
        claimed if isinstance(claimed, str) else f"(object {number})",
        version if isinstance(version, str) else "",
        reason,
    )


def _sort(
    uow: UnitOfWork,
    member: Member,
    mediated: Sequence[MediatedObject],
    refused: Sequence[Refusal],
    now: datetime,
) -> _Sorted:
    """Tell fresh objects from repeats and from versions that are somebody else's."""
    keys = {_key(item) for item in mediated}
    kept = uow.objects.kept(member.id, keys)
    stored = uow.objects.stored(keys)
    owners = uow.seal.owners({id_ for id_, _ in keys}, Purpose.OWNERSHIP, now) if keys else {}
    fresh: dict[ObjectKey, MediatedObject] = {}
    taken: list[MediatedObject] = []
    repeated, refusals = [], list(refused)
    for item in mediated:
        key = _key(item)
        mine = fresh[key].original.body if key in fresh else kept.get(key)
        if mine is not None:
            if _same(mine, item.original):
                repeated.append(item)
                taken.append(item)
            else:
                refusals.append(_clash(item, "you posted another object with this id and version; add a newer version"))
        elif reason := _not_owner(member, item, stored.get(key), owners.get(item.original.id)):
            refusals.append(_clash(item, reason))
        else:
            fresh[key] = item
            taken.append(item)
    uow.seal.own({id_ for id_, _ in fresh} - set(owners), member.id)
    return _Sorted(tuple(taken), tuple(fresh.values()), tuple(repeated), tuple(refusals))


def _not_owner(member: Member, item: MediatedObject, stored: Stored | None, owner: str | None) -> str:
    """Why another member's object stands in the way, empty if none does."""
    if owner is None or owner == member.id:
        return ""
    if stored is None:
        return "this id belongs to another member; only its owner adds versions"
    if item.served is None or stored.digest != digest_of(item.served):
        return "another member's different object has this id and version; give yours an id of its own"
    return ""


def digest_of(served: bytes) -> bytes:
    """SHA-256 of served bytes, as the store records it."""
    return hashlib.sha256(served).digest()


def _key(item: MediatedObject) -> ObjectKey:
    return item.original.id, item.original.version


def _same(body: bytes, other: ValidObject) -> bool:
    return body == other.body or canonical_json(msgspec.json.decode(body)) == canonical_json(dict(other.content))


def _clash(item: MediatedObject, reason: str) -> Refusal:
    return Refusal(item.original.id, item.original.version_text, reason)


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


def _release_indicator_lane(uow: UnitOfWork, sorted_: _Sorted, in_cases: Collection[ObjectKey], now: datetime) -> None:
    """Objects under no new root are released at once: no panel sees them, and they earn nothing yet."""
    loose = [_key(item) for item in sorted_.fresh if item.served is not None and _key(item) not in in_cases]
    if loose:
        uow.pool.release(loose, now, critical=False)


def _sight(uow: UnitOfWork, member: Member, sorted_: _Sorted, now: datetime) -> None:
    """A sighting names what its sender saw in its own systems (factors P and T)."""
    seen = {
        str(item.content["sighting_of_ref"])
        for item in sorted_.fresh
        if item.original.type == "sighting" and item.content.get("count") != 0
    }
    if seen:
        uow.contributions.sight(seen, member.id, now)


def _status_resource(id_: str, now: datetime, sorted_: _Sorted) -> bytes:
    """TAXII 2.1 section 4.3.1; complete, because the POST has committed."""
    stamp = format_micro(now)

    def detail(item: MediatedObject, message: str) -> dict[str, str]:
        return {"id": item.original.id, "version": item.original.version_text or stamp, "message": message}

    successes = [detail(item, "accepted" if item.served is not None else _KEPT_PRIVATE) for item in sorted_.fresh] + [
        detail(item, _REPEATED) for item in sorted_.repeated
    ]
    failures = [
        {"id": refusal.id, "version": refusal.version or stamp, "message": refusal.reason}
        for refusal in sorted_.refused
    ]
    return canonical_json(
        {
            "id": id_,
            "status": "complete",
            "request_timestamp": stamp,
            "total_count": len(successes) + len(failures),
            "success_count": len(successes),
            "successes": successes,
            "failure_count": len(failures),
            "failures": failures,
            "pending_count": 0,
        }
    )
