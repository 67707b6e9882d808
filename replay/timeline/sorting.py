"""The fold's first step: records in fold order, each to the heap it belongs to.

Rule 1: fold order is (time, position). Arrival order and `sequence` play no part.
Rule 2: a `listen-ended` that names no listen closes the asset's newest start at or before it; one that names a
        listen closes that listen's newest start at or before it, or, when it brings a `duration` and its clock ran
        behind, the listen's first start.
Rule 3: an event about one listen acts on that listen's newest start at or before it.
Rule 4: a session-wide stall ends at the next start (CTA-2066); a session-wide pause does not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import merge

import msgspec

from replay import events
from replay.timeline.evidence import Evidence, Placed

NS = 1000
"""Nanoseconds in a microsecond: events carry microseconds, timelines nanoseconds."""

Key = tuple[int, int]

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
    index = _Index(heaps.starts)
    heaps.orphans = [end for end in ends if not index.close(end)]
    heaps.unheard = [control for control in controls if not control.wide and not index.steer(control)]
    heaps.wide = _with_stalls_ended((control for control in controls if control.wide), heaps.starts)
    return heaps


class _Index:
    """Starts by listen and by asset, for finding the newest at or before a place in fold order."""

    def __init__(self, starts: list[Started]) -> None:
        self.by_listen: dict[str, list[Started]] = defaultdict(list)
        self.by_asset: dict[str, list[Started]] = defaultdict(list)
        for start in starts:
            self.by_listen[start.listen].append(start)
            self.by_asset[start.data.asset].append(start)

    def close(self, end: Ended) -> bool:
        """Give an end to the start that it closes; False when there is none."""
        named = end.data.listen
        starts = (
            self.by_asset.get(end.data.asset or "", []) if named is None else self.by_listen.get(named, [])
        )
        start = _newest(starts, end.placed.key)
        if start is None and named is not None and end.data.duration is not None and starts:
            start = starts[0]
        if start is None:
            return False
        start.ends.append(end)
        return True

    def steer(self, control: Control) -> bool:
        """Give a control to the listen that it names; False when there is none."""
        listen: str = getattr(control.data, "listen", "")
        start = _newest(self.by_listen.get(listen, []), control.key)
        if start is None:
            return False
        start.controls.append(control)
        return True


def _newest(starts: list[Started], key: Key) -> Started | None:
    found = bisect_right(starts, key, key=lambda start: start.key)
    return starts[found - 1] if found else None


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
