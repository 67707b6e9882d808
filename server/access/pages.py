"""The logins of pages: they outlive the server, in `tokens.db`.

Rule 1: a login is named by 256 random bits in a cookie, made here at each login and never taken from a
        request; only their SHA-256 is kept. It lives thirty days from its making, or until the log-out or the
        end of its token.
Rule 2: a request writes nothing: no end moves as a page is used.
Rule 3: what has ended leaves the file when it is asked for again, and at the next login: a clock that is set
        back revives it no more. A login that was made in the future holds when that has come, or is less than
        a day away: what was made while the clock ran years ahead does not live for years.
Rule 4: how many there are, and that they go with their token, the file itself sees to (`token_file.py`).
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress

from replay.clock import MICROSECONDS, Clock, now
from replay.errors import Unavailable
from server.access.identity import Identity
from server.access.kept import Kept
from server.access.rows import INSERT_INTO_LOGINS, Page, write_page
from server.access.secret import digest

PAGE_SECONDS = 30 * 24 * 3600
AHEAD = 24 * 3600 * MICROSECONDS
"""How far before its making a login holds already."""

BY_CODE = Identity("login-code", "login link", frozenset({"read"}))
"""Who came by a login link: reads every log."""


class Pages:
    """The logins of pages in an opened token file. What cannot be read or written is `Unavailable`."""

    def __init__(self, kept: Kept, clock: Clock = now) -> None:
        self._kept = kept
        self._clock = clock

    async def open(self, token: str | None) -> str:
        """Begin a login by the token with this id, None by a code; returns the secret that its cookie carries."""
        secret = secrets.token_urlsafe(32)
        created = self._clock()
        page = Page(digest(secret), token, created, created + PAGE_SECONDS * MICROSECONDS)
        await self._kept.write(INSERT_INTO_LOGINS, write_page(page))
        return secret

    async def find(self, secret: str) -> Page | None:
        """The login that a cookie names; None when it is unknown or over."""
        return await self.get(digest(secret))

    async def get(self, key: bytes) -> Page | None:
        """The login with this key; None when it is unknown or over."""
        page = (await self._kept.now()).pages.get(key)
        if page is None or not hmac.compare_digest(page.key, key):
            return None
        time = self._clock()
        if time >= page.ends:
            with suppress(Unavailable):  # it is over, whether or not it could be removed
                await self._kept.write("DELETE FROM logins WHERE ends <= ?", (time,))
            return None
        return page if page.created - AHEAD <= time else None

    async def close(self, key: bytes) -> None:
        """End a login, if it is there."""
        await self._kept.write("DELETE FROM logins WHERE digest = ?", (key,))

    async def close_all(self) -> int:
        """End every login and return how many there were."""
        return await self._kept.write("DELETE FROM logins RETURNING number")
