"""`/api/v1/sessions/{id}/findings` and `/api/v1/devices/{id}/listening`."""

from __future__ import annotations

from aiohttp import hdrs, web

from server.api.call import Call
from server.findings_questions import FindingsQuestion, ListeningQuestion
from server.http.replies import Headers, matches, reply
from server.reads import findings

REVALIDATE: Headers = {hdrs.CACHE_CONTROL: "private, no-cache"}


async def of_session(call: Call[FindingsQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/findings`: 304 when the caller has these very bytes."""
    found = await findings.findings(call.services, call.identity, call.id, call.query)
    headers = {**REVALIDATE, hdrs.ETAG: found.etag}
    if matches(call.request.headers.get(hdrs.IF_NONE_MATCH), found.etag):
        return reply(b"", position=found.position, status=304, headers=headers)
    return reply(found.body, position=found.position, headers=headers)


async def of_day(call: Call[ListeningQuestion]) -> web.Response:
    """`GET /api/v1/devices/{id}/listening`."""
    found = await findings.listening(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)
