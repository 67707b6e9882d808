"""`/api/v1/logs`: the event logs, and one log line by line."""

from __future__ import annotations

from aiohttp import web

from server.api.call import Call
from server.http.replies import link, reply
from server.questions.logs import LinesQuestion, LogsQuestion
from server.reads import logs
from server.reads.logs import search_headers


async def page(call: Call[LogsQuestion]) -> web.Response:
    """`GET /api/v1/logs`: by name."""
    found = await logs.logs(call.services, call.identity, call.query)
    return reply(found.document, position=found.position, headers=link(found.next))


async def lines(call: Call[LinesQuestion]) -> web.Response:
    """`GET /api/v1/logs/{id}/events`: by position, oldest first unless asked otherwise."""
    found = await logs.lines(call.services, call.identity, call.id, call.query)
    headers = {**search_headers(found.page), **link(found.next)}
    return reply(found.encode(), position=found.page.position, headers=headers)
