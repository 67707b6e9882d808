"""Every native read, as a function from a question to an answer: for handlers and for the command line.

Rule 1: what HTTP answers and what `--json` prints are the same, because both ask here.
Rule 2: where a view stands is noted before it is read, so that no answer claims to know more than it does.
Rule 3: a list's `next` is a path on this server, and goes on exactly where the list ended.
Rule 4: nothing is served silently short: who asks for a position that the views have not passed waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from projections.feeds import DeviceFilter
from projections.timelines import SessionFilter
from replay.clocks import estimate_clock
from replay.clocks.document import clock_document
from replay.document import sequence, timeline_document
from replay.errors import Conflict, Invalid, NotFound, Unavailable
from replay.findings import Thresholds
from replay.log.contract import Record
from replay.session import FOLD_VERSION, Session, examine
from replay.timeline import place
from replay.timeline.correction import reading_of
from server.access import Identity
from server.http.replies import with_query
from server.questions.devices import DeviceQuestion, DevicesQuestion
from server.questions.events import EventQuestion, EventsQuestion
from server.questions.read import Read, asked
from server.questions.sessions import ReplayQuestion, SessionQuestion, SessionsQuestion
from server.reads.documents import API, device_document, session_document
from server.reads.hearing import look_for_recordings
from server.reads.outlined import list_sessions, outline_at_hand
from server.reads.scan import scan
from server.reads.standing import Prefix, find_prefix, log_position, view_position
from server.services import Services
from server.services.kept import Kept, Key
from server.services.selection import Selection

CLOCK_RECORDS = 1000
"""The records that a device's clock is told from, when it is asked for by itself: those that happened last."""

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True):
    """A document, where the view that it was read from stood, and the path of the next page."""

    document: dict[str, Any]
    position: int
    next: str | None = None

    def encode(self) -> bytes:
        """The document as JSON."""
        return _encode(self.document)


class Body(msgspec.Struct, frozen=True):
    """A document's bytes, and where the views stood."""

    body: bytes
    position: int


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


class Replay(msgspec.Struct, frozen=True):
    """A replay's bytes, the entity tag that stands for them, and where the views stood."""

    body: bytes
    etag: str
    position: int

    def encode(self) -> bytes:
        """The document as JSON."""
        return self.body


class Told(msgspec.Struct, Generic[T], frozen=True):
    """What was made of one session, the entity tag of its evidence, and where the views stood.

    `newest` is the position of the last record that contributed.
    """

    value: T
    evidence_tag: str
    position: int
    newest: int

    def tag(self, form: str = "") -> str:
        """The entity tag of the value in some form: other forms of one session are other entities."""
        return f'"{self.evidence_tag}-{form}"' if form else f'"{self.evidence_tag}"'


async def events(services: Services, identity: Identity, question: EventsQuestion) -> EventsPage:
    """The log in order. Raises `Invalid` for a place beyond its head."""
    selection = Selection(identity.all_logs(question.log), question.session)
    head = await log_position(services, question)
    after = question.after or 0
    if after > head:
        raise Invalid("after", f"after is beyond the head of the log, which is at {head}")
    found = await scan(services.log, selection, after, question.limit)
    path = _next_page("events", question, after=found.position) if found.more else None
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


async def sessions(services: Services, identity: Identity, question: SessionsQuestion) -> Answer:
    """Sessions, newest first by the position of their first record."""
    wanted = SessionFilter(
        logs=identity.all_logs(question.log),
        log=question.log,
        device=question.device,
        user=question.user,
        since=question.since,
        until=question.until,
        state=question.state,
        text=question.text,
    )
    await view_position(services, question)
    page = await list_sessions(services, wanted, question)
    path = None if page.next is None else _next_page("sessions", question, before=page.next)
    found = [session_document(one.row, one.outline) for one in page.sessions]
    return Answer({"sessions": found, "position": page.position, "next": path}, page.position, path)


async def session(services: Services, identity: Identity, id: str, question: SessionQuestion) -> Answer:
    """One session's summary. Raises `NotFound`, `Erased`."""
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    row = await services.projections.timelines.session(log, id)
    return Answer(session_document(row, await outline_at_hand(services, row)), position)


