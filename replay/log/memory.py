"""The log in memory: the whole contract, without a file.

Rule 1: first-class. It chains, erases and verifies by the same functions as every engine.
Rule 2: nothing waits between reading and changing the state, so one event loop makes each call atomic.

It is lost with its process, which is all that "durable" can mean here; `backup` and `restore` keep it.
"""

from __future__ import annotations

import bisect
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from replay.clock import Clock, now
from replay.envelope import Event
from replay.errors import Conflict, Invalid, TooLarge, Unavailable
from replay.log.chain import GENESIS, NONCE_BYTES, Sealed, commit, key_of, link
from replay.log.contract import MAX_APPEND, Head, Receipt, Record, Status, Verification
from replay.log.erasure import tombstones
from replay.log.hint import Hint, follow
from replay.log.repeats import repeated
from replay.log.verify import Verifier


class MemoryLog:
    """An `EventLog` in memory. `clock` gives recorded times, in microseconds."""

    def __init__(self, *, clock: Clock = now) -> None:
        self._clock = clock
        self._epoch = secrets.token_hex(8)
        self._records: list[Sealed] = []  # by position; without gaps unless an excerpt was adopted
        self._latest: list[int] = []  # the newest recorded time up to each, for the binary search
        self._positions: dict[bytes, int] = {}  # of every key, erased ones too
        self._ids: dict[tuple[str, str], list[int]] = {}  # positions by (log, id), never an erased one
        self._hint = Hint()

    @classmethod
    def restore(cls, path: Path, *, clock: Clock = now) -> MemoryLog:
        """The log that `backup` wrote to `path`."""
        log = cls(clock=clock)
        for record in msgspec.msgpack.decode(path.read_bytes(), type=list[Sealed]):
            log._keep(record)
        return log

    @property
    def epoch(self) -> str:
        """Names this history."""
        return self._epoch

    @property
    def largest_append(self) -> int:
        """The most events one append may hold."""
        return MAX_APPEND

    async def append(self, events: Sequence[Event]) -> list[Receipt]:
        """Store events, all or none: see `EventLog.append`."""
        self._check_open()
        if len(events) > MAX_APPEND:
            raise TooLarge("events", f"an append holds at most {MAX_APPEND} events")
        receipts, fresh = self._settle(events)
        self._store(fresh)
        return receipts

    async def read(self, after: int, limit: int) -> list[Record]:
        """Up to `limit` records above `after`."""
        self._check_open()
        start = self._index(after + 1)
        return [_record(sealed) for sealed in self._records[start : start + max(limit, 0)]]

    async def get(self, positions: Sequence[int]) -> list[Record]:
        """The records at these positions, in the order asked."""
        self._check_open()
        return [_record(self._at(at)) for at in positions if self._has(at)]

    async def find(self, log: str, id: str) -> list[Record]:
        """The records of a log that carry this id, one per source."""
        self._check_open()
        return [_record(self._at(position)) for position in self._ids.get((log, id), ())]

    async def head(self) -> Head:
        """The newest position and its hash."""
        self._check_open()
        return Head(self._newest, self._chain.hex())

    async def position_at(self, recordedtime: int) -> int:
        """The position before the first record later than a recorded time."""
        self._check_open()
        later = bisect.bisect_right(self._latest, recordedtime)
        return self._newest if later == len(self._records) else self._records[later].position - 1

    def follow(self, after: int) -> AsyncIterator[list[Record]]:
        """Catch up from `after`, then wait for more, until the log closes."""
        return follow(self.read, self._hint, after)

    async def erase(self, positions: Sequence[int], reason: str) -> list[Receipt]:
        """Destroy the content at these positions and append the records that say so."""
        self._check_open()
        known = [at for at in sorted(set(positions)) if self._has(at)]
        erased, events = tombstones((_record(self._at(at)) for at in known), reason)
        for position in erased:
            self._destroy(position)
        receipts, fresh = self._settle(events)
        self._store(fresh)
        return receipts

    async def verify(self, first: int = 1, last: int | None = None) -> Verification:
        """Check content against commitments and the chain. Raises `Corrupt` at the first fault."""
        self._check_open()
        first = max(first, 1)
        low = self._index(first)
        high = len(self._records) if last is None else self._index(last + 1)
        verifier = Verifier(first, self._records[low - 1].chain if low else GENESIS)
        for sealed in self._records[low:high]:
            verifier.check(sealed)
        for sealed in self._records[max(low, high) :]:
            if sealed.body is not None:
                verifier.explain(sealed.body)
        return verifier.result()

    async def excerpt(self, positions: Sequence[int]) -> list[Sealed]:
        """The records at these positions with their seals: see `EventLog.excerpt`."""
        self._check_open()
        found: list[Sealed] = []
        reached = 0  # how many records of the log lie before the one after the last found
        for position in sorted({at for at in positions if self._has(at)}):
            index = self._index(position)
            record = self._records[index]
            if record.anchor is None and index != reached:
                record = msgspec.structs.replace(record, anchor=self._records[index - 1].chain)
            found.append(record)
            reached = index + 1
        return found

    async def adopt(self, records: Sequence[Sealed]) -> None:
        """Take over an excerpt of another history: see `EventLog.adopt`."""
        self._check_open()
        Verifier.of_excerpt(records)
        if self._records:
            raise Conflict("the log is not empty")
        for record in records:
            self._keep(record)
        self._hint.give()

    async def backup(self, to: Path) -> None:
        """Write a copy that `restore` reads, in an epoch of its own. Raises `Invalid` if `to` exists."""
        self._check_open()
        encoded = msgspec.msgpack.encode(self._records)
        try:
            with to.open("xb") as file:
                file.write(encoded)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            raise Invalid("to", f"{to.name} exists already") from None

    async def close(self) -> None:
        """Let the followers end, and refuse everything from now on."""
        self._hint.close()

    def _check_open(self) -> None:
        if self._hint.closed:
            raise Unavailable("the log is closed")

    @property
    def _chain(self) -> bytes:
        return self._records[-1].chain if self._records else GENESIS

    @property
    def _newest(self) -> int:
        return self._records[-1].position if self._records else 0

    def _index(self, position: int) -> int:
        """Where the record at a position is, or the first above it."""
        return bisect.bisect_left(self._records, position, key=lambda record: record.position)

    def _has(self, position: int) -> bool:
        index = self._index(position)
        return index < len(self._records) and self._records[index].position == position

    def _at(self, position: int) -> Sealed:
        return self._records[self._index(position)]

    def _settle(self, events: Sequence[Event]) -> tuple[list[Receipt], dict[bytes, Event]]:
        """A receipt for each event, and the new ones by their keys, in order. Raises `Conflict`."""
        receipts: list[Receipt] = []
        fresh: dict[bytes, Event] = {}
        places: dict[bytes, int] = {}
        for index, event in enumerate(events):
            key = key_of(event.log, event.source, event.id)
            status: Status = "stored"
            if key in fresh:
                status = repeated(event, fresh[key].body, index)
            elif key in self._positions:
                places[key] = self._positions[key]
                status = repeated(event, self._at(places[key]).body, index)
            else:
                fresh[key] = event
                places[key] = self._newest + len(fresh)
            receipts.append(Receipt(event.id, event.source, places[key], status))
        return receipts, fresh

    def _store(self, fresh: dict[bytes, Event]) -> None:
        recordedtime = self._clock()
        for key, event in fresh.items():
            position, nonce = self._newest + 1, os.urandom(NONCE_BYTES)
            commitment = commit(nonce, event.body)
            chain = link(self._chain, position, recordedtime, commitment)
            self._keep(Sealed(position, recordedtime, key, nonce, commitment, chain, event.body))
        if fresh:
            self._hint.give()

    def _keep(self, sealed: Sealed) -> None:
        self._records.append(sealed)
        self._latest.append(
            max(sealed.recordedtime, self._latest[-1] if self._latest else sealed.recordedtime)
        )
        self._positions[sealed.key] = sealed.position
        if sealed.body is not None:
            event = _record(sealed).event()
            self._ids.setdefault((event.log, event.id), []).append(sealed.position)

    def _destroy(self, position: int) -> None:
        sealed = self._at(position)
        event = _record(sealed).event()
        self._ids[event.log, event.id].remove(position)
        self._records[self._index(position)] = msgspec.structs.replace(sealed, body=None, nonce=None)


def _record(sealed: Sealed) -> Record:
    return Record(sealed.position, sealed.recordedtime, sealed.body)
