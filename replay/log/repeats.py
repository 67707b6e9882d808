"""What an event is told whose key is already in the log: one rule for every engine.

The same content is already stored, whenever it was sent (`Event.same_content`). An erased event stays
erased, whatever it says now: nobody can compare it any more.
"""

from __future__ import annotations

from replay.envelope import Event, decode_event
from replay.errors import Conflict
from replay.log.contract import Status


def repeated(event: Event, stored: bytes | None, index: int) -> Status:
    """The status of an event whose key belongs to the body `stored` (None: erased).

    Raises `Conflict`, naming the event's `index` in its append, when the content is another.
    """
    if stored is None:
        return "erased"
    if stored == event.body or event.same_content(decode_event(stored)):
        return "already-stored"
    raise Conflict(f"id {event.id!r} of source {event.source!r} is taken by other content", index=index)
