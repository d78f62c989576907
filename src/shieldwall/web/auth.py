"""Bearer tokens: who calls, and may this account call now. Nothing here reads a request body."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from shieldwall.domain.members import Member, Role
from shieldwall.errors import NotAuthenticated, NotPermitted
from shieldwall.services.alliance import Alliance
from shieldwall.web.limits import TokenBuckets

Caller = Request[Member, Any, Any]
"""A request that passed the ``door``: ``user`` is the account behind its token."""

_CREDENTIALS = re.compile(r"(?:Bearer|Token) +([\x21-\x7e]{1,200}) *", re.IGNORECASE)
"""``Token`` is what the TokenAuth class of taxii2-client says instead of ``Bearer``."""


def token_of(header: str | None) -> str:
    """The token in an ``Authorization`` header.

    Raises:
        NotAuthenticated: If there is no header or it holds no bearer token.

    >>> token_of("Bearer shw_abc")
    'shw_abc'
    """
    if header is None:
        raise NotAuthenticated("Authorization: got no header; expected 'Bearer TOKEN'")
    match = _CREDENTIALS.fullmatch(header)
    if match is None:
        raise NotAuthenticated("Authorization: got something else than 'Bearer TOKEN'")
    return match[1]


def door(alliance: Alliance, buckets: TokenBuckets) -> Guard:
    """Make the guard that lets in accounts that show a token, each at most so often.

    The account goes into the request. A function, not an object: the framework copies guards deeply, and copied
    buckets would not be shared.

    Raises:
        NotAuthenticated: If there is no token or nobody holds it.
        RateLimited: If the account sends too many requests.
    """

    async def let_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        token = token_of(connection.headers.get("authorization"))
        member = await sync_to_thread(alliance.accounts.authenticate, token)
        buckets.take(member.id)
        connection.scope["user"] = member

    return let_in


def require(member: Member, *roles: Role) -> None:
    """Let only these roles pass.

    Raises:
        NotPermitted: If the account has another role.
    """
    if member.role not in roles:
        allowed = " or ".join(sorted(roles))
        raise NotPermitted(f"role: got {member.role.value}; expected {allowed}")
