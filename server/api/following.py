"""Following the log for one reader: in batches, waiting for a while without losing what comes meanwhile.

Rule 1: who wants one session reads what was there before from the log, and is then told on a line of the
        switchboard; the line is opened first, so that nothing falls between the two.
Rule 2: a batch says how far the log was looked through, whatever is in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import NamedTuple, Protocol

from replay.log.contract import EventLog, Record
from replay.log.hint import FOLLOW_BATCH
from server.services import Services
from server.services.selection import Selection
from server.services.switchboard import Line

AT_ONCE = 16
"""Records of a line that a reader is handed at once: each may be long, and a reader who is slow holds them."""


class Batch(NamedTuple):
    """Some records, and the position up to which there are no others that are wanted."""

    records: list[Record]
    passed: int


class Follower(Protocol):
    """What a stream is fed from."""

    async def next(self, seconds: float) -> Batch | None:
        """The next batch; an empty one when none came in time; None when there is no more to come."""
        ...


@asynccontextmanager
async def follow(services: Services, selection: Selection, after: int) -> AsyncIterator[Follower]:
    """A follower of what a selection may hold, from a position on; records that it leaves out may be among it."""
    if selection.session is None:
        follower = _OfTheLog(services, after)
        try:
            yield follower
        finally:
            await follower.close()
    else:
        async with services.switchboard.open_line(selection) as line:
            yield _OfASession(services, line, after)


async def _first(stopping: asyncio.Event, work: Awaitable[object], seconds: float) -> None:
    """Wait until some work is done, the server stops, or time is up. Work that is no future is given up then."""
    tasks = [asyncio.ensure_future(stopping.wait()), asyncio.ensure_future(work)]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            if task is not work:
                task.cancel()


class _OfTheLog:
    """Follows all of the log."""

    def __init__(self, services: Services, after: int) -> None:
        self._stopping = services.stopping
        self._batches = services.log.follow(after)
        self._passed = after
        self._pending: asyncio.Task[list[Record] | None] | None = None

    async def next(self, seconds: float) -> Batch | None:
        """See `Follower`."""
        if self._pending is None:
            self._pending = asyncio.ensure_future(self._next())
        await _first(self._stopping, self._pending, seconds)
        if not self._pending.done():
            return None if self._stopping.is_set() else Batch([], self._passed)
        records, self._pending = self._pending.result(), None
        if records is None:
            return None
        self._passed = records[-1].position
        return Batch(records, self._passed)

    async def close(self) -> None:
        """Stop waiting, and end the log's own follower."""
        if self._pending is not None:
            self._pending.cancel()
            await asyncio.wait({self._pending})
        if isinstance(self._batches, AsyncGenerator):
            await self._batches.aclose()

    async def _next(self) -> list[Record] | None:
        return await anext(self._batches, None)


class _OfASession:
    """Follows one session: catches up with where its line begins, and then goes by the line."""

    def __init__(self, services: Services, line: Line, after: int) -> None:
        self._stopping = services.stopping
        self._log: EventLog = services.log
        self._line = line
        self._passed = after

    async def next(self, seconds: float) -> Batch | None:
        """See `Follower`."""
        if self._passed < self._line.begins:
            return await self._catch_up()
        positions = self._line.take(AT_ONCE)
        if not positions and not self._line.cut:
            await _first(self._stopping, self._line.wait(), seconds)
            positions = self._line.take(AT_ONCE)
        if self._stopping.is_set() or self._line.cut:
            return None
        records = await self._log.get([at for at in positions if at > self._passed])
        self._passed = max(self._passed, self._line.heard)
        return Batch(records, self._passed)

    async def _catch_up(self) -> Batch:
        begins = self._line.begins
        found = await self._log.read(self._passed, FOLLOW_BATCH)
        records = [record for record in found if record.position <= begins]
        self._passed = begins if len(records) < len(found) or not found else records[-1].position
        return Batch(records, self._passed)
