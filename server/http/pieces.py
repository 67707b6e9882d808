"""Long answers, sent in pieces as their reader takes them: every answer that a handler gives whole, in one place.

Rule 1: those who are sent the same bytes share them. For one connection no more is copied than a piece or two: in
        the buffer of the server, and in that of the system, which streams keep small, too.
Rule 2: a reader that takes nothing for the write timeout is cut off: it would hold the bytes for ever. One that
        takes a little at a time is not.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiohttp import Payload, web
from aiohttp.abc import AbstractStreamWriter

PIECE = 64 * 1024
"""Bytes that are sent at once. The server's buffer of a connection is taken to be full at as many."""
LOOKS = 4
"""How often it is looked, within the write timeout, whether a reader has taken anything."""
LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", None)
"""Where the system has it, what keeps its own buffer, of megabytes, to what is on its way and a piece."""


def in_pieces(write_timeout: float) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """What has each long answer that is about to be sent go in pieces; a signal of `on_response_prepare`.

    A reader that takes nothing of one for `write_timeout` seconds is cut off.
    """

    async def cut(request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, web.Response):
            body = response.body
            if not isinstance(body, bytes) or len(body) <= PIECE:
                return
            response.body = _Pieces(body, request, write_timeout)
        _buffer_little(request)

    return cut


class _Pieces(Payload):
    """The bytes of one answer to one request."""

    def __init__(self, body: bytes, request: web.Request, write_timeout: float) -> None:
        super().__init__(body)
        self._size = len(body)
        self._body = body
        self._request = request
        self._write_timeout = write_timeout

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The bytes as text."""
        return self._body.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Send them. Raises ConnectionError for a reader that has left or was cut off."""
        view = memoryview(self._body)
        with watched(self._request, self._write_timeout):
            for start in range(0, len(view), PIECE):
                await writer.write(view[start : start + PIECE])
                await writer.drain()


def _buffer_little(request: web.Request) -> None:
    connection = None if request.transport is None else request.transport.get_extra_info("socket")
    if connection is not None and LOWAT is not None:
        connection.setsockopt(socket.IPPROTO_TCP, LOWAT, PIECE)


def taken_of(request: web.Request) -> int:
    """Bytes of an answer that its reader, or the system for it, has taken so far."""
    left = 0 if request.transport is None else request.transport.get_write_buffer_size()
    return request.writer.output_size - left


@contextmanager
def watched(request: web.Request, write_timeout: float) -> Iterator[None]:
    """Cut the reader off once it has taken nothing for `write_timeout` seconds, until the block ends."""
    watch = _Watch(request, write_timeout)
    try:
        yield
    finally:
        watch.end()


class _Watch:
    """Looks now and then whether a reader takes what it is sent."""

    def __init__(self, request: web.Request, write_timeout: float) -> None:
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._write_timeout = write_timeout
        self._taken = 0
        self._since = self._loop.time()
        self._wait()

    def end(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _wait(self) -> None:
        self._timer = self._loop.call_later(self._write_timeout / LOOKS, self._look)

    def _look(self) -> None:
        transport = self._request.transport
        if transport is None:
            return
        taken = taken_of(self._request)
        if taken != self._taken:
            self._taken, self._since = taken, self._loop.time()
        elif self._loop.time() - self._since >= self._write_timeout:
            transport.abort()
            return
        self._wait()
