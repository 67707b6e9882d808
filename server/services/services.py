"""What a handler or a command holds: the log, the read models, the tokens, and how they were set up.

Rule 1: who writes a data folder holds its lock, from before the log is opened until after it is closed.
Rule 2: things are closed in the reverse of the order they were opened in, whatever happened in between.
Rule 3: nothing here knows HTTP; `server.app` serves a `Services`, the command line uses one without serving.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projections import Projections
from replay.clock import Clock, now
from replay.errors import Unavailable
from replay.log import EventLog, SqliteLog
from replay.log.contract import Receipt
from replay.log.sqlite import Limits
from server.access import FILE as TOKENS
from server.access import Access, TokenStore
from server.lock import DataLock
from server.media import Media
from server.services.budget import Budget
from server.services.encodings import Encodings
from server.services.renders import Renders
from server.services.scores import Scores
from server.services.streams import Streams
from server.services.switchboard import Switchboard
from server.services.ticker import Ticker, WallTicker
from server.services.trouble import Trouble
from server.services.warm import Warm
from server.settings import Settings

LOG = "log.db"
FOLDED_AT_ONCE = 10_000
"""Positions that opening waits for; more are folded while requests are answered."""
FOLDING = 2
"""Long sessions that are folded at the same time."""
UPLOADS = 16
"""Recordings that come in at the same time."""


@dataclass(kw_only=True, eq=False)
class Services:
    """One opened data folder. `stopping` is set when the server begins to end.

    `ticker` paces what is played. `access` and `lock` are None when it was opened only to be read.
    """

    settings: Settings
    log: EventLog
    projections: Projections
    access: Access | None = None
    lock: DataLock | None = None
    read_only: bool = False
    clock: Clock = now
    streams: Streams = field(default_factory=Streams)
    bodies: Budget = field(default_factory=Budget)
    trouble: Trouble = field(default_factory=Trouble)
    scores: Scores[Any] = field(default_factory=Scores)
    folding: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FOLDING))
    uploads: Streams = field(default_factory=lambda: Streams(UPLOADS, "uploads"))
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    media: Media = field(init=False)
    warm: Warm = field(init=False)
    renders: Renders = field(init=False)
    encodings: Encodings = field(init=False)
    ticker: Ticker = field(init=False)
    switchboard: Switchboard = field(init=False)

    def __post_init__(self) -> None:
        self.warm = Warm(self.projections.timelines, self.folding, self.settings.thresholds)
        self.media = Media(self.settings, keep=not self.read_only)
        self.renders = Renders(self.settings, keep=not self.read_only)
        self.encodings = Encodings(self.settings.data, 0 if self.read_only else self.settings.max_encoded)
        self.ticker = WallTicker(self.stopping)
        self.switchboard = Switchboard(self.log)

    def check_running(self) -> None:
        """Raise `Unavailable` when the server takes in nothing more."""
        if self.stopping.is_set():
            raise Unavailable("the server is stopping", retry_after=5)

    async def erase(self, log: str, positions: Sequence[int], reason: str) -> list[Receipt]:
        """Erase records of a log, so that no link into a feed shifts. Raises `Unavailable` when the log cannot."""
        self.check_running()
        with suppress(Unavailable):  # views that cannot be read have no links
            await self.projections.wait_for(max(positions, default=0), self.settings.write_wait)
            await self.projections.feeds.keep_places(positions)
        try:
            async with self.encodings.forgetting(log):
                with self.trouble.noted():
                    return await self.log.erase(positions, reason)
        finally:  # an erasure that failed may have done a part of it
            self.warm.forget()
            self.scores.forget()


@asynccontextmanager
async def open_services(
    settings: Settings, *, read_only: bool = False, clock: Clock = now
) -> AsyncIterator[Services]:
    """Open the data folder of the settings, and close it again.

    For writing it is made when it is missing, locked, and its read models follow the log. With `read_only`
    it may be in use by a server. Raises `DataLocked`, `NotFound` (nothing to read) and whatever its parts do.
    """
    async with AsyncExitStack() as stack:
        lock = None if read_only else stack.enter_context(_take(settings.data))
        limits = Limits(queued_events=settings.max_queue)
        log = await SqliteLog.open(settings.data / LOG, read_only=read_only, clock=clock, limits=limits)
        stack.push_async_callback(log.close)
        projections = await Projections.open(
            settings.data, log, read_only=read_only, clock=clock, thresholds=settings.thresholds
        )
        stack.push_async_callback(projections.close)
        services = Services(
            settings=settings,
            log=log,
            projections=projections,
            lock=lock,
            read_only=read_only,
            clock=clock,
            streams=Streams(settings.max_streams),
        )
        stack.push_async_callback(services.switchboard.close)
        stack.push_async_callback(services.media.close)
        stack.push_async_callback(services.renders.close)
        stack.push_async_callback(services.encodings.close)
        if not read_only:
            await asyncio.to_thread(services.media.recordings.sweep)
            await asyncio.to_thread(services.encodings.sweep)
            tokens = await TokenStore.open(settings.data / TOKENS, clock=clock)
            stack.push_async_callback(tokens.close)
            services.access = Access(tokens, hosts=settings.hosts, clock=clock)
            await _begin(services)
        yield services


async def _begin(services: Services) -> None:
    """Have the views follow the log. What can be folded in a moment is, so that nobody meets views half way."""
    projections = services.projections
    if (await services.log.head()).position - projections.position <= FOLDED_AT_ONCE:
        with suppress(sqlite3.Error, OSError, Unavailable):  # the runner reports it, and tries again
            await projections.catch_up()
    projections.start()


def _take(folder: Path) -> DataLock:
    folder.mkdir(parents=True, exist_ok=True)
    return DataLock(folder)
