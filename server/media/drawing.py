"""Waveforms of recordings, made once and kept in the cache.

Rule 1: all zooms of a recording are made in one go, by one thread, whoever asks; who asks waits for a while, and is
        told to come back when it takes longer. What was begun goes on, unless its recording is removed: nothing
        made of it stays then.
Rule 2: a file is named by the recording's key: another content never meets the old one's peaks.
Rule 3: together they stay within a budget; what was asked for longest ago goes first.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from replay.errors import NotFound, PlayheadError, Unavailable, Unplayable
from replay.recordings.drafts import draft
from replay.recordings.evicting import trim, used
from replay.recordings.folder import CACHE, PEAKS
from replay.recordings.known import Known, Probe
from replay.recordings.peaks import GivenUp, measure, zooms_of

VERSION = 2
"""Raised when the same recording would give other peaks."""
AT_ONCE = 2
WAITING = 200
BUDGET = 512 * 2**20
SECONDS = 20.0
"""How long a request waits for them."""


class Drawing:
    """The waveforms of a data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / CACHE / PEAKS
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._gone: set[str] = set()
        self._stopping = False

    async def file(self, known: Known, frames: int) -> Path:
        """The file with a recording's peaks of so many frames, one of `zooms_of` it.

        Raises `NotFound` when there is nothing to draw, `Unavailable` when that takes long.
        """
        if known.path is None or known.probe is None or known.fault is not None:
            raise NotFound(f"there is no waveform of it: {known.fault}")
        path = self._path(known.key, frames)
        if not await asyncio.to_thread(path.exists):
            await self._wait(known.key, known.path, known.probe)
        await asyncio.to_thread(used, path)
        return path

    async def forget(self, known: Known) -> None:
        """Remove the peaks of a recording that is gone, and give up those that are being made."""
        if known.key in self._under_way:
            self._gone.add(known.key)
        if known.probe is not None:
            await asyncio.to_thread(self._remove, known.key, known.probe)

    async def close(self) -> None:
        """Give up what is being made."""
        self._stopping = True
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def kept(self, known: Known) -> list[Path]:
        """The files that there are of a recording's peaks, the finest first. Blocks."""
        if known.probe is None:
            return []
        files = [self._path(known.key, frames) for frames in zooms_of(known.probe)]
        return [path for path in files if path.exists()]

    def _path(self, key: str, frames: int) -> Path:
        return self._folder / f"{key}-{VERSION}-{frames}.dat"

    async def _wait(self, key: str, path: Path, probe: Probe) -> None:
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= WAITING:
                raise Unavailable("too many waveforms are being made", retry_after=5)
            task = asyncio.create_task(self._make(key, path, probe))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._made(key, done))
        await asyncio.wait({task}, timeout=SECONDS)
        if not task.done():
            raise Unavailable("the waveform is being made", retry_after=5)
        task.result()

    def _made(self, key: str, task: asyncio.Task[None]) -> None:
        self._under_way.pop(key, None)
        self._gone.discard(key)
        if not task.cancelled():
            task.exception()  # whoever still waits raises it; nobody may be left

    async def _make(self, key: str, path: Path, probe: Probe) -> None:
        async with self._slots:
            try:
                await asyncio.to_thread(self._write, key, path, probe)
            except Unplayable as error:
                raise NotFound(f"there is no waveform of it: {error.message}") from error
            except GivenUp:
                raise Unavailable("the waveform was given up", retry_after=5) from None
            except OSError as error:
                raise PlayheadError(f"the waveform cannot be made: {error.strerror or error}") from error

    def _write(self, key: str, path: Path, probe: Probe) -> None:
        for waveform in measure(path, probe, lambda: self._stopping or key in self._gone):
            with draft(self._folder) as begun:
                begun.write(waveform.encode())
                begun.finish()
                begun.place(self._path(key, waveform.frames))
        if key in self._gone:
            self._remove(key, probe)
            raise GivenUp
        trim(self._folder, BUDGET)

    def _remove(self, key: str, probe: Probe) -> None:
        for frames in zooms_of(probe):
            self._path(key, frames).unlink(missing_ok=True)
