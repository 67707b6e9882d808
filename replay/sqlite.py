"""Connections to SQLite files, for whoever keeps one. Each has a thread of aiosqlite's.

Rule 1: a thread never outlives the event loop that it answers to, however its connection ends, a caller that is
        cancelled half way included: what it tells a closed loop fails in a thread that nobody waits for.
Rule 2: a connection that cannot be made ready is closed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite


async def connect(database: str | Path, **options: Any) -> aiosqlite.Connection:
    """Open a connection that begins no transaction by itself; `options` are those of `sqlite3.connect`."""
    connection = aiosqlite.connect(database, isolation_level=None, **options)
    try:
        return await connection
    except BaseException:
        connection._thread.join()  # aiosqlite has told it to end
        raise


async def close(connection: aiosqlite.Connection) -> None:
    """Close a connection, whatever state it is in. Raises what closing it raises; its thread ends in any case."""
    try:
        await connection.close()
    finally:
        connection._thread.join()


@asynccontextmanager
async def closed_on_failure(connection: aiosqlite.Connection) -> AsyncIterator[aiosqlite.Connection]:
    """Make a connection ready within the block: when that fails it is closed."""
    try:
        yield connection
    except BaseException:
        await close(connection)
        raise
