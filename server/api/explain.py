"""`/api/v1/sessions/{id}/explain`: what was playing at a moment, or why nothing was."""

from __future__ import annotations

from aiohttp import web

from server.api.call import Call
from server.http.replies import reply
from server.reads.explaining import ExplainQuestion, explain_known


async def explain(call: Call[ExplainQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{id}/explain`."""
    found = await explain_known(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)
