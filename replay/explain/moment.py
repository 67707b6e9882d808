"""The moment that is asked about, as text and on a timeline.

A moment is told as seconds from the session's zero (`154.5`, `-3`), as an RFC 3339 time, or as a time of day in UTC
(`14:58:04Z`): then it is the one that lies in the session, or nearest to it.
"""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from replay.clock import NANOSECONDS, parse_time
from replay.errors import Invalid
from replay.timeline import Timeline

NS = 1000
DAY = 86_400 * NANOSECONDS
_SECONDS = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,9})?")
_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]{1,9})?))?Z")


class At(msgspec.Struct, frozen=True):
    """A moment: `offset` from zero, `time` since the epoch or `time_of_day` since midnight UTC, in nanoseconds; one
    of the three."""

    offset: int | None = None
    time: int | None = None
    time_of_day: int | None = None


def read_at(text: str, field: str = "at") -> At:
    """The moment that a text tells. Raises `Invalid` naming `field`."""
    if _SECONDS.fullmatch(text):
        return At(offset=_nanoseconds(text))
    clock = _TIME_OF_DAY.fullmatch(text)
    if clock:
        hours, minutes, seconds = clock.groups()
        return At(
            time_of_day=(int(hours) * 60 + int(minutes)) * 60 * NANOSECONDS + _nanoseconds(seconds or "0")
        )
    try:
        return At(time=parse_time(text, field) * NS)
    except Invalid:
        raise Invalid(
            field,
            f"{field} must be seconds from the session's zero such as 154.5 (below 10^10), an RFC 3339 time, or a "
            "time of day such as 14:58:04Z",
        ) from None


def moment_of(at: At, timeline: Timeline) -> int:
    """The moment on a timeline, in nanoseconds since the epoch."""
    if at.time is not None:
        return at.time
    if at.time_of_day is None:
        return timeline.zero + (at.offset or 0)
    midnight = timeline.start - timeline.start % DAY
    days = (
        range(-1, (timeline.stop - midnight) // DAY + 2)
        if timeline.stop - midnight < 2 * DAY
        else range(-1, 2)
    )
    candidates = [midnight + day * DAY + at.time_of_day for day in days]
    return min(candidates, key=lambda moment: _distance(moment, timeline))


def _distance(moment: int, timeline: Timeline) -> int:
    """How far a moment lies outside a timeline; 0 within."""
    return max(timeline.start - moment, moment - timeline.stop, 0)


def _nanoseconds(seconds: str) -> int:
    return int(Decimal(seconds).scaleb(9))
