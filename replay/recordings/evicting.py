"""A cache's folder kept within its budget: what was used longest ago goes first.

Rule: a file whose name begins with a dot is being written: it counts, and stays.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def trim(folder: Path, budget: int, *, spare: Path | None = None) -> None:
    """Remove the files used longest ago until all take at most `budget` bytes; `spare` stays. Raises OSError.

    Who has such a file open reads it to its end.
    """
    found = list(files(folder))
    over = sum(size for _, size, _ in found) - budget
    for _, size, path in sorted(found):
        if over <= 0:
            return
        if path != spare and not path.name.startswith("."):
            path.unlink(missing_ok=True)
            over -= size


def used(path: Path) -> None:
    """Note that a cached file was used now."""
    with suppress(OSError):
        os.utime(path)


def files(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """The regular files right in a folder: when each was used (its time of change), its size and its path."""
    with suppress(FileNotFoundError):
        for path in list(folder.iterdir()):
            with suppress(FileNotFoundError):
                state = path.lstat()
                if stat.S_ISREG(state.st_mode):
                    yield state.st_mtime_ns, state.st_size, path
