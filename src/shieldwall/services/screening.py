"""Sorts the objects of one submission: what is new, what was here before, what is refused and why.

Each object gets its own verdict, which the TAXII status resource repeats; a bad one never sinks the good ones.
Not here: what becomes of the objects that are taken (``intake``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shieldwall.domain.contributions import MediatedObject, Refusal, ValidObject
from shieldwall.domain.members import Member
from shieldwall.ports import ObjectKey, Purpose, Stored, UnitOfWork
from shieldwall.stix.canonical import canonical_json
from shieldwall.stix.markings import Tlp, tlp_of
from shieldwall.stix.parse import RawObject
from shieldwall.stix.timestamp import format_micro, parse_timestamp
from shieldwall.stix.validate import check

DEFAULT_TLP = Tlp.AMBER
"""Marking assumed for an object that carries none."""

_KEPT_PRIVATE = "kept for you, not served: it identifies you"
_REPEATED = "already here, nothing changed"


@dataclass(frozen=True, slots=True)
class Screened:
    """The objects of a submission after the look-ups, in POST order; ``taken`` are the fresh and the repeated."""

    taken: tuple[MediatedObject, ...]
    fresh: tuple[MediatedObject, ...]
    repeated: tuple[MediatedObject, ...]
    refused: tuple[Refusal, ...]


def validate_all(raws: Sequence[RawObject]) -> tuple[list[ValidObject], list[Refusal]]:
    """Tell objects that obey schema and rules from those that do not, each with every reason found."""
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


def screen(
    uow: UnitOfWork,
    member: Member,
    mediated: Sequence[MediatedObject],
    refused: Sequence[Refusal],
    now: datetime,
) -> Screened:
    """Tell fresh objects from repeats and from versions that are somebody else's."""
    keys = {key_of(item) for item in mediated}
    kept = uow.objects.kept(member.id, keys)
    stored = uow.objects.stored(keys)
    owners = uow.seal.owners({id_ for id_, _ in keys}, Purpose.OWNERSHIP, now) if keys else {}
    fresh: dict[ObjectKey, MediatedObject] = {}
    taken: list[MediatedObject] = []
    repeated, refusals = [], list(refused)
    for item in mediated:
        key = key_of(item)
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
    return Screened(tuple(taken), tuple(fresh.values()), tuple(repeated), tuple(refusals))


def _not_owner(member: Member, item: MediatedObject, stored: Stored | None, owner: str | None) -> str:
    """Why another member's object stands in the way, empty if none does."""
    if owner is None or owner == member.id:
        return ""
    if stored is None:
        return "this id belongs to another member; only its owner adds versions"
    if item.served is None or stored.digest != _digest_of(item.served):
        return "another member's different object has this id and version; give yours an id of its own"
    return ""


def _digest_of(served: bytes) -> bytes:
    """SHA-256 of served bytes, as the store records it."""
    return hashlib.sha256(served).digest()


def key_of(item: MediatedObject) -> ObjectKey:
    """The id and version of an object, by which everything refers to it."""
    return item.original.id, item.original.version


def _same(body: bytes, other: ValidObject) -> bool:
    return body == other.body or canonical_json(msgspec.json.decode(body)) == canonical_json(dict(other.content))


def _clash(item: MediatedObject, reason: str) -> Refusal:
    return Refusal(item.original.id, item.original.version_text, reason)


def version_of(content: Mapping[str, object]) -> tuple[str, str]:
    """Sortable version of an object and its text; two empty texts for an object without one."""
    text = content.get("modified", content.get("created"))
    return (parse_timestamp(text).key, text) if isinstance(text, str) else ("", "")


def status_resource(id_: str, now: datetime, screened: Screened) -> bytes:
    """TAXII 2.1 section 4.3.1; complete, because the POST has committed."""
    stamp = format_micro(now)

    def detail(item: MediatedObject, message: str) -> dict[str, str]:
        return {"id": item.original.id, "version": item.original.version_text or stamp, "message": message}

    successes = [detail(item, "accepted" if item.served is not None else _KEPT_PRIVATE) for item in screened.fresh] + [
        detail(item, _REPEATED) for item in screened.repeated
    ]
    failures = [
        {"id": refusal.id, "version": refusal.version or stamp, "message": refusal.reason}
        for refusal in screened.refused
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
