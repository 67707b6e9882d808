"""Connections to `log.db`, and how work gets to their threads.

Rule 1: one hop for one piece of work. `run` hands a whole function to the connection's thread: a hop costs
        more than most queries, and a transaction must not be interleaved with another task's statements.
Rule 2: few steps for many rows. Python's sqlite3 lets go of the interpreter's lock at every step of a
        statement and, while the event loop is busy, waits up to 5 ms to have it back. So rows are written many to a
        statement, and looked up by one statement for all.
Rule 3: a reader is `mode=ro`: it never writes, and closing last it never checkpoints.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeVar

import aiosqlite
import msgspec

from replay import sqlite

T = TypeVar("T")

BUSY_MILLISECONDS = 5_000
FACTORY: type[sqlite3.Connection] = sqlite3.Connection
"""The class of every connection: a test puts one here that fails on purpose."""

_ROWS = (256, 64, 16, 4, 1)


async def connect(path: Path, mode: Literal["ro", "rw", "rwc"]) -> aiosqlite.Connection:
    """Open a connection that reads (`ro`), that writes too (`rw`), or that makes the file as well (`rwc`)."""
    return await sqlite.connect(_uri(path, mode), uri=True, timeout=BUSY_MILLISECONDS / 1000, factory=FACTORY)


async def run(connection: aiosqlite.Connection, function: Callable[[sqlite3.Connection], T]) -> T:
    """Call a function with the connection, in the connection's thread, and return what it returns.

    Cancelling the caller does not stop the function. aiosqlite has no public name for this: its own methods
    are all made of `_execute`, one statement each.
    """
    result: T = await connection._execute(function, connection._conn)  # type: ignore[no-untyped-call]
    return result


async def discard(connection: aiosqlite.Connection) -> None:
    """Close a connection whatever state it is in. Its thread ends in any case."""
    with suppress(sqlite3.Error):
        await sqlite.close(connection)


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that holds the write lock from its start. Any error rolls it back and goes on up."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # the first error is the one to tell
            connection.rollback()
        raise


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction whose statements all see the same moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


def insert(connection: sqlite3.Connection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows of all the table's columns, many to a statement."""
    at = 0
    for size in _ROWS:
        while len(rows) - at >= size:
            statement = _insert_statement(table, len(rows[at]), size)
            connection.execute(statement, list(chain.from_iterable(rows[at : at + size])))
            at += size


def as_set(values: Iterable[int]) -> str:
    """Integers as one bound value, for `json_each(?)`: one statement for any number of them."""
    return msgspec.json.encode(list(values)).decode()


def one(connection: sqlite3.Connection, statement: str, *values: object) -> Any:
    """The only value of the only row, or None without a row."""
    row = connection.execute(statement, values).fetchone()
    return None if row is None else row[0]


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def is_error(error: sqlite3.Error, code: int) -> bool:
    """Whether an error has this primary result code; errors of the Python module have none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == code


@cache
def _insert_statement(table: str, columns: int, rows: int) -> str:
    row = f"({','.join('?' * columns)})"
    return f"INSERT INTO {table} VALUES {','.join([row] * rows)}"


def sqlite_warning(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str | None:
    """A sentence about the SQLite that Python links, when it can corrupt a WAL; else None.

    See https://sqlite.org/wal.html#walresetbug: two connections that write or checkpoint at the same moment. The
    engine has one that does either, which avoids it as long as no other program writes the file.
    """
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    if fixed or version < (3, 7):
        return None
    text = ".".join(map(str, version))
    return (
        f"SQLite {text} has the WAL-reset bug (fixed in 3.51.3). One writer never meets it: "
        "let no other program write log.db"
    )
