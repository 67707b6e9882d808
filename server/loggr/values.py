"""The values of this surface's fields: each read from its text, with a sentence that names the field at fault.

Rule 1: what is too long is refused, never cut: a log that loses the end of a line tells something else.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from replay.clock import EARLIEST, LATEST, format_time
from replay.errors import Invalid
from server.loggr.fields import Fields
from server.questions.parameters import text

T = TypeVar("T")
MILLISECOND = 1000
MAX_DIGITS = 15
"""Digits of a number of milliseconds, and of a page: more than there are."""
MAX_SIGNIFICANT = 2**64

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_RANGE = re.compile(rf"(-?\d{{1,{MAX_DIGITS}}})(?::(-?\d{{1,{MAX_DIGITS}}}))?", re.ASCII)
_MARKED = re.compile(r"@(html|json)\r?\n", re.ASCII)


def read(fields: Fields, field: str, reader: Callable[[str, str], T]) -> T | None:
    """A field's value, None when it is absent. A reader takes (text, field), and raises `Invalid`."""
    return reader(fields[field], field) if field in fields else None


def whole(value: str, field: str) -> int:
    """A whole number from 1."""
    digits = value.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS and int(digits) > 0):
        raise Invalid(field, f"{field} must be a whole number from 1")
    return int(digits)


def number(value: str, field: str) -> int | float:
    """A number in decimal digits, of at most 30 characters."""
    digits = text(30)(value, field).strip()
    if not _NUMBER.fullmatch(digits):
        raise Invalid(field, f"{field} must be a number")
    if _INTEGER.fullmatch(digits) and abs(int(digits)) < MAX_SIGNIFICANT:
        return int(digits)
    found = float(digits)
    if found in (float("inf"), float("-inf")):
        raise Invalid(field, f"{field} is too large a number")
    return found


def moment(value: str, field: str) -> str:
    """Milliseconds since 1970, as RFC 3339."""
    found = _RANGE.fullmatch(value.strip())
    if found is None or found[2] is not None:
        raise Invalid(field, f"{field} must be a number of milliseconds since 1970")
    return format_time(_milliseconds(found[1], field) * MILLISECOND)


def span(value: str, field: str) -> tuple[int, int | None]:
    """`ms` or `ms:ms`: milliseconds since 1970, the first and perhaps the last."""
    found = _RANGE.fullmatch(value.strip())
    if found is None:
        raise Invalid(
            field, f"{field} must be milliseconds since 1970, or a range of them: 1268956800000:1268956837594"
        )
    low, high = found.groups()
    return _milliseconds(low, field), None if high is None else _milliseconds(high, field)


def _milliseconds(digits: str, field: str) -> int:
    if not EARLIEST <= int(digits) * MILLISECOND <= LATEST:
        raise Invalid(field, f"{field} is outside years 1 to 9999")
    return int(digits)


def place(value: str, field: str) -> str:
    """`lat,lon` in degrees, or `ip:` and an address."""
    told = text(30)(value, field).strip()
    if not (_is_address(told.removeprefix("ip:")) if told.startswith("ip:") else _is_degrees(told)):
        raise Invalid(field, f"{field} must be `lat,lon` in degrees, or `ip:` and an address")
    return told


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_degrees(value: str) -> bool:
    parts = [part.strip() for part in value.split(",")]
    if len(parts) != 2 or not all(map(_NUMBER.fullmatch, parts)):
        return False
    return abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180


def attachment(value: str, field: str) -> str:
    """Data of at most 5,120 characters; after `@json` and a line end it must be JSON."""
    told = text(5120)(value, field)
    marked = _MARKED.match(told)
    if marked is not None and marked[1] == "json":
        try:
            msgspec.json.decode(told[marked.end() :])
        except (ValueError, RecursionError):
            raise Invalid(field, f"{field} begins with @json and is no JSON") from None
    return told
