"""Media types of TAXII 2.1 (section 1.6.8): lenient about what is asked for, strict about what is sent."""

from __future__ import annotations

from email.message import Message
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler

_TYPE = "application/taxii+json"
_RANGES = ("*/*", "application/*", _TYPE)
_VERSION = "2.1"


def accepts(header: str | None) -> bool:
    """Whether an ``Accept`` header allows TAXII 2.1; the most specific range that fits decides.

    >>> accepts(None), accepts("text/html, */*;q=0.1"), accepts("application/taxii+json; version=2.1")
    (True, True, True)
    >>> accepts("application/json"), accepts("application/taxii+json;version=2.0"), accepts("*/*;q=0")
    (False, False, False)
    """
    if header is None or not header.strip():
        return True
    best = (-1, 0.0)
    for part in header.split(","):
        media, parameters = _parse(part)
        if media in _RANGES and parameters.get("version", _VERSION) == _VERSION:
            best = max(best, (_RANGES.index(media) + ("version" in parameters), _quality(parameters)))
    return best[1] > 0


def is_taxii_json(header: str | None) -> bool:
    """Whether a ``Content-Type`` header says TAXII 2.1.

    >>> is_taxii_json("application/taxii+json;version=2.1"), is_taxii_json("application/taxii+json")
    (True, True)
    >>> is_taxii_json("application/taxii+json;version=2.0"), is_taxii_json(None)
    (False, False)
    """
    media, parameters = _parse(header or "")
    return media == _TYPE and parameters.get("version", _VERSION) == _VERSION


async def speaks_taxii(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: refuses what cannot be answered or read, before any of the body is read.

    Raises:
        HTTPException: 406 or 415.
    """
    accept = ",".join(connection.headers.getall("accept", []))
    if not accepts(accept):
        raise HTTPException(
            status_code=406, detail=f"Accept: got {accept[:120]!r}; expected {_TYPE};version={_VERSION}"
        )
    sent = connection.headers.get("content-type")
    if connection.scope.get("method") == "POST" and not is_taxii_json(sent):
        shown = None if sent is None else sent[:120]
        raise HTTPException(status_code=415, detail=f"Content-Type: got {shown!r}; expected {_TYPE};version={_VERSION}")


def _parse(text: str) -> tuple[str, dict[str, str]]:
    message = Message()
    message["content-type"] = text.strip()
    parameters = dict(message.get_params(failobj=[])[1:])
    media = text.split(";", maxsplit=1)[0].strip().lower()
    return media, {name.lower(): value for name, value in parameters.items()}


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
