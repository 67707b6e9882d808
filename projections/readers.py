"""The connections that answer questions.

Rule 1: a connection answers one question at a time, and no transaction outlives a question: a long one would keep
        the WAL from shrinking.
Rule 2: trouble with the disk is `Unavailable`: the question was right.
Rule 3: without a views file every question raises, and says how far the building is.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from projections.view import Database, Parameters, Row, run, run_many
from projections.views_file import BUSY, connect, is_damage, is_trouble
from replay import sqlite
from replay.errors import Unavailable

READERS = 4
"""Connections that answer at the same time; more gain little, because Python runs one thread at a time."""

_PRAGMAS = ("cache_size = -16384", "temp_store = MEMORY", f"busy_timeout = {BUSY}")

Idle = asyncio.LifoQueue[Database | None]
"""Connections that answer nothing at the moment; None once they are closed, for those who still wait for one."""


def _nobody() -> None:
    """What is told of a damage where nobody can mend it."""


class Readers:
    """Readers of one views file.

    `absent` gives the error that questions raise while there is no file. `damaged` is told when one finds the file
    damaged.
    """

    def __init__(self, absent: Callable[[], Unavailable], damaged: Callable[[], None] = _nobody) -> None:
        self._absent = absent
        self._damaged = damaged
        self._idle: Idle | None = None

    @property
    def attached(self) -> bool:
        """Whether there is a file to read."""
        return self._idle is not None

    async def attach(self, path: Path) -> None:
        """Open the file. Raises `sqlite3.Error` when it cannot be read."""
        idle: Idle = asyncio.LifoQueue()
        try:
            for _ in range(READERS):
                idle.put_nowait(await _connect(path))
        except BaseException:
            await _close(idle, idle.qsize())
            raise
        self._idle = idle

    async def detach(self) -> None:
        """Let the questions under way finish, then close the file; questions raise from now on."""
        idle, self._idle = self._idle, None
        if idle is not None:
            await _close(idle, READERS)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Database]:
        """A connection, for one question."""
        idle = self._idle
        if idle is None:
            raise self._absent()
        db = await idle.get()
        try:
            if db is None:
                raise self._absent()
            yield db
        except sqlite3.Error as error:
            if is_damage(error):
                self._damaged()
            if is_trouble(error):
                raise Unavailable(f"the read models cannot be read: {error}") from error
            raise
        finally:
            idle.put_nowait(db)

    async def fetch(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """The rows of one query, where they are few."""
        async with self.one() as db:
            return await run(db, sql, parameters)

    async def fetch_many(self, columns: int, sql: str, parameters: Parameters = ()) -> list[Row]:
        """The rows of one query, of so many columns, where they may be many."""
        async with self.one() as db:
            return await run_many(db, columns, sql, parameters)


async def _connect(path: Path) -> Database:
    async with sqlite.closed_on_failure(await connect(path, "ro", _PRAGMAS)) as db:
        await db.create_function("contains", 2, _contains, deterministic=True)
    return db


def _contains(text: str | None, folded: str) -> bool:
    """Whether a text holds another, which is case-folded: what LIKE does for ASCII only."""
    return text is not None and folded in text.casefold()


async def _close(idle: Idle, count: int) -> None:
    for _ in range(count):
        db = await idle.get()
        if db is not None:
            await sqlite.close(db)
    idle.put_nowait(None)
