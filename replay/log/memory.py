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
from replay.errors import Invalid, TooLarge, Unavailable
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
        self._records: list[Sealed] = []  # position 1 is the first
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
        start = max(after, 0)
        return [_record(sealed) for sealed in self._records[start : start + max(limit, 0)]]

    async def get(self, positions: Sequence[int]) -> list[Record]:
        """The records at these positions, in the order asked."""
        self._check_open()
        return [_record(self._at(at)) for at in positions if 0 < at <= len(self._records)]

    async def find(self, log: str, id: str) -> list[Record]:
        """The records of a log that carry this id, one per source."""
        self._check_open()
        return [_record(self._at(position)) for position in self._ids.get((log, id), ())]

    async def head(self) -> Head:
        """The newest position and its hash."""
        self._check_open()
        return Head(len(self._records), self._chain.hex())

    async def position_at(self, recordedtime: int) -> int:
        """The position before the first record later than a recorded time."""
        self._check_open()
        return bisect.bisect_right(self._latest, recordedtime)

    def follow(self, after: int) -> AsyncIterator[list[Record]]:
        """Catch up from `after`, then wait for more, until the log closes."""
        return follow(self.read, self._hint, after)

    async def erase(self, positions: Sequence[int], reason: str) -> list[Receipt]:
        """Destroy the content at these positions and append the records that say so."""
        self._check_open()
        known = [at for at in sorted(set(positions)) if 0 < at <= len(self._records)]
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
        last = len(self._records) if last is None else last
        verifier = Verifier(
            first, self._records[first - 2].chain if 1 < first <= len(self._records) else GENESIS
        )
        for sealed in self._records[first - 1 : last]:
            verifier.check(sealed)
        for sealed in self._records[max(first - 1, last) :]:
            if sealed.body is not None:
                verifier.explain(sealed.body)
        return verifier.result()

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

    def _at(self, position: int) -> Sealed:
        return self._records[position - 1]

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
                places[key] = len(self._records) + len(fresh)
            receipts.append(Receipt(event.id, event.source, places[key], status))
        return receipts, fresh

    def _store(self, fresh: dict[bytes, Event]) -> None:
        recordedtime = self._clock()
        for key, event in fresh.items():
            position, nonce = len(self._records) + 1, os.urandom(NONCE_BYTES)
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
        self._records[position - 1] = msgspec.structs.replace(sealed, body=None, nonce=None)


def _record(sealed: Sealed) -> Record:
    return Record(sealed.position, sealed.recordedtime, sealed.body)
