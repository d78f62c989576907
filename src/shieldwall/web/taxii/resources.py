"""The resources of TAXII 2.1 as bytes; pages are joined from stored bytes, nothing is serialised again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from shieldwall.ports import Row
from shieldwall.services.reading import CollectionInfo, Page
from shieldwall.stix.timestamp import format_micro
from shieldwall.web.errors import TAXII

_STIX = "application/stix+json;version=2.1"


def discovery(title: str, root: str) -> bytes:
    """Section 4.1.1; ``root`` is the absolute URL of the only API root."""
    return msgspec.json.encode({"title": title, "default": root, "api_roots": [root]})


def api_root(title: str, max_content_length: int) -> bytes:
    """Section 4.2.1."""
    return msgspec.json.encode({"title": title, "versions": [TAXII], "max_content_length": max_content_length})


def collection(info: CollectionInfo) -> bytes:
    """Section 5.2.1."""
    return msgspec.json.encode(_collection(info))


def collections(infos: Sequence[CollectionInfo]) -> bytes:
    """Section 5.1.1; without collections, the empty object."""
    return msgspec.json.encode({"collections": [_collection(info) for info in infos]} if infos else {})


def envelope(page: Page) -> bytes:
    """Section 3.7, with the objects as they are stored."""
    return _joined(page, b"objects", [row.body for row in page.rows])


def manifest(page: Page) -> bytes:
    """Section 5.3.1."""
    records = [
        msgspec.json.encode(
            {
                "id": row.id,
                "date_added": format_micro(row.date_added),
                "version": _version(row),
                "media_type": _STIX,
            }
        )
        for row in page.rows
    ]
    return _joined(page, b"objects", records)


def versions(page: Page) -> bytes:
    """Section 5.8.1."""
    return _joined(page, b"versions", [msgspec.json.encode(_version(row)) for row in page.rows])


def added_headers(page: Page) -> Mapping[str, str]:
    """Section 3.6: when the first and the last object of the page were added."""
    if not page.rows:
        return {}
    return {
        "X-TAXII-Date-Added-First": format_micro(page.rows[0].date_added),
        "X-TAXII-Date-Added-Last": format_micro(page.rows[-1].date_added),
    }


def _version(row: Row) -> str:
    """Section 3.4.1: for an object without ``modified`` and ``created``, the date it was added."""
    return row.version_text or format_micro(row.date_added)


def _joined(page: Page, name: bytes, items: Sequence[bytes]) -> bytes:
    if not items:
        return b"{}"
    start = b'{"more":false,"'
    if page.more and page.next is not None:
        start = b'{"more":true,"next":' + msgspec.json.encode(page.next) + b',"'
    return start + name + b'":[' + b",".join(items) + b"]}"


def _collection(info: CollectionInfo) -> Mapping[str, object]:
    return {
        "id": info.id,
        "title": info.title,
        "description": info.description,
        "alias": info.alias,
        "can_read": info.can_read,
        "can_write": info.can_write,
        "media_types": [_STIX],
    }
