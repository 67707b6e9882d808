"""The bounds of a feed as text.

Rule 1: bounds compare in milliseconds: `since` is exclusive, `until` inclusive.
Rule 2: below the millisecond a bound carries, in six digits, the ordinal of an event among those of its device and
        millisecond; zeros mean the whole millisecond. So a link splits a millisecond without losing or
        repeating an event, and later arrivals do not shift it. An ordinal above 999,999 has more digits, for
        clients that follow a link as it is.
"""

from __future__ import annotations

import re

from projections.feeds import Moment
from replay.clock import EARLIEST, LATEST, format_time, parse_time
from replay.errors import Invalid

MILLISECOND = 1000

_MILLISECONDS = re.compile(r"-?[0-9]{1,15}")
_FRACTION = re.compile(r"(?<=:\d\d)\.(\d{1,18})(?=[Zz+ -])", re.ASCII)


def read_bound(text: str, field: str) -> Moment:
    """A bound: ISO 8601 with an offset and up to nine decimals, or milliseconds since 1970. Raises `Invalid`."""
    if _MILLISECONDS.fullmatch(text):
        if not EARLIEST <= int(text) * MILLISECOND <= LATEST:
            raise Invalid(field, f"{field} is outside years 1 to 9999")
        return Moment(int(text))
    fraction = _FRACTION.search(text)
    decimals = (fraction[1] if fraction else "").ljust(9, "0")
    second = parse_time(_FRACTION.sub("", text).replace(" ", "+"), field)
    return Moment(second // MILLISECOND + int(decimals[:3]), _ordinal(decimals[3:]))


def _ordinal(digits: str) -> int:
    """The ordinal of the digits below the millisecond: six, or more for a number that needs more."""
    return int(digits[:6] if digits.startswith("0") else digits)


def format_milliseconds(milliseconds: int) -> str:
    """A moment with three decimals and `Z`."""
    return format_time(milliseconds * MILLISECOND)[:-4] + "Z"


def format_bound(bound: Moment) -> str:
    """A bound with three decimals, and six more where it splits a millisecond."""
    text = format_milliseconds(bound.ms)
    return f"{text[:-1]}{bound.ordinal:06d}Z" if bound.ordinal else text
