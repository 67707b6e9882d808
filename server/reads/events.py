"""The log in order, and one event of it."""

from __future__ import annotations

import msgspec

from replay.errors import Conflict, Invalid, NotFound
from replay.log.contract import Record
from server.access import Identity
from server.questions.events import EventQuestion, EventsQuestion
from server.reads.answers import next_page
from server.reads.scan import scan
from server.reads.standing import log_position
from server.services import Services
from server.services.selection import Selection

_encode = msgspec.json.Encoder().encode


class EventsPage(msgspec.Struct, frozen=True):
    """A page of the log. `reached` is the position it goes up to, `position` where the log stood."""

    records: list[Record]
    reached: int
    position: int
    next: str | None

    def encode(self) -> bytes:
        """The page as JSON, spliced from the stored bytes."""
        events = b",".join(record.encode() for record in self.records)
        rest = _encode({"position": self.reached, "next": self.next})
        return b'{"events":[%s],%s' % (events, rest[1:])


class FoundEvent(msgspec.Struct, frozen=True):
    """One event, and where the log stood."""

    record: Record
    position: int


async def events(services: Services, identity: Identity, question: EventsQuestion) -> EventsPage:
    """The log in order. Raises `Invalid` for a place beyond its head."""
    selection = Selection(identity.all_logs(question.log), question.session)
    head = await log_position(services, question)
    after = question.after or 0
    if after > head:
        raise Invalid("after", f"after is beyond the head of the log, which is at {head}")
    found = await scan(services.log, selection, after, question.limit)
    path = next_page("events", question, after=found.position) if found.more else None
    return EventsPage(found.records, found.position, head, path)


async def event(services: Services, identity: Identity, id: str, question: EventQuestion) -> FoundEvent:
    """One event of one log. Raises `NotFound`, and `Conflict` naming the sources that use its id."""
    log = identity.one_log(question.log)
    head = await log_position(services, question)
    return FoundEvent(await find_record(services, log, id, question.source), head)


async def find_record(services: Services, log: str, id: str, source: str | None) -> Record:
    """The record with an id. Raises `NotFound`, and `Conflict` where only `source` could decide."""
    found = {record.event().source: record for record in await services.log.find(log, id)}
    if source is not None:
        found = {name: record for name, record in found.items() if name == source}
    if not found:
        raise NotFound(f"there is no event {id!r} in log {log!r}")
    if len(found) > 1:
        raise Conflict(f"{len(found)} sources use the id {id!r}: name one as `source`", sources=tuple(found))
    return next(iter(found.values()))
