"""What a timeline is made of.

Rule 1: every `start`, `stop`, `at` and `time` here is in nanoseconds since the epoch, every length in
        nanoseconds; a stretch is half open, `[start, stop)`.
Rule 2: nothing here depends on the wall clock, on arrival order, or on anything beyond the prefix.
Rule 3: values only, never a cycle: so the garbage collector need not look at them (`gc=False`), which halves the
        time that a long session takes to fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from replay.timeline.evidence import Description

End = Literal["observed", "length", "next", "session", "open"]
"""How a listen's end is known, best first: it was told; from the recording's length; from the next start on its
lane; from the session's end; not at all (drawn to the session's newest event)."""

Cut = Literal["paused", "stalled", "seeked", "rate-changed"]
"""Why a clip stops before its listen does."""


class Change(msgspec.Struct, frozen=True, gc=False):
    """A move of gain or pan within a clip: from `at` on, linearly, to `value` within `ramp`.

    `session-gain` is the whole session's gain; it multiplies the listen's own.
    """

    at: int
    kind: Literal["gain", "pan", "session-gain"]
    value: float
    ramp: int
    position: int


class Clip(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A contiguous stretch of a listen: one asset sounding at one rate without interruption.

    `media_in` is where in the recording it begins, in nanoseconds of the recording. `gain` and `session_gain`
    multiply. `end` says how the stop is known; a clip that is `cut` ends where an event was observed.
    `row` is for drawing only. `positions` are the records that show it.
    """

    listen: str
    asset: str | None
    start: int
    stop: int
    end: End
    cut: Cut | None = None
    media_in: int = 0
    rate: float = 1.0
    gain: float = 1.0
    session_gain: float = 1.0
    pan: float = 0.0
    changes: tuple[Change, ...] = ()
    fade_in: int = 0
    fade_out: int = 0
    loop: bool = False
    lane: str = "0"
    row: int = 0
    device: str | None = None
    user: str | None = None
    reason: str | None = None
    positions: tuple[int, ...] = ()


class Hold(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Playback paused or stalled: of one listen, or of the whole session when `listen` is None.

    `closed` tells whether its stop was observed, rather than drawn to the end of what is known.
    """

    kind: Literal["paused", "stalled"]
    start: int
    stop: int
    closed: bool
    listen: str | None = None
    positions: tuple[int, ...] = ()


class Listen(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One play of one asset, pauses included: the span that its clips and holds lie in.

    `told_stop` is the time that the counted `listen-ended` carried, where there is one; `told_duration` the
    duration it carried. `ended_by` is the position of that record, `reason` why it says that it ended.

    `media_in` and `media_stop` are where in the recording it began and stopped, `media_out` where the
    recording runs out (None: no length is known, or it loops), `rate` its rate when it stopped, `held` whether it
    was paused or stalled then. `named_lane` tells whether the sender gave the lane.
    """

    listen: str
    asset: str | None
    start: int
    stop: int
    end: End
    lane: str
    device: str | None
    position: int
    told_stop: int | None = None
    told_duration: int | None = None
    ended_by: int | None = None
    reason: str | None = None
    media_in: int = 0
    media_stop: int = 0
    media_out: int | None = None
    rate: float = 1.0
    held: Literal["paused", "stalled"] | None = None
    named_lane: bool = False


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """A part of the timeline without a clip: silence when it is known, else unknown."""

    start: int
    stop: int


class Mark(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Any other event of the session, at its time."""

    time: int
    type: str
    position: int
    device: str | None
    data: dict[str, Any]


class Hole(msgspec.Struct, frozen=True, gc=False):
    """Missing `sequence` numbers of a device, first to last, and the stretch they are missing from.

    `positions` are the records on either side.
    """

    device: str
    first: int
    last: int
    missing: int
    start: int
    stop: int
    positions: tuple[int, int]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Lengths in nanoseconds. Each instant of `duration` is one of heard, stalled, paused, silent and unknown,
    the first of these that applies; `overlapping` is the part of `heard` with two clips or more."""

    duration: int
    heard: int
    overlapping: int
    silent: int
    paused: int
    stalled: int
    unknown: int


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """One session, as a log prefix knows it.

    `zero` is the moment that offsets count from; `start` and `stop` are what the totals cover; `position` is that
    of the last record which contributed. Lists are in time order, `holes` device by device.
    """

    log: str
    session: str
    zero: int
    start: int
    stop: int
    position: int
    started: bool
    ended: bool
    clips: tuple[Clip, ...]
    listens: tuple[Listen, ...]
    pauses: tuple[Hold, ...]
    stalls: tuple[Hold, ...]
    silences: tuple[Stretch, ...]
    unknown: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    holes: tuple[Hole, ...]
    orphans: tuple[int, ...]
    erased: tuple[int, ...]
    descriptions: Mapping[str, Description]
    totals: Totals
