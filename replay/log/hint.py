"""The hint: how a follower learns that there may be more to read.

Rule 1: a hint carries nothing. Who is woken reads the log again.
Rule 2: none is lost: a follower notes `version` before it reads, and waits only while it is still that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from replay.log.contract import Record

FOLLOW_BATCH = 1000
"""The most records a follower is handed at once."""


class Hint:
    """Wakes those who wait for more. Everything happens on one event loop."""

    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        self._changed = asyncio.Event()

    def give(self) -> None:
        """Wake everyone who waits."""
        self.version += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def close(self) -> None:
        """Wake everyone for the last time."""
        self.closed = True
        self.give()

    async def newer_than(self, version: int, seconds: float | None = None) -> None:
        """Return once a hint came after `version`, the log closed, or `seconds` passed."""
        if self.version == version and not self.closed:
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
            except TimeoutError:
                pass


async def follow(
    read: Callable[[int, int], Awaitable[list[Record]]],
    hint: Hint,
    after: int,
    poll: float | None = None,
) -> AsyncIterator[list[Record]]:
    """Yield all records above `after`, then each batch that comes, until the log closes.

    With `poll`, look again after that many seconds even without a hint (for a log that others write).
    """
    while not hint.closed:
        seen = hint.version
        records = await read(after, FOLLOW_BATCH)
        if records:
            after = records[-1].position
            yield records
        else:
            await hint.newer_than(seen, poll)
