"""`/api/v1/sessions/{a}/compare/{b}`: two sessions, or two positions of one."""

from __future__ import annotations

from aiohttp import web

from server.api.call import Call
from server.http.replies import reply
from server.reads.comparing import CompareQuestion, compare_known


async def compare(call: Call[CompareQuestion]) -> web.Response:
    """`GET /api/v1/sessions/{a}/compare/{b}`."""
    found = await compare_known(call.services, call.identity, call.ids["a"], call.ids["b"], call.query)
    return reply(found.document, position=found.position)
