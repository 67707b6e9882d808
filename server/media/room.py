"""What a data folder's recordings need while it is open.

Rule 1: what blocks runs in a thread; what reads whole files runs `LOOKING` at a time, so that others are served. It
        holds its turn to its end, though who asked has left.
Rule 2: a recording is placed and described, or found unused and removed, by one task at a time: what is being
        described is never removed.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from contextlib import contextmanager

from replay.errors import Unavailable
from replay.events import AssetDescribed
from replay.recordings import Known, Recordings
from server.media.drawing import Drawing
from server.media.fetching import Fetcher
from server.settings import Settings
from server.tasks import to_its_end

LOOKING = 2
FETCH_SECONDS = 20.0
"""How long a request waits for a recording that is being fetched; the fetching goes on."""
FULL = (errno.ENOSPC, errno.EDQUOT)


class Media:
    """The recordings of one opened data folder. With `keep` the cache folder may be written."""

    def __init__(self, settings: Settings, *, keep: bool) -> None:
        self.recordings = Recordings(settings.data, settings.media_prefixes, keep=keep)
        self.fetcher = Fetcher(self.recordings, most=settings.max_recording, budget=settings.max_fetched)
        self.drawing = Drawing(settings.data)
        self.looking = asyncio.Semaphore(LOOKING)
        self.placing = asyncio.Lock()

    async def find(self, log: str, description: AssetDescribed, seconds: float = FETCH_SECONDS) -> Known:
        """What is there of an asset's recording; one that may be fetched is, for so long at most."""
        found = await self.look(log, description)
        if found.path is None and description.url is not None and self.recordings.may_fetch(description.url):
            fault = await self.fetcher.fetch(description, seconds)
            found = await self.look(log, description) if fault is None else found_not(found, fault)
        return found

    async def look(self, log: str, description: AssetDescribed) -> Known:
        """What is there of it now; nothing is fetched. Who asks for what is known waits for nobody."""
        known = await asyncio.to_thread(self.recordings.recall, log, description)
        if known is not None:
            return known
        async with self.looking:
            return await to_its_end(lambda: self.recordings.find(log, description))

    async def close(self) -> None:
        """Give up what is under way."""
        await self.fetcher.close()
        await self.drawing.close()


def found_not(known: Known, fault: str) -> Known:
    """What is known of a recording that is not there, for another reason."""
    return Known(known.path, known.key, None, fault)


@contextmanager
def disk_trouble() -> Iterator[None]:
    """Say of a disk that is full, or fails, that it is so: `Unavailable`."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Unavailable("there is no room for it on the disk", retry_after=60) from error
        raise Unavailable(f"the disk failed: {(error.strerror or str(error)).lower()}") from error
