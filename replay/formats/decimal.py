"""Nanoseconds as decimal text, by integer arithmetic alone."""

from __future__ import annotations

from replay.clock import NANOSECONDS


def seconds(nanoseconds: int, digits: int = 9) -> str:
    """Seconds with so many decimals, rounded half to even: `-1.250000000`. Zero has no sign."""
    scale = 10 ** (9 - digits)
    whole, rest = divmod(abs(nanoseconds), scale)
    rounded = whole + (2 * rest > scale or (2 * rest == scale and whole % 2 == 1))
    sign = "-" if nanoseconds < 0 and rounded else ""
    text = str(rounded).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"


def clock(nanoseconds: int) -> str:
    """Hours, minutes, seconds and milliseconds of a moment not before zero: `26:00:01.500`. Hours have no end."""
    milliseconds = nanoseconds * 1000 // NANOSECONDS
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
