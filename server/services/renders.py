"""Sounds in the making: how many at once, and where decoded recordings are kept.

Rule 1: at most `max_renders` blocks are made at one moment, each in a thread; who has to wait for the first one
        longer than `render_wait` is sent away. Between two blocks a sound that nobody reads takes no turn.
Rule 2: at most `max_sounds` are open, so that what they hold in memory is bounded.
Rule 3: who leaves stops the work: a block in the making is waited for, and the rest is never begun.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from replay.errors import Unavailable
from replay.recordings import Known
from server.settings import Settings
from server.tasks import to_its_end

if TYPE_CHECKING:
    from replay.mixdown import Spool, SpooledTapes

T = TypeVar("T")

FOLDER = Path("cache") / "spool"


class Renders:
    """What the sounds of one opened data folder share. Without `keep` nothing is written into the folder."""

    def __init__(self, settings: Settings, *, keep: bool) -> None:
        self._settings = settings
        self._keep = keep
        self._turns = asyncio.Semaphore(settings.max_renders)
        self._temporary: str | None = None
        self.open = 0

    @cached_property
    def spool(self) -> Spool:
        """The decoded recordings, from when they are first needed."""
        from replay.mixdown import Spool

        folder = self._settings.data / FOLDER
        if not self._keep:
            self._temporary = tempfile.mkdtemp(prefix="playhead-")
            folder = Path(self._temporary)
        return Spool(folder, self._settings.max_spool)

    async def make(
        self,
        recordings: Mapping[str, Known],
        rate: int,
        work: Callable[[SpooledTapes], Generator[T, None, None]],
    ) -> AsyncGenerator[T, None]:
        """What `work` gives with these recordings, piece by piece, each made in a thread.

        Raises `Unavailable` before the first piece when too many others are at work.
        """
        from replay.mixdown import SpooledTapes

        if self.open >= self._settings.max_sounds:
            raise Unavailable(f"all {self._settings.max_sounds} sounds are in use", retry_after=5)
        self.open += 1
        tapes = SpooledTapes(self.spool, recordings, rate)
        pieces = work(tapes)
        try:
            wait: float | None = self._settings.render_wait
            while True:
                piece = await self._turn(pieces, tapes, wait)
                if piece is _DONE:
                    return
                yield piece  # type: ignore[misc]
                wait = None
        finally:
            self.open -= 1
            pieces.close()
            tapes.close()

    async def forget(self, recording: Known) -> None:
        """Remove what was decoded of a recording."""
        await asyncio.to_thread(lambda: self.spool.forget(recording.key))

    async def close(self) -> None:
        """Let the spool go."""
        if "spool" in self.__dict__:
            await asyncio.to_thread(self.spool.close)
        if self._temporary is not None:
            await asyncio.to_thread(shutil.rmtree, self._temporary, ignore_errors=True)

    async def _turn(self, pieces: Iterator[T], tapes: SpooledTapes, wait: float | None) -> T | object:
        """The next piece, when it is this sound's turn; `_DONE` after the last."""
        try:
            async with asyncio.timeout(wait):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("too many sounds are being made", retry_after=5) from None
        try:
            return await to_its_end(lambda: next(pieces, _DONE), tapes.stop)
        finally:
            self._turns.release()


_DONE = object()
