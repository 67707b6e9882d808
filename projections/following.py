"""Following the log in the background, and getting over what goes wrong.

Rule 1: trouble with the disk or the log is reported and tried again, less and less often; it never ends a follower.
Rule 2: what the log hands over is only a reason to look: whoever is told reads from its own checkpoint.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from replay.log.contract import EventLog, Record

FIRST_DELAY = 0.05
LONGEST_DELAY = 5.0
"""Seconds between tries while the disk or the log fails."""

logger = logging.getLogger(__name__)


class Follower:
    """Does one thing again and again in the background. `who` names it in the log, `go` does it once.

    `go` calls `well` as soon as it has succeeded, where it then goes on waiting for news.
    """

    def __init__(self, who: str, go: Callable[[], Awaitable[None]]) -> None:
        self.error: str | None = None
        self._who = who
        self._go = go
        self._delay = FIRST_DELAY
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; once begun it goes on until `close`."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    def well(self) -> None:
        """Take note that nothing is wrong any more."""
        self.error, self._delay = None, FIRST_DELAY

    async def close(self) -> None:
        """Stop. What must not be cut off has to see to that itself."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _run(self) -> None:
        self.well()
        while True:
            try:
                await self._go()
            except Exception as error:  # noqa: BLE001 - whatever it was, the log is still there to be folded
                self.error = f"{type(error).__name__}: {error}"
                logger.warning("%s cannot follow, next try in %.2f s: %s", self._who, self._delay, self.error)
                await asyncio.sleep(self._delay)
                self._delay = min(2 * self._delay, LONGEST_DELAY)


@asynccontextmanager
async def news(log: EventLog, position: int) -> AsyncIterator[AsyncIterator[list[Record]]]:
    """The batches of records above a position, as they come; they end only when the log does."""
    batches = log.follow(position)
    try:
        yield batches
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()
