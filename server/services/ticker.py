"""The clock that playing is paced by. Tests give one that they turn by hand."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic_ns
from typing import Protocol

from replay.clock import NANOSECONDS


class Ticker(Protocol):
    """A clock that only goes forward, in nanoseconds from nowhere in particular."""

    def now(self) -> int:
        """The moment."""
        ...

    async def sleep(self, nanoseconds: int) -> None:
        """Wait; less long when there is a reason to look around."""
        ...


class WallTicker:
    """The time that passes on the wall. A sleep ends early when the server stops."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping

    def now(self) -> int:
        """The moment."""
        return monotonic_ns()

    async def sleep(self, nanoseconds: int) -> None:
        """Wait, or until the server stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(nanoseconds / NANOSECONDS):
                await self._stopping.wait()
