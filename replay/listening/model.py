"""What a device's day is made of. Moments are nanoseconds since the epoch."""

from __future__ import annotations

import msgspec

from replay.findings import Finding
from replay.timeline.stretches import Span, length


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """What one session adds to a device's day.

    `sounding` is where it sounds (spans of nanoseconds), `claimed` what its listens claim together (nanoseconds),
    `why` are sentences on why that may be too much. `starts` are (start, position) of its listens, in time order;
    `findings` those of impossible time within it.
    """

    session: str
    ended: bool
    sounding: tuple[Span, ...]
    claimed: int
    why: tuple[str, ...]
    starts: tuple[tuple[int, int], ...]
    findings: tuple[Finding, ...] = ()

    @property
    def lasted(self) -> int:
        """How long it sounds within the day, in nanoseconds."""
        return length(self.sounding)


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A device's day, from `start` to `stop`: its sessions in order, and what is impossible about them.

    `listening` is their sum, `wall` the time in which any of them sounds, both in nanoseconds.
    """

    start: int
    stop: int
    listening: int
    wall: int
    claimed: int
    sessions: tuple[Listening, ...]
    findings: tuple[Finding, ...]
