"""A cache's folder kept within its budget: what was used longest ago goes first.

Rule: a file whose name begins with a dot is being written: it counts, and stays.
`nested` files lie in folders of the folder, instead of right in it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def trim(folder: Path, budget: int, *, spare: Path | None = None, nested: bool = False) -> int:
    """Remove the files used longest ago until all take at most `budget` bytes; `spare` stays. Raises OSError.

    Who has such a file open reads it to its end. Returns by how much they are still above it.
    """
    found = list(files(folder, nested=nested))
    over = sum(size for _, size, _ in found) - budget
    for _, size, path in sorted(found):
        if over <= 0:
            break
        if path != spare and not path.name.startswith("."):
            path.unlink(missing_ok=True)
            over -= size
    return max(over, 0)


def used(path: Path) -> None:
    """Note that a cached file was used now."""
    with suppress(OSError):
        os.utime(path)


def files(folder: Path, *, nested: bool = False) -> Iterator[tuple[int, int, Path]]:
    """The regular files in a folder: when each was used (its time of change), its size and its path."""
    with suppress(FileNotFoundError):
        for path in list(folder.glob("*/*" if nested else "*")):
            with suppress(FileNotFoundError):
                state = path.lstat()
                if stat.S_ISREG(state.st_mode):
                    yield state.st_mtime_ns, state.st_size, path
