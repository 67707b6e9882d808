"""`/api/v1/sessions`: the list, one session, its timeline, its replay."""

from __future__ import annotations

from aiohttp import hdrs, web

from server import reading
from server.api.call import Call
from server.questions import ReplayQuestion, SessionQuestion, SessionsQuestion
from server.replies import Headers, link, matches, reply

REVALIDATE: Headers = {hdrs.CACHE_CONTROL: "private, no-cache"}


async def page(call: Call[SessionsQuestion]) -> web.Response:
    """`GET /api/v1/sessions`: newest first."""
    found = await reading.sessions(call.services, call.identity, call.query)
    return reply(found.document, position=found.position, headers=link(found.next))


async def one(call: Call[SessionQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}`."""
    found = await reading.session(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)


async def timeline(call: Call[ReplayQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/timeline`."""
    found = await reading.timeline(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)


async def replay(call: Call[ReplayQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/replay`: 304 when the caller has these very bytes."""
    found = await reading.replay(call.services, call.identity, call.id, call.query)
    headers = {**REVALIDATE, hdrs.ETAG: found.etag}
    if matches(call.request.headers.get(hdrs.IF_NONE_MATCH), found.etag):
        return reply(b"", position=found.position, status=304, headers=headers)
    return reply(found.body, position=found.position, headers=headers)
