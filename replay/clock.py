"""Time, as Playhead keeps it.

Rule 1: a moment is an integer, microseconds since 1970-01-01T00:00:00Z; a length on a timeline is an
        integer, nanoseconds. Floats of seconds exist in JSON only.
Rule 2: text in is RFC 3339 with any offset; text out is UTC with six decimals and `Z`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import msgspec

from replay.errors import Invalid

Clock = Callable[[], int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000
NANOSECONDS = 1_000_000_000
EARLIEST = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST = (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC) - EPOCH) // MICROSECOND


def now() -> int:
    """The wall clock, in microseconds since the epoch."""
    return time.time_ns() // 1000


def parse_time(text: object, field: str = "time") -> int:
    """Microseconds since the epoch of an RFC 3339 text; finer digits are rounded.

    Raises `Invalid` naming `field` when the text is no such time or its UTC leaves years 1 to 9999.
    """
    if not isinstance(text, str):
        raise Invalid(field, f"{field} must be a text such as 2026-05-01T14:58:03.25Z")
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        raise Invalid(field, f"{field} is not an RFC 3339 time: {text[:64]!r}") from None
    if moment.tzinfo is None:
        raise Invalid(field, f"{field} needs a UTC offset or Z: {text[:64]!r}")
    micros = from_datetime(moment)
    if not EARLIEST <= micros <= LATEST:
        raise Invalid(field, f"{field} is outside years 1 to 9999 in UTC: {text[:64]!r}")
    return micros


def from_datetime(moment: datetime) -> int:
    """Microseconds since the epoch of a moment that has an offset."""
    return (moment - EPOCH) // MICROSECOND


def format_time(micros: int) -> str:
    """RFC 3339 in UTC with six decimals: `2026-05-01T14:58:03.250000Z`.

    A moment outside years 1 to 9999, such as the end of a long play begun in the last of them, is told as the
    nearest that RFC 3339 can write.
    """
    try:
        moment = EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        moment = EPOCH + timedelta(microseconds=EARLIEST if micros < 0 else LATEST)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def to_microseconds(seconds: float) -> int:
    """Microseconds of a number of seconds, rounded half to even from its decimal digits."""
    return int(Decimal(repr(seconds)).scaleb(6).to_integral_value(ROUND_HALF_EVEN))


@lru_cache(maxsize=4096)
def to_nanoseconds(seconds: float) -> int:
    """Nanoseconds of a number of seconds, rounded half to even from its decimal digits.

    Goes through the shortest decimal text of the float, so that 28.41 s is 28,410,000,000 ns. Lengths, fades and
    ramps come again and again: the last few thousand are remembered.
    """
    if isinstance(seconds, int):
        return seconds * NANOSECONDS
    return int(Decimal(repr(seconds)).scaleb(9).to_integral_value(ROUND_HALF_EVEN))


def to_seconds(nanoseconds: int) -> float:
    """Seconds of a number of nanoseconds, for JSON only."""
    return nanoseconds / NANOSECONDS
