"""What can be asked of events, and of their erasure."""

from __future__ import annotations

import msgspec

from server.questions.parameters import Parameters, integer, name, text
from server.questions.read import READ, Read, position

MAX_EVENTS = 1000
MAX_REASON = 500


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


ERASE_EVENT = Parameters(EraseEventQuestion, log=name, source=name, reason=text(MAX_REASON))
ERASE = Parameters(EraseQuestion, log=name, reason=text(MAX_REASON))
