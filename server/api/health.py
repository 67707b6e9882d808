"""`/api/v1/head`, `/healthz` and `/readyz`: where the log stands, and how the server does."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from server.api.call import Call
from server.http.replies import reply
from server.questions.read import HeadQuestion, NoQuestion
from server.reads import health as reads


async def head(call: Call[HeadQuestion]) -> web.Response:
    """`GET /api/v1/head`: the newest position and its hash. With `min_position`, once the views have passed it."""
    found = await reads.head(call.services, call.query)
    return reply(found.document, position=found.position)


async def alive(_request: web.Request) -> web.Response:
    """`GET /healthz`, public: the process answers."""
    return reply({"status": "ok"})


async def ready(call: Call[NoQuestion]) -> web.Response:
    """`GET /readyz`: 200 when the log takes events and the views can be read, else 503; with how each stands."""
    found = await reads.readiness(call.services)
    status = HTTPStatus.OK if found.document["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
    return reply(found.document, position=found.position, status=status)
