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

    Who has such a file open reads it to its end. Returns how many bytes are left of all.
    """
    found = list(files(folder, nested=nested))
    taken = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if taken <= budget:
            break
        if path != spare and not path.name.startswith("."):
            path.unlink(missing_ok=True)
            taken -= size
    return taken


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
