"""What the fold is given: all that a log prefix knows about one session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter

import msgspec

from replay.clocks.model import Reading
from replay.envelope import Event
from replay.events import AssetDescribed
from replay.log.contract import Record


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A record with its event decoded and its time settled: the event's own, or its arrival.

    Where a timeline is told in corrected time, `time` is that; the event's own is `event.time`. `time` and
    `recordedtime` are in microseconds UTC.
    """

    time: int
    position: int
    recordedtime: int
    event: Event

    @property
    def key(self) -> tuple[int, int]:
        """Where it stands in fold order: (time, position)."""
        return (self.time, self.position)


def place(record: Record) -> Placed:
    """Decode a record that still has its content. Raises ValueError for an erased one."""
    event = record.event()
    time = record.recordedtime if event.time is None else event.time
    return Placed(time, record.position, record.recordedtime, event)


_when_and_where = attrgetter("time", "position")


def in_fold_order(records: Iterable[Placed]) -> list[Placed]:
    """Records by time, then position."""
    return sorted(records, key=_when_and_where)


def by_device(records: Iterable[Placed]) -> dict[str | None, list[Placed]]:
    """Records by their device, in the order given."""
    devices: dict[str | None, list[Placed]] = defaultdict(list)
    for placed in records:
        devices[placed.event.device].append(placed)
    return dict(devices)


class Description(msgspec.Struct, frozen=True, gc=False):
    """The last description of an asset within the prefix, and the position that brought it."""

    position: int
    data: AssetDescribed


class Evidence(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One session as a log prefix knows it. The order of `records` carries no meaning.

    `descriptions` holds the assets that the session plays. `sequences` holds, per device of the session, the
    `sequence` numbers that the prefix has for it *outside* this session, each with its position: they fill what
    would else be a hole; a device that lacks no number may be left out. `readings` holds, per device of the
    session, what its newest records *outside* the session tell of its clock. `erased` are positions of the session
    whose content is gone. `ahead` are positions of what was found erased in the log and stands in the read models
    still: as soon as these have heard of it, the same prefix may come to other evidence.
    """

    log: str
    session: str
    records: tuple[Placed, ...]
    descriptions: Mapping[str, Description] = {}
    sequences: Mapping[str, Mapping[int, int]] = {}
    readings: Mapping[str, tuple[Reading, ...]] = {}
    erased: tuple[int, ...] = ()
    ahead: tuple[int, ...] = ()

    @cached_property
    def in_order(self) -> Sequence[Placed]:
        """The records in fold order."""
        return in_fold_order(self.records)

    @cached_property
    def by_device(self) -> Mapping[str | None, Sequence[Placed]]:
        """The records of each device, in fold order."""
        return by_device(self.in_order)
