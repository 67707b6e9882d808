"""Where a stream's bytes go out: one connection, for as long as somebody reads it and may.

Rule 1: a reader that does not read is dropped: it would hold what was sent to it in memory for ever. It comes
        back with its last id and has lost nothing.
Rule 2: a stream ends when its token is revoked, its page is logged out, or the server stops.
Rule 3: a stream of nothing still shows signs of life.
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from server.access import identity_still_valid
from server.services import Services


class Outlet:
    """One stream's way out; its response has been prepared."""

    def __init__(self, services: Services, request: web.Request, response: web.StreamResponse) -> None:
        self._services = services
        self._request = request
        self._response = response
        self._wrote = asyncio.get_running_loop().time()

    async def write(self, piece: bytes) -> None:
        """Send bytes. Raises `TimeoutError` for a reader that takes nothing, `ConnectionError` without one."""
        async with asyncio.timeout(self._services.settings.write_timeout):
            await self._response.write(piece)
        self._wrote = asyncio.get_running_loop().time()

    async def beat(self, sign: bytes) -> None:
        """Send a sign of life, when nothing was sent for as long as the setting `heartbeat` says."""
        if self.until_beat() <= 0:
            await self.write(sign)

    def until_beat(self) -> float:
        """Seconds until a sign of life is due."""
        return self._services.settings.heartbeat - (asyncio.get_running_loop().time() - self._wrote)

    async def may_go_on(self) -> bool:
        """Whether there is somebody to read, and the server and the reader's token let it."""
        if self._services.stopping.is_set() or self._request.transport is None:
            return False
        return await identity_still_valid(self._request)

    def drop(self) -> None:
        """Let go of the connection at once: what is still in its buffer will never be read."""
        if self._request.transport is not None:
            self._request.transport.abort()
