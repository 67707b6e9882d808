"""`SqliteLog`: the log in a file, `log.db`.

Rule 1: one writer, in its own task and thread; a few readers, each in its own thread, that never wait for it.
Rule 2: what the writer has committed is the head; a read that begins afterwards sees it.
Rule 3: a read-only log has readers alone. It works beside the process that writes, and looks for news by itself.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Self, TypeVar

import aiosqlite

from replay.clock import Clock, now
from replay.envelope import Event
from replay.errors import Invalid, NotFound, TooLarge, Unavailable
from replay.log.chain import KeyOf, Sealed, key_of
from replay.log.contract import MAX_APPEND, Head, Receipt, Record, Verification
from replay.log.hint import Hint, follow
from replay.log.sqlite import queries
from replay.log.sqlite.backup import backup
from replay.log.sqlite.connection import connect, discard, run
from replay.log.sqlite.keys import Keys
from replay.log.sqlite.limits import Limits
from replay.log.sqlite.schema import get_meta, identify
from replay.log.sqlite.store import Store
from replay.log.sqlite.writer import Adoption, Append, Erasure, Writer
from replay.log.verify import Verifier

T = TypeVar("T")


class SqliteLog:
    """An `EventLog` in a SQLite file. Make one with `open`, and `close` it: its threads keep a program running."""

    def __init__(self, path: Path, limits: Limits, key: KeyOf) -> None:
        self._path = path
        self._limits = limits
        self._key_of = key
        self._epoch = ""
        self._hint = Hint()
        self._writer: Writer | None = None
        self._store: Store | None = None
        self._keys = Keys(limits.keys_in_memory)
        self._readers: list[aiosqlite.Connection] = []
        self._turns = count()

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        clock: Clock = now,
        limits: Limits = Limits(),  # noqa: B008  it is frozen
        key: KeyOf = key_of,
    ) -> Self:
        """Open the log at `path`, or make one there unless `read_only`.

        Raises `NotFound` when there is none to read, `Invalid` when the file is no log or of a newer format,
        `Unavailable` when it cannot be opened.
        """
        log = cls(path, limits, key)
        try:
            if read_only:
                _check_present(path)
            else:
                await log._open_writer(clock)
            await log._open_readers()
        except sqlite3.Error as error:
            await log.close()
            raise Unavailable(f"{path.name} cannot be opened: {error}") from error
        except BaseException:
            await log.close()
            raise
        return log

    @property
    def epoch(self) -> str:
        """Names this history; a restored backup starts a new one."""
        return self._epoch

    @property
    def largest_append(self) -> int:
        """The most events one append may hold."""
        return MAX_APPEND

    @property
    def erasing(self) -> bool:
        """Whether erased bytes may still be in the file's WAL, because a reader holds it: tried until done."""
        return self._store is not None and self._store.scrub

    async def append(self, events: Sequence[Event]) -> list[Receipt]:
        """Store events, all or none, durably: see `EventLog.append`."""
        if len(events) > MAX_APPEND:
            raise TooLarge("events", f"an append holds at most {MAX_APPEND} events")
        writer = self._writing()
        return await writer.submit(Append(events)) if events else []

    async def read(self, after: int, limit: int) -> list[Record]:
        """Up to `limit` records above `after`, in order."""
        self._check_open()
        if self._store is not None and after >= self._store.tail.position:
            return []  # a follower at the head costs no hop
        return await self._ask(partial(queries.records_after, after=after, limit=limit))

    async def get(self, positions: Sequence[int]) -> list[Record]:
        """The records at these positions, in the order asked."""
        return await self._ask(
            lambda reader: queries.in_order(queries.records_at(reader, positions), positions)
        )

    async def find(self, log: str, id: str) -> list[Record]:
        """The records of a log that carry this id, one per source, by position."""
        key = self._key_of(log, "", id)  # of any source: its first 5 bytes say log and id alone

        def look(reader: sqlite3.Connection) -> list[Record]:
            if self._store is None:
                queries.follow_keys(reader, self._keys)
            return queries.records_with_id(reader, self._keys, key, log, id)

        return await self._ask(look, reader=0 if self._store is None else None)  # a thread keeps one index

    async def head(self) -> Head:
        """The newest position and its hash."""
        self._check_open()
        tail = await self._ask(queries.read_tail) if self._store is None else self._store.tail
        return Head(tail.position, tail.chain.hex())

    async def position_at(self, recordedtime: int) -> int:
        """The position before the first record later than a recorded time."""
        return await self._ask(partial(queries.position_at, recordedtime=recordedtime))

    def follow(self, after: int) -> AsyncIterator[list[Record]]:
        """Catch up from `after`, then wait for more, until the log closes."""
        poll = self._limits.poll_seconds if self._store is None else None
        return follow(self.read, self._hint, after, poll)

    async def erase(self, positions: Sequence[int], reason: str) -> list[Receipt]:
        """Destroy the content at these positions: see `EventLog.erase`.

        When it returns, the bytes are gone from the file, and from the WAL unless `erasing`.
        """
        writer = self._writing()
        wanted = sorted(set(positions))
        step = self._limits.erased_at_once
        receipts: list[Receipt] = []
        for at in range(0, len(wanted), step):
            receipts += await writer.submit(Erasure(wanted[at : at + step], reason))
        return receipts

    async def verify(self, first: int = 1, last: int | None = None) -> Verification:
        """Check content against commitments and the chain. Raises `Corrupt` at the first fault."""
        first = max(first, 1)
        last = (await self.head()).position if last is None else last
        tail = await self._ask(partial(queries.read_tail, last=first - 1))
        verifier = Verifier(first, tail.chain, self._key_of)
        reached = -1
        while tail.position != reached:
            reached = tail.position
            tail = await self._ask(partial(queries.verify_page, verifier=verifier, tail=tail, last=last))
        after: int | None = tail.position
        while after is not None and not verifier.complete:
            after = await self._ask(partial(queries.explain_page, verifier=verifier, after=after))
        return verifier.result()

    async def excerpt(self, positions: Sequence[int]) -> list[Sealed]:
        """The records at these positions with their seals: see `EventLog.excerpt`."""
        return await self._ask(partial(queries.excerpt, positions=positions))

    async def adopt(self, records: Sequence[Sealed]) -> None:
        """Take over an excerpt of another history: see `EventLog.adopt`."""
        writer = self._writing()
        await asyncio.to_thread(Verifier.of_excerpt, records, self._key_of)
        if records:
            await writer.submit(Adoption(records))

    async def backup(self, to: Path) -> None:
        """Write a consistent copy, in a new epoch. Raises `Invalid` if `to` exists."""
        self._check_open()
        await backup(self._path, to)

    async def close(self) -> None:
        """Finish what was accepted, then let go of everything."""
        self._hint.close()
        if self._writer is not None:
            await self._writer.drain()
        readers, self._readers = self._readers, []
        for reader in readers:
            await discard(reader)
        if self._writer is not None:  # last, so that SQLite takes the WAL away
            await self._writer.close()

    async def _open_writer(self, clock: Clock) -> None:
        self._store = Store(clock, self._key_of, self._limits)
        self._keys = self._store.keys
        self._writer = Writer(self._path, self._store, self._hint, self._limits)
        await self._writer.open()

    async def _open_readers(self) -> None:
        for _ in range(self._limits.readers):
            self._readers.append(await connect(self._path, "ro"))
        if not await run(self._readers[0], identify):
            raise Invalid("log", "the file is not a Playhead log")
        self._epoch = str(await run(self._readers[0], partial(get_meta, name="epoch")))

    def _check_open(self) -> None:
        if self._hint.closed:
            raise Unavailable("the log is closed")

    def _writing(self) -> Writer:
        self._check_open()
        if self._writer is None:
            raise Unavailable("the log is open for reading only")
        return self._writer

    async def _ask(self, question: Callable[[sqlite3.Connection], T], reader: int | None = None) -> T:
        """Have the next reader, or one in particular, answer a question."""
        self._check_open()
        turn = next(self._turns) if reader is None else reader
        try:
            return await run(self._readers[turn % len(self._readers)], question)
        except sqlite3.Error as error:
            raise Unavailable(f"the log could not be read: {error}") from error


def _check_present(path: Path) -> None:
    if not path.exists():
        raise NotFound(f"there is no log at {path.name}")
