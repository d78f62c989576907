"""Accounts of the alliance: enrolment, tokens, authentication."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from uuid import UUID

from shieldwall.domain.access import Level
from shieldwall.domain.cases import CaseStatus
from shieldwall.domain.members import Member, Role, Tier
from shieldwall.errors import Conflict, InvalidInput, NotAuthenticated, NotFound
from shieldwall.mediation.anonymise import check_alias
from shieldwall.ports import Clock, Draw, Store
from shieldwall.services.reconsider import reconsider

TOKEN_PREFIX = "shw_"  # noqa: S105 - a visible mark by which leaked tokens can be searched for, not a secret
_MAX_NAME = 100


class Accounts:
    """Who may do what, and by which token.

    Args:
        create_key: Makes a settlement key: 32 bytes; and ``address_of`` its address.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        draw: Draw,
        create_key: Callable[[], bytes],
        check_address: Callable[[str], object],
    ) -> None:
        self._store = store
        self._clock = clock
        self._draw = draw
        self._create_key = create_key
        self._check_address = check_address

    def enrol(
        self,
        name: str,
        role: Role,
        tier: Tier = Tier.CORE,
        organisation: str | None = None,
        aliases: Sequence[str] = (),
        *,
        aggregator: bool = False,
        address: str | None = None,
    ) -> tuple[Member, str]:
        """Open an account.

        Args:
            name: Unique, 1 to 100 printable characters.
            organisation: Legal entity, the name itself by default.
            aliases: What identifies the account's holder and is removed from what it submits.
            aggregator: It repeats what others publish, so it corroborates nothing.
            address: The member's own settlement address; by default the operator holds a key for it.

        Returns:
            The account and its token. Only a hash of the token is kept, so it is shown this once.

        Raises:
            InvalidInput: If a name, alias or address is malformed.
            Conflict: If the name is taken.
        """
        _check_text("name", name)
        organisation = organisation if organisation is not None else name
        _check_text("org", organisation)
        checked = tuple(dict.fromkeys(check_alias(alias) for alias in aliases))
        if address is not None:
            self._check_address(address)
        with self._store.write() as uow:
            everyone = uow.members.all()
            if any(other.name.casefold() == name.casefold() for other in everyone):
                raise Conflict(f"member {name!r} exists already. Choose another name, or renew its token")
            paid = role is Role.MEMBER
            # One spelling per legal entity: independence is a matter of comparing organisations.
            known = {other.organisation.casefold(): other.organisation for other in everyone}
            organisation = known.get(organisation.casefold(), organisation)
            member = Member(
                id=f"member-{self._draw.take(8).hex()}",
                name=name,
                role=role,
                tier=tier,
                organisation=organisation,
                aliases=checked,
                aggregator=aggregator,
                account=sum(other.account is not None for other in everyone) if paid else None,
                submissions=self._uuid(),
                pool=self._uuid(),
                joined_at=self._clock.now(),
            )
            token, token_hash = self._new_token()
            key = self._create_key() if paid and address is None else None
            uow.members.add(member, token_hash, key)
            if paid:
                uow.pool.assign(member.id, uow.pool.root(Level.FULL).id)
                uow.outbox.add("register", member.account or 0)
                if address is not None:
                    uow.documents.put("address", member.id, address.encode())
            if role is Role.PANELIST:
                reconsider(uow, CaseStatus.WAITING)
            uow.commit()
        return member, token

    def renew_token(self, name: str) -> str:
        """Replace an account's token; the old one stops working at once.

        Raises:
            NotFound: If there is no such account.
        """
        member = self.named(name)
        token, token_hash = self._new_token()
        with self._store.write() as uow:
            uow.members.set_token(member.id, token_hash)
            uow.commit()
        return token

    def authenticate(self, token: str) -> Member:
        """Return the account that holds a token.

        Raises:
            NotAuthenticated: If nobody does.
        """
        with self._store.read() as uow:
            member = uow.members.by_token(_hash(token))
        if member is None:
            raise NotAuthenticated("token: nobody holds it. Ask the operator for a new one")
        return member

    def all(self) -> tuple[Member, ...]:
        """Every account in the order of joining."""
        with self._store.read() as uow:
            return uow.members.all()

    def named(self, name: str) -> Member:
        """The account with this name or id.

        Raises:
            NotFound: If there is none.
        """
        for member in self.all():
            if member.id == name or member.name.casefold() == name.casefold():
                return member
        raise NotFound(f"member {name!r} does not exist. `shieldwall member list` shows them all")

    def _new_token(self) -> tuple[str, bytes]:
        token = TOKEN_PREFIX + base64.urlsafe_b64encode(self._draw.take(30)).decode()
        return token, _hash(token)

    def _uuid(self) -> str:
        return str(UUID(bytes=self._draw.take(16), version=4))


def _hash(token: str) -> bytes:
    """Tokens carry 240 random bits, so a plain hash is enough and a look-up leaks nothing useful."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _check_text(field: str, text: str) -> None:
    if not text.strip() or len(text) > _MAX_NAME or not text.isprintable():
        raise InvalidInput(field, text, f"1 to {_MAX_NAME} printable characters")
