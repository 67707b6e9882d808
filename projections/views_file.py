"""The file that holds the views.

Rule 1: `views-<versions>.db` is named for every view and its version: another version is another file, built
        beside the old one, which goes once the new one stands. Views that follow at a distance have a file of their
        own, named by another `kind`.
Rule 2: one connection writes the file and makes all its checkpoints. Readers open it `mode=ro`: a reader that
        could write would checkpoint when it closes last, and two that checkpoint at once can corrupt the file.
Rule 3: the file is disposable. It belongs to one history of one log (`epoch`); a file of another history, one ahead
        of its log, or a damaged one is built again.
Rule 4: what was erased leaves the file's bytes: deleted cells are zeroed, and the WAL is truncated.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from projections.view import Database, View, run, run_script
from replay import sqlite

BUILDING = ".building"
"""What the name of a file ends with until it is whole."""

_SIDES = ("-wal", "-shm", "-journal")

FACTORY: type[sqlite3.Connection] = sqlite3.Connection
"""The class of every connection: a test puts one here that fails on purpose."""

BUSY = 5000
"""Milliseconds that a connection waits for another's lock."""

_PATIENCE = 50
"""Milliseconds that emptying the WAL waits for readers: folding waits for it, and it is tried again."""

# Sessions and devices that are active at once each keep a page of every index hot: 256 MiB hold some 60,000
# pages. With 64 MiB, ten thousand active sessions took a third longer to fold.
_ALWAYS = ("cache_size = -262144", "secure_delete = ON", "temp_store = MEMORY", f"busy_timeout = {BUSY}")
_LIVE = ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 16000")
_BULK = ("locking_mode = EXCLUSIVE", "journal_mode = MEMORY", "synchronous = OFF")
"""A file being built is thrown away after a crash: it needs a journal only to roll a poisoned batch back."""

_TABLES = (
    "CREATE TABLE checkpoint (position INTEGER NOT NULL, epoch TEXT NOT NULL)",
    """CREATE TABLE parked (
        view TEXT NOT NULL,
        position INTEGER NOT NULL,
        error TEXT NOT NULL,
        PRIMARY KEY (position, view)) WITHOUT ROWID""",
)


def file_name(views: Sequence[View], kind: str = "views") -> str:
    """The name of the file that holds these views: `views-timelines1-feeds1.db`."""
    return "-".join((kind, *(f"{view.name}{view.version}" for view in views))) + ".db"


async def connect(path: Path, mode: str, pragmas: Sequence[str]) -> Database:
    """A connection that begins no transaction by itself. `mode` is SQLite's: ro, rw or rwc."""
    uri = f"file:{quote(str(path))}?mode={mode}"
    async with sqlite.closed_on_failure(await sqlite.connect(uri, uri=True, factory=FACTORY)) as db:
        await run_script(db, (f"PRAGMA {pragma}" for pragma in pragmas))
    return db


async def connect_writer(path: Path) -> Database:
    """The one connection that writes a file that is whole."""
    return await connect(path, "rw", (*_ALWAYS, *_LIVE))


async def create(path: Path, views: Sequence[View], epoch: str) -> Database:
    """Begin a new file: the tables without the indexes that are made last, at position 0 of a history."""
    remove(path)
    async with sqlite.closed_on_failure(await connect(path, "rwc", (*_ALWAYS, *_BULK))) as db:
        await run_script(db, (*_TABLES, *(table for view in views for table in view.tables)))
        await run(db, "INSERT INTO checkpoint VALUES (0, ?)", (epoch,))
    return db


async def read_checkpoint(db: Database) -> tuple[int, str]:
    """How far a file's views are folded, and the epoch of the log they are folded from."""
    [(position, epoch)] = await run(db, "SELECT position, epoch FROM checkpoint")
    return position, epoch


def is_damage(error: Exception) -> bool:
    """Whether an error tells of a damaged file. (Its subclasses are about what was asked of it.)"""
    return type(error) is sqlite3.DatabaseError


def is_trouble(error: Exception) -> bool:
    """Whether an error tells of the file or the disk, rather than of what was asked."""
    return is_damage(error) or isinstance(error, sqlite3.OperationalError)


async def open_if_usable(path: Path, epoch: str, head: int) -> Database | None:
    """The writer of a file that belongs to this history of the log; None when there is no such file."""
    try:
        db = await connect_writer(path)
    except sqlite3.Error as error:
        if _tells_of_the_content(error):
            return None
        raise
    usable = False
    try:
        usable = await _belongs(db, epoch, head)
    finally:
        if not usable:
            await sqlite.close(db)
    return db if usable else None


async def _belongs(db: Database, epoch: str, head: int) -> bool:
    """Whether a file holds views of this history, and none of what the log has not."""
    try:
        position, found = await read_checkpoint(db)
    except (sqlite3.Error, ValueError) as error:
        if isinstance(error, ValueError) or _tells_of_the_content(error):
            return False
        raise
    return found == epoch and position <= head


_NOT_VIEWS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _tells_of_the_content(error: sqlite3.Error) -> bool:
    """Whether there is no file, or one that is not SQLite's, is damaged, or has other tables."""
    return error.sqlite_errorcode & 0xFF in _NOT_VIEWS


async def truncate_wal(db: Database) -> bool:
    """Write everything back and empty the WAL. False while a reader's transaction is in the way."""
    await run(db, f"PRAGMA busy_timeout = {_PATIENCE}")
    [(busy, _, _)] = await run(db, "PRAGMA wal_checkpoint(TRUNCATE)")
    await run(db, f"PRAGMA busy_timeout = {BUSY}")
    return not busy


def remove(path: Path) -> None:
    """Delete a file and what SQLite keeps beside it. The database goes first: without it the rest is nothing."""
    for name in (path.name, *(path.name + side for side in _SIDES)):
        path.with_name(name).unlink(missing_ok=True)


def put_in_place(built: Path, path: Path) -> None:
    """Make a file that was built and closed the one that is read, for good. Nobody may have either one open."""
    with built.open("rb") as file:
        os.fsync(file.fileno())
    remove(path)
    built.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def tidy(folder: Path, keep: Path) -> None:
    """Delete files of the same kind and other versions, and what a build that was cut off has left."""
    kind = keep.name.partition("-")[0]
    for pattern in (f"{kind}-*.db", f"{kind}-*.db{BUILDING}"):
        for path in folder.glob(pattern):
            if path != keep:
                remove(path)
