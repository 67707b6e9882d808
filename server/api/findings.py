"""`/api/v1/sessions/{id}/findings` and `/api/v1/devices/{id}/listening`."""

from __future__ import annotations

from aiohttp import web

from server.api.call import Call
from server.http.replies import reply, revalidated
from server.questions.findings import FindingsQuestion, ListeningQuestion
from server.reads import findings


async def of_session(call: Call[FindingsQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/findings`: 304 when the caller has these very bytes."""
    found = await findings.findings(call.services, call.identity, call.id, call.query)
    return revalidated(call.request, found.body, found.etag, found.position)


async def of_day(call: Call[ListeningQuestion]) -> web.Response:
    """`GET /api/v1/devices/{id}/listening`."""
    found = await findings.listening(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)
