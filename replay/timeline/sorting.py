"""The fold's first step: records in fold order, each to the heap it belongs to.

Rule 1: fold order is (time, position). Arrival order and `sequence` play no part.
Rule 2: an end goes to the start that it closes, by the rules of `closing`.
Rule 3: an event about one listen acts on that listen's newest start at or before it.
Rule 4: a session-wide stall ends at the next start (CTA-2066); a session-wide pause does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

import msgspec

from replay import events
from replay.timeline.closing import Key, Starts
from replay.timeline.evidence import Evidence, Placed

NS = 1000
"""Nanoseconds in a microsecond: events carry microseconds, timelines nanoseconds."""

HOLDS = ("playback-paused", "playback-resumed", "playback-stalled", "playback-recovered")
CONTROLS = (*HOLDS, "playback-seeked", "rate-changed", "gain-changed", "pan-changed")


class Control(msgspec.Struct, frozen=True, gc=False):
    """Something that changes how listens sound, at `at` nanoseconds. `wide`: all of the session."""

    key: Key
    type: str
    data: events.Data
    wide: bool

    @property
    def at(self) -> int:
        """Its time in nanoseconds."""
        return self.key[0] * NS

    @property
    def position(self) -> int:
        """Its record's position."""
        return self.key[1]


class Ended(msgspec.Struct, frozen=True, gc=False):
    """A `listen-ended` record."""

    placed: Placed
    data: events.ListenEnded

    @property
    def key(self) -> Key:
        """Where it stands in fold order."""
        return self.placed.key

    @property
    def listen(self) -> str | None:
        """The listen that it names."""
        return self.data.listen

    @property
    def asset(self) -> str | None:
        """The asset that it names."""
        return self.data.asset

    @property
    def duration(self) -> float | None:
        """How long the listen lasted, in seconds, where it says so."""
        return self.data.duration


class Started(msgspec.Struct):
    """A `listen-started` record, with the ends and controls that name it."""

    placed: Placed
    data: events.ListenStarted
    ends: list[Ended] = []
    controls: list[Control] = []

    @property
    def listen(self) -> str:
        """Its listen's id: its own event's, unless it brings one."""
        return self.data.listen or self.placed.event.id

    @property
    def asset(self) -> str:
        """What it plays."""
        return self.data.asset

    @property
    def key(self) -> Key:
        """Where it stands in fold order."""
        return self.placed.key

    @property
    def at(self) -> int:
        """Its time in nanoseconds."""
        return self.placed.time * NS


class Sorted(msgspec.Struct):
    """A session's records, each in its place. `orphans` are ends without a start."""

    records: list[Placed]
    starts: list[Started] = []
    orphans: list[Ended] = []
    wide: list[Control] = []
    unheard: list[Control] = []
    sessions_started: list[Placed] = []
    sessions_ended: list[Placed] = []


def sort(evidence: Evidence) -> Sorted:
    """Put every record where it belongs."""
    heaps = Sorted(sorted(evidence.records, key=lambda placed: placed.key))
    ends: list[Ended] = []
    controls: list[Control] = []
    for placed in heaps.records:
        data = placed.event.typed_data()
        match data:
            case events.ListenStarted():
                heaps.starts.append(Started(placed, data))
            case events.ListenEnded():
                ends.append(Ended(placed, data))
            case events.SessionStarted():
                heaps.sessions_started.append(placed)
            case events.SessionEnded():
                heaps.sessions_ended.append(placed)
            case data if data is not None and placed.event.type in CONTROLS:
                wide = getattr(data, "listen", None) is None
                controls.append(Control(placed.key, placed.event.type, data, wide))
    starts = Starts(heaps.starts)
    for end in ends:
        closed = starts.closed_by(end)
        (heaps.orphans if closed is None else closed.ends).append(end)
    for control in controls:
        _steer(control, starts, heaps)
    heaps.wide = _with_stalls_ended(heaps.wide, heaps.starts)
    return heaps


def _steer(control: Control, starts: Starts[Started], heaps: Sorted) -> None:
    """Give a control to the session, or to the listen that it names."""
    if control.wide:
        heaps.wide.append(control)
        return
    steered = starts.newest(getattr(control.data, "listen", ""), control.key)
    (heaps.unheard if steered is None else steered.controls).append(control)


def _with_stalls_ended(controls: Iterable[Control], starts: list[Started]) -> list[Control]:
    """The session-wide controls, with a recovery added where a start ends a stall."""
    result: list[Control] = []
    stalled = False
    items: Iterator[Control | Started] = merge(controls, starts, key=_key)
    for item in items:
        if isinstance(item, Control):
            stalled = _stalled_after(item, stalled)
            result.append(item)
        elif stalled:
            result.append(Control(item.key, "playback-recovered", events.Playback(), True))
            stalled = False
    return result


def _key(item: Control | Started) -> Key:
    return item.key


def _stalled_after(control: Control, stalled: bool) -> bool:
    if control.type == "playback-stalled":
        return True
    return stalled and control.type not in ("playback-recovered", "playback-paused")
