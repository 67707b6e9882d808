"""Building the views from nothing, beside whatever is there.

Rule 1: it folds by the same `fold` as the live views, in large batches, into a file without indexes; they are made
        when the tables are full.
Rule 2: nobody sees the file until it is whole. A build that is cut off leaves a file that nobody reads and the next
        one removes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from projections.folding import fold
from projections.view import Database, View, run_script
from projections.views_file import create, read_checkpoint
from projections.waiting import finish
from replay import sqlite
from replay.log.contract import EventLog, Record

BATCH = 10_000
"""How many records are read and folded at once."""

Progress = Callable[[int, int], None]
"""Told how many positions are folded, of how many."""


async def build(path: Path, views: Sequence[View], log: EventLog, progress: Progress) -> None:
    """Write a whole views file at `path` and close it. Raises what the disk or the log raises."""
    db = await create(path, views, log.epoch)
    try:
        await _fill(db, views, log, progress)
        await run_script(db, (index for view in views for index in view.indexes))
    finally:
        await sqlite.close(db)


async def _fill(db: Database, views: Sequence[View], log: EventLog, progress: Progress) -> None:
    """Fold everything there is, reading the next batch while one is folded."""
    done, _ = await read_checkpoint(db)
    total = (await log.head()).position
    progress(done, total)
    coming = asyncio.ensure_future(log.read(done, BATCH))
    try:
        while records := await coming:
            done = records[-1].position
            coming = asyncio.ensure_future(log.read(done, BATCH))
            await finish(fold(db, views, records, log))
            total = max(total, done)
            progress(done, total)
    finally:
        await _let_go(coming)


async def _let_go(reading: asyncio.Future[list[Record]]) -> None:
    """Stop a reading that nobody waits for any more."""
    reading.cancel()
    await asyncio.wait({reading})
    if not reading.cancelled():
        reading.exception()
