"""A consistent copy of a log that is in use.

Rule 1: the copy appears under its name when it is complete and on the disk, and never over another file.
Rule 2: it is a history of its own from here on: it gets a new epoch.

Erased content is not in it: a copy is written from the rows, not from the pages.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from replay.errors import Invalid, Unavailable
from replay.log.sqlite.connection import connect, discard, run
from replay.log.sqlite.schema import new_epoch, set_meta


async def backup(source: Path, to: Path) -> None:
    """Copy the log at `source`. Raises `Invalid` if `to` exists, `Unavailable` if it cannot be written."""
    partial = to.with_name(f".{to.name}.{secrets.token_hex(4)}.partial")
    try:
        connection = await connect(source, "ro")
        try:
            await run(connection, lambda reader: _copy(reader, partial, to))
        finally:
            await discard(connection)
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(f"the backup could not be written: {error}") from error


def _copy(reader: sqlite3.Connection, partial: Path, to: Path) -> None:
    if to.exists():
        raise Invalid("to", f"{to.name} exists already")
    try:
        reader.execute("VACUUM INTO ?", (str(partial),))
        with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            set_meta(copy, "epoch", new_epoch())
        _sync(partial)
        _name(partial, to)
        _sync(to.parent)
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, to: Path) -> None:
    """Give the finished copy its name, unless the name was taken meanwhile."""
    try:
        os.link(partial, to)
    except FileExistsError:
        raise Invalid("to", f"{to.name} exists already") from None
    except OSError:  # a file system without links
        partial.rename(to)


def _sync(path: Path) -> None:
    """Have the system write a file, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
