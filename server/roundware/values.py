"""Roundware's values, read and written: moments, numbers, ids.

Rule 1: a moment without an offset is in UTC, in both directions. Out, there is no fraction at all when its
        microseconds are 0; in, a day alone is its midnight.
Rule 2: an id that is a number is written as one, or as text where a number would not survive (leading zeros, beyond
        2^53).
Rule 3: a number is decimal, never a float, until it is compared.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from replay.clock import EPOCH, parse_time
from replay.errors import Invalid

Id = int | str

SAFE_INTEGER = 2**53 - 1
"""The largest integer that every client reads exactly."""

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<minute>\d\d:\d\d)(?P<second>:\d\d(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)|(?P<bare> \d\d:?\d\d))?)?",
    re.ASCII,
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
_ID = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)


def read_moment(text: str) -> int | None:
    """Microseconds UTC of an ISO 8601 text; None when it is none.

    An offset's `+` may have become a space, as it does in a query that nobody escaped.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    zone = f"+{found['bare'].strip()}" if found["bare"] else (found["zone"] or "Z").upper()
    if zone != "Z":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    second = (found["second"] or ":00").replace(",", ".")
    try:
        return parse_time(f"{found['day']}T{found['minute'] or '00:00'}{second}{zone}")
    except Invalid:
        return None


def write_moment(micros: int) -> str:
    """`2017-04-21T14:57:05.979645`, or without a fraction when it is 0."""
    return (EPOCH + timedelta(microseconds=micros)).replace(tzinfo=None).isoformat()


def read_number(value: object) -> Decimal | None:
    """A number, or the text of one; None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    return None


def write_id(id: str) -> Id:
    """An id as JSON shows it."""
    return int(id) if _ID.fullmatch(id) and int(id) <= SAFE_INTEGER else id


def write_seconds(nanoseconds: int | None) -> float | None:
    """A duration in seconds with two decimals; null when it is unknown or 0."""
    if not nanoseconds:
        return None
    return float(round(Decimal(nanoseconds).scaleb(-9), 2))
