"""A recording on its way in: written beside the others, then put in its place.

Rule 1: a recording is there whole or not at all: written beside, synced, renamed, and its folder synced.
Rule 2: a draft that is not placed is removed, however its writing ends; what a killed process left is swept away by
        the next one that may write.
Rule 3: the disk is never filled to its end: the log lives on it too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from replay.errors import Unavailable
from replay.ids import new_id

INCOMING = ".incoming"
"""The folder of drafts: no log's folder begins with a dot."""
KEEP_FREE = 256 * 2**20
"""Bytes of the disk that recordings leave to the log and the views."""
LOOK_EVERY = 64 * 2**20
"""Bytes after which the room that is left is looked at again."""


class Draft:
    """A file that is being written. Every method blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._digest = hashlib.sha256()
        self._file = path.open("xb")
        self._looked = 0

    def write(self, chunk: bytes) -> None:
        """Add bytes. Raises `Unavailable` when the disk is nearly full, OSError when it fails."""
        if self.size - self._looked >= LOOK_EVERY:
            check_room(self.path.parent, 0)
            self._looked = self.size
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def show(self) -> None:
        """Let who reads the file meanwhile see all that was written."""
        self._file.flush()

    def finish(self) -> str:
        """Bring all of it to the disk; return its SHA-256, in hex."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._digest.hexdigest()

    def place(self, target: Path) -> None:
        """Put the finished file in its place, in one step, in place of what was there."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path.replace(target)
        for folder in (target.parent, target.parent.parent):
            _sync(folder)

    def discard(self) -> None:
        """Close and remove what is left; after `place` that is nothing."""
        self._file.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def draft(media: Path) -> Iterator[Draft]:
    """A new draft, gone at the end of the block unless it was placed. Raises `Unavailable`, OSError."""
    folder = media / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    check_room(folder, 0)
    begun = Draft(folder / new_id())
    try:
        yield begun
    finally:
        begun.discard()


def sweep(media: Path) -> None:
    """Remove the drafts of a process that was killed. Only for the one that may write the data folder."""
    shutil.rmtree(media / INCOMING, ignore_errors=True)


def check_room(folder: Path, size: int) -> None:
    """Raise `Unavailable` when the folder's disk has no room for so many bytes."""
    if shutil.disk_usage(folder).free - size < KEEP_FREE:
        raise Unavailable("there is no room for it on the disk", retry_after=60)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
