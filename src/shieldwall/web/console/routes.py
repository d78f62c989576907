"""The console's pages under ``/console``: who may see which, sign-in and sign-out.

Not here: what a page shows (one module per page) and how it looks (``templates``).
"""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest
from http import HTTPStatus
from secrets import token_hex
from time import monotonic
from typing import Annotated, Any, Self

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody

from shieldwall.domain.members import Member
from shieldwall.errors import NotAuthenticated, NotFound, NotPermitted, RateLimited
from shieldwall.services.alliance import Alliance
from shieldwall.web.console.account import account_page
from shieldwall.web.console.cases import case_page, cases_page
from shieldwall.web.console.entries import entry_bytes, entry_page, ledger_page
from shieldwall.web.console.overview import overview_page
from shieldwall.web.console.render import STATIC, Shell, download, page, static
from shieldwall.web.console.sessions import LIFETIME_S, Session, Sessions
from shieldwall.web.errors import explain, status_of
from shieldwall.web.limits import TokenBuckets

COOKIE = "shieldwall_session"
HOME = "/console/"
LOGIN = "/console/login"
_ATTEMPTS = 10
"""Sign-ins that one address may try at once; then one per second."""

Form = URLEncodedBody[dict[str, str]]
Anyone = Request[Any, Any, Any]


class SignedOut(Exception):
    """There is no session; never leaves the console."""


