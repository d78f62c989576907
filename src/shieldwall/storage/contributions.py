"""Contributions with their features, observables and sightings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from shieldwall.domain.cases import CaseStatus
from shieldwall.domain.contributions import Contribution, Features, Filed
from shieldwall.errors import StorageError
from shieldwall.mediation.cluster import Candidate
from shieldwall.ports import ObjectKey
from shieldwall.storage import schema
from shieldwall.storage.session import Session, as_blob, as_list, digests, listed, part

_CONTRIBUTION = schema.contribution
_OBJECT = schema.object_version
_LINK = schema.contribution_object
_OBSERVABLE = schema.observable
_HOLDING = schema.holding
_SIGHTING = schema.sighting
_CASES = schema.cases
_KEYS = listed("keys")

_ADD = insert(_CONTRIBUTION).returning(_CONTRIBUTION.c.key)

_ADD_OBJECTS = insert(_LINK).from_select(
    ["contribution", "object"],
    select(bindparam("of", type_=Integer), _OBJECT.c.key)
    .where(_OBJECT.c.stix_id == part(_KEYS, 0), _OBJECT.c.version == part(_KEYS, 1))
    .distinct(),
)

_COUNT_HOLDER = upsert(_OBSERVABLE).from_select(
    ["digest", "holders"], select(digests("held").c.digest, literal(1)).where(true())
)
_COUNT_HOLDER = _COUNT_HOLDER.on_conflict_do_update(
    index_elements=["digest"], set_={"holders": _OBSERVABLE.c.holders + 1}
)

_HOLD_LOOSE = upsert(_OBSERVABLE).from_select(
    ["digest", "holders", "loose_from"],
    select(digests("held").c.digest, literal(0), bindparam("size", type_=Integer)).where(true()),
)
_HOLD_LOOSE = _HOLD_LOOSE.on_conflict_do_update(
    index_elements=["digest"],
    set_={"loose_from": func.coalesce(_OBSERVABLE.c.loose_from, _HOLD_LOOSE.excluded.loose_from)},
)
_LOOSE = select(_OBSERVABLE.c.digest, _OBSERVABLE.c.loose_from).where(_OBSERVABLE.c.loose_from.is_not(None))


def _hold() -> Any:
    held = digests("held")
    return insert(_HOLDING).from_select(
        ["observable", "contribution", "is_hash"],
        select(_OBSERVABLE.c.key, bindparam("of", type_=Integer), bindparam("hashes", type_=Boolean)).where(
            _OBSERVABLE.c.digest == held.c.digest
        ),
    )


def _known() -> Any:
    held = digests("held")
    return select(func.count()).where(_OBSERVABLE.c.digest == held.c.digest)


def _candidates() -> Any:
    held = digests("held")
    open_case = and_(
        _CASES.c.id == _CONTRIBUTION.c.case_id,
        _CASES.c.status.in_([status for status in CaseStatus if status.open]),
    )
    by_observable = (
        select(
            _HOLDING.c.contribution.label("of"),
            func.count().label("shared"),
            func.sum(_HOLDING.c.is_hash).label("hashes"),
        )
        .where(
            _OBSERVABLE.c.digest == held.c.digest,
            _OBSERVABLE.c.holders <= bindparam("common_after"),
            _HOLDING.c.observable == _OBSERVABLE.c.key,
        )
        .group_by(_HOLDING.c.contribution)
    )
    by_root = select(_CONTRIBUTION.c.key, literal(0), literal(0)).where(
        _CONTRIBUTION.c.root_key == bindparam("root_key")
    )
    found = union_all(by_observable, by_root).subquery("found")
    return (
        select(
            _CONTRIBUTION.c.id,
            _CONTRIBUTION.c.case_id,
            _CASES.c.opened_at,
            _CONTRIBUTION.c.root_key,
            _CONTRIBUTION.c.size,
            func.sum(found.c.shared),
            func.sum(found.c.hashes, type_=Integer),
        )
        .where(_CONTRIBUTION.c.key == found.c.of, open_case)
        .group_by(_CONTRIBUTION.c.key)
        .order_by(_CONTRIBUTION.c.key)
    )


_HOLD = _hold()
_KNOWN = _known()
_CANDIDATES = _candidates()

_OF_CASE = _CONTRIBUTION.c.case_id == bindparam("case")

_OBJECTS = (
    select(_OBJECT.c.stix_id, _OBJECT.c.version)
    .where(
        _LINK.c.contribution == _CONTRIBUTION.c.key,
        _OBJECT.c.key == _LINK.c.object,
        _OBJECT.c.served.is_not(None),
    )
    .group_by(_OBJECT.c.key)
    .order_by(_OBJECT.c.key)
)

_NAMES = listed("names")
_RECORDED = select(_CONTRIBUTION).where(_CONTRIBUTION.c.id == _NAMES.c.value).order_by(_CONTRIBUTION.c.entry)

_SIGHT = upsert(_SIGHTING)
_SIGHT = _SIGHT.on_conflict_do_update(
    index_elements=["stix_id", "member"], set_={"at": func.min(_SIGHTING.c.at, _SIGHT.excluded.at)}
)

_SIGHTED_BY = (
    select(_SIGHTING.c.member)
    .where(
        _OF_CASE,
        _LINK.c.contribution == _CONTRIBUTION.c.key,
        _OBJECT.c.key == _LINK.c.object,
        _SIGHTING.c.stix_id == _OBJECT.c.stix_id,
        _SIGHTING.c.at <= bindparam("until"),
    )
    .distinct()
)


class ContributionRows:
    """The ``Contributions`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, filed: Filed, objects: Collection[ObjectKey], entry: int) -> None:
        """As the port says.

        Raises:
            StorageError: If the id is taken, or one of the objects is not stored.
        """
        key = self._session.scalar(_ADD, _row(filed, entry))
        wanted = set(objects)
        if self._session.run(_ADD_OBJECTS, {"of": key, "keys": as_list(sorted(wanted))}) != len(wanted):
            raise StorageError(f"contribution {filed.contribution.id!r}: names objects that are not stored")
        features = filed.contribution.features
        for hashes, group in ((True, features.hashes), (False, features.observables - features.hashes)):
            if group:
                held = as_blob(group)
                self._session.run(_COUNT_HOLDER, {"held": held})
                self._session.run(_HOLD, {"held": held, "of": key, "hashes": hashes})

    def count(self, case: str | None = None) -> int:
        statement = select(func.count()).select_from(_CONTRIBUTION)
        if case is not None:
            statement = statement.where(_CONTRIBUTION.c.case_id == case)
        return int(self._session.scalar(statement))

    def hold_loose(self, observables: Collection[bytes], size: int) -> None:
        if observables:
            self._session.run(_HOLD_LOOSE, {"held": as_blob(set(observables)), "size": size})

    def loose(self) -> Mapping[bytes, int]:
        return {row.digest: row.loose_from for row in self._session.rows(_LOOSE)}

    def known(self, observables: Collection[bytes]) -> int:
        held = as_blob(set(observables))
        return int(self._session.scalar(_KNOWN, {"held": held})) if held else 0

    def candidates(
        self, observables: Collection[bytes], root_key: str | None, common_after: int
    ) -> Sequence[Candidate]:
        rows = self._session.rows(
            _CANDIDATES,
            {"held": as_blob(set(observables)), "root_key": root_key, "common_after": common_after},
        )
        return [Candidate(*row) for row in rows]

    def of_case(self, case: str) -> tuple[Filed, ...]:
        return tuple(self._filed(_OF_CASE, {"case": case}))

    def entry(self, contribution: str) -> int | None:
        found: int | None = self._session.scalar(
            select(_CONTRIBUTION.c.entry).where(_CONTRIBUTION.c.id == contribution)
        )
        return found

    def held(self, contribution: str) -> Sequence[ObjectKey]:
        return self._objects(_CONTRIBUTION.c.id == contribution)

    def recorded(self, contributions: Collection[str]) -> Sequence[tuple[Filed, int]]:
        rows = self._session.rows(_RECORDED, {"names": as_list(set(contributions))})
        return [(_filed(row, [], []), row.entry) for row in rows]

    def objects(self, case: str) -> Sequence[ObjectKey]:
        return self._objects(_CONTRIBUTION.c.case_id == case)

    def sight(self, object_ids: Collection[str], member: str, at: datetime) -> None:
        self._session.run(_SIGHT, [{"stix_id": id_, "member": member, "at": at} for id_ in object_ids])

    def sighted_by(self, case: str, until: datetime) -> frozenset[str]:
        return frozenset(row.member for row in self._session.rows(_SIGHTED_BY, {"case": case, "until": until}))

    def all_in_order(self) -> Sequence[Filed]:
        return self._filed(true(), {})

    def _objects(self, which: ColumnElement[bool]) -> list[ObjectKey]:
        return [(row.stix_id, row.version) for row in self._session.rows(_OBJECTS.where(which))]

    def _filed(self, which: ColumnElement[bool], parameters: dict[str, str]) -> list[Filed]:
        rows = self._session.rows(
            select(_CONTRIBUTION).where(which).order_by(_CONTRIBUTION.c.entry),
            parameters,
        )
        held: dict[int, list[bytes]] = defaultdict(list)
        hashes: dict[int, list[bytes]] = defaultdict(list)
        for of, digest, is_hash in self._session.rows(
            select(_HOLDING.c.contribution, _OBSERVABLE.c.digest, _HOLDING.c.is_hash).where(
                which,
                _HOLDING.c.contribution == _CONTRIBUTION.c.key,
                _OBSERVABLE.c.key == _HOLDING.c.observable,
            ),
            parameters,
        ):
            held[of].append(digest)
            if is_hash:
                hashes[of].append(digest)
        return [_filed(row, held[row.key], hashes[row.key]) for row in rows]


def _row(filed: Filed, entry: int) -> dict[str, object]:
    contribution, features = filed.contribution, filed.contribution.features
    return {
        "id": contribution.id,
        "case_id": filed.case,
        "accepted_at": contribution.accepted_at,
        "root": contribution.root,
        "root_type": contribution.root_type,
        "objects": contribution.objects,
        "root_key": features.root_key,
        "cve": features.cve,
        "size": len(features.observables),
        "parts": tuple(sorted(features.parts)),
        "impact": features.impact,
        "decay": features.decay,
        "known": features.known,
        "entry": entry,
    }


def _filed(row: Any, observables: list[bytes], hashes: list[bytes]) -> Filed:
    features = Features(
        root_key=row.root_key,
        cve=row.cve,
        observables=frozenset(observables),
        hashes=frozenset(hashes),
        parts=frozenset(row.parts),
        impact=row.impact,
        decay=row.decay,
        known=row.known,
    )
    return Filed(Contribution(row.id, row.accepted_at, row.root, row.root_type, row.objects, features), row.case_id)
