"""The writer's state, and what it does to `log.db`, one transaction at a time. Runs in the writer's thread.

Rule 1: memory follows the file: it changes after a COMMIT succeeded, never before.
Rule 2: after a failure `load` comes before anything else: it reads again where the log ends. A failed commit
        may be there after all, and only the file knows.
Rule 3: loading begins with a checkpoint. What a recovery found in the WAL may exist in the system's cache
        alone; copied back and synced, it is durable before a retry is told that it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress

from replay.clock import Clock
from replay.envelope import Event
from replay.errors import Conflict, Corrupt
from replay.log.chain import KeyOf, Sealed
from replay.log.erasure import tombstones
from replay.log.sqlite.adopting import adopt
from replay.log.sqlite.connection import BUSY_MILLISECONDS, as_set, writing
from replay.log.sqlite.group import Group, Outcome
from replay.log.sqlite.keys import Keys, Slice
from replay.log.sqlite.limits import Limits
from replay.log.sqlite.queries import START, Tail, read_tail, records_at
from replay.log.sqlite.schema import get_meta, prepare, set_meta

DESTROY = "UPDATE records SET nonce = NULL, body = NULL WHERE position IN (SELECT value FROM json_each(?))"
SCRUB_MILLISECONDS = 100
"""How long a checkpoint that empties the WAL waits for readers; meanwhile nothing is written."""


class Store:
    """Where the log ends, its dedupe index, and how full the WAL is."""

    def __init__(self, clock: Clock, key_of: KeyOf, limits: Limits) -> None:
        self.keys = Keys(limits.keys_in_memory)
        self.tail = START
        self._loaded = False
        self.epoch = ""
        self.scrub = False  # erased bytes may still be in the WAL
        self.pages = 0  # in the WAL, about; each checkpoint says how many there are
        self._clock = clock
        self._key_of = key_of

    def load(self, connection: sqlite3.Connection) -> None:
        """Make the file ready and read its state.

        Raises `Invalid` when it is not a log of ours, `Corrupt` when it was and has lost what was acknowledged.
        """
        prepare(connection)
        self._empty_wal(connection)
        self.epoch = str(get_meta(connection, "epoch"))
        self.scrub = bool(get_meta(connection, "scrub"))
        if self.scrub:
            self.finish_erasure(connection)
        self._check_kept(connection)
        tail = read_tail(connection)
        if not self._loaded or tail != self.tail:  # else nothing of what failed is there
            self.keys.load(connection)
            self.tail = tail
            self._loaded = True

    def append(self, connection: sqlite3.Connection, appends: Sequence[Sequence[Event]]) -> list[Outcome]:
        """Store what is new of some appends, in one transaction; an outcome for each."""
        group = self._group(connection)
        with writing(connection):
            outcomes = group.settle(appends)
            written = self._write(connection, group)
        self._accept(group, *written)
        return outcomes

    def erase(self, connection: sqlite3.Connection, positions: Sequence[int], reason: str) -> list[Outcome]:
        """Destroy content and append the records that say so, in one transaction."""
        group = self._group(connection)
        with writing(connection):
            erased, events = tombstones(records_at(connection, positions), reason)
            if erased:
                connection.execute(DESTROY, (as_set(erased),))
                set_meta(connection, "scrub", 1)
            outcomes = group.settle([events])
            written = self._write(connection, group)
        self._accept(group, *written)
        if erased:
            self.scrub = True
            with suppress(sqlite3.Error):  # the erasure itself is done; the writer tries again
                self.finish_erasure(connection)
        return outcomes

    def adopt(self, connection: sqlite3.Connection, records: Sequence[Sealed]) -> list[Outcome]:
        """Store an excerpt of another history as it is, in one transaction, if nothing is stored yet."""
        if self.tail != START:
            return [Conflict("the log is not empty")]
        with writing(connection):
            adopt(connection, records)
        self.keys.load(connection)
        self.tail = read_tail(connection)
        return [[]]

    def checkpoint(self, connection: sqlite3.Connection) -> None:
        """Copy the WAL back as far as no reader needs it, without waiting."""
        _, pages, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self.pages = pages - copied

    def finish_erasure(self, connection: sqlite3.Connection) -> None:
        """Empty the WAL of what was erased; to be tried again while `scrub` is set."""
        if self._empty_wal(connection):
            with writing(connection):
                set_meta(connection, "scrub", 0)
            self.scrub = False

    def _check_kept(self, connection: sqlite3.Connection) -> None:
        at = self.tail.position
        if read_tail(connection, at) != self.tail:
            raise Corrupt(f"the file has lost what was acknowledged up to position {at}", at)

    def _group(self, connection: sqlite3.Connection) -> Group:
        return Group(connection, self.keys, self.tail, self._key_of)

    def _write(self, connection: sqlite3.Connection, group: Group) -> tuple[Tail, Slice]:
        return group.write(self._clock()), self.keys.flush(connection, group.size)

    def _accept(self, group: Group, tail: Tail, written: Slice) -> None:
        self.keys.accept(group.placed, written)
        self.tail = tail  # last: who sees the head can find what is up to it
        self.pages += group.pages + written.pages

    def _empty_wal(self, connection: sqlite3.Connection) -> bool:
        connection.execute(f"PRAGMA busy_timeout = {SCRUB_MILLISECONDS}")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        if not busy:
            self.pages = 0
        return not busy