class Console:
    """The handlers, over one alliance and its open sessions."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._sessions = Sessions()
        self._attempts = TokenBuckets(1, _ATTEMPTS, monotonic)

    def __deepcopy__(self, memo: object) -> Self:
        """Stay one: the framework copies the handlers it mounts, and a copy would have sessions of its own."""
        return self

    def router(self) -> Router:
        """Routes with their error pages."""
        reads: dict[str, Callable[..., Response[Any]]] = {
            "/": self.overview,
            "/login": self.login_form,
            "/cases": self.cases,
            "/cases/{case:str}": self.case,
            "/ledger": self.ledger,
            "/ledger/{index:int}": self.entry,
            "/ledger/{index:int}/bytes": self.entry_file,
            "/account": self.account,
            "/account/receipts/{contribution:str}": self.receipt,
            "/static/{name:str}": self.static,
            "/{rest:path}": self.missing,
        }
        writes: dict[str, Callable[..., Response[Any]]] = {"/login": self.login, "/logout": self.logout}
        return Router(
            "/console",
            route_handlers=[
                *(get(path, sync_to_thread=True)(handler) for path, handler in reads.items()),
                *(post(path, sync_to_thread=True)(handler) for path, handler in writes.items()),
            ],
            exception_handlers={SignedOut: _to_login, Exception: self.failure},
            include_in_schema=False,
        )

    def login_form(self, request: Anyone) -> Response[Any]:
        """The sign-in page."""
        if self._session(request) is not None:
            return _go(HOME)
        return self._login_page("")

    def login(self, request: Anyone, data: Form) -> Response[Any]:
        """Open a session for a token."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise NotPermitted("The sign-in form was sent from another site. Sign in on this page instead")
        token = data.get("token", "").strip()
        try:
            self._attempts.take(request.client.host if request.client else "")
            member = self._alliance.accounts.authenticate(token)
        except RateLimited as error:
            answer = self._login_page("Too many attempts. Wait a few seconds and try again.", status_of(error))
            answer.headers["Retry-After"] = str(error.retry_after_s)
            return answer
        except NotAuthenticated as error:
            return self._login_page("That token is not valid here.", status_of(error))
        session = self._sessions.begin(member.id, token)
        answer = _go(HOME)
        answer.set_cookie(_cookie(request, session.id, LIFETIME_S))
        return answer

    def logout(self, request: Anyone, data: Form) -> Response[Any]:
        """Close the session."""
        session, _ = self._viewer(request)
        if not compare_digest(data.get("form", "").encode(), session.form.encode()):
            raise NotPermitted("This form is not from this session. Reload the page and try again")
        self._sessions.end(session.id)
        answer = _go(LOGIN)
        answer.set_cookie(_cookie(request, "", 0))
        return answer

    def overview(self, request: Anyone) -> Response[str]:
        """The alliance at a glance."""
        shell = self._shell(request, "overview")
        return page("overview.html", shell, view=overview_page(self._alliance))

    def cases(self, request: Anyone, before: FromQuery[str | None] = None) -> Response[str]:
        """All cases, newest first."""
        shell = self._shell(request, "cases")
        return page("cases.html", shell, before=before, view=cases_page(self._alliance, before))

    def case(self, request: Anyone, case: FromPath[str]) -> Response[str]:
        """One case and its value."""
        shell = self._shell(request, "cases")
        return page("case.html", shell, view=case_page(self._alliance, case))

    def ledger(self, request: Anyone, before: Annotated[int | None, QueryParameter(ge=0)] = None) -> Response[str]:
        """The ledger's entries, newest first."""
        shell = self._shell(request, "ledger")
        return page("ledger.html", shell, view=ledger_page(self._alliance, before))

    def entry(self, request: Anyone, index: FromPath[int]) -> Response[str]:
        """One entry with its proof."""
        shell = self._shell(request, "ledger")
        return page("entry.html", shell, view=entry_page(self._alliance, index))

    def entry_file(self, request: Anyone, index: FromPath[int]) -> Response[bytes]:
        """One entry's bytes, to be hashed elsewhere."""
        self._viewer(request)
        return download(entry_bytes(self._alliance, index), f"entry-{index}.json", "application/json")

    def account(self, request: Anyone) -> Response[str]:
        """The signed-in account's own matters."""
        _, member = self._viewer(request)
        shell = self._shell(request, "account")
        return page("account.html", shell, view=account_page(self._alliance, member))

    def receipt(self, request: Anyone, contribution: FromPath[str]) -> Response[bytes]:
        """The receipt of an own contribution."""
        _, member = self._viewer(request)
        body = self._alliance.receipts.issue(member, contribution)
        # The service has found the contribution, so its id is one of the alliance's own and safe in a header.
        return download(body, f"{contribution}.tlog-proof", "text/plain; charset=utf-8")

    def static(self, name: FromPath[str]) -> Response[bytes]:
        """The stylesheet and the mark."""
        if name not in STATIC:
            raise NotFound(f"There is no file {name!r} here")
        return static(name)

    def missing(self, request: Anyone, rest: FromPath[str]) -> Response[str]:
        """Anything else."""
        raise NotFound(f"There is no page {rest!r} in the console")

    def failure(self, request: Anyone, error: Exception) -> Response[str]:
        """The error page; what went wrong inside is logged under an id and only the id is told."""
        status = status_of(error)
        message, reference = explain(error), ""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            reference = token_hex(8)
            message = "The server failed. Its log has the cause under the reference below"
            request.app.state.log.error("request failed", error_id=reference, exc_info=error)
        shell = self._shell(request, "") if self._session(request) else Shell(self._alliance.name)
        return page("error.html", shell, status, code=status, message=message, reference=reference)

    def _session(self, request: Anyone) -> tuple[Session, Member] | None:
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session is None:
            return None
        try:
            return session, self._alliance.accounts.authenticate(session.token)
        except NotAuthenticated:
            self._sessions.end(session.id)
            return None

    def _viewer(self, request: Anyone) -> tuple[Session, Member]:
        found = self._session(request)
        if found is None:
            raise SignedOut
        return found

    def _shell(self, request: Anyone, section: str) -> Shell:
        session, member = self._viewer(request)
        return Shell(self._alliance.name, section, member, session.form)

    def _login_page(self, problem: str, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
        return page("login.html", Shell(self._alliance.name), status, problem=problem)


def console_router(alliance: Alliance) -> Router:
    """The console under ``/console``, and a redirect to it from ``/``.

    Args:
        alliance: What it shows; sessions live in memory as long as the router.
    """
    return Router("/", route_handlers=[_root, Console(alliance).router()])


@get("/", include_in_schema=False, sync_to_thread=False)
def _root() -> Response[Any]:
    return _go(HOME)


def _to_login(request: Anyone, error: SignedOut) -> Response[Any]:
    return _go(LOGIN)


def _go(path: str) -> Response[Any]:
    """See other: the browser comes back with GET."""
    headers = {"Location": path, "Cache-Control": "no-store"}
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers=headers, media_type="text/html")


def _cookie(request: Anyone, value: str, seconds: int) -> Cookie:
    return Cookie(
        COOKIE,
        path="/console",
        value=value,
        max_age=seconds,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
