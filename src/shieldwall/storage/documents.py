"""Small documents by kind and key."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from shieldwall.storage import schema
from shieldwall.storage.session import Session

_DOCUMENT = schema.document
_PUT = insert(_DOCUMENT)
_PUT = _PUT.on_conflict_do_update(index_elements=["kind", "key"], set_={"body": _PUT.excluded.body})
_GET = select(_DOCUMENT.c.body).where(_DOCUMENT.c.kind == bindparam("kind"), _DOCUMENT.c.key == bindparam("key"))


class DocumentRows:
    """The ``Documents`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, kind: str, key: str, body: bytes) -> None:
        self._session.run(_PUT, {"kind": kind, "key": key, "body": body})

    def get(self, kind: str, key: str) -> bytes | None:
        body: bytes | None = self._session.scalar(_GET, {"kind": kind, "key": key})
        return body
