"""The data folder's lock: one process writes a folder at a time.

Rule 1: the lock is the operating system's, held by the process: it is gone when the process is, however it
        ended, and a file left behind means nothing.
Rule 2: whoever finds it held is told by whom: the server's URL stands in a small file beside it.
Rule 3: tokens are not under it: `tokens.db` may be written while the server runs.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from replay.errors import Unavailable

LOCK = "playhead.lock"
HOLDER = "playhead.url"


class DataLocked(Unavailable):
    """Another process holds the data folder. `url` is its server's, or None when it serves nothing."""

    def __init__(self, folder: Path, url: str | None) -> None:
        holder = f"the server at {url}" if url else "another process"
        super().__init__(f"the data folder {folder} is in use by {holder}")
        self.folder = folder
        self.url = url


class DataLock:
    """A held data folder. Raises `DataLocked` when another process has it."""

    def __init__(self, folder: Path) -> None:
        self._holder = folder / HOLDER
        self._lock = FileLock(folder / LOCK, timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            raise DataLocked(folder, serving(folder)) from None
        self._holder.unlink(missing_ok=True)

    def announce(self, url: str) -> None:
        """Let others know where this process serves the folder."""
        draft = self._holder.with_suffix(".new")
        draft.write_text(url + "\n", encoding="utf-8")
        draft.replace(self._holder)

    def release(self) -> None:
        """Let go of the folder; a second time does nothing."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> DataLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def serving(folder: Path) -> str | None:
    """The URL at which the folder's holder serves it, or None when it has given none."""
    try:
        return (folder / HOLDER).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None
