"""`GET /api/v1/events` and `GET /api/v1/events/{id}`: the log in order, and one event of it."""

from __future__ import annotations

from aiohttp import hdrs, web

from replay.envelope import DEFAULT_LOG
from server.api.call import Call
from server.api.live import stream
from server.api.sse import EVENT_STREAM
from server.http.cloudevents import CLOUDEVENT, CLOUDEVENTS, cloudevent
from server.http.replies import JSON, NDJSON, VARIES, link, negotiate, reply
from server.questions.events import EventQuestion, EventsQuestion
from server.reads import events as reads
from server.vinli.events import vinli_event


async def page(call: Call[EventsQuestion]) -> web.StreamResponse:
    """Events in log order, a page at a time, or live."""
    form = negotiate(call.request.headers.get(hdrs.ACCEPT), (*PAGES, EVENT_STREAM))
    if form == EVENT_STREAM:
        return await stream(call)
    found = await reads.events(call.services, call.identity, call.query)
    headers = {**VARIES, **link(found.next)}
    return reply(PAGES[form](found), position=found.position, content_type=form, headers=headers)


async def one(call: Call[EventQuestion]) -> web.Response:
    """One event, in Vinli's shape or as a CloudEvent."""
    form = negotiate(call.request.headers.get(hdrs.ACCEPT), (JSON, CLOUDEVENT))
    found = await reads.event(call.services, call.identity, call.id, call.query)
    if form == CLOUDEVENT:
        body = cloudevent(found.record)
        return reply(body, position=found.position, content_type=form, headers=VARIES)
    shown = vinli_event(found.record, call.base, call.identity.only_log or DEFAULT_LOG)
    return reply({"event": shown}, position=found.position, headers=VARIES)


def _lines(found: reads.EventsPage) -> bytes:
    return b"".join(record.encode() + b"\n" for record in found.records)


def _cloudevents(found: reads.EventsPage) -> bytes:
    """A batch. What was erased has no place in it: a CloudEvent has content."""
    return b"[%s]" % b",".join(cloudevent(record) for record in found.records if not record.erased)


PAGES = {JSON: reads.EventsPage.encode, NDJSON: _lines, CLOUDEVENTS: _cloudevents}
