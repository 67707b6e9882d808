"""The runner: the whole face of the read models, and what keeps them in step with the log.

Rule 1: it follows the log from the views' checkpoint; what the log hands over is only a reason to look. Rows and
        checkpoint are committed together (`folding`).
Rule 2: trouble with the disk or the log is reported and tried again, less and less often; it never ends the runner.
Rule 3: without a file of these versions the views are built, beside ingest; questions raise `Rebuilding` meanwhile
        and no write waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from projections.building import Progress
from projections.feeds.questions import Feeds
from projections.keeper import Keeper
from projections.listens.questions import Listens
from projections.logbook.candidates import TextIndex
from projections.logbook.questions import Logbook
from projections.onlooker import Onlooker
from projections.status import Standing, ViewStatus, read_status
from projections.timelines.assets import Assets
from projections.timelines.questions import Timelines
from projections.trailing import Trailing
from projections.view import View
from projections.views import TRAILING, VIEWS
from replay.clock import Clock, now
from replay.errors import Unavailable
from replay.log.contract import EventLog

FIRST_DELAY = 0.05
LONGEST_DELAY = 5.0
"""Seconds between tries while the disk or the log fails."""

LAGGING = 500
"""A batch of so many records means that more are waiting: they are then read in larger batches."""

logger = logging.getLogger(__name__)


class Projections:
    """The read models of one folder and one log. `open` makes one.

    `timelines`, `assets`, `feeds`, `listens` and `logbook` answer questions; each raises `Rebuilding` while there
    is nothing to read. `trailing` are the views that follow at a distance: the logbook's text index.
    """

    def __init__(
        self,
        keeper: Keeper | Onlooker,
        log: EventLog,
        views: Sequence[View],
        clock: Clock,
        trailing: Trailing,
    ) -> None:
        self._keeper = keeper
        self._log = log
        self._views = views
        self._running: asyncio.Task[None] | None = None
        self._error: str | None = None
        self.trailing = trailing
        self.feeds = Feeds(keeper.readers, keeper.stands)
        self.listens = Listens(keeper.readers, keeper.stands)
        self.logbook = Logbook(keeper.readers, TextIndex(trailing.readers), log, keeper.stands)
        self.assets = Assets(keeper.readers, log, keeper.stands)
        self.timelines = Timelines(keeper.readers, log, self.feeds, keeper.stands, clock)

    @classmethod
    async def open(
        cls,
        folder: Path,
        log: EventLog,
        *,
        read_only: bool = False,
        clock: Clock = now,
        views: Sequence[View] = VIEWS,
    ) -> Projections:
        """Open the views of a log in a folder.

        With `read_only` the views that another process keeps are read; without any, questions raise `Unavailable`.
        Only one process at a time may open a folder otherwise. `clock` tells which sessions are live.
        """
        keeper = Onlooker(folder, views) if read_only else Keeper(folder, log, views)
        trailing = Trailing(folder, log, TRAILING, read_only=read_only)
        try:
            await keeper.open()
            await trailing.open()
        except BaseException:
            await trailing.close()
            await keeper.close()
            raise
        return cls(keeper, log, views, clock, trailing)

    @property
    def position(self) -> int:
        """Where the views stand: everything up to here is folded, or parked. Read-only: as of the last question."""
        return self._keeper.position

    def start(self) -> None:
        """Follow the log in the background, until `close`."""
        keeper = self._writable()
        if self._running is None:
            self._running = asyncio.create_task(self._run(keeper))

    async def catch_up(self) -> int:
        """Fold all that is in the log now, building the views if there are none; return their position."""
        return await self._writable().catch_up()

    async def wait_for(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - its answer is whether
        """Wait until the views have passed a position, at most `timeout` seconds; tell whether they have.

        False at once while the views are being built. A parked record counts as passed.
        """
        return await self._keeper.wait_for(position, timeout)

    async def rebuild(self, progress: Progress) -> None:
        """Build the views from nothing and swap them in. `progress` is told often: positions done, and in all.

        It is told twice over: after the views, those that follow at a distance are built too.
        """
        await self._writable().rebuild(progress)
        await self.trailing.rebuild(progress)

    async def status(self) -> list[ViewStatus]:
        """How each view stands."""
        head = (await self._log.head()).position
        standing = Standing(head, self._keeper.building, self._error)
        return await read_status(self._keeper.readers, self._views, standing)

    async def close(self) -> None:
        """Stop following, finish the transaction that is open, and close the file."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
        await self.trailing.close()
        await self._keeper.close()

    def _writable(self) -> Keeper:
        if isinstance(self._keeper, Onlooker):
            raise Unavailable("these read models are open for reading only")
        return self._keeper

    async def _run(self, keeper: Keeper) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                await keeper.catch_up()
                self._error, delay = None, FIRST_DELAY
                self.trailing.start()
                await self._follow(keeper)
            except Exception as error:  # noqa: BLE001 - whatever it was, the log is still there to be folded
                self._error = f"{type(error).__name__}: {error}"
                logger.warning("the views cannot follow the log, next try in %.2f s: %s", delay, self._error)
                await asyncio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY)

    async def _follow(self, keeper: Keeper) -> None:
        """Fold what comes, until so much comes that larger batches pay. Raises when the log ends."""
        batches = self._log.follow(keeper.position)
        try:
            async for records in batches:
                await keeper.fold(records)
                if len(records) >= LAGGING:
                    return
        finally:
            if isinstance(batches, AsyncGenerator):
                await batches.aclose()
        raise Unavailable("the log is closed")
