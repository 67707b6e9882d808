"""What `tokens.db` holds as of now, from memory for as long as nobody writes the file.

Rule 1: what another process writes counts from its commit on. Every look-up reads the file's change counter
        (https://www.sqlite.org/fileformat2.html#file_change_counter) and reads the file again when it moved. A
        time stamp would not do: two commits can share one. `PRAGMA data_version` would, at the price of a
        thread hop for every request.
Rule 2: of the tokens, which may be many, nothing is read again for a login: the file counts their changes.
Rule 3: when the file cannot be read, nobody is let in: `Unavailable`.
Rule 4: each write is one statement, and so one transaction: tasks share the connection.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiosqlite
import msgspec

from replay import sqlite
from replay.errors import Unavailable
from server.access.identity import Identity
from server.access.rows import (
    SELECT_CHANGES,
    SELECT_LOGINS,
    SELECT_TOKENS,
    Page,
    Token,
    Values,
    read_page,
    read_token,
)
from server.access.token_file import open_file

_COUNTER_OFFSET = 24


class Live(msgspec.Struct, frozen=True):
    """A token that lets somebody in: the hash of its secret, and whom."""

    digest: bytes
    identity: Identity


class Tokens(msgspec.Struct, frozen=True):
    """The tokens after so many changes: all of them, and those that let somebody in."""

    changes: int
    all: tuple[Token, ...] = ()
    by_digest: dict[bytes, Live] = {}
    by_id: dict[str, Live] = {}


class Seen(msgspec.Struct, frozen=True):
    """The file as it was when its counter stood at `counter`."""

    counter: int
    tokens: Tokens
    pages: dict[bytes, Page] = {}


class Kept:
    """One opened token file. Make one with `await Kept.open(path)`."""

    def __init__(self, path: Path, database: aiosqlite.Connection) -> None:
        self._database = database
        # Kept open as long as the connection, and closed after it: closing any handle of a file drops the
        # POSIX locks that this process holds on it, SQLite's among them.
        self._file = path.open("rb", buffering=0)
        self._seen = Seen(-1, Tokens(-1))
        self._loading = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path, *, create: bool = True) -> Kept:
        """Open a token file. Raises what `open_file` does."""
        return cls(path, await open_file(path, create=create))

    async def close(self) -> None:
        """Let go of the file."""
        await sqlite.close(self._database)
        self._file.close()

    async def now(self) -> Seen:
        """What it holds; without a thread hop while the file has not changed. Raises `Unavailable`."""
        async with self._loading:
            # Asked again after the reading: a writer may have come in between, or have put a counter there
            # and, failing to commit, taken it back.
            while (counter := self._counter()) != self._seen.counter:
                with _unavailable():
                    self._seen = await self._read(counter)
            return self._seen

    async def write(self, statement: str, values: Values = ()) -> int:
        """Commit one statement and return how many rows it has `RETURNING`. Raises `Unavailable`."""
        with _unavailable():
            return len(list(await self._database.execute_fetchall(statement, values)))

    async def _read(self, counter: int) -> Seen:
        fetch = self._database.execute_fetchall
        tokens = self._seen.tokens
        ((changes,),) = await fetch(SELECT_CHANGES)
        if changes != tokens.changes:
            tokens = _tokens(changes, await fetch(SELECT_TOKENS))
        pages = map(read_page, await fetch(SELECT_LOGINS))
        return Seen(counter, tokens, {page.key: page for page in pages})

    def _counter(self) -> int:
        with _unavailable():
            self._file.seek(_COUNTER_OFFSET)
            return int.from_bytes(self._file.read(4), "big")


@contextmanager
def _unavailable() -> Iterator[None]:
    """What is wrong with the file, or with a row of it, as `Unavailable`."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError) as error:
        raise Unavailable(f"the tokens cannot be read or written now: {error}") from error


def _tokens(changes: int, rows: Iterable[sqlite3.Row]) -> Tokens:
    tokens, live = [], []
    for token, digest in map(read_token, rows):
        tokens.append(token)
        if token.revoked is None:
            limits = None if token.logs is None else frozenset(token.logs)
            live.append(Live(digest, Identity(token.id, token.name, frozenset(token.roles), limits)))
    by_digest = {one.digest: one for one in live}
    return Tokens(changes, tuple(tokens), by_digest, {one.identity.token: one for one in live})
