"""The page's way in: one-time login codes and the sessions of pages, both in memory.

Rule 1: a code is 128 random bits, lives ten minutes and opens one session. It travels in the fragment of a
        link, which no browser sends, so that it is in no request line and no log.
Rule 2: a page's session is named by 256 random bits in a cookie and lives thirty days, or until the log-out,
        the end of its token or a restart. Of too many, the oldest goes.
Rule 3: only the SHA-256 of either is kept.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TypeVar

import msgspec

from replay.clock import MICROSECONDS, Clock, now
from server.access.identity import Identity
from server.access.secret import digest

T = TypeVar("T")

CODE_SECONDS = 10 * 60
PAGE_SECONDS = 30 * 24 * 3600
MAX_CODES = 100
MAX_PAGES = 1000

BY_CODE = Identity("login-code", "login link", frozenset({"read"}))
"""Who came by a login link: reads every log."""


class Codes:
    """The login codes that are still open."""

    def __init__(self, clock: Clock = now) -> None:
        self._clock = clock
        self._open: dict[bytes, int] = {}

    def new(self) -> str:
        """A fresh code."""
        code = secrets.token_urlsafe(16)
        _make_room(self._open, MAX_CODES)
        self._open[digest(code)] = self._clock() + CODE_SECONDS * MICROSECONDS
        return code

    def take(self, code: str) -> bool:
        """Use a code up. False when it is unknown, used or too old."""
        given = digest(code.strip())
        found = [kept for kept in self._open if hmac.compare_digest(kept, given)]
        return bool(found) and self._clock() < self._open.pop(found[0])


def login_link(url: str, code: str) -> str:
    """The link that logs a page in, from the server's own URL."""
    return f"{url.rstrip('/')}/#code={code}"


class Page(msgspec.Struct, frozen=True):
    """One page's session. `token` is the public id of the token it came by, None after a login code."""

    key: bytes
    token: str | None
    expires: int


class Pages:
    """The sessions of pages."""

    def __init__(self, clock: Clock = now) -> None:
        self._clock = clock
        self._pages: dict[bytes, Page] = {}

    def open(self, token: str | None) -> str:
        """Begin a session and return the secret that its cookie carries."""
        secret = secrets.token_urlsafe(32)
        _make_room(self._pages, MAX_PAGES)
        page = Page(digest(secret), token, self._clock() + PAGE_SECONDS * MICROSECONDS)
        self._pages[page.key] = page
        return secret

    def find(self, secret: str) -> Page | None:
        """The session that a cookie names; None when it is unknown or over."""
        return self.get(digest(secret))

    def get(self, key: bytes) -> Page | None:
        """The session with this key; None when it is unknown or over."""
        page = self._pages.get(key)
        if page is None or not hmac.compare_digest(page.key, key):
            return None
        if self._clock() >= page.expires:
            self.close(key)
            return None
        return page

    def close(self, key: bytes) -> None:
        """End a session, if it is there."""
        self._pages.pop(key, None)


def _make_room(table: dict[bytes, T], most: int) -> None:
    """Drop the oldest entry of a full table; a dict keeps the order of arrival."""
    if len(table) >= most:
        del table[next(iter(table))]
