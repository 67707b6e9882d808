"""`/api/2/sessions/`: sessions as Roundware begins and lists them.

Rule 1: a session begun here gets an integer id: microseconds of the clock, or the next one that is free. It is
        also the id of the event that begins it, so that the log itself keeps it unique.
Rule 2: every session of the log is listed, in the order in which they were first heard of. What a session that was
        begun elsewhere does not tell is null.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from projections import SessionRow
from replay.envelope import Event
from replay.errors import Conflict, Erased, NotFound, Unavailable
from server.http.replies import reply
from server.questions.read import Read
from server.reads.standing import view_position
from server.roundware.arrays import send_array
from server.roundware.call import RoundwareCall
from server.roundware.posted import Posted, read_posted
from server.roundware.users import user_of
from server.roundware.values import write_id, write_moment
from server.roundware.writing import KEPT, Whose, make_event, settle, store
from server.services import Services

SOURCE = "/api/2/sessions/"
PAGE = 200
MAX_TEXT = 1024
TRIES = 1000
"""How many ids after the clock's are tried."""

Document = dict[str, Any]

FILTERS = ("project_id", "language_id", "geo_listen_enabled", "demo_stream_enabled")
"""Fields that a list can be filtered by."""


def session_document(
    session: str, device: str | None, start: int, stop: int | None, data: Document
) -> Document:
    """A session as Roundware shows it, field by field in its order; `data` is that of the event that began it."""
    kept = data.get(KEPT)
    told = kept if isinstance(kept, dict) else {}
    project = data.get("project")
    return {
        "id": write_id(session),
        "device_id": device,
        "starttime": write_moment(start),
        "stoptime": None if stop is None else write_moment(stop),
        "client_type": told.get("client_type"),
        "client_system": data.get("client"),
        "demo_stream_enabled": told.get("demo_stream_enabled"),
        "geo_listen_enabled": told.get("geo_listen_enabled"),
        "timezone": data.get("timezone"),
        "project_id": None if project is None else write_id(str(project)),
        "language_id": told.get("language_id"),
    }


async def page(call: RoundwareCall) -> web.StreamResponse:
    """`GET`: every session of the log."""
    position = await view_position(call.services, Read())
    return await send_array(call, _pages(call), position)


async def one(call: RoundwareCall) -> web.Response:
    """`GET` of one. Raises `NotFound`, `Erased`."""
    position = await view_position(call.services, Read())
    row = await call.services.projections.timelines.session(call.query.log, call.id)
    [document] = await _documents(call.services, [row])
    return reply(document, position=position)


async def post(call: RoundwareCall) -> web.Response:
    """`POST`: a session begins now."""
    posted = await read_posted(call.services, call.request)
    data = _data(posted)
    device = posted.id("device_id")
    posted.check()
    user = await user_of(call.services, call.identity)
    if user is not None:
        device = device or user.device
        data[KEPT].setdefault("client_type", user.client_type)
    event, position = await _begin(call, device, None if user is None else user.id, data)
    status = await settle(call.services, position)
    document = session_document(event.id, device, event.time or 0, None, event.data)
    return reply(document, status=status, position=call.services.projections.position)


async def _pages(call: RoundwareCall) -> AsyncIterator[list[Document]]:
    wanted = {name: call.query.parameters[name].lower() for name in FILTERS if name in call.query.parameters}
    after = 0
    while rows := await call.services.projections.timelines.oldest(call.query.log, after, PAGE):
        after = rows[-1].first
        documents = await _documents(call.services, rows)
        yield [
            one for one in documents if all(str(one[name]).lower() == text for name, text in wanted.items())
        ]


async def _documents(services: Services, rows: Sequence[SessionRow]) -> list[Document]:
    """Sessions with what the events that began them tell."""
    records = await services.log.get([row.started for row in rows if row.started is not None])
    data = {record.position: record.event().data for record in records if not record.erased}
    return [
        session_document(
            row.session,
            row.devices[0] if len(row.devices) == 1 else None,
            row.first_time if row.started_time is None else row.started_time,
            row.ended_time,
            data.get(row.started or 0, {}),
        )
        for row in rows
    ]


def _data(posted: Posted) -> Document:
    """What the event that begins a session says: in our words what there are words for, and the rest as posted."""
    kept = {
        "client_type": posted.text("client_type", MAX_TEXT),
        "demo_stream_enabled": posted.flag("demo_stream_enabled") or False,
        "geo_listen_enabled": posted.flag("geo_listen_enabled") or False,
        "language": posted.text("language", 64),
        "language_id": _shown_id(posted, "language_id"),
    }
    data = {
        "client": posted.text("client_system", MAX_TEXT),
        "project": _shown_id(posted, "project_id"),
        "timezone": posted.text("timezone", 64) or "0000",
    }
    told = {name: value for name, value in data.items() if value is not None}
    return {**told, KEPT: {name: value for name, value in kept.items() if value is not None}}


def _shown_id(posted: Posted, field: str) -> int | str | None:
    id = posted.id(field)
    return None if id is None else write_id(id)


async def _begin(
    call: RoundwareCall, device: str | None, user: str | None, data: Document
) -> tuple[Event, int]:
    """Begin a session under the first free id; return the event that does, and its position."""
    now = call.services.clock()
    for number in range(now, now + TRIES):
        its = Whose(call.query.log, str(number), device, user)
        event = make_event(its, SOURCE, "session-started", now, data, id=str(number))
        if await _is_free(call, str(number)):
            with suppress(Conflict):
                [receipt] = await store(call.services, [event])
                if receipt.status == "stored":
                    return event, receipt.position
    raise Unavailable("no session id is free now")


async def _is_free(call: RoundwareCall, session: str) -> bool:
    """Whether no session of that id is known; while the views are being built, none is."""
    try:
        await call.services.projections.timelines.session(call.query.log, session)
    except (NotFound, Unavailable):
        return True
    except Erased:
        return False
    return False
