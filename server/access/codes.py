"""One-time login codes, in memory: a restart prints a new one.

Rule 1: a code is 128 random bits, lives ten minutes and opens one login. It travels in the fragment of a
        link, which no browser sends, so that it is in no request line and no log.
Rule 2: only its SHA-256 is kept. Of too many, the oldest goes.
"""

from __future__ import annotations

import hmac
import secrets

from replay.clock import MICROSECONDS, Clock, now
from server.access.secret import digest

CODE_SECONDS = 10 * 60
MAX_CODES = 100


class Codes:
    """The login codes that are still open."""

    def __init__(self, clock: Clock = now) -> None:
        self._clock = clock
        self._open: dict[bytes, int] = {}

    def new(self) -> str:
        """A fresh code."""
        code = secrets.token_urlsafe(16)
        self.give_back(code)
        return code

    def take(self, code: str) -> bool:
        """Use a code up. False when it is unknown, used or too old."""
        given = digest(code.strip())
        found = [kept for kept in self._open if hmac.compare_digest(kept, given)]
        return bool(found) and self._clock() < self._open.pop(found[0])

    def give_back(self, code: str) -> None:
        """Open a code, for ten minutes from now: a new one, or one that was taken and opened nothing."""
        if len(self._open) >= MAX_CODES:
            # A dict keeps the order of arrival.
            del self._open[next(iter(self._open))]
        self._open[digest(code.strip())] = self._clock() + CODE_SECONDS * MICROSECONDS


def login_link(url: str, code: str) -> str:
    """The link that logs a page in, from the server's own URL."""
    return f"{url.rstrip('/')}/#code={code}"
