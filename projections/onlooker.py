"""An onlooker: reads the views file that another process keeps.

Rule 1: it writes nothing, checkpoints nothing and builds nothing. What is not there is `Unavailable`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from projections.readers import Readers
from projections.status import Building
from projections.view import View
from projections.views_file import file_name
from replay.errors import Unavailable

POLL = 0.05
"""Seconds between looks at the checkpoint while waiting for it."""


class Onlooker:
    """Reads the views file of a folder."""

    def __init__(self, folder: Path, views: Sequence[View], kind: str = "views") -> None:
        self.path = folder / file_name(views, kind)
        self.position = 0
        self.building: Building | None = None
        self.readers = Readers(self._absent)
        self._closed = False

    async def open(self) -> None:
        """Open the file when there is one."""
        if not self.readers.attached and self.path.exists():
            await self.readers.attach(self.path)
            await self.stands()

    async def stands(self) -> int:
        """The position of the views, read from the file."""
        [(self.position,)] = await self.readers.fetch("SELECT position FROM checkpoint")
        return self.position

    async def wait_for(self, position: int, seconds: float) -> bool:
        """Wait until the views have passed a position. False once the seconds are over, or without a file."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self.readers.attached and await self.stands() < position:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await asyncio.sleep(min(POLL, left))
        return self.readers.attached

    async def close(self) -> None:
        """Close the file."""
        self._closed = True
        await self.readers.detach()

    def _absent(self) -> Unavailable:
        if self._closed:
            return Unavailable("the read models are closed")
        return Unavailable("there are no read models here: start the server, or run `playhead rebuild`")
