"""The log's contract: one small protocol, several engines.

Rule 1: `position` is an integer below 2^53, strictly increasing in commit order; nothing ever appears
        later at a lower position. Positions may have gaps.
Rule 2: an append is all or nothing, durable when it returns, and idempotent for ever by (log, source, id).
Rule 3: an erasure destroys content, keeps the place, and is itself a record; the chain still verifies.
Rule 4: finding a session's, device's or asset's records is the read models' work: no such index here.
Rule 5: a notification is only a hint. `follow` re-reads the log and never trusts a message.

`tests/log/contract/` is this page as a suite; an engine earns its place by passing it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from replay.clock import format_time
from replay.envelope import Event, decode_event
from replay.log.chain import Sealed

END_OF_POSITIONS = 2**53
"""Every position is below it."""

MAX_APPEND = 10_000
"""The largest append that every engine of ours takes as one."""

Status = Literal["stored", "already-stored", "erased"]


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """What became of one event of an append, in the order they were given."""

    id: str
    source: str
    position: int
    status: Status


class Record(msgspec.Struct, frozen=True, gc=False):
    """An event as the log keeps it. `recordedtime` is in microseconds UTC.

    `body` is None when the content was erased. `time` is the event's own, or `recordedtime` without one.
    """

    position: int
    recordedtime: int
    body: bytes | None

    @property
    def erased(self) -> bool:
        """Whether the content is gone."""
        return self.body is None

    def event(self) -> Event:
        """Decode the event. Raises ValueError when it was erased."""
        if self.body is None:
            raise ValueError(f"the event at position {self.position} was erased")
        return decode_event(self.body)

    def encode(self) -> bytes:
        """The record as native JSON: its event's attributes plus `position` and `recordedtime`.

        Splices the stored body, which costs a fiftieth of encoding it again.
        """
        recorded = format_time(self.recordedtime).encode()
        head = b'{"position":%d,"recordedtime":"%s"' % (self.position, recorded)
        if self.body is None:
            return head + b',"erased":true}'
        if not has_time(self.body):
            head += b',"time":"%s"' % recorded
        return head + b"," + self.body[1:]


class _TimeOnly(msgspec.Struct):
    time: str | None = None


_time_only = msgspec.json.Decoder(_TimeOnly)


def has_time(body: bytes) -> bool:
    """Whether the sender gave the event a time."""
    return _time_only.decode(body).time is not None


class Head(msgspec.Struct, frozen=True):
    """The newest position (0: an empty log) and its chain hash, in hex."""

    position: int
    hash: str


class Verification(msgspec.Struct, frozen=True):
    """What a verification read: records whose content and chain match, and how many of them are erased.

    `anchored` are those that follow a gap, in a log that an excerpt was adopted into.
    """

    first: int
    last: int
    records: int
    erased: int
    anchored: int = 0


class EventLog(Protocol):
    """An append-only log of events."""

    @property
    def epoch(self) -> str:
        """Names this history; a restored backup starts a new one."""
        ...

    @property
    def largest_append(self) -> int:
        """The most events one append may hold."""
        ...

    async def append(self, events: Sequence[Event]) -> list[Receipt]:
        """Store events, all or none, durably; return one receipt each, in order.

        The same key and content again is `already-stored` (or `erased`), at its first position; within one
        append too. Raises `Conflict` (naming the index) when a key is taken by other content, `TooLarge`
        above `largest_append`, `Unavailable` when the outcome is unknown or the queue is full.
        """
        ...

    async def read(self, after: int, limit: int) -> list[Record]:
        """Up to `limit` records with a position above `after`, in order; erased ones without a body.

        Where events are long there may be fewer, so that nobody holds very much; none only when none is left.
        """
        ...

    async def get(self, positions: Sequence[int]) -> list[Record]:
        """The records at these positions, in the order asked; unknown positions are left out."""
        ...

    async def find(self, log: str, id: str) -> list[Record]:
        """The records of a log that carry this id, one per source, by position; never an erased one."""
        ...

    async def head(self) -> Head:
        """The newest position and its hash."""
        ...

    async def position_at(self, recordedtime: int) -> int:
        """The position before the first record later than a recorded time (0: none is that old)."""
        ...

    def follow(self, after: int) -> AsyncIterator[list[Record]]:
        """Catch up from `after`, then wait for more, for ever: batches of records in order."""
        ...

    async def erase(self, positions: Sequence[int], reason: str) -> list[Receipt]:
        """Destroy the content at these positions; return the receipts of the `event-erased` records.

        One record is appended for each (log, session) among them; it carries both, the positions as ranges
        and the reason. Positions already erased, unknown, or of an `event-erased` itself are passed over.
        An engine may work through very many positions in steps, each of them whole, with records of its own:
        after a failure some are done, and erasing again finishes. Raises `Unavailable` as `append` does.
        """
        ...

    async def verify(self, first: int = 1, last: int | None = None) -> Verification:
        """Check content against commitments and the chain. Raises `Corrupt` at the first fault."""
        ...

    async def excerpt(self, positions: Sequence[int]) -> list[Sealed]:
        """The records at these positions with their seals, by position; unknown positions are left out.

        One whose predecessor in the log is not among them carries its anchor.
        """
        ...

    async def adopt(self, records: Sequence[Sealed]) -> None:
        """Take over an excerpt of another history, durably, all or nothing: positions, times and seals are kept.

        Raises `Conflict` unless this log is empty, `Corrupt` when a seal does not match (nothing is kept then),
        `Unavailable` as `append` does.
        """
        ...

    async def backup(self, to: Path) -> None:
        """Write a consistent copy, in a new epoch, without any erased content. Raises `Invalid` if `to` exists."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go of everything."""
        ...
