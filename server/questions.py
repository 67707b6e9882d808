"""What can be asked natively: one struct for each route's parameters, and the table that reads them.

Rule 1: a question is valid once it is made: bounds and defaults stand here and are checked nowhere else.
Rule 2: every read can name the least position its view must have passed (`min_position`), and how long it may
        wait for that (`wait`, seconds; the setting `wait` without it).
"""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

import msgspec

from projections import Expression
from projections.feeds import Moment
from projections.timelines import State
from replay.clock import format_time
from replay.clocks import ClockChoice
from replay.errors import Invalid
from replay.findings import BY_ID, SEVERITIES, Severity
from server.bounds import read_bound
from server.query import Parameters, Reader, integer, moment, name, one_of, seconds, text

MAX_POSITION = 2**53 - 1
MAX_WAIT = 30
MAX_EVENTS = 1000
MAX_SESSIONS = 500
MAX_DEVICES = 500
MAX_LOGS = 500
MAX_ASSETS = 500
MAX_ZOOM = 6
MAX_MEDIA = 1e9
"""The latest moment of a recording that can be asked for, in seconds."""
MAX_LINES = 500
MAX_NAME = 4096
"""The longest name of a source, a user or a class that a line is looked for by."""
MAX_TAGS = 256
"""The longest list of tags that a line is looked for by: each is a condition of its own."""

TIMES = ("since", "until")

position = integer(0, MAX_POSITION)


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What every read takes."""

    min_position: int | None = None
    wait: float | None = None


READ: dict[str, Reader] = {"min_position": position, "wait": seconds(MAX_WAIT)}


def asked(question: msgspec.Struct) -> dict[str, str]:
    """A question as parameters again, for the page that follows; waiting is not part of it."""
    found = {}
    for field in msgspec.structs.fields(question):
        value = getattr(question, field.name)
        if value is not None and value != field.default and field.name not in READ:
            found[field.name.rstrip("_")] = format_time(value) if field.name in TIMES else str(value)
    return found


class EventsQuestion(Read, frozen=True, kw_only=True):
    """The log in order: events after a position, of one log or of all that may be read.

    With `session` those of this session alone, and those that may change how it is told.
    """

    after: int | None = None
    limit: int = 100
    log: str | None = None
    session: str | None = None


EVENTS = Parameters(
    EventsQuestion, after=position, limit=integer(1, MAX_EVENTS), log=name, session=name, **READ
)


class EventQuestion(Read, frozen=True, kw_only=True):
    """One event by its id; `source` decides where several use the id."""

    log: str | None = None
    source: str | None = None


EVENT = Parameters(EventQuestion, log=name, source=name, **READ)


class EraseEventQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The event to erase, and why."""

    log: str | None = None
    source: str | None = None
    reason: str = ""


class EraseQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be erased is of this log; `reason` is kept in the record of the erasure."""

    log: str | None = None
    reason: str = ""


MAX_REASON = 500
ERASE_EVENT = Parameters(EraseEventQuestion, log=name, source=name, reason=text(MAX_REASON))
ERASE = Parameters(EraseQuestion, log=name, reason=text(MAX_REASON))


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


class DeviceQuestion(Read, frozen=True, kw_only=True):
    """One device of one log."""

    log: str | None = None


DEVICE = Parameters(DeviceQuestion, log=name, **READ)


class DevicesQuestion(Read, frozen=True, kw_only=True):
    """Devices, newest first. `text` is looked for in their ids."""

    log: str | None = None
    text: str | None = None
    limit: int = 50
    before: int | None = None


DEVICES = Parameters(
    DevicesQuestion, log=name, text=text(256), limit=integer(1, MAX_DEVICES), before=position, **READ
)


class FeedQuestion(Read, frozen=True, kw_only=True):
    """A device's feed, in Vinli's words: bounds, a type or a wildcard (`rule-*`), an object, a direction."""

    log: str | None = None
    limit: int | None = None
    since: Moment | None = None
    until: Moment | None = None
    type: str | None = None
    object_id: str | None = None
    sort_dir: Literal["asc", "desc"] | None = None


FEED = Parameters(
    FeedQuestion,
    log=name,
    limit=integer(0, MAX_POSITION),
    since=read_bound,
    until=read_bound,
    type=name,
    objectId=name,
    sortDir=one_of("asc", "desc"),
    **READ,
)


class LogsQuestion(Read, frozen=True, kw_only=True):
    """Logs by name, those above `after`."""

    limit: int = 50
    after: str | None = None


LOGS = Parameters(LogsQuestion, limit=integer(1, MAX_LOGS), after=name, **READ)


class LinesQuestion(Read, frozen=True, kw_only=True):
    """A log, line by line: with all these tags, of this source, user and class, with this text, of this time.

    `after` is a position; `cursor` is where the next page begins.
    """

    tags: str | None = None
    source: str | None = None
    user: str | None = None
    class_: str | None = None
    text: Expression | None = None
    since: int | None = None
    until: int | None = None
    after: int | None = None
    order: Literal["asc", "desc"] = "asc"
    limit: int = 100
    cursor: int | None = None


LINES = Parameters(
    LinesQuestion,
    tags=text(MAX_TAGS),
    source=text(MAX_NAME),
    user=text(MAX_NAME),
    **{"class": text(MAX_NAME)},
    text=Expression,
    since=moment,
    until=moment,
    after=position,
    order=one_of("asc", "desc"),
    limit=integer(1, MAX_LINES),
    cursor=position,
    **READ,
)


class AssetsQuestion(Read, frozen=True, kw_only=True):
    """Assets, newest first. `text` is looked for in their ids."""

    log: str | None = None
    text: str | None = None
    limit: int = 50
    before: int | None = None


ASSETS = Parameters(
    AssetsQuestion, log=name, text=text(256), limit=integer(1, MAX_ASSETS), before=position, **READ
)


class AssetQuestion(Read, frozen=True, kw_only=True):
    """One asset of one log."""

    log: str | None = None


ASSET = Parameters(AssetQuestion, log=name, **READ)


class UploadQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The recording is of this log's asset."""

    log: str | None = None


UPLOAD = Parameters(UploadQuestion, log=name)


class PeaksQuestion(AssetQuestion, frozen=True, kw_only=True):
    """A recording's peaks from `start` to `end` (seconds of it), at a zoom or at so many samples a peak."""

    zoom: int | None = None
    samples_per_peak: int | None = None
    start: float | None = None
    end: float | None = None


PEAKS = Parameters(
    PeaksQuestion,
    log=name,
    zoom=integer(0, MAX_ZOOM),
    samples_per_peak=integer(1, 2**31 - 1),
    start=seconds(MAX_MEDIA),
    end=seconds(MAX_MEDIA),
    **READ,
)


class HeadQuestion(Read, frozen=True, kw_only=True):
    """The newest position."""


HEAD = Parameters(HeadQuestion, **READ)


class NoQuestion(msgspec.Struct, frozen=True):
    """Nothing can be asked."""


NOTHING = Parameters(NoQuestion)
