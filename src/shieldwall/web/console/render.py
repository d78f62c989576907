"""Templates to responses: the environment, how values are written, and the headers every page carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from http import HTTPStatus
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response

from shieldwall.domain.amounts import format_credits, format_points
from shieldwall.domain.members import Member

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every page: no script at all, no inline style."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_SHORT = 14


def format_time(moment: datetime) -> str:
    """Show a time to the second, in UTC.

    >>> format_time(datetime(2026, 3, 1, 9, 5, tzinfo=UTC))
    '2026-03-01 09:05:00'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def format_ratio(ratio: Fraction) -> str:
    """Show a factor: exactly where four decimals do, else rounded and marked so.

    >>> format_ratio(Fraction(5, 4)), format_ratio(Fraction(2)), format_ratio(Fraction(7, 6))
    ('1.25', '2', '≈ 1.1667')
    """
    rounded = round(ratio, 4)
    text = f"{rounded.numerator * 10_000 // rounded.denominator / 10_000:.4f}".rstrip("0").rstrip(".")
    return text if rounded == ratio else f"≈ {text}"


def format_tenths(tenths: int) -> str:
    """Show a severity held in tenths.

    >>> format_tenths(75)
    '7.5'
    """
    return f"{tenths // 10}.{tenths % 10}"


def shorten(text: str) -> str:
    """Cut an id or a hash to what the eye can compare; the whole is in the page's title attribute."""
    return text if len(text) <= _SHORT + 8 else f"{text[:_SHORT]}…{text[-4:]}"


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun.

    >>> count(1, "case"), count(1200, "entry", "entries")
    ('1 case', '1,200 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


_ENVIRONMENT = Environment(
    loader=PackageLoader("shieldwall.web.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    credits=format_credits,
    points=format_points,
    utc=format_time,
    ratio=format_ratio,
    tenths=format_tenths,
    short=shorten,
    count=count,
)

STATIC: Mapping[str, tuple[bytes, str]] = {
    name: (files("shieldwall.web.console").joinpath("static", name).read_bytes(), media_type)
    for name, media_type in (("console.css", "text/css; charset=utf-8"), ("mark.svg", "image/svg+xml"))
}
"""Bytes and media type of each static file."""


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds a page.

    Attributes:
        alliance: Its name.
        section: Which entry of the navigation is the current one, empty for none.
        viewer: Who is signed in, None on the pages for everybody.
        form: The session's form token.
    """

    alliance: str
    section: str = ""
    viewer: Member | None = None
    form: str = ""


def page(template: str, shell: Shell, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response[str]:
    """Render a template with the headers that every page carries."""
    frame = {"alliance": shell.alliance, "section": shell.section, "viewer": shell.viewer, "form": shell.form}
    text = _ENVIRONMENT.get_template(template).render(frame, **values)
    return Response(text, status_code=status, media_type="text/html; charset=utf-8", headers=_HEADERS)


def download(body: bytes, name: str, media_type: str) -> Response[bytes]:
    """Send bytes as a file with this name."""
    disposition = f'attachment; filename="{name}"'
    return Response(body, media_type=media_type, headers={**_HEADERS, "Content-Disposition": disposition})


def static(name: str) -> Response[bytes]:
    """Send a static file."""
    body, media_type = STATIC[name]
    return Response(
        body,
        media_type=media_type,
        headers={"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"},
    )
