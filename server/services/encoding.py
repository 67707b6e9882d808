"""An encoded sound on its way to the disk, read by all who asked for it as it grows.

Rule 1: it is written by the thread that makes it, and seen by its readers a piece at a time.
Rule 2: what is not to be kept any more is out of sight at once, and gone when its last reader is.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from replay.errors import Unavailable
from replay.ids import new_id
from replay.recordings.drafts import Draft, check_room

AT_ONCE = 2**18
"""Bytes that a reader takes at once."""
CHECKED_EVERY = 2**22
"""Bytes after which what is being written is held against the budget, and against what is left of the disk."""


class NotKept(Exception):
    """There is no room for it on the disk: who reads it has to have it made for themselves."""


class Making:
    """One encoding in the making. `make_room` tells whether there is room for so many more bytes of so many.

    Its task and its readers live on the event loop; `write` and `finish` are called by the thread that makes it.
    """

    def __init__(self, target: Path, make_room: Callable[[int, int], bool]) -> None:
        self.target = target
        self.readers = 0
        self._make_room = make_room
        self._draft: Draft | None = None
        self._file: BinaryIO | None = None
        self._unchecked = 0
        self._size = 0
        self._ended = False
        self._error: BaseException | None = None
        self._grown = asyncio.Event()
        self._placing = threading.Lock()
        self._wanted = True

    def write(self, piece: bytes) -> None:
        """Add bytes. Raises `NotKept`."""
        try:
            draft = self._draft or self._begin()
            draft.write(piece)
            draft.show()
            self._unchecked += len(piece)
            if self._unchecked >= CHECKED_EVERY:
                self._check(draft)
        except (OSError, Unavailable) as error:
            raise NotKept from error

    def finish(self) -> None:
        """Put what was written in its place; where it cannot be there, or is not wanted there, it is not kept."""
        with suppress(OSError, Unavailable, NotKept):
            if self._draft is not None and self._wanted:
                self._check(self._draft)
                self._draft.finish()
                with self._placing:
                    if self._wanted:
                        self._draft.place(self.target)

    def disown(self) -> None:
        """Keep nothing of it: it does not come to its place after this. Waits for one that is just coming there."""
        with self._placing:
            self._wanted = False
            if self._draft is not None:
                self._draft.path.unlink(missing_ok=True)

    def grow(self, size: int) -> None:
        """Tell the readers of so many bytes more."""
        self._size += size
        self._tell()

    def end(self, error: BaseException | None = None) -> None:
        """Tell the readers that this is all, or what went wrong."""
        self._ended, self._error = True, error
        self._tell()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Its bytes from the beginning, as they come. Raises `NotKept`, and what its making raised."""
        sent = 0
        while True:
            grown = self._grown
            while sent < self._size:
                piece = await asyncio.to_thread(self._read, sent, min(self._size - sent, AT_ONCE))
                sent += len(piece)
                yield piece
            if self._ended and sent == self._size:
                break
            await grown.wait()
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Remove what did not come to its place, and let the files go."""
        if self._draft is not None:
            self._draft.discard()
        if self._file is not None:
            self._file.close()

    def _begin(self) -> Draft:
        folder = self.target.parent
        folder.mkdir(parents=True, exist_ok=True)
        check_room(folder, 0)
        self._draft = Draft(folder / f".{new_id()}")
        self._file = self._draft.path.open("rb", buffering=0)
        return self._draft

    def _check(self, draft: Draft) -> None:
        """Hold it against the budget, and the disk. Raises `NotKept`, `Unavailable`, OSError."""
        more, self._unchecked = self._unchecked, 0
        if not self._make_room(more, draft.size):
            raise NotKept
        check_room(draft.path.parent, 0)

    def _read(self, place: int, size: int) -> bytes:
        if self._file is None:
            raise NotKept
        piece = os.pread(self._file.fileno(), size, place)
        if not piece:
            raise NotKept
        return piece

    def _tell(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()
