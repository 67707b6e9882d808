"""The form of `tokens.db`: who may read the file, its table, and how a row is written and read.

Rule 1: its owner alone may read or write the file.
Rule 2: rollback-journal mode: two processes write it, and its change counter moves with each commit.
        `synchronous=EXTRA`, so that a loss of power cannot bring a revoked token back.
Rule 3: a file of another version is refused, never guessed at.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable
from pathlib import Path

import aiosqlite
import msgspec

from replay import sqlite
from replay.envelope import check_name
from replay.errors import Invalid, NotFound, PlayheadError
from server.access.identity import ROLES, Role, in_order

MAX_LOGS = 1000
"""The most logs that one token may be limited to."""

_VERSION = 1
_BUSY_SECONDS = 5.0
_SCHEMA = """
CREATE TABLE tokens (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    digest  BLOB NOT NULL UNIQUE,
    roles   TEXT NOT NULL,
    logs    TEXT,
    created INTEGER NOT NULL,
    revoked INTEGER
)
"""

SELECT = "SELECT id, name, roles, logs, created, revoked, digest FROM tokens ORDER BY created, id"
INSERT = "INSERT INTO tokens (id, name, roles, logs, created, digest) VALUES (?, ?, ?, ?, ?, ?)"


class Token(msgspec.Struct, frozen=True):
    """What is kept of a token. Times are microseconds UTC; `logs` None: every log; `revoked` None: live."""

    id: str
    name: str
    roles: tuple[Role, ...]
    logs: tuple[str, ...] | None
    created: int
    revoked: int | None = None


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


def write_row(token: Token, digest: bytes) -> tuple[str | int | bytes | None, ...]:
    """The values of `INSERT`. Raises `Invalid` naming what a token may not have."""
    return (
        token.id,
        check_name(token.name, "name"),
        _write_roles(token.roles),
        _write_logs(token.logs),
        token.created,
        digest,
    )


def read_row(row: sqlite3.Row) -> tuple[Token, bytes]:
    """The token and the digest of a row of `SELECT`."""
    id, name, roles, logs, created, revoked, digest = row
    held = msgspec.convert(tuple(roles.split()), tuple[Role, ...])
    limits = None if logs is None else msgspec.json.decode(logs, type=tuple[str, ...])
    return Token(id, name, held, limits, created, revoked), digest


class _NotOurs(Exception):
    """A database, but not one of this version in this mode."""


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
    if version == 0:
        version = await _create(database)
    if version != _VERSION:
        raise _NotOurs(f"it is of version {version}, and this Playhead reads version {_VERSION}")


async def _create(database: aiosqlite.Connection) -> int:
    await database.execute_fetchall("BEGIN IMMEDIATE")
    version = await _version(database)
    if version == 0:  # else another process was first
        await database.execute_fetchall(_SCHEMA)
        await database.execute_fetchall(f"PRAGMA user_version = {_VERSION}")
    await database.execute_fetchall("COMMIT")
    return version or _VERSION


async def _version(database: aiosqlite.Connection) -> int:
    ((version,),) = await database.execute_fetchall("PRAGMA user_version")
    return int(version)


def _write_roles(roles: Iterable[Role]) -> str:
    given = frozenset(roles)
    if not given or given - set(ROLES):
        raise Invalid("role", f"a token needs one or more of the roles {', '.join(ROLES)}")
    return " ".join(in_order(given))


def _write_logs(logs: Iterable[str] | None) -> str | None:
    if logs is None:
        return None
    given = sorted({check_name(log, "log") for log in logs})
    if not 0 < len(given) <= MAX_LOGS:
        raise Invalid("log", f"a token is for every log, or for 1 to {MAX_LOGS} of them")
    return msgspec.json.encode(given).decode()
