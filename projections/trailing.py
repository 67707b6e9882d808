"""Views that follow the log at a distance, in a file of their own: no write waits for them.

Rule 1: whoever reads them asks how far they are, and looks elsewhere for the rest.
Rule 2: they rest between batches, some times as long as the last one took and no less than `REST`: what comes
        singly is folded together, and a log that is much erased from leaves the machine to others.
Rule 3: their file is read while it fills: after a change of version they help from the first batch on.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from projections.building import Progress
from projections.following import Follower, news
from projections.keeper import Keeper
from projections.onlooker import Onlooker
from projections.readers import Readers
from projections.status import Standing, ViewStatus, read_status
from projections.view import View
from replay.errors import Unavailable
from replay.log.contract import EventLog

BATCH = 2_000
"""How many records are folded at once: decoding them keeps others waiting."""

REST = 0.25
"""Seconds between news and folding it, at least."""

Afterwards = Callable[[], Awaitable[None]]


class Manner(msgspec.Struct, frozen=True):
    """How some views trail: what their file's name begins with, what they are called, how long they rest after a
    batch (in times of what it took)."""

    kind: str
    who: str
    rests: float = 1.0


class Trailing:
    """The trailing views of a folder. `open` them, then `start` them or let them `catch_up`.

    `afterwards` is awaited whenever all there was is folded, for a view that has more to do than fold.
    """

    def __init__(
        self, folder: Path, log: EventLog, views: Sequence[View], manner: Manner, *, read_only: bool
    ) -> None:
        self.keeper: Keeper | Onlooker = (
            Onlooker(folder, views, manner.kind)
            if read_only
            else Keeper(folder, log, views, manner.kind, in_place=True)
        )
        self.afterwards: Afterwards = _nothing
        self._log = log
        self._views = views
        self._manner = manner
        self._follower = Follower(manner.who, self._follow)

    @property
    def readers(self) -> Readers:
        """What reads them; not attached while there is no file."""
        return self.keeper.readers

    async def open(self) -> None:
        """Open the file when there is one. One that cannot be read is none: they can be done without."""
        with suppress(Unavailable, sqlite3.Error):
            await self.keeper.open()

    def start(self) -> None:
        """Follow the log in the background, until `close`."""
        self._writable()
        self._follower.start()

    async def catch_up(self) -> int:
        """Fold all that is in the log now, and return the position."""
        position = await self._writable().catch_up(BATCH)
        await self.afterwards()
        return position

    async def rebuild(self, progress: Progress) -> None:
        """Build them from nothing and swap them in. What comes afterwards is left to those who follow."""
        await self._writable().rebuild(progress)

    async def status(self) -> list[ViewStatus]:
        """How each stands; one without a file at position 0."""
        head = (await self._log.head()).position
        return await read_status(
            self.readers, self._views, Standing(head, self.keeper.building, self._follower.error)
        )

    async def close(self) -> None:
        """Stop following, finish the transaction that is open, and close the file."""
        await self._follower.close()
        await self.keeper.close()

    def _writable(self) -> Keeper:
        if isinstance(self.keeper, Onlooker):
            raise Unavailable("these read models are open for reading only")
        return self.keeper

    async def _follow(self) -> None:
        began = time.monotonic()
        position = await self.catch_up()
        took = time.monotonic() - began
        self._follower.well()
        async with news(self._log, position) as batches:
            async for _ in batches:
                await asyncio.sleep(max(REST, self._manner.rests * took))
                return
        raise Unavailable("the log is closed")


async def _nothing() -> None:
    """What most views do when all is folded."""
