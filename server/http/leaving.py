"""Clients that leave before they are answered.

Rule 1: a read is given up when its client has left: what waits for its turn takes none, and nothing is made for
        nobody. A write is never cut: it is done to its end, whoever hears of it.
Rule 2: what others wait for, too, goes on, and so does what a thread has begun.
Rule 3: an answer that has begun notices by itself, as it is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import web

T = TypeVar("T")

LOOKS_EVERY = 0.25
"""Seconds after which it is seen whether somebody still waits. Who asks again at once finds what was begun."""


def has_left(request: web.Request) -> bool:
    """Whether the client is gone, so that nobody hears the answer."""
    return request.transport is None or request.transport.is_closing()


async def while_wanted(request: web.Request, read: Awaitable[T]) -> T:
    """What a read gives. Raises ConnectionError, and the read is cancelled, when the client leaves before it."""
    watch = _Watch(request)
    try:
        return await read
    except asyncio.CancelledError:
        if not watch.has_left or watch.task.uncancel():
            raise  # the server ends
        raise ConnectionResetError("the client has left") from None
    finally:
        watch.end()


class _Watch:
    """Cancels the task it was made in, once the client has left."""

    def __init__(self, request: web.Request) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request is answered in a task")
        self.task = task
        self.has_left = False
        self._request = request
        self._wait()

    def end(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOKS_EVERY, self._look)

    def _look(self) -> None:
        if has_left(self._request):
            self.has_left = True
            self.task.cancel()
        elif not self._request.writer.output_size:
            self._wait()
