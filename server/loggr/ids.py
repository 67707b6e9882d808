"""Ids of lines: 24 hexadecimal digits, ordered by time.

Rule 1: a line posted here gets an id of its own: eight digits of seconds, as in the documents, then microseconds
        and chance. Ids of one process go up, whatever its clock does.
Rule 2: an event that came with such an id shows it. Any other shows its direct id, made of the second it was
        recorded in and its position. Both are for ever, and no sender gives them: so each event of a log can be
        fetched and erased by the id it shows, whatever ids its senders use.
Rule 3: a direct id is always understood. An id that two events of a log answer to is a conflict that names the
        direct ids of both: nobody erases the wrong one.
"""

from __future__ import annotations

import re
import secrets

from replay.clock import MICROSECONDS
from replay.envelope import Event
from replay.errors import Conflict, NotFound
from replay.events import ERASED
from replay.log.contract import EventLog, Record

_ID = re.compile(r"[0-9a-f]{24}")
_SECONDS_MASK = 2**32 - 1
_POSITION_BITS = 64
_CHANCE_BITS = 44


class LineIds:
    """Makes ids that go up."""

    def __init__(self) -> None:
        self._last = 0

    def new(self, now: int) -> str:
        """An id for a line posted at a moment, in microseconds UTC."""
        seconds, micros = divmod(now, MICROSECONDS)
        moment = (seconds & _SECONDS_MASK) << 20 | micros
        self._last = max(self._last + 1, moment << _CHANCE_BITS | secrets.randbits(_CHANCE_BITS))
        return f"{self._last:024x}"


def shown_id(record: Record, event: Event) -> str:
    """The id that an event shows here."""
    return event.id if _ID.fullmatch(event.id) else direct_id(record)


def direct_id(record: Record) -> str:
    """The id that says when and where a record is."""
    seconds = record.recordedtime // MICROSECONDS & _SECONDS_MASK
    return f"{seconds:08x}{record.position:016x}"


async def find_line(engine: EventLog, log: str, id: str) -> Record:
    """The record of a log that an id means. Raises `NotFound`, `Conflict`."""
    found: dict[int, Record] = {}
    if _ID.fullmatch(id):
        by_place = await engine.get([int(id, 16) % 2**_POSITION_BITS])
        answering = [*await engine.find(log, id), *(record for record in by_place if direct_id(record) == id)]
        found = {record.position: record for record in answering if is_line(record, log)}
    if not found:
        raise NotFound(f"there is no event {id[:64]!r} in the log {log!r}")
    if len(found) > 1:
        direct = ", ".join(map(direct_id, found.values()))
        raise Conflict(f"{len(found)} events of the log {log!r} answer to {id}: name one as {direct}")
    return next(iter(found.values()))


def is_line(record: Record, log: str) -> bool:
    """Whether a record is a line of a log: still there, and no erasure."""
    if record.erased:
        return False
    event = record.event()
    return event.log == log and event.type != ERASED
