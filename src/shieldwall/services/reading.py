"""What members read over TAXII: their own submissions, and the pool as it was delivered to them.

A page's ``next`` is a signed position, bound to collection and filter: asking twice gives the same page, and no
server state is behind it. What has become due is delivered just before a poll; reads never filter by level.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from shieldwall.domain.members import Member, Role
from shieldwall.errors import InvalidInput, NotFound
from shieldwall.mechanism.access import reach
from shieldwall.mediation.pseudonym import pseudonymous_identity
from shieldwall.ports import Clock, Query, Row, Store, Stream, Submissions, UnitOfWork
from shieldwall.services.policies import current_policy
from shieldwall.stix.canonical import canonical_json

SUBMISSIONS = "submissions"
POOL = "pool"

_TAG_BYTES = 16
_PSEUDONYM_CREATED = "1970-01-01T00:00:00.000Z"
_EPOCH_START = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A TAXII collection as one member sees it."""

    id: str
    title: str
    alias: str
    description: str
    can_read: bool
    can_write: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a collection in the order they were added; ``next`` continues, None at the end."""

    rows: tuple[Row, ...]
    more: bool
    next: str | None


class Reading:
    """Serves collections.

    Args:
        cursor_key: Signs ``next``.
    """

    def __init__(self, store: Store, clock: Clock, cursor_key: bytes) -> None:
        self._store = store
        self._clock = clock
        self._cursor_key = cursor_key

    def collections(self, member: Member) -> list[CollectionInfo]:
        """The member's two collections; other roles have none."""
        if member.role is not Role.MEMBER:
            return []
        return [
            CollectionInfo(
                member.submissions,
                SUBMISSIONS,
                SUBMISSIONS,
                "Post here; reading shows your own objects.",
                True,
                True,
            ),
            CollectionInfo(member.pool, POOL, POOL, "What the alliance has released to you.", True, False),
        ]

    def collection(self, member: Member, name: str) -> CollectionInfo:
        """The member's collection with this id or alias.

        Raises:
            NotFound: If the member has none of that name.
        """
        for info in self.collections(member):
            if name in (info.id, info.alias):
                return info
        raise NotFound(f"collection {name!r} does not exist, or is not yours")

    def page(
        self,
        member: Member,
        collection: str,
        query: Query,
        limit: int,
        next: str | None = None,  # noqa: A002 - the word of the TAXII specification
    ) -> Page:
        """One page of a collection.

        Args:
            limit: Most rows, at least 1.
            next: ``next`` of the page before, for the same query.

        Raises:
            NotFound: If the collection is not the member's.
            InvalidInput: If ``next`` was not made for this query.
        """
        info = self.collection(member, collection)
        after = self._open_cursor(info, query, next) if next is not None else 0
        if info.alias == POOL:
            self.deliver_due(member)
        with self._store.read() as uow:
            source = uow.pool.stream_of(member.id) if info.alias == POOL else Submissions(member.id)
            rows = tuple(uow.objects.page(source, query, after, limit + 1))
        more = len(rows) > limit
        rows = rows[:limit]
        return Page(rows, more, self._seal_cursor(info, query, rows[-1].seq) if more else None)

    def object(
        self,
        member: Member,
        collection: str,
        id: str,  # noqa: A002
        query: Query,
        limit: int,
        next: str | None = None,  # noqa: A002
    ) -> Page:
        """The versions of one object; pseudonymous identities are found here though no page lists them.

        Raises:
            NotFound: If the collection does not hold the object.
        """
        page = self.page(member, collection, replace(query, ids=frozenset({id})), limit, next)
        if page.rows:
            return page
        info = self.collection(member, collection)
        with self._store.read() as uow:
            if info.alias == POOL and uow.objects.is_pseudonym(id):
                return Page((_pseudonym_row(id),), more=False, next=None)
            source = uow.pool.stream_of(member.id) if info.alias == POOL else Submissions(member.id)
            if uow.objects.page(source, Query(ids=frozenset({id})), 0, 1):
                return page
        raise NotFound(f"object {id!r} does not exist in {info.alias}")

    def deliver_due(self, member: Member) -> None:
        """Write the release rows that have become due for the member's stream."""
        now = self._clock.now()
        with self._store.read() as uow:
            if not _due(uow, uow.pool.stream_of(member.id), now):
                return
        with self._store.write() as uow:
            deliver(uow, uow.pool.stream_of(member.id), self._clock.now())
            uow.commit()

    def _seal_cursor(self, info: CollectionInfo, query: Query, seq: int) -> str:
        position = seq.to_bytes(8, "big")
        return base64.urlsafe_b64encode(position + self._tag(info, query, position)).decode().rstrip("=")

    def _open_cursor(self, info: CollectionInfo, query: Query, text: str) -> int:
        expected = "the value of next from the page before, with the same filter"
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError as error:
            raise InvalidInput("next", text, expected) from error
        position, tag = raw[:8], raw[8:]
        if len(position) != 8 or not hmac.compare_digest(tag, self._tag(info, query, position)):
            raise InvalidInput("next", text, expected)
        return int.from_bytes(position, "big")

    def _tag(self, info: CollectionInfo, query: Query, position: bytes) -> bytes:
        added_after = query.added_after.isoformat() if query.added_after else None
        bound = canonical_json(
            [info.id, added_after]
            + [sorted(part) for part in (query.ids, query.types, query.spec_versions, query.versions)]
        )
        return hmac.digest(self._cursor_key, position + bound, hashlib.sha256)[:_TAG_BYTES]


def _released_by(uow: UnitOfWork, stream: Stream, now: datetime) -> tuple[datetime, list[tuple[str, str]]]:
    released_by, tlp = reach(now, stream.level, current_policy(uow))
    return released_by, list(uow.pool.undelivered(stream, released_by, tlp))


def _due(uow: UnitOfWork, stream: Stream, now: datetime) -> bool:
    return bool(_released_by(uow, stream, now)[1])


def deliver(uow: UnitOfWork, stream: Stream, now: datetime) -> Stream:
    """Append what is due to a stream and settle what is not due to it; return the stream as it is then."""
    released_by, keys = _released_by(uow, stream, now)
    return uow.pool.deliver(stream, keys, uow.objects.instants(now, len(keys)), released_by)


def _pseudonym_row(id_: str) -> Row:
    body = canonical_json(pseudonymous_identity(id_, _PSEUDONYM_CREATED))
    return Row(0, _EPOCH_START, id_, _PSEUDONYM_CREATED, "2.1", body)
