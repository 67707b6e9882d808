"""`/api/v1/sessions`: the list, one session, its records, its timeline, its listens."""

from __future__ import annotations

from aiohttp import web

from server.api.call import Call
from server.http.replies import link, reply, revalidated
from server.questions.sessions import ReplayQuestion, SessionEventsQuestion, SessionQuestion, SessionsQuestion
from server.reads import replays
from server.reads import sessions as reads
from server.reads.session_events import session_events
from server.reads.session_listens import ListensQuestion, session_listens


async def page(call: Call[SessionsQuestion]) -> web.Response:
    """`GET /api/v1/sessions`: newest first."""
    found = await reads.sessions(call.services, call.identity, call.query)
    return reply(found.document, position=found.position, headers=link(found.next))


async def one(call: Call[SessionQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}`."""
    found = await reads.session(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)


async def timeline(call: Call[ReplayQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/timeline`."""
    found = await replays.timeline(call.services, call.identity, call.id, call.query)
    return reply(found.body, position=found.position)


async def listens(call: Call[ListensQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/listens`: what it played, play by play; 304 when the caller has these bytes."""
    found = await session_listens(call.services, call.identity, call.id, call.query)
    return revalidated(call.request, found.body, found.etag, found.position, link(found.next))


async def events(call: Call[SessionEventsQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/events`: its records, in fold order."""
    found = await session_events(call.services, call.identity, call.id, call.query)
    return reply(found.encode(), position=found.position, headers=link(found.next))
