"""The endpoints of TAXII 2.1.

GET and POST of one path belong to one router: registered apart, the framework hides one behind the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from litestar import Response, Router, delete, get, post
from litestar.exceptions import MethodNotAllowedException
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler, Guard

from shieldwall.domain.members import Member
from shieldwall.errors import NotPermitted, ShieldwallError
from shieldwall.ports import Query, Versions
from shieldwall.services.alliance import Alliance
from shieldwall.services.reading import Page
from shieldwall.web.auth import Caller
from shieldwall.web.errors import TAXII
from shieldwall.web.limits import Limits
from shieldwall.web.metrics import Metrics
from shieldwall.web.taxii import resources
from shieldwall.web.taxii.filters import EVERY_MATCH, Wanted, read_filters
from shieldwall.web.taxii.media import speaks_taxii

_ROOT = "/alliance"
_COLLECTION = f"{_ROOT}/collections/{{collection:str}}"
_OBJECT = f"{_COLLECTION}/objects/{{object_id:str}}"


def taxii_router(alliance: Alliance, limits: Limits, metrics: Metrics, door: Guard, public_url: str) -> Router:
    """Everything below ``/taxii2``.

    Args:
        alliance: The wired services.
        limits: Of bodies and pages.
        metrics: Counts submitted objects.
        door: Lets accounts in.
        public_url: Base of the API root's URL; empty to use the base of each request.
    """
    handlers = [
        *_about(alliance, limits, public_url),
        *_collection(alliance, limits, metrics),
        *_object(alliance, limits),
    ]
    return Router(
        "/taxii2",
        route_handlers=handlers,
        guards=[door, speaks_taxii],
        request_max_body_size=limits.body,
        include_in_schema=False,
    )


def _answer(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    return Response(body, status_code=status, media_type=TAXII, headers=dict(headers or {}))


def _about(alliance: Alliance, limits: Limits, public_url: str) -> list[ControllerRouterHandler]:
    """What is here, and what became of a submission."""

    @get("/", sync_to_thread=False)
    def discovery(request: Caller) -> Response[bytes]:
        base = public_url or str(request.base_url)
        root = f"{base.rstrip('/')}/taxii2{_ROOT}/"
        return _answer(resources.discovery(alliance.name, root))

    @get(_ROOT, sync_to_thread=False)
    def api_root(request: Caller) -> Response[bytes]:
        return _answer(resources.api_root(alliance.name, limits.body))

    @get(f"{_ROOT}/collections", sync_to_thread=True)
    def collections(request: Caller) -> Response[bytes]:
        return _answer(resources.collections(alliance.reading.collections(request.user)))

    @get(_COLLECTION, sync_to_thread=True)
    def collection(request: Caller, collection: FromPath[str]) -> Response[bytes]:
        return _answer(resources.collection(alliance.reading.collection(request.user, collection)))

    @get(f"{_ROOT}/status/{{status_id:str}}", sync_to_thread=True)
    def status(request: Caller, status_id: FromPath[str]) -> Response[bytes]:
        return _answer(alliance.intake.status(request.user, status_id))

    return [discovery, api_root, collections, collection, status]


def _collection(alliance: Alliance, limits: Limits, metrics: Metrics) -> list[ControllerRouterHandler]:
    """Reading a collection page by page, and adding to it."""

    def page(request: Caller, collection: str) -> Page:
        wanted = read_filters(request.scope["query_string"], limits)
        return alliance.reading.page(request.user, collection, wanted.query, wanted.limit, wanted.next)

    @get(f"{_COLLECTION}/objects", sync_to_thread=True)
    def objects(request: Caller, collection: FromPath[str]) -> Response[bytes]:
        found = page(request, collection)
        return _answer(resources.envelope(found), headers=resources.added_headers(found))

    @post(f"{_COLLECTION}/objects", sync_to_thread=True, status_code=202)
    def add_objects(request: Caller, collection: FromPath[str], body: RawBody) -> Response[bytes]:
        info = alliance.reading.collection(request.user, collection)
        if not info.can_write:
            raise NotPermitted(f"collection {collection!r} is read-only. Post to your submissions collection")
        status = alliance.intake.submit(request.user, body)
        metrics.objects.labels("accepted").inc(status.accepted)
        metrics.objects.labels("refused").inc(status.refused)
        _advance(alliance, request)
        return _answer(status.body, status=202)

    @get(f"{_COLLECTION}/manifest", sync_to_thread=True)
    def manifest(request: Caller, collection: FromPath[str]) -> Response[bytes]:
        found = page(request, collection)
        return _answer(resources.manifest(found), headers=resources.added_headers(found))

    return [objects, add_objects, manifest]


def _advance(alliance: Alliance, request: Caller) -> None:
    """Have the panel look at what came in; should that fail, the submission is committed all the same."""
    try:
        alliance.review.advance()
    except ShieldwallError as error:
        request.app.state.log.error("review waits", exc_info=error)


def _object(alliance: Alliance, limits: Limits) -> list[ControllerRouterHandler]:
    """Reading one object and its versions."""

    def read(member: Member, collection: str, object_id: str, query: Query, wanted: Wanted) -> Page:
        return alliance.reading.object(member, collection, object_id, query, wanted.limit, wanted.next)

    @get(_OBJECT, sync_to_thread=True)
    def one_object(request: Caller, collection: FromPath[str], object_id: FromPath[str]) -> Response[bytes]:
        wanted = read_filters(request.scope["query_string"], limits, EVERY_MATCH - {"id", "type"})
        found = read(request.user, collection, object_id, wanted.query, wanted)
        return _answer(resources.envelope(found), headers=resources.added_headers(found))

    @delete(_OBJECT, sync_to_thread=False, status_code=200)
    def withdraw(request: Caller, collection: FromPath[str], object_id: FromPath[str]) -> Response[bytes]:
        raise MethodNotAllowedException(
            "the policy of this alliance allows no withdrawal", headers={"Allow": "GET, HEAD"}
        )

    @get(f"{_OBJECT}/versions", sync_to_thread=True)
    def versions(request: Caller, collection: FromPath[str], object_id: FromPath[str]) -> Response[bytes]:
        wanted = read_filters(request.scope["query_string"], limits, {"spec_version"})
        query = replace(wanted.query, versions=frozenset({Versions.ALL}))
        found = read(request.user, collection, object_id, query, wanted)
        return _answer(resources.versions(found), headers=resources.added_headers(found))

    return [one_object, withdraw, versions]
