"""A data folder with the demo day in it: what `make demo` serves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from replay.log import SqliteLog
from server.demo.append import StoryClock, append_story
from server.demo.recordings import ensure_recordings
from server.demo.story import SESSIONS, story
from server.lock import DataLock
from server.services import LOG


class Prepared(msgspec.Struct, frozen=True):
    """What was done: events stored now and found there, the number of recordings, the demo's sessions."""

    stored: int
    already_stored: int
    recordings: int
    sessions: tuple[str, ...]


async def prepare(data: Path, progress: Callable[[str, int, int], None] | None = None) -> Prepared:
    """Write the demo's recordings and events below `data`, as far as they are not there yet.

    Cut off at any point, it is completed by the next run; run again, it changes nothing. `progress` is told what
    is under way ("recordings", "events"), how much of it is done and how much there is. The folder is locked
    meanwhile. Raises `DataLocked` when it is in use and `Conflict` when it holds another version of the demo.
    """
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
    with DataLock(data):
        files = await ensure_recordings(data, progress)
        clock = StoryClock()
        log = await SqliteLog.open(data / LOG, clock=clock)
        try:
            statuses = await append_story(log, clock, story(files), progress)
        finally:
            await log.close()
    return Prepared(
        stored=statuses["stored"],
        already_stored=statuses.total() - statuses["stored"],
        recordings=len(files),
        sessions=SESSIONS,
    )
