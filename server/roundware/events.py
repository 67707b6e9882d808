"""`/api/2/events/`: what else happened in a session, as Roundware logs and lists it.

Rule 1: every event of a session is listed, however it came in, but for listens (they are listen events), erasures,
        and what `sessions/` appended (they are sessions). Its id is its position, its server time its recordedtime.
Rule 2: what was posted here comes back as it was: places as text, tags as "3,8".
Rule 3: the events of one session are found by their positions, all others by reading the log through, a page at a
        time.
Rule 4: an event happened at its client time; without one, when it arrived.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec
from aiohttp import web

from replay.envelope import Event
from replay.errors import Invalid, NotFound
from replay.log.contract import Record
from server.http.replies import reply
from server.questions.read import Read
from server.reads.standing import log_position, view_position
from server.roundware.arrays import send_array
from server.roundware.call import RoundwareCall, number_of
from server.roundware.event_filters import Document, EventsQuestion, events_question
from server.roundware.event_types import ELSEWHERE, LOCATED, SHOWN, TYPES
from server.roundware.manner import reject
from server.roundware.posted import Posted, read_posted
from server.roundware.sessions import SOURCE as SESSIONS
from server.roundware.values import write_id, write_moment
from server.roundware.writing import KEPT, make_event, settle, store, whose

SOURCE = "/api/2/events/"
PAGE = 200
MAX_TYPE = 128
MAX_TEXT = 32_000


def event_document(record: Record, event: Event) -> Document:
    """An event as Roundware shows it, field by field in its order."""
    kept = event.data.get(KEPT)
    told = (
        kept if isinstance(kept, dict) and isinstance(kept.get("event_type"), str) else _told_elsewhere(event)
    )
    return {
        "id": record.position,
        "server_time": write_moment(record.recordedtime),
        "client_time": told.get("client_time"),
        "event_type": told["event_type"],
        "data": told.get("data"),
        "latitude": told.get("latitude"),
        "longitude": told.get("longitude"),
        "session_id": write_id(event.session or ""),
        "tag_ids": told.get("tag_ids"),
    }


def _told_elsewhere(event: Event) -> Mapping[str, object]:
    """The fields of an event that was not posted here."""
    place = event.data if event.type == LOCATED else {}
    rest = {key: value for key, value in event.data.items() if key not in ("lat", "lon") or not place}
    return {
        "client_time": None if event.time is None else write_moment(event.time),
        "event_type": SHOWN.get(event.type, event.type),
        "data": msgspec.json.encode(rest).decode() if rest else None,
        "latitude": str(place["lat"]) if place else None,
        "longitude": str(place["lon"]) if place else None,
    }


async def page(call: RoundwareCall) -> web.StreamResponse:
    """`GET`: every event that the filters let through, `id` ascending."""
    question = events_question(call.query.parameters)
    services = call.services
    session = call.query.parameters.get("session_id")
    if session is None:
        position = await log_position(services, Read())
        after = max(question.after, await _before(call, question.since))
        return await send_array(call, _shown(call, question, _in_log(call, after, position)), position)
    position = await view_position(services, Read())
    positions = await services.projections.timelines.positions(call.query.log, session)
    wanted = [at for at in positions if at > question.after]
    return await send_array(call, _shown(call, question, _at(call, wanted)), position)


async def one(call: RoundwareCall) -> web.Response:
    """`GET` of one. Raises `NotFound`."""
    number = number_of(call)
    position = await log_position(call.services, Read())
    for record in await call.services.log.get([number]):
        document = _document(record, call.query.log)
        if document is not None:
            return reply(document, position=position)
    raise NotFound(f"there is no event {number} in log {call.query.log!r}")


async def post(call: RoundwareCall) -> web.Response:
    """`POST`: something happened in a session."""
    posted = await read_posted(call.services, call.request)
    for field, article in (("session_id", "a"), ("event_type", "an")):
        if posted.raw(field) is None:
            raise Invalid("body", f"{article} {field} is required for this operation")
    session = posted.needed_id("session_id")
    kept, time = _kept(posted)
    device = posted.id("device_id")
    posted.check()
    its = await whose(call, session, device)
    type_, data = _translated(kept)
    try:
        event = make_event(its, SOURCE, type_, time, data)
    except Invalid as error:
        raise reject("event_type" if error.field == "type" else "data", error.message) from None
    [receipt] = await store(call.services, [event])
    status = await settle(call.services, receipt.position)
    [record] = await call.services.log.get([receipt.position])
    return reply(event_document(record, event), status=status, position=call.services.projections.position)


def _kept(posted: Posted) -> tuple[Document, int | None]:
    """What was posted, as it is kept, and when it happened."""
    kept: Document = {
        "event_type": posted.text("event_type", MAX_TYPE),
        "client_time": posted.text("client_time", 64),
        "data": _data(posted),
        "latitude": _degrees(posted, "latitude", 90),
        "longitude": _degrees(posted, "longitude", 180),
        "tag_ids": _tags(posted),
    }
    return kept, posted.moment("client_time")


def _data(posted: Posted) -> object:
    """Any text; anything else as it came."""
    value = posted.raw("data")
    return posted.text("data", MAX_TEXT) if isinstance(value, str) else value


def _degrees(posted: Posted, field: str, most: int) -> str | None:
    """A number of degrees, as the text that was posted."""
    return posted.text(field, 64) if posted.number(field, -most, most) is not None else None


def _tags(posted: Posted) -> str | None:
    """Tags as "3,8", from that or from an array."""
    value = posted.raw("tag_ids")
    if not isinstance(value, list):
        return posted.text("tag_ids", MAX_TEXT)
    if not all(isinstance(tag, int | str) and not isinstance(tag, bool) for tag in value):
        posted.fault("tag_ids", "Enter a list of tags.")
    return ",".join(str(tag).strip() for tag in value)


def _translated(kept: Document) -> tuple[str, Document]:
    """The type and data of the event that says what was posted."""
    theirs = kept["event_type"].strip()
    type_ = TYPES.get(theirs, theirs)
    data: Document = {KEPT: {name: value for name, value in kept.items() if value is not None}}
    if type_ == LOCATED:
        if kept["latitude"] is None or kept["longitude"] is None:
            return theirs, data
        data |= {"lat": float(kept["latitude"]), "lon": float(kept["longitude"])}
    return type_, data


async def _before(call: RoundwareCall, since: int | None) -> int:
    """The position before the first record later than a server time."""
    return 0 if since is None else await call.services.log.position_at(since)


async def _in_log(call: RoundwareCall, after: int, last: int) -> AsyncIterator[Sequence[Record]]:
    """The log in order, up to a position."""
    while after < last and (records := await call.services.log.read(after, PAGE)):
        after = records[-1].position
        yield [record for record in records if record.position <= last]


async def _at(call: RoundwareCall, positions: Sequence[int]) -> AsyncIterator[Sequence[Record]]:
    """The records at these positions."""
    for start in range(0, len(positions), PAGE):
        yield await call.services.log.get(positions[start : start + PAGE])


async def _shown(
    call: RoundwareCall, question: EventsQuestion, batches: AsyncIterator[Sequence[Record]]
) -> AsyncIterator[list[Document]]:
    """The events among these records that pass every test, as many as are wanted."""
    left = question.limit
    async for records in batches:
        if left == 0:
            return
        found = ((record, _document(record, call.query.log)) for record in records)
        shown = [one for record, one in found if one and all(test(one, record) for test in question.tests)]
        yield shown[:left]
        left = None if left is None else max(0, left - len(shown))


def _document(record: Record, log: str) -> Document | None:
    """A record as Roundware shows it, or None where it is no event of its log to Roundware."""
    if record.erased:
        return None
    event = record.event()
    if event.log != log or event.session is None:
        return None
    if event.type in ELSEWHERE or event.source == SESSIONS:
        return None
    return event_document(record, event)
