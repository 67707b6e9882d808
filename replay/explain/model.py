"""What an explanation is made of.

Rule 1: moments are nanoseconds since the epoch, in the time that the session is told in.
Rule 2: an explanation names every record that it rests on; it says nothing that they do not.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from replay.findings import Finding
from replay.timeline import Clip, Description, Hold, Placed

State = Literal["sounding", "silent", "unknown", "outside"]
"""Whether something sounded: it did; it is known that nothing did; nobody knows; the session was not on."""


class Known(Protocol):
    """What is there of a recording, as `replay.recordings.known.Known` tells it."""

    @property
    def fault(self) -> str | None:
        """One sentence that says why it cannot be heard; None when it can."""
        ...

    @property
    def duration(self) -> int | None:
        """How long it really is, in nanoseconds."""
        ...


class Playing(msgspec.Struct, frozen=True):
    """A clip under way: how far into its recording it was, in nanoseconds, and how loud (linear, 1 unchanged)."""

    clip: Clip
    title: str | None
    media: int
    level: float


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """What bounds a stretch on one side: a listen that ended or began, a pause or stall, or the session itself.

    `known` says how the moment is known: `observed`, or as for a clip's end; None for a moment that nobody told.
    """

    at: int
    what: Literal["listen", "paused", "stalled", "session"]
    known: str | None
    listen: str | None = None
    asset: str | None = None
    title: str | None = None
    positions: tuple[int, ...] = ()


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """Records of an explanation that were recorded long after they happened.

    `first` is the lowest of their positions, `recordedtime` (microseconds) when that was recorded, `by` how much
    later than it happened (nanoseconds), by the server's clock as far as the device's is known.
    """

    positions: tuple[int, ...]
    first: int
    recordedtime: int
    by: int


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What was playing at a moment, or why nothing was.

    `[start, stop)` is the stretch that it holds for, either side None where it has no end. `before` and
    `after` are what ended last and what begins next. `records` are those that it rests on, `others` what
    else happened within the stretch, `findings` what was found wrong there.
    """

    at: int
    cause: str
    state: State
    sentence: str
    start: int | None
    stop: int | None
    playing: tuple[Playing, ...] = ()
    holds: tuple[Hold, ...] = ()
    before: Edge | None = None
    after: Edge | None = None
    records: tuple[Placed, ...] = ()
    descriptions: tuple[Description, ...] = ()
    others: tuple[Placed, ...] = ()
    findings: tuple[Finding, ...] = ()
    late: Late | None = None
