"""Encoded sounds, kept once they were made to their end: from then on any range of their bytes can be had.

Rule 1: a name is a digest of all that the bytes depend on. So what is kept may be of no use any more, never wrong.
Rule 2: an encoding is made once for all who ask for it meanwhile, at the machine's pace and not at theirs. When the
        last of them leaves the work stops, and nothing is left of it.
Rule 3: what cannot be kept is sent all the same: made anew for each reader, on from where they are. It comes to the
        same bytes.
Rule 4: all together stay within the budget, those in the making too: what was used longest ago goes first.
Rule 5: when a log forgets (an erasure, a recording that is removed) all of the log goes at once, and what was begun
        before does not come to its place.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import threading
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from replay.errors import Unavailable
from replay.recordings.evicting import trim, used
from replay.recordings.folder import CACHE
from replay.recordings.names import folder_name
from server.services.encoding import Making, NotKept
from server.services.files import read_file
from server.tasks import until_ended

FOLDER = Path(CACHE) / "encoded"

SPARE = 8
"""What goes beyond what must, when there is no room: one part in so many of the budget."""

Make = Callable[[Making | None], AsyncGenerator[bytes, None]]
"""Makes all of an encoding. What it makes it writes into the making, if there is one; at the end it finishes it."""


class Name(NamedTuple):
    """An encoding: the log it is of, and `key`, all that its bytes depend on.

    `edition` is that of the log from before anything of it was read for this.
    """

    log: str
    key: tuple[str, ...]
    edition: int | None


class _Begun(NamedTuple):
    """One in the making, and the task that makes it."""

    log: str
    making: Making
    task: asyncio.Task[None]


class Encodings:
    """The encoded sounds of a data folder, at most `budget` bytes of them; 0 keeps none."""

    def __init__(self, data: Path, budget: int) -> None:
        self._folder = data / FOLDER
        self._budget = budget
        self._counting = threading.Lock()
        self._taken = budget + 1
        """Bytes that are taken at most; nothing was counted yet."""
        self._open: set[_Begun] = set()
        self._joinable: dict[Name, _Begun] = {}
        self._editions: Counter[str] = Counter()
        self._forgetting: Counter[str] = Counter()

    def edition(self, log: str) -> int | None:
        """What changes when a log forgets; None while it does, when nothing of it is kept."""
        return None if self._forgetting[log] else self._editions[log]

    async def find(self, name: Name) -> int | None:
        """The size of one that is kept, in bytes; None for one that is not."""
        path = self._path(name)
        with suppress(OSError):
            size = (await asyncio.to_thread(path.stat)).st_size
            await asyncio.to_thread(used, path)
            return size
        return None

    async def read(self, name: Name, make: Make, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """The bytes of one that is kept, from `start` to before `stop`; made anew if it has just gone."""
        file = await asyncio.to_thread(_open, self._path(name))
        try:
            pieces = _cut(make(None), start, stop) if file is None else read_file(file, start, stop)
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        finally:
            if file is not None:
                await asyncio.to_thread(file.close)

    async def make(self, name: Name, make: Make) -> AsyncGenerator[bytes, None]:
        """All bytes of one that is not kept yet, as they are made; it is kept when this comes to its end.

        Raises what its making does.
        """
        sent = 0
        if self._budget and name.edition is not None and name.edition == self.edition(name.log):
            with suppress(NotKept):
                async with self._joined(name, make) as making, aclosing(making.pieces()) as pieces:
                    async for piece in pieces:
                        sent += len(piece)
                        yield piece
                return
        async with aclosing(_cut(make(None), sent, None)) as rest:
            async for piece in rest:
                yield piece

    def under_way(self, name: Name) -> bool:
        """Whether one is being made."""
        return name in self._joinable

    @asynccontextmanager
    async def forgetting(self, log: str) -> AsyncIterator[None]:
        """Keep nothing of a log that was there before the block's end."""
        self._forgetting[log] += 1
        try:
            await self._forget(log)
            yield
        finally:
            self._forgetting[log] -= 1
            await self._forget(log)

    def sweep(self) -> None:
        """Remove what a killed process left, and what the budget has no room for. Only for the one that may write
        the data folder; blocks."""
        for draft in list(self._folder.glob("*/.*")):
            draft.unlink(missing_ok=True)
        self._taken = trim(self._folder, self._budget, nested=True)

    async def close(self) -> None:
        """Give up what is being made."""
        tasks = [begun.task for begun in self._open]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @asynccontextmanager
    async def _joined(self, name: Name, make: Make) -> AsyncIterator[Making]:
        """An encoding in the making, for as long as it is read."""
        begun = self._joinable.get(name) or self._begin(name, make)
        making = begun.making
        making.readers += 1
        try:
            yield making
        finally:
            making.readers -= 1
            if not making.readers:
                await self._stop(name, begun)

    def _begin(self, name: Name, make: Make) -> _Begun:
        making = Making(self._path(name), self._make_room)
        begun = _Begun(name.log, making, asyncio.create_task(self._run(name, making, make)))
        self._joinable[name] = begun
        self._open.add(begun)
        return begun

    async def _run(self, name: Name, making: Making, make: Make) -> None:
        error: Exception | None = Unavailable("the server is stopping", retry_after=5)
        try:
            async with aclosing(make(making)) as pieces:
                async for piece in pieces:
                    making.grow(len(piece))
            error = None
        except Exception as raised:  # noqa: BLE001 - who reads it is told, whatever it is
            error = raised
        finally:
            self._drop(name, making)
            making.end(error)

    async def _stop(self, name: Name, begun: _Begun) -> None:
        """End the work that nobody waits for, and let its files go. A thread may be bringing it to its place."""
        self._drop(name, begun.making)
        begun.task.cancel()
        try:
            await until_ended(begun.task)
        finally:
            self._open.remove(begun)
            await asyncio.to_thread(begun.making.close)

    def _drop(self, name: Name, making: Making) -> None:
        """Let nobody join any more."""
        if name in self._joinable and self._joinable[name].making is making:
            del self._joinable[name]

    async def _forget(self, log: str) -> None:
        self._editions[log] += 1
        begun = [each.making for each in self._open if each.log == log]
        await asyncio.to_thread(_remove, self._folder / folder_name(log), begun)

    def _make_room(self, more: int, size: int) -> bool:
        """Make room for `more` bytes of one that has `size` by now; whether there is any.

        What there is is counted when it may be too much. Then more goes than must, so that it is not counted each
        time.
        """
        if size > self._budget:
            return False
        with self._counting:
            self._taken += more
            if self._taken > self._budget:
                self._taken = trim(self._folder, self._budget - self._budget // SPARE, nested=True)
            return self._taken <= self._budget

    def _path(self, name: Name) -> Path:
        digest = hashlib.sha256("\0".join(name.key).encode()).hexdigest()
        return self._folder / folder_name(name.log) / digest


def _open(path: Path) -> BinaryIO | None:
    """A file to read; None where it is not there."""
    try:
        return path.open("rb", buffering=0)
    except OSError:
        return None


def _remove(folder: Path, begun: Iterable[Making]) -> None:
    """Remove a log's encodings, and see that those that were begun do not come there."""
    for making in begun:
        making.disown()
    shutil.rmtree(folder, ignore_errors=True)


async def _cut(
    pieces: AsyncGenerator[bytes, None], start: int, stop: int | None
) -> AsyncGenerator[bytes, None]:
    """The bytes from `start` to before `stop` of all of them; None is their end."""
    place = 0
    async with aclosing(pieces):
        async for piece in pieces:
            wanted = piece[max(start - place, 0) : None if stop is None else stop - place]
            place += len(piece)
            if wanted:
                yield wanted
            if stop is not None and place >= stop:
                return
