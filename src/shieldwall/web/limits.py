"""How much one caller may ask for: body size, page size, request rate."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

from shieldwall.errors import RateLimited

_FORGET_ABOVE = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server allows.

    Attributes:
        body: Bytes of a submission; TAXII's ``max_content_length``.
        form: Bytes of any other request body.
        page: Objects in a page when the client names no ``limit``.
        page_max: Objects in a page at most; a higher ``limit`` is cut to it.
        rate: Requests per second that one account may sustain.
        burst: Requests that one account may send at once after a pause.
    """

    body: int = 32 * 1024 * 1024
    form: int = 64 * 1024
    page: int = 1_000
    page_max: int = 10_000
    rate: int = 100
    burst: int = 200


class TokenBuckets:
    """One token bucket per key.

    Args:
        rate: Requests per second that refill a bucket.
        burst: Requests that a full bucket holds.
        seconds: A clock that never goes back, in seconds.

    >>> now = 0.0
    >>> buckets = TokenBuckets(rate=1, burst=2, seconds=lambda: now)
    >>> for _ in range(3):
    ...     buckets.take("alice")
    Traceback (most recent call last):
    ...
    shieldwall.errors.RateLimited: too many requests: more than 1 per second. Come back in 1 s
    """

    def __init__(self, rate: int, burst: int, seconds: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._seconds = seconds
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Take one request out of the bucket of ``key``.

        Raises:
            RateLimited: If the bucket is empty.
        """
        with self._lock:
            now = self._seconds()
            if len(self._levels) > _FORGET_ABOVE:
                self._forget_full(now)
            level = self._level(key, now)
            if level < 1:
                wait = math.ceil((1 - level) / self._rate)
                raise RateLimited(f"too many requests: more than {self._rate} per second. Come back in {wait} s", wait)
            self._levels[key] = (level - 1, now)

    def _level(self, key: str, now: float) -> float:
        level, since = self._levels.get(key, (float(self._burst), now))
        return min(float(self._burst), level + (now - since) * self._rate)

    def _forget_full(self, now: float) -> None:
        """A full bucket is the same as one never used."""
        self._levels = {key: value for key, value in self._levels.items() if self._level(key, now) < self._burst}
