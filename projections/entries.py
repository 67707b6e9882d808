"""Entries: records as the views see them, decoded once for all views.

Rule 1: an entry holds what a view may keep or count; `data` stays encoded until a view asks for it.
Rule 2: a record whose content was erased has nothing to fold: it becomes no entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from replay.clock import EPOCH, MICROSECOND
from replay.events import ERASED, EventErased
from replay.log.contract import Record

T = TypeVar("T")

Range = tuple[int, int]
"""Positions from the first to the last, both included."""


class Entry(msgspec.Struct, gc=False):
    """A record that still has its content.

    `time` is the event's own, or its arrival without one; `time` and `recordedtime` are in microseconds UTC.
    """

    position: int
    recordedtime: int
    time: int
    id: str
    type: str
    log: str
    session: str | None
    device: str | None
    user: str | None
    sequence: int | None
    data: msgspec.Raw

    @property
    def erases(self) -> bool:
        """Whether this is the record of an erasure, which only the log itself writes."""
        return self.type == ERASED

    def ranges(self) -> list[Range]:
        """The positions that an erasure destroyed."""
        return _erased.decode(self.data).positions

    def read(self, decoder: msgspec.json.Decoder[T]) -> T:
        """The data, as a decoder's type."""
        return decoder.decode(self.data)


class _Body(msgspec.Struct, gc=False):
    id: str
    type: str
    log: str
    data: msgspec.Raw
    time: datetime | None = None
    session: str | None = None
    device: str | None = None
    user: str | None = None
    sequence: int | None = None


_body = msgspec.json.Decoder(_Body)
_erased = msgspec.json.Decoder(EventErased)


def read_entry(record: Record) -> Entry | None:
    """The entry of a record, or None when its content is gone. Raises ValueError for a body of no event."""
    if record.body is None:
        return None
    body = _body.decode(record.body)
    time = record.recordedtime if body.time is None else (body.time - EPOCH) // MICROSECOND
    return Entry(
        record.position,
        record.recordedtime,
        time,
        body.id,
        body.type,
        body.log,
        body.session,
        body.device,
        body.user,
        body.sequence,
        body.data,
    )


def read_entries(records: Iterable[Record]) -> list[Entry]:
    """The entries of records that were folded before, those erased since left out."""
    return [entry for entry in map(read_entry, records) if entry is not None]


def all_ranges(entries: Iterable[Entry]) -> list[Range]:
    """What these erasures destroyed, together."""
    return [bounds for entry in entries for bounds in entry.ranges()]
