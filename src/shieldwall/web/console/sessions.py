"""Who is signed in: sessions in memory, named by a random cookie.

Bounded and short-lived: a restart signs everybody out. Not here: cookies and pages (``routes``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_urlsafe
from time import monotonic

LIFETIME_S = 8 * 3600
MOST = 2_000
"""Sessions kept in all; the oldest goes first."""
MOST_PER_MEMBER = 10
"""One account cannot push the others out."""


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser.

    Attributes:
        id: The cookie's value, 256 random bits.
        token: The account's token, checked anew on each request, so that a renewed token ends the
            session at once.
        form: Must come back with each POST.
        ends: Second of the clock at which it is over.
    """

    id: str = field(repr=False)
    member: str
    token: str = field(repr=False)
    form: str = field(repr=False)
    ends: float


class Sessions:
    """Open sessions, oldest first.

    Args:
        seconds: A clock that never goes back, in seconds; not the alliance's own, which a demonstration
            moves by weeks.
    """

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self, member: str, token: str) -> Session:
        """Open a session for a member that has shown its token."""
        session = Session(token_urlsafe(32), member, token, token_urlsafe(32), self._seconds() + LIFETIME_S)
        with self._lock:
            self._make_room(member)
            self._open[session.id] = session
        return session

    def get(self, id_: str) -> Session | None:
        """The session with this id, None if there is none or it is over."""
        with self._lock:
            session = self._open.get(id_)
            if session is not None and session.ends <= self._seconds():
                del self._open[id_]
                session = None
        return session

    def end(self, id_: str) -> None:
        """Close a session; one that is not open stays so."""
        with self._lock:
            self._open.pop(id_, None)

    def _make_room(self, member: str) -> None:
        now = self._seconds()
        self._open = {key: session for key, session in self._open.items() if session.ends > now}
        own = [key for key, session in self._open.items() if session.member == member]
        if len(own) >= MOST_PER_MEMBER:
            del self._open[own[0]]
        elif len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
