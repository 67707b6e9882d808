"""The dedupe index: where is the record with this key?

A B-tree of random ids dirties a page an id, and appends become ten times slower as the log grows. Here new
keys go to memory and reach the table later, sorted and many at a time, so that a page takes several.

Rule 1: a key's *home* is its first 8 bytes as a signed integer: 40 bits of (log, id), then 24 of the source. So
        the sources of one id lie in one range, and `find` needs no second index.
Rule 2: a key stands in the first slot from its home on that was free when it came (after the last slot comes the
        first). Nothing is ever removed, so it is found by walking from its home to the first free slot. What
        is found is compared with the record itself: a slot alone proves nothing.
Rule 3: memory holds the newest *run*, and often a *sealed* one before it. A sealed run is written in slot order, a
        slice with each commit, so that no commit waits for all of it; then `flushed_through` advances, in
        the same transaction as the last slice.
Rule 4: a crash loses memory and nothing else. Keys of the records above `flushed_through` are placed again in
        order of position; each lands in the slot it had, since the same keys are before it, and one that
        a slice has already written is met there and left alone.

Threads: the writer's thread alone changes an index. A reader looks at memory first and at the table
afterwards, and so meets a key that is moved meanwhile in at least one of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from replay.log.sqlite.connection import as_set, insert, one
from replay.log.sqlite.schema import get_meta, set_meta

FIRST_SLOT, LAST_SLOT = -(2**63), 2**63 - 1
SOURCE_BITS = 24
BUCKET_SHIFT = 54
FIRST_BUCKET, END_BUCKET = FIRST_SLOT >> BUCKET_SHIFT, (LAST_SLOT >> BUCKET_SHIFT) + 1
PACE = 2
"""Keys written for each one that comes: a sealed run is in the table when half of the next has come."""
PAGE = 1_000
KEYS_A_PAGE = 200
"""About how many keys a page of the table holds."""


def home(key: bytes) -> int:
    """The slot where a key is looked for first."""
    return int.from_bytes(key[:8], "big", signed=True)


def following(slot: int) -> int:
    """The slot to look at next."""
    return slot + 1 if slot < LAST_SLOT else FIRST_SLOT


def id_range(key: bytes) -> tuple[int, int]:
    """The homes of all keys that have the log and the id of this one, first and last."""
    low = home(key) >> SOURCE_BITS << SOURCE_BITS
    return low, low | ((1 << SOURCE_BITS) - 1)


class Run:
    """Keys in memory: slot -> position, in 1,024 buckets by slot.

    A bucket of a full run has some hundred keys: few enough to sort or to search at once. Buckets are
    numbered from -512 as slots are; a negative list index finds the upper half of the list.
    """

    def __init__(self) -> None:
        self._buckets: list[dict[int, int]] = [{} for _ in range(FIRST_BUCKET, END_BUCKET)]
        self.size = 0
        self.through = 0

    def get(self, slot: int) -> int | None:
        """The position in a slot."""
        return self._buckets[slot >> BUCKET_SHIFT].get(slot)

    def add(self, slot: int, position: int) -> None:
        """Fill a free slot."""
        self._buckets[slot >> BUCKET_SHIFT][slot] = position
        self.size += 1
        self.through = position

    def between(self, low: int, high: int) -> list[int]:
        """The positions in a range of slots that lies within one bucket."""
        bucket = self._buckets[low >> BUCKET_SHIFT].copy()  # the writer may add meanwhile
        return [position for slot, position in bucket.items() if low <= slot <= high]

    def sorted_bucket(self, number: int) -> list[tuple[int, int]]:
        """The (slot, position) pairs of a bucket in slot order."""
        return sorted(self._buckets[number].items())


class Slice(msgspec.Struct, frozen=True):
    """What a transaction wrote of the sealed run: true once it is committed."""

    cursor: int = FIRST_BUCKET
    owed: int = 0
    pages: int = 0  # about: those of the table that it changed
    done: bool = False


class Keys:
    """The index: its part in memory, and the way to its part in the table."""

    def __init__(self, keys_in_memory: int) -> None:
        self._capacity = keys_in_memory
        self.runs: tuple[Run, ...] = (Run(),)  # the newest first; replaced as a whole, for the readers
        self.flushed_through = 0
        self.through = 0
        self._slice = Slice()

    def load(self, connection: sqlite3.Connection) -> None:
        """Build the part in memory from the records that the table does not have."""
        self.flushed_through = self.through = int(get_meta(connection, "flushed_through"))
        self.runs = (Run(),)
        self.extend(connection)
        self._seal_if_full()

    def extend(self, connection: sqlite3.Connection) -> None:
        """Take in the records that came after those it knows."""
        statement = "SELECT position, key FROM records WHERE position > ? ORDER BY position LIMIT ?"
        while page := connection.execute(statement, (self.through, PAGE)).fetchall():
            taken = self.in_table(connection, (home(key) for _, key in page))
            for position, key in page:
                self._place(connection, taken, position, key)
            self.through = page[-1][0]

    def in_memory(self, slot: int) -> int | None:
        """The position in a slot, as far as memory knows."""
        for run in self.runs:
            if position := run.get(slot):
                return position
        return None

    def at(self, connection: sqlite3.Connection, slot: int) -> int | None:
        """The position in a slot, in memory or in the table; None when it is free."""
        position: int | None = self.in_memory(slot) or one(
            connection, "SELECT position FROM keys WHERE slot = ?", slot
        )
        return position

    def in_table(self, connection: sqlite3.Connection, slots: Iterable[int]) -> dict[int, int]:
        """Those of the slots that are taken in the table, and their positions."""
        statement = "SELECT slot, position FROM json_each(?) CROSS JOIN keys ON slot = value"
        return dict(connection.execute(statement, (as_set(slots),)))

    def candidates(self, connection: sqlite3.Connection, key: bytes) -> set[int]:
        """The positions that may have the log and id of a key, and a few more by chance."""
        low, high = id_range(key)
        found = {position for run in self.runs for position in run.between(low, high)}
        rows = connection.execute("SELECT position FROM keys WHERE slot BETWEEN ? AND ?", (low, high))
        found.update(position for (position,) in rows)
        found.update(self._beyond(connection, high))
        return found

    def flush(self, connection: sqlite3.Connection, events: int) -> Slice:
        """Write the next slice of the sealed run, in the caller's transaction."""
        if len(self.runs) == 1:
            return Slice()
        sealed, cursor, owed = self.runs[1], self._slice.cursor, self._slice.owed + PACE * events
        rows: list[tuple[int, int]] = []
        while owed > len(rows) and cursor < END_BUCKET:
            rows += sealed.sorted_bucket(cursor)
            cursor += 1
        insert(connection, "keys", rows)
        if done := cursor == END_BUCKET:
            set_meta(connection, "flushed_through", sealed.through)
        return Slice(cursor, owed - len(rows), self._pages(len(rows)), done)

    def accept(self, placed: dict[int, int], slice_: Slice) -> None:
        """Take over what a transaction placed and wrote, now that it is committed."""
        newest = self.runs[0]
        for slot, position in placed.items():
            newest.add(slot, position)
            self.through = position
        self._slice = slice_
        if slice_.done:
            self.flushed_through = self.runs[1].through
            self.runs = (newest,)
            self._slice = Slice()
        self._seal_if_full()

    def _pages(self, keys: int) -> int:
        """About how many pages hold so many neighbours of a run among all that the table has."""
        fraction = keys / max(self.runs[1].size, 1)
        return min(keys, 1 + int(fraction * self.flushed_through / KEYS_A_PAGE))

    def _seal_if_full(self) -> None:
        if len(self.runs) == 1 and self.runs[0].size >= self._capacity:
            self.runs = (Run(), self.runs[0])
            self._slice = Slice()

    def _place(
        self, connection: sqlite3.Connection, taken: dict[int, int], position: int, key: bytes
    ) -> None:
        slot = home(key)
        there = self.in_memory(slot) or taken.get(slot)
        while there is not None and there != position:
            slot = following(slot)
            there = self.at(connection, slot)
        if there is None:
            self.runs[0].add(slot, position)

    def _beyond(self, connection: sqlite3.Connection, slot: int) -> Iterator[int]:
        """The positions in the unbroken row of taken slots that begins at the end of a range."""
        while (position := self.at(connection, slot)) is not None:
            yield position
            slot = following(slot)
