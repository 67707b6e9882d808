"""The writer: one task that takes all appends and erasures, many to a transaction.

Rule 1: what is accepted is written in the order it came. The queue is bounded in events and bytes; above that
        an append is refused at once.
Rule 2: a caller that goes away tears nothing: what it asked for is done, and its answer dropped.
Rule 3: when anything fails, everyone in that transaction hears `Unavailable` (the outcome is unknown), and the
        connection is opened anew before the next one. A retry with the same ids settles what happened.
Rule 4: the WAL is copied back between transactions, when nothing waits or the WAL is long, and by nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import aiosqlite

from replay.envelope import Event
from replay.errors import PlayheadError, Unavailable
from replay.log.chain import Sealed
from replay.log.contract import Receipt
from replay.log.hint import Hint
from replay.log.sqlite.connection import connect, discard, run
from replay.log.sqlite.group import Outcome
from replay.log.sqlite.limits import Limits
from replay.log.sqlite.store import Store

logger = logging.getLogger(__name__)


class Job:
    """What waits for its turn, and then for its outcome. Made on the event loop."""

    events = 0
    bytes = 0

    def __init__(self) -> None:
        self.outcome: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()

    def finish(self, outcome: list[Receipt] | Exception) -> None:
        """Answer the caller, if it is still there."""
        if self.outcome.done():
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


class Append(Job):
    """Events to be stored."""

    def __init__(self, wanted: Sequence[Event]) -> None:
        super().__init__()
        self.wanted = wanted
        self.events = len(wanted)
        self.bytes = sum(len(event.body) for event in wanted)


class Erasure(Job):
    """Positions whose content is to be destroyed."""

    def __init__(self, positions: Sequence[int], reason: str) -> None:
        super().__init__()
        self.positions = positions
        self.reason = reason


class Adoption(Job):
    """An excerpt of another history to be taken over."""

    def __init__(self, records: Sequence[Sealed]) -> None:
        super().__init__()
        self.records = records


class Writer:
    """Owns the connection that writes, and the task that uses it. Make one with `open`."""

    def __init__(self, path: Path, store: Store, hint: Hint, limits: Limits) -> None:
        self._path = path
        self._store = store
        self._hint = hint
        self._limits = limits
        self._queue: deque[Job] = deque()
        self._events = 0  # accepted and not yet answered
        self._bytes = 0
        self._wake = asyncio.Event()
        self._closing = False
        self._scrub_at = 0.0
        self._connection: aiosqlite.Connection | None = None  # None: to be opened before the next use
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the file, read its state, and begin to take work. Raises what `Store.load` raises."""
        await self._connected()
        self._task = asyncio.create_task(self._work(), name="log writer")

    async def submit(self, job: Job) -> list[Receipt]:
        """Queue a job and wait for its outcome."""
        if self._closing:
            raise Unavailable("the log is closing")
        limits = self._limits
        full = (
            self._events + job.events > limits.queued_events or self._bytes + job.bytes > limits.queued_bytes
        )
        if full and self._events:  # alone, even the largest append is taken
            raise Unavailable("too many events wait to be written")
        self._events += job.events
        self._bytes += job.bytes
        self._queue.append(job)
        self._wake.set()
        return await job.outcome

    async def drain(self) -> None:
        """Take no more, and return when all that was accepted is done."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Drain, copy the WAL back, and close the connection."""
        await self.drain()
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # what is committed is in the WAL, and stays there
                await run(connection, self._store.checkpoint)
            await discard(connection)

    async def _work(self) -> None:
        while await self._wanted():
            if self._queue:
                await self._do(*self._take())
            await self._tidy()

    async def _wanted(self) -> bool:
        """Wait for work; False when there will be none."""
        while not self._queue and not self._closing:
            self._wake.clear()
            try:
                async with asyncio.timeout(self._limits.scrub_seconds if self._store.scrub else None):
                    await self._wake.wait()
            except TimeoutError:
                return True
        return bool(self._queue)

    def _take(self) -> tuple[list[Job], Callable[[sqlite3.Connection], list[Outcome]]]:
        """The jobs of the next transaction, and what it does."""
        first = self._queue.popleft()
        if isinstance(first, Erasure):
            return [first], partial(self._store.erase, positions=first.positions, reason=first.reason)
        if isinstance(first, Adoption):
            return [first], partial(self._store.adopt, records=first.records)
        group = [first]
        events = first.events
        while self._queue and isinstance(self._queue[0], Append):
            events += self._queue[0].events
            if events > self._limits.group_events:
                break
            group.append(self._queue.popleft())
        appends = [job.wanted for job in group if isinstance(job, Append)]
        return group, partial(self._store.append, appends=appends)

    async def _do(self, jobs: list[Job], work: Callable[[sqlite3.Connection], list[Outcome]]) -> None:
        outcomes: Sequence[list[Receipt] | PlayheadError]
        try:
            outcomes = await run(await self._connected(), work)
        except Exception as error:  # noqa: BLE001  whatever it was, every caller is told and the writer lives
            await self._give_up(error)
            outcomes = [Unavailable(f"the log could not be written: {error}") for _ in jobs]
        for job, outcome in zip(jobs, outcomes, strict=True):
            self._events -= job.events
            self._bytes -= job.bytes
            job.finish(outcome)
        self._hint.give()

    async def _tidy(self) -> None:
        """Between transactions: what keeps the WAL short and free of what was erased."""
        try:
            if self._store.scrub:
                await self._scrub()
            pages = self._limits.forced_pages if self._queue else self._limits.idle_pages
            if self._connection is not None and self._store.pages > pages:
                await run(self._connection, self._store.checkpoint)
        except Exception as error:  # noqa: BLE001  nothing is lost: the WAL has it, and it is tried again
            await self._give_up(error)

    async def _scrub(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._scrub_at:
            self._scrub_at = now + self._limits.scrub_seconds
            await run(await self._connected(), self._store.finish_erasure)

    async def _connected(self) -> aiosqlite.Connection:
        if self._connection is None:
            # only `open` makes a file: a log that vanished is not to be replaced by an empty one
            connection = await connect(self._path, "rwc" if self._task is None else "rw")
            try:
                await run(connection, self._store.load)
            except BaseException:
                await discard(connection)
                raise
            self._connection = connection
        return self._connection

    async def _give_up(self, error: Exception) -> None:
        """Let go of a connection on which something failed."""
        logger.warning("writing %s failed: %s", self._path.name, error)
        connection, self._connection = self._connection, None
        if connection is not None:
            await discard(connection)
