"""What can be asked of sessions, and of one: its records, its replay, its bundle."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

import msgspec

from projections.timelines import State
from replay.clocks import ClockChoice
from replay.errors import Invalid
from replay.findings import BY_ID, SEVERITIES, Severity
from server.questions.parameters import Parameters, integer, moment, name, one_of, text
from server.questions.read import READ, Read, position

MAX_SESSIONS = 500


class SessionsQuestion(Read, frozen=True, kw_only=True):
    """Sessions, newest first. `since` and `until` bound a session's times; `text` is looked for in its names.

    `finding` (a rule) and `severity` keep those in which such a thing was found.
    """

    log: str | None = None
    device: str | None = None
    user: str | None = None
    since: int | None = None
    until: int | None = None
    state: State | None = None
    text: str | None = None
    finding: str | None = None
    severity: Severity | None = None
    limit: int = 50
    before: int | None = None


SESSIONS = Parameters(
    SessionsQuestion,
    log=name,
    device=name,
    user=name,
    since=moment,
    until=moment,
    state=one_of("live", "open", "ended"),
    text=text(256),
    finding=one_of(*BY_ID),
    severity=one_of(*SEVERITIES),
    limit=integer(1, MAX_SESSIONS),
    before=position,
    **READ,
)


class SessionQuestion(Read, frozen=True, kw_only=True):
    """One session of one log."""

    log: str | None = None


SESSION = Parameters(SessionQuestion, log=name, **READ)


MAX_SESSION_EVENTS = 1000
PLACE = re.compile(r"(-?[0-9]{1,18})_([0-9]{1,16})")


def place(value: str, field: str) -> tuple[int, int]:
    """A place in fold order, as `next` names it: microseconds UTC and a position."""
    found = PLACE.fullmatch(value)
    if found is None:
        raise Invalid(field, f"{field} must come from next; it is not to be made up")
    return int(found[1]), int(found[2])


class SessionEventsQuestion(Read, frozen=True, kw_only=True):
    """The records of one session, in fold order, those behind a place."""

    log: str | None = None
    cursor: tuple[int, int] | None = None
    limit: int = 100


SESSION_EVENTS = Parameters(
    SessionEventsQuestion, log=name, cursor=place, limit=integer(1, MAX_SESSION_EVENTS), **READ
)


class AsOf(msgspec.Struct, frozen=True):
    """A moment of the log: a position, or a recorded time in microseconds UTC."""

    position: int | None = None
    recordedtime: int = 0


def as_of(value: str, field: str) -> AsOf:
    """Digits are a position; anything else must be an RFC 3339 time."""
    if value.isascii() and value.isdigit():
        return AsOf(position=position(value, field))
    return AsOf(recordedtime=moment(value, field))


class ReplayQuestion(Read, frozen=True, kw_only=True):
    """One session of one log, as of a moment of it, in its devices' time or in the server's."""

    log: str | None = None
    as_of: AsOf | None = None
    clock: ClockChoice = "device"

    def of_replay(self, **changes: Any) -> ReplayQuestion:
        """What a question that asks for more asks of the session's replay, some of it changed."""
        return ReplayQuestion(**{**self.shared(), **changes})

    def shared(self) -> dict[str, Any]:
        """The fields that every question about a session's replay has."""
        return {name: getattr(self, name) for name in ReplayQuestion.__struct_fields__}


clock = one_of(*get_args(ClockChoice))
REPLAY = Parameters(ReplayQuestion, log=name, as_of=as_of, clock=clock, **READ)


class BundleQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """A replay as a bundle, with the recordings themselves or without."""

    recordings: Literal["yes", "no"] = "no"


BUNDLE = Parameters(BundleQuestion, **REPLAY.readers, recordings=one_of("yes", "no"))
