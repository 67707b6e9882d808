"""A device's clock, from what its records say.

Rule 1: `senttime` against `recordedtime` tells the offset, whenever the event itself happened: an upload a
        day late is a reading of the clock on the day it was sent.
Rule 2: without `senttime`, an event's `time` against `recordedtime` only bounds the offset: nobody knows how
        long the device kept the event.
Rule 3: records that were sent together carry one `senttime` and are one reading: that of the first to arrive.
        A clock that never moves is one reading, too.
Rule 4: where the wall clock was set (`steps`), the monotonic clock tells by how much: one line serves both
        sides.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter

from replay.clocks.envelope import Point, fit
from replay.clocks.model import NS, DeviceClock, Line, Reading, Segment
from replay.clocks.steps import SOUND, Stretch, find_steps

ALWAYS = Stretch(since=-(2**63), anchor=0, group=0, shift=0)
"""The one stretch of a clock that was not set, as far as is known."""


def estimate_clock(device: str, readings: Iterable[Reading]) -> DeviceClock:
    """What readings tell of a device's clock; the order of the readings carries no meaning. O(n log n)."""
    readings = sorted(readings, key=attrgetter("position"))
    found, steps = find_steps(readings)
    stretches = found or [ALWAYS]
    sent = _first_arrivals(readings)
    points: dict[int, list[Point]] = {}
    anchored = sorted(stretches, key=_anchor)
    for reading, senttime in sent:
        stretch = _stretch_of(reading, senttime, stretches, anchored)
        delay = reading.recordedtime - (senttime - stretch.shift)
        points.setdefault(stretch.group, []).append(Point(reading.recordedtime, delay, reading.position))
    bounds = _bounds(readings)
    lines = {group: fit(members) for group, members in points.items()}
    return DeviceClock(
        device=device,
        segments=tuple(_segment(stretch, lines.get(stretch.group), bool(found)) for stretch in stretches),
        steps=tuple(steps),
        least=max(bounds, default=None),
        samples=sum(line.samples for line in lines.values() if line is not None),
        bounds=len(bounds),
    )


def _first_arrivals(readings: Sequence[Reading]) -> list[tuple[Reading, int]]:
    """The readings that tell when they were sent: of those with one `senttime`, the first to arrive."""
    first: dict[int, Reading] = {}
    for reading in readings:
        if reading.senttime is not None:
            known = first.setdefault(reading.senttime, reading)
            if reading.recordedtime < known.recordedtime:
                first[reading.senttime] = reading
    return [(reading, senttime) for senttime, reading in first.items()]


def _stretch_of(
    reading: Reading, senttime: int, stretches: Sequence[Stretch], anchored: Sequence[Stretch]
) -> Stretch:
    """The stretch that a message was sent in: its event's, when that was sent at once, else by its `senttime`.

    `anchored` are the stretches in order of their anchors.
    """
    if len(stretches) == 1:
        return stretches[0]
    anchor, time = reading.anchor, reading.time
    if anchor is not None and time is not None and abs(senttime - time) <= SOUND:
        place = bisect_left(anchored, anchor, key=_anchor)
        near = anchored[max(place - 1, 0) : place + 1]
        return min(near, key=lambda stretch: abs(stretch.anchor - anchor))
    begun = [stretch for stretch in stretches if stretch.since <= senttime]
    return begun[-1] if begun else stretches[0]


def _anchor(stretch: Stretch) -> int:
    return stretch.anchor


def _segment(stretch: Stretch, line: Line | None, anchored: bool) -> Segment:
    return Segment(
        since=stretch.since,
        anchor=stretch.anchor if anchored else None,
        line=None if line is None else line.shifted(stretch.shift),
    )


def _bounds(readings: Sequence[Reading]) -> list[int]:
    """What the offset is at least, in nanoseconds, by each event that only bounds it."""
    return [
        (reading.time - reading.recordedtime) * NS
        for reading in readings
        if reading.senttime is None and reading.time is not None
    ]
