"""Erasure: which content goes, and the records that tell of it.

Rule 1: one `event-erased` record for each (log, session) among the erased. It names no device and no user:
        it outlives what it erased.
Rule 2: an `event-erased` itself is never erased, so that every gap in the log stays explained.
"""

from __future__ import annotations

from collections.abc import Iterable

from replay.envelope import Event, build_event
from replay.events import ERASED
from replay.ids import new_id
from replay.log.contract import Record

SOURCE = "playhead"
"""The source of every record that the log writes by itself."""

Range = tuple[int, int]


def tombstones(records: Iterable[Record], reason: str) -> tuple[list[int], list[Event]]:
    """The positions whose content is to be destroyed, and the events that will say so.

    Records already erased, and those of an erasure, are passed over.
    """
    grouped: dict[tuple[str, str | None], list[int]] = {}
    for record in records:
        if record.body is not None:
            event = record.event()
            if event.type != ERASED:
                grouped.setdefault((event.log, event.session), []).append(record.position)
    erased = sorted(position for positions in grouped.values() for position in positions)
    return erased, [_tombstone(log, session, at, reason) for (log, session), at in grouped.items()]


def to_ranges(positions: Iterable[int]) -> list[Range]:
    """Positions as the fewest [first, last] ranges, in order."""
    ranges: list[Range] = []
    for position in sorted(set(positions)):
        if ranges and ranges[-1][1] == position - 1:
            ranges[-1] = (ranges[-1][0], position)
        else:
            ranges.append((position, position))
    return ranges


def covered_by(body: bytes) -> list[Range]:
    """The ranges that a record's body declares erased: none unless it is an `event-erased` of the log."""
    if ERASED.encode() not in body:  # cheaper than decoding, and rarely wrong
        return []
    event = Record(position=0, recordedtime=0, body=body).event()
    if event.type != ERASED or event.source != SOURCE:
        return []
    return [(first, last) for first, last in event.data["positions"]]


def _tombstone(log: str, session: str | None, positions: list[int], reason: str) -> Event:
    data = {"positions": to_ranges(positions), "reason": reason}
    return build_event(id=new_id(), source=SOURCE, type=ERASED, log=log, session=session, data=data)
