"""Where playing begins and how fast it goes, as a question tells it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from replay.errors import Invalid
from server.query import moment

SLOWEST, FASTEST = Fraction(1, 4), 64


class From(msgspec.Struct, frozen=True):
    """Where to begin in a session: nanoseconds from its zero, or a time in microseconds UTC."""

    offset: int | None = None
    time: int = 0

    def moment(self, zero: int) -> int:
        """The moment in nanoseconds since the epoch, for a session with this zero."""
        return self.time * 1000 if self.offset is None else zero + self.offset


def place_in_session(value: str, field: str) -> From:
    """A number is seconds from the session's zero; anything else must be an RFC 3339 time."""
    if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", value, re.ASCII):
        return From(offset=int(Decimal(value).scaleb(9)))
    return From(time=moment(value, field))


def speed(value: str, field: str) -> Fraction | Literal["max"]:
    """How many times as fast as it happened, or `max`: as fast as can be."""
    if value == "max":
        return "max"
    given = Fraction(value) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", value, re.ASCII) else Fraction(0)
    if not SLOWEST <= given <= FASTEST:
        raise Invalid(field, f"{field} must be a number from {float(SLOWEST):g} to {FASTEST}, or max")
    return given
