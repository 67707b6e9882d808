"""The tokens of a data folder: made, listed and revoked by the server and the command line at once.

Rule 1: only the SHA-256 of a secret is kept; it is looked up by that and compared in constant time.
Rule 2: what another process makes or revokes counts from its commit on. Every look-up reads the file's
        change counter (https://www.sqlite.org/fileformat2.html#file_change_counter) and reads the tokens
        again when it moved. A time stamp would not do: two commits can share one. `PRAGMA data_version`
        would, at the price of a thread hop for every request.
Rule 3: when the file cannot be read, nobody is let in: `Unavailable`.
"""

from __future__ import annotations

import asyncio
import hmac
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiosqlite
import msgspec

from replay import sqlite
from replay.clock import Clock, now
from replay.errors import Conflict, Invalid, NotFound, Unavailable
from server.access.identity import Identity, Role
from server.access.secret import digest, new_secret, normal, short_id
from server.access.token_file import INSERT, SELECT, Token, open_file, read_row, write_row

FILE = "tokens.db"
ID_PREFIX = "tok_"

_COUNTER_OFFSET = 24


class NewToken(msgspec.Struct, frozen=True):
    """A token just made: the only time that its secret (`token`) is seen."""

    id: str
    token: str


class _Live(msgspec.Struct, frozen=True):
    digest: bytes
    identity: Identity


class _Seen(msgspec.Struct, frozen=True):
    """The tokens as they were when the file's counter stood at `counter`."""

    counter: int
    tokens: tuple[Token, ...] = ()
    by_digest: dict[bytes, _Live] = {}
    by_id: dict[str, _Live] = {}


class TokenStore:
    """The tokens of one data folder. Make one with `await TokenStore.open(path)`."""

    def __init__(self, path: Path, database: aiosqlite.Connection, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        # Kept open as long as the connection, and closed after it: closing any handle of a file drops the
        # POSIX locks that this process holds on it, SQLite's among them.
        self._file = path.open("rb", buffering=0)
        self._seen = _Seen(-1)
        self._loading = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path, *, create: bool = True, clock: Clock = now) -> TokenStore:
        """Open a token file, readable by its owner alone; make it when it is missing and `create` is set.

        Raises `NotFound` when it is missing otherwise, `PlayheadError` when it cannot be used.
        """
        return cls(path, await open_file(path, create=create), clock)

    async def close(self) -> None:
        """Let go of the file."""
        await sqlite.close(self._database)
        self._file.close()

    async def create(
        self,
        name: str,
        roles: Iterable[Role],
        logs: Iterable[str] | None = None,
        *,
        secret: str | None = None,
    ) -> NewToken:
        """Make a token and return its secret, which cannot be had again. `logs` None: for every log.

        `secret` is one that was derived (`derive_secret`) and that no token has. Names need not be unique.
        Raises `Invalid` naming what is wrong, `Unavailable` when it could not be written.
        """
        if name.startswith(ID_PREFIX):
            raise Invalid("name", f"name must not begin with {ID_PREFIX}, as the ids do")
        new = NewToken(short_id(ID_PREFIX, 8), secret or new_secret())
        limits = None if logs is None else tuple(logs)
        token = Token(new.id, name, tuple(roles), limits, self._clock())
        row = write_row(token, digest(new.token))
        with _unavailable():
            await self._database.execute_fetchall(INSERT, row)
        return new

    async def list(self) -> Sequence[Token]:
        """Every token ever made, revoked ones too, the oldest first."""
        return (await self._fresh()).tokens

    async def count(self) -> int:
        """How many tokens let somebody in."""
        return len((await self._fresh()).by_id)

    async def revoke(self, *ids_or_names: str) -> Sequence[Token]:
        """Revoke tokens by id or by name, all or none, and return them as they are now.

        Revoking an id again changes nothing. Raises `NotFound` for an unknown one, `Conflict` for a name
        that several live tokens bear (revoke them by id), `Unavailable` when it could not be written.
        """
        tokens = (await self._fresh()).tokens
        ids = {_find(tokens, wanted) for wanted in ids_or_names}
        marks = ", ".join("?" * len(ids))
        with _unavailable():
            await self._database.execute_fetchall(
                f"UPDATE tokens SET revoked = ? WHERE revoked IS NULL AND id IN ({marks})",
                (self._clock(), *ids),
            )
        return tuple(token for token in await self.list() if token.id in ids)

    async def authenticate(self, secret: str) -> Identity | None:
        """Whose secret this is; None when it is unknown or revoked. Raises `Unavailable`."""
        wanted = digest(normal(secret))
        live = (await self._fresh()).by_digest.get(wanted)
        if live is None or not hmac.compare_digest(live.digest, wanted):
            return None
        return live.identity

    async def identity(self, id: str) -> Identity | None:
        """The bearer of the token with this public id; None when it is unknown or revoked."""
        live = (await self._fresh()).by_id.get(id)
        return None if live is None else live.identity

    async def _fresh(self) -> _Seen:
        """The tokens as of now; without a thread hop while the file has not changed."""
        async with self._loading:
            # Asked again after the reading: a writer may have come in between, or have put a counter there
            # and, failing to commit, taken it back.
            while (counter := self._counter()) != self._seen.counter:
                with _unavailable():
                    self._seen = _see(counter, await self._database.execute_fetchall(SELECT))
            return self._seen

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


def _see(counter: int, rows: Iterable[sqlite3.Row]) -> _Seen:
    tokens, live = [], []
    for token, kept in map(read_row, rows):
        tokens.append(token)
        if token.revoked is None:
            limits = None if token.logs is None else frozenset(token.logs)
            live.append(_Live(kept, Identity(token.id, token.name, frozenset(token.roles), limits)))
    by_digest = {one.digest: one for one in live}
    return _Seen(counter, tuple(tokens), by_digest, {one.identity.token: one for one in live})


def _find(tokens: Iterable[Token], wanted: str) -> str:
    """The id that an id or a name means."""
    tokens = tuple(tokens)
    found = [token.id for token in tokens if token.id == wanted]
    found = found or [token.id for token in tokens if token.name == wanted and token.revoked is None]
    if not found:
        raise NotFound(f"there is no token {wanted!r}")
    if len(found) > 1:
        raise Conflict(f"{len(found)} tokens bear the name {wanted!r}; name one by id: {', '.join(found)}")
    return found[0]
