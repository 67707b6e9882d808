"""The form of `tokens.db`: who may read the file, its tables, and the steps that made them what they are.

Rule 1: its owner alone may read or write the file.
Rule 2: rollback-journal mode: two processes write it, and its change counter moves with each commit.
        `synchronous=EXTRA`, so that a loss of power cannot bring a revoked token or an ended login back.
Rule 3: a file of version n has had the first n steps; an older one is given the rest, in one transaction. A
        newer one is refused, never guessed at.
Rule 4: what must go together goes by triggers, in the transaction of the one statement that began it: the
        connection is shared, and a transaction of several statements would take in those of others.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import aiosqlite

from replay import sqlite
from replay.errors import NotFound, PlayheadError

MAX_PAGES = 1000
"""The most logins that are kept. Of too many, the oldest goes."""
MAX_PAGES_OF_TOKEN = 50
"""The most of one token, and of all login links together: nobody's logins drive out everybody else's."""

_BUSY_SECONDS = 5.0
_TOKENS = (
    """
    CREATE TABLE tokens (
        id      TEXT PRIMARY KEY,
        name    TEXT NOT NULL,
        digest  BLOB NOT NULL UNIQUE,
        roles   TEXT NOT NULL,
        logs    TEXT,
        created INTEGER NOT NULL,
        revoked INTEGER
    )
    """,
)
_LOGINS = (
    # `number` is the order in which they came: a clock can be set back, and would make the newest the oldest.
    """
    CREATE TABLE logins (
        number  INTEGER PRIMARY KEY,
        digest  BLOB NOT NULL UNIQUE,
        token   TEXT,
        created INTEGER NOT NULL,
        ends    INTEGER NOT NULL
    )
    """,
    f"""
    CREATE TRIGGER logins_are_bounded AFTER INSERT ON logins BEGIN
        DELETE FROM logins WHERE ends <= NEW.created;
        DELETE FROM logins WHERE token IS NEW.token AND number NOT IN (
            SELECT number FROM logins WHERE token IS NEW.token ORDER BY number DESC LIMIT {MAX_PAGES_OF_TOKEN}
        );
        DELETE FROM logins WHERE number NOT IN (
            SELECT number FROM logins ORDER BY number DESC LIMIT {MAX_PAGES}
        );
    END
    """,
    """
    CREATE TRIGGER logins_end_with_their_token AFTER UPDATE OF revoked ON tokens WHEN NEW.revoked IS NOT NULL
    BEGIN
        DELETE FROM logins WHERE token = NEW.id;
    END
    """,
)
_CHANGES = (
    # There may be many tokens, and a login is no reason to read them all again.
    "CREATE TABLE token_changes (count INTEGER NOT NULL)",
    "INSERT INTO token_changes VALUES (0)",
    *(
        f"""
        CREATE TRIGGER token_changes_count_{action} AFTER {action} ON tokens BEGIN
            UPDATE token_changes SET count = count + 1;
        END
        """
        for action in ("INSERT", "UPDATE", "DELETE")
    ),
)
_STEPS = (_TOKENS, _LOGINS, _CHANGES)
_VERSION = len(_STEPS)


async def open_file(path: Path, *, create: bool) -> aiosqlite.Connection:
    """Open a token file, making it when it is missing and `create` is set.

    Raises `NotFound` when it is missing otherwise, `PlayheadError` when it cannot be used.
    """
    try:
        _make_private(path, create)
        connection = await sqlite.connect(path, timeout=_BUSY_SECONDS)
        async with sqlite.closed_on_failure(connection) as database:
            await _prepare(database)
    except (OSError, sqlite3.Error, _NotOurs) as error:
        raise PlayheadError(f"the token file {path} cannot be used: {error}") from error
    return database


class _NotOurs(Exception):
    """A database, but not one of a version known here, or not in this mode."""


def _make_private(path: Path, create: bool) -> None:
    if path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & 0o700)
    elif create:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    else:
        raise NotFound(f"there are no tokens at {path}")


async def _prepare(database: aiosqlite.Connection) -> None:
    ((mode,),) = await database.execute_fetchall("PRAGMA journal_mode = DELETE")
    if mode != "delete":
        raise _NotOurs(f"another program keeps it in journal mode {mode}")
    await database.execute_fetchall("PRAGMA synchronous = EXTRA")
    version = await _version(database)
    if 0 <= version < _VERSION:
        version = await _migrate(database)
    if version != _VERSION:
        raise _NotOurs(f"it is of version {version}, and this Playhead reads version {_VERSION}")


async def _migrate(database: aiosqlite.Connection) -> int:
    """Give the file the steps that it lacks; another process may have been first."""
    await database.execute_fetchall("BEGIN IMMEDIATE")
    version = await _version(database)
    for statement in (statement for step in _STEPS[version:] for statement in step):
        await database.execute_fetchall(statement)
    version = max(version, _VERSION)
    await database.execute_fetchall(f"PRAGMA user_version = {version}")
    await database.execute_fetchall("COMMIT")
    return version


async def _version(database: aiosqlite.Connection) -> int:
    ((version,),) = await database.execute_fetchall("PRAGMA user_version")
    return int(version)
