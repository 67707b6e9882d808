"""The vocabulary: what can happen in an audio session, on one page.

Rule 1: any type is kept. The types below move the timeline, and their `data` is checked against this
        table; keys that the table does not name are kept as they came.
Rule 2: seconds are wall seconds unless a line says otherwise; `gain` is linear, 1 unchanged; `pan` is -1 to
        1, equal power; `rate` resamples, so that pitch follows.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(min_length=1, max_length=256)]
"""An id: its exact rule (256 bytes, printable, not `.` or `..`) is `replay.envelope.check_name`."""
Text = Annotated[str, Meta(max_length=4096)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Gain = Annotated[float, Meta(ge=0, le=1000)]
Pan = Annotated[float, Meta(ge=-1, le=1)]
Rate = Annotated[float, Meta(ge=0.01, le=100)]
Count = Annotated[int, Meta(ge=0, lt=2**53)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
EndReason = Literal["finished", "skipped", "stopped", "interrupted", "failed"]


class SessionStarted(Struct, omit_defaults=True):
    """A listening session began."""

    client: Text | None = None
    project: str | int | None = None
    timezone: Text | None = None


class SessionEnded(Struct, omit_defaults=True):
    """A listening session is over."""

    reason: Text | None = None


class Location(Struct):
    """A place on the earth, in degrees (WGS 84)."""

    lat: Latitude
    lon: Longitude


class AssetDescribed(Struct, omit_defaults=True):
    """What is known of a recording; the last description by position counts.

    `duration` is the whole recording's length, `in` and `out` the part to play, in seconds of the recording.
    """

    asset: Name
    title: Text | None = None
    url: Annotated[str, Meta(max_length=2048)] | None = None
    duration: Seconds | None = None
    in_: Seconds | None = field(default=None, name="in")
    out: Seconds | None = None
    gain: Gain | None = None
    location: Location | None = None
    tags: Annotated[list[Text], Meta(max_length=200)] | None = None
    sha256: Sha256 | None = None


class ListenScheduled(Struct, omit_defaults=True):
    """A recording was meant to begin playing `at` (an RFC 3339 time)."""

    asset: Name
    at: str
    listen: Name | None = None


class ListenStarted(Struct, omit_defaults=True):
    """A recording began to play. `listen` defaults to the event's id.

    `in` is where in the recording it began, `duration` the whole recording's length if known: both in
    seconds of the recording.
    """

    asset: Name
    listen: Name | None = None
    in_: Seconds | None = field(default=None, name="in")
    gain: Gain | None = None
    pan: Pan | None = None
    lane: Name | None = None
    rate: Rate | None = None
    loop: bool = False
    fade_in: Seconds | None = None
    fade_out: Seconds | None = None
    duration: Seconds | None = None


class ListenEnded(Struct, omit_defaults=True):
    """A recording stopped playing: `duration` is wall time from its start, pauses included."""

    listen: Name | None = None
    asset: Name | None = None
    duration: Seconds | None = None
    reason: EndReason | None = None


class Playback(Struct, omit_defaults=True):
    """Playback was requested, paused, resumed, stalled or recovered: one listen, or all of the session."""

    listen: Name | None = None


class PlaybackSeeked(Struct, omit_defaults=True):
    """Playback jumped `to` a place in the recording, in seconds of the recording."""

    to: Seconds
    listen: Name | None = None


class RateChanged(Struct, omit_defaults=True):
    """Playback goes on at another rate."""

    rate: Rate
    listen: Name | None = None


class GainChanged(Struct, omit_defaults=True):
    """The gain moved to a new value within `ramp` seconds (0: at once)."""

    gain: Gain
    listen: Name | None = None
    ramp: Seconds = 0.0


class PanChanged(Struct, omit_defaults=True):
    """The pan moved to a new value within `ramp` seconds (0: at once)."""

    pan: Pan
    listen: Name | None = None
    ramp: Seconds = 0.0


class PlaybackUnderrun(Struct, omit_defaults=True):
    """The output ran out of buffered audio, `count` times, for `duration` seconds in all."""

    duration: Seconds | None = None
    count: Count | None = None
    listen: Name | None = None


class LocationChanged(Struct):
    """The device moved, in degrees (WGS 84)."""

    lat: Latitude
    lon: Longitude


class Heartbeat(Struct):
    """The sender is alive."""


class EventErased(Struct):
    """Written by the log alone: the content at `positions` ([from, to], inclusive) was destroyed."""

    positions: list[tuple[int, int]]
    reason: str | None = None


Data = (
    SessionStarted
    | SessionEnded
    | AssetDescribed
    | ListenScheduled
    | ListenStarted
    | ListenEnded
    | Playback
    | PlaybackSeeked
    | RateChanged
    | GainChanged
    | PanChanged
    | PlaybackUnderrun
    | LocationChanged
    | Heartbeat
    | EventErased
)

ERASED = "event-erased"

TYPES: dict[str, type[Data]] = {
    "session-started": SessionStarted,
    "session-ended": SessionEnded,
    "asset-described": AssetDescribed,
    "listen-scheduled": ListenScheduled,
    "listen-started": ListenStarted,
    "listen-ended": ListenEnded,
    "playback-requested": Playback,
    "playback-paused": Playback,
    "playback-resumed": Playback,
    "playback-stalled": Playback,
    "playback-recovered": Playback,
    "playback-seeked": PlaybackSeeked,
    "rate-changed": RateChanged,
    "gain-changed": GainChanged,
    "pan-changed": PanChanged,
    "playback-underrun": PlaybackUnderrun,
    "location-changed": LocationChanged,
    "heartbeat": Heartbeat,
    ERASED: EventErased,
}
