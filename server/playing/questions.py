"""What can be asked of a playback: which session, from where, how fast, and whether on beyond what is known."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from replay.errors import Invalid
from server.questions.parameters import Parameters, flag, moment, name
from server.questions.read import READ
from server.questions.sessions import ReplayQuestion, as_of, clock

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


class PlaybackQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """One session, played as it happened; from where, how fast, and whether on beyond what is known."""

    speed: Fraction | Literal["max"] = Fraction(1)
    from_: From | None = None
    skip_silence: bool = False
    follow: bool = False

    @property
    def replay(self) -> ReplayQuestion:
        """The session that is asked for. Raises `Invalid` for one that is followed as of a moment gone by."""
        if self.follow and self.as_of is not None:
            raise Invalid(
                "follow", "follow goes on with what is known now: it cannot be asked for with as_of"
            )
        return self.of_replay()


PLAYBACK = Parameters(
    PlaybackQuestion,
    log=name,
    as_of=as_of,
    clock=clock,
    speed=speed,
    **{"from": place_in_session},
    skip_silence=flag,
    follow=flag,
    **READ,
)
