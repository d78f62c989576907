"""Members, their tokens and settlement keys."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from shieldwall.domain.members import Member
from shieldwall.errors import NotFound
from shieldwall.storage import schema
from shieldwall.storage.session import Session

_MEMBER = schema.member
_CREDENTIAL = schema.credential

_BY_TOKEN = select(_MEMBER).where(
    _CREDENTIAL.c.token_hash == bindparam("token_hash"), _MEMBER.c.id == _CREDENTIAL.c.member
)
_SET_TOKEN = update(_CREDENTIAL).where(_CREDENTIAL.c.member == bindparam("whose")).values(token_hash=bindparam("new"))
_CHAIN_KEY = select(_CREDENTIAL.c.chain_key).where(_CREDENTIAL.c.member == bindparam("whose"))


class MemberRows:
    """The ``Members`` port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, member: Member, token_hash: bytes, chain_key: bytes | None) -> None:
        self._session.run(insert(_MEMBER), asdict(member))
        self._session.run(insert(_CREDENTIAL), {"member": member.id, "token_hash": token_hash, "chain_key": chain_key})

    def all(self) -> tuple[Member, ...]:
        return tuple(_member(row) for row in self._session.rows(select(_MEMBER).order_by(_MEMBER.c.seq)))

    def by_token(self, token_hash: bytes) -> Member | None:
        row = self._session.row(_BY_TOKEN, {"token_hash": token_hash})
        return None if row is None else _member(row)

    def set_token(self, member: str, token_hash: bytes) -> None:
        """As the port says.

        Raises:
            NotFound: If there is no such member.
        """
        if not self._session.run(_SET_TOKEN, {"whose": member, "new": token_hash}):
            raise NotFound(f"member {member!r} does not exist")

    def chain_key(self, member: str) -> bytes | None:
        key: bytes | None = self._session.scalar(_CHAIN_KEY, {"whose": member})
        return key


def _member(row: Row[*tuple[Any, ...]]) -> Member:
    _, *fields = row
    return Member(*fields)
