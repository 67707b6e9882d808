"""What is known of a device's clock, and how its times become the server's.

Rule 1: an offset is the device's clock minus the server's, in nanoseconds: positive is ahead. A rate is what the
        device's clock gains against the server's, in parts per million (ppm).
Rule 2: times are microseconds UTC, as everywhere in events; a corrected time is an integer too, from exact ratios.
Rule 3: what is not known is None, never 0.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from replay.clock import to_microseconds

ClockChoice = Literal["device", "corrected"]
"""Whose clock a timeline is told in: each device's own, or the server's as far as it can be estimated."""

NS = 1000
BILLION = 1_000_000_000


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One record's evidence about its sender's clock. Times in microseconds, `monotonic` too.

    `time` is what the device's clock showed when it happened, `senttime` when it was sent, `recordedtime` the
    server's clock when it arrived.
    """

    position: int
    recordedtime: int
    time: int | None
    senttime: int | None
    monotonic: int | None
    sequence: int | None = None

    @property
    def anchor(self) -> int | None:
        """Wall minus monotonic clock: it moves only when one of the two is set, stands still or starts again."""
        return None if self.time is None or self.monotonic is None else self.time - self.monotonic


class Line(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Offset and rate of a clock, as one straight line.

    `at` is the moment by the server's clock (microseconds) that `offset` (nanoseconds) and its `uncertainty` are
    of. `rate` is in ppm, None when the readings cannot tell it within `rate_uncertainty`. `samples` is how many
    readings there were, `positions` the records that the line rests on.
    """

    at: int
    offset: int
    uncertainty: int
    rate: float | None
    rate_uncertainty: float | None
    samples: int
    positions: tuple[int, ...]

    @property
    def rate_ppb(self) -> int:
        """The rate in whole parts per billion, 0 where it is not known."""
        return round((self.rate or 0.0) * 1000)

    def server_time(self, time: int) -> int:
        """What the server's clock showed when the device's showed `time`."""
        passed = (time - self.at) * NS - self.offset
        return self.at + _divided(passed * BILLION, (BILLION + self.rate_ppb) * NS)

    def shifted(self, by: int) -> Line:
        """The same line for a clock that is `by` microseconds further ahead."""
        return msgspec.structs.replace(self, offset=self.offset + by * NS)


class Step(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The wall clock was set: `by` nanoseconds forwards, or back.

    `time` is what it showed (microseconds) at the first record after, `positions` are the records before and after.
    """

    time: int
    by: int
    positions: tuple[int, int]


class Segment(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A stretch of a clock between two steps: from when the device showed `since`, with `line` where it is known.

    `anchor` is its wall minus its monotonic clock, in microseconds; None for a device without a monotonic clock.
    """

    since: int
    anchor: int | None
    line: Line | None


class DeviceClock(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a device's clock.

    The line is that of its last segment. `least` bounds the offset (nanoseconds) from one side, where nothing else
    tells it: nothing arrives before it happened, so the clock is ahead by at least that much. `samples` is how many
    readings tell an offset, `bounds` how many only bound it.
    """

    device: str
    segments: tuple[Segment, ...]
    steps: tuple[Step, ...]
    least: int | None
    samples: int
    bounds: int

    @property
    def line(self) -> Line | None:
        """The newest that is known of offset and rate; None without an estimate."""
        return next((segment.line for segment in reversed(self.segments) if segment.line), None)

    @property
    def at(self) -> int | None:
        """The moment that `offset` is of, by the server's clock, in microseconds."""
        return None if self.line is None else self.line.at

    @property
    def offset(self) -> int | None:
        """The device's clock minus the server's at `at`, in nanoseconds; None without an estimate."""
        return None if self.line is None else self.line.offset

    @property
    def uncertainty(self) -> int | None:
        """How far the true offset may be from `offset`, in nanoseconds."""
        return None if self.line is None else self.line.uncertainty

    @property
    def rate(self) -> float | None:
        """What the clock gains, in ppm; None when that is not known."""
        return None if self.line is None else self.line.rate

    @property
    def rate_uncertainty(self) -> float | None:
        """How far the true rate may be from `rate`, in ppm."""
        return None if self.line is None else self.line.rate_uncertainty

    @property
    def positions(self) -> tuple[int, ...]:
        """The records that offset and rate rest on."""
        return () if self.line is None else self.line.positions

    def correct(self, time: int, monotonic: float | None = None) -> int:
        """The server's time of a moment by the device's clock; unchanged without an estimate.

        Where the clock was set, the event's own `monotonic` seconds tell on which side it was, else its time does.
        """
        line = self.segment_of(time, monotonic).line
        return time if line is None else line.server_time(time)

    def segment_of(self, time: int, monotonic: float | None = None) -> Segment:
        """The segment that a moment by the device's clock is in."""
        if len(self.segments) == 1:
            return self.segments[0]
        if monotonic is not None:
            anchor = time - to_microseconds(monotonic)
            anchored = [segment for segment in self.segments if segment.anchor is not None]
            if anchored:
                return min(anchored, key=lambda segment: abs((segment.anchor or 0) - anchor))
        begun = [segment for segment in self.segments if segment.since <= time]
        return begun[-1] if begun else self.segments[0]


def _divided(dividend: int, divisor: int) -> int:
    """An integer quotient, rounded half up."""
    return (2 * dividend + divisor) // (2 * divisor)
