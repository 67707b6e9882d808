"""A file that a command writes: whole under its name, or not there at all.

Rule 1: what is there is never written over, unless the caller says so.
Rule 2: the bytes go to a hidden file beside it, which takes the name when they are all on the disk. Whatever
        stops the command leaves nothing under the name.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from replay.errors import NotFound, PlayheadError


class Exists(PlayheadError):
    """A file of that name is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists already; --force writes over it")


@contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file to write, which has its name once the block has ended. Raises `Exists` without `force`."""
    if not force and os.path.lexists(path):
        raise Exists(path)
    if not path.parent.is_dir():
        raise NotFound(f"there is no folder {path.parent}")
    partial = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(partial, path, force=force)
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, path: Path, *, force: bool) -> None:
    """Give the finished file its name; without `force` only one that nobody has taken meanwhile."""
    if force:
        partial.replace(path)
        return
    try:
        os.link(partial, path)
    except FileExistsError:
        raise Exists(path) from None
    except OSError:  # a file system without links
        partial.rename(path)
