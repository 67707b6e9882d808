"""The fold's first step: records in fold order, each to the heap it belongs to.

Rule 1: fold order is (time, position). Arrival order and `sequence` play no part.
Rule 2: an end goes to the start that it closes, by the rules of `closing`.
Rule 3: an event about one listen acts on that listen's newest start at or before it.
Rule 4: a session-wide stall ends at the next start (CTA-2066); a session-wide pause does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter

import msgspec

from replay import events
from replay.clock import to_nanoseconds
from replay.timeline.closing import Key, Starts
from replay.timeline.evidence import Evidence, Placed

NS = 1000
"""Nanoseconds in a microsecond: events carry microseconds, timelines nanoseconds."""

HOLDS = ("playback-paused", "playback-resumed", "playback-stalled", "playback-recovered")
CONTROLS = (*HOLDS, "playback-seeked", "rate-changed", "gain-changed", "pan-changed")
MOVING = frozenset((*CONTROLS, "session-started", "session-ended", "listen-started", "listen-ended"))
"""The types whose data the fold looks at; every other event is a mark."""


by_key = attrgetter("key")
"""Sorts starts, ends and controls into fold order."""


class Control(msgspec.Struct, frozen=True, gc=False):
    """Something that changes how listens sound, at `at` nanoseconds: one listen, or all of the session (None)."""

    key: Key
    at: int
    type: str
    data: events.Data
    listen: str | None = None

    @property
    def wide(self) -> bool:
        """Whether it is about all of the session."""
        return self.listen is None

    @property
    def position(self) -> int:
        """Its record's position."""
        return self.key[1]


class Ended(msgspec.Struct, frozen=True, gc=False):
    """A `listen-ended` record, at `at` nanoseconds.

    `listen` and `asset` are those that it names. `duration` is how long the listen lasted, in nanoseconds, where it
    says so.
    """

    key: Key
    at: int
    listen: str | None
    asset: str | None
    duration: int | None
    placed: Placed
    data: events.ListenEnded


class Started(msgspec.Struct):
    """A `listen-started` record, at `at` nanoseconds, with the ends and controls that name it.

    `listen` is its own event's id, unless it brings one; `asset` is what it plays.
    """

    key: Key
    at: int
    listen: str
    asset: str
    placed: Placed
    data: events.ListenStarted
    ends: list[Ended] = []
    controls: list[Control] = []


class Sorted(msgspec.Struct):
    """A session's records, each in its place. `orphans` are ends without a start.

    `ends` and `controls` are all of them, `wide` and `unheard` the controls that no listen was found for.
    """

    records: Sequence[Placed]
    starts: list[Started] = []
    ends: list[Ended] = []
    controls: list[Control] = []
    orphans: list[Ended] = []
    wide: list[Control] = []
    unheard: list[Control] = []
    sessions_started: list[Placed] = []
    sessions_ended: list[Placed] = []

    def take(self, placed: Placed) -> None:
        """Put a record that moves the timeline where its type belongs."""
        event, key, at = placed.event, placed.key, placed.time * NS
        data = event.typed_data()
        match data:
            case events.ListenStarted():
                self.starts.append(Started(key, at, data.listen or event.id, data.asset, placed, data))
            case events.ListenEnded():
                lasted = None if data.duration is None else to_nanoseconds(data.duration)
                self.ends.append(Ended(key, at, data.listen, data.asset, lasted, placed, data))
            case events.SessionStarted():
                self.sessions_started.append(placed)
            case events.SessionEnded():
                self.sessions_ended.append(placed)
            case data if data is not None:
                listen = getattr(data, "listen", None)
                self.controls.append(Control(key, at, event.type, data, listen))


def sort(evidence: Evidence) -> Sorted:
    """Put every record where it belongs."""
    heaps = Sorted(evidence.in_order)
    for placed in heaps.records:
        if placed.event.type in MOVING:
            heaps.take(placed)
    starts = Starts(heaps.starts)
    for end in heaps.ends:
        closed = starts.closed_by(end)
        (heaps.orphans if closed is None else closed.ends).append(end)
    for control in heaps.controls:
        _steer(control, starts, heaps)
    heaps.wide = _with_stalls_ended(heaps.wide, heaps.starts)
    return heaps


def _steer(control: Control, starts: Starts[Started], heaps: Sorted) -> None:
    """Give a control to the session, or to the listen that it names."""
    if control.listen is None:
        heaps.wide.append(control)
        return
    steered = starts.newest(control.listen, control.key)
    (heaps.unheard if steered is None else steered.controls).append(control)


def _with_stalls_ended(controls: list[Control], starts: list[Started]) -> list[Control]:
    """The session-wide controls, with a recovery added where a start ends a stall."""
    if not any(control.type == "playback-stalled" for control in controls):
        return controls
    result: list[Control] = []
    stalled = False
    items: Iterator[Control | Started] = merge(controls, starts, key=by_key)
    for item in items:
        if isinstance(item, Control):
            stalled = _stalled_after(item, stalled)
            result.append(item)
        elif stalled:
            result.append(Control(item.key, item.at, "playback-recovered", events.Playback()))
            stalled = False
    return result


def _stalled_after(control: Control, stalled: bool) -> bool:
    if control.type == "playback-stalled":
        return True
    return stalled and control.type not in ("playback-recovered", "playback-paused")