async def timeline(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Body:
    """One session's timeline, in absolute times. Raises `NotFound`, `Erased`, `Invalid`."""
    prefix = await find_prefix(services, identity.one_log(question.log), id, question)
    _, body = await services.warm.told(
        _key(prefix, question),
        prefix.position,
        "timeline",
        lambda session: _encode(timeline_document(session)),
    )
    return Body(body, prefix.position)


async def replay(
    services: Services, identity: Identity, id: str, question: ReplayQuestion, *, sound: bool = False
) -> Replay:
    """One session, sequenced: bytes that are a function of a log prefix and the erasures known.

    `sound`: its sound is asked for as well. Raises `NotFound`, `Erased`, `Invalid`.
    """
    prefix, kept = await _warm(services, identity, id, question)
    heard = await look_for_recordings(services, kept.session, sound=sound)
    name = f"replay-{heard.tag}"
    body = await services.warm.told_of(kept, name, lambda session: _encode(sequence(heard.of(session))))
    return Replay(body, f'"{_tag(services, kept, heard.tag)}"', prefix.position)


async def told(
    services: Services,
    identity: Identity,
    id: str,
    question: ReplayQuestion,
    tell: Callable[[Session], T],
    thresholds: Thresholds | None = None,
) -> Told[T]:
    """What is told of one session: a function of a log prefix, its recordings, the clock and the erasures known.

    Its findings exceed `thresholds`, by default those that are set. Raises `NotFound`, `Erased`, `Invalid`,
    `TooLarge`.
    """
    prefix, kept = await _warm(services, identity, id, question)
    heard = await look_for_recordings(services, kept.session)
    asked_for = None if thresholds == kept.session.thresholds else thresholds

    def tell_all(session: Session) -> tuple[T, str]:
        if asked_for is None:
            return tell(heard.of(session)), heard.tag
        examined = examine(session, asked_for, heard.recordings)
        return tell(examined), _digest((asked_for, examined.findings))

    value, tag = await kept.tell(tell_all)
    last = kept.session.timeline.position
    return Told(value, _tag(services, kept, tag), prefix.position, last)


async def held(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Told[Kept]:
    """One session as it is kept warm, for who makes more of it than an answer. Raises what `told` does."""
    prefix, kept = await _warm(services, identity, id, question)
    heard = await look_for_recordings(services, kept.session)
    tag = _tag(services, kept, heard.tag)
    return Told(kept, tag, prefix.position, kept.session.timeline.position)


async def known(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Told[Kept]:
    """One session as it is kept warm, for what its recordings do not change. Raises what `told` does."""
    prefix, kept = await _warm(services, identity, id, question)
    tag = _tag(services, kept, "")
    return Told(kept, tag, prefix.position, kept.session.timeline.position)


async def _warm(
    services: Services, identity: Identity, id: str, question: ReplayQuestion
) -> tuple[Prefix, Kept]:
    prefix = await find_prefix(services, identity.one_log(question.log), id, question)
    return prefix, await services.warm.session(_key(prefix, question), prefix.position)


def _key(prefix: Prefix, question: ReplayQuestion) -> Key:
    return Key(prefix.log, prefix.session, prefix.as_of, question.clock)


def _tag(services: Services, kept: Kept, more: str) -> str:
    """What an entity tag says of a session: the evidence, the code, and what is not as by default."""
    session = kept.session
    parts = [services.log.epoch, session.timeline.position, kept.erasures, FOLD_VERSION]
    if session.clock != "device":
        parts.append(session.clock)
    if session.thresholds.tag:
        parts.append(session.thresholds.tag)
    return "-".join(map(str, [*parts, more] if more else parts))


def _digest(value: object) -> str:
    return hashlib.sha256(_encode(value)).hexdigest()[:12]


async def devices(services: Services, identity: Identity, question: DevicesQuestion) -> Answer:
    """Devices, newest first by the position of their first record."""
    wanted = DeviceFilter(logs=identity.all_logs(question.log), log=question.log, text=question.text)
    await view_position(services, question)
    page = await services.projections.feeds.devices(wanted, question.before, question.limit)
    path = None if page.next is None else _next_page("devices", question, before=page.next)
    found = [device_document(row) for row in page.devices]
    return Answer({"devices": found, "position": page.position, "next": path}, page.position, path)


async def device_clock(services: Services, identity: Identity, id: str, question: DeviceQuestion) -> Answer:
    """What a device's latest records tell of its clock. Raises `NotFound`."""
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    feeds = services.projections.feeds
    await feeds.device(log, id)
    records = await services.log.get(sorted(await feeds.latest(log, id, limit=CLOCK_RECORDS)))
    readings = [reading_of(place(record)) for record in records if not record.erased]
    clock = await asyncio.to_thread(estimate_clock, id, readings)
    return Answer({"log": log, **clock_document(clock)}, position)


async def head(services: Services, question: Read) -> Answer:
    """The newest position of the log, its chain hash, and the epoch they are of."""
    position = await view_position(services, question)
    newest = await services.log.head()
    document = {"position": newest.position, "hash": newest.hash, "epoch": services.log.epoch}
    return Answer(document, position)


async def readiness(services: Services) -> Answer:
    """Whether the log takes events and the views can be read, and how each of them stands."""
    log = await _log_status(services)
    views = await services.projections.status() if log["position"] is not None else []
    folding = all(view.building is None and view.error is None for view in views)
    stopping = services.stopping.is_set()
    ready = log["error"] is None and folding and not stopping
    trailing = await services.projections.trailing_status() if views else []
    document = {"ready": ready, "stopping": stopping, "log": log, "views": views, "trailing": trailing}
    return Answer(document, services.projections.position)


async def _log_status(services: Services) -> dict[str, Any]:
    try:
        newest = await services.log.head()
    except Unavailable as error:
        return {"position": None, "error": error.message}
    return {"position": newest.position, "error": services.trouble.recent()}


def _next_page(collection: str, question: msgspec.Struct, **cursor: int) -> str:
    """The path that goes on with a list: what the caller asked, and the cursor."""
    parameters: dict[str, object] = {**asked(question), **cursor}
    return with_query(f"{API}/{collection}", parameters.items())
