"""The keeper of the views file: the one process that writes it.

Rule 1: `Keeper` owns the one connection that writes. It is either whole (writer and readers open) or absent, and
        changes between the two under one lock, which covers folding and building as well.
Rule 2: a transaction once begun is finished, whoever is cancelled.
Rule 3: after a failure nothing is assumed: a commit that failed may have happened, so the checkpoint is read again.
Rule 4: a file that is found damaged, by the writer or by a reader, is given up and built again.
Rule 5: bytes that an erasure freed leave the WAL as soon as no reader is in the way, and after a crash at the next
        opening.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from projections.building import BATCH, Progress, build
from projections.folding import fold, transaction
from projections.readers import Readers
from projections.status import Building
from projections.view import Database, View, run_script
from projections.views_file import (
    BUILDING,
    create,
    file_name,
    is_damage,
    open_if_usable,
    put_in_place,
    read_checkpoint,
    remove,
    tidy,
    truncate_wal,
)
from projections.waiting import Waiting, finish
from replay import sqlite
from replay.errors import Rebuilding, Unavailable
from replay.log.contract import EventLog, Record

SCRUB_DELAY = 0.25
"""Seconds between tries to empty the WAL while a reader is in the way."""

logger = logging.getLogger(__name__)


class Keeper:
    """Keeps the views file of a folder in step with a log.

    With `in_place` a missing file is not built beside and swapped in: it is there at once, empty, and read while it
    fills. That is for views whose readers ask how far they are.
    """

    def __init__(
        self,
        folder: Path,
        log: EventLog,
        views: Sequence[View],
        kind: str = "views",
        *,
        in_place: bool = False,
    ) -> None:
        self.path = folder / file_name(views, kind)
        self.position = 0
        self.building: Building | None = None
        self.readers = Readers(self._absent, self._found_damaged)
        self.waiting = Waiting()
        self._log = log
        self._views = views
        self._writer: Database | None = None
        self._lock = asyncio.Lock()
        self._scrubbing: asyncio.Task[None] | None = None
        self._mending: asyncio.Task[None] | None = None
        self._progress = Building(0, 0)
        self._in_place = in_place
        self._closed = False

    async def open(self) -> None:
        """Open the file when there is one that belongs to this log; else stay absent, as about to be built."""
        head = (await self._log.head()).position
        self.building = self._progress = Building(0, head)
        writer = await open_if_usable(self.path, self._log.epoch, head)
        if writer is None:
            return
        self._writer = writer
        try:
            tidy(self.path.parent, keep=self.path)
            await self.readers.attach(self.path)
            await self._note_position(writer)
            await self._scrub()
        except BaseException:
            await self._let_go()
            raise
        self.building = None

    async def stands(self) -> int:
        """The position of the views."""
        return self.position

    async def catch_up(self, batch: int = BATCH) -> int:
        """Build the views if there are none, fold all that is in the log, and return their position.

        `batch` is how many records are folded in one transaction.
        """
        while True:
            async with self._lock:
                if self._writer is None:
                    await self._stand()
                records = await self._log.read(self.position, batch)
                if not records:
                    return self.position
                await finish(self._fold(records))

    async def fold(self, records: Sequence[Record]) -> None:
        """Fold those of these records that are above the checkpoint."""
        async with self._lock:
            fresh = [record for record in records if record.position > self.position]
            if fresh:
                await finish(self._fold(fresh))

    async def change(self, work: Callable[[Database], Awaitable[bool]]) -> None:
        """Do other work in one transaction of the writer's: for a view that also folds outside of a batch.

        `work` tells whether names have gone, so that their bytes leave the WAL too.
        """
        async with self._lock:
            await finish(self._change(work))

    async def rebuild(self, progress: Progress) -> None:
        """Build the views from nothing, beside the file there is, and swap them in."""
        async with self._lock:
            await self._build(progress)

    async def wait_for(self, position: int, seconds: float) -> bool:
        """Wait until the views have passed a position. False once the seconds are over, or during a build."""
        if self.building is not None or self._writer is None:
            return False
        return position <= self.position or await self.waiting.until(position, seconds)

    async def close(self) -> None:
        """Close the file. Questions raise `Unavailable` from now on."""
        self._closed = True
        self.waiting.give_up()
        for task in (self._scrubbing, self._mending):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        async with self._lock:
            await finish(self._let_go())

    def _absent(self) -> Unavailable:
        if self._closed:
            return Unavailable("the read models are closed")
        return Rebuilding(self._progress.done, self._progress.total)

    async def _note_position(self, writer: Database) -> None:
        self.position, _ = await read_checkpoint(writer)
        self.waiting.reached(self.position)

    async def _fold(self, records: Sequence[Record]) -> None:
        if self._writer is None:
            raise self._absent()
        try:
            outcome = await fold(self._writer, self._views, records, self._log)
        except Exception as error:
            await self._recover(self._writer, error)
            raise
        self.position = records[-1].position
        self.waiting.reached(self.position)
        for view, position, text in outcome.parked:
            logger.warning("%s cannot fold position %d and goes on without it: %s", view, position, text)
        if outcome.erased:
            await self._scrub()

    async def _change(self, work: Callable[[Database], Awaitable[bool]]) -> None:
        if self._writer is None:
            raise self._absent()
        try:
            async with transaction(self._writer):
                gone = await work(self._writer)
        except Exception as error:
            await self._recover(self._writer, error)
            raise
        if gone:
            await self._scrub()

    async def _recover(self, writer: Database, error: Exception) -> None:
        """Find out where the views stand after a failure; a damaged file is given up, to be built again."""
        if is_damage(error):
            await self._let_go()
            remove(self.path)
        else:
            await self._note_position(writer)

    def _found_damaged(self) -> None:
        if not self._closed and (self._mending is None or self._mending.done()):
            self._mending = asyncio.create_task(self._mend())

    async def _mend(self) -> None:
        """Give a damaged file up. What is not built at once is, when the next record comes."""
        async with self._lock:
            if self._writer is None:
                return
            logger.warning("%s is damaged and is built again", self.path.name)
            await finish(self._let_go())
            remove(self.path)
            if not self._in_place:
                with contextlib.suppress(sqlite3.Error, OSError, Unavailable):
                    await self._build(_silent)

    async def _stand(self) -> None:
        """Open the file that is there, or build one."""
        if self._closed:
            raise self._absent()
        await self.open()
        if self._writer is None:
            await (self._begin() if self._in_place else self._build(_silent))

    async def _begin(self) -> None:
        """Put an empty file in place."""
        begun = self.path.with_name(self.path.name + BUILDING)
        db = await create(begun, self._views, self._log.epoch)
        try:
            await run_script(db, (index for view in self._views for index in view.indexes))
        finally:
            await sqlite.close(db)
        await finish(self._swap(begun))

    async def _build(self, progress: Progress) -> None:
        """Build beside, then swap. What is there goes on answering until the swap."""
        built = self.path.with_name(self.path.name + BUILDING)

        def note(done: int, total: int) -> None:
            self.building = self._progress = Building(done, total)
            progress(done, total)

        self.building = self._progress
        self.waiting.give_up()
        try:
            await build(built, self._views, self._log, note)
            await finish(self._swap(built))
        finally:
            self.building = None if self._writer else self._progress
            remove(built)

    async def _swap(self, built: Path) -> None:
        await self._let_go()
        await asyncio.to_thread(put_in_place, built, self.path)
        await self.open()

    async def _let_go(self) -> None:
        """Close every connection."""
        await self.readers.detach()
        writer, self._writer = self._writer, None
        if writer is not None:
            await sqlite.close(writer)

    async def _scrub(self) -> None:
        """Empty the WAL now, or as soon as readers let it happen."""
        if self._writer is None or await truncate_wal(self._writer):
            return
        if self._scrubbing is None or self._scrubbing.done():
            self._scrubbing = asyncio.create_task(self._scrub_later())

    async def _scrub_later(self) -> None:
        emptied = False
        while not emptied:
            await asyncio.sleep(SCRUB_DELAY)
            async with self._lock:
                if self._writer is None:
                    return
                with contextlib.suppress(sqlite3.OperationalError):  # a full disk: try again
                    emptied = await finish(truncate_wal(self._writer))


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
