"""Views that follow the log at a distance, in a file of their own: no write waits for them.

Rule 1: whoever reads them asks how far they are, and looks elsewhere for the rest.
Rule 2: they rest between batches, as long as the last one took and no less than `REST`: what comes singly is folded
        together, and a log that is much erased from leaves the machine to others.
Rule 3: their file is read while it fills: after a change of version they help from the first batch on.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from pathlib import Path

from projections.building import Progress
from projections.keeper import Keeper
from projections.onlooker import Onlooker
from projections.readers import Readers
from projections.status import Standing, ViewStatus, read_status
from projections.view import View
from replay.errors import Unavailable
from replay.log.contract import EventLog

KIND = "search"
"""What the file's name begins with."""

BATCH = 2_000
"""How many records are folded at once: decoding them keeps others waiting."""

REST = 0.25
"""Seconds between news and folding it, at least."""

FIRST_DELAY = 0.05
LONGEST_DELAY = 5.0
"""Seconds between tries while the disk or the log fails."""

logger = logging.getLogger(__name__)


class Trailing:
    """The trailing views of a folder. `open` them, then `start` them or let them `catch_up`."""

    def __init__(self, folder: Path, log: EventLog, views: Sequence[View], *, read_only: bool) -> None:
        self._keeper: Keeper | Onlooker = (
            Onlooker(folder, views, KIND) if read_only else Keeper(folder, log, views, KIND, in_place=True)
        )
        self._log = log
        self._views = views
        self._running: asyncio.Task[None] | None = None
        self._error: str | None = None

    @property
    def readers(self) -> Readers:
        """What reads them; not attached while there is no file."""
        return self._keeper.readers

    async def open(self) -> None:
        """Open the file when there is one. One that cannot be read is none: they can be done without."""
        with suppress(Unavailable, sqlite3.Error):
            await self._keeper.open()

    def start(self) -> None:
        """Follow the log in the background, until `close`."""
        if self._running is None:
            self._running = asyncio.create_task(self._run(self._writable()))

    async def catch_up(self) -> int:
        """Fold all that is in the log now, and return the position."""
        return await self._writable().catch_up(BATCH)

    async def rebuild(self, progress: Progress) -> None:
        """Build them from nothing and swap them in."""
        await self._writable().rebuild(progress)

    async def status(self) -> list[ViewStatus]:
        """How each stands; one without a file at position 0."""
        head = (await self._log.head()).position
        return await read_status(
            self.readers, self._views, Standing(head, self._keeper.building, self._error)
        )

    async def close(self) -> None:
        """Stop following, finish the transaction that is open, and close the file."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
        await self._keeper.close()

    def _writable(self) -> Keeper:
        if isinstance(self._keeper, Onlooker):
            raise Unavailable("these read models are open for reading only")
        return self._keeper

    async def _run(self, keeper: Keeper) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                began = time.monotonic()
                await keeper.catch_up(BATCH)
                took = time.monotonic() - began
                self._error, delay = None, FIRST_DELAY
                await self._news(keeper.position)
                await asyncio.sleep(max(REST, took))
            except Exception as error:  # noqa: BLE001 - whatever it was, the log is still there to be folded
                self._error = f"{type(error).__name__}: {error}"
                logger.warning("the text index cannot follow, next try in %.2f s: %s", delay, self._error)
                await asyncio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY)

    async def _news(self, position: int) -> None:
        """Return once there is a record above a position. Raises when the log ends."""
        batches = self._log.follow(position)
        try:
            async for _ in batches:
                return
        finally:
            if isinstance(batches, AsyncGenerator):
                await batches.aclose()
        raise Unavailable("the log is closed")
