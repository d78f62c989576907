"""The one table from error class to HTTP status, and the error resources of TAXII 2.1 and of the JSON API.

What a caller did wrong is told in full; what went wrong inside is logged under an id, which is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from secrets import token_hex
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from shieldwall.errors import (
    ConfigError,
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    RateLimited,
    SettlementError,
    ShieldwallError,
    StorageError,
    TooLarge,
)

TAXII = "application/taxii+json;version=2.1"
REALM = 'Bearer realm="shieldwall"'

STATUS: Mapping[type[Exception], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    NotPermitted: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    SettlementError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    ConfigError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ShieldwallError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Looked up along the class's bases, nearest first; whatever else is raised is a 500."""


_UNTOLD = {
    404: "path: there is nothing here",
    405: "method: not allowed here; the Allow header lists those that are",
    413: "body: larger than allowed; the API root's max_content_length is the most for a submission",
}
"""What the framework leaves unsaid."""


def status_of(error: Exception) -> HTTPStatus:
    """The HTTP status of an error.

    >>> status_of(NotFound("collection")).value, status_of(KeyError("x")).value
    (404, 500)
    """
    if isinstance(error, HTTPException):
        return HTTPStatus(error.status_code)
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def explain(error: Exception) -> str:
    """What to tell the caller about an error that is the caller's own."""
    if isinstance(error, ValidationException) and error.extra:
        return "; ".join(_field(item) for item in error.extra)
    if isinstance(error, HTTPException):
        told = error.detail != HTTPStatus(error.status_code).phrase
        return error.detail if told else _UNTOLD.get(error.status_code, error.detail)
    return str(error)


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn any exception into the error resource that the path calls for."""
    status = status_of(error)
    body: dict[str, str] = {"title": status.phrase}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        body["error_id"] = token_hex(8)
        body["description"] = "The server failed. Its log has the cause under this error_id"
        log: structlog.typing.WrappedLogger = request.app.state.log
        log.error("request failed", error_id=body["error_id"], exc_info=error)
    else:
        body["description"] = explain(error)
    taxii = is_taxii(request.scope["path"])
    if taxii:
        body["http_status"] = str(status.value)
    return Response(
        msgspec.json.encode(body),
        status_code=status.value,
        media_type=TAXII if taxii else "application/json",
        headers=_headers(error),
    )


def is_taxii(path: str) -> bool:
    """Whether a path belongs to the TAXII API.

    >>> is_taxii("/taxii2/"), is_taxii("/taxii2x")
    (True, False)
    """
    return path == "/taxii2" or path.startswith("/taxii2/")


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, NotAuthenticated):
        return {"WWW-Authenticate": REALM}
    if isinstance(error, RateLimited):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, HTTPException):
        return dict(error.headers or {})
    return {}


def _field(item: object) -> str:
    """One complaint of the framework's validation: with the name of the field where it has one."""
    if not isinstance(item, Mapping):
        return str(item)
    name = item.get("key", "")
    return f"{name}: {item.get('message', '')}" if name else str(item.get("message", ""))
