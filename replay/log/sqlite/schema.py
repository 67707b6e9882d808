"""What is in `log.db`: the tables, and how a file says that it is a log of ours.

Rule 1: a file is opened only when its application id is ours and its format one we know. Nothing is changed
        in any other file.
Rule 2: `records` is only ever appended to, but for an erasure, which sets `nonce` and `body` to NULL.
"""

from __future__ import annotations

import secrets
import sqlite3

from replay.errors import Invalid
from replay.log.sqlite.connection import is_error, one, writing

APPLICATION_ID = 0x504C4C47
"""`PLLG`: a Playhead log. At byte 68 of the file, where `file(1)` looks too."""
PLAIN, ANCHORED = 1, 2
FORMAT = ANCHORED
"""The newest format that this version reads; kept as SQLite's `user_version`.

Only a log that an excerpt was adopted into is anchored: any other stays as older versions read it.
"""

TABLES = (
    """
    CREATE TABLE records (
        position INTEGER PRIMARY KEY,
        recordedtime INTEGER NOT NULL,  -- microseconds UTC
        behind INTEGER NOT NULL,        -- microseconds below the newest so far: 0 unless the clock went back
        key BLOB NOT NULL,              -- of (log, source, id)
        nonce BLOB,
        commitment BLOB NOT NULL,
        chain BLOB NOT NULL,
        body BLOB                       -- last, so that the others are read without it
    )
    """,
    "CREATE TABLE keys (slot INTEGER PRIMARY KEY, position INTEGER NOT NULL)",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
)

ANCHORS = "CREATE TABLE anchors (position INTEGER PRIMARY KEY, chain BLOB NOT NULL)"

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA wal_autocheckpoint = 0",  # the writer decides when: see `writer`
    "PRAGMA cache_size = -65536",
    "PRAGMA journal_size_limit = 268435456",
)


def prepare(connection: sqlite3.Connection) -> None:
    """Make the writer's connection ready, and the tables if the file is new. Raises `Invalid`."""
    new = not identify(connection)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    if new:
        _create(connection)


def identify(connection: sqlite3.Connection) -> bool:
    """Whether the file is a log; False for an empty one. Raises `Invalid` for anything else."""
    try:
        application = one(connection, "PRAGMA application_id")
        version = one(connection, "PRAGMA user_version")
        empty = one(connection, "SELECT count(*) FROM sqlite_schema") == 0
    except sqlite3.DatabaseError as error:
        if is_error(error, sqlite3.SQLITE_NOTADB):
            raise Invalid("log", "the file is not a Playhead log") from None
        raise
    if application == 0 and empty:
        return False
    if application != APPLICATION_ID:
        raise Invalid("log", "the file is not a Playhead log")
    if version > FORMAT:
        raise Invalid("log", f"the log has format {version}; this version of Playhead reads up to {FORMAT}")
    return True


def get_meta(connection: sqlite3.Connection, name: str) -> str | int:
    """A value of the `meta` table."""
    value: str | int = one(connection, "SELECT value FROM meta WHERE name = ?", name)
    return value


def set_meta(connection: sqlite3.Connection, name: str, value: str | int) -> None:
    """Change a value of the `meta` table, in the caller's transaction."""
    connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))


def has_anchors(connection: sqlite3.Connection) -> bool:
    """Whether an excerpt of another history was adopted into the file."""
    return bool(one(connection, "PRAGMA user_version") >= ANCHORED)


def make_anchors(connection: sqlite3.Connection) -> None:
    """Turn a file into one with anchors, in the caller's transaction."""
    connection.execute(ANCHORS)
    connection.execute(f"PRAGMA user_version = {ANCHORED}")


def new_epoch() -> str:
    """A name for a history that no other log has."""
    return secrets.token_hex(8)


def _create(connection: sqlite3.Connection) -> None:
    with writing(connection):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {PLAIN}")
        for table in TABLES:
            connection.execute(table)
        meta = {"epoch": new_epoch(), "flushed_through": 0, "scrub": 0}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
